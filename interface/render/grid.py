"""The grid of the Epochs tab as HTML: variants as rows, epochs as columns, a cell for each pair."""

import html
from functools import partial
from pathlib import Path

import gradio as gr

from colorizer.writing import synthetic, write_picture
from interface.engine import Cell, Checkpoints, Engine, Settings, Subject, hint_mark, hint_notes
from interface.engine.files import write_once
from interface.engine.share_link import integers
from interface.render import freshness
from interface.render.html import file_url, link_attribute
from interface.text import describe, number, tell


def draw_grid(
    request: gr.Request | None,
    engine: Engine,
    subject: Subject,
    chosen: list[Settings],
    cells: list[Cell],
) -> str:
    """A table: variants as rows, epochs as columns, an empty place for what is still to come."""
    photo = engine.photo(subject)
    place = f'<div class="place" style="aspect-ratio:{photo.width / photo.height:.4f}">'
    variants = list(dict.fromkeys(settings.variant for settings in chosen))
    epochs = sorted({settings.epoch for settings in chosen})
    draw = partial(_draw_cell, request, engine, subject, place)
    done = {cell.settings: cell for cell in cells}
    body = ""
    for variant in variants:
        row = [settings for settings in chosen if settings.variant == variant]
        marks = _marks(request, engine.checkpoints, row)
        body += f'<tr><th scope="row">{html.escape(variant)}</th>'
        for settings in (Settings(variant, epoch) for epoch in epochs):
            if settings not in row:
                body += f'<td title="{tell(request, "no_checkpoint")}">–</td>'
            else:
                body += f"<td>{draw(done.get(settings), marks[settings])}</td>"
        body += "</tr>"
    word = tell(request, "epoch_word")
    head = "".join(f'<th scope="col">{word} {epoch}</th>' for epoch in epochs)
    shared = link_attribute(
        tab="epochs", variants=",".join(variants), epochs=",".join(map(str, epochs))
    )
    return (
        f'<div class="sheet"><figure>{place}<img src="{file_url(subject.path)}" alt=""></div>'
        f"<figcaption>{tell(request, 'original')}</figcaption></figure>"
        f'<div class="cells"><table{shared} style="--columns:{len(epochs)}"><thead><tr><td></td>'
        f"{head}</tr></thead><tbody>{body}</tbody></table></div></div>{_legend(request)}"
    )


def _legend(request: gr.Request | None) -> str:
    signs = (
        ("▼", "lowest_loss"),
        ("●", "most_colour"),
        (tell(request, "of_ratio"), "ratio_means"),
        (tell(request, "sepia_word"), "sepia_means"),
    )
    parts = (f"<b>{sign}</b> {tell(request, key)}" for sign, key in signs)
    return f'<p class="legend">{" · ".join(parts)}</p>'


def _write_cell(engine: Engine, subject: Subject, cell: Cell) -> Path:
    hints, settings = engine.hints(subject), cell.settings
    name = f"{settings.variant}-{settings.epoch:03d}{hint_mark(hints)}-cell.jpg"
    file, note = engine.files.folder(subject.path) / name, synthetic(settings, *hint_notes(hints))
    return write_once(file, lambda: write_picture(cell.picture, file, note, quality=90))


def draw_sides(
    request: gr.Request | None, subject: Subject, left: Settings, right: Settings
) -> str:
    """What the comparison shows, for the reader, the grid's script and the address."""
    keys = [html.escape(cell_key(settings)) for settings in (left, right)]
    names = "".join(
        f"<span>{html.escape(describe(request, settings))}</span>" for settings in (left, right)
    )
    controls = {"grid": f"{cell_key(left)} {cell_key(right)}", "hints": subject.hints_digest}
    whose = freshness.attributes(subject.path, controls, ["compared"])
    making = '<span class="making" role="status" data-making="making_two"></span>'
    shared = link_attribute(left=cell_key(left), right=cell_key(right))
    return (
        f'<div class="sides" data-left="{keys[0]}" data-right="{keys[1]}"{shared}{whose}>'
        f'<span class="answer">{names}</span>{making}</div>'
    )


def cell_key(settings: Settings) -> str:
    return f"{settings.variant}/{settings.epoch}"


def settings_of_cell(key: str, checkpoints: Checkpoints) -> Settings | None:
    """What a key means, if there is such a checkpoint."""
    variant, _, epoch = key.partition("/")
    named = integers(epoch)
    return Settings(variant, named[0]) if {*named} & {*checkpoints.epochs(variant)} else None


def count_words(request: gr.Request | None, cells: int) -> str:
    if cells == 1:
        return tell(request, "one_checkpoint")
    return tell(request, "checkpoints", count=cells)


def colour_words(request: gr.Request | None, cell: Cell) -> tuple[str, str]:
    """How much colour a picture has, and how much of it moved to brown."""
    colour = f"{tell(request, 'colourfulness')} {cell.colourfulness:.0f}"
    if cell.ratio is not None:
        colour = f"{tell(request, 'of_ratio')} {number(request, cell.ratio, '.2f')}"
    return colour, f"{tell(request, 'sepia_word')} {number(request, cell.sepia, '.2f')}"


def _draw_cell(
    request: gr.Request | None,
    engine: Engine,
    subject: Subject,
    place: str,
    cell: Cell | None,
    mark: str,
) -> str:
    """place: the start of an element in the photo's shape."""
    if cell is None:
        return f"{place}</div><small>&nbsp;</small>"
    file = _write_cell(engine, subject, cell)
    name = html.escape(describe(request, cell.settings))
    colour, sepia = colour_words(request, cell)
    return (
        f'<button type="button" data-cell="{html.escape(cell_key(cell.settings))}" '
        f'aria-pressed="false">{place}<img src="{file_url(file)}" '
        f'alt="{name}"></div></button>'
        f"<small><span>{colour}</span> <span>{sepia}</span> {mark}</small>"
    )


def _marks(
    request: gr.Request | None, checkpoints: Checkpoints, row: list[Settings]
) -> dict[Settings, str]:
    """Which epoch a rule would choose: by validation loss, and by colour."""
    measured = {s: checkpoints.colorizer(s.variant, s.epoch).info.metrics for s in row}
    marks = dict.fromkeys(row, "")
    for measure, choose, sign, key in (
        ("val_loss", min, "▼", "lowest_loss"),
        ("colourfulness_ratio", max, "●", "most_colour"),
    ):
        known = {s: m[measure] for s, m in measured.items() if measure in m}
        if known:
            marks[choose(known, key=known.__getitem__)] += (
                f'<b title="{tell(request, key)}">{sign}</b>'
            )
    return marks
