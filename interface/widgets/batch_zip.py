"""Several photos dropped at once: a line that offers all of them in colour, as a ZIP."""

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from interface.engine import exports
from interface.engine.cancellation import Runs
from interface.engine.engine import Engine
from interface.engine.errors import EXPECTED_ERRORS, UserError
from interface.render.html import QUIET, Updates, file_url, words
from interface.text import describe, explain, tell
from interface.widgets.export_buttons import Made
from interface.widgets.uploads import uploaded

_SCRIPT = Path(__file__).parents[1] / "static" / "many.js"


def build() -> gr.HTML:
    """Draws the line, empty; its script fills it when `intake.js` tells of several files."""
    return gr.HTML("", elem_id="many", apply_default_css=False, js_on_load=_SCRIPT.read_text())


def listen(line: gr.HTML, made: gr.State, engine: Engine) -> None:
    """Colours the files sent with what made the picture that is shown."""
    runs = Runs()

    def colour(event: gr.EventData, made: Made | None, request: gr.Request) -> Iterator[Updates]:
        sent: dict[str, Any] = event._data or {}
        if sent.get("stop"):
            runs.stop(request.session_hash)
            yield gr.skip()
            return
        run = runs.begin(request.session_hash)
        try:
            files = sent.get("files")
            if made is None or not isinstance(files, list) or not files:
                raise UserError("There is no photo; drop one on the page first.")
            photos = [uploaded(file if isinstance(file, dict) else {}) for file in files]
            settings = made.settings
            for progress in exports.batch_zip(engine, photos, settings, lambda: runs.goes_on(run)):
                yield {line: _said(request, progress, len(photos), describe(request, settings))}
        except EXPECTED_ERRORS as error:
            yield {line: words(explain(request, error), problem=True)}
        finally:
            runs.end(run)

    line.click(
        colour,
        [made],
        [line],
        **QUIET,
        trigger_mode="multiple",
        concurrency_id="many",
        concurrency_limit=2,
    )


def _said(request: gr.Request, progress: exports.Progress, count: int, how: str) -> str:
    if not progress.ended:
        done = progress.done + len(progress.failed)
        said = html.escape(tell(request, "many_so_far", done=done, count=count, how=how))
        stop = f'<button type="button" data-stop>{tell(request, "stop")}</button>'
        share = f'<progress max="{count}" value="{done}" aria-label="{said}"></progress>'
        return f'<div class="made" role="status">{said} {share} {stop}</div>'
    said = html.escape(tell(request, "many_done", done=progress.done, count=count, how=how))
    failed = "".join(
        f"<li>{html.escape(name)}: {html.escape(explain(request, why))}</li>"
        for name, why in progress.failed.items()
    )
    link = ""
    if progress.file:
        name, words_of = html.escape(progress.file.name), tell(request, "many_download")
        link = f'<a href="{file_url(progress.file)}" download="{name}">{html.escape(words_of)}</a>'
    return f'<div class="made" role="status">{said} {link}<ul>{failed}</ul></div>'
