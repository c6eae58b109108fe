"""Look closer: two of the pictures over the whole window, in the browser (`static/compare.js`)."""

from collections.abc import Mapping
from typing import Any

import gradio as gr

from interface.render import freshness
from interface.widgets.bare_html import bare_html
from interface.widgets.events import QUIET

# A picture may change while the page opens, before compare.js has run.
_PAIR = "(...pictures) => [window.colorizerPair?.(pictures) ?? [null, null]]"
_DIVIDE = "() => [{ __type__: 'update', slider_position: window.colorizerDivider() }]"


def button(picture: str) -> str:
    """For the line above a picture: opens it in the layer. `picture`: a key of `build`'s."""
    return (
        f'<button type="button" class="look-closer" data-from="{picture}" '
        'data-say="look_closer"></button>'
    )


def build(pictures: Mapping[str, gr.Image]) -> None:
    """Draws the layer, closed. pictures: what it can show, by keys of text/en.json."""
    with gr.Column(elem_id="closer"):
        bar = bare_html(_bar(pictures), "compare.js", elem_id="closer-bar")
        look: dict[str, Any] = {"elem_id": "closer-pair", "show_label": False, "buttons": []}
        pair = gr.ImageSlider(interactive=False, max_height=100_000, **look)
    changes = [picture.change for picture in pictures.values()]  # pyright: ignore
    gr.on([bar.select, *changes], None, [*pictures.values()], pair, js=_PAIR, **QUIET)
    gr.on([bar.input], None, None, pair, js=_DIVIDE, **QUIET)  # pyright: ignore


def _bar(pictures: Mapping[str, gr.Image]) -> str:
    options = "".join(f'<option value="{key}" data-say="{key}"></option>' for key in pictures)
    hint = freshness.line("making_pair", '<span data-say="closer_hint"></span>')
    return (
        '<div class="sides">'
        f'<select class="left">{options}</select>'
        '<input type="range" class="divider" min="0" max="100" value="50">'
        f'<select class="right">{options}</select></div>'
        '<div class="zoom"><button type="button" class="out">−</button><output></output>'
        '<button type="button" class="in">+</button>'
        '<button type="button" class="fit" data-say="fit"></button></div>'
        '<button type="button" class="close" data-say="close"></button>'
        f'<div class="whose" data-shows="closer-pair" data-switches="">{hint}</div>'
    )
