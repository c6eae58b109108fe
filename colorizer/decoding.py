"""Picture files to 8-bit sRGB arrays: the one door through which photos come in.

App, command line and training all read through `decode`. Whatever it cannot use is a PhotoError of
one sentence; limits are checked before memory is spent.
"""

import io
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError, features

try:
    from pillow_heif import register_heif_opener
except ImportError:  # an extra: HEIC files get a sentence that says so
    HEIF = ()
else:
    register_heif_opener()
    HEIF = ("HEIF",)

# Nothing else is tried: Pillow also knows formats that start other programs or have no end.
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
# What a result inherits: who, when and with what. Places, thumbnails and makers' notes stay behind.
_KEPT_TAGS = (
    ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.DateTime, ExifTags.Base.Artist,
    ExifTags.Base.Copyright,
)  # fmt: skip

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
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source,
                        formats=FORMATS) as image:  # fmt: skip
            _check_size(*image.size)
            image.load()
            tags = _tags(image)
            return Decoded(_to_rgb(ImageOps.exif_transpose(image)), tags)
    except PhotoError:
        raise
    except FileNotFoundError:
        raise PhotoError(f"There is no photo at {source}; check the path.") from None
    except UnidentifiedImageError:
        raise PhotoError(_unknown(source)) from None
    except Image.DecompressionBombError:
        raise PhotoError(
            f"This picture is too large; shrink it below {MAX_PIXELS // 10**6} megapixels."
        ) from None
    # Decoders raise whatever their format's C library or parser happens to raise.
    except Exception as error:
        raise PhotoError(
            f"This picture is damaged ({_one_line(error)}); try to save it again from a viewer."
        ) from error


def _one_line(error: Exception) -> str:
    return (" ".join(str(error).split()) or type(error).__name__).rstrip(".")[:120]


def _unknown(source: Source) -> str:
    if not HEIF and _head(source)[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheim"):
        return (
            "This is a HEIC photo, and the part that reads them is not installed; "
            "run `pip install pillow-heif`, or save it as a JPEG."
        )
    return "This file is not a picture that can be read; try a JPEG, PNG, WebP or TIFF."


def _head(source: Source) -> bytes:
    if isinstance(source, bytes):
        return source[:16]
    if isinstance(source, (str, os.PathLike)):
        with open(source, "rb") as file:
            return file.read(16)
    source.seek(0)
    return source.read(16)


def _check_bytes(source: Source) -> None:
    if isinstance(source, bytes):
        size = len(source)
    elif isinstance(source, (str, os.PathLike)):
        if Path(source).is_dir():
            raise PhotoError(f"{source} is a folder; give a picture file.")
        size = Path(source).stat().st_size
    else:
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
    if size > MAX_BYTES:
        raise PhotoError(
            f"This file has {size / 1e6:.0f} MB; shrink it below {MAX_BYTES // 10**6} MB."
        )


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise PhotoError(
            f"This picture has {width * height / 1e6:.0f} megapixels; "
            f"shrink it below {MAX_PIXELS // 10**6}."
        )
    if min(width, height) < MIN_SIDE:
        raise PhotoError(
            f"This picture is {width}x{height} pixels; it needs at least {MIN_SIDE} a side."
        )
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise PhotoError(
            f"This picture is more than {MAX_ASPECT} times as long as wide; crop it first."
        )


def _tags(image: Image.Image) -> dict[int, str]:
    try:
        exif = image.getexif()
        return {
            tag: value.strip("\x00 ")
            for tag in _KEPT_TAGS
            if isinstance(value := exif.get(tag), str)
        }
    except Exception:  # a photo with damaged notes is still a photo
        return {}


def _to_rgb(image: Image.Image) -> np.ndarray:
    if image.mode.startswith(("I", "F")):
        image = Image.fromarray(_grey_to_8bit(np.asarray(image)))
        return np.array(image.convert("RGB"))
    alpha = None
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        profile = image.info.get("icc_profile")
        image = image.convert("RGBA")
        alpha = image.getchannel("A")
        image = image.convert("RGB")
        image.info["icc_profile"] = profile
    rgb = _in_srgb(image)
    if alpha is not None:
        rgb = Image.composite(rgb, Image.new("RGB", rgb.size, "white"), alpha)
    return np.array(rgb)


def _in_srgb(image: Image.Image) -> Image.Image:
    """RGB, through the embedded profile if there is one that can be used."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "L", "CMYK", "LAB"):
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "sRGB" not in ImageCms.getProfileDescription(own):
                converted = ImageCms.profileToProfile(
                    image, own, ImageCms.createProfile("sRGB"), outputMode="RGB"
                )
                if converted is not None:
                    return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a photo with a damaged profile is still a photo, read as sRGB
    return image.convert("RGB")


def _grey_to_8bit(grey: np.ndarray) -> np.ndarray:
    """16-bit integers by their full range; floating point as [0, 1], else by its own maximum."""
    values = np.nan_to_num(grey.astype(np.float32), posinf=0, neginf=0)
    full = 1.0 if np.issubdtype(grey.dtype, np.floating) else 65535.0
    full = max(full, float(values.max()))
    return np.clip(values / full * 255 + 0.5, 0, 255).astype(np.uint8)
