"""From what a network says to one colour per pixel."""

import math
from dataclasses import replace

import pytest
import torch

from colorizer.checkpoint import CheckpointInfo
from colorizer.decoding import TEMPERATURE, Decoding, annealed_mean, as_tensor
from colorizer.network import NetworkSettings

BINS = as_tensor([(-40, 0), (0, 0), (40, 0), (0, 40)])


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


@pytest.mark.parametrize("wrong", [{"calm": 0.5}, {"calm": 2}, {"gain": 0}, {"gain": 9}])
def test_decodings_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="calm"):
        Decoding(**wrong)


def test_calm_needs_the_rarity_of_every_bin():
    settings = NetworkSettings(head="bins", bins=((0.0, 0.0), (40.0, 40.0)))
    CheckpointInfo("made-up", 1, 32, settings, decoding=Decoding(calm=0.5, rarity=(0.5, 1.0)))
    with pytest.raises(ValueError, match="every bin"):
        CheckpointInfo("made-up", 1, 32, settings, decoding=Decoding(calm=0.5, rarity=(0.5,)))
