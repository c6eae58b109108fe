"""Photos in and out: files to 8-bit sRGB arrays, and back to PNG.

Every picture that enters the project, in the app as in training, comes through `read_photo`.
"""

import io
import os
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo
from torch import Tensor

from colorizer.lab import lab_to_rgb, rgb_to_lab, rgb_to_lightness
from colorizer.metrics import mean_chroma

MAX_PIXELS = 64_000_000  # 192 MB as 8-bit RGB; a 50-megapixel panorama still fits
MAX_ASPECT = 20
MIN_SIDE = 8
GREY_CHROMA = 3.0  # mean Lab chroma; JPEG noise on a black-and-white scan stays below


class PhotoError(ValueError):
    """A photo that cannot be read; its text is one sentence for the person who brought it."""


def read_photo(source: str | os.PathLike | bytes | BinaryIO) -> np.ndarray:
    """Decode a picture file to (H, W, 3) uint8 sRGB, upright, transparency on white.

    source: a path, the file's bytes, or an open binary file. 16-bit and floating-point grey are
    scaled to 8 bits. Raises PhotoError with one sentence if it is not a picture or too large.
    """
    if isinstance(source, bytes):
        source = io.BytesIO(source)
    try:
        with Image.open(source) as image:
            _check_size(*image.size)
            image.load()
            return _to_rgb(ImageOps.exif_transpose(image))
    except PhotoError:
        raise
    except FileNotFoundError:
        raise PhotoError(f"There is no photo at {source}; check the path.") from None
    except UnidentifiedImageError:
        raise PhotoError(
            "This file is not a picture that can be read; try a JPEG, PNG, WebP or TIFF."
        ) from None
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
    return (" ".join(str(error).split()) or type(error).__name__).rstrip(".")


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


def _to_rgb(image: Image.Image) -> np.ndarray:
    if image.mode.startswith(("I", "F")):
        image = Image.fromarray(_grey_to_8bit(np.asarray(image)))
    elif "A" in image.mode or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return np.array(image.convert("RGB"))


def _grey_to_8bit(grey: np.ndarray) -> np.ndarray:
    """16-bit integers by their full range; floating point as [0, 1], else by its own maximum."""
    values = np.nan_to_num(grey.astype(np.float32), posinf=0, neginf=0)
    full = 1.0 if np.issubdtype(grey.dtype, np.floating) else 65535.0
    full = max(full, float(values.max()))
    return np.clip(values / full * 255 + 0.5, 0, 255).astype(np.uint8)


def resize(rgb: np.ndarray, width: int, height: int) -> np.ndarray:
    """(H, W, 3) uint8 resampled to (height, width, 3), antialiased."""
    if rgb.shape[:2] == (height, width):
        return rgb
    size = (width, height)
    return np.array(Image.fromarray(rgb).resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0))


@dataclass(frozen=True, eq=False)
class Photo:
    """A decoded photo with everything that is derived from it once and used many times."""

    rgb: np.ndarray  # (H, W, 3) uint8 sRGB
    _lightness: dict[tuple[int, int], Tensor] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def open(cls, source: str | os.PathLike | bytes | BinaryIO) -> "Photo":
        return cls(read_photo(source))

    @property
    def width(self) -> int:
        return self.rgb.shape[1]

    @property
    def height(self) -> int:
        return self.rgb.shape[0]

    @cached_property
    def lab(self) -> Tensor:
        """(3, H, W) float32, at full size."""
        return rgb_to_lab(torch.from_numpy(self.rgb).permute(2, 0, 1))

    @property
    def lightness(self) -> Tensor:
        """(1, H, W) float32 in [0, 100]."""
        return rgb_to_lightness(torch.from_numpy(self.rgb).permute(2, 0, 1))

    @cached_property
    def grayscale(self) -> np.ndarray:
        """(H, W, 3) uint8: the same L with a = b = 0."""
        neutral = torch.zeros(2, self.height, self.width)
        # One channel for all three: the published matrix is off neutral in its sixth digit.
        green = lab_to_rgb(self.lightness, neutral)[1:2]
        return to_array(green.expand(3, -1, -1))

    @cached_property
    def is_grey(self) -> bool:
        """Whether this is a black-and-white photo, judged by its mean chroma."""
        return mean_chroma(self.fitted(512).lab[1:]).item() < GREY_CHROMA

    def fitted(self, longest: int) -> "Photo":
        """The same photo, its longest side shrunk to `longest` pixels if it is longer."""
        scale = longest / max(self.width, self.height)
        if scale >= 1:
            return self
        width, height = (max(1, round(side * scale)) for side in (self.width, self.height))
        return Photo(resize(self.rgb, width, height))

    def network_input(self, size: int, stride: int) -> Tensor:
        """(1, 1, h, w) lightness for a network trained on squares of `size` pixels.

        The short side becomes `size` and the long side keeps the photo's proportions up to 4:1;
        both are rounded to multiples of `stride`.
        """
        scale = size / min(self.width, self.height)
        width, height = (
            max(stride, round(min(side * scale, 4 * size) / stride) * stride)
            for side in (self.width, self.height)
        )
        return self.lightness_at(height, width)[None]

    def lightness_at(self, height: int, width: int) -> Tensor:
        """(1, height, width) float32 in [0, 100], resampled; computed once for each size."""
        if (height, width) not in self._lightness:
            small = torch.from_numpy(resize(self.rgb, width, height)).permute(2, 0, 1)
            self._lightness[height, width] = rgb_to_lab(small)[:1]
        return self._lightness[height, width]


def to_array(rgb: Tensor) -> np.ndarray:
    """(3, H, W) uint8 tensor to a contiguous (H, W, 3) array."""
    return rgb.permute(1, 2, 0).contiguous().numpy()


def write_png(rgb: np.ndarray, path: str | os.PathLike, note: str) -> Path:
    """Write (H, W, 3) uint8 as PNG, whole or not at all, with `note` as its description."""
    path = Path(path)
    info = PngInfo()
    info.add_text("Description", note)
    # Level 1: a third of the time of the default for a file a few per cent larger.
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".png")
    try:
        with os.fdopen(handle, "wb") as file:
            Image.fromarray(rgb).save(file, "PNG", pnginfo=info, compress_level=1)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
