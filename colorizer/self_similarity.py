"""Cells that look alike share what the decoder made of them, wherever in the photo they lie.

A sky is one sky: a network that judges each place on its own paints its left end another colour
than its right one. The means are non-local means (Buades et al. 2005) in the form
of attention (Wang et al. 2018, "Non-local neural networks", arXiv:1711.07971), whose queries and
keys are the encoder's own features and lightness: it has no weights, and training through it
teaches the encoder what belongs together.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

# Of lightness in [-1, 1]: this far apart, even cells of the same features are not alike at all.
LIGHTNESS_STEP = 2 / 3
KEYS = 32  # rows and columns of keys at most, or a long panorama's weights would fill the memory


def looks(features: Sequence[Tensor], lightness: Tensor, size: Sequence[int]) -> Tensor:
    """How each cell looks: (N, D, h, w) float32, whose products say how alike two are.

    features: maps of an encoder at any sizes; lightness: (N, 1, H, W) in [-1, 1]; size: h, w.
    """
    parts = []
    for x in features:
        x = x.float()
        x = x - x.mean((2, 3), keepdim=True)  # what all cells share does not tell them apart
        x = F.normalize(x, dim=1) / len(features) ** 0.5
        parts.append(F.interpolate(x, size, mode="bilinear", align_corners=False))
    light = F.interpolate(lightness.float(), size, mode="area")
    return torch.cat([*parts, light * 2**0.5 / LIGHTNESS_STEP], dim=1)


def share(x: Tensor, looks: Tensor, spread: float, weights: Tensor | None = None) -> Tensor:
    """Means of x over all cells, weighted by how alike they look.

    x: (N, C, h, w); looks: (1 or N, D, h, w), h and w 2 or more; spread: above 0, the smaller,
    the fewer cells share; weights: what `weights_of` gave for these looks, if that was kept.
    Returns the shape of x, float32.
    """
    # All samples of one photo look alike: their channels side by side need one set of weights.
    values = _pooled(x.float().reshape(len(looks), -1, *x.shape[2:]))
    with torch.autocast(x.device.type, enabled=False):
        if weights is None:
            queries, keys = _compared(looks)
            means = F.scaled_dot_product_attention(queries, keys, values, scale=1 / spread)
        else:
            means = weights @ values
    return means.mT.reshape(x.shape)


def weights_of(looks: Tensor, spread: float) -> Tensor:
    """(N, h w, keys) float32: the weights of `share`, for a photo that is shared in many times.

    They take up to 16 MB; a training step, which would keep them for its gradients, does without.
    """
    queries, keys = _compared(looks)
    return (queries @ keys.mT).div_(spread).softmax(-1)


def _compared(looks: Tensor) -> tuple[Tensor, Tensor]:
    """(N, h w, D + 1) queries and (N, keys, D + 1), whose products say how alike two are."""
    keys = _pooled(looks)
    # The product of lightnesses becomes their squared distance, up to what softmax ignores.
    keys = torch.cat([keys, -(keys[..., -1:] ** 2) / 2], dim=-1)
    return F.pad(looks.flatten(2).mT, (0, 1), value=1.0), keys


def _pooled(x: Tensor) -> Tensor:
    """(N, C, h, w) to (N, keys, C).

    Half as many keys each way, a quarter of the products: neighbours are alike anyway.
    """
    height, width = x.shape[2:]
    # Not `min`, whose answer for one photo would become part of an exported network.
    grid: Any = torch.sym_min(height // 2, KEYS), torch.sym_min(width // 2, KEYS)
    return F.adaptive_avg_pool2d(x, grid).flatten(2).mT
