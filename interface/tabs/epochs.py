"""The second tab: one photo through many checkpoints, two of them side by side, and as a film."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from interface.engine import EXPECTED_ERRORS, Cell, Engine, Query, Settings, Subject
from interface.engine.share_link import integers, listed
from interface.gradio_internals import event_data
from interface.render import freshness
from interface.render.grid import count_words, draw_grid, settings_of_cell
from interface.render.html import gone, message
from interface.tabs.colorize import Colorize
from interface.tabs.tab import Tab
from interface.text import describe_hints, explain, say, tell
from interface.widgets.bare_html import bare_html
from interface.widgets.events import EACH, NETWORK, NEWEST, ONCE, QUIET, RAW, Updates
from interface.widgets.film import Film
from interface.widgets.side_by_side import SideBySide
from interface.widgets.uploads import name_upload, read_upload

COLUMNS = [1, 5, 10]  # shown at first, as far as there are checkpoints, and every last one
_BY_HAND = '<label><input type="checkbox"><span data-say="by_hand_everywhere"></span></label>'


@dataclass(frozen=True)
class Grid:
    """The photo and the checkpoints of a grid."""

    subject: Subject | None
    variants: Sequence[str]
    epochs: Sequence[int]

    @property
    def controls(self) -> dict[str, object]:
        """The positions of the controls, for `render/freshness.py`."""
        digest = self.subject.hints_digest if self.subject else ""
        return {"rows": [*self.variants], "columns": [*self.epochs], "by-hand": digest}


class Epochs(Tab):
    """Draws the grid of the first tab's photo, in the colours given by hand there if asked to."""

    name = "epochs"

    def __init__(self, engine: Engine, first: Colorize, tab: gr.Tab) -> None:
        self.engine, self.checkpoints = engine, engine.checkpoints
        self.photo = first.photo
        gr.Markdown(say("epochs_lead"), elem_classes="lead")
        self._draw_choice()
        self.progress = gr.HTML(message(""), elem_id="progress")
        self.table = bare_html("", "grid.js", elem_id="grid")
        self.cells = gr.State([])  # of the grid, in order
        self.grid = gr.State(None)  # the Grid that is drawn
        self.wish = gr.State(None)  # the Grid of the address; a new value draws it
        inputs = [self.photo, self.hints, self.cells]
        with gr.Row(visible=False, elem_id="below") as self.below:
            with gr.Column(min_width=300):
                self.sides = SideBySide(engine, inputs)
            with gr.Column(min_width=300):
                self.film = Film(engine, inputs)
        self.restored = [self.variants, self.epochs, self.sides.picks, self.wish]
        self._listen(tab)

    def _draw_choice(self) -> None:
        names, epochs = self.checkpoints.variants, self.checkpoints.all_epochs
        choices = [(str(epoch), epoch) for epoch in epochs]
        rows: dict[str, Any] = {"label": say("variants"), "elem_id": "rows"}
        columns: dict[str, Any] = {"label": say("epochs"), "elem_id": "columns"}
        start: dict[str, Any] = {"elem_id": "start", "scale": 0, "min_width": 120}
        stop: dict[str, Any] = {"elem_id": "stop", "scale": 0, "min_width": 90}
        with gr.Row(elem_id="choose"):
            self.variants = gr.CheckboxGroup(names, value=names, **rows)
            self.epochs = gr.CheckboxGroup(choices, value=self._first_epochs(), **columns)
            # Its value is that of the first tab's hints while the box is ticked.
            self.hints = bare_html("", "by-hand.js", html_template=_BY_HAND, elem_id="by-hand")
            self.start = gr.Button(say("compare"), variant="primary", **start)
            self.stop = gr.Button(say("stop"), interactive=False, **stop)

    def _first_epochs(self) -> list[int]:
        last = {self.checkpoints.epochs(variant)[-1] for variant in self.checkpoints.variants}
        return sorted(last.union(COLUMNS).intersection(self.checkpoints.all_epochs))

    def _listen(self, tab: gr.Tab) -> None:
        source = {"picture": self.photo, "hints": self.hints}
        choice = {**source, "variants": self.variants, "epochs": self.epochs}
        outputs = [self.progress, self.table, self.cells, self.below, self.stop, self.grid]
        # By default a click is lost while the last run is still ending, as just after Stop.
        more: dict[str, Any] = {**NETWORK, **EACH, "inputs_kwargs": choice}
        runs = [
            self.start.click(self.draw, None, outputs, **more),
            self.wish.change(self.draw_wish, self.wish, outputs, inputs_kwargs=source, **ONCE),
            tab.select(self.draw_new, self.grid, outputs, inputs_kwargs=choice, **NEWEST),
        ]
        for run in runs:
            self.film.after(self.sides.after(run))
        line: dict[str, Any] = {"outputs": [self.progress, self.stop], "inputs_kwargs": choice}
        stop = self.stop.click(self.stopped, self.cells, **line, cancels=[*runs], **RAW)
        self.film.after(stop)
        self.sides.after(self.table.click(self.pick, None, self.sides.picks, **QUIET, **EACH))

    def draw(self, request: gr.Request, **choice: Any) -> Iterator[Updates]:
        """Fills the grid row by row. choice: `picture` and `hints`, `variants` and `epochs`."""
        picture, hints = choice["picture"], choice["hints"]
        grid = Grid(None, choice["variants"], choice["epochs"])
        try:
            yield from self._draw_rows(replace(grid, subject=read_upload(picture, hints)), request)
        except EXPECTED_ERRORS as error:
            grid = replace(grid, subject=name_upload(picture, hints))
            yield {
                self.progress: self._line(explain(request, error), grid, gone(error), True),
                self.table: "",
                self.cells: [],
                self.grid: None,
                self.below: gr.update(visible=False),
                self.stop: gr.update(interactive=False),
            }

    def _draw_rows(self, grid: Grid, request: gr.Request) -> Iterator[Updates]:
        assert grid.subject
        chosen = self.checkpoints.chosen(grid.variants, grid.epochs)
        cells: list[Cell] = []
        yield self._stage(grid, chosen, cells, request)
        for row in self.engine.grid(grid.subject, chosen):
            cells += row
            yield self._stage(grid, chosen, cells, request)

    def _stage(
        self, grid: Grid, chosen: list[Settings], cells: list[Cell], request: gr.Request
    ) -> Updates:
        assert grid.subject
        done = len(cells) == len(chosen)
        words = count_words(request, len(cells))
        if not done:
            words = tell(request, "so_far", done=len(cells), count=len(chosen))
        hints = describe_hints(request, self.engine.hints(grid.subject))
        return {
            self.progress: self._line(" · ".join([words, *hints]), grid),
            self.table: draw_grid(request, self.engine, grid.subject, chosen, cells),
            self.grid: grid,
            self.cells: list(cells),
            self.stop: gr.update(interactive=not done),
            self.below: gr.update(visible=True) if done else gr.update(),
        }

    def _line(self, text: str, grid: Grid, more: str = "", problem: bool = False) -> str:
        """The line under the choice: the state of the grid, and the question it answers."""
        path = grid.subject and grid.subject.path
        whose = freshness.attributes(path, grid.controls, ["grid"])
        return message("", problem, whose + more, freshness.line("making_grid", html.escape(text)))

    def draw_wish(self, wish: Grid | None, request: gr.Request, **source: Any) -> Iterator[Updates]:
        """A state changes when the page opens, too, whatever the address says."""
        if wish is None:
            yield gr.skip()
        else:
            yield from self.draw(request, **source, variants=wish.variants, epochs=wish.epochs)

    def draw_new(
        self, before: Grid | None, request: gr.Request, **choice: Any
    ) -> Iterator[Updates]:
        """For a photo whose grid, in these colours by hand, is not there: the tab opens with it."""
        try:
            subject = read_upload(choice["picture"], choice["hints"])
        except EXPECTED_ERRORS:
            subject = None
        if choice["picture"] is None or (subject and before and before.subject == subject):
            yield gr.skip()
        else:
            yield from self.draw(request, **choice)

    def stopped(self, cells: list[Cell], request: gr.Request, **choice: Any) -> Updates:
        """Says how far the grid came."""
        words = tell(request, "stopped_after", what=count_words(request, len(cells)))
        subject = name_upload(choice["picture"], choice["hints"])
        line = self._line(words, Grid(subject, choice["variants"], choice["epochs"]))
        return {self.progress: line, self.stop: gr.update(interactive=False)}

    def pick(self, event: gr.EventData) -> list[Settings]:
        """Picks hold while a grid is drawn: the comparison after it looks which of them it has."""
        settings = (settings_of_cell(cell, self.checkpoints) for cell in event_data(event)["cells"])
        return [one for one in settings if one]

    def restore(self, query: Query) -> Updates:
        if query.get("tab") != self.name:
            return {self.wish: None}
        names, epochs = self.checkpoints.variants, self.checkpoints.all_epochs
        variants = [one for one in names if one in listed(query.get("variants", ""))] or names
        columns = [one for one in epochs if one in integers(query.get("epochs", ""))]
        columns = columns or self._first_epochs()
        keys = [query.get(side, "") for side in ("left", "right")]
        sides = [settings_of_cell(key, self.checkpoints) for key in keys]
        return {
            self.variants: gr.update(value=variants),
            self.epochs: gr.update(value=columns),
            self.sides.picks: sides if all(sides) else [],
            self.wish: Grid(None, tuple(variants), tuple(columns)),
        }
