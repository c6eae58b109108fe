"""Numbers for colour, batched in torch.

PSNR and every pixel error reward grey: read them beside the rows for a grey picture and for a
constant mean colour. Colourfulness and chroma say how much colour there is, hue entropy how many
different ones.
"""

import math

import torch
from torch import Tensor

HUE_BINS = 36


def colourfulness(rgb: Tensor) -> Tensor:
    """Hasler & Suesstrunk 2003, "Measuring colourfulness in natural images", with signed channels.

    rgb: (..., 3, H, W) uint8. Returns (...): 0 for grey, about 15 slightly, 59 highly,
    109 extremely colourful. (Some public code takes absolute opponent values, which reads lower.)
    """
    red, green, blue = rgb.float().unbind(-3)
    rg = red - green
    yb = (red + green) / 2 - blue
    over = (-2, -1)
    spread = (rg.var(over, unbiased=False) + yb.var(over, unbiased=False)).sqrt()
    offset = (rg.mean(over) ** 2 + yb.mean(over) ** 2).sqrt()
    return spread + 0.3 * offset


def mean_chroma(ab: Tensor) -> Tensor:
    """Mean of sqrt(a^2 + b^2). ab: (..., 2, H, W) in Lab units. Returns (...) in Lab units."""
    return ab.norm(dim=-3).mean((-2, -1))


def hue_entropy(ab: Tensor) -> Tensor:
    """Entropy of the chroma-weighted hue histogram over 36 bins of 10 degrees.

    ab: (..., 2, H, W). Returns (...) in bits: 0 for one hue (or no colour), log2(36) = 5.17 for
    all hues alike.
    """
    a, b = ab.unbind(-3)
    turn = torch.atan2(b, a) / (2 * math.pi) % 1.0
    bins = (turn * HUE_BINS).long().clamp(max=HUE_BINS - 1).flatten(-2)
    chroma = ab.norm(dim=-3).flatten(-2)
    weight = torch.zeros(*bins.shape[:-1], HUE_BINS, device=ab.device)
    weight.scatter_add_(-1, bins, chroma.float())
    share = weight / weight.sum(-1, keepdim=True).clamp(min=1e-12)
    return -(share * share.clamp(min=1e-12).log2()).sum(-1)


def psnr(rgb: Tensor, truth: Tensor) -> Tensor:
    """Peak signal-to-noise ratio over all channels, peak 255.

    Both (..., 3, H, W) uint8. Returns (...) in dB; infinite for equal pictures.
    """
    error = (rgb.float() - truth.float()).square().mean((-3, -2, -1))
    return 10 * torch.log10(255**2 / error)
