"""The losses: mean squared error of ab or sRGB, and rebalanced classification among bins of ab.

The second follows Zhang et al. 2016, "Colorful Image Colorization" (arXiv:1603.08511), sections 2.1
and 2.2, but for the bins: those that the training photos use, not all that sRGB can reach.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorizer.lab import rgb_to_lab
from colorizer.network import AB_SCALE

CELL = 10.0  # side of a bin, in Lab units
LEAST_SHARE = 1e-5  # of all pixels; rarer bins are left out
NEIGHBOURS = 5  # bins among which a pixel's colour is divided
SIGMA = 5.0  # Lab units: of the division, and of the smoothing of the prior
REBALANCE = 0.5  # lambda: 0 weighs by 1 / prior, 1 weighs all colours alike
_LIMIT = 128  # ab is looked up to whole units up to here
_SAMPLE = 2048  # photos to fit the bins to


class MeanSquaredError(nn.Module):
    """Mean squared error, whose optimum is the mean of all colours that a pixel may have.

    unit: of what is compared: AB_SCALE for ab in Lab units, 1 for sRGB in [0, 1].
    """

    def __init__(self, unit: float = AB_SCALE) -> None:
        super().__init__()
        self.unit = unit

    def forward(self, output: Tensor, truth: Tensor) -> Tensor:
        """Both (N, C, H, W). Returns the mean over photos, pixels and channels."""
        return F.mse_loss(output / self.unit, truth / self.unit)


def fit_bins(squares: np.ndarray) -> tuple[tuple[float, float], ...]:
    """The bins that these photos use, as centres in Lab units.

    squares: (N, 3, side, side) uint8; the first 2,048 are looked at.
    """
    side = 2 * round(_LIMIT / CELL) + 1  # cells from one end of an axis to the other
    counts = torch.zeros(side**2, dtype=torch.int64)
    for ab in _sampled_ab(squares):
        a, b = ((ab / CELL).round().long() + side // 2).unbind(1)
        counts += torch.bincount((a * side + b).flatten(), minlength=side**2)
    kept = (counts >= LEAST_SHARE * counts.sum()) & (counts > 0)
    cells = kept.nonzero()[:, 0].tolist()
    return tuple(((i // side - side // 2) * CELL, (i % side - side // 2) * CELL) for i in cells)


def _sampled_ab(squares: np.ndarray) -> Iterator[Tensor]:
    """ab of the first photos, (n, 2, side, side) at a time."""
    for start in range(0, min(len(squares), _SAMPLE), 128):
        rgb = torch.from_numpy(np.array(squares[start : min(start + 128, _SAMPLE)]))
        yield rgb_to_lab(rgb)[:, 1:]


class RebalancedLoss(nn.Module):
    """Cross-entropy against soft labels, each pixel weighted by how rare its colour is, so that a
    rare colour counts as much as a common one.

    bins: (Q, 2) in Lab units; squares: the photos whose colours are the prior;
    rebalance: lambda in [0, 1], see REBALANCE. anchor: weight of a further term, the squared error
    of the mean of the distribution in units of AB_SCALE.
    """

    nearest: Tensor  # (colours of the plane, neighbours) int64, nearest first
    shares: Tensor  # of these, summing to 1
    weights: Tensor  # (Q,)
    unweighted: Tensor  # (Q, 3): a, b and 1 of each bin, divided by its weight

    def __init__(
        self,
        bins: Tensor,
        squares: np.ndarray,
        rebalance: float = REBALANCE,
        anchor: float = 0.0,
    ) -> None:
        super().__init__()
        self.anchor = anchor
        axis = torch.arange(-_LIMIT, _LIMIT + 1).float()
        plane = torch.cartesian_prod(axis, axis)
        distance, nearest = torch.cdist(plane, bins).topk(min(NEIGHBOURS, len(bins)), largest=False)
        # Softmax, for far from all bins the Gaussian itself would be nothing over nothing.
        shares = (-distance.square() / (2 * SIGMA**2)).softmax(dim=1)
        # Buffers recomputed from the photos at every start; not part of the state to resume from.
        self.register_buffer("nearest", nearest, persistent=False)
        self.register_buffer("shares", shares, persistent=False)
        self.register_buffer("weights", self._weights(bins, squares, rebalance), persistent=False)
        parts = torch.cat([bins / AB_SCALE, torch.ones(len(bins), 1)], dim=1)
        self.register_buffer("unweighted", parts / self.weights[:, None], persistent=False)

    def _weights(self, bins: Tensor, squares: np.ndarray, rebalance: float) -> Tensor:
        """(Q,) of mean 1 under the prior."""
        counts = torch.zeros(len(bins), dtype=torch.float64)
        for ab in _sampled_ab(squares):
            bin_of = self.nearest[:, 0][self._place(ab)]
            counts += torch.bincount(bin_of.flatten(), minlength=len(bins))
        prior = (counts / counts.sum()).float()
        near = torch.exp(-torch.cdist(bins, bins).square() / (2 * SIGMA**2))
        smooth = (near / near.sum(0)) @ prior
        weights = 1 / ((1 - rebalance) * smooth + rebalance / len(bins))
        return weights / (weights * prior).sum()

    @staticmethod
    def _place(ab: Tensor) -> Tensor:
        """Row of the tables for each pixel. ab: (N, 2, h, w). Returns (N, h, w)."""
        a, b = ab.round().clamp(-_LIMIT, _LIMIT).long().unbind(1)
        return (a + _LIMIT) * (2 * _LIMIT + 1) + b + _LIMIT

    def forward(self, logits: Tensor, ab: Tensor) -> Tensor:
        """logits: (N, Q, h, w); ab: (N, 2, H, W) in Lab units, H and W multiples of h and w.

        Returns the mean over pixels, in nats; ln Q = about 5 where nothing is known.
        """
        height, width = logits.shape[-2:]
        true = F.adaptive_avg_pool2d(ab, (height, width))
        place = self._place(true)
        labels, shares = self.nearest[place], self.shares[place]
        # Classes last: the logits already lie so in memory where channels_last is used.
        log_likelihood = F.log_softmax(logits.permute(0, 2, 3, 1), dim=-1, dtype=torch.float32)
        per_pixel = -(log_likelihood.gather(-1, labels) * shares).sum(-1)
        loss = (per_pixel * self.weights[labels[..., 0]]).mean()
        if not self.anchor:
            return loss
        # The mean of the distribution, free of the weight that the loss gives to rare colours.
        with torch.autocast(logits.device.type, enabled=False):
            mass = log_likelihood.exp() @ self.unweighted
        mean = mass[..., :2] / mass[..., 2:]
        return loss + self.anchor * F.mse_loss(mean, true.permute(0, 2, 3, 1) / AB_SCALE)
