"""A decoded photo, with everything that is computed from it once and used many times."""

import os
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from colorizer.border import Border, find_border
from colorizer.lab import rgb_to_grey, rgb_to_lab, rgb_to_lightness
from colorizer.metrics import mean_chroma
from colorizer.reading import MAX_PIXELS, Source, decode, digest, seekable
from colorizer.tags import Tags

GREY_CHROMA = 3.0  # mean Lab chroma; JPEG noise on a black-and-white scan stays below
REMEMBERED = 4_000_000  # pixels of a photo whose lightness may be kept at full size
TONED_REST = 2.5  # Lab units by which a toned scan's ab strays from one curve over L


def resize(rgb: np.ndarray, width: int, height: int) -> np.ndarray:
    """(H, W, 3) uint8 resampled to (height, width, 3), antialiased."""
    if rgb.shape[:2] == (height, width):
        return rgb
    size = (width, height)
    return np.array(Image.fromarray(rgb).resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0))


@dataclass(frozen=True)
class Origin:
    """The file of a picture. sha256: of its content, in hex, or ""; page: which of its `pages`."""

    sha256: str = ""
    page: int = 0
    pages: int = 1


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo and what came with it.

    rgb: (H, W, 3) uint8 sRGB; tags: what a result inherits; alpha: (H, W) uint8, None for an opaque
    photo, whose transparent parts are white in rgb; origin: the file it came from.
    """

    rgb: np.ndarray
    tags: Tags = field(default_factory=Tags)
    alpha: np.ndarray | None = None
    origin: Origin = field(default_factory=Origin)
    _lightness: dict[tuple[int, int], Tensor] = field(default_factory=dict, init=False, repr=False)
    _whole: list[Tensor] = field(default_factory=list, init=False, repr=False)  # one, or none yet
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    @classmethod
    def open(cls, source: Source, page: int = 0, most_pixels: int = MAX_PIXELS) -> "Photo":
        """source: a file, an array or a Pillow image; page: which picture of several, from 0.

        Raises PhotoError with one sentence for a file that is not a usable picture, TypeError for
        anything but a source (`reading.decode`).
        """
        if not isinstance(source, (str, os.PathLike, bytes, Image.Image, np.ndarray)):
            source = seekable(source)
        decoded = decode(source, page, most_pixels)
        origin = Origin(digest(source), page, decoded.pages)
        return cls(decoded.rgb, decoded.tags, decoded.alpha, origin)

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

    def remember_lightness(self) -> None:
        """Keep the lightness for `lightness_of`, of photos of up to 4 megapixels.

        It takes 4 bytes a pixel and saves a fifth of the time of painting the photo again.
        """
        if not self._whole and self.width * self.height <= REMEMBERED:
            self._whole.append(self.lightness)

    def lightness_of(self, rows: slice) -> Tensor:
        """(1, rows, W) float32 in [0, 100], of some rows at full size."""
        if self._whole:
            return self._whole[0][:, rows]
        return rgb_to_lightness(torch.from_numpy(self.rgb[rows]).permute(2, 0, 1))

    @cached_property
    def border(self) -> Border | None:
        """The uniform border around the photo, if it has one."""
        return find_border(self.rgb)

    @cached_property
    def inside(self) -> "Photo":
        """The photo without its border; itself if it has none."""
        return self if self.border is None else Photo(self.border.crop(self.rgb))

    @property
    def grayscale(self) -> np.ndarray:
        """(H, W, 3) uint8: the same L with a = b = 0."""
        grey = rgb_to_grey(torch.from_numpy(self.rgb).permute(2, 0, 1))
        return to_array(grey.expand(3, -1, -1))

    @cached_property
    def small(self) -> "Photo":
        """The same photo, at most 512 pixels a side: how much colour it has is judged on this."""
        return self.fitted(512)

    @cached_property
    def is_grey(self) -> bool:
        """Whether this is a black-and-white photo, judged by its mean chroma."""
        return mean_chroma(self.small.lab[1:]).item() < GREY_CHROMA

    @cached_property
    def is_toned(self) -> bool:
        """Whether this is a black-and-white photo in another colour, sepia for one.

        Its ab follows its lightness: a quadratic in L, fitted to all pixels, leaves hardly any
        residual.
        """
        if self.is_grey:
            return False
        lightness, ab = self.small.lab.flatten(1).split([1, 2])
        t = lightness[0] / 100
        curve = torch.stack([torch.ones_like(t), t, t * t], dim=1).double()
        weights = torch.linalg.lstsq(curve.T @ curve, curve.T @ ab.T.double()).solution
        rest = ab.T - curve @ weights
        return rest.square().sum(1).mean().sqrt().item() < TONED_REST

    @property
    def is_monochrome(self) -> bool:
        """Whether it has no colours, or none that belong to what it shows."""
        return self.is_grey or self.is_toned

    def fitted(self, longest: int) -> "Photo":
        """The same photo, its longest side shrunk to `longest` pixels if it is longer."""
        scale = longest / max(self.width, self.height)
        if scale >= 1:
            return self
        width, height = (max(1, round(side * scale)) for side in (self.width, self.height))
        return Photo(resize(self.rgb, width, height))

    def network_input(self, size: int, stride: int) -> Tensor:
        """(1, 1, h, w) lightness for a network trained on squares of `size` pixels.

        The short side becomes `size` and the long side keeps the photo's proportions; both are
        rounded to multiples of `stride`.
        """
        scale = size / min(self.width, self.height)
        width, height = (
            max(stride, round(side * scale / stride) * stride) for side in (self.width, self.height)
        )
        return self.lightness_at(height, width)[None]

    def lightness_at(self, height: int, width: int) -> Tensor:
        """(1, height, width) float32 in [0, 100], resampled; computed once for each size."""
        with self._lock:  # of threads that need the same one, one computes it
            if (height, width) not in self._lightness:
                small = torch.from_numpy(resize(self.rgb, width, height)).permute(2, 0, 1)
                self._lightness[height, width] = rgb_to_lab(small)[:1]
            return self._lightness[height, width]


def to_array(rgb: Tensor) -> np.ndarray:
    """(3, H, W) uint8 tensor to a contiguous (H, W, 3) array."""
    return torch.stack([*rgb], dim=-1).numpy()
