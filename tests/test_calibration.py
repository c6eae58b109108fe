"""Factors that make a spread mean what it says."""

import pytest
import torch

from colorizer.calibration import SHARES, Calibration
from train.study.calibration import NOMINAL


def _radius(calibration: Calibration, chroma: list[float], times: int = 1) -> list[float]:
    ab = torch.tensor([chroma, [0.0] * len(chroma)])[:, None]
    return calibration.radius(torch.full((1, len(chroma)), 10.0), ab, times)[0].tolist()


def test_factors_change_linearly_between_places_and_not_beyond():
    calibration = Calibration(chroma=(4, 8), once=(1, 2), twice=(3, 3))
    assert _radius(calibration, [0, 4, 6, 8, 50]) == pytest.approx([10, 10, 15, 20, 20])
    assert _radius(calibration, [6], times=2) == pytest.approx([30])
    assert _radius(Calibration((5,), (0.5,), (1,)), [0, 9]) == pytest.approx([5, 5])


def test_without_a_calibration_the_spread_is_what_it_was():
    assert not Calibration()
    assert _radius(Calibration(), [3]) == [10]
    assert _radius(Calibration(), [3], times=2) == [20]


@pytest.mark.parametrize(
    "numbers", [((1, 2), (1,), (2, 3)), ((2, 1), (1, 1), (2, 2)), ((1,), (0,), (1,))]
)
def test_numbers_that_cannot_be_are_refused(numbers):
    with pytest.raises(ValueError, match="a calibration"):
        Calibration(*numbers)


def test_the_shares_are_those_of_a_gaussian():
    assert pytest.approx(list(NOMINAL.values()), abs=5e-4) == SHARES


def test_a_painted_lightness_does_not_count_as_chroma():
    calibration, spread = Calibration(chroma=(4, 8), once=(1, 2), twice=(3, 3)), torch.ones(2, 3)
    ab = torch.full((2, 2, 3), 5.0)
    lab = torch.cat([torch.full((1, 2, 3), 60.0), ab])
    assert torch.equal(calibration.radius(spread, lab), calibration.radius(spread, ab))
