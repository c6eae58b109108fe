"""The pin: one result stays beside the next ones, for as long as its photo does."""

import html
from typing import Any

import gradio as gr

from interface.engine import EXPECTED_ERRORS
from interface.render import freshness
from interface.text import describe, say
from interface.widgets import compare_view
from interface.widgets.bare_html import bare_html
from interface.widgets.events import QUIET, RAW, Updates
from interface.widgets.export_buttons import Answer, ExportButtons
from interface.widgets.uploads import read_upload

# The button that was pressed goes with the pin, so the focus needs another place.
_UNPIN = """
element.addEventListener("click", (event) => {
  if (!event.target.closest(".unpin")) return;
  document.querySelector("#pin").focus();
  trigger("click");
});
"""


class Pin:
    """Draws a column, which the style hides while nothing is pinned."""

    def __init__(self, **picture: Any) -> None:
        """picture: how pictures of this row look."""
        with gr.Column(min_width=240, elem_id="pinned-column"):
            words = f'<span data-say="pinned"></span>{compare_view.button("pinned")}'
            unpin = '<button type="button" class="unpin" data-say="unpin"></button>'
            heading = f'<div class="name">{words}{unpin}</div>'
            self.heading = bare_html(heading, js_on_load=_UNPIN)
            self.image = gr.Image(elem_id="pinned", alt_text=say("alt_pinned"), **picture)
            self.caption = bare_html(elem_id="pinned-words")
        self.answer = gr.State(None)
        self.outputs = [self.answer, self.image, self.caption]

    def listen(self, buttons: ExportButtons, photo: gr.Image) -> None:
        buttons.pin.click(self.keep, buttons.answer, self.outputs, **QUIET)
        self.heading.click(self.unpin, None, self.outputs, **QUIET)
        photo.change(self.follow, [photo, self.answer], self.outputs, **RAW)

    def keep(self, answer: Answer | None, request: gr.Request) -> Updates:
        """Pins what the page shows."""
        if answer is None or not answer.file.is_file():
            return gr.skip()
        words = html.escape(describe(request, answer.settings))
        whose = freshness.attributes(answer.subject.path, {}, ["pinned"])
        caption = f'<div role="status"{whose}>{freshness.line("opening", words)}</div>'
        return {self.answer: answer, self.image: str(answer.file), self.caption: caption}

    def unpin(self) -> Updates:
        return {self.answer: None, self.image: None, self.caption: ""}

    def follow(self, picture: Any, answer: Answer | None) -> Updates:
        """Unpins for another photo, or none."""
        try:
            path = read_upload(picture).path
        except EXPECTED_ERRORS:
            path = None
        return gr.skip() if answer is None or answer.subject.path == path else self.unpin()
