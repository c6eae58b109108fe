"""Colour for black-and-white photos, from small convolutional networks.

Reading order: the way of one photo,

    reading     a picture file to an array of sRGB
    photo       what is derived from it once and used often
    lab         sRGB to CIELAB and back
    network     lightness in, ab or a distribution over bins of ab out
    decoding    what the network says to one colour per pixel
    hints       colours that a person gives for spots of it
    spread      what of them the network has not followed, to all that looks alike
    question    where a hint would help most
    prediction  `Colorizer`: a network with all it needs to colour photos
    painting    the small colour onto the photo at its own size
    writing     the result to a file
    png         the format that costs most, in half the time

the networks' parts,

    plain       the story's trunk
    unet        an encoder's features to colour, scale by scale
    resnet      an encoder
    efficientnet  an encoder that has learnt ImageNet
    dropout     what is drawn at random, so that it can be drawn again
    alike       cells that look alike share
    guided      averages that keep edges
    sampling    many predictions of one photo, and their spread
    calibration how far from the truth a colour of such a spread may be

where networks come from,

    checkpoint  files that describe themselves
    hub         the folder or repository they lie in
    pretrained  one network in the Hub's own layout

many photos at once,

    batch       which ones, under which names, by threads
    scale       the same by the machines of a Ray cluster

and what serves everywhere.

    metrics     numbers for colour
    atomic      files that are there whole or not at all
    parallel    independent pieces of work on all cores
    errors      one line of what an error says
"""

from colorizer.checkpoint import CheckpointError, CheckpointInfo, list_checkpoints, read_info
from colorizer.hints import Hint, HintError, read_hints, write_hints
from colorizer.network import VARIANTS
from colorizer.painting import paint
from colorizer.photo import Photo
from colorizer.prediction import Colorizer
from colorizer.reading import PhotoError
from colorizer.writing import WritingError

__all__ = [
    "VARIANTS",
    "CheckpointError",
    "CheckpointInfo",
    "Colorizer",
    "Hint",
    "HintError",
    "Photo",
    "PhotoError",
    "WritingError",
    "list_checkpoints",
    "paint",
    "read_hints",
    "read_info",
    "write_hints",
]
