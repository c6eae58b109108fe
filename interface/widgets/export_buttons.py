"""The buttons that save or keep what the Colorize tab shows."""

import html
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from interface.engine import EXPECTED_ERRORS, Engine, Settings, Subject, exports
from interface.render.html import file_url, problem
from interface.text import say
from interface.widgets.bare_html import bare_html
from interface.widgets.events import LOOK, NETWORK, QUIET, Updates

BUTTONS = ("download", "download-jpeg", "download-both", "pin")  # ids
_CLICK = "() => document.querySelector('#parcel a')?.click()"
_serial = itertools.count()  # so that the same file asked for again is a new answer


@dataclass(frozen=True)
class Answer:
    """What the page shows: the PNG, and which question it answers."""

    subject: Subject
    settings: Settings
    file: Path


class ExportButtons:
    """answer: a state with the Answer on the page, or None; pin: the button of `pin.py`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.answer = gr.State(None)
        small: dict[str, Any] = {"size": "sm", "min_width": 120, "scale": 0}
        off: dict[str, Any] = {"interactive": False, **small}
        click: dict[str, Any] = {"fn": None, "js": _CLICK, **QUIET}
        png = gr.Button(say("download"), elem_id="download", **off)
        jpeg = gr.Button(say("download_jpeg"), elem_id="download-jpeg", **off)
        both = gr.Button(say("download_both"), elem_id="download-both", **off)
        self.pin = gr.Button(say("pin"), elem_id="pin", **off)
        gr.Button(say("copy"), elem_classes="copy-link", **small)
        self.all = [png, jpeg, both, self.pin]

        file = bare_html(elem_id="parcel")
        png.click(self.save_png, self.answer, file, **LOOK).then(**click)
        jpeg.click(self.save_jpeg, self.answer, file, **NETWORK).then(**click)
        both.click(self.save_both, self.answer, file, **NETWORK).then(**click)

    @property
    def outputs(self) -> list[Component]:
        """What `switch` changes."""
        return [self.answer, *self.all]

    def switch(self, answer: Answer | None) -> Updates:
        """For a new answer, or none."""
        ready = gr.update(interactive=answer is not None)
        return {self.answer: answer, **dict.fromkeys(self.all, ready)}

    def save_png(self, answer: Answer | None, request: gr.Request) -> str:
        """What the page shows; coloured again if the file is gone, or does not have the very bytes
        that `redo` makes, as with samples that were drawn a few at a time.
        """
        if answer and answer.settings.samples == 1 and answer.file.is_file():
            return _link(answer.file)
        return self._save(exports.png, "download", answer, request)

    def save_jpeg(self, answer: Answer | None, request: gr.Request) -> str:
        return self._save(exports.jpeg, "download-jpeg", answer, request)

    def save_both(self, answer: Answer | None, request: gr.Request) -> str:
        return self._save(exports.before_and_after, "download-both", answer, request)

    def _save(
        self, write: Callable[..., Path], button: str, answer: Answer | None, request: gr.Request
    ) -> str:
        if answer is None:
            return ""
        try:
            return _link(write(self.engine, answer.subject, answer.settings))
        except EXPECTED_ERRORS as error:
            return problem(request, error, button)


def _link(file: Path) -> str:
    """To the file; the page follows it at once."""
    name = html.escape(file.name)
    return f'<a href="{file_url(file)}" download="{name}" data-serial="{next(_serial)}"></a>'
