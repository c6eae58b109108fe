"""Colours by hand, on the Colorize tab: a click on the colorized picture, and a palette there.

The page's script (`static/hints.js`) keeps the list of hints and always sends all of it, so that an
answer depends on nothing but what was sent. It travels as JSON with two fields: `photo`, the photo
it is about, so that it never colours another, and `file`, a file of hints as the command line reads
it (`colorizer/hints.py`).

Each change is answered twice: by a preview, which the script asks for past Gradio's queue and lays
over the picture, and once that is there, as every other control is, by the picture itself.
"""

import base64
import html
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
import torch

from colorizer import Hint
from colorizer.hints import LARGEST, LIMIT, as_json, from_json, lightness_at
from interface.engine.colour_names import css_of
from interface.engine.engine import Engine, Place
from interface.engine.errors import EXPECTED_ERRORS, UserError
from interface.engine.settings import FIELDS, Settings
from interface.engine.subject import Subject
from interface.render.html import QUIET, Updates
from interface.text import explain, tell
from interface.widgets.export_buttons import Made
from interface.widgets.uploads import hints_of, uploaded

_SCRIPT = Path(__file__).parents[1] / "static" / "hints.js"
_TOOLS = ("undo", "redo", "clear", "hide", "save", "load")


@dataclass(frozen=True, eq=False)
class Box:
    """What the script says, and what the server says to it."""

    given: gr.HTML
    answer: gr.HTML


def build(engine: Engine) -> Box:
    """Draws the line under the pictures."""

    def preview(sent: Any) -> str | None:
        """For the script: what the picture is about to be, as an address of its own.

        sent: `about`, what the preview is to answer (`answers.py`), and `file`.
        """
        try:
            subject, settings = _asked(sent)
            if (quick := engine.preview(subject, settings)) is None:
                return None
        except EXPECTED_ERRORS:
            return None  # the answer proper says in words what is wrong
        return f"data:image/jpeg;base64,{base64.b64encode(quick).decode()}"

    given = gr.HTML(
        "",
        html_template=_template(),
        elem_id="hints",
        apply_default_css=False,
        js_on_load=_SCRIPT.read_text(),
        server_functions=[preview],
    )
    return Box(given, gr.HTML(_says({}), elem_id="hints-answer", apply_default_css=False))


def _asked(sent: Any) -> tuple[Subject, Settings]:
    """Photo, settings and hints of what anybody may send. Raises UserError."""
    said, file = (sent.get("about"), sent.get("file")) if isinstance(sent, dict) else ({}, "")
    about = said if isinstance(said, dict) else {}
    subject = uploaded({"path": str(about.get("photo"))})
    sent_by_name = {field.name: about.get(field.control) for field in FIELDS}
    settings = Settings.read({**sent_by_name, "medoid": None})
    return replace(subject, hints_json=str(file or "")[:LARGEST]), settings


def words(request: gr.Request, count: int) -> list[str]:
    """What a caption says of so many hints."""
    if not count:
        return []
    return [tell(request, "by_hand_one" if count == 1 else "by_hand", count=count)]


def listen(box: Box, made: gr.State, engine: Engine) -> None:
    """Lets the script ask about the photo that is shown."""

    def chips_there(
        event: gr.EventData, request: gr.Request, made: Made | None, given: Any
    ) -> Updates:
        """The colours to choose from at the spot that was clicked."""
        return answer(
            request,
            event,
            made,
            lambda made, sent: _place(engine, made, _inside(sent.get("spot"))),
        )

    def question(
        event: gr.EventData, request: gr.Request, made: Made | None, given: Any
    ) -> Updates:
        """The spot where a colour by hand would help most, and what to choose from there."""

        def ask(made: Made, sent: dict[str, Any]) -> dict[str, Any]:
            listed = sent.get("unknown")
            unknown = [*map(_inside, listed[:LIMIT] if isinstance(listed, list) else [])]
            subject = replace(made.subject, hints_json=hints_of(given, made.subject.path))
            place = engine.suggest(subject, made.settings, unknown)
            return {"asked": True, **_place(engine, made, place)}

        return answer(request, event, made, ask)

    def load_hints(
        event: gr.EventData, request: gr.Request, made: Made | None, given: Any
    ) -> Updates:
        """The hints of a file, as this photo takes them."""

        def load(made: Made, sent: dict[str, Any]) -> dict[str, Any]:
            photo = engine.photo(made.subject)
            hints = from_json(str(sent.get("file"))[:LARGEST], photo)
            lightness = lightness_at(hints, photo).tolist() if hints else []
            shown = [_shown(*pair) for pair in zip(hints, lightness, strict=True)]
            return {**json.loads(as_json(hints, photo)), "shown": shown}

        return answer(request, event, made, load)

    def answer(request: gr.Request, event: gr.EventData, made: Made | None, find: Any) -> Updates:
        sent = event._data if isinstance(event._data, dict) else {}
        if made is None:
            return gr.skip()
        try:
            return {box.answer: _says({"ticket": sent.get("ticket"), **find(made, sent)})}
        except EXPECTED_ERRORS as error:
            return {box.answer: _says({"ticket": sent.get("ticket")}, explain(request, error))}

    for listener, find in (
        (box.given.select, chips_there),
        (box.given.submit, question),
        (box.given.upload, load_hints),
    ):
        listener(
            find,
            [made, box.given],
            box.answer,
            **QUIET,
            preprocess=False,
            trigger_mode="multiple",
            concurrency_id="look",
            concurrency_limit=1,
        )


def _place(engine: Engine, made: Made, place: Place) -> dict[str, Any]:
    """place: shares of the photo's width and height."""
    x, y = place
    return {"x": x, "y": y, **asdict(engine.chips(made.subject, made.settings, place))}


def _shown(hint: Hint, lightness: float) -> str:
    """CSS of a hint's colour at its spot."""
    return css_of(lightness, torch.tensor(hint.colour))


def _inside(spot: Any) -> tuple[float, float]:
    """Shares of width and height, inside the photo. Raises UserError."""
    try:
        x, y = (min(max(0.0, float(share)), 1 - 1e-6) for share in spot)
    except (TypeError, ValueError, OverflowError):
        raise UserError("This spot is not on the photo; click the picture again.") from None
    return x, y


def _says(content: dict[str, Any], problem: str = "") -> str:
    said = f'<div class="problem" role="alert">{html.escape(problem)}</div>' if problem else ""
    return f'<div data-answer="{html.escape(json.dumps(content))}">{said}</div>'


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
