"""Colours by hand, on the Colorize tab: a click on the colorized picture, and a palette there.

The page's script (`static/hints.js`) keeps the list of hints and always sends all of it, so that an
answer depends on nothing but what was sent. It travels as JSON with two fields: `photo`, the photo
it is about, so that it never colours another, and `file`, a file of hints as the command line reads
it (`colorizer/hints.py`).

Each change is answered twice: by a preview, which the script asks for past Gradio's queue and lays
over the picture, and once that is there, as every other control is, by the picture itself.
"""

import html
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import gradio as gr

from colorizer.hints import LARGEST, LIMIT, as_json
from interface.engine import EXPECTED_ERRORS, Engine, Place, Settings, Subject, UserError
from interface.engine.suggestions import shown_on
from interface.gradio_internals import event_data
from interface.render.html import data_url, problem
from interface.widgets.bare_html import bare_html
from interface.widgets.events import LOOK, Updates
from interface.widgets.export_buttons import Answer
from interface.widgets.uploads import hints_about, read_question

_TOOLS = ("others", "undo", "redo", "clear", "hide", "save", "load")


class HintEditor:
    """Draws the line under the pictures: the tools, and out of sight what the server says.

    hints: what the script says, for `read_upload`.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

        def preview(sent: Any) -> str | None:  # Gradio marks it, which no method allows
            return self.preview(sent)

        self.hints = bare_html(
            "", "hints.js", html_template=_template(), elem_id="hints", server_functions=[preview]
        )
        self.reply = bare_html(_reply({}), elem_id="hints-answer")

    def listen(self, answer: gr.State) -> None:
        """Lets the script ask about the photo that is shown."""
        for listener, handler in (
            (self.hints.select, self.chips_there),
            (self.hints.submit, self.question),
            (self.hints.upload, self.load_hints),
        ):
            listener(handler, [answer, self.hints], self.reply, **LOOK, trigger_mode="multiple")

    def preview(self, sent: Any) -> str | None:
        """For the script: what the picture is about to be, as an address of its own.

        sent: `about`, what the preview is to answer (`render/freshness.py`), and `file`.
        """
        try:
            picture = self.engine.preview(*read_question(sent))
        except EXPECTED_ERRORS:
            return None  # the answer proper says in words what is wrong
        if picture is None:
            return None
        return data_url(picture, "jpeg")

    def chips_there(
        self, event: gr.EventData, request: gr.Request, answer: Answer | None, hints: Any
    ) -> Updates:
        """What to choose from at the spot that was clicked: colours, and how far they reach."""

        def find(answer: Answer, sent: dict[str, Any]) -> dict[str, Any]:
            return self._chips(_with_hints(answer.subject, hints), answer.settings, sent)

        return self._answer(request, event, answer, find)

    def question(
        self, event: gr.EventData, request: gr.Request, answer: Answer | None, hints: Any
    ) -> Updates:
        """The spot where a colour by hand would help most, and what to choose from there."""

        def find(answer: Answer, sent: dict[str, Any]) -> dict[str, Any]:
            listed = sent.get("unknown")
            unknown = [_inside(spot) for spot in (listed if isinstance(listed, list) else [])]
            subject = _with_hints(answer.subject, hints)
            spot = self.engine.suggest(subject, answer.settings, unknown[:LIMIT])
            return {"asked": True, **self._chips(subject, answer.settings, {"spot": spot})}

        return self._answer(request, event, answer, find)

    def load_hints(
        self, event: gr.EventData, request: gr.Request, answer: Answer | None, hints: Any
    ) -> Updates:
        """The hints of a file, as this photo takes them."""

        def load(answer: Answer, sent: dict[str, Any]) -> dict[str, Any]:
            subject = replace(answer.subject, hints_json=str(sent.get("file"))[:LARGEST])
            photo, hints = self.engine.photo(subject), self.engine.hints(subject)
            return {**json.loads(as_json(hints, photo)), "shown": shown_on(photo, hints)}

        return self._answer(request, event, answer, load)

    def _chips(self, subject: Subject, settings: Settings, sent: dict[str, Any]) -> dict[str, Any]:
        """sent: `spot`, and the `index` of the hint there, -1 or missing for none."""
        place = _inside(sent.get("spot"))
        index = index if isinstance(index := sent.get("index"), int) else -1
        chips = self.engine.chips(subject, settings, place)
        veils = self.engine.veils(subject, settings, place, index) if chips.shows else {}
        addresses = {reach: data_url(picture, "png") for reach, picture in veils.items()}
        return {"x": place[0], "y": place[1], **asdict(chips), "veils": addresses}

    def _answer(
        self, request: gr.Request, event: gr.EventData, answer: Answer | None, find: Callable
    ) -> Updates:
        if answer is None:
            return gr.skip()
        sent = event_data(event)
        try:
            content, words = find(answer, sent), ""
        except EXPECTED_ERRORS as error:
            content, words = {}, problem(request, error)
        return {self.reply: _reply({"ticket": sent.get("ticket"), **content}, words)}


def _with_hints(subject: Subject, sent: Any) -> Subject:
    """With what the script says now; the last answer may be to fewer hints."""
    return replace(subject, hints_json=hints_about(subject.path, sent))


def _inside(spot: Any) -> Place:
    """Shares of width and height, inside the photo. Raises UserError."""
    try:
        x, y = (min(max(0.0, float(share)), 1 - 1e-6) for share in spot)
    except (TypeError, ValueError, OverflowError):
        raise UserError("This spot is not on the photo; click the picture again.") from None
    return x, y


def _reply(content: dict[str, Any], words: str = "") -> str:
    return f'<div data-answer="{html.escape(json.dumps(content))}">{words}</div>'


def _template() -> str:
    """Buttons whose words come from the page's script, in the reader's language."""
    tools = "".join(
        f'<button type="button" data-tool="{tool}" data-say="hint_{tool}" hidden></button>'
        for tool in _TOOLS
    )
    return (
        '<div class="line"><span class="lead" data-say="hint_lead"></span>'
        '<button type="button" data-tool="ask" data-say="hint_ask"></button>'
        f"{tools}</div>"
        '<input type="file" accept=".json,application/json" hidden tabindex="-1">'
    )
