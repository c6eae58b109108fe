"""The second tab: one photo through many checkpoints, two of them side by side, and as a film."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr

from colorizer.writing import synthetic, write_picture
from interface.engine import share_link as link
from interface.engine.engine import Engine
from interface.engine.errors import EXPECTED_ERRORS, UserError
from interface.engine.files import file_stem
from interface.engine.results import Cell
from interface.engine.settings import Settings
from interface.engine.subject import Subject, hint_mark, hint_notes
from interface.render import freshness as answers
from interface.render.film import make_film, player
from interface.render.grid import cell_file, draw_grid, draw_sides, settings_of
from interface.render.html import QUIET, Updates, add_endpoint, hints_input, picture_input, words
from interface.render.sheet import draw_sheet
from interface.text import explain, say, tell
from interface.widgets import hint_editor as hints
from interface.widgets.uploads import uploaded

COLUMNS = [1, 5, 10]  # shown at first, as far as there are checkpoints, and every last one
CELL = 256  # pixels of a cell's longer side in the picture for scripts
_SCRIPTS = Path(__file__).parents[1] / "static"


@dataclass(frozen=True)
class Asked:
    """What an address asks of this tab; sides: the two checkpoints to compare, or none."""

    variants: tuple[str, ...]
    epochs: tuple[int, ...]
    sides: tuple[Settings, ...]


@dataclass(frozen=True)
class Drawn:
    """What a grid is of."""

    subject: Subject | None
    rows: Sequence[str]
    columns: Sequence[int]

    @property
    def controls(self) -> dict[str, object]:
        """For `answers.py`."""
        by_hand = self.subject.hints_digest if self.subject else ""
        return {"rows": [*self.rows], "columns": [*self.columns], "hints": by_hand}


def build(engine: Engine, photo: gr.Image, given: gr.HTML, tab: gr.Tab) -> link.Restore:
    """Draws the tab inside the surrounding Blocks.

    photo: the input of the first tab; given: the colours given by hand there, which the same photo
    keeps in every picture here.
    """
    checkpoints = engine.checkpoints
    variants = checkpoints.variants
    epochs = sorted({epoch for variant in variants for epoch in checkpoints.epochs(variant)})
    last = [checkpoints.epochs(variant)[-1] for variant in variants]
    first = sorted({epoch for epoch in COLUMNS if epoch in epochs}.union(last))
    gr.Markdown(say("epochs_lead"), elem_classes="lead")
    with gr.Row(elem_id="choose"):
        rows = gr.CheckboxGroup(variants, value=variants, label=say("variants"), elem_id="rows")
        columns = gr.CheckboxGroup(
            [(str(epoch), epoch) for epoch in epochs],
            value=first,
            label=say("epochs"),
            elem_id="columns",
        )
        start = gr.Button(
            say("compare"), variant="primary", elem_id="start", scale=0, min_width=120
        )
        stop = gr.Button(say("stop"), elem_id="stop", scale=0, min_width=90, interactive=False)
    progress = gr.HTML(words(""), elem_id="progress")
    grid = gr.HTML(
        "", elem_id="grid", apply_default_css=False, js_on_load=(_SCRIPTS / "grid.js").read_text()
    )
    picks = gr.State([])  # the cells compared, oldest first
    shown = gr.State([])  # the cells of the grid, in order
    drawn_for = gr.State(None)  # Drawn: what the grid shows
    asked = gr.State(None)  # what the address asked for; a new value draws the grid

    with gr.Row(visible=False) as below:
        with gr.Column(min_width=300):
            gr.HTML('<div class="name" data-say="two"></div>', apply_default_css=False)
            compared = gr.ImageSlider(
                label=say("two"),
                show_label=False,
                elem_id="compared",
                buttons=["fullscreen"],
                format="png",
            )
            compared_words = gr.HTML(elem_id="compared-words")
            divider = gr.Slider(
                0, 100, 50, step=1, label=say("divider"), elem_id="divider", buttons=[]
            )
            gr.Button(say("copy"), elem_classes="copy-link", size="sm")
        with gr.Column(min_width=300):
            film = gr.HTML(
                "",
                elem_id="film",
                apply_default_css=False,
                js_on_load=(_SCRIPTS / "film.js").read_text(),
            )
            film_of = gr.Radio(
                variants,
                value=checkpoints.best.variant or None,
                label=say("film_of"),
                elem_id="film-of",
            )
            film_file = gr.DownloadButton(
                say("download_film"), size="sm", interactive=False, elem_id="film-file"
            )

    def draw(
        request: gr.Request,
        picture: Any,
        given: Any,
        rows: Sequence[str],
        columns: Sequence[int],
    ) -> Iterator[Updates]:
        """Fills the grid row by row."""
        asked = Drawn(None, rows, columns)
        try:
            subject = uploaded(picture, given)
            asked = Drawn(subject, rows, columns)
            chosen = checkpoints.chosen(rows, columns)
            notes = hint_notes(engine.hints(subject))
            cells: list[Cell] = []
            yield drawn(request, asked, chosen, cells)
            for row in engine.grid(subject, chosen):
                for cell in row:
                    file = cell_file(engine, subject, cell.settings)
                    note = synthetic(cell.settings, *notes)
                    write_picture(cell.picture, file, note, quality=90)
                cells += row
                yield drawn(request, asked, chosen, cells)
        except EXPECTED_ERRORS as error:
            said = about(explain(request, error), asked, problem=True)
            yield {
                progress: said,
                grid: "",
                shown: [],
                drawn_for: None,
                below: gr.update(visible=False),
                stop: gr.update(interactive=False),
            }

    def about(text: str, asked: Drawn, problem: bool = False) -> str:
        """A line under the choice that says what the grid shows, and whose grid it is."""
        kind, role = ("problem", "alert") if problem else ("made", "status")
        whose = answers.attributes(asked.subject and asked.subject.path, asked.controls, ["grid"])
        said = answers.line("making_grid", html.escape(text))
        return f'<div class="{kind}" role="{role}"{whose}>{said}</div>'

    def drawn(
        request: gr.Request,
        asked: Drawn,
        chosen: list[Settings],
        cells: list[Cell],
    ) -> Updates:
        assert asked.subject
        done = len(cells) == len(chosen)
        said = _count(request, len(cells))
        if not done:
            said = tell(request, "so_far", done=len(cells), count=len(chosen))
        said = " · ".join([said, *hints.words(request, len(engine.hints(asked.subject)))])
        updates: Updates = {
            progress: about(said, asked),
            grid: draw_grid(request, engine, asked.subject, chosen, cells),
            drawn_for: asked,
            shown: list(cells),
            stop: gr.update(interactive=not done),
        }
        if done:
            updates[below] = gr.update(visible=True)
        return updates

    def draw_asked(
        request: gr.Request, picture: Any, given: Any, asked: Asked | None
    ) -> Iterator[Updates]:
        """A state changes when the page opens, too, whatever the address says."""
        if asked is None:
            yield gr.skip()
        else:
            yield {picks: [*asked.sides]}
            yield from draw(request, picture, given, asked.variants, asked.epochs)

    def draw_new(
        request: gr.Request,
        picture: Any,
        given: Any,
        rows: Sequence[str],
        columns: Sequence[int],
        before: Drawn | None,
    ) -> Iterator[Updates]:
        """For a photo whose grid, in these colours by hand, is not there: the tab opens with it."""
        try:
            subject = uploaded(picture, given)
        except EXPECTED_ERRORS:
            subject = None
        if subject is None or (before and before.subject == subject):
            yield gr.skip()
        else:
            yield from draw(request, picture, given, rows, columns)

    def stopped(
        request: gr.Request,
        cells: list[Cell],
        picture: Any,
        given: Any,
        rows: Sequence[str],
        columns: Sequence[int],
    ) -> Updates:
        said = tell(request, "stopped_after", what=_count(request, len(cells)))
        subject = uploaded(picture, given) if picture else None
        asked = Drawn(subject, rows, columns)
        return {progress: about(said, asked), stop: gr.update(interactive=False)}

    def compare(
        request: gr.Request, picture: Any, given: Any, cells: list[Cell], picked: list[Settings]
    ) -> Updates:
        """Both pictures at full size: of the cells picked, where they are in the grid."""
        known = [cell.settings for cell in cells]
        if len(known) < 2:
            return {compared: None, compared_words: ""}
        sides = [settings for settings in picked if settings in known]
        sides = [*(end for end in (known[0], known[-1]) if end not in sides), *sides][-2:]
        try:
            subject = uploaded(picture, given)
            results = [engine.colorize(subject, settings) for settings in sides]
        except EXPECTED_ERRORS as error:
            return {compared: None, compared_words: words(explain(request, error), problem=True)}
        return {
            compared: tuple(str(result.colorized) for result in results),
            compared_words: draw_sides(request, subject, *sides),
        }

    def pick(event: gr.EventData) -> list[Settings]:
        """Picks hold while a grid is drawn: the comparison after it looks which of them it has."""
        named = (settings_of(cell, checkpoints) for cell in event._data["cells"])
        return [settings for settings in named if settings]

    def roll(
        request: gr.Request, picture: Any, given: Any, cells: list[Cell], variant: str | None
    ) -> Updates:
        """The film of one variant over all its epochs, below a grid."""
        no_file = gr.update(value=None, interactive=False)
        if not variant or not cells or picture is None:
            return {film: "", film_file: no_file}
        try:
            subject = uploaded(picture, given)
            frames, file = make_film(request, engine, subject, variant)
        except EXPECTED_ERRORS as error:
            return {film: words(explain(request, error), problem=True), film_file: no_file}
        controls = {"film-of": variant, "hints": subject.hints_digest}
        whose = answers.attributes(subject.path, controls, ["film"], ["film-file"])
        film_html = player(request, variant, checkpoints.epochs(variant), frames)
        return {
            film: f"<div{whose}>{answers.line('making_film', '')}{film_html}</div>",
            film_file: gr.update(value=str(file), interactive=True),
        }

    network = {"concurrency_id": "network", "concurrency_limit": 1}
    quiet = {**QUIET, "preprocess": False}
    inputs = [photo, given, rows, columns]
    outputs = [progress, grid, shown, below, stop, drawn_for]
    with_picks = [*outputs, picks]
    runs = [
        # By default a click is lost while the last run is still ending, as it is just after Stop.
        start.click(draw, inputs, outputs, **quiet, **network, trigger_mode="multiple"),
        # Gradio reports the change twice, first before the controls have followed.
        asked.change(
            draw_asked, [photo, given, asked], with_picks, **quiet, **network, trigger_mode="once"
        ),
        tab.select(
            draw_new, [*inputs, drawn_for], outputs, **quiet, **network, trigger_mode="always_last"
        ),
    ]
    sides_inputs, sides_outputs = [photo, given, shown, picks], [compared, compared_words]
    film_inputs, film_outputs = [photo, given, shown, film_of], [film, film_file]
    # By default what follows an event is left out while it still follows an earlier one.
    newest = {**quiet, **network, "trigger_mode": "always_last"}
    for run in runs:
        run.then(compare, sides_inputs, sides_outputs, **newest).then(
            roll, film_inputs, film_outputs, **newest
        )
    stop.click(stopped, [shown, *inputs], [progress, stop], cancels=[*runs], **quiet).then(
        roll, film_inputs, film_outputs, **newest
    )
    film_of.change(roll, film_inputs, film_outputs, **newest)
    # Not "always_last": an event that waited comes with the data of the one that it waited for.
    grid.click(pick, None, picks, **QUIET, trigger_mode="multiple").then(
        compare, sides_inputs, sides_outputs, **newest
    )
    divider.change(
        lambda at: gr.skip() if at is None else gr.update(slider_position=min(max(at, 0), 100)),
        divider,
        compared,
        **QUIET,
    )

    def restore(query: link.Query) -> Updates:
        if query.get("tab") != "epochs":
            return {asked: None}
        wanted = [name for name in variants if name in link.listed(query.get("variants", ""))]
        wanted_epochs = [e for e in epochs if e in link.integers(query.get("epochs", ""))]
        sides = [settings_of(query.get(side, ""), checkpoints) for side in ("left", "right")]
        named = tuple(side for side in sides if side)
        what = Asked(
            tuple(wanted or variants), tuple(wanted_epochs or first), named if all(sides) else ()
        )
        return {
            rows: gr.update(value=[*what.variants]),
            columns: gr.update(value=[*what.epochs]),
            asked: what,
        }

    _add_endpoint(engine)
    return link.Restore([rows, columns, asked], restore)


def _count(request: gr.Request | None, cells: int) -> str:
    if cells == 1:
        return tell(request, "one_checkpoint")
    return tell(request, "checkpoints", count=cells)


def _add_endpoint(engine: Engine) -> None:
    sheet = gr.Image(visible=False, label="sheet")
    numbers = gr.JSON(visible=False, label="cells")

    def compare_epochs(photo: Any, variants: str, epochs: str, hints: str) -> tuple:
        """Colour a photo with many checkpoints, to compare them by eye and by number.

        Returns one picture, variants as rows and epochs as columns, and for each of its cells how
        colourful it is and how sepia.

        Args:
            photo: The photo to colour, black and white or not.
            variants: Names separated by commas; all if left empty.
            epochs: Numbers separated by commas; all if left empty.
            hints: Colours for spots of the photo, which all of them follow, as JSON: {"size":
                [width, height], "hints": [{"x": 120, "y": 80, "rgb": [30, 122, 60]}]}; "" for none.
        """
        subject = replace(uploaded(photo), hints_json=hints or "")
        wanted = link.listed(str(variants or "")) or engine.checkpoints.variants
        columns = link.integers(text := str(epochs or ""))
        if len(columns) < len(link.listed(text)):
            raise UserError("epochs must be whole numbers separated by commas.")
        chosen = engine.checkpoints.chosen(wanted, columns or None)
        given = engine.hints(subject)
        rows = engine.grid(subject, chosen, CELL)
        cells = [cell for row in rows for cell in row]
        stem = f"{file_stem(subject.name)}-{len(cells)}-checkpoints{hint_mark(given)}"
        file = engine.files.folder(subject.path) / f"{stem}.png"
        write_picture(
            draw_sheet(cells), file, synthetic(_count(None, len(cells)), *hint_notes(given))
        )
        return str(file), [
            {
                "variant": cell.settings.variant,
                "epoch": cell.settings.epoch,
                "colourfulness": cell.colourfulness,
                "ratio": cell.ratio,
                "sepia": cell.sepia,
            }
            for cell in cells
        ]

    inputs = [
        picture_input(),
        gr.Textbox("", visible=False, label="variants"),
        gr.Textbox("", visible=False, label="epochs"),
        hints_input(),
    ]
    add_endpoint(compare_epochs, inputs, [sheet, numbers])
