"""The likely colours of a spot, by the names people give them."""

import numpy as np
import pytest
import torch
from skimage.color import rgb2lab

from interface.engine.colour_names import MOST, PixelColours, name_of, swatches
from interface.text import PAGE


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("grey", "808080"),
        ("red", "d01515"),
        ("pink", "f4a6b8"),
        ("orange", "f08010"),
        ("brown", "7a4a22"),
        ("yellow", "e8d820"),
        ("green", "2e8b2e"),
        ("teal", "1fa79f"),
        ("blue", "2f5fd0"),
        ("purple", "8a3ab0"),
        ("grey", "a8a49c"),
    ],
)
def test_colours_have_the_names_people_give_them(name, code):
    lab = rgb2lab(np.array([[[int(code[i : i + 2], 16) for i in (0, 2, 4)]]], np.uint8))[0, 0]
    assert name_of(*lab) == name
    assert f"colour_{name}" in PAGE["en"]


def test_bins_of_one_name_are_one_swatch():
    bins = torch.tensor([[60.0, 45.0], [55.0, 35.0], [-50.0, 40.0], [2.0, 0.0]])
    pixel = PixelColours(
        50, {"painted": (0, 0)}, bins=bins, chances=torch.tensor([0.3, 0.3, 0.39, 0.01])
    )
    first, second = swatches(pixel)
    assert (first.name, second.name) == ("red", "green")
    assert first.share == pytest.approx(0.6)
    assert first.colour.startswith("rgb(")
    assert first.colour != second.colour


def test_samples_are_counted_and_no_more_are_shown_than_can_be_read():
    pixel = PixelColours(
        60, {"painted": (0, 0)}, samples=[(0.0, 0.0), (1.0, 1.0), (-50.0, 40.0), (60.0, 40.0)]
    )
    first = swatches(pixel)[0]
    assert (first.name, first.share) == ("grey", 0.5)
    many = [(70.0, 40.0), (50.0, 70.0), (0.0, 80.0), (-60.0, 50.0), (-40.0, -5.0), (10.0, -60.0)]
    assert len(swatches(PixelColours(60, {"painted": (0, 0)}, samples=many))) == MOST
    assert [s.share for s in swatches(PixelColours(60, {"painted": (0, 60)}))] == [1]
