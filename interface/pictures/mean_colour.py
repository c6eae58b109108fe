"""Why the mean is brown, shown at one place of the visitor's own photo.

A network that chooses among bins says how likely each colour is there. Side by side: the photo with
the place marked, these colours, as wide as they are likely, and their mean.
"""

import html
from pathlib import Path

import gradio as gr
import torch
from torch.nn import functional as F

from colorizer import metrics
from colorizer.writing import write_picture
from interface import answers
from interface.engine.checkpoints import Checkpoints
from interface.engine.colour_names import css_of
from interface.engine.engine import Service
from interface.engine.settings import Settings
from interface.engine.uncertainty import pixel
from interface.parts import file_url
from interface.pictures.ab_plane import PixelColours
from interface.text import describe, tell

_LIGHTNESS = (30.0, 80.0)  # darker and lighter pixels have next to no colour in sRGB
_SHOWN = 0.005  # of the probability; what is less likely is too narrow to be seen
_FULL = 384  # of the picture's longer edge, in pixels
Place = tuple[float, float]  # shares of width and height


def chooser(checkpoints: Checkpoints) -> Settings | None:
    """A network that says how likely each colour is: the best one, or else the last."""
    best = checkpoints.best.variant
    able = [v for v in [*checkpoints.variants, best] if v and checkpoints.has_temperature(v)]
    return Settings(able[-1], checkpoints.epochs(able[-1])[-1]) if able else None


def telling_place(service: Service, path: Path, settings: Settings) -> Place:
    """Where a brown mean loses most of the colour that the possible ones have.

    Where no place has a brown mean, any mean will do.
    """
    with service.lock:
        photo = service.predictions.photo(path)
        network = service.checkpoints.colorizer(settings.variant, settings.epoch).network
        bins = network.get_buffer("bins")
        likely = service.predictions.output(path, settings).softmax(0)
    mean = torch.einsum("qhw,qc->chw", likely, bins)
    lost = torch.einsum("qhw,q->hw", likely, bins.norm(dim=1)) - mean.norm(dim=0)
    lightness = F.interpolate(photo.small.lab[None, :1], [*lost.shape], mode="area")[0, 0]
    low, high = _LIGHTNESS
    middle = (lightness > low) & (lightness < high)
    hue = torch.rad2deg(torch.atan2(mean[1], mean[0])) % 360
    brown = (hue >= metrics.SEPIA_SECTOR[0]) & (hue <= metrics.SEPIA_SECTOR[1])
    rank = lost - 1000.0 * ~middle - 500.0 * ~brown
    row, column = divmod(int(rank.argmax()), lost.shape[1])
    return (column + 0.5) / lost.shape[1], (row + 0.5) / lost.shape[0]


def draw_mean(
    request: gr.Request | None, service: Service, path: Path, settings: Settings,
    place: Place | None = None,
) -> str:  # fmt: skip
    """place: what a visitor chose; None: the one that tells most."""
    spot = place or telling_place(service, path, settings)
    found = pixel(service, path, settings, spot)
    file = service.files.folder(path) / "story-grayscale.jpg"
    if not file.exists():
        small = service.predictions.photo(path).fitted(_FULL)
        write_picture(small.grayscale, file, "The lightness of the photo.", quality=90)
    said = ",".join(f"{share:.4f}" for share in spot)
    whose = answers.attributes(path, {"mean-colour": said}, ["mean-colour"])
    left, top = (f"{100 * share:.2f}%" for share in spot)
    stripes, chroma = _stripes(found)
    mean = found.marks["mean"]
    network = describe(request, settings)
    numbers = {"chroma": f"{chroma:.0f}", "mean": f"{torch.tensor(mean).norm():.0f}"}
    words = tell(request, "mean_words", network=network, **numbers)
    label = f"{tell(request, 'mean_place')} {tell(request, 'choose_spot')}"
    return (
        f'<div class="mean-colour"{whose} data-spot="{said}"'
        f'{"" if place else " data-proposed"}><figure class="frame" tabindex="0" role="group" '
        f'aria-label="{html.escape(label)}"><img src="{file_url(file)}" alt="">'
        f'<i class="cross-hair" style="left:{left};top:{top}"></i></figure>'
        f'<div class="stripes" role="img" aria-label="{html.escape(tell(request, "mean_colours"))}"'
        f'>{stripes}</div><span class="arrow" aria-hidden="true">→</span><div class="mean" '
        f'role="img" aria-label="{html.escape(tell(request, "mean_mean"))}" '
        f'style="background:{css_of(found.lightness, torch.tensor(mean))}"></div>'
        f"<p>{answers.line('making_mean', html.escape(words))}</p></div>"
    )


def _stripes(found: PixelColours) -> tuple[str, float]:
    """The likely colours as HTML, and the chroma that all possible ones have on average.

    By hue, so that the eye finds the colours that pull in opposite directions.
    """
    assert found.bins is not None
    assert found.chances is not None
    by_hue = torch.atan2(found.bins[:, 1], found.bins[:, 0]).argsort()
    stripes = "".join(
        f'<i style="flex:{100 * chance:.1f};background:{css_of(found.lightness, ab)}"></i>'
        for ab, chance in zip(found.bins[by_hue], found.chances[by_hue].tolist(), strict=True)
        if chance >= _SHOWN
    )
    return stripes, float((found.bins.norm(dim=1) * found.chances).sum())
