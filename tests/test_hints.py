"""Colours that a person gives: what may be said, the file of it, and its place on a grid."""

import json

import pytest
import torch
from helpers import assert_one_sentence, colourful

from colorizer.hints import (
    LIMIT,
    Hint,
    HintError,
    as_cells,
    as_json,
    check,
    from_json,
    lightness_at,
    read_hints,
    write_hints,
)
from colorizer.photo import Photo

GREEN = Hint(3, 30.5, rgb=(0, 128, 0), radius=2)
BLUE = Hint(39.9, 0, ab=(5.5, -30))
EVERYWHERE = Hint(5, 5, ab=(0, 20), reach="alike")


@pytest.fixture
def photo() -> Photo:
    return Photo(colourful(0, 40))


def test_a_file_gives_back_what_was_written(tmp_path, photo):
    path = tmp_path / "photo.hints.json"
    write_hints(path, [GREEN, BLUE, EVERYWHERE], photo)
    assert read_hints(path, photo) == [GREEN, BLUE, EVERYWHERE]


def test_a_file_without_reaches_is_about_things_and_a_file_about_things_has_none(photo):
    assert [hint.reach for hint in from_json(_file({"x": 1, "y": 1, "ab": [0, 0]}), photo)] == [
        "thing"
    ]
    assert [set(fields) for fields in json.loads(as_json([BLUE, EVERYWHERE], photo))["hints"]] == [
        {"x", "y", "ab", "radius"},
        {"x", "y", "ab", "radius", "reach"},
    ]


def test_a_photo_of_another_size_takes_hints_in_their_places(photo):
    larger = Photo(colourful(0, 80))
    green, blue, everywhere = from_json(as_json([GREEN, BLUE, EVERYWHERE], photo), larger)
    assert everywhere.reach == "alike"
    assert (green.x, green.y, green.radius) == (6, 61, 4)
    assert (green.rgb, blue.ab) == (GREEN.rgb, BLUE.ab)


def test_rgb_and_ab_name_the_same_colour():
    a, b = GREEN.colour
    assert (a, b) == pytest.approx((-51.7, 49.9), abs=0.1)
    assert BLUE.colour == (5.5, -30)


def _file(*hints: object, size: object = (40, 40), **more: object) -> str:
    return json.dumps({"size": size, "hints": hints, **more})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "JSON"),
        (b"\xff\xfe\x00", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", "nothing else"),
        (_file(more=1), "nothing else"),
        (_file(size="40x40"), "width and height"),
        (_file(size=[40, 0]), "width and height"),
        (_file(size=[80, 40]), "other proportions"),
        (json.dumps({"size": [40, 40], "hints": {}}), "a list"),
        (_file(1), "x and y"),
        (_file({"x": 1, "y": 1, "ab": [0, 0], "name": "dress"}), "nothing else"),
        (_file({"x": 1, "y": 1}), "one colour"),
        (_file({"x": 1, "y": 1, "ab": [0, 0], "rgb": [0, 0, 0]}), "one colour"),
        (_file({"x": 1, "y": 1, "rgb": "red"}), "list of numbers"),
        (_file({"x": 1, "y": 1, "ab": [0, 0, 0]}), "made of numbers"),
        (_file({"x": 1, "y": 1, "ab": [0, 200]}), "between"),
        (_file({"x": 1, "y": 1, "rgb": [0, 0, 256]}), "0 to 255"),
        (_file({"x": 1, "y": 1, "rgb": [0, 0, 1.5]}), "whole numbers"),
        (_file({"x": True, "y": 1, "ab": [0, 0]}), "made of numbers"),
        ('{"size": [40, 40], "hints": [{"x": NaN, "y": 1, "ab": [0, 0]}]}', "made of numbers"),
        (_file({"x": 1, "y": 1, "ab": [0, 0], "radius": -1}), "0 or more"),
        (_file({"x": 1, "y": 1, "ab": [0, 0], "reach": "far"}), "here, thing or alike"),
        (_file({"x": 1, "y": 1, "ab": [0, 0], "reach": ["here"]}), "here, thing or alike"),
        (_file({"x": 40, "y": 1, "ab": [0, 0]}), "outside the photo"),
        (_file({"x": 1, "y": -0.1, "ab": [0, 0]}), "outside the photo"),
        (_file(*[{"x": 1, "y": 1, "ab": [0, 0]}] * (LIMIT + 1)), "at most 200"),
    ],
)
def test_what_cannot_be_followed_is_told_in_one_sentence(photo, text, told):
    with pytest.raises(HintError, match=told) as error:
        from_json(text, photo)
    assert_one_sentence(str(error.value))


def test_a_file_that_cannot_be_read_is_told(tmp_path, photo):
    with pytest.raises(HintError, match="check the path") as error:
        read_hints(tmp_path / "none.json", photo)
    assert_one_sentence(str(error.value))
    (tmp_path / "large.json").write_bytes(b" " * 1_000_001)
    with pytest.raises(HintError, match="too large"):
        read_hints(tmp_path / "large.json", photo)


def test_too_many_are_refused(photo):
    check([BLUE] * LIMIT, photo)
    with pytest.raises(HintError, match="not 201"):
        check([BLUE] * (LIMIT + 1), photo)


def test_cells_of_a_grid(photo):
    cells = as_cells([GREEN, BLUE], photo, (10, 20), unit=110)[0]
    given = cells[2].nonzero().tolist()
    assert given == [[0, 19], [7, 1]], "cells are 2 x 4 pixels"
    assert cells[:2, 0, 19].tolist() == pytest.approx([0.05, -30 / 110])
    both = [Hint(1, 1, ab=(10, 0)), Hint(1, 1, ab=(30, 20))]
    assert as_cells(both, photo, (10, 10), 1)[0, :, 0, 0].tolist() == [20, 10, 1]


def test_lightness_of_spots(photo):
    point, spot = lightness_at([Hint(5.5, 7.2, ab=(0, 0)), Hint(0, 39, ab=(0, 0), radius=3)], photo)
    assert point == photo.lightness[0, 7, 5]
    torch.testing.assert_close(spot, photo.lightness[0, 36:, :4].mean())
