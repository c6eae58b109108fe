"""The guided filter (He, Sun & Tang 2013; "Fast guided filter", He & Sun 2015, arXiv:1505.00996).

Within a window, the filtered values are modelled as a linear function of lightness; so they are
averaged where lightness is even, and keep their edges where lightness has edges.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

# Of L in [0, 100], squared: a step in L below its root is texture, not an edge.
EDGE_VARIANCE = 40.0


def box(x: Tensor, radius: int) -> Tensor:
    """(N, C, h, w) means over windows of 2 radius + 1 pixels a side, fewer at the borders."""
    # Pooling is fastest when channels lie side by side in memory, and its gradient is one step.
    if x.requires_grad or x.is_contiguous(memory_format=torch.channels_last):
        for window, padding in (
            ((2 * radius + 1, 1), (radius, 0)),
            ((1, 2 * radius + 1), (0, radius)),
        ):
            x = F.avg_pool2d(x, window, stride=1, padding=padding, count_include_pad=False)
        return x
    return _shifted_means(_shifted_means(x, radius, -2), radius, -1)


def _shifted_means(x: Tensor, radius: int, dim: int) -> Tensor:
    """Means along one dimension, by adding shifted copies: a fifth of the time of pooling."""
    length = x.shape[dim]
    sums, counts = x.clone(), torch.ones(length, dtype=x.dtype, device=x.device)
    for shift in range(1, min(radius, length - 1) + 1):
        rest = length - shift
        for start, source in ((shift, 0), (0, shift)):
            sums.narrow(dim, start, rest).add_(x.narrow(dim, source, rest))
            counts.narrow(0, start, rest).add_(1)
    return sums.div_(counts if dim == -1 else counts[:, None])


def slopes(x: Tensor, guide: Tensor, radius: int) -> tuple[Tensor, Tensor]:
    """The linear function in the window around each pixel, x = slope guide + offset."""
    mean_guide, mean = box(guide, radius), box(x, radius)
    variance = box(guide * guide, radius) - mean_guide * mean_guide
    slope = (box(guide * x, radius) - mean_guide * mean) / (variance + EDGE_VARIANCE)
    return slope, mean - slope * mean_guide


def smooth(x: Tensor, guide: Tensor, radius: int) -> Tensor:
    """x averaged over neighbours of similar lightness, at most 2 radius pixels away.

    x: (N, C, h, w); guide: (1 or N, 1, h, w), lightness in [0, 100]. Returns the shape of x.
    """
    slope, offset = slopes(x, guide, radius)
    return box(slope, radius) * guide + box(offset, radius)
