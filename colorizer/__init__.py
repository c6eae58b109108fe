"""Colour for black-and-white photos, from small convolutional networks.

Reading order. The path of one photo:

    reading     from a picture file to an array of sRGB
    kinds       what a file is, by its first bytes
    jpeg        files that lack only their end
    tiff        files that Pillow reads wrongly
    srgb        pictures, samples and arrays to 8-bit sRGB
    depth       numbers of any depth to 8 bits
    profile     colour profiles
    tags        what the photo hands on: resolution, EXIF, IPTC, XMP
    photo       what is computed from it once and used often
    lab         sRGB to CIELAB and back
    network     lightness in, ab or a distribution over bins of ab out
    decoding    from the network's output to one colour per pixel
    hints       colours that a person gives for spots of the photo
    colours     names of colours, and plain ones to give as hints
    affinity    what such a spot has in common with the rest of the photo
    propagate   carries what the network did not follow of them to all that looks alike
    suggest     where a hint would help most
    alternatives  other plausible colours, drawn, each a whole picture
    border      uniform borders, which the network should not see
    windows     long photos, a piece at a time
    prediction  `Colorizer`: a network with all it needs to colour photos
    painting    the small colour onto the photo at full size
    writing     the result to a file
    captions    words under a picture, and contact sheets of many
    worksheet   how it was made, inside the file
    redo        the same picture again, from that
    png         the slowest format, in half the time

The networks' parts:

    plain_trunk the story's trunk
    unet        from an encoder's features to colour, scale by scale
    efficientnet  an encoder trained on ImageNet
    dropout     random masks that can be drawn again
    embedding   cells of one colour lie together; hints spread by it
    self_similarity  cells that look alike share features
    guided      averages that keep edges
    sampling    many predictions of one photo, and their spread
    calibration how far from the truth a colour with such a spread may be
    uncertainty_map  such distances as a picture
    brown_mean  where the mean of likely colours is brown

Where networks come from:

    checkpoint  files that describe themselves
    hub         the folder or repository that holds them
    pretrained  one network in the Hub's own layout

Many photos at once:

    command     `python -m colorizer`
    batch       which photos, under which names, by threads
    scale       the same on the machines of a Ray cluster

For programs without torch:

    export      the command that writes them
    onnx_model  a checkpoint as an ONNX file
    web_page    the page that runs such files in a browser

Used everywhere:

    metrics     numbers for colour
    atomic      files that are complete or absent
    parallel    independent pieces of work on all cores
    errors      the error of exports; others' messages on one line
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from colorizer.alternatives import Alternative
    from colorizer.checkpoint import CheckpointError, CheckpointInfo, list_checkpoints, read_info
    from colorizer.errors import PhotoError
    from colorizer.hints import Hint, HintError, read_hints, write_hints
    from colorizer.network import VARIANTS
    from colorizer.painting import paint
    from colorizer.photo import Photo
    from colorizer.prediction import Colorizer
    from colorizer.worksheet import SheetError, read_sheet
    from colorizer.writing import WritingError

# Imported when they are first asked for: torch takes seconds, `colorizer --help` should not.
_PLACES = {
    "alternatives": ("Alternative",),
    "checkpoint": ("CheckpointError", "CheckpointInfo", "list_checkpoints", "read_info"),
    "errors": ("PhotoError",),
    "hints": ("Hint", "HintError", "read_hints", "write_hints"),
    "network": ("VARIANTS",),
    "painting": ("paint",),
    "photo": ("Photo",),
    "prediction": ("Colorizer",),
    "worksheet": ("SheetError", "read_sheet"),
    "writing": ("WritingError",),
}
_MODULES = {name: module for module, names in _PLACES.items() for name in names}

__all__ = [
    "VARIANTS",
    "Alternative",
    "CheckpointError",
    "CheckpointInfo",
    "Colorizer",
    "Hint",
    "HintError",
    "Photo",
    "PhotoError",
    "SheetError",
    "WritingError",
    "list_checkpoints",
    "paint",
    "read_hints",
    "read_info",
    "read_sheet",
    "write_hints",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
