"""Colour for black-and-white photos, from small convolutional networks.

Reading order: reading - photo - lab - network - checkpoint - prediction - painting - writing;
beside them decoding, guided, plain, resnet, unet, dropout, sampling and metrics.
"""

from colorizer.checkpoint import CheckpointError, CheckpointInfo, list_checkpoints, read_info
from colorizer.network import VARIANTS
from colorizer.painting import paint
from colorizer.photo import Photo
from colorizer.prediction import Colorizer
from colorizer.reading import PhotoError

__all__ = [
    "VARIANTS",
    "CheckpointError",
    "CheckpointInfo",
    "Colorizer",
    "Photo",
    "PhotoError",
    "list_checkpoints",
    "paint",
    "read_info",
]
