"""Colour for black-and-white photos, from small convolutional networks.

Reading order: photo (in and out) - lab - bins - network - checkpoint - prediction - painting -
metrics.
"""

from colorizer.checkpoint import CheckpointError, CheckpointInfo, list_checkpoints, read_info
from colorizer.network import VARIANTS
from colorizer.painting import paint
from colorizer.photo import Photo, PhotoError
from colorizer.prediction import Colorizer

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
