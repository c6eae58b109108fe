"""What a network is fed in place of the lightness."""

import numpy as np
import torch
from helpers import colourful

from colorizer.lab import rgb_to_lab
from train.film import as_film


def _photos(count: int, side: int = 32) -> torch.Tensor:
    squares = np.stack([colourful(index, side) for index in range(count)])
    return torch.from_numpy(squares).permute(0, 3, 1, 2)


def test_about_half_of_the_photos_are_changed_and_stay_in_range():
    rgb = _photos(64)
    lightness = rgb_to_lab(rgb)[:, :1]
    torch.manual_seed(0)
    film = as_film(rgb, lightness)
    assert film.shape == lightness.shape
    assert film.min() >= 0
    assert film.max() <= 100
    same = (film == lightness).flatten(1).all(1)
    assert 16 <= same.sum() <= 48


def test_film_is_repeatable_and_leaves_the_photos_alone():
    rgb = _photos(4)
    lightness = rgb_to_lab(rgb)[:, :1]
    before = lightness.clone()
    torch.manual_seed(3)
    first = as_film(rgb, lightness)
    torch.manual_seed(3)
    assert torch.equal(first, as_film(rgb, lightness))
    assert torch.equal(lightness, before)


def test_some_film_is_blind_to_red():
    red = torch.tensor([200, 20, 20], dtype=torch.uint8)[None, :, None, None].expand(400, 3, 8, 8)
    lightness = rgb_to_lab(red)[:, :1]
    torch.manual_seed(0)
    seen = as_film(red, lightness).mean((1, 2, 3))
    assert (seen < lightness.mean() - 12).float().mean() > 0.03
