"""Where the mean of the colours that a network thinks likely is brown, though they are not."""

import torch
from torch import Tensor
from torch.nn import functional as F

from colorizer.metrics import SEPIA_SECTOR
from colorizer.photo import Photo

_LIGHTNESS = (30.0, 80.0)  # darker and lighter pixels have next to no colour in sRGB


def find_brown_mean(small: Photo, bins: Tensor, output: Tensor) -> tuple[float, float]:
    """The place whose brown mean loses most of the likely colours' chroma.

    small: the photo at about the network's size; bins: (Q, 2) in Lab units; output: (Q, h, w) of a
    network that chooses among them. Returns shares of width and height; if no mean is brown, of the
    one that loses most.
    """
    likely = output.softmax(0)
    mean = torch.einsum("qhw,qc->chw", likely, bins)
    lost = torch.einsum("qhw,q->hw", likely, bins.norm(dim=1)) - mean.norm(dim=0)
    lightness = F.interpolate(small.lab[None, :1], [*lost.shape], mode="area")[0, 0]
    low, high = _LIGHTNESS
    middle = (lightness > low) & (lightness < high)
    hue = torch.rad2deg(torch.atan2(mean[1], mean[0])) % 360
    brown = (hue >= SEPIA_SECTOR[0]) & (hue <= SEPIA_SECTOR[1])
    rank = lost - 1000.0 * ~middle - 500.0 * ~brown
    row, column = divmod(int(rank.argmax()), lost.shape[1])
    return (column + 0.5) / lost.shape[1], (row + 0.5) / lost.shape[0]
