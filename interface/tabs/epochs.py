"""The second tab: one photo through many checkpoints, two of them side by side, and as a film."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from colorizer.writing import synthetic, write_picture
from interface import link
from interface.files import file_stem
from interface.grid import cell_file, draw_grid, draw_sides, settings_of
from interface.languages import say
from interface.parts import Updates, add_endpoint, picture_input, words
from interface.pictures.film import make_film, player
from interface.pictures.sheet import draw_sheet
from interface.problems import PROBLEMS, UserError
from interface.service import Cell, Service
from interface.settings import Settings
from interface.uploads import uploaded

COLUMNS = [1, 5, 10]  # shown at first, as far as there are checkpoints, and every last one
CELL = 256  # pixels of a cell's longer side in the picture for scripts
_SCRIPTS = Path(__file__).parents[1] / "static"


@dataclass(frozen=True)
class Asked:
    """What an address asks of this tab; sides: the two checkpoints to compare, or none."""

    variants: tuple[str, ...]
    epochs: tuple[int, ...]
    sides: tuple[Settings, ...]


def build(service: Service, photo: gr.Image) -> link.Restore:
    """Draws the tab inside the surrounding Blocks; `photo` is the input of the first tab."""
    checkpoints = service.checkpoints
    variants = checkpoints.variants
    epochs = sorted({epoch for variant in variants for epoch in checkpoints.epochs(variant)})
    last = [checkpoints.epochs(variant)[-1] for variant in variants]
    first = sorted({epoch for epoch in COLUMNS if epoch in epochs}.union(last))
    gr.Markdown(say("epochs_lead"))
    with gr.Row(elem_id="choose"):
        rows = gr.CheckboxGroup(variants, value=variants, label=say("variants"), elem_id="rows")
        columns = gr.CheckboxGroup(
            [(str(epoch), epoch) for epoch in epochs],
            value=first,
            label=say("epochs"), elem_id="columns",
        )  # fmt: skip
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
    asked = gr.State(None)  # what the address asked for; a new value draws the grid

    with gr.Row(visible=False) as below:
        with gr.Column(min_width=300):
            compared = gr.ImageSlider(
                label=say("two"), elem_id="compared", buttons=["fullscreen"], format="png"
            )
            compared_words = gr.HTML(elem_id="compared-words")
            divider = gr.Slider(
                0, 100, 50, step=1, label=say("divider"), elem_id="divider", buttons=[]
            )
            gr.Button(say("copy"), elem_classes="copy-link", size="sm")
        with gr.Column(min_width=300):
            film = gr.HTML(
                "", elem_id="film", apply_default_css=False,
                js_on_load=(_SCRIPTS / "film.js").read_text(),
            )  # fmt: skip
            film_of = gr.Radio(variants, label=say("film_of"), elem_id="film-of", visible=False)
            film_file = gr.DownloadButton(
                say("download_film"), size="sm", interactive=False, elem_id="film-file"
            )

    def draw(
        picture: Any, rows: Sequence[str], columns: Sequence[int], sides: Sequence[Settings] = ()
    ) -> Iterator[Updates]:
        """Fills the grid row by row; sides: the two cells to compare, by default first and last."""
        try:
            path, _ = uploaded(picture)
            chosen = checkpoints.chosen(rows, columns)
            cells: list[Cell] = []
            yield drawn(path, chosen, cells, sides)
            for row in service.grid(path, chosen):
                for cell in row:
                    file = cell_file(service, path, cell.settings)
                    write_picture(cell.picture, file, synthetic(cell.settings), quality=90)
                cells += row
                yield drawn(path, chosen, cells, sides)
        except PROBLEMS as error:
            yield {
                progress: words(str(error), problem=True), grid: "", shown: [], picks: [],
                below: gr.update(visible=False), stop: gr.update(interactive=False),
            }  # fmt: skip

    def drawn(
        path: Path, chosen: list[Settings], cells: list[Cell], sides: Sequence[Settings]
    ) -> Updates:
        done = len(cells) == len(chosen)
        updates: Updates = {
            progress: words(_count(len(cells)) if done else f"{len(cells)} of {len(chosen)} …"),
            grid: draw_grid(service, path, chosen, cells),
            shown: list(cells),
            stop: gr.update(interactive=not done),
        }
        if done:
            updates[below] = gr.update(visible=True)
        if done and len(cells) > 1:
            known = {cell.settings for cell in cells}
            ends = [cells[0].settings, cells[-1].settings]
            updates[picks] = [*sides] if sides and known >= {*sides} else ends
        return updates

    def draw_asked(picture: Any, asked: Asked | None) -> Iterator[Updates]:
        """A state changes when the page opens, too, whatever the address says."""
        if asked is None:
            yield gr.skip()
        else:
            yield from draw(picture, asked.variants, asked.epochs, asked.sides)

    def stopped(cells: list[Cell]) -> Updates:
        return {
            progress: words(f"Stopped after {_count(len(cells))}."),
            stop: gr.update(interactive=False),
        }

    def compare(picture: Any, picks: list[Settings]) -> Updates:
        """Both pictures at full size."""
        if len(picks) < 2:
            return {compared: None, compared_words: ""}
        try:
            path, name = uploaded(picture)
            results = [service.colorize(path, name, settings) for settings in picks]
        except PROBLEMS as error:
            return {compared: None, compared_words: words(str(error), problem=True)}
        return {
            compared: tuple(str(result.colorized) for result in results),
            compared_words: draw_sides(*picks),
        }

    def pick(cells: list[Cell], picks: list[Settings], event: gr.EventData) -> list[Settings]:
        settings = settings_of(event._data["cell"], checkpoints)
        known = [cell.settings for cell in cells]
        if settings not in known or settings in picks:
            return picks
        return [*picks[-1:], settings]

    def roll(picture: Any, variant: str | None, cells: list[Cell]) -> Updates:
        """The film of one variant over the epochs in the grid."""
        names = list(dict.fromkeys(cell.settings.variant for cell in cells))
        no_file = gr.update(value=None, interactive=False)
        if not names or picture is None:
            return {film: "", film_of: gr.update(visible=False), film_file: no_file}
        variant = variant if variant in names else names[-1]
        epochs = [cell.settings.epoch for cell in cells if cell.settings.variant == variant]
        try:
            path, name = uploaded(picture)
            frames, file = make_film(service, path, name, variant, epochs)
        except PROBLEMS as error:
            return {film: words(str(error), problem=True), film_file: no_file}
        return {
            film: player(variant, epochs, frames),
            film_of: gr.update(choices=names, value=variant, visible=len(names) > 1),
            film_file: gr.update(value=str(file), interactive=True),
        }

    network = {"concurrency_id": "network", "concurrency_limit": 1, "api_visibility": "private"}
    quiet = {"show_progress": "hidden", "preprocess": False}
    inputs, outputs = [photo, rows, columns], [progress, grid, shown, picks, below, stop]
    runs = [
        # By default a click is lost while the last run is still ending, as it is just after Stop.
        start.click(draw, inputs, outputs, **quiet, **network, trigger_mode="multiple"),
        # Gradio reports the change twice, first before the controls have followed.
        asked.change(draw_asked, [photo, asked], outputs, **quiet, **network, trigger_mode="once"),
    ]
    film_inputs, film_outputs = [photo, film_of, shown], [film, film_of, film_file]
    for run in runs:
        run.then(roll, film_inputs, film_outputs, **quiet, **network)
    stop.click(stopped, shown, [progress, stop], cancels=[*runs], api_visibility="private").then(
        roll, film_inputs, film_outputs, **quiet, **network
    )
    film_of.input(roll, film_inputs, film_outputs, **quiet, **network)
    grid.click(pick, [shown, picks], picks, show_progress="hidden", api_visibility="private")
    picks.change(compare, [photo, picks], [compared, compared_words], **quiet, **network)
    divider.change(
        lambda position: gr.update(slider_position=position), divider, compared,
        show_progress="hidden", api_visibility="private",
    )  # fmt: skip

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
            rows: gr.update(value=[*what.variants]), columns: gr.update(value=[*what.epochs]),
            asked: what,
        }  # fmt: skip

    _add_endpoint(service)
    return link.Restore([rows, columns, asked], restore)


def _count(cells: int) -> str:
    return "1 checkpoint" if cells == 1 else f"{cells} checkpoints"


def _add_endpoint(service: Service) -> None:
    sheet = gr.Image(visible=False, label="sheet")
    numbers = gr.JSON(visible=False, label="cells")

    def compare_epochs(photo: Any, variants: str, epochs: str) -> tuple:
        """Colour a photo with many checkpoints, to compare them by eye and by number.

        Returns one picture, variants as rows and epochs as columns, and for each of its cells how
        colourful it is and how sepia.

        Args:
            photo: The photo to colour, black and white or not.
            variants: Names separated by commas; all if left empty.
            epochs: Numbers separated by commas; all if left empty.
        """
        path, name = uploaded(photo)
        wanted = link.listed(str(variants or "")) or service.checkpoints.variants
        columns = link.integers(text := str(epochs or ""))
        if len(columns) < len(link.listed(text)):
            raise UserError("epochs must be whole numbers separated by commas.")
        chosen = service.checkpoints.chosen(wanted, columns or None)
        cells = [cell for row in service.grid(path, chosen, CELL) for cell in row]
        file = service.files.folder(path) / f"{file_stem(name)}-{len(cells)}-checkpoints.png"
        write_picture(draw_sheet(cells), file, synthetic(_count(len(cells))))
        return str(file), [
            {
                "variant": cell.settings.variant, "epoch": cell.settings.epoch,
                "colourfulness": cell.colourfulness, "ratio": cell.ratio, "sepia": cell.sepia,
            }
            for cell in cells
        ]  # fmt: skip

    inputs = [
        picture_input(),
        gr.Textbox("", visible=False, label="variants"),
        gr.Textbox("", visible=False, label="epochs"),
    ]
    add_endpoint(compare_epochs, inputs, [sheet, numbers])
