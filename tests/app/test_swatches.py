"""The likely colours of a spot, by the names people give them."""

import pytest
import torch

from colorizer.colours import NAMES, plain_colours
from interface.engine.pixel_colours import MOST, PixelColours, swatches
from interface.text import PAGE


def test_the_page_has_a_word_for_every_colour():
    skin = {colour.name for colour in plain_colours(50.0) if colour.name.startswith("skin")}
    assert len(skin) == 6
    for words in PAGE.values():
        names = [key.removeprefix("colour_") for key in words if key.startswith("colour_")]
        assert {*names} == {*NAMES, *skin}
        assert len({words[f"colour_{name}"] for name in names}) == len(names)


def test_bins_of_one_name_are_one_swatch():
    bins = torch.tensor([[60.0, 45.0], [55.0, 35.0], [-50.0, 40.0], [2.0, 0.0]])
    pixel = PixelColours(
        50, {"painted": (0, 0)}, bins=bins, chances=torch.tensor([0.3, 0.3, 0.39, 0.01])
    )
    first, second = swatches(pixel)
    assert (first.name, second.name) == ("red", "green")
    assert first.share == pytest.approx(0.6)
    assert first.rgb[0] > first.rgb[1]
    assert second.rgb[0] < second.rgb[1]


def test_samples_are_counted_and_no_more_are_shown_than_can_be_read():
    pixel = PixelColours(
        60, {"painted": (0, 0)}, samples=[(0.0, 0.0), (1.0, 1.0), (-50.0, 40.0), (60.0, 40.0)]
    )
    first = swatches(pixel)[0]
    assert (first.name, first.share) == ("grey", 0.5)
    many = [(70.0, 40.0), (50.0, 70.0), (0.0, 80.0), (-60.0, 50.0), (-40.0, -5.0), (10.0, -60.0)]
    assert len(swatches(PixelColours(60, {"painted": (0, 0)}, samples=many))) == MOST
    assert [s.share for s in swatches(PixelColours(60, {"painted": (0, 60)}))] == [1]
