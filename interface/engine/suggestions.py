"""The colours offered for one spot: those the network finds likeliest there, and a few others.

Each is shown at the photo's own lightness, so that a chip looks as the spot will.
"""

import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from colorizer import Hint, Photo
from colorizer.hints import lightness_at
from colorizer.lab import lab_to_rgb, rgb_to_lab
from interface.engine.colour_names import css_of, name_of, rgb_of

COUNT = 5
_APART = 20.0  # Lab units between two chips, where the lightness leaves room for that
_GREY = 8.0  # Lab units of chroma; grey has a chip of its own
_BLUR = 10.0  # Lab units over which neighbouring bins count together
_SPOT = 0.004  # radius of what is looked at, in the photo's short side
# Hues for where a network has no distribution to choose from, in degrees of the ab plane.
_HUES, _CHROMA = (40, 140, 265, 90, 0, 315), 40.0


@dataclass(frozen=True)
class Chip:
    name: str  # a key of the page's words, without its `colour_`
    rgb: tuple[int, int, int]  # of the hint
    shown: str  # CSS, as the spot will look


@dataclass(frozen=True)
class Chips:
    likely: list[Chip]  # the likeliest first
    grey: Chip
    original: Chip | None  # None for a black-and-white photo


@dataclass(frozen=True)
class Spot:
    """place: shares of the photo's width and height; vividness: factor on what will be painted."""

    photo: Photo
    place: tuple[float, float]
    vividness: float

    @property
    def x(self) -> float:
        return self.place[0] * self.photo.width

    @property
    def y(self) -> float:
        return self.place[1] * self.photo.height

    @functools.cached_property
    def lightness(self) -> float:
        radius = _SPOT * min(self.photo.width, self.photo.height)
        return lightness_at([Hint(self.x, self.y, ab=(0, 0), radius=radius)], self.photo).item()

    def of(self, planes: Tensor) -> Tensor:
        """(c, h, w) of any size: (c,) of this spot."""
        rows, columns = planes.shape[-2:]
        row = int(self.y / self.photo.height * rows)
        return planes[:, row, int(self.x / self.photo.width * columns)]

    def likely(self, output: Tensor, bins: Tensor) -> list[Tensor]:
        """What a network that chooses among bins finds likely here, the likeliest first."""
        return likeliest(bins, self.of(output).float().softmax(0), self.lightness)

    def chip(self, colour: Tensor) -> Chip:
        a, b = visible(self.lightness, colour[None])[0].tolist()
        shown = css_of(self.lightness, self.vividness * colour)
        return Chip(name_of(self.lightness, a, b), rgb_of(self.lightness, colour), shown)


def chips(spot: Spot, likely: list[Tensor]) -> Chips:
    """likely: (2,) ab each, the likeliest first."""
    hues = [_CHROMA * torch.tensor(_direction(hue)) for hue in _HUES]
    photo = spot.photo
    original = None if photo.is_monochrome else photo.lab[1:, int(spot.y), int(spot.x)]
    return Chips(
        [spot.chip(colour) for colour in distinct([*likely, *hues], spot.lightness)],
        spot.chip(torch.zeros(2)),
        None if original is None else spot.chip(original),
    )


def likeliest(bins: Tensor, chances: Tensor, lightness: float) -> list[Tensor]:
    """Colours that are likely at this lightness, the likeliest first: (2,) each, not grey.

    bins: (Q, 2) in Lab units; chances: (Q,). Neighbouring bins count together, as they share what
    a network thinks of one colour.
    """
    seen = visible(lightness, bins)
    near = torch.cdist(seen, seen).div(_BLUR).square().neg().exp()
    weights = near * chances
    means = (weights @ seen) / weights.sum(1, keepdim=True).clamp(min=1e-12)
    order = weights.sum(1).argsort(descending=True)
    return [means[index] for index in order if seen[index].norm() >= _GREY]


def distinct(colours: Iterable[Tensor], lightness: float) -> list[Tensor]:
    """The first COUNT that can be told apart at this lightness; closer ones where it is needed."""
    left = list(colours)
    seen = visible(lightness, torch.stack(left))
    apart = min(_APART, 0.4 * seen.norm(dim=1).max().item())
    chosen: list[int] = []
    while len(chosen) < min(COUNT, len(left)):
        for index in range(len(left)):
            away = [(seen[index] - seen[other]).norm().item() for other in chosen]
            if index not in chosen and min(away, default=math.inf) >= apart:
                chosen.append(index)
                if len(chosen) == COUNT:
                    break
        apart /= 2
        if apart < 0.5:
            break
    return [left[index] for index in chosen]


def visible(lightness: float, ab: Tensor) -> Tensor:
    """(n, 2) as the screen can show them at this lightness."""
    planes = ab.float().T[:, None]
    rgb = lab_to_rgb(torch.full((1, 1, len(ab)), lightness), planes)
    return rgb_to_lab(rgb)[1:, 0].T


def _direction(degrees: float) -> tuple[float, float]:
    return math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
