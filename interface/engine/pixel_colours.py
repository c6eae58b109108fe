"""One pixel's likely colours in words: how likely brown is, how likely green, and how they look."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from colorizer.colours import RGB, names_of, on_screen

MOST = 4  # swatches
_LEAST = 0.03  # of the probability; less is not worth a swatch


@dataclass(frozen=True)
class PixelColours:
    """What is known of one pixel; colours are (a, b) in Lab units."""

    lightness: float  # in [0, 100]
    marks: dict[str, tuple[float, float]]  # "mean", "mode", "painted", "true"
    radius: float = 0.0  # of the whole uncertainty, in Lab units
    deviation: float = 0.0  # of the samples
    bins: Tensor | None = None  # (Q, 2)
    chances: Tensor | None = None  # (Q,), summing to 1
    samples: list[tuple[float, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Swatch:
    name: str  # a key of the page's words, without its `colour_`
    share: float  # of the probability, or of the samples, in (0, 1]
    rgb: RGB  # at the pixel's own lightness


def swatches(pixel: PixelColours) -> list[Swatch]:
    """The likeliest colours by name, the likeliest first; one for a network that names one."""
    if pixel.chances is not None and pixel.bins is not None:
        colours, shares = pixel.bins, pixel.chances
    else:
        colours = torch.tensor(pixel.samples or [pixel.marks["painted"]])
        shares = torch.full((len(colours),), 1 / len(colours))
    groups: dict[str, list[int]] = {}
    for index, name in enumerate(names_of(pixel.lightness, colours)):
        groups.setdefault(name, []).append(index)
    result = []
    for name, members in groups.items():
        weights = shares[members]
        share = weights.sum().item()
        if share >= _LEAST:
            a, b = ((weights[:, None] * colours[members]).sum(0) / share).tolist()
            result.append(Swatch(name, share, on_screen(pixel.lightness, (a, b))))
    return sorted(result, key=lambda swatch: -swatch.share)[:MOST]
