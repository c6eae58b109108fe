"""Numbers for colour: how much, how varied, how brown, how sharp, and how close to the original.

PSNR and every pixel error reward grey: read them beside the rows for a grey picture and for a
constant mean colour. Colourfulness and chroma say how much colour there is, hue entropy how many
different colours, and the sepia index how much of it turned brown.

Everything is batched in torch and gives one value per photo, except AuC, which pools all pixels it
is given. Over many photos the project takes the mean of the values; a quantity that is stated as a
ratio to the original's (colourfulness, gradient energy) is the ratio of the two means, because a
mean of ratios would be dominated by the few photos whose original has almost no colour.
"""

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

HUE_BINS = 36
SEPIA_SECTOR = (30.0, 90.0)  # degrees of Lab hue
COLOURLESS_CHROMA = 0.5  # mean Lab chroma; the 8-bit rounding of a grey picture stays below
AB_CELL = 10.0  # side of a cell of the ab grid, in Lab units
_CELLS_A_SIDE = 23  # centred on -110, -100 ... 110: more than sRGB can reach
ALIKE = 4.0  # in L: neighbours that differ by no more look alike
AUC_LIMIT = 150.0  # largest threshold of the error curve, in Lab units


def colourfulness(rgb: Tensor) -> Tensor:
    """Hasler & Suesstrunk 2003, "Measuring colourfulness in natural images", with signed channels.

    rgb: (..., 3, H, W) uint8. Returns (...): 0 for grey, about 15 slightly, 59 highly,
    109 extremely colourful. (Some public code takes absolute opponent values, which gives less.)
    """
    red, green, blue = (channel.float() for channel in rgb.unbind(-3))
    opponents = torch.stack([red - green, (red + green).div_(2).sub_(blue)])
    means = opponents.mean((-2, -1), keepdim=True)
    # `var` takes five times as long.
    variances = opponents.sub_(means).square_().mean((-2, -1))
    return variances.sum(0).sqrt() + 0.3 * means.square().sum(0).sqrt().squeeze((-2, -1))


def mean_chroma(ab: Tensor) -> Tensor:
    """Mean of sqrt(a^2 + b^2). ab: (..., 2, H, W) in Lab units. Returns (...) in Lab units."""
    return _chroma(ab).mean((-2, -1))


def hue_entropy(ab: Tensor) -> Tensor:
    """Entropy of the chroma-weighted hue histogram over 36 bins of 10 degrees.

    ab: (..., 2, H, W). Returns (...) in bits: 0 for one hue (or no colour), log2(36) = 5.17 for
    all hues equally.
    """
    bins = (_hue(ab) / 360 * HUE_BINS).long().clamp(max=HUE_BINS - 1).flatten(-2)
    chroma = _chroma(ab).flatten(-2)
    weight = torch.zeros(*bins.shape[:-1], HUE_BINS, device=ab.device)
    weight.scatter_add_(-1, bins, chroma.float())
    share = weight / weight.sum(-1, keepdim=True).clamp(min=1e-12)
    return -(share * share.clamp(min=1e-12).log2()).sum(-1)


def _chroma(ab: Tensor) -> Tensor:
    """Length of ab. ab: (..., 2, H, W). Returns (..., H, W)."""
    return torch.hypot(*ab.unbind(-3))  # many times as fast as norm over so short a dimension


def _hue(ab: Tensor) -> Tensor:
    """Lab hue in degrees, [0, 360). ab: (..., 2, H, W). Returns (..., H, W)."""
    a, b = ab.unbind(-3)
    return torch.atan2(b, a) / (2 * math.pi) % 1.0 * 360


def sepia_share(ab: Tensor) -> Tensor:
    """Share of chroma whose hue lies in the brown-orange sector, 30 to 90 degrees of Lab hue.

    ab: (..., 2, H, W) in Lab units. Returns (...) in [0, 1]; 0 for a picture without colour.
    The sector is the project's own. It holds every named brown of CSS and the oranges beside them,
    with sepia (#704214, 65 degrees) in its middle: brown 32, sienna 51, saddlebrown 57, peru 66,
    orange 73, tan 78. It ends before yellow (103); sRGB's red (40) is inside, as brick red is.
    """
    low, high = map(math.radians, SEPIA_SECTOR)
    a, b = ab.unbind(-3)
    chroma = _chroma(ab)
    # Left of the one border and right of the other: the hue's arc tangent is not needed.
    after = b * math.cos(low) >= a * math.sin(low)
    before = b * math.cos(high) <= a * math.sin(high)
    inside = (chroma * (after & before)).sum((-2, -1))
    share = inside / chroma.sum((-2, -1)).clamp(min=1e-12)
    return torch.where(mean_chroma(ab) < COLOURLESS_CHROMA, 0.0, share)


def sepia_index(ab: Tensor, true_ab: Tensor) -> Tensor:
    """How far the colour has moved into the brown-orange sector: the project's own measure.

    max(0, s(ab) - s(true)), where s is `sepia_share`. Both (..., 2, H, W) in Lab units. Returns
    (...) in [0, 1]: 0 where no more of the colour is brown than in the original (and for a picture
    without colour), 1 where nothing was brown and everything has become so. (Dividing the rise by
    what was left to rise would give only noise on a photo that is nearly all brown, such as one of
    a ginger cat.)
    """
    return (sepia_share(ab) - sepia_share(true_ab)).clamp(min=0)


def gradient_energy(ab: Tensor) -> Tensor:
    """Sharpness of the colour: mean squared difference of neighbouring pixels.

    Horizontal and vertical neighbours, summed over a and b. ab: (..., 2, H, W) in Lab units.
    Returns (...) in squared Lab units per pixel step; compare pictures of one size only. Divide
    by the original's for "fuzzy" as a number: 1 as sharp, 0 flat.
    """
    across = ab.diff(dim=-1).square().sum(-3).mean((-2, -1))
    down = ab.diff(dim=-2).square().sum(-3).mean((-2, -1))
    return across + down


def patchiness(ab: Tensor, lightness: Tensor) -> Tensor:
    """How much the colour changes between neighbours that look alike: what the eye sees as patches.

    The mean distance in ab of neighbouring cells, 32 along each side, whose lightness differs by at
    most ALIKE. ab: (..., 2, H, W) in Lab units; lightness: (..., 1, H, W) in [0, 100]. Returns
    (...) in Lab units; 0 where no neighbours are alike. A vivid picture has larger steps: compare
    it with the truth's, or divide by the mean chroma.
    """
    size = ab.shape[-2:]
    lab = torch.cat([lightness, ab], dim=-3)
    lab = lab.reshape(-1, *lab.shape[-3:])
    cells = F.adaptive_avg_pool2d(lab, (min(32, size[0]), min(32, size[1])))
    total = count = torch.zeros(len(cells))
    for axis in (-1, -2):
        steps = cells.diff(dim=axis)
        alike = (steps[:, 0].abs() <= ALIKE).float()
        total = total + (steps[:, 1:].norm(dim=1) * alike).sum((-2, -1))
        count = count + alike.sum((-2, -1))
    return (total / count.clamp(min=1)).view(ab.shape[:-3])


def ab_variance(ab: Tensor) -> Tensor:
    """Variance of ab within the photo, summed over a and b.

    ab: (..., 2, H, W) in Lab units. Returns (...) in squared Lab units.
    """
    return ab.var((-2, -1), unbiased=False).sum(-1)


def ab_rmse(ab: Tensor, true_ab: Tensor) -> Tensor:
    """Root mean square error over pixels and both channels.

    Both (..., 2, H, W) in Lab units. Returns (...) in Lab units.
    """
    return (ab - true_ab).square().mean((-3, -2, -1)).sqrt()


def psnr(rgb: Tensor, truth: Tensor) -> Tensor:
    """Peak signal-to-noise ratio over all channels, peak 255.

    Both (..., 3, H, W) uint8. Returns (...) in dB; infinite for equal pictures.
    """
    error = (rgb.float() - truth.float()).square().mean((-3, -2, -1))
    return 10 * torch.log10(255**2 / error)


def ssim(rgb: Tensor, truth: Tensor) -> Tensor:
    """Structural similarity, mean over the channels: scikit-image with the paper's settings.

    Wang, Bovik, Sheikh & Simoncelli 2004, "Image quality assessment": Gaussian window of sigma
    1.5. Both (N, 3, H, W) uint8, at least 11 pixels a side. Returns (N,) in [-1, 1], 1 for equal
    pictures.
    """
    # Needs scipy, whose import those who only paint photos need not wait for.
    from skimage.metrics import structural_similarity

    return torch.tensor(
        [
            structural_similarity(
                picture,
                true,
                channel_axis=0,
                data_range=255,
                gaussian_weights=True,
                sigma=1.5,
                use_sample_covariance=False,
            )
            for picture, true in zip(rgb.cpu().numpy(), truth.cpu().numpy(), strict=True)
        ]
    )


def delta_e_2000(lab: Tensor, true_lab: Tensor) -> Tensor:
    """CIEDE2000 colour difference, mean over the pixels, by scikit-image.

    Sharma, Wu & Dalal 2005; kL = kC = kH = 1. Both (..., 3, H, W) Lab. Returns (...): 0 for equal
    pictures, about 1 just noticeable.
    """
    from skimage.color import deltaE_ciede2000

    true, own = (np.moveaxis(picture.cpu().numpy(), -3, -1) for picture in (true_lab, lab))
    difference = deltaE_ciede2000(true, own)
    return torch.from_numpy(np.asarray(difference.mean((-2, -1)), np.float32))


def _cells(ab: Tensor) -> Tensor:
    """Index of each pixel's cell in the ab grid. ab: (..., 2, H, W). Returns (..., H, W) int64."""
    half = _CELLS_A_SIDE // 2
    a, b = ((ab / AB_CELL).round() + half).long().clamp(0, _CELLS_A_SIDE - 1).unbind(-3)
    return a * _CELLS_A_SIDE + b


def ab_prior(true_ab: Tensor) -> Tensor:
    """How often each cell of the ab grid (10 Lab units a side) occurs, for `auc`.

    true_ab: (..., 2, H, W) in Lab units, all photos at once. Returns (529,), which sums to 1.
    """
    counts = torch.bincount(_cells(true_ab).flatten(), minlength=_CELLS_A_SIDE**2)
    return counts / counts.sum()


def auc(ab: Tensor, true_ab: Tensor, prior: Tensor | None = None) -> Tensor:
    """Area under the cumulative histogram of the ab error, thresholds 0 to 150 (Zhang et al.).

    "Colorful Image Colorization", ECCV 2016, arXiv:1603.08511, section 3.1: the share of pixels
    whose L2 distance in ab is at most t, averaged over t. Both (..., 2, H, W) in Lab units; all
    pixels of all photos are pooled, as in the paper. Returns one number in [0, 1], 1 without error.

    prior: rebalanced. Each pixel weighs 1 / prior of its true colour's cell, so that every colour
    of the photos counts alike; compute it with `ab_prior` over the photos that are evaluated.
    Pixels of a cell the prior does not know are left out.
    """
    # The area under a cumulative distribution has a closed form: one minus the mean error.
    hit = 1 - _chroma(ab - true_ab).clamp(max=AUC_LIMIT) / AUC_LIMIT
    if prior is None:
        return hit.double().mean().float()
    known = torch.where(prior > 0, 1 / prior.clamp(min=1e-12), 0.0)
    weight = known.to(ab.device)[_cells(true_ab)].double()
    return ((hit * weight).sum() / weight.sum()).float()
