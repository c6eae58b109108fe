"""Borders are found, kept neutral, and do not change the photo inside."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from skimage import data

from colorizer import Colorizer, Hint, Photo
from colorizer.border import find_border
from colorizer.lab import rgb_to_lab

CHECKPOINTS = Path(__file__).parents[1] / "assets" / "checkpoints"
LEFT, TOP, WIDTH, HEIGHT = 120, 100, 360, 300
COLOURS = ["white", "black", (240, 230, 205), (128, 128, 128)]
INSIDE = Image.fromarray(data.astronaut()).convert("L").convert("RGB").resize((WIDTH, HEIGHT))


def framed(colour, angle: float = 0, radius: int = 0, noise: float = 2) -> np.ndarray:
    mask = Image.new("L", INSIDE.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, WIDTH - 1, HEIGHT - 1), radius, fill=255)
    layer = Image.new("RGBA", (600, 500), (0, 0, 0, 0))
    layer.paste(INSIDE, (LEFT, TOP), mask)
    layer = layer.rotate(angle, Image.Resampling.BICUBIC)
    base = Image.new("RGB", (600, 500), colour)
    base.paste(layer, (0, 0), layer)
    pixels = np.asarray(base) + np.random.default_rng(0).normal(0, noise, (500, 600, 3))
    return np.clip(pixels, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("radius", [0, 30])
@pytest.mark.parametrize("colour", COLOURS)
def test_borders_of_each_colour_are_found_to_the_pixel(colour, radius):
    border = find_border(framed(colour, radius=radius))
    assert border is not None
    found = (border.left, border.top, border.right, border.bottom)
    assert np.abs(np.subtract(found, (LEFT, TOP, LEFT + WIDTH, TOP + HEIGHT))).max() <= 1


@pytest.mark.parametrize("angle", [3, -6])
@pytest.mark.parametrize("colour", ["white", (240, 230, 205)])
def test_tilted_photos_keep_neutral_corners(colour, angle):
    border = find_border(framed(colour, angle))
    assert border is not None
    assert border.mask is not None
    inside = border.inside(slice(0, 500))
    assert inside.mean() == pytest.approx(WIDTH * HEIGHT / 600 / 500, rel=0.05)
    assert inside[border.top + 1, border.left + 1] == 0


@pytest.mark.parametrize("colour", ["white", "black"])
def test_a_small_print_on_a_large_scanner_is_found(colour):
    base = Image.new("RGB", (1100, 1300), colour)
    base.paste(INSIDE, (200, 300))
    border = find_border(np.asarray(base))
    assert border is not None
    found = (border.left, border.top, border.right, border.bottom)
    assert np.abs(np.subtract(found, (200, 300, 200 + WIDTH, 300 + HEIGHT))).max() <= 1


def test_borders_inside_borders():
    rgb = np.pad(framed("white"), ((60, 60), (50, 50), (0, 0)), constant_values=24)
    border = find_border(rgb)
    assert border is not None
    assert (border.left, border.top) == (LEFT + 50, TOP + 60)


@pytest.mark.parametrize(
    "name",
    [
        "astronaut",
        "chelsea",
        "coffee",
        "rocket",
        "camera",
        "moon",
        "page",
        "coins",
        "text",
        "hubble_deep_field",
    ],
)
def test_photos_have_none(name):
    rgb = getattr(data, name)()
    assert find_border(rgb if rgb.ndim == 3 else np.repeat(rgb[..., None], 3, 2)) is None


def test_even_pictures_have_none():
    assert find_border(np.full((40, 50, 3), 200, np.uint8)) is None
    assert find_border(np.full((8, 8, 3), 0, np.uint8)) is None


@pytest.fixture(scope="module")
def colorizer() -> Colorizer:
    return Colorizer.from_checkpoint(sorted((CHECKPOINTS / "transfer").glob("*.safetensors"))[-1])


def ab(rgb: np.ndarray) -> torch.Tensor:
    return rgb_to_lab(torch.from_numpy(np.ascontiguousarray(rgb)).permute(2, 0, 1))[1:]


@pytest.mark.parametrize("colour", ["white", "black"])
def test_the_photo_inside_is_coloured_as_alone_and_the_border_stays_neutral(colorizer, colour):
    alone = colorizer.colorize(np.asarray(INSIDE)).rgb
    rgb = framed(colour, noise=0)
    whole = colorizer.colorize(rgb).rgb
    inside = whole[TOP : TOP + HEIGHT, LEFT : LEFT + WIDTH]
    assert (ab(inside) - ab(alone)).norm(dim=0).mean() < 2.5
    rim = whole.copy()
    rim[TOP - 2 : TOP + HEIGHT + 2, LEFT - 2 : LEFT + WIDTH + 2] = 0
    assert np.ptp(rim.astype(int), axis=2).max() <= 1
    assert np.abs(rim[:20].astype(int) - rgb[:20]).max() <= 1


def test_hints_and_samples_lie_where_the_photo_is(colorizer):
    photo = Photo(framed("white", noise=0))
    hint = Hint(LEFT + 100, TOP + 200, ab=(-45.0, 40.0), radius=8)
    hinted = ab(colorizer.colorize(photo, hints=[hint]).rgb)
    plain = ab(colorizer.colorize(photo).rgb)
    change = (hinted - plain).norm(dim=0)
    assert change[TOP + 200, LEFT + 100] > 10
    assert change[: TOP - 5].max() < 1
    samples = colorizer.predict_samples(photo, 2)
    assert samples.mean.shape == colorizer.predict(photo).shape
    x, y = colorizer.suggest(photo)
    assert LEFT <= x < LEFT + WIDTH
    assert TOP <= y < TOP + HEIGHT
