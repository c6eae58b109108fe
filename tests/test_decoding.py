"""Colour as a choice among bins: decoding, labels and weights of the loss."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from helpers import colourful

from colorizer.checkpoint import CheckpointInfo
from colorizer.decoding import TEMPERATURE, Decoding, annealed_mean, as_tensor
from colorizer.guided import smooth
from colorizer.lab import rgb_to_lab
from colorizer.network import VARIANTS, NetworkSettings, build_network
from train.loss import RebalancedLoss, fit_bins

BINS = as_tensor([(-40, 0), (0, 0), (40, 0), (0, 40)])


def _squares(count: int = 6, side: int = 16) -> np.ndarray:
    return np.stack([colourful(i, side).transpose(2, 0, 1) for i in range(count)])


def test_annealed_mean_goes_from_the_mean_to_the_likeliest_bin():
    probability = torch.tensor([0.4, 0.0001, 0.5, 0.0999])
    logits = probability.log()[None, :, None, None]
    mean = annealed_mean(logits, BINS, 1.0)[0, :, 0, 0]
    torch.testing.assert_close(mean, probability @ BINS)
    vivid = annealed_mean(logits, BINS, 0.01)[0, :, 0, 0]
    torch.testing.assert_close(vivid, BINS[2], atol=1e-3, rtol=0)
    reds = [annealed_mean(logits, BINS, t)[0, 0].item() for t in (1.0, 0.5, 0.2, 0.05)]
    assert reds == sorted(reds)


def test_red_or_green_is_painted_grey_by_the_mean_alone():
    logits = torch.tensor([0.45, 0.001, 0.548, 0.001]).log()[None, :, None, None]
    pale, vivid = (annealed_mean(logits, BINS, t)[0, :, 0, 0].norm() for t in (1.0, 0.05))
    assert pale < 5
    assert vivid > 35


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan])
def test_temperature_must_be_above_zero(temperature):
    with pytest.raises(ValueError, match="temperature"):
        Decoding(temperature)
    with pytest.raises(ValueError, match="temperature"):
        Decoding().at(temperature)


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


def test_calm_takes_the_weighting_back():
    """Trained to p w, a network that is calm gives p: at temperature 1 the true mean."""
    probability = torch.tensor([0.2, 0.3, 0.1, 0.4])
    weights = torch.tensor([1.5, 0.4, 4.0, 1.0])
    logits = (probability * weights).log()[None, :, None, None] + 3  # logits have no zero
    decoding = Decoding(temperature=1, calm=1, rarity=weights.log().tolist())
    found = decoding.ab(decoding.calmed(logits), BINS)[0, :, 0, 0]
    torch.testing.assert_close(found, probability @ BINS)
    half = replace(decoding, calm=0.5).calmed(logits)
    torch.testing.assert_close(half, (logits + decoding.calmed(logits)) / 2)
    assert Decoding().calmed(logits) is logits


@pytest.mark.parametrize("bins", [BINS, torch.zeros(0, 2)], ids=["bins", "ab"])
def test_gain_scales_what_is_painted(bins):
    output = torch.rand(2, len(bins) or 2, 3, 4)
    plain, loud = Decoding().ab(output, bins), Decoding(gain=1.5).ab(output, bins)
    assert plain.shape == (2, 2, 3, 4)
    torch.testing.assert_close(loud, 1.5 * plain)


def test_another_temperature_is_another_decoding():
    decoding = Decoding(gain=1.5, calm=0.2, rarity=(0.5, -0.5))
    assert decoding.at(None) is decoding
    assert decoding.at(0.3) == replace(decoding, temperature=0.3)
    assert decoding.temperature == TEMPERATURE


def test_smoothing_joins_like_lightness_and_keeps_edges():
    """Noise within a surface goes, the step between two surfaces of different lightness stays."""
    guide = torch.full((1, 1, 24, 24), 30.0)
    guide[..., 12:] = 80
    clean = torch.where(guide < 50, -20.0, 20.0)
    noise = 5 * torch.randn(clean.shape, generator=torch.manual_seed(0))
    even = smooth(clean + noise, guide, 3)
    assert (even - clean).std() < 0.3 * noise.std()
    assert (even - clean)[..., 10:14].abs().max() < 5
    torch.testing.assert_close(smooth(clean + noise, guide, 0), clean + noise, atol=1e-3, rtol=0)
    flat = smooth(clean + noise, torch.zeros_like(guide), 3)
    assert (flat - clean)[..., 11:13].abs().mean() > 10  # nothing shows where the edge is


def test_a_smooth_network_says_the_same_of_one_surface():
    bins = ((-40.0, 0.0), (0.0, 0.0), (40.0, 40.0))
    settings = NetworkSettings(widths=(4, 8), batch_norm=True, head="bins", bins=bins)
    network = build_network(settings, seed=0).eval()
    lightness = 50 + torch.rand(1, 1, 64, 64, generator=torch.manual_seed(0))
    rough = network(lightness).softmax(1)
    network.settings = replace(settings, smooth=2)
    even = network(lightness).softmax(1)
    assert even.std((2, 3)).mean() < 0.6 * rough.std((2, 3)).mean()
    torch.testing.assert_close(even.sum(1), torch.ones_like(even[:, 0]), atol=0.05, rtol=0)


@pytest.mark.parametrize("variant", ["rebalanced", "transfer"])
def test_smooth_features_are_smooth_logits(variant):
    """The last layer is linear, so the cheaper place to average is as good."""
    bins = ((-40.0, 0.0), (0.0, 0.0), (40.0, 40.0), (0.0, -40.0))
    widths = (4, 8, 8, 8) if variant == "transfer" else (4, 8)
    settings = replace(VARIANTS[variant], widths=widths, bins=bins, smooth=0)
    network = build_network(settings, seed=0).eval()
    lightness = 100 * torch.rand(2, 1, 64, 96, generator=torch.manual_seed(0))
    logits = network(lightness)
    guide = torch.nn.functional.interpolate(lightness, logits.shape[-2:], mode="area")
    expected = smooth(logits.log_softmax(1), guide, 3).softmax(1)
    network.settings = replace(settings, smooth=3)
    found = network(lightness).softmax(1)
    torch.testing.assert_close(found, expected)
    assert (expected - logits.softmax(1)).abs().max() > 1e-4


@pytest.mark.parametrize("wrong", [{"calm": 0.5}, {"calm": 2}, {"gain": 0}, {"gain": 9}])
def test_decodings_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="calm"):
        Decoding(**wrong)


def test_calm_needs_the_rarity_of_every_bin():
    settings = NetworkSettings(head="bins", bins=((0.0, 0.0), (40.0, 40.0)))
    CheckpointInfo("made-up", 1, 32, settings, decoding=Decoding(calm=0.5, rarity=(0.5, 1.0)))
    with pytest.raises(ValueError, match="every bin"):
        CheckpointInfo("made-up", 1, 32, settings, decoding=Decoding(calm=0.5, rarity=(0.5,)))
