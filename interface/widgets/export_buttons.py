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
from interface.render.html import file_url, message
from interface.text import explain, say
from interface.widgets.bare_html import bare_html
from interface.widgets.events import NETWORK, QUIET, Updates

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
        self.png = gr.DownloadButton(say("download"), elem_id="download", **off)
        jpeg = gr.Button(say("download_jpeg"), elem_id="download-jpeg", **off)
        both = gr.Button(say("download_both"), elem_id="download-both", **off)
        self.pin = gr.Button(say("pin"), elem_id="pin", **off)
        gr.Button(say("copy"), elem_classes="copy-link", **small)
        self.others = [jpeg, both, self.pin]

        file = bare_html(elem_id="parcel")
        for button, handler in ((jpeg, self.save_jpeg), (both, self.save_both)):
            button.click(handler, self.answer, file, **NETWORK).then(
                None, None, None, js=_CLICK, **QUIET
            )

    @property
    def outputs(self) -> list[Component]:
        """What `switch` changes."""
        return [self.answer, self.png, *self.others]

    def switch(self, answer: Answer | None) -> Updates:
        """For a new answer, or none."""
        ready = gr.update(interactive=answer is not None)
        file = str(answer.file) if answer else None
        png = gr.update(value=file, interactive=answer is not None)
        return {self.answer: answer, self.png: png, **dict.fromkeys(self.others, ready)}

    def save_jpeg(self, answer: Answer | None, request: gr.Request) -> str:
        return self._save(exports.jpeg, answer, request)

    def save_both(self, answer: Answer | None, request: gr.Request) -> str:
        return self._save(exports.before_and_after, answer, request)

    def _save(self, write: Callable[..., Path], answer: Answer | None, request: gr.Request) -> str:
        """A link to the file, which the page follows at once."""
        if answer is None:
            return ""
        try:
            file = write(self.engine, answer.subject, answer.settings)
        except EXPECTED_ERRORS as error:
            return message(explain(request, error), problem=True)
        name = html.escape(file.name)
        return f'<a href="{file_url(file)}" download="{name}" data-serial="{next(_serial)}"></a>'
