"""Whatever picture file a person brings becomes upright 8-bit sRGB, or one sentence."""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import color, data

from colorizer import Photo


def _encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def test_fitted_keeps_the_proportions():
    photo = Photo(data.coffee())  # 600x400
    small = photo.fitted(150)
    assert (small.width, small.height) == (150, 100)
    assert photo.fitted(600) is photo
    assert photo.fitted(5000) is photo
    np.testing.assert_allclose(small.rgb.mean((0, 1)), photo.rgb.mean((0, 1)), atol=1)


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (512, 512, (64, 64)),
        (600, 400, (96, 64)),
        (400, 600, (64, 96)),
        (20, 20, (64, 64)),  # enlarged to what the network was trained on
        (1000, 60, (1064, 64)),
    ],
)
def test_network_input_has_the_trained_short_side(width, height, expected):
    photo = Photo(np.full((height, width, 3), 119, np.uint8))
    lightness = photo.network_input(size=64, stride=8)
    assert tuple(lightness.shape) == (1, 1, expected[1], expected[0])
    torch.testing.assert_close(lightness, torch.full_like(lightness, 50.0), atol=0.1, rtol=0)


def test_network_input_is_a_multiple_of_the_stride():
    photo = Photo(data.chelsea())  # 451x300
    for stride in (2, 4, 8, 16):
        height, width = photo.network_input(48, stride).shape[-2:]
        assert height == 48
        assert width % stride == 0
        assert abs(width - 48 * 451 / 300) <= stride / 2


def test_grey_photos_are_recognised(skimage_photo):
    camera = np.repeat(data.camera()[..., None], 3, axis=2)
    assert Photo(camera).is_grey
    noisy = _encoded(Image.fromarray(camera), "JPEG", quality=60)
    assert Photo.open(noisy).is_grey
    assert not Photo(skimage_photo).is_grey


def test_grayscale_is_neutral_and_keeps_the_lightness(skimage_photo):
    grayscale = Photo(skimage_photo).grayscale
    assert (grayscale == grayscale[..., :1]).all()
    difference = color.rgb2lab(grayscale)[..., 0] - color.rgb2lab(skimage_photo)[..., 0]
    assert np.abs(difference).max() < 0.265  # half a code, where L rises fastest


def sepia(lightness: np.ndarray) -> np.ndarray:
    """(H, W) uint8 grey as a toned print: brown shadows to cream lights."""
    share = lightness[..., None] / 255.0
    curve = np.array([60, 38, 20]) * (1 - share) + np.array([250, 236, 205]) * share
    return np.round(curve).astype(np.uint8)


@pytest.mark.parametrize("name", ["camera", "moon", "page"])
def test_a_sepia_scan_is_recognised(name):
    scan = Photo.open(_encoded(Image.fromarray(sepia(getattr(data, name)())), "JPEG", quality=80))
    assert scan.is_toned
    assert scan.is_monochrome
    assert not scan.is_grey


def test_a_natural_photo_is_not_a_sepia_scan(skimage_photo):
    photo = Photo.open(_encoded(Image.fromarray(skimage_photo), "JPEG"))
    assert not photo.is_toned
    assert not photo.is_monochrome


def test_a_grey_scan_is_grey_and_not_toned():
    scan = Photo.open(_encoded(Image.fromarray(data.camera()), "JPEG"))
    assert scan.is_grey
    assert not scan.is_toned


def test_lightness_that_is_remembered_is_the_same(skimage_photo, monkeypatch):
    photo, rows = Photo(skimage_photo), slice(10, 30)
    before = photo.lightness_of(rows)
    photo.remember_lightness()
    assert torch.equal(photo.lightness_of(rows), before)
    assert torch.equal(photo.lightness_of(rows), photo.lightness[:, rows])
    assert photo.lightness_of(rows).data_ptr() == photo.lightness_of(rows).data_ptr()
    monkeypatch.setattr("colorizer.photo.REMEMBERED", 100)
    large = Photo(skimage_photo)
    large.remember_lightness()
    first = large.lightness_of(rows)
    assert first.data_ptr() != large.lightness_of(rows).data_ptr()
