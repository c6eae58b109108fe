"""The grid of the Epochs tab as HTML: variants as rows, epochs as columns, a cell for each pair."""

import html
from pathlib import Path

from interface import link
from interface.checkpoints import Checkpoints
from interface.parts import file_url
from interface.service import Cell, Service
from interface.settings import Settings


def draw_grid(service: Service, path: Path, chosen: list[Settings], cells: list[Cell]) -> str:
    """A table: variants as rows, epochs as columns, an empty place for what is still to come."""
    done = {cell.settings: cell for cell in cells}
    photo = service.predictions.photo(path)
    place = f'<div class="place" style="aspect-ratio:{photo.width / photo.height:.4f}">'
    rows = list(dict.fromkeys(settings.variant for settings in chosen))
    columns = sorted({settings.epoch for settings in chosen})
    head = "".join(f'<th scope="col">epoch {epoch}</th>' for epoch in columns)
    shared = link.attribute(
        tab="epochs", variants=",".join(rows), epochs=",".join(map(str, columns))
    )
    body = ""
    for variant in rows:
        own = [settings for settings in chosen if settings.variant == variant]
        marks = _marks(service.checkpoints, own)
        body += f'<tr><th scope="row">{html.escape(variant)}</th>'
        for epoch in columns:
            settings = Settings(variant, epoch)
            if settings not in own:
                body += '<td title="no checkpoint of this epoch">–</td>'
            elif settings not in done:
                body += f"<td>{place}</div><small>&nbsp;</small></td>"
            else:
                file = cell_file(service, path, settings)
                body += f"<td>{_cell(done[settings], file, place, marks[settings])}</td>"
        body += "</tr>"
    return (
        f'<table{shared} style="--columns:{len(columns)}"><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
        '<p class="legend"><b>▼</b> lowest validation loss of the row · <b>●</b> most colour on '
        "the validation photos · <b>ratio</b> colourfulness against the original's · "
        "<b>sepia</b> how much of the colour moved to brown, 0 to 1</p>"
    )


def cell_file(service: Service, path: Path, settings: Settings) -> Path:
    return service.files.folder(path) / f"{settings.variant}-{settings.epoch:03d}-cell.jpg"


def draw_sides(left: Settings, right: Settings) -> str:
    """What the comparison shows, for the reader, the grid's script and the address."""
    keys = [html.escape(key_of(settings)) for settings in (left, right)]
    names = "".join(f"<span>{html.escape(str(settings))}</span>" for settings in (left, right))
    shared = link.attribute(left=key_of(left), right=key_of(right))
    return f'<div class="sides" data-left="{keys[0]}" data-right="{keys[1]}"{shared}>{names}</div>'


def key_of(settings: Settings) -> str:
    return f"{settings.variant}/{settings.epoch}"


def settings_of(key: str, checkpoints: Checkpoints) -> Settings | None:
    """What a key means, if there is such a checkpoint."""
    variant, _, epoch = key.partition("/")
    named = link.integers(epoch)
    return Settings(variant, named[0]) if {*named} & {*checkpoints.epochs(variant)} else None


def _cell(cell: Cell, file: Path, place: str, mark: str) -> str:
    name = html.escape(str(cell.settings))
    colour = f"colourfulness {cell.colourfulness:.0f}"
    if cell.ratio is not None:
        colour = f"ratio {cell.ratio:.2f}"
    return (
        f'<button type="button" data-cell="{html.escape(key_of(cell.settings))}" '
        f'aria-pressed="false">{place}<img src="{file_url(file)}" '
        f'alt="{name}"></div></button><small>{colour} · sepia {cell.sepia:.2f} {mark}</small>'
    )


def _marks(checkpoints: Checkpoints, row: list[Settings]) -> dict[Settings, str]:
    """Which epoch a rule would choose: by validation loss, and by colour."""
    measured = {s: checkpoints.colorizer(s.variant, s.epoch).info.metrics for s in row}
    marks = dict.fromkeys(row, "")
    for measure, choose, sign, title in (
        ("val_loss", min, "▼", "lowest validation loss"),
        ("colourfulness_ratio", max, "●", "most colour"),
    ):
        known = {s: m[measure] for s, m in measured.items() if measure in m}
        if known:
            marks[choose(known, key=known.__getitem__)] += f'<b title="{title}">{sign}</b>'
    return marks
