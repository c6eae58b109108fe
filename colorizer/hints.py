"""Colours that a person gives for spots of a photo, and the file they are kept in.

The file is JSON: `size`, the width and height of the photo in pixels, and `hints`, a list of
objects with `x` and `y`, either `rgb` or `ab`, and optionally a `radius`, a `reach` and a `source`:

    {"size": [800, 600], "hints": [{"x": 120.5, "y": 80, "rgb": [30, 122, 60], "radius": 4}]}

`reach` says what else takes the colour: `here`, only what lies around the spot; `thing`, the thing
that the spot is on, as when nothing is said; `alike`, everything that looks the same, wherever it
is.

`source` is `network` for a colour that was drawn from a network's own distribution
(`alternatives.py`), and `person` when nothing is said.

x and y count pixels from the photo's top left corner, so that the middle of the first pixel is at
(0.5, 0.5). On a photo of the same proportions but another size, they are scaled.
"""

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Self, get_args

import torch
from torch import Tensor

from colorizer.atomic import atomic_path
from colorizer.lab import rgb_to_lab, rgb_to_lightness
from colorizer.photo import Photo

Reach = Literal["here", "thing", "alike"]
REACHES: tuple[Reach, ...] = get_args(Reach)
ChosenBy = Literal["person", "network"]
SOURCES: tuple[ChosenBy, ...] = get_args(ChosenBy)
LIMIT = 200  # hints on one photo
LARGEST = 1_000_000  # bytes of a file
_PROPORTIONS = 0.02  # by which width to height may differ from those of the photo in the file


class HintError(ValueError):
    """Hints that cannot be followed; its text is one sentence that says what to do."""


@dataclass(frozen=True)
class Hint:
    """One colour for one spot; exactly one of `ab` and `rgb` says which.

    x, y: in pixels of the photo, [0, width) and [0, height), from its top left corner; ab: in Lab
    units, [-128, 128]; rgb: whole numbers, 0 to 255, of which only hue and chroma count, as the
    photo keeps its own lightness; radius: of the spot, in pixels, 0 for a point; reach: what else
    takes the colour, one of REACHES; source: who chose the colour, one of SOURCES, which changes
    nothing but what is said of it. Raises HintError.
    """

    x: float
    y: float
    ab: tuple[float, float] | None = None
    rgb: tuple[int, int, int] | None = None
    radius: float = 0.0
    reach: Reach = "thing"
    source: ChosenBy = "person"

    def __post_init__(self) -> None:
        if (self.ab is None) == (self.rgb is None):
            raise HintError("A hint needs one colour: give either its rgb or its ab.")
        colour = self.ab if self.rgb is None else self.rgb
        if not isinstance(colour, tuple | list):
            raise HintError("The colour of a hint is a list of numbers: rgb of three, ab of two.")
        numbers = [self.x, self.y, self.radius, *colour]
        if not all(map(_is_number, numbers)) or len(colour) != (2 if self.rgb is None else 3):
            raise HintError(
                "A hint is made of numbers: x, y, a radius, and rgb of three or ab of two."
            )
        if self.reach not in REACHES:
            raise HintError("The reach of a hint is here, thing or alike.")
        if self.source not in SOURCES:
            raise HintError("The source of a hint is person or network.")
        if self.radius < 0:
            raise HintError(f"The radius of a hint is 0 or more, not {self.radius:g}.")
        if self.rgb is None:
            object.__setattr__(self, "ab", tuple(map(float, colour)))
            if any(abs(number) > 128 for number in colour):
                raise HintError("The ab of a hint lies between -128 and 128.")
        else:
            if any(number != int(number) or not 0 <= number <= 255 for number in colour):
                raise HintError("The rgb of a hint is three whole numbers from 0 to 255.")
            object.__setattr__(self, "rgb", tuple(map(int, colour)))

    @property
    def colour(self) -> tuple[float, float]:
        """ab in Lab units."""
        if self.ab is not None:
            return self.ab
        _, a, b = rgb_to_lab(torch.tensor(self.rgb, dtype=torch.uint8).view(3, 1, 1)).flatten()
        return a.item(), b.item()

    def at_scale(self, across: float, down: float) -> Self:
        """The same hint on a photo that is this many times as wide and as high."""
        radius = self.radius * math.sqrt(across * down)
        return replace(self, x=self.x * across, y=self.y * down, radius=radius)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def check(hints: Sequence[Hint], photo: Photo) -> None:
    """Raises HintError for too many hints, and for one that lies outside the photo."""
    if len(hints) > LIMIT:
        raise HintError(f"A photo takes at most {LIMIT} hints, not {len(hints)}; leave some out.")
    for hint in hints:
        if not (0 <= hint.x < photo.width and 0 <= hint.y < photo.height):
            raise HintError(
                f"A hint at ({hint.x:g}, {hint.y:g}) lies outside the photo, which is "
                f"{photo.width} x {photo.height} pixels; move it inside."
            )


def moved(hints: Sequence[Hint], left: float, top: float, photo: Photo) -> list[Hint]:
    """The hints that lie in a piece of their photo, whose corner is at (left, top)."""
    found = (replace(hint, x=hint.x - left, y=hint.y - top) for hint in hints)
    return [hint for hint in found if 0 <= hint.x < photo.width and 0 <= hint.y < photo.height]


def counted(hints: Sequence[Hint]) -> str:
    """What the note of a picture says of its hints: "1 colour by hand, 3 drawn"."""
    drawn = sum(hint.source == "network" for hint in hints)
    told = len(hints) - drawn
    words = [f"{told} colour{'s' if told > 1 else ''} by hand"] if told else []
    if drawn:
        words.append(
            f"{drawn} drawn" if told else f"{drawn} colour{'s' if drawn > 1 else ''} drawn"
        )
    return ", ".join(words)


def as_json(hints: Sequence[Hint], photo: Photo) -> str:
    """The content of a file of hints."""
    size = [photo.width, photo.height]
    return json.dumps({"size": size, "hints": [_as_fields(hint) for hint in hints]}, indent=1)


def _as_fields(hint: Hint) -> dict[str, Any]:
    fields = {name: value for name, value in vars(hint).items() if value is not None}
    if hint.reach == Hint.reach:  # so that a file without others reads as it did before there were
        del fields["reach"]
    if hint.source == Hint.source:
        del fields["source"]
    return fields


def from_json(text: str | bytes, photo: Photo) -> list[Hint]:
    """Hints for this photo, from the content of a file.

    Raises HintError for any other content, for a photo of other proportions, and as `check` does.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise HintError("These hints cannot be read; they have to be a file of JSON.") from None
    if not isinstance(content, dict) or content.keys() != {"size", "hints"}:
        raise HintError("A file of hints holds size and hints, each once, and nothing else.")
    size, listed = content["size"], content["hints"]
    if (
        not isinstance(size, list)
        or len(size) != 2
        or not all(_is_number(s) and s > 0 for s in size)
    ):
        raise HintError("The size in a file of hints is the photo's width and height in pixels.")
    if not isinstance(listed, list):
        raise HintError("The hints in a file of hints are a list.")
    if len(listed) > LIMIT:
        raise HintError(f"A photo takes at most {LIMIT} hints, not {len(listed)}; leave some out.")
    across, down = photo.width / size[0], photo.height / size[1]
    # Small pictures may be off by a pixel of rounding more.
    if abs(across / down - 1) > _PROPORTIONS + 1 / min(photo.width, photo.height):
        raise HintError(
            f"These hints are for a photo of {size[0]:g} x {size[1]:g} pixels, and this one, "
            f"{photo.width} x {photo.height}, has other proportions."
        )
    hints = [_from_fields(fields).at_scale(across, down) for fields in listed]
    check(hints, photo)
    return hints


def _from_fields(fields: Any) -> Hint:
    known = {"x", "y", "ab", "rgb", "radius", "reach", "source"}
    if not isinstance(fields, dict) or not {"x", "y"} <= fields.keys() <= known:
        raise HintError(
            "A hint has x and y, rgb or ab, and perhaps a radius, a reach and a source, "
            "nothing else."
        )
    return Hint(**fields)


def read_hints(path: str | os.PathLike, photo: Photo) -> list[Hint]:
    """From a file; raises HintError as `from_json` does, and for a file that cannot be read."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError:
        raise HintError(f"There are no hints to read at {path}; check the path.") from None
    if len(content) > LARGEST:
        raise HintError(f"{path} is too large for a file of hints; give another.")
    return from_json(content, photo)


def write_hints(path: str | os.PathLike, hints: Sequence[Hint], photo: Photo) -> None:
    """Raises OSError if the file cannot be written."""
    with atomic_path(path) as temporary:
        temporary.write_text(as_json(hints, photo))


def as_cells(hints: Sequence[Hint], photo: Photo, size: tuple[int, int], unit: float) -> Tensor:
    """The input of a network that takes hints: see `unet.pooled`.

    size: rows and columns of its grid; unit: of its ab, in Lab units. Returns (1, 3, *size). Each
    hint fills the cells whose centres lie in its spot, and the cell it lies in; a cell with several
    hints gets their mean.
    """
    rows, columns = size
    high, wide = photo.height / rows, photo.width / columns  # of a cell, in pixels of the photo
    place = torch.tensor([[hint.y, hint.x, hint.radius] for hint in hints])
    down, across, radius = place[:, :, None, None].unbind(1)
    y = ((torch.arange(rows) + 0.5) * high)[:, None]
    x = (torch.arange(columns) + 0.5) * wide
    spots = (y - down).square() + (x - across).square() <= radius.square()
    own = [int(hint.y / high) for hint in hints], [int(hint.x / wide) for hint in hints]
    spots[range(len(hints)), *own] = True
    colours = torch.tensor([[*hint.colour, unit] for hint in hints]) / unit
    cells = torch.einsum("nc,nhw->chw", colours, spots.float())
    return (cells / cells[2:].clamp(min=1))[None]


def lightness_at(hints: Sequence[Hint], photo: Photo) -> Tensor:
    """(n,) in [0, 100]: the photo's mean lightness in the square around each hint's spot."""
    squares = []
    for hint in hints:
        top, bottom = (int(hint.y + side * hint.radius) for side in (-1, 1))
        left, right = (int(hint.x + side * hint.radius) for side in (-1, 1))
        square = photo.rgb[max(top, 0) : bottom + 1, max(left, 0) : right + 1]
        squares.append(torch.from_numpy(square).reshape(-1, 3))
    lightness = rgb_to_lightness(torch.cat(squares).T[:, None]).flatten()
    return torch.stack([part.mean() for part in lightness.split([len(s) for s in squares])])
