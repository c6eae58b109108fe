"""The pin: one result stays beside the next ones, for as long as its photo does."""

import html
from dataclasses import dataclass
from typing import Any

import gradio as gr

from interface.engine.errors import EXPECTED_ERRORS
from interface.render import freshness as answers
from interface.render.html import QUIET, Updates
from interface.text import describe
from interface.widgets import compare_view as closer
from interface.widgets.export_buttons import Made
from interface.widgets.uploads import uploaded

# The button that was pressed goes with the pin, so the focus needs another place.
_UNPIN = """
element.addEventListener("click", (event) => {
  if (!event.target.closest(".unpin")) return;
  document.querySelector("#pin").focus();
  trigger("click");
});
"""


@dataclass(frozen=True, eq=False)
class Pin:
    name: gr.HTML
    image: gr.Image
    caption: gr.HTML
    kept: gr.State  # Made, or None


def build(image: gr.Image) -> Pin:
    """Draws a column, which the style hides while nothing is pinned; `image` goes into it."""
    with gr.Column(min_width=240, elem_id="pinned-column"):
        name = gr.HTML(_name(), apply_default_css=False, js_on_load=_UNPIN)
        image.render()
        caption = gr.HTML("", elem_id="pinned-words", apply_default_css=False)
    return Pin(name, image, caption, gr.State(None))


def listen(pin: Pin, button: gr.Button, photo: gr.Image, made: gr.State) -> None:
    """button: keeps what is shown, which is `made`."""
    nothing: Updates = {pin.kept: None, pin.image: None, pin.caption: ""}

    def keep(request: gr.Request, made: Made | None) -> Updates:
        if made is None or not made.file.is_file():
            return gr.skip()
        return {pin.kept: made, pin.image: str(made.file), pin.caption: _caption(request, made)}

    def follow(picture: Any, kept: Made | None) -> Updates:
        """Another photo has come, or none."""
        try:
            path = uploaded(picture).path
        except EXPECTED_ERRORS:
            path = None
        return gr.skip() if kept is None or kept.subject.path == path else nothing

    outputs = [*nothing]
    button.click(keep, made, outputs, **QUIET)
    pin.name.click(lambda: nothing, None, outputs, **QUIET)
    photo.change(follow, [photo, pin.kept], outputs, **QUIET, preprocess=False)


def _name() -> str:
    return (
        f'<div class="name"><span data-say="pinned"></span>{closer.button("pinned")}'
        '<button type="button" class="unpin" data-say="unpin"></button></div>'
    )


def _caption(request: gr.Request, made: Made) -> str:
    whose = answers.attributes(made.subject.path, {}, ["pinned"])
    said = answers.line("opening", html.escape(describe(request, made.settings)))
    return f'<div role="status"{whose}>{said}</div>'
