"""A table of what people bring: what comes out of the decoder, or the sentence they get."""

import io
import os
import runpy
import struct
import subprocess
import sys
import tracemalloc
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
import tifffile
from helpers import assert_one_sentence, colourful
from PIL import EpsImagePlugin, ExifTags, Image, ImageCms, ImageFile

from colorizer import PhotoError, reading
from colorizer.reading import decode, read_photo
from endurance.mutations import mutated, originals, run_length_bmp, swapping_profile

# pytest puts its own filters in the place of the decoder's.
pytestmark = pytest.mark.filterwarnings("ignore:::PIL.Image", "ignore:::PIL.TiffImagePlugin")

RGB = colourful(0, 40)[:32]  # (32, 40, 3)
PHOTO = Image.fromarray(RGB)
GREY = RGB[..., 1]
RAMP = np.linspace(0, 1, 1280).reshape(32, 40)
ALPHA = np.tile(np.arange(0, 200, 5, dtype=np.uint8), (32, 1))
RGBA = Image.fromarray(np.dstack([RGB, ALPHA]))
PALETTE = PHOTO.quantize(16)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SWAPPED = swapping_profile()


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pages() -> dict:
    """Options of `encoded` for a picture with a second one behind it."""
    return {"save_all": True, "append_images": [Image.fromarray(255 - RGB)]}


def tiff(pixels: np.ndarray, photometric: str, **options) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, pixels, photometric=photometric, **options)
    return buffer.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def png_header(width: int, height: int, depth: int, kind: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)


def lying_png(width: int, height: int) -> bytes:
    """Its header promises more than the file holds."""
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return png_header(width, height, 16, 6) + pixels + chunk(b"IEND", b"")


def deep_png(pixels: np.ndarray) -> bytes:
    """(H, W, 3 or 4) uint16, which Pillow does not write."""
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    start = png_header(pixels.shape[1], pixels.shape[0], 16, {3: 2, 4: 6}[pixels.shape[2]])
    return start + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def oriented(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return exif.tobytes()


def on_white(rgb: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    share = alpha[..., None] / 255
    return rgb * share + 255 * (1 - share)


def grey(values: np.ndarray) -> np.ndarray:
    """(H, W) in [0, 1] as the picture that is expected."""
    return np.repeat(255 * values[..., None], 3, axis=2)


def bits(values: np.ndarray) -> np.ndarray:
    return grey((values > 0.5).astype(float))


def profile(space: bytes, pcs: bytes, **tags: bytes) -> bytes:
    """An ICC profile with a D50 white and the given tags."""
    tags["wtpt"] = b"XYZ \0\0\0\0" + struct.pack(">iii", 63190, 65536, 54061)
    table, body = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        place = 128 + 4 + 12 * len(tags) + len(body)
        table += name.encode() + struct.pack(">II", place, len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(
        ">I4xI4s4s4s12x4s28xiii",
        132 + len(table) - 4 + len(body),
        0x02400000,
        b"prtr" if space == b"CMYK" else b"mntr",
        space,
        pcs,
        b"acsp",
        63190,
        65536,
        54061,
    )
    return head.ljust(128, b"\0") + table + body


def linear_grey_profile() -> bytes:
    return profile(b"GRAY", b"XYZ ", kTRC=b"curv\0\0\0\0" + struct.pack(">IH", 1, 256))


def black_only_profile() -> bytes:
    """Of a press on which cyan, magenta and yellow leave no trace."""
    corners = bytes(
        value for corner in range(16) for value in ((0 if corner & 1 else 255), 128, 128)
    )
    identity = struct.pack(">9i", *(65536 * (i % 4 == 0) for i in range(9)))
    same = bytes(range(256))
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + identity + same * 4 + corners + same * 3
    return profile(b"CMYK", b"Lab ", A2B0=lut)


def srgb_of_linear(values: np.ndarray) -> np.ndarray:
    return np.where(values > 0.0031308, 1.055 * values ** (1 / 2.4) - 0.055, 12.92 * values)


def swapped_colours() -> np.ndarray:
    """What RGB means where red and green have changed places: the same numbers, changed places."""
    return RGB[..., [1, 0, 2]]


def pgm(values: np.ndarray) -> bytes:
    height, width = values.shape
    return b"P5 %d %d 65535\n" % (width, height) + (values * 65535).astype(">u2").tobytes()


def with_comment(content: bytes, name: bytes, words: bytes) -> bytes:
    """A PNG with one chunk more, after its header."""
    return content[:33] + chunk(name, words) + content[33:]


def run_length_rows() -> np.ndarray:
    rows = np.repeat(np.arange(32)[:, None] * 6, 40, axis=1)
    rows[:, -4:] = [9, 99, 199, 255]
    return grey(rows[::-1] / 255)


DEEP = np.dstack([RAMP, RAMP[::-1], RAMP[:, ::-1]]) * 65535
TURNED = {
    2: RGB[:, ::-1],
    3: RGB[::-1, ::-1],
    4: RGB[::-1],
    5: RGB.swapaxes(0, 1),
    6: np.rot90(RGB, 3),
    7: np.rot90(RGB, 2).swapaxes(0, 1),
    8: np.rot90(RGB, 1),
}

# What is brought, what is expected, and by how many of 255 levels a pixel may differ.
GOOD: dict[str, tuple[Callable[[], bytes], np.ndarray, float]] = {
    "JPEG, baseline": (lambda: encoded(PHOTO, "JPEG", quality=95), RGB, 8),
    "JPEG, progressive": (lambda: encoded(PHOTO, "JPEG", quality=95, progressive=True), RGB, 8),
    "JPEG, grey": (lambda: encoded(Image.fromarray(GREY), "JPEG", quality=95), grey(GREY / 255), 4),
    "JPEG, CMYK": (lambda: encoded(PHOTO.convert("CMYK"), "JPEG", quality=98), RGB, 8),
    "JPEG, RGB by Adobe": (lambda: encoded(PHOTO, "JPEG", quality=98, keep_rgb=True), RGB, 8),
    "JPEG, two pictures": (lambda: encoded(PHOTO, "MPO", quality=95, **pages()), RGB, 8),
    "JPEG, rotated": (lambda: encoded(PHOTO, "JPEG", quality=95, exif=oriented(6)), TURNED[6], 8),
    "JPEG, damaged EXIF": (
        lambda: encoded(PHOTO, "JPEG", quality=95, exif=oriented(6)[:-9] + b"\xff" * 9),
        RGB,
        8,
    ),
    "PNG": (lambda: encoded(PHOTO), RGB, 0),
    "PNG, with a comment": (lambda: with_comment(encoded(PHOTO), b"tEXt", b"a\0b"), RGB, 0),
    "PNG, 16-bit grey": (
        lambda: encoded(Image.fromarray((RAMP * 65535).astype(np.uint16))),
        grey(RAMP),
        1,
    ),
    "PNG, 16-bit grey, rotated": (
        lambda: encoded(Image.fromarray((RAMP * 65535).astype(np.uint16)), exif=oriented(3)),
        grey(RAMP)[::-1, ::-1],
        1,
    ),
    "PNG, 16-bit RGB": (lambda: deep_png(DEEP), DEEP / 257, 1),
    "PNG, 16-bit RGBA": (
        lambda: deep_png(np.dstack([DEEP, ALPHA * 257.0])),
        on_white(DEEP / 257, ALPHA),
        2,
    ),
    "PNG, 1-bit": (lambda: encoded(Image.fromarray(RAMP > 0.5)), bits(RAMP), 0),
    "PNG, palette": (lambda: encoded(PALETTE), np.array(PALETTE.convert("RGB")), 0),
    "PNG, palette with a transparent colour": (
        lambda: encoded(PALETTE, transparency=3),
        np.where((np.array(PALETTE) == 3)[..., None], 255, np.array(PALETTE.convert("RGB"))),
        0,
    ),
    "PNG, one transparent colour": (
        lambda: encoded(PHOTO, transparency=tuple(map(int, RGB[4, 5]))),
        np.where((RGB[4, 5] == RGB).all(2, keepdims=True), 255, RGB),
        0,
    ),
    "PNG, grey with alpha": (
        lambda: encoded(Image.fromarray(np.dstack([GREY, ALPHA]))),
        on_white(grey(GREY / 255), ALPHA),
        1,
    ),
    "PNG, alpha": (lambda: encoded(RGBA), on_white(RGB, ALPHA), 1),
    "PNG, animated": (lambda: encoded(PHOTO, **pages()), RGB, 0),
    "WebP, lossy": (lambda: encoded(PHOTO, "WEBP", quality=95), RGB, 12),
    "WebP, lossless with alpha": (
        lambda: encoded(RGBA, "WEBP", lossless=True, exact=True),
        on_white(RGB, ALPHA),
        1,
    ),
    "WebP, animated": (lambda: encoded(PHOTO, "WEBP", lossless=True, **pages()), RGB, 0),
    "WebP, rotated": (
        lambda: encoded(PHOTO, "WEBP", lossless=True, exif=oriented(8)),
        TURNED[8],
        0,
    ),
    "TIFF, LZW": (lambda: encoded(PHOTO, "TIFF", compression="tiff_lzw"), RGB, 0),
    "TIFF, deflate": (lambda: encoded(PHOTO, "TIFF", compression="tiff_adobe_deflate"), RGB, 0),
    "TIFF, JPEG": (lambda: encoded(PHOTO, "TIFF", compression="jpeg", quality=95), RGB, 8),
    "TIFF, fax": (
        lambda: encoded(Image.fromarray(RAMP > 0.5), "TIFF", compression="group4"),
        bits(RAMP),
        0,
    ),
    "TIFF, pages": (lambda: encoded(PHOTO, "TIFF", **pages()), RGB, 0),
    "TIFF, rotated": (lambda: encoded(PHOTO, "TIFF", exif=oriented(6)), TURNED[6], 0),
    "TIFF, CMYK": (lambda: encoded(PHOTO.convert("CMYK"), "TIFF"), RGB, 1),
    "TIFF, Lab": (
        lambda: tiff(np.dstack([np.full((32, 40), v, np.uint8) for v in (136, 80, 67)]), "cielab"),
        np.full((32, 40, 3), [255, 0, 0]),
        12,
    ),
    "TIFF, 16-bit RGB": (lambda: tiff(DEEP.astype(np.uint16), "rgb"), DEEP / 257, 1),
    "TIFF, 16-bit RGB, big-endian": (
        lambda: tiff(DEEP.astype(np.uint16), "rgb", byteorder=">"),
        DEEP / 257,
        1,
    ),
    "TIFF, 16-bit grey": (
        lambda: tiff((RAMP * 65535).astype(np.uint16), "minisblack"),
        grey(RAMP),
        1,
    ),
    "TIFF, 16-bit grey, big-endian": (
        lambda: tiff((RAMP * 65535).astype(np.uint16), "minisblack", byteorder=">"),
        grey(RAMP),
        1,
    ),
    "TIFF, 16-bit grey, 0 is white": (
        lambda: tiff((RAMP * 65535).astype(np.uint16), "miniswhite"),
        grey(1 - RAMP),
        1,
    ),
    "TIFF, signed 16-bit": (
        lambda: tiff((RAMP * 40000 - 7233).astype(np.int16), "minisblack"),
        grey(np.clip((RAMP * 40000 - 7233) / 32767, 0, 1)),
        1,
    ),
    "TIFF, 32-bit": (
        lambda: tiff((RAMP * 4294967295).astype(np.uint32), "minisblack"),
        grey(RAMP),
        1,
    ),
    "TIFF, signed 32-bit": (
        lambda: tiff((RAMP * 2**31 - 2**30).astype(np.int32), "minisblack"),
        grey(np.clip(RAMP * 2 - 1, 0, 1)),
        1,
    ),
    "TIFF, 16-bit numbers in 32": (
        lambda: tiff((RAMP * 30000).astype(np.int32), "minisblack"),
        grey(RAMP * 30000 / 65535),
        1,
    ),
    "TIFF, float": (lambda: tiff(RAMP.astype(np.float32), "minisblack"), grey(RAMP), 1),
    "TIFF, 64-bit float": (lambda: tiff(RAMP, "minisblack"), grey(RAMP), 1),
    "TIFF, dark float": (
        lambda: tiff((RAMP / 4).astype(np.float32), "minisblack"),
        grey(RAMP / 4),
        1,
    ),
    "TIFF, float beyond 1": (
        lambda: tiff((RAMP * 4000 - 40).astype(np.float32), "minisblack"),
        grey(np.clip((RAMP * 4000 - 40) / 3960, 0, 1)),
        1,
    ),
    "TIFF, float with holes": (
        lambda: tiff(
            np.where(np.arange(40) < 2, [np.nan, np.inf] * 20, RAMP).astype(np.float32),
            "minisblack",
        ),
        grey(np.where(np.arange(40) < 2, [0, 1] * 20, RAMP)),
        1,
    ),
    "BMP": (lambda: encoded(PHOTO, "BMP"), RGB, 0),
    "BMP, run lengths": (lambda: run_length_bmp(40, 32), run_length_rows(), 0),
    "GIF, animated": (
        lambda: encoded(PALETTE, "GIF", save_all=True, append_images=[PHOTO.rotate(180)]),
        np.array(PALETTE.convert("RGB")),
        0,
    ),
    "PPM": (lambda: encoded(PHOTO, "PPM"), RGB, 0),
    "PGM, 16-bit": (lambda: pgm(RAMP), grey(RAMP), 1),
    "ICC, red and green swapped": (
        lambda: encoded(PHOTO, icc_profile=SWAPPED),
        swapped_colours(),
        2,
    ),
    "ICC with alpha": (
        lambda: encoded(RGBA, icc_profile=SWAPPED),
        on_white(swapped_colours(), ALPHA),
        2,
    ),
    "ICC with a palette": (
        lambda: encoded(PALETTE, icc_profile=SWAPPED),
        np.array(PALETTE.convert("RGB"))[..., [1, 0, 2]],
        2,
    ),
    "ICC, rotated JPEG": (
        lambda: encoded(PHOTO, "JPEG", quality=95, icc_profile=SWAPPED, exif=oriented(6)),
        np.rot90(swapped_colours(), 3),
        9,
    ),
    "ICC, grey": (
        lambda: encoded(Image.fromarray(GREY), icc_profile=linear_grey_profile()),
        grey(srgb_of_linear(GREY / 255)),
        2,
    ),
    "ICC, 16-bit grey": (
        lambda: tiff(
            (RAMP * 65535).astype(np.uint16), "minisblack", iccprofile=linear_grey_profile()
        ),
        grey(srgb_of_linear(RAMP)),
        1,
    ),
    "ICC, CMYK": (
        lambda: encoded(
            Image.new("CMYK", (40, 32), (255, 200, 90, 0)), "TIFF", icc_profile=black_only_profile()
        ),
        np.full((32, 40, 3), 255),
        2,
    ),
    "ICC of sRGB": (lambda: encoded(PHOTO, icc_profile=SRGB), RGB, 0),
    "ICC of another kind of picture": (
        lambda: encoded(PHOTO, icc_profile=linear_grey_profile()),
        RGB,
        0,
    ),
    "ICC, damaged": (lambda: encoded(PHOTO, icc_profile=SWAPPED[:300]), RGB, 0),
    "ICC, rubbish": (lambda: encoded(PHOTO, "JPEG", quality=95, icc_profile=b"\0" * 99), RGB, 8),
    **{
        f"orientation {number}": (
            lambda number=number: encoded(PHOTO, exif=oriented(number)),
            expected,
            0,
        )
        for number, expected in TURNED.items()
    },
}
if reading.AVIF:
    GOOD["AVIF"] = (lambda: encoded(PHOTO, "AVIF", quality=95, speed=10), RGB, 12)
    GOOD["AVIF, rotated"] = (
        lambda: encoded(PHOTO, "AVIF", quality=95, speed=10, exif=oriented(6)),
        TURNED[6],
        12,
    )


@pytest.mark.parametrize("kind", GOOD)
def test_what_comes_out(kind):
    make, expected, tolerance = GOOD[kind]
    rgb = read_photo(make())
    assert rgb.dtype == np.uint8
    assert rgb.flags.writeable
    assert rgb.flags.c_contiguous
    assert rgb.shape == expected.shape
    np.testing.assert_allclose(rgb, expected, atol=tolerance + 0.51, rtol=0)


def heic(*images: Image.Image, best: int = 0) -> bytes:
    """As a burst of a telephone; best: the one to show."""
    first = pillow_heif.from_pillow(images[0])
    for image in images[1:]:
        first.add_from_pillow(image)
    buffer = io.BytesIO()
    first.save(buffer, quality=95, primary_index=best)
    return buffer.getvalue()


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_heic_is_read_upright(orientation):
    content = encoded(PHOTO, "HEIF", quality=95, exif=oriented(orientation))
    np.testing.assert_allclose(read_photo(content), TURNED.get(orientation, RGB), atol=12)


def test_heic_of_10_bits():
    deep = pillow_heif.from_bytes("RGB;16", (40, 32), (RGB.astype(np.uint16) * 257).tobytes())
    buffer = io.BytesIO()
    deep.save(buffer, quality=95, bit_depth=10)
    np.testing.assert_allclose(read_photo(buffer.getvalue()), RGB, atol=12)


@pytest.mark.parametrize("best", [0, 1])
def test_heic_of_a_burst_has_its_best_frame_first(best):
    images = [PHOTO, Image.fromarray(255 - RGB)]
    content = heic(*images, best=best)
    assert decode(content).pages == 2
    np.testing.assert_allclose(decode(content).rgb, images[best], atol=12)
    np.testing.assert_allclose(decode(content, page=1).rgb, images[1 - best], atol=12)


def test_heic_with_a_depth_map_is_its_picture_alone():
    """A depth map lies in the file as transparency does, under another name."""
    kind = b"urn:mpeg:hevc:2015:auxid:"
    content = encoded(RGBA, "HEIF", quality=95).replace(kind + b"1", kind + b"2")
    assert Image.open(io.BytesIO(content)).info["depth_images"]
    decoded = decode(content)
    assert (decoded.alpha, decoded.pages) == (None, 1)
    np.testing.assert_allclose(decoded.rgb, np.asarray(RGBA.convert("RGB")), atol=16)


def test_the_reader_of_heic_is_imported_with_the_first_one(tmp_path):
    (tmp_path / "a.heic").write_bytes(heic(PHOTO))
    code = (
        "import sys; from colorizer.reading import decode\n"
        "assert 'pillow_heif' not in sys.modules\n"
        f"print(decode({str(tmp_path / 'a.heic')!r}).rgb.shape)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "(32, 40, 3)", done.stderr


def test_heic_keeps_its_alpha():
    decoded = decode(encoded(RGBA, "HEIF", quality=95))
    assert decoded.alpha is not None
    np.testing.assert_allclose(decoded.alpha, ALPHA, atol=6)


def eps() -> bytes:
    return encoded(PHOTO, "EPS")


# What is brought, and words of the sentence: what is wrong, and what to do.
BAD: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", "not a picture", "try a JPEG"),
    "text": (lambda: b"Dear Grandmother, here are the photos.", "not a picture", "try a JPEG"),
    "SVG": (
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        "not a picture",
        "try a JPEG",
    ),
    "PDF": (lambda: encoded(PHOTO, "PDF"), "not a picture", "try a JPEG"),
    "EPS": (eps, "not a picture", "try a JPEG"),
    "icon": (lambda: encoded(PHOTO, "ICO"), "not a picture", "try a JPEG"),
    "JPEG, cut": (lambda: GOOD["JPEG, baseline"][0]()[:-200], "damaged", "save it again"),
    "PNG, cut": (lambda: GOOD["PNG, alpha"][0]()[:-200], "damaged", "save it again"),
    "WebP, cut": (lambda: GOOD["WebP, animated"][0]()[:-200], "damaged", "save it again"),
    "TIFF, cut": (lambda: GOOD["TIFF, 16-bit RGB"][0]()[:-200], "damaged", "save it again"),
    "GIF, cut": (lambda: GOOD["GIF, animated"][0]()[:300], "damaged", "save it again"),
    "JPEG, start alone": (lambda: b"\xff\xd8\xff\xe0", "damaged", "save it again"),
    "PNG, header alone": (lambda: png_header(40, 32, 8, 2), "damaged", "save it again"),
    "lying header": (
        lambda: lying_png(100_000, 100_000),
        "too large",
        "shrink it below 150",
    ),
    "lying header, less so": (
        lambda: lying_png(13_000, 13_000),
        "169 megapixels",
        "shrink it below 150",
    ),
    "a little too many pixels": (
        lambda: encoded(Image.new("1", (15_001, 10_000))),
        "151 megapixels",
        "shrink it below 150",
    ),
    "too small": (lambda: encoded(Image.new("RGB", (40, 7))), "40x7", "at least 8"),
    "too long": (lambda: encoded(Image.new("RGB", (8, 161))), "20 times", "crop it"),
    "PPM that Pillow reads in Python": (
        lambda: b"P6 2000 2000 1023\n" + bytes(1000),
        "too long",
        "save it as a PNG",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_the_sentence(kind):
    make, wrong, remedy = BAD[kind]
    with pytest.raises(PhotoError, match=wrong) as caught:
        decode(make())
    assert remedy in str(caught.value)
    assert_one_sentence(str(caught.value))


def test_sentences_about_paths(tmp_path):
    big = tmp_path / "big.tif"
    with big.open("wb") as file:
        file.truncate(reading.MAX_BYTES + 1)
    os.mkfifo(tmp_path / "pipe.jpg")
    cases = {
        big: "1001 MB; shrink it below 1000 MB",
        tmp_path: "is a folder; give a picture file",
        tmp_path / "nowhere.png": r"no photo at .*nowhere\.png; check the path",
        big / "below.png": r"below\.png cannot be opened .*; check",
        tmp_path / ("long" * 99 + ".png"): "cannot be opened .*; check",
        tmp_path / "pipe.jpg": "is not a file; give a picture file",
    }
    for path, words in cases.items():
        for source in (path, str(path)):
            with pytest.raises(PhotoError, match=words) as caught:
                decode(source)
            assert_one_sentence(str(caught.value))


def test_too_large_is_said_before_memory_is_spent(monkeypatch):
    content = encoded(Image.new("1", (13_000, 13_000)))
    loaded = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", loaded.append)
    with pytest.raises(PhotoError, match="169 megapixels"):
        decode(content)
    assert not loaded


def greedy_directory(entries: int, length: int) -> bytes:
    """A TIFF that names the same bytes over and over."""
    said = {256: 40, 257: 32, 258: 8, 259: 1, 262: 1, 273: length, 277: 1, 278: 32, 279: 1280}
    named = [struct.pack("<HHII", tag, 4, 1, value) for tag, value in said.items()]
    named += [struct.pack("<HHII", 1000 + i, 7, length, 8) for i in range(entries)]
    head = b"II*\0" + struct.pack("<IH", 8, len(named)) + b"".join(named) + bytes(4)
    return head.ljust(length + 1280, b"\1")


@pytest.mark.parametrize("kind", ["TIFF", "PNG", "WEBP"])
def test_notes_cannot_take_more_memory_than_the_file(kind):
    greedy = greedy_directory(400, 200_000)  # 80 MB
    is_tiff = kind == "TIFF"
    content = greedy if is_tiff else encoded(PHOTO, kind, exif=b"Exif\0\0" + greedy)
    tracemalloc.start()
    try:
        if is_tiff:
            with pytest.raises(PhotoError, match="directory is damaged; try") as caught:
                decode(content)
            assert_one_sentence(str(caught.value))
        else:
            np.testing.assert_allclose(read_photo(content), RGB, atol=16)
        assert tracemalloc.get_traced_memory()[1] < 5e6
    finally:
        tracemalloc.stop()


def test_a_directory_of_modest_size_is_read():
    assert (read_photo(greedy_directory(3, 200_000)) == 1).all()


def test_too_little_memory_is_one_sentence(monkeypatch):
    def fail(self):
        raise MemoryError

    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    with pytest.raises(PhotoError, match=r"not enough memory.*shrink it") as caught:
        decode(encoded(PHOTO, "JPEG"))
    assert_one_sentence(str(caught.value))


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1"])
def test_heic_without_its_reader_is_one_sentence(brand, monkeypatch):
    monkeypatch.setattr(reading, "reads_heic", lambda: False)
    content = b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1" + brand + bytes(64)
    for source in (content, io.BytesIO(content)):
        with pytest.raises(PhotoError, match=r"pip install pillow-heif.*JPEG") as caught:
            decode(source)
        assert_one_sentence(str(caught.value))


def test_eps_starts_no_other_program(monkeypatch):
    started = []
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *_, **__: started.append("gs"))
    monkeypatch.setattr(subprocess.Popen, "__init__", lambda *_, **__: started.append("process"))
    with pytest.raises(PhotoError):
        decode(eps())
    assert not started


def test_path_bytes_and_open_file_are_the_same(tmp_path):
    for kind in ("PNG", "JPEG", "TIFF", "WEBP"):
        content = encoded(PHOTO, kind)
        path = tmp_path / "photo"  # a name tells nothing
        path.write_bytes(content)
        file = io.BytesIO(content)
        file.seek(5)
        for source in (path, str(path), file):
            np.testing.assert_array_equal(read_photo(source), read_photo(content))
        assert not file.closed


def test_places_and_thumbnails_stay_behind():
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera"
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.ImageDescription] = "At home"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        assert decode(encoded(PHOTO, kind, exif=exif)).tags.exif == {
            ExifTags.Base.Make: "Camera",
            ExifTags.Base.ImageDescription: "At home",
        }


def test_rows_in_many_bands_fit_together(skimage_photo):
    tall = np.ascontiguousarray(np.rot90(skimage_photo))
    np.testing.assert_array_equal(read_photo(encoded(Image.fromarray(tall))), tall)
    swapped = read_photo(encoded(Image.fromarray(tall), icc_profile=SWAPPED))
    np.testing.assert_allclose(swapped, tall[..., [1, 0, 2]], atol=2)


@pytest.mark.parametrize("noise", [b"\xff" * 40, b"\0\1\2\3" * 10], ids=["ones", "steps"])
def test_pillow_neither_warns_nor_turns_warnings_into_errors(noise, capsys):
    exif = oriented(1)[:-8] + noise
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("error")
        fresh = runpy.run_path(str(Path(reading.__file__)))
        fresh["decode"](encoded(PHOTO, "JPEG", exif=exif))
        with pytest.raises(ValueError, match="megapixels"):
            fresh["decode"](lying_png(13_000, 13_000))
    assert not caught
    assert not capsys.readouterr().err


@pytest.mark.parametrize("part", range(5))
def test_mutated_files_decode_or_get_their_sentence(part):
    decoded = 0
    for index in range(30 * part, 30 * part + 30):
        try:
            rgb = read_photo(mutated(7, index)[1])
        except PhotoError as error:
            assert_one_sentence(str(error))
        else:
            decoded += 1
            assert rgb.ndim == 3
            assert rgb.dtype == np.uint8
    assert 0 < decoded < 30


@pytest.mark.parametrize("kind", originals())
def test_what_is_mutated_was_sound(kind):
    assert read_photo(originals()[kind]).size == 40 * 56 * 3
