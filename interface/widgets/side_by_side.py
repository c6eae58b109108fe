"""Two checkpoints of the grid at full size, one over the other, with a divider between them."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.components import Component
from gradio.events import Dependency

from interface.engine import EXPECTED_ERRORS, Cell, Engine, Settings
from interface.render.grid import draw_sides
from interface.render.html import problem
from interface.text import say
from interface.widgets.bare_html import bare_html
from interface.widgets.events import NEWEST, QUIET, Updates
from interface.widgets.uploads import read_upload


class SideBySide:
    """inputs: the photo, its hints, and a state with the cells of the grid; picks: a state with the
    settings of the cells that were picked, the oldest first.
    """

    def __init__(self, engine: Engine, inputs: Sequence[Component]) -> None:
        self.engine, self.inputs = engine, inputs
        self.picks = gr.State([])
        bare_html('<div class="name" data-say="two"></div>')
        look: dict[str, Any] = {"label": say("two"), "show_label": False, "elem_id": "compared"}
        self.slider = gr.ImageSlider(buttons=["fullscreen"], format="png", **look)
        self.words = gr.HTML(elem_id="compared-words")
        divider = gr.Slider(0, 100, 50, step=1, label=say("divider"), elem_id="divider", buttons=[])
        gr.Button(say("copy"), elem_classes="copy-link", size="sm")
        divider.change(self.divide, divider, self.slider, **QUIET)

    def after(self, event: Dependency) -> Dependency:
        """Compares once an event has changed the cells or the picks."""
        inputs, outputs = [*self.inputs, self.picks], [self.slider, self.words]
        return event.then(self.compare, inputs, outputs, **NEWEST)

    def compare(
        self,
        picture: Any,
        hints: Any,
        cells: list[Cell],
        picks: list[Settings],
        request: gr.Request,
    ) -> Updates:
        """Both pictures at full size: of the cells picked, where they are in the grid."""
        known = [cell.settings for cell in cells]
        if len(known) < 2:
            return {self.slider: None, self.words: ""}
        picked = [settings for settings in picks if settings in known]
        ends = [end for end in (known[0], known[-1]) if end not in picked]
        left, right = [*ends, *picked][-2:]
        try:
            subject = read_upload(picture, hints)
            files = [str(self.engine.colorize(subject, side).colorized) for side in (left, right)]
        except EXPECTED_ERRORS as error:
            return {self.slider: None, self.words: problem(request, error)}
        return {self.slider: (*files,), self.words: draw_sides(request, subject, left, right)}

    def divide(self, at: float | None) -> Any:
        return gr.skip() if at is None else gr.update(slider_position=min(max(at, 0), 100))
