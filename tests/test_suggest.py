"""The spot asked about: where the network is unsure, and much of the photo would follow."""

import numpy as np
import pytest
import torch

from colorizer import Colorizer, Hint, HintError, Photo
from colorizer.checkpoint import CheckpointInfo
from colorizer.network import NetworkSettings, build_network
from colorizer.propagate import Cells
from colorizer.suggest import EVEN, deviation, expected_gain, least_sure


def _cells(dark: int) -> Cells:
    """A photo of 40 x 40 pixels whose left `dark` columns are dark, on a grid of 20 x 20 cells."""
    grey = np.full((40, 40, 3), 200, np.uint8)
    grey[:, :dark] = 30
    photo = Photo(grey)
    return Cells.of(photo, torch.zeros(2, 20, 20))


def test_the_larger_part_is_asked_about_first_and_then_the_other():
    cells, even = _cells(12), torch.full((20, 20), 10.0)
    x, y = least_sure(cells, even)
    assert x > 12
    then, _ = least_sure(cells, even, [Hint(x, y, ab=(0, 0))])
    assert then < 12


def test_uncertainty_outweighs_size():
    uncertainty = torch.full((20, 20), 5.0)
    uncertainty[:, :6] = 40
    assert least_sure(_cells(12), uncertainty)[0] < 12


def test_what_a_hint_takes_away_is_variance_that_was_there():
    gains = expected_gain(_cells(12), torch.full((20, 20), 10.0))
    assert 40 < gains.max() <= 100


def test_deviation_of_a_distribution():
    bins = torch.tensor([[10.0, 0.0], [-10.0, 0.0]])
    output = torch.tensor([[0.0, 50.0], [0.0, -50.0]])[:, None]
    torch.testing.assert_close(deviation(output, bins), torch.tensor([[10.0, 0.0]]))
    assert deviation(torch.zeros(2, 3, 3), torch.zeros(0, 2)).unique().tolist() == [EVEN]


def test_a_colorizer_asks_on_after_an_answer_and_after_none():
    settings = NetworkSettings(widths=(4, 8))
    info = CheckpointInfo("made-up", 1, 32, settings)
    colorizer, photo = Colorizer(build_network(settings, seed=0), info), _cells(12).photo
    first = colorizer.suggest(photo)
    answered = colorizer.suggest(photo, [Hint(*first, ab=(20, 0))])
    assert answered == colorizer.suggest(photo, asked=[first]) != first
    with pytest.raises(HintError):
        colorizer.suggest(photo, asked=[(40, 0)])
