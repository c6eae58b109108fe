"""From picture files to 8-bit sRGB arrays: the one door through which photos come in.

App, command line and training all read through `decode`. Whatever it cannot use raises a PhotoError
of one sentence; limits are checked before memory is spent.
"""

import io
import logging
import os
import stat
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from math import ceil
from typing import BinaryIO

import numpy as np
from PIL import (
    ExifTags,
    Image,
    ImageCms,
    ImageOps,
    TiffImagePlugin,
    UnidentifiedImageError,
    features,
)

from colorizer.errors import one_line

try:
    from pillow_heif import register_heif_opener  # pyright: ignore[reportMissingImports]
except ImportError:  # optional; without it, HEIC files get a sentence that says so
    HEIF = ()
else:
    register_heif_opener()
    HEIF = ("HEIF",)

# Nothing else is tried: Pillow also knows formats that start other programs or never end.
AVIF = ("AVIF",) if features.check("avif") else ()
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "PPM", *AVIF, *HEIF)
EXTENSIONS = {
    *(".jpg", ".jpeg", ".jfif", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif"),
    *(".avif", ".ppm", ".pgm", ".heic", ".heif"),
}
MAX_BYTES = 200_000_000
MAX_PIXELS = 64_000_000  # 192 MB as 8-bit RGB; a 50-megapixel panorama still fits
MAX_ASPECT = 20
MIN_SIDE = 8
# What a result inherits: who, when and with what; not places, thumbnails or makers' notes.
_KEPT_TAGS = (
    ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.DateTime, ExifTags.Base.Artist,
    ExifTags.Base.Copyright,
)  # fmt: skip
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
# Up to how many pixels of what Pillow decodes in Python, some seconds' worth.
_SLOW_CODECS = {"ppm": 1_500_000, "ppm_plain": 1_500_000, "bmp_rle": 12_000_000}
_MAX_NOTES = 70_000  # bytes of EXIF; anything longer was never in a JPEG, whose limit is 65,533
_TIFF_SIZES = dict(zip(range(1, 14), (1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4), strict=True))
_SAMPLE_FORMAT = 339
_SRGB = ImageCms.createProfile("sRGB")
_PROBE = np.stack(np.meshgrid(*[np.arange(0, 256, 51, dtype=np.uint8)] * 3), 3).reshape(36, 6, 3)
_BAND = 128  # rows
_ROUNDING = 2  # by how much of 255 sRGB's own profiles differ from each other

# About metadata it cannot read; what matters is raised as an error too. Set once and for all, as
# filters set for the duration of one photo would affect other threads.
warnings.filterwarnings("ignore", module=r"PIL\.")
logging.getLogger("PIL").addHandler(logging.NullHandler())

Transform = ImageCms.ImageCmsTransform
Source = str | os.PathLike | bytes | BinaryIO


class PhotoError(ValueError):
    """A photo that cannot be read; its text is one sentence for the person who brought it."""


@dataclass(frozen=True, eq=False)
class Decoded:
    """rgb: (H, W, 3) uint8 sRGB, upright. tags: EXIF that a result may carry on."""

    rgb: np.ndarray
    tags: dict[int, str] = field(default_factory=dict)


def read_photo(source: Source) -> np.ndarray:
    """The pixels of `decode`: (H, W, 3) uint8."""
    return decode(source).rgb


def decode(source: Source) -> Decoded:
    """Decode a picture file to sRGB, upright, transparency on white, the first of several frames.

    source: a path, the file's bytes, or an open binary file. 16-bit and floating-point grey are
    scaled to 8 bits, embedded colour profiles converted. Raises PhotoError with one sentence if it
    is not a picture, damaged or beyond the limits of this module.
    """
    try:
        _check_bytes(source)
        _check_directory(source)
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source,
                        formats=FORMATS) as image:  # fmt: skip
            _check_size(*image.size)
            _check_effort(image)
            image.load()
            _drop_long_notes(image)
            tags = _tags(image)
            # In place, so that metadata that cannot be written back does not prevent the rotation.
            with suppress(Exception):
                ImageOps.exif_transpose(image, in_place=True)
            return Decoded(_to_rgb(image), tags)
    except PhotoError:
        raise
    except FileNotFoundError:
        raise PhotoError(f"There is no photo at {source}; check the path.") from None
    except UnidentifiedImageError:
        raise _unknown(source) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoError(
            f"This picture is too large; shrink it below {MAX_PIXELS // 10**6} megapixels."
        ) from None
    except MemoryError as error:
        raise PhotoError(
            "There is not enough memory left for this picture; shrink it first."
        ) from error
    # Decoders raise whatever their format's library or parser happens to raise.
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise PhotoError(
                f"{source} cannot be opened ({error.strerror}); check its path and permissions."
            ) from None
        raise PhotoError(
            f"This picture is damaged ({one_line(error)}); try to save it again from a viewer."
        ) from error


def _unknown(source: Source) -> PhotoError:
    head = _head(source)
    if not HEIF and head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return PhotoError(
            "This is a HEIC photo, and the part that reads them is not installed; "
            "run `pip install pillow-heif`, or save it as a JPEG."
        )
    known = (Image.OPEN[name][1] for name in FORMATS if name in Image.OPEN)
    if any(accept(head) for accept in known if accept):
        return PhotoError(
            "This picture is damaged or of a rare kind; "
            "try to save it again from a viewer, as a PNG or JPEG."
        )
    return PhotoError("This file is not a picture that can be read; try a JPEG, PNG, WebP or TIFF.")


def _head(source: Source) -> bytes:
    with _stream(source) as file:
        return file.read(16)


@contextmanager
def _stream(source: Source) -> Iterator[BinaryIO]:
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


def _check_bytes(source: Source) -> None:
    if isinstance(source, bytes):
        size = len(source)
    elif isinstance(source, (str, os.PathLike)):
        found = os.stat(source)
        if stat.S_ISDIR(found.st_mode):
            raise PhotoError(f"{source} is a folder; give a picture file.")
        if not stat.S_ISREG(found.st_mode):  # a pipe would keep its reader waiting for ever
            raise PhotoError(f"{source} is not a file; give a picture file.")
        size = found.st_size
    else:
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
    if size > MAX_BYTES:
        raise PhotoError(
            f"This file has {ceil(size / 1e6)} MB; shrink it below {MAX_BYTES // 10**6} MB."
        )


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise PhotoError(
            f"This picture has {ceil(width * height / 1e6)} megapixels; "
            f"shrink it below {MAX_PIXELS // 10**6}."
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


def _check_directory(source: Source) -> None:
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


def _tags(image: Image.Image) -> dict[int, str]:
    try:
        exif = image.getexif()
        return {
            tag: value.strip("\x00 ")
            for tag in _KEPT_TAGS
            if isinstance(value := exif.get(tag), str)
        }
    except Exception:  # a photo with damaged metadata is still a photo
        return {}


def _to_rgb(image: Image.Image) -> np.ndarray:
    """In bands of rows, so that what lies between is never there for the whole picture."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith(("I", "F")):
        image = Image.fromarray(_grey_to_8bit(*_grey(image)))
    result = np.empty((image.height, image.width, 3), np.uint8)
    transforms: dict[str, Transform | None] = {}
    for top in range(0, image.height, _BAND):
        bottom = min(image.height, top + _BAND)
        band, alpha = _without_alpha(image.crop((0, top, image.width, bottom)))
        if profile:
            if band.mode not in transforms:
                transforms[band.mode] = _transform(profile, band.mode)
            band = _through(band, transforms[band.mode])
        band = band.convert("RGB")
        if alpha is not None:
            band = Image.composite(band, Image.new("RGB", band.size, "white"), alpha)
        result[top:bottom] = np.asarray(band)
    return result


def _without_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """In a mode that profiles are made for (L, RGB, CMYK, LAB), and its alpha if it has any."""
    alpha = None
    if image.mode in ("LA", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        grey = image.mode in ("1", "L", "LA")
        image = image.convert("LA" if grey else "RGBA")
        alpha = image.getchannel("A")
        image = image.convert("L" if grey else "RGB")
    if image.mode not in ("L", "CMYK", "LAB"):
        image = image.convert("RGB")
    return image, alpha


def _transform(profile: bytes, mode: str) -> Transform | None:
    """From an embedded profile to sRGB, if the profile is usable and changes colours."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(own, _SRGB, mode, "RGB")
        # Judged by its effect: names do not tell, and most photos are in sRGB already.
        changes = mode != "RGB" or _largest_change(transform) > _ROUNDING
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None  # a photo with a damaged profile is still a photo, read as sRGB
    return transform if changes else None


def _through(image: Image.Image, transform: Transform | None) -> Image.Image:
    return image if transform is None else ImageCms.applyTransform(image, transform) or image


def _largest_change(transform: Transform) -> int:
    after = _through(Image.fromarray(_PROBE), transform)
    return int(np.abs(np.asarray(after, np.int16) - _PROBE).max())


def _grey(image: Image.Image) -> tuple[np.ndarray, float, bool]:
    """The numbers of a deep grey picture, what white is at least, and whether 0 is white."""
    grey = np.asarray(image)
    if image.mode == "F":
        white = 1.0
    elif _tiff(image, ExifTags.Base.BitsPerSample) == (16,) and _is_signed(image):
        white = 32767.0
    else:
        white = 65535.0
    if image.mode == "I" and _tiff(image, ExifTags.Base.BitsPerSample) == (32,):
        grey = grey if _is_signed(image) else grey.view(np.uint32)
    # Pillow inverts 8-bit pictures of this kind, but not these.
    return grey, white, _tiff(image, ExifTags.Base.PhotometricInterpretation) == 0


def _is_signed(image: Image.Image) -> bool:
    return _tiff(image, _SAMPLE_FORMAT) == (2,)


def _tiff(image: Image.Image, tag: int) -> object:
    return image.tag_v2.get(tag) if isinstance(image, TiffImagePlugin.TiffImageFile) else None


def _grey_to_8bit(grey: np.ndarray, white: float, inverted: bool) -> np.ndarray:
    """(H, W) to uint8: 0 to `white`, or to the largest number if that is more. Not a number: 0."""
    bands = [slice(start, start + 64) for start in range(0, len(grey), 64)]
    for band in bands:
        white = max(white, float(grey[band].max(initial=0, where=np.isfinite(grey[band]))))
    result = np.empty(grey.shape, np.uint8)
    for band in bands:
        values = np.nan_to_num(grey[band].astype(np.float32), posinf=white)
        values = np.clip(values / np.float32(white), 0, 1)
        result[band] = (1 - values if inverted else values) * 255 + 0.5
    return result
