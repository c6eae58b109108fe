"""The map of when colour turns to sepia, as HTML: a table for each variant and way of painting.

Each cell holds both measures: the style shows one, `story.js` says all numbers of a chosen cell.
"""

import html
from collections.abc import Sequence
from typing import Any

from interface.engine import Checkpoints

HEADS = ("ab", "rgb")
_COLOURS = {
    "sepia_index": ((245, 245, 244), (94, 55, 19)),
    "colourfulness_ratio": ((238, 238, 238), (0, 100, 90)),
}


def cell_key(cell: dict[str, Any]) -> str:
    """What the page calls a cell."""
    return "/".join(str(cell[name]) for name in ("head", "variant", "photos", "epoch"))


def is_shipped(data: dict[str, Any], cell: dict[str, Any], checkpoints: Checkpoints) -> bool:
    """The checkpoints are those of the first study; the map's own runs left none."""
    first = cell["head"] == "ab" and cell["photos"] == data["first"]["photos"]
    return first and cell["epoch"] in checkpoints.epochs(cell["variant"])


def draw_map(data: dict[str, Any], checkpoints: Checkpoints) -> str:
    """data: `map` of assets/study.json."""
    parts = []
    for head in HEADS:
        own = [cell for cell in data["cells"] if cell["head"] == head]
        tables = "".join(
            _table(data, [c for c in own if c["variant"] == variant], checkpoints)
            for variant in dict.fromkeys(cell["variant"] for cell in own)
        )
        if tables:
            parts.append(f'<h3 data-say="map_{head}"></h3><div class="tables">{tables}</div>')
    return "".join(parts)


def _table(data: dict[str, Any], cells: Sequence[dict[str, Any]], checkpoints: Checkpoints) -> str:
    by_place = {(cell["photos"], cell["epoch"]): cell for cell in cells}
    head = "".join(f'<th scope="col">{epoch}</th>' for epoch in data["epochs"])
    body = ""
    for photos in sorted({cell["photos"] for cell in cells}, reverse=True):
        row = ""
        for epoch in data["epochs"]:
            edges = _edges(data, photos, epoch)
            cell = by_place.get((photos, epoch))
            button = _button(data, cell, checkpoints) if cell else ""
            row += f'<td class="{edges}">{button}</td>'
        body += f'<tr><th scope="row">{photos}</th>{row}</tr>'
    return (
        f"<table><caption>{html.escape(cells[0]['variant'])}</caption><thead><tr>"
        f'<td data-say="map_corner"></td>{head}</tr></thead><tbody>{body}</tbody></table>'
    )


def _button(data: dict[str, Any], cell: dict[str, Any], checkpoints: Checkpoints) -> str:
    numbers = {"n": cell["n"]} | {name: cell[name] for name in (*_COLOURS, "hue_entropy")}
    said = " ".join(f"{name}={value}" for name, value in numbers.items() if value is not None)
    opening = (
        f'<button type="button" tabindex="-1" data-cell="{html.escape(cell_key(cell))}" '
        f'data-numbers="{said}"'
    )
    if not cell["n"]:
        return f'{opening} class="unmeasured">·</button>'
    kinds = ["few"] * (cell["n"] < data["seeds"])
    kinds += ["ships"] * is_shipped(data, cell, checkpoints)
    styles, values = [], ""
    for kind, measure in zip(("sepia", "colour"), _COLOURS, strict=True):
        shade, ink = _shade(data, cell, measure)
        styles.append(f"--{kind}:{shade};--{kind}-ink:{ink}")
        values += f'<span class="{kind}">{cell[measure]:.2f}</span>'
    return f'{opening} class="{" ".join(kinds)}" style="{";".join(styles)}">{values}</button>'


def _edges(data: dict[str, Any], photos: int, epoch: int) -> str:
    """Which sides of the frame around the story's own place run along this cell."""
    rows, columns = data["story"]["photos"], data["story"]["epochs"]
    if not (rows[0] <= photos <= rows[1] and columns[0] <= epoch <= columns[1]):
        return ""
    sides = {"top": photos == rows[1], "bottom": photos == rows[0]}
    sides |= {"left": epoch == columns[0], "right": epoch == columns[1]}
    return " ".join(["told", *(side for side, there in sides.items() if there)])


def _shade(data: dict[str, Any], cell: dict[str, Any], measure: str) -> tuple[str, str]:
    """Colour of the cell, and of the letters on it: whichever of black and white is clearer."""
    low, high = (data["measures"][measure][end] for end in ("low", "high"))
    share = min(1.0, max(0.0, (cell[measure] - low) / (high - low)))
    pale, full = _COLOURS[measure]
    shade = [round(p + share * (f - p)) for p, f in zip(pale, full, strict=True)]
    ink = "#000" if _luminance(shade) > 0.179 else "#fff"
    return "#{:02x}{:02x}{:02x}".format(*shade), ink


def _luminance(rgb: Sequence[int]) -> float:
    """WCAG's relative luminance, nearly: the dark end of sRGB's curve is left out."""
    return sum(w * (c / 255) ** 2.2 for w, c in zip((0.2126, 0.7152, 0.0722), rgb, strict=True))
