"""A result never stands beside another photo, or under other settings.

Everything computed that the page shows carries `attributes`: which photo and which positions of the
controls it is the answer to. `static/freshness.js` compares that with what the photo and the
controls say now. In the very frame in which a hand moves one, it dims what is shown, switches off
what would save or share it, and says what is being made; only the answer to the newest settings
undims it.

To use it in a tab, write into the HTML of any caption or picture

    f'<div{attributes(photo=path, shows=["grid"], controls={"rows": names})}>'
    f'{line("making_grid", words)}</div>'

The keys of `controls` are element ids: of sliders (whose value is a number, or the name of a stop),
radios, checkbox groups (a list), dropdowns, or of any element whose script sets `data-value`.
"""

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path


def question_json(photo: Path | None, controls: Mapping[str, object]) -> str:
    """Photo and settings as JSON: what the page's script compares, key by key."""
    values = {key: _as_on_page(value) for key, value in controls.items()}
    return json.dumps({"photo": str(photo or ""), **values})


def attributes(
    photo: Path | None,
    controls: Mapping[str, object],
    shows: Sequence[str] = (),
    switches: Sequence[str] = (),
) -> str:
    """Attributes of the element that says what is shown.

    shows: ids of what is dimmed with it; switches: ids of the buttons that save what is shown. Each
    "Copy link" of the same tab is switched off as well.
    """
    return (
        f' data-answers="{html.escape(question_json(photo, controls))}"'
        f' data-shows="{" ".join(shows)}" data-switches="{" ".join(switches)}"'
    )


def previewed(control: str, picture: str) -> str:
    """Further attributes, for a control that says the saturation of a picture in per cent.

    While a hand moves it, and nothing else differs, the browser shows the picture as it is about
    to be in place of dimming it; what saves it stays switched off until the answer is there. The
    same goes for a canvas with `data-covers`, the picture's id, that a script lays over it, while
    the identity in its `data-about` fits.
    """
    return f' data-preview="{control} {picture}"'


def line(making: str, words: str) -> str:
    """The words for what is shown, and a place for what is being made in its stead.

    making: a key of text/en.json; words: HTML.
    """
    return (
        f'<span class="answer">{words}</span>'
        f'<span class="making" role="status" data-making="{making}"></span>'
    )


def _as_on_page(value: object) -> str | list[str]:
    """As the script reads it off the page."""
    if isinstance(value, list | tuple):
        return sorted(str(item) for item in value)
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
