"""Maps of uncertainty: a distance in Lab units at each pixel, as a colour."""

import numpy as np
import torch
from torch import Tensor

from colorizer.lab import lab_to_rgb

# What a map can show, and the Lab units at its bright end; fixed, so that maps can be compared.
# Whole: how far from the colour painted the true one may be; weights: how far the samples differ.
SCALES = {"whole": 40.0, "weights": 10.0}
# Dark blue to light yellow along a straight line in Lab: equal steps look equal, and neither end
# nor the order depends on telling red from green.
_FROM, _TO = (18.0, 12.0, -36.0), (93.0, -8.0, 55.0)


def draw_map(distance: Tensor, scale: float) -> np.ndarray:
    """(H, W) in Lab units to (H, W, 3) uint8, from 0 to `scale`."""
    share = (distance / scale).clamp(0, 1)[None]
    start, end = (torch.tensor(colour)[:, None, None] for colour in (_FROM, _TO))
    lab = start + share * (end - start)
    return lab_to_rgb(lab[:1], lab[1:]).permute(1, 2, 0).contiguous().numpy()


def scale_colours(stops: int = 9) -> list[str]:
    """The colour bar from its dark to its bright end, as CSS colours."""
    bar = draw_map(torch.linspace(0, 1, stops)[None], 1)[0]
    return [f"rgb({r} {g} {b})" for r, g, b in bar.tolist()]
