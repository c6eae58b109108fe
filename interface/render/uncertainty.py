"""The Uncertainty tab as HTML: the maps, the samples one by one, and the colours of a spot."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from colorizer.uncertainty_map import SCALES, scale_colours
from interface.engine import PixelColours, Place, Settings, Subject, Uncertainty
from interface.engine.pixel_colours import swatches
from interface.engine.uncertainty import SINGLES
from interface.render import freshness
from interface.render.ab_plane import draw as draw_plane
from interface.render.html import css, file_url, link_attribute
from interface.text import Request, describe, number, tell

NOTED = 5  # percent: what their mean lacks below that is not worth a word
_SHOWS = ["uncertainty", "uncertainty-singles"]


@dataclass(frozen=True)
class Question:
    """The photo and settings of the pictures."""

    subject: Subject
    settings: Settings

    @property
    def controls(self) -> dict[str, object]:
        """The positions of the controls, for `freshness.py`."""
        return {
            "uncertainty-of": self.settings.variant,
            "uncertainty-epoch": self.settings.epoch,
            "hints": self.subject.hints_digest,
        }


def draw_empty(key: str, name: str = "") -> str:
    """The line in place of the pictures; name: the variant that cannot give any."""
    before = f"{html.escape(name)}: " * bool(name)
    return f'<div class="empty">{before}<span data-say="{key}"></span></div>'


def draw_maps(request: Request, question: Question, uncertainty: Uncertainty, samples: int) -> str:
    """samples: as many as the slider says; `uncertainty` may still have fewer."""
    settings = uncertainty.settings
    controls = question.controls | ({"uncertainty-samples": samples} if samples > 1 else {})
    whose = freshness.attributes(question.subject.path, controls, _SHOWS)
    by = {"variant": settings.variant, "epoch": settings.epoch, "samples": samples}
    if uncertainty.part != uncertainty.parts[0]:
        by["part"] = uncertainty.part
    shared = link_attribute(tab="uncertainty", **by)
    name, scale = html.escape(describe(request, settings)), _scale(request, uncertainty)
    mean = _figure(request, uncertainty.mean, "mean_picture", name)
    if uncertainty.before is None:
        figures = mean + _figure(request, uncertainty.map, "uncertainty_map", scale)
        return f'<div class="maps"{whose}{shared}>{figures}</div>'
    before, spots = uncertainty.before, uncertainty.before.spots
    key = "with_by_hand_one" if len(spots) == 1 else "uncertainty_by_hand"
    now, then = (number(request, one.distance, ".1f") for one in (uncertainty, before))
    words = html.escape(tell(request, key, count=len(spots), now=now, before=then))
    figures = mean + _figure(request, before.map, "map_before")
    figures += _figure(request, uncertainty.map, "map_after", spots=spots)
    maps = f'<div class="maps"{whose}{shared}>{figures}</div>'
    return f'<p>{words}</p>{maps}<p class="scale">{scale}</p>'


def _scale(request: Request, uncertainty: Uncertainty) -> str:
    """The colour bar with its meaning."""
    bar = ", ".join(scale_colours())
    meaning = f"meaning_{uncertainty.part}"
    if uncertainty.part == "whole" and not uncertainty.calibrated:
        meaning += "_raw"
    most = f"{SCALES[uncertainty.part]:g}"
    here = number(request, uncertainty.distance, ".1f")
    return (
        f"{tell(request, 'sure')} "
        f'<span class="bar" style="background:linear-gradient(90deg,{bar})"></span> '
        f"{tell(request, 'unsure')}. {tell(request, meaning)} "
        f"{tell(request, 'scale', most=most, here=here)}"
    )


def _figure(
    request: Request, picture: Path, key: str, caption: str = "", spots: Sequence[Place] = ()
) -> str:
    """A picture to choose a spot of; key: of its name; caption: HTML; spots: of hints."""
    name, keys = html.escape(tell(request, key)), html.escape(tell(request, "choose_spot"))
    marks = "".join(
        f'<i class="hint-spot" style="left:{100 * x:.2f}%;top:{100 * y:.2f}%"></i>'
        for x, y in spots
    )
    return (
        f'<figure><div class="frame" tabindex="0" role="group" aria-label="{name}. {keys}">'
        f'<img src="{file_url(picture)}" alt="{name}">{marks}'
        '<i class="cross-hair" style="left:50%;top:50%"></i></div>'
        f"<figcaption><b>{name}</b>{f': {caption}' if caption else ''}</figcaption></figure>"
    )


def draw_singles(request: Request, uncertainty: Uncertainty) -> str:
    """The samples one by one."""
    if not uncertainty.singles:
        return ""
    guess, medoid = tell(request, "guess"), tell(request, "medoid")
    cells = ""
    for index, path in uncertainty.singles:
        kind, name = ("medoid", f" · {medoid}") if index == uncertainty.medoid else ("", "")
        cells += (
            f'<figure class="{kind}"><img src="{file_url(path)}" alt="{guess} {index + 1}">'
            f"<figcaption>{index + 1}{name}</figcaption></figure>"
        )
    mean, single = uncertainty.chroma
    less = round(100 * (1 - mean / max(single, 1e-6)))
    paler = tell(request, "mean_paler", percent=less) + " " if less >= NOTED else ""
    several = uncertainty.settings.samples > SINGLES
    some = tell(request, "first_shown", count=SINGLES) if several else ""
    return (
        f"<h2>{tell(request, 'one_by_one')} {some}</h2>"
        f"<p>{paler}{tell(request, 'medoid_is')}</p>"
        f'<div class="strip">{cells}</div>'
    )


def draw_spot(request: Request, question: Question, pixel: PixelColours, place: Place) -> str:
    """The colours of one spot: likely ones by name, and on the ab plane."""
    key = "spot_samples" if pixel.samples else "spot_one"
    key = "spot_bins" if pixel.chances is not None else key
    chips = "".join(
        f'<li><i style="background:{css(swatch.rgb)}"></i><b>{100 * swatch.share:.0f} %</b> '
        f"{tell(request, f'colour_{swatch.name}')}</li>"
        for swatch in (swatches(pixel) if key != "spot_one" else [])
    )
    numbers = []
    if pixel.radius:
        numbers.append(tell(request, "spot_radius", radius=f"{pixel.radius:.0f}"))
    if question.settings.samples > 1:
        deviation = number(request, pixel.deviation, ".1f")
        numbers.append(tell(request, "spot_deviation", deviation=deviation))
    # The pictures' script says which spot the cross-hair is on.
    spot = {"uncertainty": ",".join(f"{share:.4f}" for share in place)}
    controls = question.controls | spot
    whose = freshness.attributes(question.subject.path, controls, ["uncertainty-plane"])
    return (
        f"<div{whose}><h2>{tell(request, 'spot')}</h2>"
        f'<ul class="swatches">{chips}</ul><p>{tell(request, key)}</p>'
        f"<details><summary>{tell(request, 'spot_numbers')}</summary>"
        f"{draw_plane(request, pixel)}<p>{' '.join(numbers)}</p></details></div>"
    )
