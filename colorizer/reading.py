"""From picture files to 8-bit sRGB arrays: the one door through which photos come in.

App, command line and training all read through `decode`. Whatever it cannot use raises a PhotoError
of one sentence; limits are checked before memory is spent.
"""

import hashlib
import io
import logging
import os
import stat
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from math import ceil
from typing import Any, BinaryIO, cast

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError, features

from colorizer import jpeg, kinds, srgb, tiff
from colorizer.errors import PhotoError, one_line, printable
from colorizer.tags import Tags, of_exif, read_tags

# Nothing else is tried: Pillow also knows formats that start other programs or never end.
AVIF = ("AVIF",) if features.check("avif") else ()
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", *AVIF)
EXTENSIONS = kinds.SUFFIXES
MAX_BYTES = 1_000_000_000
MAX_PIXELS = 150_000_000  # colouring as many takes some 2 GB of memory
MAX_ASPECT = 20
MIN_SIDE = 8
# Up to how many pixels of what Pillow decodes in Python, some seconds' worth.
_SLOW_CODECS = {"ppm": 1_500_000, "ppm_plain": 1_500_000, "bmp_rle": 12_000_000}
_MAX_NOTES = 70_000  # bytes of EXIF; anything longer was never in a JPEG, whose limit is 65,533
_TIFF_SIZES = dict(zip(range(1, 14), (1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4), strict=True))
_ORIENTATION = ExifTags.Base.Orientation
_QUARTER_TURNS = (5, 6, 7, 8)  # of EXIF's orientations

# About metadata it cannot read; what matters is raised as an error too. Set once and for all, as
# filters set for the duration of one photo would affect other threads.
warnings.filterwarnings("ignore", module=r"PIL\.")
logging.getLogger("PIL").addHandler(logging.NullHandler())
logging.getLogger("tifffile").addHandler(logging.NullHandler())
logging.getLogger("tifffile").propagate = False

File = str | os.PathLike | bytes | BinaryIO
Source = File | Image.Image | np.ndarray
TAKEN = "a path, the bytes of a file, an open binary file, a PIL.Image or an array, " + srgb.ARRAYS


@dataclass(frozen=True, eq=False)
class Decoded:
    """One picture of a file.

    rgb: (H, W, 3) uint8 sRGB, upright; alpha: (H, W) uint8, None for an opaque picture, whose
    transparent parts are white in rgb; tags: what a result inherits; pages: how many pictures the
    file holds.
    """

    rgb: np.ndarray
    tags: Tags = field(default_factory=Tags)
    alpha: np.ndarray | None = None
    pages: int = 1


def read_photo(source: Source) -> np.ndarray:
    """The pixels of `decode`: (H, W, 3) uint8."""
    return decode(source).rgb


def decode(source: Source, page: int = 0, most_pixels: int = MAX_PIXELS) -> Decoded:
    """Decode a picture to sRGB, upright, transparency on white.

    source: a path, a file's bytes, an open binary file, a Pillow image or an array (`TAKEN`). page:
    which picture of a file with several, pages of a TIFF or frames of a film, counted from 0.
    most_pixels: of a program that can spare less memory than the default needs.
    Numbers of other depths are scaled to 8 bits, embedded colour profiles converted. Raises
    PhotoError with one sentence for a file that is not a picture, damaged or beyond the limits of
    this module, TypeError for anything but a source.
    """
    if isinstance(source, np.ndarray):
        pixels = srgb.of_array(source)
        _check_size(pixels.rgb.shape[1], pixels.rgb.shape[0], most_pixels)
        return Decoded(pixels.rgb, alpha=pixels.alpha)
    if not isinstance(source, Image.Image):
        source = seekable(source)
    try:
        return _decode(source, page, most_pixels)
    except PhotoError:
        raise
    except FileNotFoundError:
        raise PhotoError(f"There is no photo at {printable(source)}; check the path.") from None
    except UnidentifiedImageError:
        raise _unknown(source) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoError(
            f"This picture is too large; shrink it below {most_pixels // 10**6} megapixels."
        ) from None
    except MemoryError as error:
        raise PhotoError(
            "There is not enough memory left for this picture; shrink it first."
        ) from error
    # Decoders raise whatever their format's library or parser happens to raise.
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise PhotoError(
                f"{printable(source)} cannot be opened ({error.strerror}); "
                "check its path and permissions."
            ) from None
        raise PhotoError(
            f"This picture is damaged ({one_line(error)}); try to save it again from a viewer."
        ) from error


def seekable(source: object) -> File:
    """The source of a file; a stream that cannot go back is read to its end."""
    if isinstance(source, (str, os.PathLike, bytes)):
        return source
    if isinstance(source, (bytearray, memoryview)):
        return bytes(source)
    read = getattr(source, "read", None)
    content = read(0) if callable(read) else None
    if not isinstance(content, bytes):
        raise TypeError(f"A photo is {TAKEN}, not {type(source).__name__}.")
    if getattr(source, "seekable", lambda: False)():
        return cast(BinaryIO, source)
    return cast(BinaryIO, source).read(MAX_BYTES + 1)


def count_pages(source: File) -> int:
    """How many pictures a file holds: pages of a TIFF, frames of a film. Raises PhotoError."""
    try:
        if _head(source)[:4] in kinds.TIFF:
            with _stream(source) as file:
                return len(tiff.find_pages(file))
        with _opened(source) as image:
            return _pages(image)
    except (OSError, UnidentifiedImageError):
        raise _unknown(source) from None


def digest(source: Source) -> str:
    """The SHA-256 of a file's content, in hex; "" for an array or a Pillow image."""
    if isinstance(source, (np.ndarray, Image.Image)):
        return ""
    with _stream(source) as file:
        return hashlib.file_digest(cast(Any, file), "sha256").hexdigest()


def _decode(source: File | Image.Image, page: int, most: int) -> Decoded:
    if isinstance(source, Image.Image):
        _check_size(*source.size, most)
        return _finished(source.copy(), _pages(source))
    _check_bytes(source)
    _check_directory(source)
    if _head(source)[:4] in kinds.TIFF:
        return _decode_tiff(source, page, most)
    with _opened(source) as image:
        pages = _pages(image)
        _check_page(page, pages)
        _seek(image, page, pages)
        _check_size(*image.size, most)
        _check_effort(image)
        if srgb.loses_depth(image):
            with _opened(source) as again:
                return _upright(srgb.of_deep_png(image, again), image, pages)
        _load(image, source)
        return _finished(image, pages)


def _opened(source: File) -> Image.Image:
    heif = ("HEIF",) if kinds.kind_of(_head(source)) == "HEIC" and reads_heic() else ()
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    return Image.open(file, formats=(*FORMATS, *heif))


@cache
def reads_heic() -> bool:
    """Whether Pillow can read HEIC files from now on. Few photos are, and this takes 0.15 s."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


def _load(image: Image.Image, source: File) -> None:
    try:
        image.load()
    except OSError:
        if image.format not in ("JPEG", "MPO"):
            raise
        with _stream(source) as file:
            whole = jpeg.completed(file.read())
        if whole is None:
            raise
        image.im, image.tile = whole.im, []  # pyright: ignore[reportAttributeAccessIssue]


def _finished(image: Image.Image, pages: int) -> Decoded:
    """image: loaded."""
    _drop_long_notes(image)
    tags = read_tags(image)
    if _orientation(image) in _QUARTER_TURNS:
        tags = tags.turned()
    # In place, so that metadata that cannot be written back does not prevent the rotation.
    with suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)
    pixels = srgb.of_image(image)
    return Decoded(pixels.rgb, tags, pixels.alpha, pages)


def _upright(pixels: srgb.Pixels, image: Image.Image, pages: int) -> Decoded:
    """Of a picture whose pixels did not come from Pillow."""
    _drop_long_notes(image)
    return _turned(pixels, read_tags(image), _orientation(image), pages)


def _turned(pixels: srgb.Pixels, tags: Tags, orientation: int, pages: int) -> Decoded:
    rgb, alpha = pixels.rgb, pixels.alpha
    if 2 <= orientation <= 8:
        rgb = srgb.turned(rgb, orientation)
        alpha = None if alpha is None else srgb.turned(alpha, orientation)
        tags = tags.turned() if orientation in _QUARTER_TURNS else tags
    return Decoded(rgb, tags, alpha, pages)


def _orientation(image: Image.Image) -> int:
    with suppress(Exception):
        return int(image.getexif().get(_ORIENTATION, 1))
    return 1


def _pages(image: Image.Image) -> int:
    """How many pictures a file holds; the small copies and depth maps of telephones are none."""
    if image.format == "MPO":
        entries = getattr(image, "mpinfo", {}).get(0xB002, ())
        kinds_of = [entry["Attribute"]["MPType"] for entry in entries]
        return max(1, sum("Multi-Frame" in kind and "Disparity" not in kind for kind in kinds_of))
    with suppress(Exception):
        return max(1, int(getattr(image, "n_frames", 1)))
    return 1


def _seek(image: Image.Image, page: int, pages: int) -> None:
    """The picture that a file opens with is its first page: a burst's best one need not be."""
    first = image.tell()
    order = [first, *(number for number in range(pages) if number != first)]
    image.seek(order[page])


def _check_page(page: int, pages: int) -> None:
    if not 0 <= page < pages:
        raise PhotoError(f"This file has {pages} pages; ask for one of them.")


def _decode_tiff(source: File, page: int, most: int) -> Decoded:
    with _stream(source) as file:
        pages = tiff.find_pages(file)
        _check_page(page, len(pages))
        found = pages[page]
        _check_size(found.width, found.height, most)
        own = source if found.first else tiff.starting_at(file, found)
        exif = _directory(own)
        if found.plain and not (found.deep and srgb.is_deep_profile(found.profile)):
            with _opened(own) as image:
                _check_effort(image)
                image.load()
                return _finished(image, len(pages))
        pixels = srgb.of_samples(tiff.read_samples(found), found.profile)
        return _turned(pixels, of_exif(exif), int(exif.get(_ORIENTATION, 1)), len(pages))


def _directory(source: File) -> Image.Exif:
    """The first directory of a TIFF file."""
    exif = Image.Exif()
    # A photo with damaged metadata is still a photo.
    with suppress(Exception), _stream(source) as file:
        exif.load_from_fp(file)
        exif.get_ifd(ExifTags.IFD.Exif)  # before the file is closed
    return exif


def _unknown(source: File | Image.Image) -> PhotoError:
    kind = kinds.kind_of(_head(source)) if not isinstance(source, Image.Image) else ""
    if kind == "HEIC" and not reads_heic():
        return PhotoError(
            "This is a HEIC photo, and the part that reads them is not installed; "
            "run `pip install pillow-heif`, or save it as a JPEG."
        )
    if kind in kinds.UNREADABLE:
        return PhotoError(f"This is a {kind} file, which cannot be read; save it as a JPEG or PNG.")
    if kind:
        return PhotoError(
            "This picture is damaged or of a rare kind; "
            "try to save it again from a viewer, as a PNG or JPEG."
        )
    return PhotoError("This file is not a picture that can be read; try a JPEG, PNG, WebP or TIFF.")


def _head(source: File) -> bytes:
    with _stream(source) as file:
        return file.read(kinds.HEAD)


@contextmanager
def _stream(source: File) -> Iterator[BinaryIO]:
    """From its start, and left there; a file opened by others stays open."""
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif isinstance(source, (str, os.PathLike)):
        with open(source, "rb") as file:
            yield file
    else:
        source.seek(0)
        yield source
        source.seek(0)


def _check_bytes(source: File) -> None:
    if isinstance(source, bytes):
        size = len(source)
    elif isinstance(source, (str, os.PathLike)):
        found = os.stat(source)
        if stat.S_ISDIR(found.st_mode):
            raise PhotoError(f"{printable(source)} is a folder; give a picture file.")
        if not stat.S_ISREG(found.st_mode):  # a pipe would keep its reader waiting for ever
            raise PhotoError(f"{printable(source)} is not a file; give a picture file.")
        size = found.st_size
    else:
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
    if size > MAX_BYTES:
        raise PhotoError(
            f"This file has {ceil(size / 1e6)} MB; shrink it below {MAX_BYTES // 10**6} MB."
        )


def _check_size(width: int, height: int, most: int) -> None:
    if width * height > most:
        raise PhotoError(
            f"This picture has {ceil(width * height / 1e6)} megapixels; "
            f"shrink it below {most // 10**6}."
        )
    if min(width, height) < MIN_SIDE:
        raise PhotoError(
            f"This picture is {width}x{height} pixels; choose one with at least {MIN_SIDE} a side."
        )
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise PhotoError(
            f"This picture is more than {MAX_ASPECT} times as long as wide; crop it first."
        )


def _check_effort(image: Image.Image) -> None:
    for tile in getattr(image, "tile", ()):
        if image.width * image.height > _SLOW_CODECS.get(tile[0], MAX_PIXELS):
            raise PhotoError(
                f"This kind of {image.format} takes too long to read; save it as a PNG or TIFF."
            )


def _check_directory(source: File) -> None:
    """A TIFF may name the same bytes thousands of times, and Pillow would read them as often."""
    with _stream(source) as file:
        order = {b"II": "<", b"MM": ">"}.get((head := file.read(16))[:2])
        if order is None or len(head) < 16:
            return
        big = head[2:4] in (b"+\0", b"\0+")
        entry = struct.Struct(order + ("HHQ8x" if big else "HHI4x"))
        counter = struct.Struct(order + ("Q" if big else "H"))
        (start,) = struct.unpack_from(order + ("Q" if big else "I"), head, 8 if big else 4)
        size = file.seek(0, os.SEEK_END)
        file.seek(min(start, size))
        (entries,) = counter.unpack(file.read(counter.size).ljust(counter.size, b"\0"))
        table = file.read(min(entries, 65536) * entry.size)
    whole = len(table) // entry.size * entry.size
    named = (_TIFF_SIZES.get(kind, 8) * n for _, kind, n in entry.iter_unpack(table[:whole]))
    # One that claims to end beyond the file is not read.
    if sum(length for length in named if length <= size) > 2 * size + 10**6:
        raise PhotoError("This TIFF's directory is damaged; try to save it again from a viewer.")


def _drop_long_notes(image: Image.Image) -> None:
    for name in ("exif", "Raw profile type exif"):
        if len(image.info.get(name) or b"") > _MAX_NOTES * (1 if name == "exif" else 3):
            del image.info[name]
