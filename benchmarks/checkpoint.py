"""The checkpoint that a benchmark measures."""

import sys

from colorizer import Colorizer, list_checkpoints
from colorizer.checkpoint import best, look_up
from colorizer.hub import find_checkpoints


def named_or_best() -> Colorizer:
    """The one that the command names, or else the one that the app opens with; says which."""
    if len(sys.argv) > 1:
        colorizer = Colorizer.from_checkpoint(sys.argv[1])
    else:
        checkpoints = list_checkpoints(find_checkpoints(None))
        colorizer = Colorizer.from_checkpoint(look_up(checkpoints, *best(checkpoints)))
    print(f"{colorizer.info.variant}, epoch {colorizer.info.epoch}")
    return colorizer
