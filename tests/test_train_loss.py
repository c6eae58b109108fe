"""The loss of a head of bins: bins, soft labels and weights."""

import math

import numpy as np
import pytest
import torch
from helpers import colourful

from colorizer.decoding import as_tensor
from colorizer.lab import rgb_to_lab
from train.loss import RebalancedLoss, fit_bins

BINS = as_tensor([(-40, 0), (0, 0), (40, 0), (0, 40)])


def _squares(count: int = 6, side: int = 16) -> np.ndarray:
    return np.stack([colourful(i, side).transpose(2, 0, 1) for i in range(count)])


def test_bins_are_the_cells_the_photos_use():
    bins = fit_bins(_squares())
    assert len(set(bins)) == len(bins) > 3
    assert all(a % 10 == 0 and b % 10 == 0 for a, b in bins)
    ab = rgb_to_lab(torch.from_numpy(_squares()))[:, 1:].movedim(1, -1).reshape(-1, 2)
    assert torch.cdist(ab, as_tensor(bins)).min(1).values.max() <= 5 * math.sqrt(2) + 1e-3


def test_soft_labels_surround_the_colour():
    loss = RebalancedLoss(BINS, _squares())
    place = loss._place(torch.tensor([38.0, 1.0]).view(1, 2, 1, 1))
    labels, shares = loss.nearest[place].flatten(), loss.shares[place].flatten()
    assert labels[0] == 2
    assert shares[0] > 0.99
    assert shares.sum() == pytest.approx(1)


def test_weights_favour_rare_bins_and_mean_one():
    squares = _squares()
    bins = as_tensor(fit_bins(squares))
    loss = RebalancedLoss(bins, squares)
    ab = rgb_to_lab(torch.from_numpy(squares))[:, 1:]
    nearest = torch.cdist(ab.movedim(1, -1).reshape(-1, 2), bins).argmin(1)
    prior = torch.bincount(nearest, minlength=len(bins)) / len(nearest)
    assert (loss.weights * prior).sum() == pytest.approx(1, abs=0.02)
    assert loss.weights[prior.argmin()] > loss.weights[prior.argmax()]
    even = RebalancedLoss(bins, squares, rebalance=1.0).weights
    torch.testing.assert_close(even, torch.ones(len(bins)))


def test_the_loss_of_even_odds_and_of_the_truth():
    loss = RebalancedLoss(BINS, _squares(), rebalance=1.0)
    ab = torch.tensor([40.0, 0.0]).view(1, 2, 1, 1).expand(1, 2, 8, 8)
    ignorant, knowing = torch.zeros(1, 4, 2, 2), torch.zeros(1, 4, 2, 2)
    knowing[:, 2] = 20
    assert loss(ignorant, ab) == pytest.approx(math.log(4))
    assert loss(knowing, ab) < 0.05
