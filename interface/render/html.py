"""Pieces of HTML that more than one part of the page is made of."""

import base64
import html
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import gradio as gr

from colorizer.colours import RGB
from interface.engine import PhotoGoneError
from interface.text import LANGUAGES, explain


def message(text: str, problem: bool = False, attributes: str = "", content: str = "") -> str:
    """A line that screen readers speak when it changes; content: HTML in place of `text`."""
    kind, role = ("problem", "alert") if problem else ("made", "status")
    return f'<div class="{kind}" role="{role}"{attributes}>{content or html.escape(text)}</div>'


def gone(error: Exception | None, button: str = "") -> str:
    """An attribute of a problem that the page's script may solve by sending the photo again.

    button: id of the one that then asks again, where the photo itself does not.
    """
    return f' data-gone="{button}"' if isinstance(error, PhotoGoneError) else ""


def problem(request: gr.Request, error: Exception, button: str = "") -> str:
    """A line that says in one sentence what went wrong; button: as of `gone`."""
    return message(explain(request, error), problem=True, attributes=gone(error, button))


def in_each_language(text: Callable[[str], str]) -> str:
    """The rest of a tag and its text in all languages; text: of a language code."""
    codes = [code for code in LANGUAGES if code != "en"]
    others = "".join(f' data-{code}="{html.escape(text(code))}"' for code in codes)
    return f"{others}>{html.escape(text('en'))}"


def file_url(path: Path) -> str:
    """The address of a file that the app made, as an attribute's value."""
    return html.escape(f"gradio_api/file={path}")


def data_url(picture: bytes, kind: str) -> str:
    """A picture as an address of its own."""
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def css(rgb: RGB) -> str:
    """A colour as style sheets have it."""
    return "rgb({} {} {})".format(*rgb)


def link_attribute(**values: object) -> str:
    """An attribute with a result's part of the share link; see `engine/share_link.py`."""
    return f' data-link="{html.escape(urlencode(values, safe=",/"))}"'
