"""The training as a film of the visitor's photo, below the grid."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from interface.engine import EXPECTED_ERRORS, Cell, Engine
from interface.render import freshness
from interface.render.film import make_film, player
from interface.render.html import problem
from interface.text import say
from interface.widgets.bare_html import bare_html
from interface.widgets.events import NEWEST, Updates
from interface.widgets.uploads import read_upload


class Film:
    """inputs: the photo, its hints, and a state with the cells of the grid."""

    def __init__(self, engine: Engine, inputs: Sequence[Component]) -> None:
        self.engine, self.checkpoints = engine, engine.checkpoints
        self.player = bare_html("", "film.js", elem_id="film")
        variants, best = self.checkpoints.variants, self.checkpoints.best.variant or None
        self.variant = gr.Radio(variants, value=best, label=say("film_of"), elem_id="film-of")
        off: dict[str, Any] = {"size": "sm", "interactive": False}
        self.file = gr.DownloadButton(say("download_film"), elem_id="film-file", **off)
        self.wires = [*inputs, self.variant], [self.player, self.file]
        self.variant.change(self.roll, *self.wires, **NEWEST)

    def after(self, event: Dependency) -> Dependency:
        """Rolls once an event has changed the grid."""
        return event.then(self.roll, *self.wires, **NEWEST)

    def roll(
        self, picture: Any, hints: Any, cells: list[Cell], variant: str | None, request: gr.Request
    ) -> Updates:
        """The film of one variant over all its epochs, below a grid."""
        no_file = gr.update(value=None, interactive=False)
        if not variant or not cells or picture is None:
            return {self.player: "", self.file: no_file}
        try:
            subject = read_upload(picture, hints)
            frames, file = make_film(request, self.engine, subject, variant)
        except EXPECTED_ERRORS as error:
            return {self.player: problem(request, error), self.file: no_file}
        controls = {"film-of": variant, "by-hand": subject.hints_digest}
        whose = freshness.attributes(subject.path, controls, ["film"], ["film-file"])
        film = player(request, variant, self.checkpoints.epochs(variant), frames)
        return {
            self.player: f"<div{whose}>{freshness.line('making_film', '')}{film}</div>",
            self.file: gr.update(value=str(file), interactive=True),
        }
