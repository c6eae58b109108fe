"""Pieces that more than one tab is made of."""

import html
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from colorizer import CheckpointError, PhotoError
from colorizer.bins import TEMPERATURE
from interface.service import Settings, UserError
from interface.uploads import uploaded

PROBLEMS = (UserError, PhotoError, CheckpointError)  # whose text is a sentence for the visitor


def words(text: str, problem: bool = False) -> str:
    """A line of the page that screen readers speak when it changes."""
    kind, role = ("problem", "alert") if problem else ("made", "status")
    return f'<div class="{kind}" role="{role}">{html.escape(text)}</div>'


def file_url(path: Path) -> str:
    """Where the page finds a file that the app made, as an attribute's value."""
    return html.escape(f"gradio_api/file={path}")


def add_endpoint(
    name: str,
    answer: Callable[[Path, str, Settings], tuple],
    outputs: Sequence[Component],
    samples: int,
) -> None:
    """`/name` for scripts: a photo, variant and epoch by name, samples and temperature.

    answer: gets the photo's path, what its owner calls it, and the settings; its docstring is the
    endpoint's. samples: how many where a script does not say.
    """
    inputs = [
        gr.Image(type="filepath", visible=False, label="photo"),
        gr.Textbox(visible=False, label="variant"),
        gr.Number(visible=False, label="epoch", precision=0),
        gr.Number(samples, visible=False, label="samples", precision=0),
        gr.Number(TEMPERATURE, visible=False, label="temperature"),
    ]

    def call(picture: Any, variant: str, epoch: int, samples: int, temperature: float) -> tuple:
        try:
            path, owners_name = uploaded(picture)
            return answer(path, owners_name, Settings.asked(variant, epoch, samples, temperature))
        except PROBLEMS as error:
            raise gr.Error(str(error), print_exception=False) from error

    call.__name__, call.__doc__ = name, answer.__doc__
    trigger = gr.Button(visible=False)
    trigger.click(
        call, inputs, list(outputs), preprocess=False, api_name=name, concurrency_id="network",
        concurrency_limit=1,
    )  # fmt: skip
