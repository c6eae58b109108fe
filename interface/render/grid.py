"""The grid of the Epochs tab as HTML: variants as rows, epochs as columns, a cell for each pair."""

import html
from pathlib import Path

import gradio as gr

from interface.engine import share_link as link
from interface.engine.checkpoints import Checkpoints
from interface.engine.engine import Engine
from interface.engine.results import Cell
from interface.engine.settings import Settings
from interface.engine.subject import Subject, hint_mark
from interface.render import freshness as answers
from interface.render.html import file_url
from interface.text import describe, number, tell


def draw_grid(
    request: gr.Request | None,
    engine: Engine,
    subject: Subject,
    chosen: list[Settings],
    cells: list[Cell],
) -> str:
    """A table: variants as rows, epochs as columns, an empty place for what is still to come."""
    done = {cell.settings: cell for cell in cells}
    photo = engine.photo(subject)
    place = f'<div class="place" style="aspect-ratio:{photo.width / photo.height:.4f}">'
    rows = list(dict.fromkeys(settings.variant for settings in chosen))
    columns = sorted({settings.epoch for settings in chosen})
    head = "".join(
        f'<th scope="col">{tell(request, "epoch_word")} {epoch}</th>' for epoch in columns
    )
    shared = link.attribute(
        tab="epochs", variants=",".join(rows), epochs=",".join(map(str, columns))
    )
    body = ""
    for variant in rows:
        own = [settings for settings in chosen if settings.variant == variant]
        marks = _marks(request, engine.checkpoints, own)
        body += f'<tr><th scope="row">{html.escape(variant)}</th>'
        for epoch in columns:
            settings = Settings(variant, epoch)
            if settings not in own:
                body += f'<td title="{tell(request, "no_checkpoint")}">–</td>'
            elif settings not in done:
                body += f"<td>{place}</div><small>&nbsp;</small></td>"
            else:
                file = cell_file(engine, subject, settings)
                body += f"<td>{_cell(request, done[settings], file, place, marks[settings])}</td>"
        body += "</tr>"
    original = tell(request, "original")
    legend = " · ".join(
        f"<b>{sign}</b> {tell(request, key)}"
        for sign, key in (
            ("▼", "lowest_loss"),
            ("●", "most_colour"),
            (tell(request, "of_ratio"), "ratio_means"),
            (tell(request, "sepia_word"), "sepia_means"),
        )
    )
    return (
        f'<div class="sheet"><figure>{place}<img src="{file_url(subject.path)}" alt=""></div>'
        f"<figcaption>{original}</figcaption></figure>"
        f'<div class="cells"><table{shared} style="--columns:{len(columns)}"><thead><tr><td></td>'
        f"{head}</tr></thead><tbody>{body}</tbody></table></div></div>"
        f'<p class="legend">{legend}</p>'
    )


def cell_file(engine: Engine, subject: Subject, settings: Settings) -> Path:
    mark = hint_mark(engine.hints(subject))
    name = f"{settings.variant}-{settings.epoch:03d}{mark}-cell.jpg"
    return engine.files.folder(subject.path) / name


def draw_sides(
    request: gr.Request | None, subject: Subject, left: Settings, right: Settings
) -> str:
    """What the comparison shows, for the reader, the grid's script and the address."""
    keys = [html.escape(key_of(settings)) for settings in (left, right)]
    names = "".join(
        f"<span>{html.escape(describe(request, settings))}</span>" for settings in (left, right)
    )
    controls = {"grid": f"{key_of(left)} {key_of(right)}", "hints": subject.hints_digest}
    whose = answers.attributes(subject.path, controls, ["compared"])
    making = '<span class="making" role="status" data-making="making_two"></span>'
    shared = link.attribute(left=key_of(left), right=key_of(right))
    return (
        f'<div class="sides" data-left="{keys[0]}" data-right="{keys[1]}"{shared}{whose}>'
        f'<span class="answer">{names}</span>{making}</div>'
    )


def key_of(settings: Settings) -> str:
    return f"{settings.variant}/{settings.epoch}"


def settings_of(key: str, checkpoints: Checkpoints) -> Settings | None:
    """What a key means, if there is such a checkpoint."""
    variant, _, epoch = key.partition("/")
    named = link.integers(epoch)
    return Settings(variant, named[0]) if {*named} & {*checkpoints.epochs(variant)} else None


def colour_words(request: gr.Request | None, cell: Cell) -> tuple[str, str]:
    """How much colour a picture has, and how much of it moved to brown."""
    colour = f"{tell(request, 'colourfulness')} {cell.colourfulness:.0f}"
    if cell.ratio is not None:
        colour = f"{tell(request, 'of_ratio')} {number(request, cell.ratio, '.2f')}"
    return colour, f"{tell(request, 'sepia_word')} {number(request, cell.sepia, '.2f')}"


def _cell(request: gr.Request | None, cell: Cell, file: Path, place: str, mark: str) -> str:
    name = html.escape(describe(request, cell.settings))
    colour, sepia = colour_words(request, cell)
    return (
        f'<button type="button" data-cell="{html.escape(key_of(cell.settings))}" '
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
