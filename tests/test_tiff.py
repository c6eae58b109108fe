"""A matrix of TIFF kinds, written by tifffile: each is read within one code of the truth."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pytest
import tifffile
from helpers import assert_one_sentence
from PIL import Image, ImageCms

from colorizer import PhotoError
from colorizer.reading import decode

pytestmark = pytest.mark.filterwarnings("ignore:::PIL.TiffImagePlugin")

HEIGHT, WIDTH = 37, 53
_Y, _X = np.mgrid[0:HEIGHT, 0:WIDTH]
SHARES = np.stack(
    [(np.sin(_X / 9) + np.cos(_Y / 7) + 2) / 4, (_X + _Y) / 88, (_X * _Y % 97) / 96], axis=2
)  # (H, W, 3) in [0, 1]


def numbers(dtype: str, shares: np.ndarray = SHARES, bits: int = 0) -> np.ndarray:
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return shares.astype(kind)
    largest = 2 ** (bits or 8 * kind.itemsize - (kind.kind == "i")) - 1
    return np.round(shares * largest).astype(kind)


def literal_lzw(content: bytes) -> bytes:
    """LZW of 9-bit codes, each for one byte: valid, if no shorter (TIFF 6.0, section 13)."""
    codes = [256]
    for start in range(0, len(content), 250):
        codes += [*content[start : start + 250], 256]
    bits = (np.array([*codes, 257])[:, None] >> np.arange(8, -1, -1)) & 1
    return np.packbits(bits.astype(np.uint8)).tobytes()


def literal_pack_bits(content: bytes) -> bytes:
    parts = [content[start : start + 128] for start in range(0, len(content), 128)]
    return b"".join(bytes([len(part) - 1]) + part for part in parts)


ENCODERS = {"lzw": (5, literal_lzw), "packbits": (32773, literal_pack_bits)}


def written(pixels: np.ndarray, compression: str | None = None, **options) -> bytes:
    """A file by tifffile; of codecs that it does not bring, by those above."""
    file = io.BytesIO()
    code, encoder = ENCODERS.get(compression or "", (0, None))
    if encoder is None:
        tifffile.imwrite(file, pixels, compression=compression, metadata=None, **options)
        return file.getvalue()
    with tifffile.TiffFile(io.BytesIO(written(pixels, "zlib", **options))) as tif:
        page = tif.pages.first
        for offset, length in zip(page.dataoffsets, page.databytecounts, strict=True):
            tif.filehandle.seek(offset)
            page_content = zlib.decompress(tif.filehandle.read(length))
            ENCODED.append(encoder(page_content))
        rows = None if page.is_tiled else page.rowsperstrip
    segments = [ENCODED.pop(0) for _ in range(len(ENCODED))]
    tifffile.imwrite(
        file,
        iter(segments),
        shape=pixels.shape,
        dtype=pixels.dtype,
        compression="zlib",
        metadata=None,
        rowsperstrip=rows,
        **options,
    )
    with tifffile.TiffFile(io.BytesIO(file.getvalue())) as tif:
        place = tif.pages.first.tags["Compression"].valueoffset
        order = tif.byteorder
    content = bytearray(file.getvalue())
    struct.pack_into(f"{order}H", content, place, code)
    return bytes(content)


ENCODED: list[bytes] = []


def packed(shares: np.ndarray, bits: int, **options) -> bytes:
    """(H, W) or (H, W, C) as numbers of that many bits, without gaps but between rows."""
    values = np.round(shares * (2**bits - 1)).astype(np.uint32).reshape(len(shares), -1)
    places = (values[..., None] >> np.arange(bits - 1, -1, -1)) & 1
    rows = np.packbits(places.astype(np.uint8).reshape(len(values), -1), axis=1)
    file = io.BytesIO()
    dtype = np.uint8 if bits <= 8 else np.uint16 if bits <= 16 else np.uint32
    tifffile.imwrite(
        file,
        iter([rows.tobytes()]),
        shape=shares.shape,
        dtype=dtype,
        bitspersample=bits,
        rowsperstrip=len(shares),
        metadata=None,
        **options,
    )
    return file.getvalue()


def kinds() -> Iterator[tuple[str, Callable[[], bytes], np.ndarray]]:
    """A name, the file, and the shares of white that are expected, (H, W, 1 or 3)."""
    depths = ["u1", "u2", "u4", "i1", "i2", "f2", "f4", "f8"]
    layouts = [
        ("<", None, None, None),
        (">", None, None, None),
        ("<", "zlib", None, None),
        (">", "zlib", (16, 32), True),
        ("<", "lzw", None, True),
        (">", "packbits", None, None),
        ("<", None, (16, 32), None),
        (">", "lzma", None, None),
    ]
    for depth, (order, compression, tile, predictor) in product(depths, layouts):
        if predictor and depth[0] == "f":
            predictor = None
        options = {"byteorder": order, "compression": compression, "tile": tile}
        options["predictor"] = 2 if predictor else None
        name = f"{depth} {order} {compression} {'tiles' if tile else 'strips'}"
        pixels = numbers(depth)
        truth = np.round(SHARES * 127) / 127 if depth == "i1" else SHARES

        def file(pixels=pixels, options=options, **more) -> bytes:
            return written(pixels, **options, **more)

        grey = np.ascontiguousarray(pixels[..., 0])
        yield f"grey {name}", lambda f=file, g=grey: f(g, photometric="minisblack"), truth[..., :1]
        if depth[0] == "u":
            white = SHARES[..., :1]
            yield (
                f"grey, 0 is white {name}",
                lambda f=file, g=grey: f(g, photometric="miniswhite"),
                1 - white,
            )
        yield f"rgb {name}", lambda f=file: f(photometric="rgb"), truth
        planes = np.ascontiguousarray(np.moveaxis(pixels, 2, 0))
        yield (
            f"rgb in planes {name}",
            lambda f=file, p=planes: f(p, photometric="rgb", planarconfig="separate"),
            truth,
        )
    for bits in (2, 4, 6, 9, 10, 11, 12, 13, 14, 15, 20, 24, 31):
        rounded = np.round(SHARES * (2**bits - 1)) / (2**bits - 1)
        for order in "<>":
            yield (
                f"grey {bits} bits {order}",
                lambda b=bits, o=order: packed(
                    SHARES[..., 0], b, photometric="minisblack", byteorder=o
                ),
                rounded[..., :1],
            )
        yield (
            f"grey {bits} bits, 0 is white",
            lambda b=bits: packed(SHARES[..., 0], b, photometric="miniswhite"),
            1 - rounded[..., :1],
        )
        yield f"rgb {bits} bits", lambda b=bits: packed(SHARES, b, photometric="rgb"), rounded


KINDS = {name: (make, truth) for name, make, truth in kinds()}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read_within_one_code_of_the_truth(kind):
    make, truth = KINDS[kind]
    expected = np.broadcast_to(truth * 255, (HEIGHT, WIDTH, 3))
    np.testing.assert_allclose(decode(make()).rgb, expected, atol=1.01)


def test_there_are_many_kinds():
    assert len(KINDS) > 200


def with_alpha(kind: str, dtype: str, planes: bool) -> bytes:
    alpha = np.linspace(0.2, 1, WIDTH)[None, :, None].repeat(HEIGHT, 0)
    colours = SHARES * alpha if kind == "assocalpha" else SHARES
    pixels = numbers(dtype, np.concatenate([colours, alpha], axis=2))
    if planes:
        pixels = np.moveaxis(pixels, 2, 0)
    return written(
        np.ascontiguousarray(pixels),
        photometric="rgb",
        extrasamples=[kind],
        planarconfig="separate" if planes else "contig",
    )


@pytest.mark.parametrize("planes", [False, True])
@pytest.mark.parametrize("dtype", ["u1", "u2", "f4"])
@pytest.mark.parametrize("kind", ["assocalpha", "unassalpha"])
def test_alpha_is_put_on_white_and_kept(kind, dtype, planes):
    decoded = decode(with_alpha(kind, dtype, planes))
    alpha = np.linspace(0.2, 1, WIDTH)[None, :, None]
    assert decoded.alpha is not None
    np.testing.assert_allclose(decoded.alpha[:, :, None], (alpha * 255).repeat(HEIGHT, 0), atol=1)
    expected = (SHARES * alpha + 1 - alpha) * 255
    np.testing.assert_allclose(decoded.rgb, expected, atol=2)


@pytest.mark.parametrize("planes", [False, True])
@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_samples_of_no_stated_meaning_are_no_alpha(dtype, planes):
    decoded = decode(with_alpha("unspecified", dtype, planes))
    assert decoded.alpha is None
    np.testing.assert_allclose(decoded.rgb, SHARES * 255, atol=1)


@pytest.mark.parametrize("planes", [False, True])
@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_cmyk(dtype, planes):
    inks = np.concatenate([1 - SHARES, np.zeros((HEIGHT, WIDTH, 1))], axis=2)
    pixels = numbers(dtype, inks)
    pixels = np.ascontiguousarray(np.moveaxis(pixels, 2, 0)) if planes else pixels
    content = written(
        pixels, photometric="separated", planarconfig="separate" if planes else "contig"
    )
    np.testing.assert_allclose(decode(content).rgb, SHARES * 255, atol=1.01)


@pytest.mark.parametrize("kind", ["cielab", "icclab"])
@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_lab(kind, dtype):
    """A red of L 53.2, a 80, b 67, which is (255, 0, 0) in sRGB, under D50 about as much."""
    unit = 1 if dtype == "u1" else 256
    middle = 128 * unit if kind == "icclab" else 0
    lightness = round(53.2 / 100 * (255 if dtype == "u1" else 65535))
    pixel = [lightness, round(80 * unit + middle), round(67 * unit + middle)]
    pixels = np.broadcast_to(np.array(pixel, dtype), (HEIGHT, WIDTH, 3))
    rgb = decode(written(np.ascontiguousarray(pixels), photometric=kind)).rgb
    assert np.abs(rgb.astype(int) - [253, 0, 0]).max() <= 14


def reduced_first(pixels: np.ndarray, small: np.ndarray, photometric: str, below: bool, **more):
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as tif:
        kind = {"photometric": "rgb" if small.ndim == 3 else "minisblack", "metadata": None}
        tif.write(small, subifds=int(below), subfiletype=1, **kind)
        tif.write(pixels, photometric=photometric, metadata=None, subfiletype=0, **more)
    return file.getvalue()


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("below", [False, True], ids=["next", "below"])
@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_a_thumbnail_that_comes_first_is_not_the_picture(dtype, below, compression):
    pixels = numbers(dtype)
    content = reduced_first(pixels, pixels[::4, ::4], "rgb", below, compression=compression)
    decoded = decode(content)
    assert decoded.pages == 1
    np.testing.assert_allclose(decoded.rgb, SHARES * 255, atol=1)


def test_a_thumbnail_that_does_not_say_so_is_not_the_picture():
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as tif:
        for step in (4, 1):
            tif.write(numbers("u1")[::step, ::step], photometric="rgb", metadata=None)
    assert decode(file.getvalue()).rgb.shape == (HEIGHT, WIDTH, 3)


def test_a_camera_s_raw_file_is_a_sentence():
    mosaic = numbers("u2")[..., 0]
    small = numbers("u1")[::4, ::4]
    raw = reduced_first(mosaic, small, "minisblack", True)
    for tag in (struct.pack("<HHI", 262, 3, 1) + struct.pack("<I", 1),):
        raw = raw.replace(tag, struct.pack("<HHI", 262, 3, 1) + struct.pack("<I", 32803))
    canon = bytearray(written(numbers("u1"), photometric="rgb"))
    canon[8:10] = b"CR"
    for content in (raw, b"FUJIFILMCCD-RAW " + bytes(99), b"IIU\0" + bytes(99)):
        with pytest.raises(PhotoError, match="raw file") as caught:
            decode(content)
        assert_one_sentence(str(caught.value))


@pytest.mark.parametrize("dtype", ["u2", "f4"])
def test_a_page_of_several_can_be_asked_for(dtype):
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as tif:
        for shares in (SHARES, 1 - SHARES):
            tif.write(numbers(dtype, shares), photometric="rgb", metadata=None)
    for page, shares in enumerate((SHARES, 1 - SHARES)):
        decoded = decode(file.getvalue(), page)
        assert decoded.pages == 2
        np.testing.assert_allclose(decoded.rgb, shares * 255, atol=1)
    with pytest.raises(PhotoError, match="2 pages") as caught:
        decode(file.getvalue(), 2)
    assert_one_sentence(str(caught.value))


@pytest.mark.parametrize(
    "content",
    [
        written(numbers("u2").astype(np.complex64), photometric="rgb"),
        packed(SHARES[..., 0], 24, photometric="minisblack")[:-999],
        written(numbers("u2"), "zlib", photometric="rgb")[:-400],
    ],
    ids=["complex", "24 bits, cut", "cut"],
)
def test_other_kinds_are_one_sentence(content):
    with pytest.raises(PhotoError) as caught:
        decode(content)
    assert_one_sentence(str(caught.value))


@pytest.mark.parametrize("orientation", range(2, 9))
def test_deep_pictures_are_turned_as_plain_ones(orientation):
    tag = [(274, 3, 1, orientation, True)]
    plain, deep = (
        decode(written(numbers(dtype), photometric="rgb", extratags=tag)).rgb
        for dtype in ("u1", "f4")
    )
    np.testing.assert_allclose(deep, plain, atol=1)


def test_shades_of_a_linear_scan_are_not_merged():
    """Through a profile of light itself, 16-bit numbers become 8-bit ones after the curve."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    with Image.open(io.BytesIO(written(numbers("u1"), photometric="rgb"))) as image:
        assert image.mode == "RGB"
    codes = np.arange(0, 4096, dtype=np.uint16).reshape(64, 64)
    linear = np.stack([codes] * 3, axis=2)
    curve = b"curv\0\0\0\0" + struct.pack(">I", 0)
    count = struct.unpack_from(">I", profile, 128)[0]
    for i in range(count):
        name, start, _ = struct.unpack_from(">4sII", profile, 132 + 12 * i)
        if name in (b"rTRC", b"gTRC", b"bTRC"):
            profile[start : start + len(curve)] = curve
            struct.pack_into(">4sII", profile, 132 + 12 * i, name, start, len(curve))
    share = codes / 65535
    expected = np.where(share > 0.0031308, 1.055 * share ** (1 / 2.4) - 0.055, 12.92 * share) * 255
    content = written(linear, photometric="rgb", iccprofile=bytes(profile))
    rgb = decode(content).rgb
    np.testing.assert_allclose(rgb, np.repeat(expected[..., None], 3, 2), atol=1)
    assert len(np.unique(rgb)) == len(np.unique(np.round(expected)))
