"""The first tab: original, grayscale and colorized side by side, and the sliders under them."""

import functools
import html
import itertools
from pathlib import Path
from typing import Any

import gradio as gr

from colorizer.decoding import TEMPERATURE
from interface import link
from interface.checkpoints import MAKE_CHECKPOINTS, Checkpoints
from interface.languages import say
from interface.parts import add_endpoint, picture_input, settings_inputs
from interface.problems import PROBLEMS
from interface.service import Result, Service
from interface.settings import Settings
from interface.uploads import uploaded

MAX_SAMPLES = 32
_serial = itertools.count()  # tells the page that a caption is new even if its words are not


def build(service: Service, examples: list[Path]) -> tuple[gr.Image, link.Restore]:
    """Draws the tab inside the surrounding Blocks; returns the photo input for other tabs."""
    checkpoints = service.checkpoints
    variants = checkpoints.variants
    default = checkpoints.best
    opening = default.variant
    samples_state, why_samples = _samples(checkpoints, opening)
    temperature_state, why_temperature = _temperature(checkpoints, opening)

    with gr.Row(equal_height=True):
        photo = gr.Image(
            label=say("original"), sources=["upload"], type="filepath", elem_id="photo",
            elem_classes="picture", placeholder=say("drop"),
            buttons=["fullscreen"], alt_text="The original photo",
        )  # fmt: skip
        grayscale = gr.Image(
            label=say("grayscale"), interactive=False, elem_id="grayscale",
            elem_classes="picture", buttons=["fullscreen"], format="png",
            alt_text="The photo without colour",
        )  # fmt: skip
        colorized = gr.Image(
            label=say("colorized"), interactive=False, elem_id="colorized", elem_classes="picture",
            buttons=["fullscreen"], format="png", alt_text="The photo with predicted colours",
        )  # fmt: skip
    caption = gr.HTML(_notice(checkpoints), elem_id="caption")

    with gr.Row(elem_id="controls"):
        with gr.Column(scale=4, min_width=320):
            variant = gr.Slider(
                0, max(1, len(variants) - 1), _at(opening, variants), step=1,
                label=say("model_variant"),
                interactive=len(variants) > 1, elem_id="variant", elem_classes="named", buttons=[],
            )  # fmt: skip
            gr.HTML(_stops("variant", variants))
        with gr.Column(scale=2, min_width=200):
            epoch = gr.Slider(**_epoch_slider(checkpoints, default))
            epoch_stops = gr.HTML(_stops("epoch", checkpoints.epochs(opening)))
        with gr.Column(scale=2, min_width=200):
            samples = gr.Slider(
                1, MAX_SAMPLES, 1, step=1, label=say("samples"), elem_id="samples",
                buttons=[], **samples_state,
            )  # fmt: skip
            # One place for both: which of several samples is shown, or why there is only one.
            samples_hint = gr.HTML(why_samples, elem_id="samples-hint")
            medoid = gr.Radio(
                [(say("mean"), False), (say("medoid"), True)], value=False, container=False,
                show_label=False, label="Shown of the samples", elem_id="samples-show",
                visible=False,
            )  # fmt: skip
        with gr.Column(scale=2, min_width=200):
            temperature = gr.Slider(
                0.1, 1, TEMPERATURE, step=0.02, label=say("temperature"), elem_id="temperature",
                buttons=[], **temperature_state,
            )  # fmt: skip
            temperature_hint = gr.HTML(why_temperature, elem_id="temperature-hint")
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            gr.Examples(
                [[str(path)] for path in examples], photo, label=say("examples"),
                elem_id="examples", api_visibility="private",
            )  # fmt: skip
        with gr.Column(scale=1, min_width=280):
            readout = gr.HTML(elem_id="readout", apply_default_css=False)
            with gr.Row():
                download = gr.DownloadButton(
                    say("download"), interactive=False, elem_id="download", size="sm"
                )
                gr.Button(say("copy"), elem_classes="copy-link", size="sm")

    pictures = [photo, grayscale, colorized, caption, readout, download]
    sliders = [epoch, epoch_stops, samples, samples_hint, medoid, temperature, temperature_hint]

    def refresh(
        picture: Any,
        variant_at: float,
        epoch_at: float,
        epochs_shown: str,
        samples_asked: float,
        medoid_asked: bool,
        temperature_asked: float,
    ) -> list[Any]:
        if not variants:
            return [gr.skip()] * len(pictures + sliders)
        chosen = variants[int(variant_at)]
        epochs = checkpoints.epochs(chosen)
        several = samples_asked > 1 and checkpoints.can_sample(chosen)
        settings = Settings(
            chosen, epochs[min(int(epoch_at), len(epochs) - 1)],
            int(samples_asked) if several else 1,
            round(temperature_asked, 2) if checkpoints.has_temperature(chosen) else TEMPERATURE,
            bool(medoid_asked) and several,
        )  # fmt: skip
        stops_same = epochs_shown == _stops("epoch", epochs)
        changes = _slider_states(checkpoints, settings)
        if stops_same:
            changes[:2] = gr.skip(), gr.skip()
        caption = functools.partial(_caption, settings=settings)
        if picture is None:
            nothing = gr.update(label=say("original"))
            return [nothing, None, None, caption(""), "", _no_file(), *changes]
        try:
            path, name = uploaded(picture)
            result = service.colorize(path, name, settings)
        except PROBLEMS as error:
            return [gr.skip(), None, None, caption(str(error), problem=True), "", _no_file(),
                    *changes]  # fmt: skip
        label = f"original_{result.monochrome.replace(' ', '_')}".rstrip("_")
        return [
            gr.update(label=say(label)), str(result.grayscale), str(result.colorized),
            caption(f"{settings} · {result.seconds:.2f} s"), _table(result),
            gr.update(value=str(result.colorized), interactive=True), *changes,
        ]  # fmt: skip

    gr.on(
        [photo.change, variant.change, epoch.change, samples.change, medoid.change,
         temperature.change],
        refresh, [photo, variant, epoch, epoch_stops, samples, medoid, temperature],
        pictures + sliders,
        preprocess=False, trigger_mode="always_last", show_progress="hidden",
        concurrency_id="network", concurrency_limit=1, api_visibility="private",
    )  # fmt: skip
    _add_endpoint(service, default)

    def restore(query: link.Query) -> list[Any]:
        """Updates of [variant, *sliders]."""
        settings = link.settings_of(query, checkpoints, default)
        return [
            gr.update(value=_at(settings.variant, variants)),
            *_slider_states(checkpoints, settings, place=True),
        ]

    return photo, link.Restore([variant, *sliders], restore)


def _at(item: Any, items: list) -> int:
    return items.index(item) if item in items else 0


def _slider_states(checkpoints: Checkpoints, settings: Settings, place: bool = False) -> list[Any]:
    """Updates of [epoch, its stops, samples, its hint, medoid, temperature, its hint].

    place: also move samples, medoid and temperature to what the settings say.
    """
    samples, samples_hint = _samples(checkpoints, settings.variant)
    temperature, temperature_hint = _temperature(checkpoints, settings.variant)
    medoid: dict[str, Any] = {"visible": settings.samples > 1}
    if place:
        if samples["interactive"]:
            samples["value"] = min(settings.samples, MAX_SAMPLES)
            medoid["value"] = settings.medoid
        if temperature["interactive"]:
            temperature["value"] = settings.temperature
    return [
        gr.update(**_epoch_slider(checkpoints, settings)),
        _stops("epoch", checkpoints.epochs(settings.variant)), gr.update(**samples),
        gr.update(value=samples_hint, visible=not medoid["visible"]), gr.update(**medoid),
        gr.update(**temperature), temperature_hint,
    ]  # fmt: skip


def _epoch_slider(checkpoints: Checkpoints, settings: Settings) -> dict[str, Any]:
    epochs = checkpoints.epochs(settings.variant)
    return {
        "minimum": 0, "maximum": max(1, len(epochs) - 1), "value": _at(settings.epoch, epochs),
        "step": 1, "label": say("epoch"), "interactive": len(epochs) > 1, "elem_id": "epoch",
        "elem_classes": "named", "buttons": [],
    }  # fmt: skip


def _samples(checkpoints: Checkpoints, variant: str) -> tuple[dict[str, Any], str]:
    """The state of the samples slider, and the words under it."""
    if checkpoints.can_sample(variant):
        return {"interactive": True}, say("samples_on")
    why = f"{html.escape(variant)}: {say('samples_off')}"
    return {"interactive": False, "value": 1}, why if variant else ""


def _temperature(checkpoints: Checkpoints, variant: str) -> tuple[dict[str, Any], str]:
    """The state of the temperature slider, and the words under it."""
    if checkpoints.has_temperature(variant):
        return {"interactive": True}, say("temperature_on")
    why = f"{html.escape(variant)}: {say('temperature_off')}"
    return {"interactive": False, "value": TEMPERATURE}, why if variant else ""


def _stops(slider: str, names: list) -> str:
    gaps = max(1, len(names) - 1)
    marks = "".join(
        f'<span style="left:{100 * i / gaps:.2f}%">{html.escape(str(name))}</span>'
        for i, name in enumerate(names)
    )
    return f'<div class="stops" data-for="{slider}" aria-hidden="true">{marks}</div>'


def _caption(words: str, problem: bool = False, settings: Settings | None = None) -> str:
    kind = "problem" if problem else "made"
    role = "alert" if problem else "status"
    serial = f'data-serial="{next(_serial)}"'
    shared = link.attribute(**_link_of(settings)) if settings else ""
    return f'<div class="{kind}" role="{role}" {serial}{shared}>{html.escape(words)}</div>'


def _link_of(settings: Settings) -> dict[str, object]:
    """What the address says of them: variant and epoch, and what else is not as usual."""
    values: dict[str, object] = {"variant": settings.variant, "epoch": settings.epoch}
    if settings.samples > 1:
        values["samples"] = settings.samples
        if settings.medoid:
            values["show"] = "medoid"
    if settings.temperature != TEMPERATURE:
        values["temperature"] = settings.temperature
    return values


def _notice(checkpoints: Checkpoints) -> str:
    if checkpoints.variants:
        return _caption("")
    return _caption(
        f"There are no checkpoints yet. Make them with: {MAKE_CHECKPOINTS}", problem=True
    )


def _no_file() -> dict[str, Any]:
    return gr.update(value=None, interactive=False)


def _table(result: Result) -> str:
    def row(name: str, was: float, now: float, note: str) -> str:
        before = "–" if result.monochrome else f"{was:.1f}"
        ratio = "–" if result.monochrome else f"{now / max(was, 1e-6):.2f}"
        return (
            f'<tr><td title="{note}">{name}</td><td>{before}</td><td>{now:.1f}</td>'
            f"<td>{ratio}</td></tr>"
        )

    was, now = result.original, result.result
    return (
        "<table><thead><tr><td></td><th>original</th><th>result</th><th>ratio</th></tr></thead>"
        + row(
            "Colourfulness", was.colourfulness, now.colourfulness,
            "Hasler and Süsstrunk 2003: 0 is grey, 15 slightly, 59 highly colourful",
        )
        + row("Mean chroma", was.chroma, now.chroma, "Mean distance from grey, in Lab units")
        + "</table>"
    )  # fmt: skip


def _add_endpoint(service: Service, default: Settings) -> None:
    grayscale = gr.Image(visible=False, label="grayscale")
    colorized = gr.Image(visible=False, label="colorized")
    numbers = gr.JSON(visible=False, label="colour")

    def colorize(photo: Any, variant: str, epoch: int, samples: int, temperature: float) -> tuple:
        """Colour a photo with one checkpoint of a small network, at the photo's own size.

        Returns the photo without colour, the photo with synthetic colours, and how colourful the
        original and the result are.

        Args:
            photo: The photo to colour, black and white or not.
            variant: Which network: baseline, batchnorm, dropout, rebalanced or transfer (the best).
            epoch: How many epochs it had learnt; the answer to a wrong one names those there are.
            samples: Mean of so many MC-dropout samples, 1 to 64; 1 for variants without dropout.
            temperature: From 0.1, vivid, to 1, safe; only for rebalanced and transfer.
        """
        path, name = uploaded(photo)
        result = service.colorize(path, name, Settings.asked(variant, epoch, samples, temperature))
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

    inputs = [picture_input(), *settings_inputs(default)]
    add_endpoint(colorize, inputs, [grayscale, colorized, numbers])
