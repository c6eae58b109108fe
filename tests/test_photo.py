"""Whatever picture file a person brings becomes upright 8-bit sRGB, or one sentence."""

import io

import numpy as np
import pytest
import torch
from helpers import assert_one_sentence, colourful
from PIL import Image
from skimage import color, data

from colorizer import Photo, PhotoError, decoding
from colorizer.decoding import read_photo
from colorizer.writing import write_picture


def _encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def test_path_bytes_and_open_file_are_the_same(tmp_path):
    rgb = colourful(0)
    content = _encoded(Image.fromarray(rgb))
    path = tmp_path / "photo.png"
    path.write_bytes(content)
    for source in (path, str(path), content, io.BytesIO(content)):
        np.testing.assert_array_equal(read_photo(source), rgb)


@pytest.mark.parametrize(("orientation", "turned"), [(3, 2), (6, 3), (8, 1)])
def test_exif_rotation_is_applied(orientation, turned):
    rgb = colourful(1)[:16]
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = read_photo(_encoded(Image.fromarray(rgb), exif=exif))
    np.testing.assert_array_equal(upright, np.rot90(rgb, turned))


def test_transparency_lies_on_white():
    rgba = np.zeros((8, 8, 4), np.uint8)
    rgba[:4] = [200, 40, 40, 255]
    rgba[4:] = [200, 40, 40, 0]
    rgb = read_photo(_encoded(Image.fromarray(rgba)))
    assert (rgb[:4] == [200, 40, 40]).all()
    assert (rgb[4:] == 255).all()


def test_half_transparent_grey_lies_on_white():
    pixels = np.full((8, 8, 2), [100, 128], np.uint8)
    np.testing.assert_allclose(read_photo(_encoded(Image.fromarray(pixels))), 177, atol=1)


def test_16_bit_grey_is_scaled_by_its_full_range():
    ramp = np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)
    rgb = read_photo(_encoded(Image.fromarray(ramp)))
    assert rgb.dtype == np.uint8
    np.testing.assert_allclose(rgb[..., 1], ramp / 257, atol=1)


@pytest.mark.parametrize("peak", [1.0, 4000.0])
def test_floating_point_grey_is_scaled(peak):
    ramp = np.linspace(0, peak, 64, dtype=np.float32).reshape(8, 8)
    ramp[0, 0] = np.nan
    rgb = read_photo(_encoded(Image.fromarray(ramp), "TIFF"))
    np.testing.assert_allclose(rgb[..., 0], np.nan_to_num(ramp) / peak * 255, atol=1)


def test_palette_and_cmyk_become_rgb():
    rgb = colourful(2)
    palette = Image.fromarray(rgb).quantize(16)
    np.testing.assert_array_equal(read_photo(_encoded(palette)), np.array(palette.convert("RGB")))
    cmyk = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    red = read_photo(_encoded(cmyk, "JPEG", quality=95))
    np.testing.assert_allclose(red, np.broadcast_to([255, 0, 0], red.shape), atol=4)


def test_one_bit_pictures_become_rgb():
    rgb = read_photo(_encoded(Image.new("1", (8, 8), 1)))
    assert rgb.shape == (8, 8, 3)
    assert (rgb == 255).all()


BAD_FILES = {
    "truncated": (_encoded(Image.fromarray(colourful(3, 64)), "JPEG")[:600], "damaged"),
    "text": (b"not a picture at all", "not a picture"),
    "empty": (b"", "not a picture"),
    "too small": (_encoded(Image.new("RGB", (40, 7))), "at least 8"),
    "too long": (_encoded(Image.new("RGB", (400, 10))), "20 times"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_file_is_one_sentence(case):
    content, expected = BAD_FILES[case]
    with pytest.raises(PhotoError, match=expected) as caught:
        read_photo(content)
    assert_one_sentence(str(caught.value))


def test_too_many_pixels_is_one_sentence(monkeypatch):
    monkeypatch.setattr(decoding, "MAX_PIXELS", 500)
    with pytest.raises(PhotoError, match="megapixels") as caught:
        read_photo(_encoded(Image.fromarray(colourful(0))))
    assert_one_sentence(str(caught.value))


def test_decompression_bomb_is_one_sentence(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 200)
    with pytest.raises(PhotoError, match="too large") as caught:
        read_photo(_encoded(Image.fromarray(colourful(0))))
    assert_one_sentence(str(caught.value))


def test_missing_path_is_one_sentence(tmp_path):
    with pytest.raises(PhotoError, match=r"nowhere\.png") as caught:
        Photo.open(tmp_path / "nowhere.png")
    assert_one_sentence(str(caught.value))


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
        (1000, 60, (256, 64)),  # no longer than 4:1
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


def test_png_round_trip_with_its_note(tmp_path):
    rgb = colourful(4)
    path = write_picture(rgb, tmp_path / "result.png", "batchnorm, epoch 10")
    assert [p.name for p in tmp_path.iterdir()] == ["result.png"]
    np.testing.assert_array_equal(read_photo(path), rgb)
    with Image.open(path) as image:
        assert image.info["Description"] == "batchnorm, epoch 10"


def test_failed_png_leaves_the_old_one(tmp_path, monkeypatch):
    path = write_picture(colourful(5), tmp_path / "result.png", "first")
    before = path.read_bytes()

    def fail_half_way(self, file, *_, **__):
        file.write(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(Image.Image, "save", fail_half_way)
    with pytest.raises(OSError, match="space"):
        write_picture(colourful(6), path, "second")
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before
