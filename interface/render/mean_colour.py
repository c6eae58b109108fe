"""Why the mean is brown: at one place of the visitor's photo, the likely colours and their mean."""

import html

import torch

from colorizer.colours import on_screen
from colorizer.writing import write_picture
from interface.engine import Engine, PixelColours, Place, Settings, Subject
from interface.engine.files import write_once
from interface.render import freshness
from interface.render.html import css, file_url
from interface.text import Request, describe, tell

_SHOWN = 0.005  # of the probability; what is less likely is too narrow to be seen
_FULL = 384  # of the picture's longer edge, in pixels


def draw_mean(
    request: Request,
    engine: Engine,
    subject: Subject,
    settings: Settings,
    place: Place | None = None,
) -> str:
    """place: what a visitor chose; None: the one that tells most."""
    spot = place or engine.find_brown_mean(subject, settings)
    pixel = engine.pixel(subject, settings, spot)
    file = engine.files.folder(subject.path) / "story-grayscale.jpg"

    def write() -> None:
        small = engine.photo(subject).fitted(_FULL)
        write_picture(small.grayscale, file, "The lightness of the photo.", quality=90)

    write_once(file, write)
    said = ",".join(f"{share:.4f}" for share in spot)
    whose = freshness.attributes(subject.path, {"mean-colour": said}, ["mean-colour"])
    left, top = (f"{100 * share:.2f}%" for share in spot)
    stripes, chroma = _stripes(pixel)
    mean = pixel.marks["mean"]
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
        f'style="background:{css(on_screen(pixel.lightness, mean))}"></div>'
        f"<p>{freshness.line('making_mean', html.escape(words))}</p></div>"
    )


def _stripes(pixel: PixelColours) -> tuple[str, float]:
    """The likely colours by hue, as HTML, and the mean chroma of all."""
    assert pixel.bins is not None
    assert pixel.chances is not None
    by_hue = torch.atan2(pixel.bins[:, 1], pixel.bins[:, 0]).argsort()
    likely = zip(pixel.bins[by_hue].tolist(), pixel.chances[by_hue].tolist(), strict=True)
    stripes = "".join(
        f'<i style="flex:{100 * chance:.1f};background:{css(on_screen(pixel.lightness, ab))}"></i>'
        for ab, chance in likely
        if chance >= _SHOWN
    )
    return stripes, float((pixel.bins.norm(dim=1) * pixel.chances).sum())
