"""Plausible pictures of the visitor's photo, and their mean, which is the browner the more."""

import html

from interface.engine import Engine, Settings, Subject
from interface.render import freshness
from interface.render.html import data_url
from interface.text import Request, number, tell

COUNTS = (1, 2, 4, 8, 16, 32, 64)
_SHOWN = 6  # of the pictures themselves


def draw_mean_pictures(
    request: Request, engine: Engine, subject: Subject, settings: Settings
) -> str:
    """A few of the pictures, and the mean of the first so many under a slider (`story.js`)."""
    found = engine.mean_pictures(subject, settings, COUNTS, _SHOWN)
    few = "".join(f'<img src="{data_url(jpeg, "jpeg")}" alt="">' for jpeg in found.pictures)
    one = number(request, found.chroma_of_one, ".0f")
    means, lines = "", []
    for place, (count, (jpeg, chroma)) in enumerate(zip(COUNTS, found.means, strict=True)):
        numbers = {"count": count, "chroma": number(request, chroma, ".0f"), "one": one}
        words = html.escape(tell(request, "mean_of_pictures", **numbers))
        lines.append(words)
        hidden = " hidden" if place else ""
        means += f'<img src="{data_url(jpeg, "jpeg")}" alt="{words}" data-words="{words}"{hidden}>'
    whose = freshness.attributes(subject.path, {}, ["mean-pictures"])
    label = html.escape(tell(request, "mean_slider"))
    return (
        f'<div class="mean-pictures"{whose}>'
        f'<div class="few" role="img" aria-label="{html.escape(tell(request, "drawn_pictures"))}">'
        f'{few}</div><div class="means">{means}</div>'
        f'<label><span>{label}</span><input type="range" min="0" max="{len(COUNTS) - 1}" value="0"'
        f' step="1"></label><p role="status">{lines[0]}</p></div>'
    )
