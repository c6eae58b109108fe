"""The colours offered for one spot: those the network finds likeliest there, and plain ones.

Each is shown at the photo's own lightness, so that a chip looks as the spot will.
"""

import functools
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import torch
from PIL import Image
from torch import Tensor

from colorizer import Hint, Photo
from colorizer.colours import (
    APART,
    RGB,
    Colour,
    distinct,
    name_of,
    on_screen,
    plain_colours,
    shows_colour,
)
from colorizer.hints import Reach, lightness_at
from colorizer.lab import lab_to_rgb, rgb_to_lab

COUNT = 5  # likely ones
_GREY = 8.0  # Lab units of chroma; what is paler is offered as plain grey
_BLUR = 10.0  # Lab units over which neighbouring bins count together
_SPOT = 0.004  # radius of what is looked at, in the photo's short side
_VEIL, _LINE = 100, 230  # of 255, the opacity of what covers all else, and of the line around


@dataclass(frozen=True)
class Chip:
    name: str  # of `colours.NAMES`; after `vivid_` beside a likely one of that name
    rgb: RGB  # of the hint
    shown: RGB  # as the spot will look


@dataclass(frozen=True)
class Chips:
    likely: list[Chip]  # the likeliest first, 1 to COUNT of them
    skin: list[Chip]  # from fair to deep
    plain: list[Chip]  # white, grey or black, and hues, but for those that look like a likely one
    original: Chip | None  # None for a black-and-white photo
    shows: bool  # whether colours show on the spot at all
    dark: bool  # rather than bright


@dataclass(frozen=True)
class Spot:
    """place: shares of the photo's width and height; vividness: factor on what will be painted."""

    photo: Photo
    place: tuple[float, float]
    vividness: float

    def hint(self, reach: Reach = Hint.reach) -> Hint:
        """Of no colour yet."""
        x, y = self.place
        radius = _SPOT * min(self.photo.width, self.photo.height)
        return Hint(
            x * self.photo.width, y * self.photo.height, ab=(0, 0), radius=radius, reach=reach
        )

    @functools.cached_property
    def lightness(self) -> float:
        return lightness_at([self.hint()], self.photo).item()

    def of(self, planes: Tensor) -> Tensor:
        """(c, h, w) of any size: (c,) of this spot."""
        x, y = self.place
        rows, columns = planes.shape[-2:]
        return planes[:, int(y * rows), int(x * columns)]

    def likely(self, output: Tensor, bins: Tensor) -> list[Tensor]:
        """What a network that chooses among bins finds likely here, the likeliest first."""
        return likeliest(bins, self.of(output).float().softmax(0), self.lightness)

    def colour(self, ab: Tensor) -> Colour:
        """ab: (2,) in Lab units."""
        a, b = visible(self.lightness, ab[None])[0].tolist()
        return Colour(name_of(self.lightness, a, b), (a, b), on_screen(self.lightness, (a, b)))

    def chip(self, colour: Colour) -> Chip:
        a, b = (self.vividness * part for part in colour.ab)
        return Chip(colour.name, colour.rgb, on_screen(self.lightness, (a, b)))


def chips(spot: Spot, likely: Iterable[Tensor]) -> Chips:
    """likely: (2,) ab each, the likeliest first."""
    grey, *others = plain_colours(spot.lightness)
    skin = [colour for colour in others if colour.name.startswith("skin")]
    hues = [colour for colour in others if colour not in skin]
    first = first_distinct([grey], map(spot.colour, likely), COUNT) or [grey]
    likely_names = {colour.name for colour in first}
    hues = [
        replace(hue, name=f"vivid_{hue.name}") if hue.name in likely_names else hue for hue in hues
    ]
    plain = distinct([*first, grey, *hues], APART)[len(first) :]
    photo = spot.photo
    return Chips(
        [*map(spot.chip, first)],
        [*map(spot.chip, skin)],
        [*map(spot.chip, plain)],
        None if photo.is_monochrome else spot.chip(spot.colour(spot.of(photo.lab[1:]))),
        shows_colour(spot.lightness),
        spot.lightness < 50,
    )


def first_distinct(apart_from: list[Colour], colours: Iterable[Colour], count: int) -> list[Colour]:
    """The first that have names of their own and can be told apart, as many as `count`.

    apart_from: those they have to differ from as well.
    """
    found = [*apart_from]
    for colour in colours:
        if len(found) == len(apart_from) + count:
            break
        found = distinct([*found, colour], APART)
    return found[len(apart_from) :]


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


def visible(lightness: float, ab: Tensor) -> Tensor:
    """(n, 2) as the screen can show them at this lightness."""
    planes = ab.float().T[:, None]
    rgb = lab_to_rgb(torch.full((1, 1, len(ab)), lightness), planes)
    return rgb_to_lab(rgb)[1:, 0].T


def shown_on(photo: Photo, hints: Sequence[Hint]) -> list[RGB]:
    """How the colours of hints look at the photo's own lightness."""
    if not hints:
        return []
    lightness = lightness_at(hints, photo).tolist()
    return [on_screen(*pair) for pair in zip(lightness, (h.colour for h in hints), strict=True)]


def veil(share: Tensor) -> bytes:
    """A PNG of what covers all that would not follow a colour, with a line around what would.

    share: (H, W) in [0, 1], of what the colour asks for that each pixel takes.
    """
    follows = share >= 0.5
    edge = torch.zeros_like(follows)
    edge[:, 1:] |= follows[:, 1:] != follows[:, :-1]
    edge[1:] |= follows[1:] != follows[:-1]
    steps = (16 * (1 - share)).round() / 16  # hardly to be seen, and a file of half the size
    opacity = torch.where(edge, float(_LINE), _VEIL * steps)
    planes = torch.stack([255.0 * edge, opacity], -1).round().byte().numpy()
    file = io.BytesIO()
    Image.fromarray(planes).save(file, "PNG")
    return file.getvalue()
