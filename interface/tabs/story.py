"""The last tab: what the blogger saw, on the visitor's own photo, and what we measured of it.

What the study says is drawn as the page opens; what the networks paint, when the tab is in sight.
"""

import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from interface.engine import share_link as link
from interface.engine.engine import Engine
from interface.engine.errors import EXPECTED_ERRORS
from interface.engine.settings import Settings
from interface.engine.subject import Subject
from interface.render import freshness as answers
from interface.render.claims import draw_answers, draw_claims
from interface.render.html import QUIET, Updates, spoken, words
from interface.render.mean_colour import draw_mean
from interface.render.story_map import draw_map, is_shipped, key_of
from interface.render.story_steps import SIDE, draw_steps, paint_steps, painted, shown_steps
from interface.text import explain, say, tell, tell_in
from interface.widgets.uploads import uploaded

_SCRIPT = (Path(__file__).parents[1] / "static" / "story.js").read_text()


def build(engine: Engine, photo: gr.Image, study: Path) -> None:
    """study: `assets/study.json`, made by `python -m train report`; photo: of the first tab."""
    checkpoints = engine.checkpoints
    data: dict[str, Any] = json.loads(study.read_text()) if study.exists() else {}
    regimes: dict[str, Any] = data.get("map", {})
    cells = {key_of(cell): cell for cell in regimes.get("cells", [])}
    asked = checkpoints.classifier

    with gr.Row(elem_id="story-head"):
        _written(_heading("saw"), "saw")
        gr.Button(say("copy"), elem_classes="copy-link", size="sm", min_width=140, scale=0)
    _written(_heading("steps"), "steps-lead")
    steps = _drawn("steps", draw_steps(None, engine, None, shown_steps(checkpoints), {}))
    _written(_claims(data, engine) if data else _missing(), "claims")
    if regimes:
        _written(_map_words(regimes), "map-words")
    chart = _drawn("map", draw_map(regimes, checkpoints) if regimes else "")
    cell = _written("", "cell")
    if regimes:
        _written(draw_answers(regimes), "map-answers")
    _written(_heading("why"), "why")
    mean = _drawn("mean-colour", "")
    _written(_heading("cure"), "cure")

    def paint_story(picture: Any, chosen: str, request: gr.Request) -> Iterator[Updates]:
        """All that the tab shows of the photo: the steps, the spot, the cell that was chosen."""
        try:
            subject = uploaded(picture)
            for drawn in paint_steps(request, engine, subject):
                yield {steps: drawn}
            if asked:
                yield {mean: draw_mean(request, engine, subject, asked)}
            if chosen:
                yield {cell: cell_picture(subject, chosen, request)}
        except EXPECTED_ERRORS as error:
            yield {
                steps: words(explain(request, error), problem=True),
                mean: "",
                cell: "",
            }

    def choose_cell(picture: Any, request: gr.Request, event: gr.EventData) -> Updates:
        """What a network like that of a cell of the map makes of the photo."""
        key = str(event._data.get("cell", "")) if event._data else ""
        try:
            subject = uploaded(picture)
            return {chosen: key, cell: cell_picture(subject, key, request)}
        except EXPECTED_ERRORS as error:
            return {chosen: "", cell: words(explain(request, error), problem=True)}

    def cell_picture(subject: Subject, key: str, request: gr.Request) -> str:
        found = cells.get(key)
        if found is None:
            return ""
        whose = answers.attributes(subject.path, {"map": key}, ["cell"])
        line = answers.line("making_cell", "")
        if not is_shipped(regimes, found, checkpoints):
            said = tell(
                request,
                "cell_none",
                variant=found["variant"],
                epoch=found["epoch"],
                photos=_count(found["photos"]),
                first=_count(regimes["first"]["photos"]),
            )
            return f"<div{whose}>{line}<p>{html.escape(said)}</p></div>"
        settings = Settings(found["variant"], found["epoch"])
        [[drawn]] = engine.grid(subject, [settings], SIDE)
        return f"<div{whose}>{line}{painted(request, engine, subject, drawn)}</div>"

    def choose_spot(picture: Any, request: gr.Request, event: gr.EventData) -> str:
        """The colours that another spot of the photo may have."""
        if asked is None:
            return ""
        try:
            subject = uploaded(picture)
            spot = float(event._data["x"]), float(event._data["y"])
            return draw_mean(request, engine, subject, asked, spot)
        except EXPECTED_ERRORS as error:
            return words(explain(request, error), problem=True)

    chosen = gr.State("")
    quiet = {**QUIET, "preprocess": False}
    network = {"concurrency_id": "network", "concurrency_limit": 1}
    steps.click(
        paint_story, [photo, chosen], [steps, mean, cell], **quiet, **network,
        trigger_mode="always_last",
    )  # fmt: skip
    # An event that waited as "always_last" would come with the data of the one before it.
    mean.click(choose_spot, photo, mean, **quiet, **network, trigger_mode="multiple")
    chart.click(choose_cell, photo, [chosen, cell], **quiet, **network, trigger_mode="multiple")


def _written(content: str, name: str) -> gr.HTML:
    return gr.HTML(content, elem_id=name, elem_classes="story", apply_default_css=False)


def _drawn(name: str, content: str) -> gr.HTML:
    """What `story.js` watches and asks for."""
    return gr.HTML(
        content, elem_id=name, elem_classes="story", apply_default_css=False, js_on_load=_SCRIPT
    )


def _heading(key: str) -> str:
    return f'<h2 data-say="{key}_name"></h2><p data-say="{key}"></p>'


def _missing() -> str:
    return '<div class="empty" data-say="no_study"></div>'


def _claims(data: dict[str, Any], engine: Engine) -> str:
    counts = {name: _count(data[name]) for name in ("photos", "epochs", "seeds")}
    return (
        f'<h2{link.attribute(tab="story")} data-say="claims_name"></h2>'
        f"<p{_template('claims_first', **counts)}</p>{draw_claims(data, engine.checkpoints)}"
        '<p><small data-say="claims_without"></small></p>'
    )


def _map_words(data: dict[str, Any]) -> str:
    """What stands above the map: how to read it, and the choice of what it shows."""
    (few, many), (first, last) = data["story"]["photos"], data["story"]["epochs"]
    choices = "".join(
        f'<label><input type="radio" name="map-shows" value="{name}"{" checked" * (not place)}>'
        f'<span data-say="map_{name}"></span></label>'
        for place, name in enumerate(("sepia", "colour"))
    )
    story = _template("map_story", few=_count(few), many=_count(many), first=first, last=last)
    row = _template(
        "map_first",
        photos=_count(data["first"]["photos"]),
        batch=data["first"]["batch_size"],
        other=data["batch_size"],
    )
    return (
        f'<h2 data-say="map_name"></h2><p data-say="map_lead"></p><div class="choices">{choices}'
        '</div><ul class="legend"><li data-say="map_across"></li>'
        f'<li><i class="unmeasured">·</i> <span data-say="map_unmeasured"></span></li>'
        f"<li{_template('map_few', seeds=data['seeds'])}</li>"
        f'<li data-say="map_ships"></li><li{story}</li></ul><p><small{row}</small></p>'
    )


def _template(key: str, **values: object) -> str:
    return spoken(lambda language: tell_in(language, key, **values))


def _count(number: int) -> str:
    """With a thin space, which every language understands."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
