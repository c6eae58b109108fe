"""Arrays and Pillow images are taken like files; deep PNG files keep their shades."""

import io
import struct
import zlib
from typing import BinaryIO, cast

import numpy as np
import pytest
from helpers import colourful
from PIL import Image
from test_reading import chunk, png_header

from colorizer import Photo, PhotoError
from colorizer.reading import decode, read_photo

RGB = colourful(2, 20)
ALPHA = np.tile(np.arange(0, 240, 12, dtype=np.uint8), (20, 1))


@pytest.mark.parametrize("unit", [np.uint8(1), np.uint16(257), np.float32(1 / 255), 1 / 255])
def test_arrays_of_each_kind(unit):
    np.testing.assert_array_equal(read_photo(RGB * unit), RGB)
    swapped = (RGB * unit).astype((RGB * unit).dtype.newbyteorder())
    np.testing.assert_array_equal(read_photo(swapped), RGB)
    grey = RGB[..., 0]
    np.testing.assert_array_equal(read_photo(grey * unit), np.repeat(grey[..., None], 3, 2))
    with_alpha = decode(np.dstack([RGB, ALPHA]) * unit)
    np.testing.assert_array_equal(with_alpha.alpha, ALPHA)
    share = ALPHA[..., None] / 255
    np.testing.assert_allclose(with_alpha.rgb, RGB * share + 255 * (1 - share), atol=1)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "CMYK", "1", "I;16", "F", "La", "RGBa"])
def test_pillow_images_of_each_mode(mode):
    image = Image.fromarray(RGB[..., 0] if mode in ("I;16", "F") else RGB)
    if mode in ("La", "RGBa"):  # alpha that the colours are multiplied with
        image = image.convert("LA" if mode == "La" else "RGBA")
    image = image.convert(mode)
    assert Photo.open(image).rgb.shape == RGB.shape
    if mode in ("RGB", "RGBA"):
        np.testing.assert_array_equal(Photo.open(image).rgb, RGB)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        5,
        [[1, 2], [3, 4]],
        io.StringIO("text"),
        RGB.astype(np.int32),
        RGB > 5,
        RGB[None],
        RGB[..., :2],
        RGB.astype(float),
        RGB / 200 - 0.5,
        np.array("a"),
        RGB.astype(complex),
    ],
)
def test_anything_else_is_a_type_error_that_names_what_is_taken(wrong):
    with pytest.raises(TypeError, match=r"\(H, W, 3\)"):
        Photo.open(wrong)


def test_streams_that_cannot_go_back_are_read():
    class Pipe(io.RawIOBase):
        def __init__(self, content: bytes) -> None:
            self.file = io.BytesIO(content)

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            return self.file.read(size)

    buffer = io.BytesIO()
    Image.fromarray(RGB).save(buffer, "PNG")
    np.testing.assert_array_equal(Photo.open(cast(BinaryIO, Pipe(buffer.getvalue()))).rgb, RGB)


def test_limits_hold_for_arrays():
    with pytest.raises(PhotoError, match="at least 8"):
        Photo.open(RGB[:5])


def deep_png(pixels: np.ndarray, *chunks: bytes) -> bytes:
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    kind = {1: 0, 3: 2, 4: 6}[pixels.shape[2]]
    head = png_header(pixels.shape[1], pixels.shape[0], 16, kind) + b"".join(chunks)
    return head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_16_bits_of_a_png_meet_its_gamma_before_they_are_cut(channels):
    codes = np.arange(4096, dtype=np.uint16).reshape(64, 64, 1)
    pixels = np.repeat(codes, channels, 2)
    if channels == 4:
        pixels[..., 3] = 65535
    share = codes / 65535
    expected = np.where(share > 0.0031308, 1.055 * share ** (1 / 2.4) - 0.055, 12.92 * share) * 255
    rgb = read_photo(deep_png(pixels, chunk(b"gAMA", struct.pack(">I", 100_000))))
    np.testing.assert_allclose(rgb, np.repeat(expected, 3, 2), atol=1)
    assert len(np.unique(rgb)) == len(np.unique(np.round(expected)))


@pytest.mark.parametrize(
    ("chunks", "change"),
    [
        ([chunk(b"gAMA", struct.pack(">I", 45455))], 0),
        ([chunk(b"sRGB", b"\0"), chunk(b"gAMA", struct.pack(">I", 100_000))], 0),
        ([chunk(b"gAMA", struct.pack(">I", 100_000))], 60),
    ],
)
def test_gamma_of_a_png_counts_where_browsers_count_it(chunks, change):
    buffer = io.BytesIO()
    Image.fromarray(RGB).save(buffer, "PNG")
    content = buffer.getvalue()
    found = read_photo(content[:33] + b"".join(chunks) + content[33:])
    assert np.abs(found.astype(int) - RGB).max() >= change
    assert change or (found == RGB).all()
