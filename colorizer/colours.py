"""What colours are called, and the plain ones that a person may want for a spot.

The photo keeps its own lightness, so a colour is ab, and each is judged as the screen shows it at
the spot's lightness: red on a bright spot is pink, and white, grey and black are one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

from colorizer.lab import lab_to_rgb, rgb_to_lab

APART = 20  # of 255, in one channel or another, between two colours that differ on the screen
_SKIN_APART = 6  # the same between two tones of skin
SHOWN = 24  # of 255: hues differ so much from grey, in the mean, where a spot shows its colour

# Of sRGB, the colours that best deserve their names; others are called after the nearest.
NAMES = {
    "white": "ffffff fafafa",
    "light_grey": "cccccc dcdcdc",
    "grey": "808080 a0a0a0 686868",
    "dark_grey": "404040",
    "black": "000000 141414 202020",
    "pink": "f4a6b8 f0c4cc e87898",
    "red": "d02020 b83030 e04848",
    "dark_red": "7a1418 501010",
    "orange": "f08020 e06020 f4a040",
    "peach": "f8c8a0 f0b090",
    "light_brown": "b08050 c09868",
    "brown": "804818 8a5a34 6e4a30",
    "dark_brown": "402818 382018",
    "beige": "e0d0b0 d0bc98 e8dcc8",
    "yellow": "f0d820 e8c030 fff040",
    "pale_yellow": "f8f0a0 fff8c8",
    "olive": "706828 888040 a09030",
    "green": "30a030 508840 60c050",
    "pale_green": "b0e0b0 c8e8c0 a8c8a0",
    "dark_green": "184818 284020",
    "teal": "208080 30a0a0",
    "pale_teal": "80d0c8 b0e4e0",
    "dark_teal": "104848",
    "blue": "2858c8 3070b0 4080e0 6088b0",
    "pale_blue": "b0cce8 90b8e8 c8d8e8",
    "dark_blue": "182858 101840 203048",
    "purple": "7838a8 9050c0 705080",
    "pale_purple": "c8b0e0 d8c8e8",
    "dark_purple": "381858 301830",
    "magenta": "d030a0 b02080",
}

# ab in Lab units; the spot's lightness does the rest. Skin from fair to deep.
_SKIN = {
    "skin_1": (8.0, 9.0),
    "skin_2": (13.0, 13.0),
    "skin_3": (9.0, 18.0),
    "skin_4": (14.0, 21.0),
    "skin_5": (13.0, 28.0),
    "skin_6": (20.0, 29.0),
}
_HUES = {
    "red": (63.0, 45.0),
    "orange": (40.0, 62.0),
    "yellow": (0.0, 80.0),
    "green": (-48.0, 42.0),
    "blue": (0.0, -46.0),
    "purple": (45.0, -46.0),
    "brown": (20.0, 34.0),
}


RGB = tuple[int, int, int]  # of the screen, 0 to 255


@dataclass(frozen=True)
class Colour:
    """name: one of NAMES, as the spot will look, or skin_1 to skin_6; ab: in Lab units, for a hint;
    rgb: as the screen shows it at the spot's lightness, 0 to 255.
    """

    name: str
    ab: tuple[float, float]
    rgb: RGB


def name_of(lightness: float, a: float, b: float) -> str:
    """What people would call this colour, one of NAMES: the nearest by CIEDE2000.

    lightness: in [0, 100]; a, b: in Lab units.
    """
    return names_of(lightness, torch.tensor([[a, b]]))[0]


def names_of(lightness: float, ab: Tensor) -> list[str]:
    """The same of many colours, (n, 2), of one lightness."""
    from skimage.color import deltaE_ciede2000  # needs scipy, which takes a while to import

    names, examples = _examples()
    colours = torch.cat([torch.full((len(ab), 1), lightness), ab.float()], 1)
    apart = deltaE_ciede2000(examples[:, None].numpy(), colours[None].numpy())
    return [names[index] for index in apart.argmin(0)]


@cache
def _examples() -> tuple[list[str], Tensor]:
    """The name of each example, and Lab, (n, 3)."""
    pairs = [(name, code) for name, codes in NAMES.items() for code in codes.split()]
    return [name for name, _ in pairs], torch.stack([_lab(code) for _, code in pairs])


def _lab(code: str) -> Tensor:
    """(3,) Lab of six hexadecimal digits."""
    return rgb_to_lab(torch.tensor([*bytes.fromhex(code)], dtype=torch.uint8).view(3, 1, 1)).view(3)


def on_screen(lightness: float, ab: tuple[float, float]) -> RGB:
    """sRGB, 0 to 255, of ab at this lightness, with less chroma where the gamut ends."""
    plane = torch.full((1, 1, 1), lightness), torch.tensor(ab)[:, None, None]
    red, green, blue = lab_to_rgb(*plane).flatten().tolist()
    return red, green, blue


def plain_colours(lightness: float) -> list[Colour]:
    """Those that a person may want for a spot of this lightness, in [0, 100]: none (white, grey or
    black), skin from fair to deep, the hues and brown. Twins are left out.
    """
    grey, *hues = [
        Colour(name_of(lightness, *_seen(rgb)), ab, rgb)
        for ab in [(0.0, 0.0), *_HUES.values()]
        if (rgb := on_screen(lightness, ab))
    ]
    skin = [Colour(name, ab, on_screen(lightness, ab)) for name, ab in _SKIN.items()]
    tones = distinct([grey, *skin], _SKIN_APART)
    return tones + distinct([grey, *hues], APART)[1:]


def _seen(rgb: RGB) -> list[float]:
    """ab in Lab units, of what the screen shows."""
    return rgb_to_lab(torch.tensor(rgb, dtype=torch.uint8).view(3, 1, 1)).flatten().tolist()[1:]


def distinct(colours: Iterable[Colour], apart: int) -> list[Colour]:
    """Without those that have the name of one before, or look like it on the screen.

    apart: of 255, in one channel or another, between two that do not look alike.
    """
    kept: list[Colour] = []
    for colour in colours:
        if all(
            colour.name != other.name and _difference(colour.rgb, other.rgb) >= apart
            for other in kept
        ):
            kept.append(colour)
    return kept


def _difference(rgb: RGB, other: RGB) -> int:
    return max(abs(x - y) for x, y in zip(rgb, other, strict=True))


def shows_colour(lightness: float) -> bool:
    """Whether a spot of this lightness, in [0, 100], is neither so dark nor so bright that hardly
    any colour shows on it.
    """
    grey = on_screen(lightness, (0.0, 0.0))
    differences = [_difference(on_screen(lightness, ab), grey) for ab in _HUES.values()]
    return sum(differences) / len(differences) >= SHOWN
