"""Why the mean is brown, shown at one place of the visitor's own photo.

A network that chooses among bins says how likely each colour is there. Side by side: the photo with
the place marked, these colours, as wide as they are likely, and their mean.
"""

import html
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from colorizer.lab import lab_to_rgb
from colorizer.writing import write_picture
from interface.parts import file_url
from interface.service import Service
from interface.settings import Settings

_LIGHTNESS = (30.0, 80.0)  # darker and lighter pixels have next to no colour in sRGB
_SHOWN = 24  # colours at most
_GREY, _FULL = "grayscale-small.jpg", 320


@dataclass(frozen=True)
class MeanColour:
    """Of one pixel. colours: (n, 2) ab and chances: (n,), the likeliest of the bins."""

    place: tuple[float, float]  # shares of width and height
    lightness: float
    colours: Tensor
    chances: Tensor
    mean: Tensor  # (2,) of all bins, not only of those shown

    @property
    def chroma(self) -> float:
        """What the colours have on average, in Lab units."""
        return float((self.colours.norm(dim=1) * self.chances).sum() / self.chances.sum())


def find(service: Service, path: Path, settings: Settings) -> MeanColour | None:
    """The pixel that loses most chroma by the mean; None for a network that does not choose."""
    with service.lock:
        photo = service.predictions.photo(path)
        sampler = service.predictions.drawn(path, settings)
        if not sampler.network.chooses:
            return None
        bins = sampler.network.get_buffer("bins")
        likely = sampler.summary(1).output.softmax(0)
    mean = torch.einsum("qhw,qc->chw", likely, bins)
    lost = torch.einsum("qhw,q->hw", likely, bins.norm(dim=1)) - mean.norm(dim=0)
    lightness = F.interpolate(photo.small.lab[None, :1], [*lost.shape], mode="area")[0, 0]
    low, high = _LIGHTNESS
    middle = (lightness > low) & (lightness < high)
    lost = torch.where(middle, lost, lost - 1000)
    row, column = divmod(int(lost.argmax()), lost.shape[1])
    here = likely[:, row, column]
    order = here.argsort(descending=True)[:_SHOWN]
    place = ((column + 0.5) / lost.shape[1], (row + 0.5) / lost.shape[0])
    return MeanColour(
        place, lightness[row, column].item(), bins[order], here[order], mean[:, row, column]
    )


def draw(service: Service, path: Path, found: MeanColour) -> str:
    file = service.files.folder(path) / _GREY
    if not file.exists():
        small = service.predictions.photo(path).fitted(_FULL)
        write_picture(small.grayscale, file, "The lightness of the photo.", quality=90)
    # By hue, so that the eye finds the colours that pull in opposite directions.
    order = torch.atan2(found.colours[:, 1], found.colours[:, 0]).argsort()
    stripes = "".join(
        f'<i style="flex:{100 * chance:.2f};background:{_css(found.lightness, ab)}"></i>'
        for chance, ab in zip(
            found.chances[order].tolist(), found.colours[order].unbind(), strict=True
        )
    )
    left, top = (f"{100 * share:.1f}%" for share in found.place)
    mean = float(found.mean.norm())
    words = (
        f"Each colour is as wide as it is likely at the marked place, with a chroma of "
        f"{found.chroma:.0f} on average. The chroma of their mean is {mean:.0f}."
    )
    return (
        f'<div class="mean-colour"><figure class="spot"><img src="{file_url(file)}" alt="">'
        f'<span style="left:{left};top:{top}"></span></figure>'
        f'<div class="stripes" role="img" aria-label="Colours that this place may have">{stripes}'
        f'</div><span class="arrow" aria-hidden="true">→</span><div class="mean" role="img" '
        f'aria-label="Their mean" style="background:{_css(found.lightness, found.mean)}"></div>'
        f"<p>{html.escape(words)}</p></div>"
    )


def _css(lightness: float, ab: Tensor) -> str:
    rgb = lab_to_rgb(torch.full((1, 1, 1), lightness), ab.float().reshape(2, 1, 1)).flatten()
    return "rgb({},{},{})".format(*rgb.tolist())
