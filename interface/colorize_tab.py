"""The first tab: original, grayscale and colorized side by side, and the sliders under them."""

import html
import itertools
from pathlib import Path
from typing import Any

import gradio as gr

from colorizer.bins import TEMPERATURE
from interface.parts import PROBLEMS, add_endpoint
from interface.service import MAKE_CHECKPOINTS, Result, Service, Settings
from interface.uploads import uploaded

MAX_SAMPLES = 32
_serial = itertools.count()  # tells the page that a caption is new even if its words are not


def build(service: Service, examples: list[Path]) -> gr.Image:
    """Draws the tab inside the surrounding Blocks; returns the photo input for other tabs."""
    variants = service.variants
    variant_at, epoch_at = _opening_stops(service)
    opening = variants[variant_at] if variants else ""
    samples_state, hint = _sampling(service, opening)
    heat_state, heat = _heating(service, opening)

    with gr.Row(equal_height=True):
        photo = gr.Image(
            label="Original", sources=["upload"], type="filepath", elem_id="photo",
            elem_classes="picture", placeholder="Drop, paste or click to choose a photo",
            buttons=["fullscreen"], alt_text="The original photo",
        )  # fmt: skip
        grayscale = gr.Image(
            label="Grayscale: all the network sees", interactive=False, elem_id="grayscale",
            elem_classes="picture", buttons=["fullscreen"], format="png",
            alt_text="The photo without colour",
        )  # fmt: skip
        colorized = gr.Image(
            label="Colorized", interactive=False, elem_id="colorized", elem_classes="picture",
            buttons=["fullscreen"], format="png", alt_text="The photo with predicted colours",
        )  # fmt: skip
    caption = gr.HTML(_notice(service), elem_id="caption")

    with gr.Row(elem_id="controls"):
        with gr.Column(scale=4, min_width=320):
            variant = gr.Slider(
                0, max(1, len(variants) - 1), variant_at, step=1, label="Model variant",
                interactive=len(variants) > 1, elem_id="variant", elem_classes="named", buttons=[],
            )  # fmt: skip
            gr.HTML(_stops("variant", variants))
        with gr.Column(scale=2, min_width=200):
            epoch = gr.Slider(**_epoch_slider(service.epochs(opening), epoch_at))
            epoch_stops = gr.HTML(_stops("epoch", service.epochs(opening)))
        with gr.Column(scale=2, min_width=200):
            samples = gr.Slider(
                1, MAX_SAMPLES, 1, step=1, label="MC-dropout samples", elem_id="samples",
                buttons=[], **samples_state,
            )  # fmt: skip
            samples_hint = gr.HTML(hint, elem_id="samples-hint")
            medoid = gr.Radio(
                [("mean", False), ("medoid", True)], value=False, container=False,
                show_label=False, label="Shown of the samples", elem_id="samples-show",
                visible=samples_state["interactive"],
            )  # fmt: skip
        with gr.Column(scale=2, min_width=200):
            temperature = gr.Slider(
                0.1, 1, TEMPERATURE, step=0.02, label="Temperature", elem_id="temperature",
                buttons=[], **heat_state,
            )  # fmt: skip
            heat_hint = gr.HTML(heat, elem_id="temperature-hint")
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            gr.Examples(
                [[str(path)] for path in examples], photo, label="Or try one of these",
                elem_id="examples", api_visibility="private",
            )  # fmt: skip
        with gr.Column(scale=1, min_width=280):
            readout = gr.HTML(elem_id="readout", apply_default_css=False)
            download = gr.DownloadButton(
                "Download PNG", interactive=False, elem_id="download", size="sm"
            )

    pictures = [photo, grayscale, colorized, caption, readout, download]
    sliders = [epoch, epoch_stops, samples, samples_hint, medoid, temperature, heat_hint]

    def refresh(
        picture: Any,
        variant_at: float,
        epoch_at: float,
        epochs_shown: str,
        samples_asked: float,
        medoid_asked: bool,
        heat_asked: float,
    ) -> list[Any]:
        if not variants:
            return [gr.skip()] * len(pictures + sliders)
        chosen = variants[int(variant_at)]
        epochs = service.epochs(chosen)
        changes: list[Any] = [gr.skip(), gr.skip()]
        if epochs_shown != (stops := _stops("epoch", epochs)):
            epoch_at = min(int(epoch_at), len(epochs) - 1)
            changes = [gr.update(**_epoch_slider(epochs, epoch_at)), stops]
        samples_state, hint = _sampling(service, chosen)
        if not samples_state["interactive"]:
            samples_asked = 1
        changes += [gr.update(**samples_state), hint]
        changes.append(gr.update(visible=samples_state["interactive"]))
        heat_state, heat = _heating(service, chosen)
        if not heat_state["interactive"]:
            heat_asked = TEMPERATURE
        changes += [gr.update(**heat_state), heat]
        settings = Settings(
            chosen, epochs[int(epoch_at)], int(samples_asked), round(heat_asked, 2),
            bool(medoid_asked) and samples_asked > 1,
        )  # fmt: skip
        if picture is None:
            return [gr.update(label="Original"), None, None, _caption(""), "", _no_file(), *changes]
        try:
            path, name = uploaded(picture)
            result = service.colorize(path, name, settings)
        except PROBLEMS as error:
            return [gr.skip(), None, None, _caption(str(error), problem=True), "", _no_file(),
                    *changes]  # fmt: skip
        label = f"Original ({result.monochrome})" if result.monochrome else "Original"
        return [
            gr.update(label=label), str(result.grayscale), str(result.colorized),
            _caption(f"{settings} · {result.seconds:.2f} s"), _table(result),
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
    _add_endpoint(service)
    return photo


def _opening_stops(service: Service) -> tuple[int, int]:
    """The page opens on the last epoch of the best there is, from which one can walk back.

    That is transfer; without it batchnorm at about epoch 10, where the story found colour.
    """
    variants = service.variants
    if not variants:
        return 0, 0
    if "transfer" in variants:
        return variants.index("transfer"), len(service.epochs("transfer")) - 1
    variant_at = variants.index("batchnorm") if "batchnorm" in variants else len(variants) - 1
    epochs = service.epochs(variants[variant_at])
    return variant_at, min(range(len(epochs)), key=lambda i: abs(epochs[i] - 10))


def _epoch_slider(epochs: list[int], at: int) -> dict[str, Any]:
    return {
        "minimum": 0, "maximum": max(1, len(epochs) - 1), "value": at, "step": 1, "label": "Epoch",
        "interactive": len(epochs) > 1, "elem_id": "epoch", "elem_classes": "named", "buttons": [],
    }  # fmt: skip


def _sampling(service: Service, variant: str) -> tuple[dict[str, Any], str]:
    """The state of the samples slider, and the words under it."""
    if service.can_sample(variant):
        return {"interactive": True}, "1: dropout off. More: so many random passes."
    why = f"Off: {html.escape(variant)} has no dropout layers to sample."
    return {"interactive": False, "value": 1}, why if variant else ""


def _heating(service: Service, variant: str) -> tuple[dict[str, Any], str]:
    """The state of the temperature slider, and the words under it."""
    if service.has_temperature(variant):
        return {"interactive": True}, "Left: vivid, the likeliest colour. Right: safe, the mean."
    why = f"Off: {html.escape(variant)} predicts one colour, not how likely each is."
    return {"interactive": False, "value": TEMPERATURE}, why if variant else ""


def _stops(slider: str, names: list) -> str:
    gaps = max(1, len(names) - 1)
    marks = "".join(
        f'<span style="left:{100 * i / gaps:.2f}%">{html.escape(str(name))}</span>'
        for i, name in enumerate(names)
    )
    return f'<div class="stops" data-for="{slider}" aria-hidden="true">{marks}</div>'


def _caption(words: str, problem: bool = False) -> str:
    kind = "problem" if problem else "made"
    role = "alert" if problem else "status"
    serial = f'data-serial="{next(_serial)}"'
    return f'<div class="{kind}" role="{role}" {serial}>{html.escape(words)}</div>'


def _notice(service: Service) -> str:
    if service.variants:
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
        "<table><thead><tr><th></th><th>original</th><th>result</th><th>ratio</th></tr></thead>"
        + row(
            "Colourfulness", was.colourfulness, now.colourfulness,
            "Hasler and Süsstrunk 2003: 0 is grey, 15 slightly, 59 highly colourful",
        )
        + row("Mean chroma", was.chroma, now.chroma, "Mean distance from grey, in Lab units")
        + "</table>"
    )  # fmt: skip


def _add_endpoint(service: Service) -> None:
    grayscale = gr.Image(visible=False, label="grayscale")
    colorized = gr.Image(visible=False, label="colorized")
    numbers = gr.JSON(visible=False, label="colour")

    def colorize(path: Path, name: str, settings: Settings) -> tuple:
        """Colour a photo with one checkpoint; returns grayscale, colorized and their numbers."""
        result = service.colorize(path, name, settings)
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

    add_endpoint("colorize", colorize, [grayscale, colorized, numbers], samples=1)
