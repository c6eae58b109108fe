"""The map of uncertainty: the deviation of the samples at each pixel, as a colour."""

import numpy as np
import torch
from torch import Tensor

from colorizer.lab import lab_to_rgb

SCALE = 10.0  # Lab units at the bright end; fixed, so that maps can be compared
# Dark blue to light yellow along a straight line in Lab: equal steps look equal, and neither end
# nor the order depends on telling red from green.
_FROM, _TO = (18.0, 12.0, -36.0), (93.0, -8.0, 55.0)


def draw_map(deviation: Tensor) -> np.ndarray:
    """(H, W) in Lab units to (H, W, 3) uint8, from 0 to SCALE."""
    share = (deviation / SCALE).clamp(0, 1)[None]
    start, end = (torch.tensor(colour)[:, None, None] for colour in (_FROM, _TO))
    lab = start + share * (end - start)
    return lab_to_rgb(lab[:1], lab[1:]).permute(1, 2, 0).contiguous().numpy()


def scale_colours(stops: int = 9) -> list[str]:
    """The colour bar from 0 to SCALE, as CSS colours."""
    bar = draw_map(torch.linspace(0, SCALE, stops)[None])[0]
    return [f"rgb({r} {g} {b})" for r, g, b in bar.tolist()]
