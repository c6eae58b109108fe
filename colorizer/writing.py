"""Results to files: complete or absent, and never to be mistaken for the photo's own colours."""

import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from colorizer.atomic import atomic_path
from colorizer.png import write_png

FORMATS = {
    **{".jpg": "JPEG", ".jpeg": "JPEG", ".jfif": "JPEG", ".jpe": "JPEG"},
    **{".png": "PNG", ".webp": "WEBP", ".tif": "TIFF", ".tiff": "TIFF"},
}
FILM_FORMATS = {".webp": "WEBP", ".gif": "GIF"}
_LONGEST_WEBP = 16383  # pixels; the format has 14 bits for a side
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


class WritingError(ValueError):
    """A file that cannot be written under this name; its text is one sentence that says why."""


def synthetic(*details: object) -> str:
    """The note every coloured picture carries: that its colours are synthetic, and their origin.

    >>> synthetic("batchnorm", "epoch 10")
    'Synthetic colours by Colorizer, batchnorm, epoch 10.'
    """
    return f"{', '.join(['Synthetic colours by Colorizer', *map(str, details)])}."


@dataclass(frozen=True)
class Picture:
    """A photo in colours not its own. rgb: (H, W, 3) uint8 sRGB; the rest: see `write_picture`."""

    rgb: np.ndarray
    note: str
    tags: Mapping[int, str] = field(default_factory=dict)

    def save(self, path: str | os.PathLike, quality: int = 95) -> Path:
        """In the format of the path's suffix; see `write_picture`. Raises WritingError, OSError."""
        return write_picture(self.rgb, path, self.note, self.tags, quality)


def write_picture(
    rgb: np.ndarray,
    path: str | os.PathLike,
    note: str,
    tags: Mapping[int, str] | None = None,
    quality: int = 95,
) -> Path:
    """Write (H, W, 3) uint8 sRGB as JPEG, PNG, TIFF or WebP: the path's suffix decides (`FORMATS`).

    note: what the picture is, for its metadata; of a coloured one made by `synthetic`. tags: EXIF
    of the photo to carry on. quality: of JPEG and WebP, 1 to 100. Raises WritingError for another
    suffix or a picture larger than the format allows, OSError if the file cannot be written; an
    older file of that name is then still there.
    """
    path = Path(path)
    kind = _kind(path, FORMATS, "pictures")
    options = dict[str, Any]()
    if kind == "JPEG":
        options.update(_jpeg(quality))
    elif kind == "WEBP":
        if max(rgb.shape[:2]) > _LONGEST_WEBP:
            raise WritingError(
                f"WebP holds at most {_LONGEST_WEBP} pixels a side; save as PNG or JPEG instead."
            )
        # Half the default's time, for a file no larger.
        options.update(quality=quality, method=2)
    elif kind == "TIFF":
        options.update(compression="tiff_deflate")
    exif = _exif(note, tags or {})
    with atomic_path(path) as temporary:
        if kind == "PNG":
            with temporary.open("wb") as file:
                write_png(rgb, file, _png_note(note), exif, _SRGB)
        else:
            Image.fromarray(rgb).save(temporary, kind, exif=exif, icc_profile=_SRGB, **options)
    return path


def jpeg(rgb: np.ndarray, note: str, quality: int = 90) -> bytes:
    """The same in memory, for a picture that is shown and not kept; see `write_picture`."""
    file = io.BytesIO()
    exif = _exif(note, {})
    Image.fromarray(rgb).save(file, "JPEG", exif=exif, icc_profile=_SRGB, **_jpeg(quality))
    return file.getvalue()


def _jpeg(quality: int) -> dict[str, Any]:
    return {"quality": quality, "subsampling": 0}  # 4:4:4, as colour is what this is about


def write_film(
    frames: Sequence[np.ndarray],
    path: str | os.PathLike,
    note: str,
    milliseconds: int,
    quality: int = 85,
) -> Path:
    """Write frames as an animated GIF or WebP that loops for ever.

    frames: (H, W, 3) uint8 sRGB, all of one size, at least one. milliseconds: for each frame.
    quality: of WebP, 1 to 100. path, note and errors: as in `write_picture`.
    """
    path = Path(path)
    kind = _kind(path, FILM_FORMATS, "films")
    first, *others = map(Image.fromarray, frames)
    options: dict[str, Any] = {"comment": note}
    if kind == "WEBP":
        options = {"quality": quality, "exif": _exif(note, {}), "icc_profile": _SRGB}
    with atomic_path(path) as temporary:
        first.save(
            temporary, kind, save_all=True, append_images=others,
            duration=milliseconds, loop=0, **options,
        )  # fmt: skip
    return path


def _kind(path: Path, formats: Mapping[str, str], what: str) -> str:
    kind = formats.get(path.suffix.lower())
    if kind is None:
        *others, last = formats
        raise WritingError(
            f"Colorizer cannot write {what} as {path.suffix or 'a file without a suffix'}; "
            f"choose {', '.join(others)} or {last}."
        )
    return kind


def _exif(note: str, tags: Mapping[int, str]) -> Image.Exif:
    exif = Image.Exif()
    for tag, value in tags.items():
        exif[tag] = value.encode("latin-1", "replace")  # as Pillow has read them
    exif[ExifTags.Base.ImageDescription] = note.encode()
    exif[ExifTags.Base.Software] = "Colorizer"
    return exif


def _png_note(note: str) -> PngInfo:
    info = PngInfo()
    info.add_text("Description", note)
    return info
