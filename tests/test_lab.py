"""Lab agrees with scikit-image, and a painted photo keeps its lightness."""

import numpy as np
import pytest
import torch
from skimage import color, data
from skimage.color.colorconv import xyz_from_rgb
from torch.nn.functional import interpolate

from colorizer import Photo, paint
from colorizer.lab import draw_ab_plane, lab_to_rgb, rgb_to_lab, rgb_to_lightness

# XYZ of a colour to linear sRGB, as scikit-image has it.
_XYZ_TO_RGB = np.linalg.inv(xyz_from_rgb)


def _channels_first(rgb: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(rgb.copy()).permute(2, 0, 1)


def _channels_last(planes: torch.Tensor) -> np.ndarray:
    return planes.permute(1, 2, 0).double().numpy()


def test_lab_equals_scikit_image(skimage_photo):
    ours = _channels_last(rgb_to_lab(_channels_first(skimage_photo)))
    np.testing.assert_allclose(ours, color.rgb2lab(skimage_photo), atol=1e-3)


@pytest.fixture(scope="module")
def any_colours():
    """(64, 64, 3) Lab, far beyond sRGB."""
    return np.random.default_rng(0).uniform([0, -100, -100], [100, 100, 100], (64, 64, 3))


@pytest.mark.filterwarnings("ignore:.*negative Z values")
def test_rgb_equals_scikit_image(any_colours):
    planes = _channels_first(any_colours.astype(np.float32))
    ours = _channels_last(lab_to_rgb(planes[:1], planes[1:]))
    theirs = np.round(255 * np.clip(color.xyz2rgb(color.lab2xyz(any_colours)), 0, 1))
    inside = _in_gamut(any_colours[..., 0], any_colours[..., 1:])
    assert 500 < inside.sum() < 3500
    difference = np.abs(ours - theirs)[inside]
    assert difference.max() <= 1  # a value on the edge between two codes
    assert (difference > 0).mean() < 1e-3


def test_a_colour_beyond_the_gamut_loses_chroma_alone(any_colours):
    planes = _channels_first(any_colours.astype(np.float32))
    painted = lab_to_rgb(planes[:1], planes[1:])
    lab = _channels_last(rgb_to_lab(painted))
    lightness, ab = any_colours[..., 0], any_colours[..., 1:]
    outside = ~_in_gamut(lightness, ab)
    # Below this 8 bits hold neither hue nor lightness well.
    clear = outside & (lightness > 25) & (np.hypot(*np.moveaxis(lab[..., 1:], -1, 0)) > 15)
    assert clear.sum() > 1000
    assert np.abs(lab[..., 0] - lightness)[clear].max() < 1
    hue, wanted = (np.arctan2(x[..., 1], x[..., 0]) for x in (lab[..., 1:], ab))
    assert np.abs(np.angle(np.exp(1j * (hue - wanted))))[clear].max() < np.radians(4)
    # As much chroma as there is room for: a channel has come to its end.
    ends = np.moveaxis(painted.numpy(), 0, -1)[clear]
    assert ((ends <= 2) | (ends >= 253)).any(-1).mean() > 0.99


def test_the_gamut_is_kept_whatever_the_order_in_memory(any_colours):
    last = torch.from_numpy(any_colours.astype(np.float32))
    first = last.permute(2, 0, 1).contiguous()
    strided = last.permute(2, 0, 1)
    assert torch.equal(lab_to_rgb(strided[:1], strided[1:]), lab_to_rgb(first[:1], first[1:]))


def test_lightness_by_tables_equals_lab(skimage_photo):
    rgb = _channels_first(skimage_photo)
    torch.testing.assert_close(rgb_to_lightness(rgb), rgb_to_lab(rgb)[:1], atol=0.003, rtol=0)
    greys = torch.arange(256, dtype=torch.uint8).expand(3, 1, -1)
    torch.testing.assert_close(rgb_to_lightness(greys), rgb_to_lab(greys)[:1], atol=0.003, rtol=0)


def test_every_colour_survives_the_round_trip():
    axis = torch.arange(0, 256, 5)
    cube = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij")).to(torch.uint8)
    rgb = cube.reshape(3, len(axis), -1)
    lab = rgb_to_lab(rgb)
    assert torch.equal(lab_to_rgb(lab[:1], lab[1:]), rgb)


def test_a_photo_survives_the_round_trip(skimage_photo):
    photo = Photo(skimage_photo)
    np.testing.assert_array_equal(paint(photo, photo.lab[1:]), skimage_photo)


def test_batches_are_converted_like_single_pictures():
    batch = torch.randint(0, 256, (2, 3, 3, 16, 8), dtype=torch.uint8)
    lab = rgb_to_lab(batch)
    assert lab.shape == batch.shape
    torch.testing.assert_close(lab[1, 2], rgb_to_lab(batch[1, 2]))
    assert torch.equal(lab_to_rgb(lab[..., :1, :, :], lab[..., 1:, :, :]), batch)
    # One lightness for many ab.
    assert lab_to_rgb(lab[0, 0, :1], lab[:, :, 1:]).shape == batch.shape


def _in_gamut(lightness: np.ndarray, ab: np.ndarray) -> np.ndarray:
    """Where (L, ab) is an sRGB colour, in float64 and without any clipping."""
    y = (lightness + 16) / 116
    f = np.stack([y + ab[..., 0] / 500, y, y - ab[..., 1] / 200], axis=-1)
    relative = np.where(f > 0.2068966, f**3, (f - 16 / 116) / 7.787)
    linear = relative * np.array([0.95047, 1.0, 1.08883]) @ _XYZ_TO_RGB.T
    return np.all((linear >= 0) & (linear <= 1), axis=-1)


def _assert_lightness_is_kept(photo: Photo, ab: torch.Tensor) -> None:
    """L lies between the L of the result half a code darker and half a code lighter."""
    painted = paint(photo, ab).astype(np.float64)
    lightness = color.rgb2lab(photo.rgb)[..., 0]
    darker = color.rgb2lab((painted - 0.5) / 255)[..., 0]
    lighter = color.rgb2lab((painted + 0.5) / 255)[..., 0]
    tolerance = 0.01  # of the tables, and of a thousandth of chroma at the gamut's border
    assert (lightness - darker).min() > -tolerance
    assert (lighter - lightness).min() > -tolerance


def test_lightness_is_kept_under_the_photos_own_colour_made_smooth(skimage_photo):
    photo = Photo(skimage_photo)
    _assert_lightness_is_kept(photo, interpolate(photo.lab[None, 1:], (32, 40), mode="area")[0])


def test_lightness_is_kept_under_foreign_colour(skimage_photo):
    other = Photo(data.coffee()[::-1].copy())
    smooth = interpolate(other.lab[None, 1:], (24, 24), mode="area")[0]
    _assert_lightness_is_kept(Photo(skimage_photo), smooth)


def test_autocast_does_not_coarsen_the_conversion(skimage_photo, any_colours):
    planes = _channels_first(any_colours.astype(np.float32))
    painted = lab_to_rgb(planes[:1], planes[1:])
    rgb = _channels_first(skimage_photo)
    exact = rgb_to_lab(rgb)
    with torch.autocast("cpu", torch.bfloat16):
        lab = rgb_to_lab(rgb)
        assert torch.equal(lab, exact)
        assert torch.equal(lab_to_rgb(lab[:1], lab[1:]), rgb)
        assert torch.equal(lab_to_rgb(planes[:1], planes[1:]), painted)


def test_the_ab_plane_has_grey_in_the_middle_and_ends_with_the_gamut() -> None:
    plane = draw_ab_plane(50.0, 100, 81)
    red, green, blue, alpha = plane[40, 40].tolist()
    assert (red == green == blue, alpha) == (True, 255)
    assert plane[40, 60, 0] > plane[40, 20, 0]  # a: red to the right
    assert plane[20, 40, 2] < plane[60, 40, 2]  # b: blue at the bottom
    assert (plane[[0, 0, -1, -1], [0, -1, 0, -1], 3] == 0).all()
