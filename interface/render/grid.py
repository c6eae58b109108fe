"""The grid of the Epochs tab as HTML: variants as rows, epochs as columns, a cell for each pair."""

import html
from pathlib import Path

from colorizer.writing import synthetic, write_picture
from interface.engine import Cell, Checkpoints, Engine, Settings, Subject, hint_mark, hint_notes
from interface.engine.files import write_once
from interface.engine.share_link import integers
from interface.render import freshness
from interface.render.html import file_url, link_attribute
from interface.text import Request, describe, number, tell


def draw_grid(
    request: Request, engine: Engine, subject: Subject, chosen: list[Settings], cells: list[Cell]
) -> str:
    """A table: variants as rows, epochs as columns, an empty place for what is still to come."""
    photo = engine.photo(subject)
    place = f'<div class="place" style="aspect-ratio:{photo.width / photo.height:.4f}">'
    variants = list(dict.fromkeys(settings.variant for settings in chosen))
    epochs = sorted({settings.epoch for settings in chosen})
    done = {cell.settings: cell for cell in cells}
    body = ""
    for variant in variants:
        row = [settings for settings in chosen if settings.variant == variant]
        marks = _marks(request, engine.checkpoints, row)
        body += f'<tr><th scope="row">{html.escape(variant)}</th>'
        for settings in (Settings(variant, epoch) for epoch in epochs):
            if settings not in row:
                body += f'<td title="{tell(request, "no_checkpoint")}">–</td>'
            elif cell := done.get(settings):
                picture = f'<img src="{file_url(_write_cell(engine, subject, cell))}" '
                body += f"<td>{_draw_cell(request, cell, place + picture, marks[settings])}</td>"
            else:
                body += f"<td>{place}</div><small>&nbsp;</small></td>"
        body += "</tr>"
    word = tell(request, "epoch_word")
    head = "".join(f'<th scope="col">{word} {epoch}</th>' for epoch in epochs)
    choice = {"variants": ",".join(variants), "epochs": ",".join(map(str, epochs))}
    shared = link_attribute(tab="epochs", **choice)
    return (
        f'<div class="sheet"><figure>{place}<img src="{file_url(subject.path)}" alt=""></div>'
        f"<figcaption>{tell(request, 'original')}</figcaption></figure>"
        f'<div class="cells"><table{shared} style="--columns:{len(epochs)}"><thead><tr><td></td>'
        f"{head}</tr></thead><tbody>{body}</tbody></table></div></div>{_legend(request)}"
    )


def _draw_cell(request: Request, cell: Cell, picture: str, mark: str) -> str:
    """picture: the start of its element, up to its alternative text."""
    name = html.escape(describe(request, cell.settings))
    colour, sepia = colour_words(request, cell)
    return (
        f'<button type="button" data-cell="{html.escape(cell_key(cell.settings))}" '
        f'aria-pressed="false">{picture}alt="{name}"></div></button>'
        f"<small><span>{colour}</span> <span>{sepia}</span> {mark}</small>"
    )


def _legend(request: Request) -> str:
    signs = {"lowest_loss": "▼", "most_colour": "●"}
    signs |= {"ratio_means": tell(request, "of_ratio"), "sepia_means": tell(request, "sepia_word")}
    parts = (f"<b>{sign}</b> {tell(request, key)}" for key, sign in signs.items())
    return f'<p class="legend">{" · ".join(parts)}</p>'


def _write_cell(engine: Engine, subject: Subject, cell: Cell) -> Path:
    hints, settings = engine.hints(subject), cell.settings
    name = f"{settings.variant}-{settings.epoch:03d}{hint_mark(hints)}-cell.jpg"
    file, note = engine.files.folder(subject.path) / name, synthetic(settings, *hint_notes(hints))
    return write_once(file, lambda: write_picture(cell.picture, file, note, quality=90))


def draw_sides(request: Request, subject: Subject, left: Settings, right: Settings) -> str:
    """The names of the two compared, for the reader, the grid's script and the address."""
    keys = {"left": cell_key(left), "right": cell_key(right)}
    names = "".join(f"<span>{html.escape(describe(request, s))}</span>" for s in (left, right))
    controls = {"grid": " ".join(keys.values()), "by-hand": subject.hints_digest}
    whose = freshness.attributes(subject.path, controls, ["compared"])
    data = "".join(f' data-{side}="{html.escape(key)}"' for side, key in keys.items())
    line = freshness.line("making_two", names)
    return f'<div class="sides"{data}{link_attribute(**keys)}{whose}>{line}</div>'


def cell_key(settings: Settings) -> str:
    return f"{settings.variant}/{settings.epoch}"


def settings_of_cell(key: str, checkpoints: Checkpoints) -> Settings | None:
    """What a key means, if there is such a checkpoint."""
    variant, _, epoch = key.partition("/")
    named = integers(epoch)
    return Settings(variant, named[0]) if {*named} & {*checkpoints.epochs(variant)} else None


def count_words(request: Request, cells: int) -> str:
    return tell(request, "one_checkpoint" if cells == 1 else "checkpoints", count=cells)


def colour_words(request: Request, cell: Cell) -> tuple[str, str]:
    """The colourfulness of a picture, and its share that moved to brown."""
    colour = f"{tell(request, 'colourfulness')} {cell.colourfulness:.0f}"
    if cell.ratio is not None:
        colour = f"{tell(request, 'of_ratio')} {number(request, cell.ratio, '.2f')}"
    return colour, f"{tell(request, 'sepia_word')} {number(request, cell.sepia, '.2f')}"


def _marks(request: Request, checkpoints: Checkpoints, row: list[Settings]) -> dict[Settings, str]:
    """The signs of the epochs that a rule would choose: by validation loss, and by colour."""
    measured = {s: checkpoints.colorizer(s.variant, s.epoch).info.metrics for s in row}
    marks = dict.fromkeys(row, "")
    for measure, choose, sign, key in (
        ("val_loss", min, "▼", "lowest_loss"),
        ("colourfulness_ratio", max, "●", "most_colour"),
    ):
        known = {s: m[measure] for s, m in measured.items() if measure in m}
        if known:
            best = choose(known, key=known.__getitem__)
            marks[best] += f'<b title="{tell(request, key)}">{sign}</b>'
    return marks
