"""The Uncertainty tab as HTML: the maps, the samples one by one, and the colours of a spot."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from colorizer.uncertainty_map import SCALES, scale_colours
from interface.engine import PixelColours, Place, Settings, Subject, Uncertainty
from interface.engine.pixel_colours import Swatch, swatches
from interface.engine.uncertainty import SINGLES
from interface.render import freshness
from interface.render.ab_plane import draw as draw_plane
from interface.render.html import css, file_url, link_attribute
from interface.text import Request, describe, number, tell

STRENGTH = 60  # percent: how much the map hides of the picture at first
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


def draw_empty(key: str, name: str = "", waiting: bool = False) -> str:
    """The line in place of the pictures; name: the variant that cannot give any.

    waiting: whether they are asked for as soon as the line is in sight.
    """
    before = f"{html.escape(name)}: " * bool(name)
    kind = "empty waiting" if waiting else "empty"
    return f'<div class="{kind}">{before}<span data-say="{key}"></span></div>'


def draw_maps(request: Request, question: Question, uncertainty: Uncertainty, samples: int) -> str:
    """The map over the picture. samples: as the slider says; `uncertainty` may have fewer yet."""
    settings = uncertainty.settings
    controls = question.controls | ({"uncertainty-samples": samples} if samples > 1 else {})
    whose = freshness.attributes(question.subject.path, controls, _SHOWS)
    by = {"variant": settings.variant, "epoch": settings.epoch, "samples": samples}
    if uncertainty.part != uncertainty.parts[0]:
        by["part"] = uncertainty.part
    shared = link_attribute(tab="uncertainty", **by)
    words, figures = _figures(request, uncertainty)
    name = html.escape(describe(request, settings))
    return (
        f'{words}<div class="maps"{whose}{shared}>{figures}</div>{_strength(request)}'
        f"{_scale(request, uncertainty)}<p>{name}</p></details>"
    )


def _figures(request: Request, uncertainty: Uncertainty) -> tuple[str, str]:
    """What hints have changed, in words, and the map; with hints, those before and after them."""
    painted, before = uncertainty.mean, uncertainty.before
    if before is None:
        return "", _figure(request, painted, uncertainty.map, "uncertainty_map")
    key = "with_by_hand_one" if len(before.spots) == 1 else "with_by_hand"
    now, then = (number(request, one.distance, ".1f") for one in (uncertainty, before))
    words = html.escape(tell(request, key, count=len(before.spots), now=now, before=then))
    figures = _figure(request, painted, before.map, "map_before")
    figures += _figure(request, painted, uncertainty.map, "map_after", before.spots)
    return f'<p class="by-hand">{words}</p>', figures


def _figure(
    request: Request, painted: Path, over: Path, key: str, spots: Sequence[Place] = ()
) -> str:
    """A picture below its map, to choose a spot of; key: of its name; spots: of hints."""
    name, keys = html.escape(tell(request, key)), html.escape(tell(request, "choose_spot"))
    marks = "".join(
        f'<i class="hint-spot" style="left:{100 * x:.2f}%;top:{100 * y:.2f}%"></i>'
        for x, y in spots
    )
    colours = html.escape(tell(request, "mean_picture"))
    caption = f"<figcaption><b>{name}</b></figcaption>" if key != "uncertainty_map" else ""
    return (
        f'<figure><div class="frame" tabindex="0" role="group" aria-label="{name}. {keys}">'
        f'<img src="{file_url(painted)}" alt="{colours}" draggable="false">'
        f'<img class="over" src="{file_url(over)}" alt="{name}" draggable="false">{marks}'
        f'<i class="cross-hair" style="left:50%;top:50%"></i></div>{caption}</figure>'
    )


def _strength(request: Request) -> str:
    """The slider of the map's strength, which the page's script follows."""
    ends = (html.escape(tell(request, key)) for key in ("mean_picture", "uncertainty_map"))
    colours, covers = ends
    return (
        f'<label class="strength"><span>{colours}</span>'
        f'<input type="range" min="0" max="100" value="{STRENGTH}" '
        f'aria-label="{html.escape(tell(request, "strength"))}"><span>{covers}</span></label>'
    )


def _scale(request: Request, uncertainty: Uncertainty) -> str:
    """The colour bar with its meaning; the details are left open for more of them."""
    bar = ", ".join(scale_colours())
    meaning = f"meaning_{uncertainty.part}"
    if uncertainty.part == "whole" and not uncertainty.calibrated:
        meaning += "_raw"
    most = f"{SCALES[uncertainty.part]:g}"
    here = number(request, uncertainty.distance, ".1f")
    return (
        f'<p class="scale">{tell(request, "sure")} '
        f'<span class="bar" style="background:linear-gradient(90deg,{bar})"></span> '
        f"{tell(request, 'unsure')}. {tell(request, f'shows_{uncertainty.part}')}</p>"
        f'<details class="measured"><summary>{tell(request, "map_measured")}</summary>'
        f"<p>{tell(request, meaning)} {tell(request, 'scale', most=most, here=here)}</p>"
    )


def draw_contrasts(
    request: Request, question: Question, part: str, pictures: Sequence[Path]
) -> str:
    """The pictures that differ most; part: what of the uncertainty they show."""
    if not pictures:
        return ""
    whose = freshness.attributes(
        question.subject.path, question.controls, ["uncertainty-contrasts"]
    )
    name = html.escape(tell(request, f"contrasts_{part}"))
    images = "".join(
        f'<img src="{file_url(path)}" alt="{name} {number}">'
        for number, path in enumerate(pictures, 1)
    )
    words = html.escape(tell(request, f"contrasts_{part}_are"))
    return f'<div{whose}><h2>{name}</h2><div class="three">{images}</div><p>{words}</p></div>'


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
        f'<details class="singles"><summary>{tell(request, "one_by_one")} {some}</summary>'
        f"<p>{paler}{tell(request, 'medoid_is')}</p>"
        f'<div class="strip">{cells}</div></details>'
    )


def draw_spot(request: Request, question: Question, pixel: PixelColours, place: Place) -> str:
    """The colours of one spot: likely ones by name, and on the ab plane."""
    key = "spot_samples" if pixel.samples else "spot_one"
    key = "spot_bins" if pixel.chances is not None else key
    likely = swatches(pixel) if key != "spot_one" else []
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
        f"{_likely(request, likely)}<p>{tell(request, key)}</p>"
        f'<details class="numbers"><summary>{tell(request, "spot_numbers")}</summary>'
        f"{draw_plane(request, pixel)}<p>{' '.join(numbers)}</p></details></div>"
    )


def _likely(request: Request, colours: Sequence[Swatch]) -> str:
    """A bar of the likely colours, each as wide as it is likely, and its key."""
    if not colours:
        return ""
    rest = max(1 - sum(swatch.share for swatch in colours), 0.0)
    parts = "".join(
        f'<i style="flex-grow:{swatch.share:.3f};background:{css(swatch.rgb)}"></i>'
        for swatch in colours
    )
    chips = "".join(
        f'<li><i style="background:{css(swatch.rgb)}"></i><b>{100 * swatch.share:.0f} %</b> '
        f"{tell(request, f'colour_{swatch.name}')}</li>"
        for swatch in colours
    )
    others = f'<i class="rest" style="flex-grow:{rest:.3f}"></i>' if rest > 0.005 else ""
    if others:
        chips += f'<li><i class="rest"></i><b>{100 * rest:.0f} %</b> {tell(request, "others")}</li>'
    return (
        f'<div class="likely" aria-hidden="true">{parts}{others}</div>'
        f'<ul class="swatches">{chips}</ul>'
    )
