"""The bar beside the tabs: choose photos, or take an example; the door that photos come through.

A file is opened here before it becomes the page's photo, so one that cannot be read leaves photo
and result as they were. What a browser cannot show (TIFF, HEIC) becomes a PNG.
"""

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from colorizer.kinds import kind_of_file
from interface.engine import EXPECTED_ERRORS, Engine, UserError
from interface.engine.cancellation import Runs
from interface.gradio_internals import event_data
from interface.render.html import file_url
from interface.text import explain, tell
from interface.widgets.bare_html import bare_html
from interface.widgets.events import QUIET, Updates
from interface.widgets.uploads import read_upload

# What every browser shows as it is, by its content; servers tell what it is by the suffix.
BROWSER_KINDS = {"JPEG", "PNG", "WebP", "GIF", "BMP", "AVIF"}
BROWSER_SUFFIXES = {".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".bmp", ".avif"}


class UploadBar:
    """Draws the bar, and the line under it that says what became of a file."""

    def __init__(self, engine: Engine, examples: Sequence[Path]) -> None:
        self.engine = engine
        self.examples = {path.stem: path for path in examples}
        self.runs = Runs()
        with gr.Row(elem_id="bar"):
            bare_html("<h1>Colorizer</h1>", elem_id="heading")
            self.bar = bare_html(_buttons(examples), "upload-bar.js", elem_id="intake")
        self.line = bare_html(arrival(0, ""), elem_id="arrival")

    def listen(self, photo: gr.Image) -> None:
        """Lets what the bar takes in become the page's photo."""
        self.photo = photo
        self.bar.click(
            self.accept,
            None,
            [photo, self.line],
            **QUIET,
            trigger_mode="multiple",
            concurrency_id="intake",
            concurrency_limit=2,
        )

    def accept(self, event: gr.EventData, request: gr.Request) -> Updates:
        """A later file of the same visitor, opened sooner, stays."""
        run = self.runs.begin(request.session_hash)
        updates = self._answer(event_data(event), request)
        newest = self.runs.goes_on(run)
        self.runs.end(run)
        return updates if newest else gr.skip()

    def _answer(self, sent: dict[str, Any], request: gr.Request) -> Updates:
        ticket = sent.get("ticket")
        if sent.get("cleared"):
            return {self.photo: None, self.line: arrival(ticket, "")}
        try:
            path, pages = self._example(sent) if "example" in sent else self._readable(sent)
        except EXPECTED_ERRORS as error:
            return {self.line: arrival(ticket, explain(request, error), problem=True)}
        notes = []
        if isinstance(count := sent.get("files"), int) and count > 1:
            notes.append(tell(request, "first_of_files", count=count))
        if pages > 1:
            notes.append(tell(request, "first_of_pages", count=pages))
        return {self.photo: str(path), self.line: arrival(ticket, " ".join(notes))}

    def _example(self, sent: dict[str, Any]) -> tuple[Path, int]:
        if sent["example"] not in self.examples:
            raise UserError("There is no such example.")
        return self.examples[sent["example"]], 1

    def _readable(self, sent: dict[str, Any]) -> tuple[Path, int]:
        """A file that can be shown of an uploaded one, and how many pictures that holds.

        Raises UserError or PhotoError.
        """
        subject = read_upload({"path": sent.get("path"), "orig_name": sent.get("name")})
        photo = self.engine.photo(subject)
        suffix, kind = subject.path.suffix.lower(), kind_of_file(subject.path)
        if suffix in BROWSER_SUFFIXES and kind in BROWSER_KINDS:
            return subject.path, photo.origin.pages
        return self.engine.stand_in(subject), photo.origin.pages


def arrival(ticket: object, text: str, problem: bool = False) -> str:
    """What became of a file. ticket: which of the page's files this answers."""
    kind, role = ("problem", "alert") if problem else ("note", "status")
    return (
        f'<div class="{kind}" role="{role}" data-ticket="{html.escape(str(ticket))}">'
        f"{html.escape(text)}</div>"
    )


def _buttons(examples: Sequence[Path]) -> str:
    """Words that stand in buttons come from the page's script, in the reader's language."""
    thumbs = "".join(
        f'<button type="button" data-example="{path.stem}" data-name="example_{path.stem}">'
        f'<img src="{file_url(path)}" alt="" width="48" height="36"></button>'
        for path in examples
    )
    return (
        '<span class="or" data-say="or_drop"></span>'
        f'<div class="examples" role="group" data-name="examples">{thumbs}</div>'
        '<button type="button" id="choose-photo" data-say="choose"></button>'
        '<input type="file" id="photo-file" accept="image/*,.heic,.heif,.tif,.tiff" hidden '
        "multiple>"
    )
