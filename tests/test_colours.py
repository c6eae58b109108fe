"""Names of colours, and the plain ones offered for a spot."""

import itertools

import pytest
import torch

from colorizer import Hint, Photo, paint
from colorizer.colours import NAMES, distinct, name_of, on_screen, plain_colours, shows_colour


@pytest.mark.parametrize(
    ("lab", "name"),
    [
        ((80, -3, -12), "pale_blue"),
        ((30, 0, -20), "dark_blue"),
        ((84, 2, 14), "beige"),
        ((75, 4, 16), "beige"),
        ((40, 15, 25), "brown"),
        ((55, 60, 40), "red"),
        ((80, 15, 4), "pink"),
        ((60, 0, 3), "grey"),
        ((85, 0, 1), "light_grey"),
        ((97, 0, 0), "white"),
        ((5, 0, 0), "black"),
    ],
)
def test_a_name_says_how_light_a_colour_is(lab, name):
    assert name_of(*map(float, lab)) == name


@pytest.mark.parametrize("lightness", range(20, 91, 10))
def test_no_two_plain_colours_look_the_same_or_have_one_name(lightness):
    colours = plain_colours(float(lightness))
    assert len({colour.name for colour in colours}) == len(colours)
    for one, other in itertools.combinations(colours, 2):
        if not (one.name.startswith("skin") or other.name.startswith("skin")):
            assert max(abs(x - y) for x, y in zip(one.rgb, other.rgb, strict=True)) >= 20
    assert all(colour.name in NAMES or colour.name.startswith("skin_") for colour in colours)


def test_what_people_ask_for_is_there_where_the_spot_is_neither_dark_nor_bright():
    names = {colour.name for colour in plain_colours(50.0)}
    assert {f"skin_{tone}" for tone in range(1, 7)} <= names
    assert {"red", "orange", "green", "blue", "purple", "brown", "grey"} <= names
    assert "white" in {colour.name for colour in plain_colours(94.0)}
    assert "black" in {colour.name for colour in plain_colours(10.0)}
    assert {"pale_blue", "yellow", "pink"} <= {colour.name for colour in plain_colours(85.0)}


def test_a_plain_colour_looks_as_the_spot_will():
    grey = torch.full((16, 16, 3), 150, dtype=torch.uint8).numpy()
    photo = Photo(grey)
    lightness = photo.lightness[0, 0, 0].item()
    for colour in plain_colours(lightness):
        Hint(1, 1, ab=colour.ab)  # which refuses what is no colour of a hint
        ab = torch.tensor(colour.ab)[:, None, None].expand(2, 16, 16)
        shown = paint(photo, ab)[8, 8].tolist()
        assert shown == pytest.approx(colour.rgb, abs=1)


def test_the_first_of_twins_stays():
    colours = plain_colours(50.0)
    assert distinct(colours + colours, 0) == colours
    assert distinct(colours, 255) == colours[:1]


@pytest.mark.parametrize(
    ("lightness", "shows"), [(0, 0), (4, 0), (10, 1), (50, 1), (92, 1), (98, 0), (100, 0)]
)
def test_the_darkest_and_the_brightest_spots_show_no_colour(lightness, shows):
    assert shows_colour(float(lightness)) == bool(shows)


def test_the_screen_shows_what_lies_within_its_gamut():
    assert max(on_screen(0.0, (60.0, 60.0))) <= 1
    assert on_screen(100.0, (60.0, 60.0)) == (255, 255, 255)
