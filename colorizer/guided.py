"""The guided filter (He, Sun & Tang 2013; "Fast guided filter", He & Sun 2015, arXiv:1505.00996).

Within a window, the filtered values are modelled as a linear function of lightness; so they are
averaged where lightness is even, and keep their edges where lightness has edges.
"""

import functools

import torch
from torch import Tensor
from torch.nn import functional as F

# Of L in [0, 100], squared: a step in L below its root is texture, not an edge.
EDGE_VARIANCE = 40.0


def box(x: Tensor, radius: int) -> Tensor:
    """(N, C, h, w) means over windows of 2 radius + 1 pixels a side, fewer at the borders."""
    side_by_side = x.shape[1] > 1 and x.is_contiguous(memory_format=torch.channels_last)
    if side_by_side and not x.requires_grad:  # how channels lie in memory; fastest by pooling then
        for window, padding in (
            ((2 * radius + 1, 1), (radius, 0)),
            ((1, 2 * radius + 1), (0, radius)),
        ):
            x = F.avg_pool2d(x, window, stride=1, padding=padding, count_include_pad=False)
        return x
    rows, columns = (_windows(length, radius).to(x) for length in x.shape[-2:])
    with torch.autocast(x.device.type, enabled=False):  # it would round matrix products
        return rows @ x @ columns.T


@functools.lru_cache(64)
@torch.inference_mode(False)  # it is remembered, and must be of use to training, too
def _windows(length: int, radius: int) -> Tensor:
    """(length, length), which makes of `length` values the mean around each."""
    place = torch.arange(length)
    near = ((place[:, None] - place).abs() <= radius).float()
    return near / near.sum(1, keepdim=True)


def slopes(x: Tensor, guide: Tensor, radius: int) -> tuple[Tensor, Tensor]:
    """The linear function in the window around each pixel, x = slope guide + offset."""
    mean_guide, mean = box(guide, radius), box(x, radius)
    variance = box(guide * guide, radius) - mean_guide * mean_guide
    slope = (box(guide * x, radius) - mean_guide * mean) / (variance + EDGE_VARIANCE)
    return slope, mean - slope * mean_guide
