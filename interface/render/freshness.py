"""Marks results as stale when the photo or the controls have changed.

Each result carries `attributes`: the photo and the positions of the controls that it answers.
`static/freshness.js` compares these with the page. In the frame in which they differ it dims the
result, switches off the buttons that save or share it, and says what is being made instead. In a
tab:

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
    """Photo and controls as JSON, which the page's script compares key by key."""
    values = {key: _as_on_page(value) for key, value in controls.items()}
    return json.dumps({"photo": str(photo or ""), **values})


def attributes(
    photo: Path | None,
    controls: Mapping[str, object],
    shows: Sequence[str] = (),
    switches: Sequence[str] = (),
) -> str:
    """Attributes of the element that names a result.

    shows: ids of what is dimmed with it; switches: ids of the buttons that save it. "Copy link" of
    the same tab is switched off as well.
    """
    return (
        f' data-answers="{html.escape(question_json(photo, controls))}"'
        f' data-shows="{" ".join(shows)}" data-switches="{" ".join(switches)}"'
    )


def previewed(control: str, picture: str) -> str:
    """A further attribute: while only this control differs, the picture is filtered, not dimmed.

    control: says the saturation in per cent. A canvas that a script lays over the picture is shown
    as well: `data-covers` is the picture's id, `data-about` the question it answers.
    """
    return f' data-preview="{control} {picture}"'


def line(making: str, words: str) -> str:
    """The words for a result, HTML, or, while it is stale, the text with the key `making`."""
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
