"""Spreading given colours by optimisation."""

import numpy as np

from colorizer.levin import spread


def _two_halves() -> np.ndarray:
    lightness = np.full((16, 24), 30.0)
    lightness[:, 12:] = 80
    return lightness


def _given(*points):
    ab, given = np.zeros((2, 16, 24)), np.zeros((16, 24), bool)
    for row, column, colour in points:
        ab[:, row, column], given[row, column] = colour, True
    return ab, given


def test_a_colour_fills_its_side_of_an_edge_and_no_more():
    ab, given = _given((8, 3, (40, 10)), (2, 20, (-30, 20)))
    found = spread(_two_halves(), ab, given)
    np.testing.assert_allclose(
        found[:, :, :11], np.broadcast_to([[[40]], [[10]]], (2, 16, 11)), atol=1
    )
    np.testing.assert_allclose(
        found[:, :, 13:], np.broadcast_to([[[-30]], [[20]]], (2, 16, 11)), atol=1
    )


def test_given_pixels_keep_their_colour_and_the_rest_lies_between():
    ab, given = _given((8, 3, (40, 10)), (8, 9, (0, 10)))
    found = spread(np.full((16, 24), 50.0), ab, given)
    np.testing.assert_allclose(found[:, 8, 3], (40, 10), atol=1e-4)
    assert found[0].min() >= -1e-4
    assert found[0].max() <= 40 + 1e-4
    assert found[0, 8, 4] > found[0, 8, 8]
    np.testing.assert_allclose(found[1], 10, atol=1e-3)


def test_nothing_given_is_grey():
    ab, given = _given()
    assert not spread(_two_halves(), ab, given).any()
