"""Panoramas are coloured a piece at a time, as photos of usual proportions are."""

from pathlib import Path

import numpy as np
import pytest
import torch
from skimage import data

from colorizer import Colorizer, Hint, Photo
from colorizer.metrics import mean_chroma
from colorizer.photo import resize
from colorizer.windows import joined, windows

CHECKPOINTS = Path(__file__).parents[1] / "assets" / "checkpoints"


def strip(height: int = 96) -> np.ndarray:
    """(96, about 950, 3): five photos beside each other."""
    photos = [data.coffee(), data.astronaut(), data.rocket(), data.chelsea(), data.coffee()]
    return np.concatenate([resize(p, 2 * height, height) for p in photos], axis=1)


@pytest.mark.parametrize("turned", [False, True])
def test_windows_cover_a_long_photo_and_join_without_a_seam(turned):
    rgb = strip()
    photo = Photo(np.ascontiguousarray(rgb.swapaxes(0, 1)) if turned else rgb)
    parts = windows(photo)
    assert len(parts) > 3
    level = torch.linspace(0, 1, max(photo.width, photo.height))
    planes = []
    for window in parts:
        start = max(window.left, window.top)
        values = level[start : start + 288].reshape(-1, 8).mean(1).expand(12, -1)
        planes.append((values.T if turned else values)[None])
    whole = joined(photo, [*zip(parts, planes, strict=True)])[0]
    whole = whole.T if turned else whole
    assert whole.shape == (12, 120)
    assert (whole[:, 1:] - whole[:, :-1]).min() > 0
    torch.testing.assert_close(whole[0], level.reshape(-1, 8).mean(1), atol=0.01, rtol=0)


def test_other_photos_are_seen_whole():
    for photo in (Photo(data.coffee()), Photo(np.zeros((100, 400, 3), np.uint8))):
        assert [window.photo for window in windows(photo)] == [photo]


@pytest.fixture(scope="module")
def colorizer():
    return Colorizer.from_checkpoint(sorted((CHECKPOINTS / "transfer").glob("*.safetensors"))[-1])


@pytest.mark.parametrize("samples", [1, 3])
def test_a_panorama_has_the_colour_of_its_parts(colorizer, samples):
    rgb = strip()
    ab = colorizer.predict(Photo(rgb), samples)
    width = ab.shape[2] // 5
    for i in range(5):
        piece = np.ascontiguousarray(rgb[:, i * 192 : (i + 1) * 192])
        alone = mean_chroma(colorizer.predict(Photo(piece))).item()
        assert mean_chroma(ab[:, :, i * width : (i + 1) * width]).item() > 0.6 * alone
    # What the page draws its samples and their map with.
    sampler = colorizer.sampler(Photo(rgb))
    sampler.draw(samples)
    torch.testing.assert_close(sampler.summary().mean, ab, atol=0.1, rtol=0)


@pytest.mark.parametrize("samples", [1, 3])
def test_a_hint_of_a_panorama_is_followed_where_it_lies(colorizer, samples):
    photo, hint = Photo(strip()), Hint(500, 50, ab=(50.0, 50.0))
    plain, followed = (colorizer.predict(photo, samples, hints=given) for given in ([], [hint]))
    at = 50 * plain.shape[1] // 96, 500 * plain.shape[2] // photo.width
    assert (followed[:, *at] - torch.tensor(hint.colour)).norm() < 15
    moved = (followed - plain).norm(dim=0)
    assert moved[:, : moved.shape[1] // 8].mean() < moved[:, at[1] - 4 : at[1] + 4].mean() / 4
