"""An element of the page whose looks and behaviour are the page's own."""

from pathlib import Path
from typing import Any

import gradio as gr

_STATIC = Path(__file__).parents[1] / "static"


def bare_html(content: str = "", script: str = "", **more: Any) -> gr.HTML:
    """HTML without Gradio's styles; script: a file of `static/` that brings it to life."""
    if script:
        more["js_on_load"] = (_STATIC / script).read_text()
    return gr.HTML(content, apply_default_css=False, **more)
