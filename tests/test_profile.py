"""Profiles: the same bytes on each day, and shades that stay apart."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from colorizer.profile import SRGB, Encoding, encode, lab_to_srgb, transform_of


def test_our_profile_has_no_time_of_day_and_is_srgb():
    assert struct.unpack(">6H", SRGB[24:36]) == (2000, 1, 1, 0, 0, 0)
    assert ImageCms.ImageCmsProfile(io.BytesIO(SRGB))
    assert transform_of(SRGB, "RGB") is None


def test_curves_of_srgb_are_srgb():
    encoding = Encoding.of_profile(SRGB, 3)
    assert encoding is not None
    codes = np.random.default_rng(0).integers(0, 65536, (20, 30, 3)).astype(np.uint16)
    np.testing.assert_allclose(encoding.to_srgb(codes), codes / 257, atol=1)


@pytest.mark.parametrize("gamma", [1.0, 0.55555])
def test_gamma_of_a_png_is_the_browsers(gamma):
    codes = (np.arange(256, dtype=np.uint16) * 257).reshape(1, 256, 1)
    expected = encode((codes[..., 0] / 65535) ** (1 / gamma)) * 255
    rgb = Encoding.of_gamma(gamma).to_srgb(codes)
    np.testing.assert_allclose(rgb[..., 0], expected, atol=0.51)


def test_primaries_of_srgb_change_nothing():
    own = Encoding.of_gamma(1.0, (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06))
    codes = np.random.default_rng(0).integers(0, 65536, (9, 9, 3)).astype(np.uint16)
    np.testing.assert_allclose(own.to_srgb(codes), Encoding.of_gamma(1.0).to_srgb(codes), atol=1)


@pytest.mark.parametrize("damage", [SRGB[:90], SRGB[:140], b"", b"\0" * 500])
def test_a_damaged_profile_is_none(damage):
    assert Encoding.of_profile(damage, 3) is None
    assert transform_of(damage, "RGB") is None


def test_lab_agrees_with_littlecms():
    lab = ImageCms.createProfile("LAB")
    back = ImageCms.buildTransform(lab, ImageCms.createProfile("sRGB"), "LAB", "RGB")
    values = np.array([[[50, 20, -30], [80, -40, 40], [20, 5, 5], [99, 0, 0]]], np.float64)
    stored = np.stack([values[..., 0] * 2.55, values[..., 1] + 128, values[..., 2] + 128], 2)
    image = Image.merge(
        "LAB", [Image.fromarray(np.round(p).astype(np.uint8)) for p in np.moveaxis(stored, 2, 0)]
    )
    expected = np.asarray(ImageCms.applyTransform(image, back)).astype(int)
    np.testing.assert_allclose(lab_to_srgb(values), expected, atol=4)
