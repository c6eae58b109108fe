"""Several photos dropped at once: a line that offers all of them in colour, as a ZIP."""

import html
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from interface.engine import EXPECTED_ERRORS, Engine, Subject, UserError, exports
from interface.engine.cancellation import Runs
from interface.gradio_internals import event_data
from interface.render.html import file_url, message, problem
from interface.text import describe, explain, tell
from interface.widgets.bare_html import bare_html
from interface.widgets.events import QUIET, Updates
from interface.widgets.export_buttons import Answer
from interface.widgets.uploads import read_upload


class BatchZip:
    """Draws the line, empty; its script fills it when the upload bar tells of several files."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.runs = engine, Runs()
        self.line = bare_html("", "batch-zip.js", elem_id="many")

    def listen(self, answer: gr.State) -> None:
        """Colours the files sent as the picture that is shown was coloured."""
        self.line.click(
            self.colour,
            [answer],
            [self.line],
            **QUIET,
            trigger_mode="multiple",
            concurrency_id="many",
            concurrency_limit=2,
        )

    def colour(
        self, event: gr.EventData, answer: Answer | None, request: gr.Request
    ) -> Iterator[Updates]:
        sent = event_data(event)
        if sent.get("stop"):
            self.runs.stop(request.session_hash)
            yield gr.skip()
            return
        run = self.runs.begin(request.session_hash)
        try:
            files = sent.get("files")
            if answer is None or not isinstance(files, list) or not files:
                raise UserError("There is no photo; drop one on the page first.")
            photos, unsent = _received(files, sent.get("failed"))
            settings, count = answer.settings, len(photos) + len(unsent)
            for progress in exports.batch_zip(
                self.engine, photos, settings, lambda: self.runs.goes_on(run)
            ):
                how = describe(request, settings)
                progress = replace(progress, failed=[*unsent, *progress.failed])
                draw = _draw_end if progress.ended else _draw_progress
                yield {self.line: draw(request, progress, count, how)}
        except EXPECTED_ERRORS as error:
            yield {self.line: problem(request, error)}
        finally:
            self.runs.end(run)


def _received(files: list[Any], failed: Any) -> tuple[list[Subject], list[tuple[str, str]]]:
    """The photos that are here, and the names of the others, each with its reason.

    failed: the same of files that did not reach the server, as the page's script says.
    """
    pairs = failed[: exports.MOST_PHOTOS] if isinstance(failed, list) else []
    missing = [(str(one[0])[:255], str(one[1])[:500]) for one in pairs if _is_pair(one)]
    photos = []
    for file in files:
        sent = file if isinstance(file, dict) else {}
        try:
            photos.append(read_upload(sent))
        except UserError as error:
            missing.append((str(sent.get("orig_name"))[:255], str(error)))
    return photos, missing


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _draw_progress(request: gr.Request, progress: exports.Progress, count: int, how: str) -> str:
    done = progress.done + len(progress.failed)
    words = html.escape(tell(request, "many_so_far", done=done, count=count, how=how))
    stop = f'<button type="button" data-stop>{tell(request, "stop")}</button>'
    share = f'<progress max="{count}" value="{done}" aria-label="{words}"></progress>'
    return message("", content=f"{words} {share} {stop}")


def _draw_end(request: gr.Request, progress: exports.Progress, count: int, how: str) -> str:
    words = html.escape(tell(request, "many_done", done=progress.done, count=count, how=how))
    notes = [(name, explain(request, why)) for name, why in progress.failed]
    notes += [
        (name, tell(request, "first_of_pages", count=pages)) for name, pages in progress.pages
    ]
    items = "".join(f"<li>{html.escape(name)}: {html.escape(why)}</li>" for name, why in notes)
    link = ""
    if progress.file:
        name, label = html.escape(progress.file.name), tell(request, "many_download")
        link = f'<a href="{file_url(progress.file)}" download="{name}">{html.escape(label)}</a>'
    return message("", content=f"{words} {link}<ul>{items}</ul>")
