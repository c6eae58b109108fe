"""The last tab: the story on the visitor's photo, painted when in sight, and our study of it."""

import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from interface.engine import EXPECTED_ERRORS, Engine, Settings, Subject
from interface.gradio_internals import event_data
from interface.render import freshness
from interface.render.claims import draw_answers, draw_claims
from interface.render.html import in_each_language, link_attribute, problem
from interface.render.mean_colour import draw_mean
from interface.render.mean_pictures import draw_mean_pictures
from interface.render.story_map import cell_key, count, draw_map, is_shipped
from interface.render.story_steps import SIDE, draw_cell, draw_steps, paint_steps, shown_steps
from interface.tabs.colorize import Colorize
from interface.tabs.tab import Tab
from interface.text import say, tell, tell_in
from interface.widgets.bare_html import bare_html
from interface.widgets.events import EACH, NETWORK, NEWEST, Updates
from interface.widgets.uploads import read_upload

STUDY = Path(__file__).parents[2] / "assets" / "study.json"  # made by `python -m train report`


class Story(Tab):
    name = "story"

    def __init__(self, engine: Engine, first: Colorize, tab: gr.Tab) -> None:
        self.engine, self.checkpoints, self.photo = engine, engine.checkpoints, first.photo
        self.study: dict[str, Any] = json.loads(STUDY.read_text()) if STUDY.exists() else {}
        self.map: dict[str, Any] = self.study.get("map", {})
        self.map_cells = {cell_key(cell): cell for cell in self.map.get("cells", [])}
        self.classifier = self.checkpoints.classifier
        self._draw()
        self.chosen = gr.State("")  # cell of the map
        self._listen()

    def _draw(self) -> None:
        steps = draw_steps(None, self.engine, None, shown_steps(self.checkpoints), {})
        with gr.Row(elem_id="story-head"):
            _text(_heading("saw"), "saw")
            gr.Button(say("copy"), elem_classes="copy-link", size="sm", min_width=140, scale=0)
        _text(_heading("steps"), "steps-lead")
        self.steps = _picture(steps, "steps")
        missing = '<div class="empty" data-say="no_study"></div>'
        _text(self._draw_claims() if self.study else missing, "claims")
        if self.map:
            _text(_heading("map", "map_lead"), "map-words")
        self.chart = _picture(draw_map(self.map, self.checkpoints) if self.map else "", "map")
        self.cell = _text("", "cell")
        if self.map:
            _text(draw_answers(self.map), "map-answers")
        _text(_heading("why"), "why")
        self.mean = _picture("", "mean-colour")
        self.means = _picture("", "mean-pictures")
        _text(_heading("cure"), "cure")

    def _listen(self) -> None:
        shown = [self.steps, self.mean, self.means, self.cell]
        self.steps.click(self.paint_story, [self.photo, self.chosen], shown, **NEWEST)
        each = {**NETWORK, **EACH}
        self.mean.click(self.choose_spot, self.photo, self.mean, **each)
        self.chart.click(self.choose_cell, self.photo, [self.chosen, self.cell], **each)

    def paint_story(self, picture: Any, chosen: str, request: gr.Request) -> Iterator[Updates]:
        """The tab's pictures of the photo: the steps, the spot, the chosen cell of the map."""
        try:
            subject = read_upload(picture).without_hints
            for steps in paint_steps(request, self.engine, subject):
                yield {self.steps: steps}
            if self.classifier:
                yield {self.mean: draw_mean(request, self.engine, subject, self.classifier)}
                means = draw_mean_pictures(request, self.engine, subject, self.classifier)
                yield {self.means: means}
            if chosen:
                yield {self.cell: self._draw_cell(subject, chosen, request)}
        except EXPECTED_ERRORS as error:
            blank = {self.mean: "", self.means: "", self.cell: ""}
            yield {self.steps: problem(request, error), **blank}

    def choose_cell(self, picture: Any, request: gr.Request, event: gr.EventData) -> Updates:
        """What a network like that of a cell of the map makes of the photo."""
        key = str(event_data(event).get("cell", ""))
        try:
            drawn = self._draw_cell(read_upload(picture), key, request)
            return {self.chosen: key, self.cell: drawn}
        except EXPECTED_ERRORS as error:
            return {self.chosen: key, self.cell: problem(request, error)}

    def choose_spot(self, picture: Any, request: gr.Request, event: gr.EventData) -> str:
        """The colours that another spot of the photo may have."""
        if self.classifier is None:
            return ""
        try:
            subject, sent = read_upload(picture), event_data(event)
            spot = float(sent["x"]), float(sent["y"])
            return draw_mean(request, self.engine, subject, self.classifier, spot)
        except EXPECTED_ERRORS as error:
            return problem(request, error)

    def _draw_cell(self, subject: Subject, key: str, request: gr.Request) -> str:
        cell = self.map_cells.get(key)
        if cell is None:
            return ""
        whose = freshness.attributes(subject.path, {"map": key}, ["cell"])
        line = freshness.line("making_cell", "")
        if is_shipped(self.map, cell, self.checkpoints):
            settings = Settings(cell["variant"], cell["epoch"])
            [[painted]] = self.engine.grid(subject, [settings], SIDE)
            return f"<div{whose}>{line}{draw_cell(request, self.engine, subject, painted)}</div>"
        photos, first = count(cell["photos"]), count(self.map["first"]["photos"])
        by = {"variant": cell["variant"], "epoch": cell["epoch"]}
        words = html.escape(tell(request, "cell_none", photos=photos, first=first, **by))
        return f"<div{whose}>{line}<p>{words}</p></div>"

    def _draw_claims(self) -> str:
        counts = {name: count(self.study[name]) for name in ("photos", "epochs", "seeds")}
        return (
            f'<h2{link_attribute(tab=self.name)} data-say="claims_name"></h2>'
            f"<p{_template('claims_first', **counts)}</p>"
            f"{draw_claims(self.study, self.checkpoints)}"
            '<p><small data-say="claims_without"></small></p>'
        )


def _text(content: str, name: str) -> gr.HTML:
    return bare_html(content, elem_id=name, elem_classes="story")


def _picture(content: str, name: str) -> gr.HTML:
    """What `story.js` watches and asks for."""
    return bare_html(content, "story.js", elem_id=name, elem_classes="story")


def _heading(key: str, words: str = "") -> str:
    return f'<h2 data-say="{key}_name"></h2><p data-say="{words or key}"></p>'


def _template(key: str, **values: object) -> str:
    return in_each_language(lambda language: tell_in(language, key, **values))
