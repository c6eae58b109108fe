"""The buttons that save or keep what the Colorize tab shows."""

import html
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from gradio.components import Component

from interface.engine import exports
from interface.engine.engine import Engine
from interface.engine.errors import EXPECTED_ERRORS
from interface.engine.settings import Settings
from interface.engine.subject import Subject
from interface.render.html import QUIET, Updates, file_url, words
from interface.text import explain, say

SWITCHES = ("download", "download-jpeg", "download-both", "pin")
_CLICK = "() => document.querySelector('#parcel a')?.click()"
_serial = itertools.count()  # so that the same file asked for again is a new answer


@dataclass(frozen=True)
class Made:
    """What is shown: its identity (`answers.py`), and what made it."""

    about: str
    subject: Subject
    settings: Settings
    file: Path  # the PNG shown


@dataclass(frozen=True, eq=False)
class TakeHome:
    made: gr.State  # Made, or None where nothing is shown
    png: gr.DownloadButton
    pin: gr.Button  # for `pin.py`
    others: list[gr.Button]  # which write their file when it is asked for

    @property
    def outputs(self) -> list[Component]:
        """What `filled` and `emptied` change."""
        return [self.made, self.png, self.pin, *self.others]

    def filled(self, made: Made) -> Updates:
        """For a new result."""
        ready = dict.fromkeys([self.pin, *self.others], gr.update(interactive=True))
        png = gr.update(value=str(made.file), interactive=True)
        return {self.made: made, self.png: png, **ready}

    def emptied(self) -> Updates:
        off = dict.fromkeys([self.pin, *self.others], gr.update(interactive=False))
        return {self.made: None, self.png: gr.update(value=None, interactive=False), **off}


def build(engine: Engine) -> TakeHome:
    """Draws the buttons where it is called."""
    made = gr.State(None)
    small = {"size": "sm", "min_width": 120, "scale": 0}
    png = gr.DownloadButton(say("download"), interactive=False, elem_id="download", **small)
    jpeg = gr.Button(say("download_jpeg"), interactive=False, elem_id="download-jpeg", **small)
    both = gr.Button(say("download_both"), interactive=False, elem_id="download-both", **small)
    pin = gr.Button(say("pin"), interactive=False, elem_id="pin", **small)
    gr.Button(say("copy"), elem_classes="copy-link", **small)
    parcel = gr.HTML("", elem_id="parcel", apply_default_css=False)

    def answer(write: Callable[..., Path]) -> Callable[[Made | None, gr.Request], str]:
        def made_now(made: Made | None, request: gr.Request) -> str:
            if made is None:
                return ""
            try:
                file = write(engine, made.subject, made.settings)
            except EXPECTED_ERRORS as error:
                return words(explain(request, error), problem=True)
            name = html.escape(file.name)
            return (
                f'<a href="{file_url(file)}" download="{name}" data-serial="{next(_serial)}"></a>'
            )

        return made_now

    for button, write in ((jpeg, exports.jpeg), (both, exports.before_and_after)):
        button.click(
            answer(write),
            made,
            parcel,
            **QUIET,
            concurrency_id="network",
            concurrency_limit=1,
        ).then(None, None, None, js=_CLICK)
    return TakeHome(made, png, pin, [jpeg, both])
