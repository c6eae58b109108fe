"""The buttons that save or keep what the Colorize tab shows."""

import html
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from interface.engine import EXPECTED_ERRORS, Engine, Settings, Subject, exports
from interface.render.html import file_url, problem
from interface.text import number, say, tell
from interface.widgets.bare_html import bare_html
from interface.widgets.events import LOOK, NETWORK, QUIET, Updates

BUTTONS = ("download-jpeg", "download", "download-both", "download-map", "pin")  # ids
_CLICK = "() => document.querySelector('#parcel a')?.click()"
_MENU = '<details><summary data-name="formats"></summary></details>'
_CLOSE = """
const menu = () => element.querySelector("details");
function close(back) {
  if (!menu().open) return;
  menu().open = false;
  if (back) menu().firstChild.focus();
}
document.addEventListener("click", ({ target }) => {
  if (!target.closest("#formats")) close(target.closest("#format-menu"));
});
document.addEventListener("keydown", (event) => event.key === "Escape" && close(true));
"""
_DOTS_PER_CM = 100  # on paper: 254 to the inch, more than the eye tells apart
_serial = itertools.count()  # so that the same file asked for again is a new answer


@dataclass(frozen=True)
class Answer:
    """What the page shows: the PNG, its width and height, and which question it answers."""

    subject: Subject
    settings: Settings
    file: Path
    size: tuple[int, int]


class ExportButtons:
    """answer: a state with the Answer on the page, or None; pin: the button of `pin.py`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.answer = gr.State(None)
        small: dict[str, Any] = {"size": "sm", "min_width": 120, "scale": 0}
        off: dict[str, Any] = {"interactive": False, **small}
        click: dict[str, Any] = {"fn": None, "js": _CLICK, **QUIET}
        with gr.Row(elem_id="save"):
            self.jpeg = gr.Button(
                say("download_jpeg"), variant="primary", elem_id="download-jpeg", **off
            )
            bare_html(_MENU, js_on_load=_CLOSE, elem_id="formats")
            with gr.Column(elem_id="format-menu"):
                png = gr.Button(say("download"), elem_id="download", **off)
                both = gr.Button(say("download_both"), elem_id="download-both", **off)
                self.map = gr.Button(say("download_map"), elem_id="download-map", **off)
        self.print_size = bare_html(elem_id="print-size")
        self.pin = gr.Button(say("pin"), elem_id="pin", **off)
        gr.Button(say("copy"), elem_classes="copy-link", **small)
        bare_html('<p data-say="promise"></p>', elem_id="promise")
        self.all = [self.jpeg, png, both, self.map, self.pin]

        file = bare_html(elem_id="parcel")
        png.click(self.save_png, self.answer, file, **LOOK).then(**click)
        self.jpeg.click(self.save_jpeg, self.answer, file, **NETWORK).then(**click)
        both.click(self.save_both, self.answer, file, **NETWORK).then(**click)
        self.map.click(self.save_map, self.answer, file, **NETWORK).then(**click)

    @property
    def outputs(self) -> list[Component]:
        """What `switch` changes."""
        return [self.answer, self.print_size, *self.all]

    def switch(self, request: gr.Request, answer: Answer | None) -> Updates:
        """For a new answer, or none."""
        ready = gr.update(interactive=answer is not None)
        updates: Updates = {self.answer: answer, **dict.fromkeys(self.all, ready)}
        if answer is None:
            return {**updates, self.print_size: ""}

        width, height = answer.size
        label = tell(request, "download_jpeg_size", width=width, height=height)
        sides = [number(request, side / _DOTS_PER_CM, ".0f") for side in answer.size]
        paper = tell(request, "print_size", width=sides[0], height=sides[1])
        unsure = self.engine.checkpoints.uncertainties(answer.settings.variant)
        return {
            **updates,
            self.print_size: html.escape(paper),
            self.jpeg: gr.update(value=label, interactive=True),
            self.map: gr.update(interactive=bool(unsure)),
        }

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

    def save_map(self, answer: Answer | None, request: gr.Request) -> str:
        write = partial(exports.with_certainty_map, caption=tell(request, "certainty_caption"))
        return self._save(write, "download-map", answer, request)

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
