"""Results to files: complete or absent, and never to be mistaken for the photo's own colours."""

import io
import itertools
import os
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, TiffImagePlugin, TiffTags
from PIL.PngImagePlugin import PngInfo

from colorizer.atomic import atomic_path
from colorizer.png import write_png
from colorizer.profile import SRGB
from colorizer.tags import Tags
from colorizer.worksheet import Sheet, properties

FORMATS = {
    **{".jpg": "JPEG", ".jpeg": "JPEG", ".jfif": "JPEG", ".jpe": "JPEG"},
    **{".png": "PNG", ".webp": "WEBP", ".tif": "TIFF", ".tiff": "TIFF"},
}
FILM_FORMATS = {".webp": "WEBP", ".gif": "GIF"}
_BAND = 256  # rows
_STRIP_BYTES = 2**18
_LONGEST_WEBP = 16383  # pixels; the format has 14 bits for a side


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
    tags: Tags | Mapping[int, Any] = field(default_factory=Tags)
    alpha: np.ndarray | None = None
    sheet: Sheet | None = None

    def save(self, path: str | os.PathLike, quality: int = 95) -> Path:
        """In the format of the path's suffix; see `write_picture`. Raises WritingError, OSError."""
        return write_picture(
            self.rgb, path, self.note, self.tags, quality, alpha=self.alpha, sheet=self.sheet
        )


def write_picture(
    rgb: np.ndarray,
    path: str | os.PathLike,
    note: str,
    tags: Tags | Mapping[int, Any] | None = None,
    quality: int = 95,
    alpha: np.ndarray | None = None,
    sheet: Sheet | None = None,
) -> Path:
    """Write (H, W, 3) uint8 sRGB as JPEG, PNG, TIFF or WebP: the path's suffix decides (`FORMATS`).

    note: what the picture is, for its metadata; of a coloured one made by `synthetic`. tags: what
    the photo hands on, or EXIF tags. quality: of JPEG and WebP, 1 to 100. alpha: (H, W) uint8, of a
    picture whose transparent parts are blended with white; JPEG has none. sheet: how the picture
    was made. The same arguments give the same bytes. Raises WritingError for another suffix or a
    picture larger than the format allows, OSError if the file cannot be written; an older file of
    that name is then still there.
    """
    path = Path(path)
    kind = _kind(path, FORMATS, "pictures")
    if kind == "WEBP" and max(rgb.shape[:2]) > _LONGEST_WEBP:
        raise WritingError(
            f"WebP holds at most {_LONGEST_WEBP} pixels a side; save as PNG or JPEG instead."
        )
    tags = Tags.of(tags)
    exif = tags.as_exif(note)
    xmp = tags.as_xmp(properties(note, sheet, quality if kind in ("JPEG", "WEBP") else None))
    pixels = rgb if alpha is None or kind == "JPEG" else _with_alpha(rgb, alpha)
    with atomic_path(path) as temporary:
        if kind == "PNG":
            with temporary.open("wb") as file:
                write_png(pixels, file, _png_note(note, tags, xmp), exif, SRGB, _per_metre(tags))
        elif kind == "TIFF":
            with temporary.open("wb") as file:
                _write_tiff(pixels, file, exif, xmp, tags.as_iptc())
        else:
            options = _jpeg(quality, tags) if kind == "JPEG" else _webp(quality)
            options |= {"xmp": xmp} if xmp else {}
            Image.fromarray(pixels).save(temporary, kind, exif=exif, icc_profile=SRGB, **options)
    return path


def jpeg(rgb: np.ndarray, note: str, quality: int = 90) -> bytes:
    """The same in memory, for a picture that is shown and not kept; see `write_picture`."""
    file = io.BytesIO()
    exif = Tags().as_exif(note)
    Image.fromarray(rgb).save(file, "JPEG", exif=exif, icc_profile=SRGB, **_jpeg(quality, Tags()))
    return file.getvalue()


def _jpeg(quality: int, tags: Tags) -> dict[str, Any]:
    options: dict[str, Any] = {
        "quality": quality,
        "subsampling": 0,
    }  # 4:4:4, as colour is what this is about
    if tags.resolution is not None and tags.inches:
        options["dpi"] = tags.resolution
    if records := tags.as_iptc():
        block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records
        content = b"Photoshop 3.0\0" + block + bytes(len(block) % 2)
        options["extra"] = b"\xff\xed" + struct.pack(">H", 2 + len(content)) + content
    return options


def _webp(quality: int) -> dict[str, Any]:
    return {"quality": quality, "method": 2}  # half the default's time, for a file no larger


def _with_alpha(rgb: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """(H, W, 4): the colours that, with their alpha, look like `rgb` on white."""
    result = np.empty((*rgb.shape[:2], 4), np.uint8)
    for top in range(0, len(rgb), _BAND):
        rows = slice(top, top + _BAND)
        share = alpha[rows, :, None].astype(np.int32)
        own = (rgb[rows].astype(np.int32) - 255) * 255 / np.maximum(share, 1) + 255
        result[rows, :, :3] = np.clip(np.where(share > 0, own, 255) + 0.5, 0, 255)
        result[rows, :, 3:] = share
    return result


def _write_tiff(
    pixels: np.ndarray, file: BinaryIO, exif: Image.Exif, xmp: bytes, iptc: bytes
) -> None:
    """Strips by deflate. Pillow's own writer leaves out the Exif directory, with the dates."""
    height, width, samples = pixels.shape
    rows = max(1, _STRIP_BYTES // (width * samples))
    bands = (np.ascontiguousarray(pixels[top : top + rows]) for top in range(0, height, rows))
    strips = [zlib.compress(band.data, 6) for band in bands]
    starts = [0, *itertools.accumulate(map(len, strips))][:-1]
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in exif.items():
        directory[tag] = value
    directory[34665] = dict(exif.get_ifd(34665))
    layout = {
        256: width,
        257: height,
        258: (8,) * samples,
        259: 8,
        262: 2,
        277: samples,
        278: rows,
        284: 1,
    }
    layout |= {273: tuple(starts), 279: tuple(map(len, strips))}
    layout |= {338: 2} if samples == 4 else {}
    for tag, value in layout.items():
        directory[tag] = value
    for tag, content in ((700, xmp), (33723, iptc), (34675, SRGB)):
        if content:
            directory.tagtype[tag] = TiffTags.UNDEFINED if tag != 700 else TiffTags.BYTE
            directory[tag] = content
    # Pillow counts the strips from the end of the directory.
    file.write(b"II*\0" + struct.pack("<I", 8) + directory.tobytes(8))
    file.writelines(strips)


def _per_metre(tags: Tags) -> tuple[int, int, int] | None:
    """Resolution as a PNG's pHYs chunk has it: across, down, and whether it is in metres."""
    if tags.resolution is None:
        return None
    if tags.inches:
        across, down = (max(1, round(value / 0.0254)) for value in tags.resolution)
        return across, down, 1
    across, down = (max(1, round(value * 100)) for value in tags.resolution)
    return across, down, 0


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
        options = {"quality": quality, "exif": Tags().as_exif(note), "icc_profile": SRGB}
    with atomic_path(path) as temporary:
        first.save(
            temporary,
            kind,
            save_all=True,
            append_images=others,
            duration=milliseconds,
            loop=0,
            **options,
        )
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


def _png_note(note: str, tags: Tags, xmp: bytes) -> PngInfo:
    info = PngInfo()
    caption = tags.fields.get("caption")
    info.add_text("Description", caption[0] if caption else note)
    if caption:
        info.add_text("Comment", note)
    if xmp:
        info.add_itxt("XML:com.adobe.xmp", xmp.decode())
    return info
