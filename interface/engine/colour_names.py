"""One pixel's likely colours in words: how likely brown is, how likely green, and how they look."""

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor

from colorizer.lab import lab_to_rgb

MOST = 4  # swatches
_LEAST = 0.03  # of the probability; less is not worth a swatch
_GREY = 9.0  # Lab units of chroma
# Where each colour's hues begin, in degrees of the ab plane, from red over yellow, green and blue.
_HUES = {
    -20: "red",
    40: "orange",
    72: "yellow",
    105: "green",
    170: "teal",
    215: "blue",
    300: "purple",
}
# What a hue is called where it is dark or dull, and where it is light.
_DULL = {"orange": "brown", "yellow": "olive", "red": "brown"}
_LIGHT = {"red": "pink", "purple": "pink"}


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
    colour: str  # CSS, at the pixel's own lightness


def name_of(lightness: float, a: float, b: float) -> str:
    """What people would call this colour; L in [0, 100], a and b in Lab units."""
    chroma = math.hypot(a, b)
    if chroma < _GREY:
        return "grey"
    degrees = math.degrees(math.atan2(b, a))
    degrees += 360 * (degrees < -20)
    hue = [name for start, name in _HUES.items() if degrees >= start][-1]
    if lightness > 65 and hue in _LIGHT and chroma < 55:
        return _LIGHT[hue]
    if hue in _DULL and (chroma < 26 or lightness < 45) and not (hue == "red" and chroma > 30):
        return _DULL[hue]
    return hue


def swatches(pixel: PixelColours) -> list[Swatch]:
    """The likeliest colours by name, the likeliest first; one for a network that names one."""
    if pixel.chances is not None and pixel.bins is not None:
        colours, shares = pixel.bins, pixel.chances
    else:
        colours = torch.tensor(pixel.samples or [pixel.marks["painted"]])
        shares = torch.full((len(colours),), 1 / len(colours))
    groups: dict[str, list[int]] = {}
    for index, (a, b) in enumerate(colours.tolist()):
        groups.setdefault(name_of(pixel.lightness, a, b), []).append(index)
    result = []
    for name, members in groups.items():
        weights = shares[members]
        share = weights.sum().item()
        if share >= _LEAST:
            mean = (weights[:, None] * colours[members]).sum(0) / share
            result.append(Swatch(name, share, css_of(pixel.lightness, mean)))
    return sorted(result, key=lambda swatch: -swatch.share)[:MOST]


def rgb_of(lightness: float, ab: Tensor) -> tuple[int, int, int]:
    """L in [0, 100] and (2,) ab in Lab units as 8-bit sRGB."""
    rgb = lab_to_rgb(torch.full((1, 1, 1), lightness), ab.float()[:, None, None])
    red, green, blue = rgb.flatten().tolist()
    return red, green, blue


def css_of(lightness: float, ab: Tensor) -> str:
    return "rgb({} {} {})".format(*rgb_of(lightness, ab))
