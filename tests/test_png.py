"""The PNG writer's files are read by others, and are no larger than theirs."""

import io

import numpy as np
import pytest
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from colorizer import png
from colorizer.png import write_png


def _written(rgb: np.ndarray, text: str = "a note", exif: Image.Exif | None = None) -> bytes:
    info = PngInfo()
    info.add_text("Description", text)
    file = io.BytesIO()
    write_png(rgb, file, info, exif or Image.Exif(), b"a profile")
    return file.getvalue()


def _read(content: bytes) -> np.ndarray:
    Image.open(io.BytesIO(content)).verify()  # the checksum of every chunk
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")
        return np.asarray(image)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (33, 57), (300, 7)])
@pytest.mark.parametrize("rows", [1, 5, 1000])
def test_every_pixel_survives(shape, rows, monkeypatch):
    monkeypatch.setattr(png, "_BAND_BYTES", rows * 3 * shape[1])
    rgb = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    np.testing.assert_array_equal(_read(_written(rgb)), rgb)


def test_a_picture_that_is_not_contiguous_survives(skimage_photo):
    turned = skimage_photo.transpose(1, 0, 2)[::-1]
    np.testing.assert_array_equal(_read(_written(turned)), turned)


def test_a_photo_is_no_larger_than_by_pillow(skimage_photo):
    theirs = io.BytesIO()
    Image.fromarray(skimage_photo).save(theirs, "PNG", compress_level=1)
    ours = _written(skimage_photo)
    np.testing.assert_array_equal(_read(ours), skimage_photo)
    assert len(ours) < 1.1 * len(theirs.getvalue())


def test_rows_that_repeat_cost_hardly_anything():
    """Columns suit the other filter."""
    row = np.random.default_rng(0).integers(0, 256, (1, 400, 3)).astype(np.uint8)
    assert len(_written(np.repeat(row, 400, axis=0))) < 5000  # 1,200 of them the first row


@pytest.mark.parametrize("note", ["plain", "temperature · 0.38", "Ωμέγα"])
def test_the_notes_are_read_back(note):
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "A. Photographer"
    content = _written(np.zeros((8, 8, 3), np.uint8), note, exif)
    with Image.open(io.BytesIO(content)) as image:
        assert image.info["Description"] == note
        assert image.info["icc_profile"] == b"a profile"
        assert image.getexif()[ExifTags.Base.Artist] == "A. Photographer"
