"""ab onto the full-size photo: along its edges, in bands, at the photo's size."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from benchmarks.painting import near_edges
from colorizer import Photo, paint, painting
from colorizer.lab import lab_to_rgb


@pytest.mark.parametrize(("height", "width"), [(40, 40), (33, 57), (8, 8)])
def test_a_painted_photo_has_the_photos_size(height, width):
    painted = paint(Photo(np.full((height, width, 3), 128, np.uint8)), torch.zeros(2, 5, 7))
    assert painted.shape == (height, width, 3)
    assert painted.dtype == np.uint8
    assert (painted == 128).all()


def test_paint_puts_colour_where_ab_has_it():
    ab = torch.zeros(2, 2, 2)
    ab[0, :, 0] = 60  # red on the left
    ab[1, :, 1] = -60  # blue on the right
    painted = paint(Photo(np.full((16, 16, 3), 128, np.uint8)), ab).astype(int)
    red, _, blue = np.moveaxis(painted, -1, 0)
    assert (red[:, 0] > blue[:, 0] + 50).all()
    assert (blue[:, -1] > red[:, -1] + 50).all()


def test_bilinear_painting_is_torchs_own(skimage_photo):
    photo = Photo(skimage_photo)
    ab = torch.randn(3, 2, 9, 13) * 10
    full = interpolate(ab, skimage_photo.shape[:2], mode="bilinear", align_corners=False)
    whole = lab_to_rgb(photo.lightness, full).permute(0, 2, 3, 1).numpy()
    difference = np.abs(paint(photo, ab, guided=False).astype(int) - whole)
    assert difference.max() <= 1  # rounding, where two ways to interpolate differ in a last bit
    assert (difference > 0).mean() < 1e-3


@pytest.mark.parametrize("guided", [True, False])
def test_bands_leave_no_seam(skimage_photo, guided, monkeypatch):
    photo = Photo(skimage_photo)
    ab = torch.randn(2, 12, 16) * 20
    whole = paint(photo, ab, guided)
    monkeypatch.setattr(painting, "_BAND_PIXELS", 7 * photo.width)
    np.testing.assert_array_equal(paint(photo, ab, guided), whole)


def test_several_pictures_are_painted_like_each_alone(skimage_photo):
    photo = Photo(skimage_photo)
    ab = torch.randn(3, 2, 12, 16) * 20
    for one, expected in zip(ab, paint(photo, ab), strict=True):
        np.testing.assert_array_equal(paint(photo, one), expected)


@pytest.mark.parametrize("side", [32, 64])
def test_guided_colour_bleeds_less_than_bilinear(skimage_photo, side):
    """The photo's own ab, made as small as a network's, and back to full size."""
    photo = Photo(skimage_photo)
    scale = side / min(photo.width, photo.height)
    small = [round(photo.height * scale), round(photo.width * scale)]
    ab = interpolate(photo.lab[None, 1:], small, mode="area")[0]
    edges = near_edges(photo)

    def error(guided: bool) -> float:
        difference = Photo(paint(photo, ab, guided)).lab[1:] - photo.lab[1:]
        return torch.hypot(*difference)[edges].mean().item()

    assert error(guided=True) < 0.95 * error(guided=False)


def test_flat_lightness_leaves_nothing_to_follow():
    photo = Photo(np.full((64, 64, 3), 128, np.uint8))
    ab = torch.randn(2, 8, 8) * 20
    np.testing.assert_array_equal(paint(photo, ab), paint(photo, ab, guided=False))


def test_threads_paint_what_one_does_and_leave_torchs_number_alone(skimage_photo):
    photo = Photo(skimage_photo)
    ab = torch.randn(2, 12, 16) * 40
    alone = paint(photo, ab)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        np.testing.assert_array_equal(paint(photo, ab), alone)
        assert torch.get_num_threads() == 3
        with ThreadPoolExecutor(1) as pool:  # a thread that starts later
            assert pool.submit(torch.get_num_threads).result() == 3
    finally:
        torch.set_num_threads(before)


def test_an_error_in_a_thread_reaches_the_caller(skimage_photo, monkeypatch):
    def fail(*_):
        raise MemoryError("no more")

    before = torch.get_num_threads()
    monkeypatch.setattr(painting, "lab_to_rgb", fail)
    try:
        torch.set_num_threads(2)
        with pytest.raises(MemoryError, match="no more"):
            paint(Photo(skimage_photo), torch.zeros(2, 12, 16))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_a_picture_that_was_painted_whole_brings_its_own_lightness(skimage_photo):
    """Nothing of the photo is left but its size: it comes out as fuzzy as it was painted."""
    lab = torch.empty(3, 8, 8)
    lab[0] = 60
    lab[1:] = torch.tensor([20.0, 30.0])[:, None, None]
    painted = paint(Photo(skimage_photo), lab)
    assert painted.shape == skimage_photo.shape
    expected = lab_to_rgb(lab[:1, :1, :1], lab[1:, :1, :1])[:, 0, 0].numpy()
    assert (painted == expected).all()
    other = paint(Photo(skimage_photo[::-1].copy()), lab)
    np.testing.assert_array_equal(painted, other)
    one, two = paint(Photo(skimage_photo), torch.stack([lab, lab]))
    np.testing.assert_array_equal(one, two)


def test_lab_is_split_where_there_is_a_lightness():
    ab = torch.rand(2, 4, 4)
    assert painting.split_lab(ab) == (None, ab)
    lightness, rest = painting.split_lab(torch.cat([torch.full((1, 4, 4), 50.0), ab]))
    assert lightness is not None
    assert (lightness == 50).all()
    assert torch.equal(rest, ab)
