"""The third tab: what the network does not know, and which colours it thinks possible."""

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr

from interface.engine import share_link as link
from interface.engine.cancellation import Runs
from interface.engine.checkpoints import Checkpoints
from interface.engine.colour_names import PixelColours, swatches
from interface.engine.engine import Engine
from interface.engine.errors import EXPECTED_ERRORS, UserError
from interface.engine.settings import MAX_SAMPLES, Settings
from interface.engine.subject import Subject
from interface.engine.uncertainty import SINGLES, Uncertainty
from interface.engine.uncertainty_map import SCALES, scale_colours
from interface.render import freshness as answers
from interface.render.ab_plane import draw
from interface.render.html import (
    QUIET,
    Updates,
    add_endpoint,
    file_url,
    hints_input,
    picture_input,
    settings_inputs,
    words,
)
from interface.tabs.colorize import Colorize
from interface.text import describe, explain, number, say, tell
from interface.widgets.uploads import hints_of, uploaded

_SHOWS = ["uncertainty", "uncertainty-singles"]


@dataclass(frozen=True)
class Sampled:
    """What the pictures show."""

    subject: Subject
    settings: Settings


Shown = Sampled | None


def build(engine: Engine, first: Colorize, tab: gr.Tab) -> link.Restore:
    """Draws the tab inside the surrounding Blocks.

    first: the first tab, whose photo and colours by hand are sampled, and whose variant and epoch
    this one follows until something else is chosen here; tab: this one.
    """
    photo, wanted = first.photo, first.wanted
    checkpoints = engine.checkpoints
    opening = checkpoints.best.variant
    epochs = checkpoints.epochs(opening)
    default = replace(checkpoints.best, samples=16)
    runs = Runs()
    gr.Markdown(say("uncertainty_lead"), elem_classes="lead")
    with gr.Row(elem_id="uncertainty-choose"):
        variant = gr.Radio(
            checkpoints.variants,
            value=opening or None,
            label=say("variant"),
            elem_id="uncertainty-of",
            min_width=520,
            scale=2,
        )
        epoch = gr.Dropdown(
            epochs,
            value=default.epoch or None,
            label=say("epoch"),
            elem_id="uncertainty-epoch",
            min_width=110,
            scale=0,
        )
        samples = gr.Slider(
            1,
            MAX_SAMPLES,
            default.samples,
            step=1,
            label=say("samples"),
            elem_id="uncertainty-samples",
            buttons=[],
            min_width=200,
            **_slider(checkpoints, opening),
        )
        start = gr.Button(
            say("sample"), variant="primary", elem_id="uncertainty-start", scale=0, min_width=110
        )
        stop = gr.Button(
            say("stop"), elem_id="uncertainty-stop", scale=0, min_width=90, interactive=False
        )
    part = gr.Radio(
        [(say("part_whole"), "whole"), (say("part_weights"), "weights")],
        value="whole",
        label=say("part"),
        elem_id="uncertainty-part",
        visible=len(engine.checkpoints.uncertainties(opening)) > 1,
    )
    progress = gr.HTML(elem_id="uncertainty-progress")
    with gr.Row(elem_id="uncertainty-row"):
        with gr.Column(scale=2, min_width=320):
            pictures = gr.HTML(
                _opens_with(engine, opening),
                elem_id="uncertainty",
                apply_default_css=False,
                js_on_load=(Path(__file__).parents[1] / "static" / "uncertainty.js").read_text(),
            )
            gr.Button(say("copy"), elem_classes="copy-link", size="sm")
        with gr.Column(scale=1, min_width=300):
            plane = gr.HTML("", elem_id="uncertainty-plane", apply_default_css=False)
    singles = gr.HTML("", elem_id="uncertainty-singles", apply_default_css=False)
    shown = gr.State(None)  # Sampled: what the pictures show
    asked = gr.State(None)  # what the address asked for; a new value starts the sampling
    # Variant and epoch of the first tab when they were last taken over: what is chosen here since
    # then stays.
    followed = gr.State((default.variant, default.epoch))
    cleared = gr.State("")  # for which photo
    place = gr.State((0.5, 0.5))  # of the pixel, as shares of width and height

    def sample(
        picture: Any,
        variant: str | None,
        epoch: int | None,
        count: float | None,
        part: str,
        given: Any,
        request: gr.Request,
    ) -> Iterator[Updates]:
        """The pictures after 1, 2, 4 ... samples, until all are there or Stop was pressed."""
        run = runs.begin(request.session_hash)
        try:
            subject = uploaded(picture, given)
            if variant is None or epoch is None:
                raise UserError("Choose a variant and one of its epochs.")
            possible = engine.checkpoints.uncertainties(variant)
            if not possible:
                yield {
                    progress: words(""),
                    pictures: _empty("nothing_to_ask", variant),
                    singles: "",
                    shown: None,
                    plane: "",
                    stop: gr.update(interactive=False),
                }
                return
            settings = Settings(variant, int(epoch), _possible(checkpoints, variant, count))
            if count != settings.samples and checkpoints.can_sample(variant):
                yield {samples: settings.samples}
            chosen = part if part in possible else possible[0]
            for found in engine.refine(subject, settings, chosen):
                goes_on = runs.goes_on(run)
                yield sampled(Sampled(subject, found.settings), found, settings, goes_on, request)
                if not goes_on:
                    return
        except EXPECTED_ERRORS as error:
            yield {
                progress: words(explain(request, error), problem=True),
                shown: None,
                singles: "",
                pictures: _empty("uncertainty_empty"),
                stop: gr.update(interactive=False),
            }
        finally:
            runs.end(run)

    def sampled(
        now: Sampled, found: Uncertainty, wanted: Settings, goes_on: bool, request: gr.Request
    ) -> Updates:
        count = found.settings.samples
        more = count < wanted.samples
        key = "sampling" if more and goes_on else "uncertainty_stopped" if more else "sampled"
        return {
            progress: words(tell(request, key, count=count, wanted=wanted.samples)),
            pictures: _pictures(now, found, wanted, request),
            singles: _singles(found, request),
            shown: now,
            stop: gr.update(interactive=more and goes_on),
        }

    def sample_asked(
        picture: Any, asked: Settings | None, part: str, given: Any, request: gr.Request
    ) -> Iterator[Updates]:
        """A state changes when the page opens, too, whatever the address says."""
        if asked is None:
            yield gr.skip()
        else:
            yield from sample(
                picture, asked.variant, asked.epoch, asked.samples, part, given, request
            )

    def sample_again(
        picture: Any,
        shown: Shown,
        count: float | None,
        part: str,
        given: Any,
        request: gr.Request,
    ) -> Iterator[Updates]:
        """For colours by hand that have changed since the tab was left: it opens with them."""
        if not (shown and picture and Path(picture["path"]).resolve() == shown.subject.path) or (
            shown.subject.hints_json == hints_of(given, shown.subject.path)
        ):
            yield gr.skip()
        else:
            settings = shown.settings
            yield from sample(
                picture, settings.variant, settings.epoch, count, part, given, request
            )

    def stop_sampling(request: gr.Request) -> Updates:
        """The run itself says where it stopped, after the samples that it is drawing."""
        runs.stop(request.session_hash)
        return {stop: gr.update(interactive=False)}

    def look(picture: Any, shown: Shown, place: tuple[float, float], request: gr.Request) -> str:
        if shown is None or picture is None:
            return ""
        try:
            if uploaded(picture).path != shown.subject.path:
                return ""
            found = engine.pixel(shown.subject, shown.settings, place)
            return _pixel(shown, found, place, request)
        except EXPECTED_ERRORS as error:
            return words(explain(request, error), problem=True)

    def look_there(event: gr.EventData, picture: Any, shown: Shown, request: gr.Request) -> Updates:
        there = float(event._data["x"]), float(event._data["y"])
        return {place: there, plane: look(picture, shown, there, request)}

    def clear(picture: Any, before: Shown, done: str, variant: str | None) -> Updates:
        """For a new photo; one that an address opened may have been sampled by now.

        Once, though Gradio reports the change twice: by then there may be an answer to Sample.
        """
        now = str(picture.get("path")) if isinstance(picture, dict) else ""
        if now == done or (before and now and Path(now).resolve() == before.subject.path):
            return gr.skip()
        return {
            cleared: now,
            shown: None,
            progress: words(""),
            singles: "",
            plane: "",
            pictures: _opens_with(engine, variant or ""),
        }

    def choose(name: str, before: Shown) -> Updates:
        epochs = checkpoints.epochs(name)
        possible = engine.checkpoints.uncertainties(name)
        updates: Updates = {
            epoch: gr.update(choices=epochs, value=epochs[-1]),
            samples: gr.update(**_slider(checkpoints, name)),
            part: gr.update(visible=len(possible) > 1),
        }
        if not possible or before is None:
            updates |= {
                pictures: _opens_with(engine, name),
                singles: "",
                plane: "",
                shown: None,
                progress: words(""),
            }
        return updates

    def follow(there: Settings, before: tuple[str, int], here: str | None) -> Updates:
        if (there.variant, there.epoch) == before or not there.variant:
            return gr.skip()
        nearest = checkpoints.nearest_epoch(there.variant, there.epoch)
        updates: Updates = {
            variant: there.variant,
            followed: (there.variant, there.epoch),
            samples: gr.update(**_slider(checkpoints, there.variant)),
            epoch: gr.update(choices=checkpoints.epochs(there.variant), value=nearest),
            part: gr.update(visible=len(engine.checkpoints.uncertainties(there.variant)) > 1),
        }
        if there.variant != here:
            updates |= {
                pictures: _opens_with(engine, there.variant),
                singles: "",
                plane: "",
                shown: None,
                progress: words(""),
            }
        return updates

    def show_part(
        picture: Any, shown: Shown, count: float | None, part: str, request: gr.Request
    ) -> Updates:
        """The other map of what was sampled."""
        if shown is None or picture is None:
            return gr.skip()
        try:
            settings = shown.settings
            found = engine.uncertainty(shown.subject, settings, part)
            wanted = Settings(
                settings.variant, settings.epoch, _possible(checkpoints, settings.variant, count)
            )
            return {pictures: _pictures(shown, found, wanted, request)}
        except EXPECTED_ERRORS as error:
            return {progress: words(explain(request, error), problem=True)}

    network = {"concurrency_id": "network", "concurrency_limit": 1}
    # Not behind the samples that are being drawn: what there is can be looked at meanwhile. One by
    # one, so that the newest answer comes last.
    looking = {"concurrency_id": "look", "concurrency_limit": 1}
    quiet = {**QUIET, "preprocess": False}
    variant.input(
        choose,
        [variant, shown],
        [epoch, samples, part, progress, pictures, singles, plane, shown],
        **QUIET,
        trigger_mode="always_last",
    )
    wanted.change(
        follow,
        [wanted, followed, variant],
        [variant, followed, epoch, samples, part, progress, pictures, singles, plane, shown],
        **QUIET,
        queue=False,
    )
    given = first.given
    inputs = [photo, variant, epoch, samples, part, given]
    outputs = [progress, pictures, singles, shown, plane, stop, samples]
    started = [
        start.click(sample, inputs, outputs, **quiet, **network, trigger_mode="multiple"),
        # Gradio reports the change twice, first before the controls have followed.
        asked.change(
            sample_asked,
            [photo, asked, part, given],
            outputs,
            **quiet,
            **network,
            trigger_mode="once",
        ),
        tab.select(
            sample_again,
            [photo, shown, samples, part, given],
            outputs,
            **quiet,
            **network,
            trigger_mode="always_last",
        ),
    ]
    for run in started:
        run.then(look, [photo, shown, place], plane, **quiet, **looking, trigger_mode="always_last")
    stop.click(stop_sampling, None, [stop], **QUIET, queue=False)
    # An event that waited as "always_last" would come with the data of the one before it.
    pictures.click(
        look_there, [photo, shown], [place, plane], trigger_mode="multiple", **quiet, **looking
    )
    part.input(
        show_part,
        [photo, shown, samples, part],
        [progress, pictures],
        **quiet,
        **network,
        trigger_mode="always_last",
    )
    photo.change(
        clear,
        [photo, shown, cleared, variant],
        [cleared, progress, pictures, singles, shown, plane],
        **quiet,
    )

    def restore(query: link.Query) -> Updates:
        if query.get("tab") != "uncertainty":
            return {asked: None}
        settings = link.settings_of(query, checkpoints, default)
        epochs = checkpoints.epochs(settings.variant)
        possible = engine.checkpoints.uncertainties(settings.variant)
        return {
            variant: settings.variant,
            epoch: gr.update(choices=epochs, value=settings.epoch),
            samples: gr.update(value=settings.samples, **_slider(checkpoints, settings.variant)),
            part: gr.update(
                visible=len(possible) > 1,
                value="weights" if query.get("part") == "weights" else "whole",
            ),
            asked: settings,
            followed: (settings.variant, settings.epoch),
        }

    _add_endpoint(engine, default)
    return link.Restore([variant, epoch, samples, part, asked, followed], restore)


def _slider(checkpoints: Checkpoints, variant: str) -> dict[str, Any]:
    return {"interactive": checkpoints.can_sample(variant)}


def _possible(checkpoints: Checkpoints, variant: str, count: float | None) -> int:
    """The number of samples that can be drawn, nearest to whatever was typed."""
    if not checkpoints.can_sample(variant):
        return 1
    return min(max(math.floor((count or 1) + 0.5), 1), MAX_SAMPLES)


def _opens_with(engine: Engine, variant: str) -> str:
    """What stands in place of the pictures until some are drawn, or because none can be."""
    if variant and not engine.checkpoints.uncertainties(variant):
        return _empty("nothing_to_ask", variant)
    return _empty("uncertainty_empty")


def _empty(key: str, name: str = "") -> str:
    before = f"{html.escape(name)}: " * bool(name)
    return f'<div class="empty">{before}<span data-say="{key}"></span></div>'


def _controls(shown: Sampled) -> dict[str, object]:
    return {
        "uncertainty-of": shown.settings.variant,
        "uncertainty-epoch": shown.settings.epoch,
        "hints": shown.subject.hints_digest,
    }


def _pictures(shown: Sampled, found: Uncertainty, wanted: Settings, request: gr.Request) -> str:
    """wanted: with as many samples as the slider says; `found` may still have fewer."""
    settings = found.settings
    bar = ", ".join(scale_colours())
    name = html.escape(describe(request, settings))
    controls = _controls(shown)
    if wanted.samples > 1:
        controls["uncertainty-samples"] = wanted.samples
    about = answers.attributes(shown.subject.path, controls, _SHOWS)
    shared = link.attribute(
        tab="uncertainty",
        variant=settings.variant,
        epoch=settings.epoch,
        samples=wanted.samples,
        **({} if found.part == found.parts[0] else {"part": found.part}),
    )
    most, here = f"{SCALES[found.part]:g}", number(request, found.shown, ".1f")
    meaning = f"meaning_{found.part}"
    if found.part == "whole" and not found.calibrated:
        meaning += "_raw"
    scale = (
        f"{tell(request, 'sure')} "
        f'<span class="bar" style="background:linear-gradient(90deg,{bar})"></span> '
        f"{tell(request, 'unsure')}. {tell(request, meaning)} "
        f"{tell(request, 'scale', most=most, here=here)}"
    )
    above = below = ""
    figures = _figure(request, found.mean, "mean_picture", name)
    if found.before:
        count = len(found.before.spots)
        key = "with_by_hand_one" if count == 1 else "uncertainty_by_hand"
        was = number(request, found.before.shown, ".1f")
        above = f"<p>{html.escape(tell(request, key, count=count, now=here, before=was))}</p>"
        figures += _figure(request, found.before.map, "map_before")
        figures += _figure(request, found.map, "map_after", spots=found.before.spots)
        below = f'<p class="scale">{scale}</p>'
    else:
        figures += _figure(request, found.map, "uncertainty_map", scale)
    return f'{above}<div class="maps"{about}{shared}>{figures}</div>{below}'


def _figure(
    request: gr.Request,
    picture: Path,
    key: str,
    words: str = "",
    spots: Sequence[tuple[float, float]] = (),
) -> str:
    """A picture on which a spot can be chosen.

    key: of its name; words: HTML under it; spots: where colours were given, as shares of width and
    height.
    """
    name, keys = html.escape(tell(request, key)), html.escape(tell(request, "choose_spot"))
    marks = "".join(
        f'<i class="hint-spot" style="left:{100 * x:.2f}%;top:{100 * y:.2f}%"></i>'
        for x, y in spots
    )
    return (
        f'<figure><div class="frame" tabindex="0" role="group" aria-label="{name}. {keys}">'
        f'<img src="{file_url(picture)}" alt="{name}">{marks}'
        '<i class="cross-hair" style="left:50%;top:50%"></i></div>'
        f"<figcaption><b>{name}</b>{f': {words}' if words else ''}</figcaption></figure>"
    )


def _singles(found: Uncertainty, request: gr.Request) -> str:
    if not found.singles:
        return ""
    guess, medoid = tell(request, "guess"), tell(request, "medoid")
    cells = "".join(
        f'<figure class="{"medoid" if index == found.medoid else ""}">'
        f'<img src="{file_url(path)}" alt="{guess} {index + 1}" loading="lazy">'
        f"<figcaption>{index + 1}{f' · {medoid}' if index == found.medoid else ''}</figcaption>"
        "</figure>"
        for index, path in found.singles
    )
    mean, single = found.chroma
    less = round(100 * (1 - mean / max(single, 1e-6)))
    paler = tell(request, "mean_paler", percent=less) if less > 0 else tell(request, "mean_same")
    some = tell(request, "first_shown", count=SINGLES) if found.settings.samples > SINGLES else ""
    return (
        f"<h2>{tell(request, 'one_by_one')} {some}</h2>"
        f"<p>{paler} {tell(request, 'medoid_is')}</p>"
        f'<div class="strip">{cells}</div>'
    )


def _pixel(
    shown: Sampled, found: PixelColours, place: tuple[float, float], request: gr.Request
) -> str:
    likely = swatches(found)
    chips = "".join(
        f'<li><i style="background:{swatch.colour}"></i><b>{100 * swatch.share:.0f} %</b> '
        f"{tell(request, f'colour_{swatch.name}')}</li>"
        for swatch in likely
    )
    key = (
        "spot_bins"
        if found.chances is not None
        else "spot_samples"
        if found.samples
        else "spot_one"
    )
    if key == "spot_one":
        chips = ""
    numbers = ""
    if found.radius:
        numbers += " " + tell(request, "spot_radius", radius=f"{found.radius:.0f}")
    if shown.settings.samples > 1:
        numbers += " " + tell(
            request, "spot_deviation", deviation=number(request, found.deviation, ".1f")
        )
    # The pictures' script says which spot the cross-hair is on.
    spot = {"uncertainty": ",".join(f"{share:.4f}" for share in place)}
    about = answers.attributes(
        shown.subject.path, {**_controls(shown), **spot}, ["uncertainty-plane"]
    )
    return (
        f"<div{about}><h2>{tell(request, 'spot')}</h2>"
        f'<ul class="swatches">{chips}</ul><p>{tell(request, key)}</p>'
        f"<details><summary>{tell(request, 'spot_numbers')}</summary>"
        f"{draw(request, found)}<p>{numbers.strip()}</p></details></div>"
    )


def _add_endpoint(engine: Engine, default: Settings) -> None:
    mean = gr.Image(visible=False, label="mean")
    uncertainty_map = gr.Image(visible=False, label="uncertainty")
    numbers = gr.JSON(visible=False, label="numbers")

    def uncertainty(
        photo: Any,
        variant: str,
        epoch: int,
        samples: int,
        temperature: float,
        part: str | None,
        hints: str,
    ) -> tuple:
        subject = replace(uploaded(photo), hints_json=hints or "")
        values = {"variant": variant, "epoch": epoch, "samples": samples}
        settings = Settings.read({**values, "temperature": temperature})
        found = engine.uncertainty(subject, settings, part or None)
        chroma_mean, chroma_single = found.chroma
        return (
            str(found.mean),
            str(found.map),
            {
                "samples": found.settings.samples,
                "deviation": found.deviation,
                "chroma_of_mean": chroma_mean,
                "chroma_of_a_sample": chroma_single,
                "entropy": found.entropy,
                "mutual_information": found.mutual_information,
                "medoid": found.medoid,
                "part": found.part,
                "radius": found.radius,
                "calibrated": found.calibrated,
            },
        )

    whole, weights = SCALES["whole"], SCALES["weights"]
    uncertainty.__doc__ = f"""Colour a photo many times with dropout on: what is it unsure of?

        Returns the mean of the samples, the map of the uncertainty (dark to bright, 0 to {whole:g}
        Lab units, or to {weights:g} of the weights' part) and their numbers.

        Args:
            photo: The photo to colour, black and white or not.
            variant: Which network; one with dropout layers, such as dropout or transfer.
            epoch: After how many epochs of training.
            samples: How many, 1 to {MAX_SAMPLES}.
            temperature: From 0.1, bold, to 1, safe; only for networks that choose among colours.
            part: What the map shows: whole, how far the true colour may be from the one painted;
                or weights, how far the samples differ. Left out: the first that the variant has.
            hints: Colours for spots of the photo, which make what follows them less uncertain, as
                JSON: {{"size": [width, height], "hints": [{{"x": 120, "y": 80, "rgb": [30, 122,
                60]}}]}}; "" for none.
    """
    inputs = [
        picture_input(),
        *settings_inputs(default),
        gr.Textbox("", visible=False, label="part"),
        hints_input(),
    ]
    add_endpoint(uncertainty, inputs, [mean, uncertainty_map, numbers])
