"""The map of when colour turns to sepia, as HTML: a table for each variant and way of painting."""

import html
from typing import Any

_COLOURS = {"sepia_index": ((245, 245, 244), (94, 55, 19)),
            "colourfulness_ratio": ((238, 238, 238), (0, 100, 90))}  # fmt: skip
_HEADS = {"ab": "Colour on the photo's own lightness", "rgb": "The whole picture, as the story did"}


def draw_map(data: dict[str, Any], measure: str) -> str:
    """data: `map` of assets/study.json; measure: a key of its `measures`."""
    cells = {(c["head"], c["variant"], c["photos"], c["epoch"]): c for c in data["cells"]}
    parts = []
    for head in _HEADS:
        variants = list(dict.fromkeys(c["variant"] for c in data["cells"] if c["head"] == head))
        tables = "".join(_table(data, cells, head, variant, measure) for variant in variants)
        if tables:
            parts.append(f'<h3>{_HEADS[head]}</h3><div class="tables">{tables}</div>')
    return f'{"".join(parts)}<p class="cell-words" role="status">&nbsp;</p>'


def _table(data: dict[str, Any], cells: dict, head: str, variant: str, measure: str) -> str:
    epochs = data["epochs"]
    photos = [n for n in data["photos"] if any((head, variant, n, e) in cells for e in epochs)]
    rows = ""
    for count in reversed(photos):
        row = ""
        for epoch in epochs:
            cell = cells.get((head, variant, count, epoch))
            told = (
                " told"
                if count in _between(data["photos"], data["story"]["photos"])
                and epoch in _between(epochs, data["story"]["epochs"])
                else ""
            )
            if cell is None:
                row += f'<td class="none{told}"></td>'
                continue
            style = _shade(data, cell, measure)
            row += (
                f'<td class="{told.strip()}"><button type="button" style="{style}" '
                f'data-words="{html.escape(_words(cell))}">{cell[measure]:.2f}</button></td>'
            )
        rows += f'<tr><th scope="row">{count:,}</th>{row}</tr>'
    head_row = "".join(f'<th scope="col">{epoch}</th>' for epoch in epochs)
    return (
        f"<table><caption>{html.escape(variant)}</caption><thead><tr><td></td>{head_row}</tr>"
        f"</thead><tbody>{rows}</tbody></table>"
    )


def _between(values: list[int], ends: list[int]) -> list[int]:
    return [value for value in values if ends[0] <= value <= ends[1]]


def _shade(data: dict[str, Any], cell: dict[str, Any], measure: str) -> str:
    low, high = (data["measures"][measure][end] for end in ("low", "high"))
    share = min(1.0, max(0.0, (cell[measure] - low) / (high - low)))
    pale, full = _COLOURS[measure]
    red, green, blue = (round(p + share * (f - p)) for p, f in zip(pale, full, strict=True))
    # Black up to where white has the same contrast.
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 130
    return f"background:rgb({red},{green},{blue});color:{'#111' if light else '#fff'}"


def _words(cell: dict[str, Any]) -> str:
    seeds = "1 seed" if cell["n"] == 1 else f"{cell['n']} seeds"
    return (
        f"{cell['variant']}, {cell['photos']:,} photos, epoch {cell['epoch']}: "
        f"sepia index {cell['sepia_index']:.2f}, colourfulness "
        f"{cell['colourfulness_ratio']:.2f} of the original's, hue entropy "
        f"{cell['hue_entropy']:.2f} bits ({seeds})"
    )
