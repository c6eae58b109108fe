"""Results to files: whole or not at all, and never to be taken for the photo's own colours."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@dataclass(frozen=True)
class Picture:
    """A photo in colours not its own. rgb: (H, W, 3) uint8 sRGB; the rest: see `write_picture`."""

    rgb: np.ndarray
    note: str
    tags: Mapping[int, str] = field(default_factory=dict)

    def save(self, path: str | os.PathLike, quality: int = 95) -> Path:
        """As JPEG or PNG, by the path's extension; see `write_picture`. Raises OSError."""
        return write_picture(self.rgb, path, self.note, self.tags, quality)


def write_picture(
    rgb: np.ndarray,
    path: str | os.PathLike,
    note: str,
    tags: Mapping[int, str] | None = None,
    quality: int = 95,
) -> Path:
    """Write (H, W, 3) uint8 sRGB as JPEG or, by the path's extension, as PNG.

    note: what the picture is, for its metadata. tags: EXIF of the photo to carry on. quality: of
    JPEG, 1 to 100. Raises OSError if it cannot be written; an older file of that name is then
    still there.
    """
    path = Path(path)
    exif = Image.Exif()
    for tag, value in (tags or {}).items():
        exif[tag] = value
    exif[ExifTags.Base.ImageDescription] = note
    exif[ExifTags.Base.Software] = "Colorizer"
    # Level 1: a third of the default's time for a file a little larger.
    kind, options = "PNG", dict[str, Any](compress_level=1)
    if path.suffix.lower() in (".jpg", ".jpeg"):
        # 4:4:4, as colour is what this is about.
        kind, options = "JPEG", dict[str, Any](quality=quality, subsampling=0)
    else:
        info = PngInfo()
        info.add_text("Description", note)
        options["pnginfo"] = info
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    try:
        with os.fdopen(handle, "wb") as file:
            Image.fromarray(rgb).save(file, kind, exif=exif, icc_profile=_SRGB, **options)
        Path(temporary).chmod(0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
