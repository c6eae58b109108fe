"""The bar above the tabs: choose a photo, or take an example; the door that photos come through.

A file is opened here before it becomes the page's photo, so one that cannot be read leaves photo
and result as they were. What a browser cannot show (TIFF, HEIC) becomes a PNG.
"""

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from colorizer.writing import write_picture
from interface.engine.cancellation import Runs
from interface.engine.engine import Engine
from interface.engine.errors import EXPECTED_ERRORS, UserError
from interface.engine.files import file_stem
from interface.render.html import QUIET, Updates, file_url
from interface.text import explain, tell
from interface.widgets.uploads import uploaded

# What every browser shows as it is.
SHOWN = {".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".bmp", ".avif"}
_SCRIPT = Path(__file__).parents[1] / "static" / "intake.js"


def build(examples: Sequence[Path]) -> tuple[gr.HTML, gr.HTML]:
    """Draws the bar; returns it and the line under it that says what became of a file."""
    with gr.Row(elem_id="bar"):
        gr.HTML("<h1>Colorizer</h1>", elem_id="heading", apply_default_css=False)
        intake = gr.HTML(
            _buttons(examples),
            elem_id="intake",
            apply_default_css=False,
            js_on_load=_SCRIPT.read_text(),
        )
    gr.HTML('<p data-say="tagline"></p>', elem_id="tagline", apply_default_css=False)
    arrival = gr.HTML(says(0, ""), elem_id="arrival", apply_default_css=False)
    return intake, arrival


def listen(
    intake: gr.HTML, arrival: gr.HTML, photo: gr.Image, engine: Engine, examples: Sequence[Path]
) -> None:
    """Lets what the bar takes in become the page's photo."""
    known = {path.stem: path for path in examples}
    runs = Runs()

    def accept(event: gr.EventData, request: gr.Request) -> Updates:
        sent: dict[str, Any] = event._data or {}
        ticket = sent.get("ticket")
        run = runs.begin(request.session_hash)
        updates = answer(sent, ticket, request)
        newest = runs.goes_on(run)
        runs.end(run)
        return updates if newest else gr.skip()

    def answer(sent: dict[str, Any], ticket: Any, request: gr.Request) -> Updates:
        try:
            if sent.get("cleared"):
                return {photo: None, arrival: says(ticket, "")}
            if "example" in sent:
                if sent["example"] not in known:
                    raise UserError("There is no such example.")
                path = known[sent["example"]]
            else:
                path = _readable(engine, sent)
        except EXPECTED_ERRORS as error:
            return {arrival: says(ticket, explain(request, error), problem=True)}
        more = isinstance(count := sent.get("files"), int) and count > 1
        words = tell(request, "first_of_files", count=count) if more else ""
        return {photo: str(path), arrival: says(ticket, words)}

    intake.click(
        accept,
        None,
        [photo, arrival],
        **QUIET,
        trigger_mode="multiple",
        concurrency_id="intake",
        concurrency_limit=2,
    )


def says(ticket: object, words: str, problem: bool = False) -> str:
    """ticket: which of the page's files this answers."""
    kind, role = ("problem", "alert") if problem else ("note", "status")
    return (
        f'<div class="{kind}" role="{role}" data-ticket="{html.escape(str(ticket))}">'
        f"{html.escape(words)}</div>"
    )


def _readable(engine: Engine, sent: dict[str, Any]) -> Path:
    """An uploaded file that can be opened and shown. Raises UserError or PhotoError."""
    subject = uploaded({"path": sent.get("path"), "orig_name": sent.get("name")})
    photo, path = engine.photo(subject), subject.path
    if path.suffix.lower() in SHOWN:
        return path
    file = engine.files.folder(path) / f"{file_stem(subject.name)}.png"
    return write_picture(photo.rgb, file, "", photo.tags)


def _buttons(examples: Sequence[Path]) -> str:
    """Words that stand in buttons come from the page's script, in the reader's language."""
    thumbs = "".join(
        f'<button type="button" data-example="{path.stem}" data-name="example_{path.stem}">'
        f'<img src="{file_url(path)}" alt="" width="56" height="42"></button>'
        for path in examples
    )
    return (
        '<button type="button" id="choose-photo" data-say="choose"></button>'
        '<input type="file" id="photo-file" accept="image/*,.heic,.heif,.tif,.tiff" hidden '
        "multiple>"
        '<div class="others"><span class="or" data-say="or_drop"></span>'
        f'<span class="or" data-say="examples"></span><div class="examples">{thumbs}</div></div>'
    )
