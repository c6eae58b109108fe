"""The first tab: original, grayscale and colorized side by side, and the sliders under them."""

import html
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component
from PIL import Image

from interface.engine import share_link as link
from interface.engine.checkpoints import Checkpoints
from interface.engine.engine import Engine
from interface.engine.errors import EXPECTED_ERRORS
from interface.engine.results import Result
from interface.engine.settings import FIELD, Settings
from interface.engine.subject import Subject
from interface.render import freshness as answers
from interface.render.html import (
    QUIET,
    Updates,
    add_endpoint,
    hints_input,
    picture_input,
    settings_inputs,
)
from interface.text import describe, explain, number, say, tell
from interface.widgets import compare_view as closer
from interface.widgets import export_buttons as take_home
from interface.widgets import hint_editor as hints
from interface.widgets import pin, sliders
from interface.widgets.export_buttons import SWITCHES, Made
from interface.widgets.uploads import uploaded

_serial = itertools.count()  # tells the page that a caption is new even if its words are not
_COLUMNS = ("original", "result", "ratio")
_SHOWS = ("grayscale", "colorized", "readout")


@dataclass(frozen=True, eq=False)
class Colorize:
    """What of the tab is for the others."""

    photo: gr.Image  # the page's photo
    given: gr.HTML  # the colours given by hand for it: `hints.file_of`
    made: gr.State  # take_home.Made: what is shown, or None
    wanted: gr.State  # the Settings asked for
    restore: link.Restore
    results: list[Component]  # what `first` changes
    first: Callable[[gr.Request, Path, link.Query], Updates]


def build(engine: Engine, examples: list[Path]) -> Colorize:
    """Draws the tab inside the surrounding Blocks."""
    checkpoints = engine.checkpoints
    default = checkpoints.best
    photo = _pictures(examples)
    grayscale, colorized = photo.grayscale, photo.colorized
    with gr.Row(elem_id="under-pictures"):
        by_hand = hints.build(engine)
        caption = gr.HTML(_notice(checkpoints), elem_id="caption")
    controls = sliders.build(checkpoints, default)
    with gr.Row(elem_id="take-home"):
        readout = gr.HTML(elem_id="readout", apply_default_css=False)
        home = take_home.build(engine)
    wanted = gr.State(default)  # what the hands asked for, also where the variant lacks it

    def refresh(
        request: gr.Request,
        picture: Any,
        shown: Made | None,
        wanted_before: Settings,
        stops_of: str,
        given: Any,
        *values: Any,
    ) -> Updates:
        if not checkpoints.variants or not controls.complete(values):
            return gr.skip()
        asked = controls.asked(wanted_before, stops_of, *values)
        settings = controls.possible(asked)
        updates: Updates = {wanted: asked, **controls.follow(settings, stops_of, values)}
        nothing: Updates = {
            grayscale: None,
            colorized: None,
            readout: "",
            **home.emptied(),
        }
        if picture is None:
            original = _label("original")
            words = _caption("", None, checkpoints, settings)
            return {**updates, **nothing, photo.label: original, caption: words}
        subject = None
        try:
            subject = uploaded(picture, given)
            about = answers.identity(subject.path, _controls(checkpoints, settings, subject))
            if shown and about == shown.about:
                return updates
            return {**updates, **answer(request, subject, settings)}
        except EXPECTED_ERRORS as error:
            words = explain(request, error)
            problem = _caption(words, subject, checkpoints, settings, problem=True)
            return {**updates, **nothing, caption: problem}

    def answer(request: gr.Request, subject: Subject, settings: Settings) -> Updates:
        """All that is shown of the coloured photo."""
        result = engine.colorize(subject, settings)
        about = answers.identity(subject.path, _controls(checkpoints, settings, subject))
        made_by = [describe(request, settings), *hints.words(request, result.hints)]
        words = " · ".join([*made_by, f"{number(request, result.seconds, '.2f')} s"])
        label = f"original_{result.monochrome.replace(' ', '_')}".rstrip("_")
        return {
            photo.label: _label(label),
            grayscale: str(result.grayscale),
            colorized: str(result.colorized),
            caption: _caption(words, subject, checkpoints, settings, result.hints),
            readout: _table(request, result),
            **home.filled(Made(about, subject, settings, result.colorized)),
        }

    results = [photo.label, grayscale, colorized, caption, readout, *home.outputs]
    gr.on(
        [
            photo.image.change,
            by_hand.given.input,
            *controls.moved,
        ],
        refresh,
        [
            photo.image,
            home.made,
            wanted,
            controls.epoch_stops,
            by_hand.given,
            *controls.inputs,
        ],
        [*results, wanted, *controls.outputs],
        **QUIET,
        preprocess=False,
        trigger_mode="always_last",
        concurrency_id="network",
        concurrency_limit=1,
    )
    pin.listen(photo.pin, home.pin, photo.image, home.made)
    closer.build(
        {
            "original": photo.image,
            "grayscale": grayscale,
            "colorized": colorized,
            "pinned": photo.pin.image,
        }
    )
    hints.listen(by_hand, home.made, engine)
    _add_endpoint(engine, default)

    def first(request: gr.Request, path: Path, query: link.Query) -> Updates:
        """What the address asks for, of the photo that the page opens with."""
        settings = controls.possible(link.settings_of(query, checkpoints, default))
        subject = Subject(path.resolve(), path.name)
        try:
            return answer(request, subject, settings)
        except EXPECTED_ERRORS as error:
            words = explain(request, error)
            return {caption: _caption(words, subject, checkpoints, settings, problem=True)}

    def restore(query: link.Query) -> Updates:
        settings = link.settings_of(query, checkpoints, default)
        return {wanted: settings, **controls.place(settings)}

    restores = link.Restore([wanted, *controls.outputs], restore)
    return Colorize(photo.image, by_hand.given, home.made, wanted, restores, results, first)


@dataclass(frozen=True, eq=False)
class _Pictures:
    label: gr.HTML  # of the original
    image: gr.Image
    grayscale: gr.Image
    colorized: gr.Image
    pin: pin.Pin


def _pictures(examples: list[Path]) -> _Pictures:
    """The pictures, their names above them, in the photo's shape from the first paint."""
    with Image.open(examples[0]) as first:
        shape = first.width / first.height
    gr.HTML(f"<style>:root {{ --shape: {shape:.4f}; }}</style>", visible=True, padding=False)
    plain = {
        "interactive": False,
        "elem_classes": "picture",
        "buttons": [],
        "show_label": False,
        "format": "png",
    }
    with gr.Row(equal_height=True, elem_id="pictures"):
        with gr.Column(min_width=240):
            label = gr.HTML(_label("original"), elem_id="photo-label", apply_default_css=False)
            image = gr.Image(
                str(examples[0]),
                type="filepath",
                elem_id="photo",
                alt_text=say("alt_photo"),
                **plain,
            )
        with gr.Column(min_width=240):
            gr.HTML(_named("grayscale"), apply_default_css=False)
            grayscale = gr.Image(elem_id="grayscale", alt_text=say("alt_grayscale"), **plain)
        # Where the result was when it was pinned: the next one stands to its right.
        kept = pin.build(
            gr.Image(elem_id="pinned", alt_text=say("alt_pinned"), render=False, **plain)
        )
        with gr.Column(min_width=240):
            gr.HTML(_named("colorized"), apply_default_css=False)
            colorized = gr.Image(elem_id="colorized", alt_text=say("alt_colorized"), **plain)
    return _Pictures(label, image, grayscale, colorized, kept)


def _named(key: str) -> str:
    meaning = '<span data-say="grayscale_means"></span>' if key == "grayscale" else ""
    return (
        f'<div class="name"><span><span data-say="{key}"></span>{meaning}</span>'
        f"{closer.button(key)}</div>"
    )


def _label(key: str) -> str:
    """The original's name, a closer look, and a way to take it off the page."""
    return (
        f'<div class="name"><span data-say="{key}"></span>{closer.button("original")}'
        '<button type="button" id="remove-photo" data-say="remove"></button></div>'
    )


def _controls(
    checkpoints: Checkpoints, settings: Settings, subject: Subject | None
) -> dict[str, object]:
    """What the controls say when these are chosen; those the variant lacks do not count."""
    said: dict[str, object] = {
        "variant": settings.variant,
        "epoch": settings.epoch,
        "vividness": settings.vividness,
        "hints": subject.hints_digest if subject else "",
    }
    if checkpoints.can_sample(settings.variant):
        said["samples"] = settings.samples
        if settings.samples > 1:
            said["samples-show"] = settings.medoid
    if checkpoints.has_temperature(settings.variant):
        said["temperature"] = settings.temperature
    return said


def _caption(
    words: str,
    subject: Subject | None,
    checkpoints: Checkpoints,
    settings: Settings,
    count: int = 0,
    problem: bool = False,
) -> str:
    """count: of the hints that were followed."""
    kind, role = ("problem", "alert") if problem else ("made", "status")
    controls = _controls(checkpoints, settings, subject)
    about = answers.attributes(subject and subject.path, controls, _SHOWS, SWITCHES)
    shared = link.attribute(**settings.link, **({"hints": count} if count else {}))
    vivid = answers.previewed("vividness", "colorized")
    said = answers.line("making_colour", html.escape(words))
    serial = f'data-serial="{next(_serial)}"'
    return f'<div class="{kind}" role="{role}" {serial}{about}{vivid}{shared}>{said}</div>'


def _notice(checkpoints: Checkpoints) -> str:
    if checkpoints.variants:
        return '<div class="made" role="status" data-serial=""></div>'
    return '<div class="problem" role="alert" data-say="no_checkpoints"></div>'


def _table(request: gr.Request, result: Result) -> str:
    def row(key: str, was: float, now: float) -> str:
        before = "–" if result.monochrome else number(request, was, ".1f")
        ratio = "–" if result.monochrome else number(request, now / max(was, 1e-6), ".2f")
        means = html.escape(tell(request, f"{key}_means"))
        return (
            f'<tr><td title="{means}">{tell(request, key)}</td>'
            f"<td>{before}</td><td>{number(request, now, '.1f')}</td><td>{ratio}</td></tr>"
        )

    was, now = result.original, result.result
    heads = "".join(f"<th>{tell(request, f'of_{name}')}</th>" for name in _COLUMNS)
    return (
        f"<table><thead><tr><td></td>{heads}</tr></thead>"
        + row("colourfulness", was.colourfulness, now.colourfulness)
        + row("chroma", was.chroma, now.chroma)
        + "</table>"
    )


def _add_endpoint(engine: Engine, default: Settings) -> None:
    grayscale = gr.Image(visible=False, label="grayscale")
    colorized = gr.Image(visible=False, label="colorized")
    numbers = gr.JSON(visible=False, label="colour")

    def colorize(
        photo: Any,
        variant: str,
        epoch: int,
        samples: int,
        temperature: float,
        hints: str,
        vividness: int,
    ) -> tuple:
        """Colour a photo with one checkpoint of a small network, at the photo's own size.

        Returns the photo without colour, the photo with synthetic colours, and how colourful the
        original and the result are.

        Args:
            photo: The photo to colour, black and white or not.
            variant: Which network: baseline, batchnorm, dropout, rgb, rebalanced or transfer (the
                best).
            epoch: After how many epochs of training; the error for a wrong one lists them.
            samples: How many MC-dropout samples to average, 1 to 64; 1 without dropout.
            temperature: From 0.1, bold, to 1, safe; only for rebalanced and transfer.
            hints: Colours for spots of the photo, which the rest follows, as JSON: {"size": [width,
                height], "hints": [{"x": 120, "y": 80, "rgb": [30, 122, 60]}]}; "" for none.
            vividness: How much colour, in per cent of what the network gives, 0 to 200.
        """
        subject = replace(uploaded(photo), hints_json=hints or "")
        values = {"variant": variant, "epoch": epoch, "samples": samples}
        settings = Settings.read({**values, "temperature": temperature, "vividness": vividness})
        result = engine.colorize(subject, settings)
        return (
            str(result.grayscale),
            str(result.colorized),
            {
                "original": vars(result.original),
                "result": vars(result.result),
                "ratio": result.result.colourfulness / max(result.original.colourfulness, 1e-6),
                "original_is_grey": bool(result.monochrome),
                "seconds": result.seconds,
            },
        )

    vividness = gr.Number(FIELD["vividness"].default, visible=False, label="vividness", precision=0)
    inputs = [picture_input(), *settings_inputs(default), hints_input(), vividness]
    add_endpoint(colorize, inputs, [grayscale, colorized, numbers])
