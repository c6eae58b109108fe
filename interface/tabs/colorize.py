"""The first tab: original, grayscale and colorized side by side, and the sliders under them."""

import html
import itertools
from pathlib import Path
from typing import Any

import gradio as gr

from interface import link, sliders
from interface.checkpoints import MAKE_CHECKPOINTS, Checkpoints
from interface.languages import say
from interface.parts import Updates, add_endpoint, picture_input, settings_inputs
from interface.problems import PROBLEMS
from interface.service import Result, Service
from interface.settings import Settings
from interface.uploads import uploaded

_serial = itertools.count()  # tells the page that a caption is new even if its words are not


def build(service: Service, examples: list[Path]) -> tuple[gr.Image, link.Restore]:
    """Draws the tab inside the surrounding Blocks; returns the photo input for other tabs."""
    checkpoints = service.checkpoints
    default = checkpoints.best
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
    controls = sliders.build(checkpoints, default)
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

    def refresh(picture: Any, epochs_shown: str, *values: Any) -> Updates:
        if not checkpoints.variants:
            return gr.skip()
        settings = controls.read(*values)
        updates = controls.follow(settings)
        if updates[controls.epoch_stops] == epochs_shown:
            # A slider that stays the same is left to the hand that moves it.
            del updates[controls.epoch], updates[controls.epoch_stops]
        nothing: Updates = {
            grayscale: None, colorized: None, readout: "",
            download: gr.update(value=None, interactive=False),
        }  # fmt: skip
        if picture is None:
            unlabelled = {photo: gr.update(label=say("original")), caption: _caption("", settings)}
            return {**updates, **nothing, **unlabelled}
        try:
            path, name = uploaded(picture)
            result = service.colorize(path, name, settings)
        except PROBLEMS as error:
            return {**updates, **nothing, caption: _caption(str(error), settings, problem=True)}
        label = f"original_{result.monochrome.replace(' ', '_')}".rstrip("_")
        return {
            **updates,
            photo: gr.update(label=say(label)),
            grayscale: str(result.grayscale),
            colorized: str(result.colorized),
            caption: _caption(f"{settings} · {result.seconds:.2f} s", settings),
            readout: _table(result),
            download: gr.update(value=str(result.colorized), interactive=True),
        }

    gr.on(
        [photo.change, *(control.change for control in controls.inputs)],  # pyright: ignore
        refresh, [photo, controls.epoch_stops, *controls.inputs],
        [photo, grayscale, colorized, caption, readout, download, *controls.outputs],
        preprocess=False, trigger_mode="always_last", show_progress="hidden",
        concurrency_id="network", concurrency_limit=1, api_visibility="private",
    )  # fmt: skip
    _add_endpoint(service, default)

    def restore(query: link.Query) -> Updates:
        return controls.place(link.settings_of(query, checkpoints, default))

    return photo, link.Restore(controls.outputs, restore)


def _caption(words: str, settings: Settings | None = None, problem: bool = False) -> str:
    kind = "problem" if problem else "made"
    role = "alert" if problem else "status"
    serial = f'data-serial="{next(_serial)}"'
    shared = link.attribute(**link.values_of(settings)) if settings else ""
    return f'<div class="{kind}" role="{role}" {serial}{shared}>{html.escape(words)}</div>'


def _notice(checkpoints: Checkpoints) -> str:
    if checkpoints.variants:
        return _caption("")
    return _caption(
        f"There are no checkpoints yet. Make them with: {MAKE_CHECKPOINTS}", problem=True
    )


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
            epoch: After how many epochs of training; the error for a wrong one lists them.
            samples: How many MC-dropout samples to average, 1 to 64; 1 without dropout.
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
