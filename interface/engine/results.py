"""Results of the engine, and how their colour is measured."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from colorizer import Hint, Photo, metrics, paint
from colorizer.colours import RGB
from colorizer.writing import Picture
from interface.engine.settings import Settings


@dataclass(frozen=True)
class Colour:
    """How much colour a picture has."""

    colourfulness: float
    chroma: float  # mean, in Lab units


@dataclass(frozen=True, kw_only=True)
class Painting(Picture):
    """A coloured photo at its own size, ready to be written."""

    photo: Photo
    stem: str  # for the file's name: the settings and the hints
    hints: tuple[Hint, ...]  # that were followed
    kept: float | None  # share of the picture that keeps its colour, where not all of it does


@dataclass(frozen=True)
class Result:
    """A colorized photo as files, and how much colour it has."""

    grayscale: Path
    colorized: Path
    size: tuple[int, int]  # width and height in pixels
    monochrome: str  # what to call the original if its colours are not its own, or ""
    original: Colour
    result: Colour
    seconds: float
    hints: tuple[Hint, ...]  # that were followed
    kept: float | None  # share of the picture that keeps its colour, where not all of it does


@dataclass(frozen=True)
class Cell:
    """One checkpoint's picture of the photo, small, and its colour."""

    settings: Settings
    picture: np.ndarray  # (h, w, 3) uint8
    colourfulness: float
    ratio: float | None  # to the original's colourfulness; None for a black-and-white original
    sepia: float  # sepia index in [0, 1]; of a monochrome original, against no colour at all


@dataclass(frozen=True)
class Alternative:
    """One of several plausible pictures: its hints, how they look on the photo, a small JPEG.

    index, likelihood: as of `colorizer.Alternative`.
    """

    index: int
    likelihood: float
    hints: tuple[Hint, ...]
    shown: list[RGB]
    picture: bytes


@dataclass(frozen=True)
class MeanPictures:
    """Plausible pictures and the means of several, all small JPEGs.

    means: each with its mean chroma, in Lab units; chroma_of_one: of a single picture, on average.
    """

    pictures: list[bytes]
    means: list[tuple[bytes, float]]
    chroma_of_one: float


def colour_of(photo: Photo) -> Colour:
    """Measured on a small copy: the numbers hardly change."""
    colourfulness = metrics.colourfulness(_planes(photo.small.rgb)).item()
    return Colour(colourfulness, metrics.mean_chroma(photo.small.lab[1:]).item())


@torch.inference_mode()
def paint_cells(
    fitted: Callable[[], Photo], colours: list[Tensor]
) -> list[tuple[np.ndarray, float, float | None, float]]:
    """A picture of each colour, (2, h, w) or Lab, and its measures, as in `Cell`."""
    photo, ab = fitted(), torch.stack(colours)
    pictures = paint(photo, ab)
    colourful = metrics.colourfulness(_planes(pictures))
    ratio: Sequence[float | None] = [None] * len(ab)
    if not photo.is_monochrome:
        full = metrics.colourfulness(_planes(photo.rgb)).clamp(min=1e-6)
        ratio = (colourful / full).tolist()
    sepia = metrics.sepia_index(ab[:, -2:], _own_ab(photo, ab.shape[2:]))
    return [*zip(pictures, colourful.tolist(), ratio, sepia.tolist(), strict=True)]


def _own_ab(photo: Photo, size: Sequence[int]) -> Tensor:
    """(1, 2, h, w) in Lab units: none of a monochrome photo, whose tint belongs to the print."""
    if photo.is_monochrome:
        return torch.zeros(1, 2, *size)
    return F.interpolate(photo.lab[None, 1:], [*size], mode="area")


def _planes(rgb: np.ndarray) -> Tensor:
    """(..., H, W, 3) to (..., 3, H, W)."""
    return torch.from_numpy(rgb).movedim(-1, -3)
