"""Numbers of any depth become 8 bits."""

import numpy as np
import pytest

from colorizer.depth import scaled, to_srgb, white_of


@pytest.mark.parametrize(
    ("values", "depth", "white"),
    [
        (np.array([[3]], np.uint16), 12, 4095),
        (np.array([[3]], np.uint16), 0, 65535),
        (np.array([[0.5]]), 0, 1),
        (np.array([[2.5]]), 0, 2.5),
        (np.array([[3]], np.int16), 0, 32767),
        (np.array([[3]], np.uint32), 0, 65535),
        (np.array([[2**31 + 9]], np.uint32), 0, 2**32 - 1),
    ],
)
def test_white(values, depth, white):
    assert white_of(values, depth) == white


def test_what_is_not_a_number_is_black():
    values = np.array([[[np.nan]], [[np.inf]], [[0.5]], [[-1]]])
    assert to_srgb(values, 1.0)[:, 0, 0].tolist() == [0, 255, 128, 0]
    assert scaled(values, 1.0, True, 255)[:, 0, 0].tolist() == [255, 0, 128, 255]


def test_all_16_bits_are_kept_for_a_curve():
    values = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1)
    np.testing.assert_array_equal(scaled(values, 65535, False, 65535), values)
    np.testing.assert_array_equal(scaled(values / 65535, 1, False, 65535), values)
