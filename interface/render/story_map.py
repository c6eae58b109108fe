"""The map of when colour turns to sepia, as HTML: a table for each way of painting.

A row is a network and how many photos it saw, a column an epoch; what was not measured is not
there. `story.js` says all numbers of a chosen cell.
"""

import html
from collections import Counter
from collections.abc import Sequence
from typing import Any

from interface.engine import Checkpoints
from interface.render.html import in_each_language
from interface.text import tell_in

HEADS = ("ab", "rgb")
_PALE, _FULL = (245, 245, 244), (94, 55, 19)


def cell_key(cell: dict[str, Any]) -> str:
    """What the page calls a cell."""
    return "/".join(str(cell[name]) for name in ("head", "variant", "photos", "epoch"))


def is_shipped(data: dict[str, Any], cell: dict[str, Any], checkpoints: Checkpoints) -> bool:
    """The checkpoints are those of the first study; the map's own runs left none."""
    first = cell["head"] == "ab" and cell["photos"] == data["first"]["photos"]
    return first and cell["epoch"] in checkpoints.epochs(cell["variant"])


def draw_map(data: dict[str, Any], checkpoints: Checkpoints) -> str:
    """The message, the tables, and how to read them; data: `map` of assets/study.json."""
    parts = [_message(data), _scale(data)]
    for head in HEADS:
        if any(row["head"] == head for row in data["rows"]):
            parts.append(f'<h3 data-say="map_{head}"></h3>{_table(data, head, checkpoints)}')
    return "".join([*parts, _legend(data)])


def _message(data: dict[str, Any]) -> str:
    """In how many rows the story's later epoch is browner than its earlier one."""
    outcomes = Counter(row["outcome"] for row in data["rows"])
    first, last = data["story"]["epochs"]
    values = {name: outcomes[name] for name in ("holds", "opposite", "unclear")}
    values |= {"count": len(data["rows"]), "first": first, "last": last}
    return f'<p class="message"{_template("map_message", **values)}</p>'


def _legend(data: dict[str, Any]) -> str:
    (few, many), (first, last) = data["story"]["photos"], data["story"]["epochs"]
    ends = {"few": count(few), "many": count(many), "first": first, "last": last}
    photos, batch = count(data["first"]["photos"]), data["first"]["batch_size"]
    row = _template("map_first", photos=photos, batch=batch, other=data["batch_size"])
    return (
        '<ul class="legend"><li data-say="map_across"></li>'
        f"<li{_template('map_few', seeds=data['seeds'])}</li>"
        f'<li data-say="map_ships"></li><li{_template("map_story", **ends)}</li></ul>'
        f"<p><small{row}</small></p>"
    )


def _template(key: str, **values: object) -> str:
    return in_each_language(lambda language: tell_in(language, key, **values))


def count(number: int) -> str:
    """With a thin space, which every language understands."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _scale(data: dict[str, Any]) -> str:
    low, high = data["scale"]
    ends = ", ".join("rgb({} {} {})".format(*colour) for colour in (_PALE, _FULL))
    return (
        f'<p class="scale"><span data-say="map_sepia"></span> {low:g} <i class="bar" '
        f'style="background:linear-gradient(90deg,{ends})"></i> {high:g}</p>'
    )


def _table(data: dict[str, Any], head: str, checkpoints: Checkpoints) -> str:
    by_place = {cell_key(cell): cell for cell in data["cells"]}
    first, last = data["story"]["epochs"]
    top = "".join(
        f'<th scope="col"{" class=told" * (first <= epoch <= last)}>{epoch}</th>'
        for epoch in data["epochs"]
    )
    body = ""
    for row in (row for row in data["rows"] if row["head"] == head):
        cells = (by_place.get(cell_key({**row, "epoch": epoch})) for epoch in data["epochs"])
        drawn = "".join(f"<td>{_button(data, c, checkpoints) if c else ''}</td>" for c in cells)
        name = f"{html.escape(row['variant'])} · {row['photos']}"
        says = f'<td class="outcome" data-say="map_{row["outcome"]}"></td>'
        body += f'<tr><th scope="row">{name}</th>{drawn}{says}</tr>'
    return (
        f'<table><thead><tr><td data-say="map_corner"></td>{top}'
        f'<th scope="col" class="outcome">{first} → {last}</th></tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _button(data: dict[str, Any], cell: dict[str, Any], checkpoints: Checkpoints) -> str:
    names = ("n", "sepia_index", "colourfulness_ratio", "hue_entropy")
    said = " ".join(f"{name}={cell[name]}" for name in names)
    kinds = ["few"] * (cell["n"] < data["seeds"])
    kinds += ["ships"] * is_shipped(data, cell, checkpoints)
    shade, ink = _shade(data, cell)
    return (
        f'<button type="button" tabindex="-1" data-cell="{html.escape(cell_key(cell))}" '
        f'data-numbers="{said}" class="{" ".join(kinds)}" '
        f'style="background:{shade};color:{ink}">{cell["sepia_index"]:.2f}</button>'
    )


def _shade(data: dict[str, Any], cell: dict[str, Any]) -> tuple[str, str]:
    """Colour of the cell, and of the letters on it: whichever of black and white is clearer."""
    low, high = data["scale"]
    share = min(1.0, max(0.0, (cell["sepia_index"] - low) / (high - low)))
    shade = [round(p + share * (f - p)) for p, f in zip(_PALE, _FULL, strict=True)]
    ink = "#000" if _luminance(shade) > 0.179 else "#fff"
    return "#{:02x}{:02x}{:02x}".format(*shade), ink


def _luminance(rgb: Sequence[int]) -> float:
    """WCAG's relative luminance, nearly: the dark end of sRGB's curve is left out."""
    return sum(w * (c / 255) ** 2.2 for w, c in zip((0.2126, 0.7152, 0.0722), rgb, strict=True))
