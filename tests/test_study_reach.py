"""What counts as following a false colour, and what as taking it by mistake."""

import math

import numpy as np
import pytest
import torch

from colorizer import Photo
from colorizer.lab import lab_to_rgb
from train.study.reach import TURN, Spot, reach_and_leak


def _halves(left: tuple[float, float], right: tuple[float, float]) -> Photo:
    """Of 40 x 40 pixels, as light everywhere, in two colours, ab."""
    ab = torch.zeros(2, 40, 40)
    ab[:, :, :20] = torch.tensor(left)[:, None, None]
    ab[:, :, 20:] = torch.tensor(right)[:, None, None]
    rgb = lab_to_rgb(torch.full((1, 40, 40), 60.0), ab)
    return Photo(np.ascontiguousarray(rgb.permute(1, 2, 0).numpy()))


@pytest.fixture
def spot() -> Spot:
    found = Spot.at(_halves((40, 0), (0, 40)), 14.5, 20.5)
    assert found is not None
    return found


def test_the_hue_is_turned_and_the_chroma_stays(spot):
    a, b = spot.hint.colour
    assert math.hypot(a, b) == pytest.approx(40, abs=1)
    assert math.degrees(math.atan2(b, a)) == pytest.approx(TURN, abs=2)


def test_near_is_the_own_half_around_and_far_the_other(spot):
    assert spot.near[20, 14]
    assert not spot.near[20, 1], "too far away to be expected"
    assert not spot.near[:, 20:].any()
    assert spot.far[:, 20:].all()
    assert not spot.far[:, :20].any()
    assert spot.beside.sum() < spot.far.sum()


@pytest.mark.parametrize(
    ("moved", "wanted"),
    [
        (slice(0, 0), (0, 0, 0)),
        (slice(0, 20), (1, 0, 0)),
        (slice(20, 40), (0, 1, 1)),
        (slice(0, 40), (1, 1, 1)),
    ],
)
def test_shares_of_what_moves(spot, moved, wanted):
    before = torch.zeros(2, 40, 40)
    after = before.clone()
    after[:, :, moved] = torch.tensor(spot.hint.colour)[:, None, None]
    enough = torch.ones_like(spot.beside)
    enough[:, :20] = False
    spot = Spot(spot.hint, spot.near, spot.far, enough)  # so many pixels that they count
    assert reach_and_leak(before, after, spot) == wanted


def test_less_than_half_the_way_is_not_followed(spot):
    before = torch.zeros(2, 40, 40)
    after = before + 0.4 * torch.tensor(spot.hint.colour)[:, None, None]
    reach, leak, _ = reach_and_leak(before, after, spot)
    assert (reach, leak) == (0, 1)


def test_few_pixels_say_nothing(spot):
    before = torch.zeros(2, 40, 40)
    few = Spot(spot.hint, spot.near, torch.zeros_like(spot.far), spot.beside)
    assert math.isnan(reach_and_leak(before, before, few)[1])


def test_no_spot_without_colour_and_the_same_one_again():
    assert Spot.choose(_halves((0, 0), (3, 3)), 0) is None
    photo = _halves((0, 0), (30, -20))
    spot, again = Spot.choose(photo, 1), Spot.choose(photo, 1)
    assert spot is not None
    assert again is not None
    assert spot.hint == again.hint
    assert spot.hint.x >= 19
