"""Pieces that more than one tab is made of."""

import functools
import html
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.blocks import Block
from gradio.components import Component

from interface.engine.errors import EXPECTED_ERRORS
from interface.engine.settings import Settings
from interface.text import LANGUAGES

Updates = dict[Block, Any]  # what an event changes, and to what; the rest stays as it is

# Of each event of the page itself. What is being made is said by answers.py; Gradio would tell its
# outputs, too, out of sight, and the browser would go through all of them at each stage.
QUIET = {"show_progress": "hidden", "show_progress_on": [], "api_visibility": "private"}


def words(text: str, problem: bool = False) -> str:
    """A line of the page that screen readers speak when it changes."""
    kind, role = ("problem", "alert") if problem else ("made", "status")
    return f'<div class="{kind}" role="{role}">{html.escape(text)}</div>'


def spoken(words: Callable[[str], str]) -> str:
    """The rest of a tag and its text: English, and what the page's script puts in its place.

    words: of a language code.
    """
    codes = [code for code in LANGUAGES if code != "en"]
    others = "".join(f' data-{code}="{html.escape(words(code))}"' for code in codes)
    return f"{others}>{html.escape(words('en'))}"


def file_url(path: Path) -> str:
    """Where the page finds a file that the app made, as an attribute's value."""
    return html.escape(f"gradio_api/file={path}")


def picture_input() -> gr.Image:
    return gr.Image(type="filepath", visible=False, label="photo")


def settings_inputs(default: Settings) -> list[Component]:
    """What a script may choose of one checkpoint: variant, epoch, samples and temperature."""
    return [
        gr.Textbox(default.variant, visible=False, label="variant"),
        gr.Number(default.epoch, visible=False, label="epoch", precision=0),
        gr.Number(default.samples, visible=False, label="samples", precision=0),
        gr.Number(default.temperature, visible=False, label="temperature"),
    ]


def hints_input() -> gr.Textbox:
    """Colours by hand, as the content of a file of them."""
    return gr.Textbox("", visible=False, label="hints")


def fill_in(demo: gr.Blocks) -> None:
    """Endpoints take calls from before they had their last inputs, over plain HTTP as well.

    Gradio's own clients send the defaults; its server refuses a call that lacks them.
    """
    validate = demo.validate_inputs

    def filled(block_fn: BlockFunction, inputs: list[Any]) -> None:
        if block_fn.api_visibility == "public":
            inputs += [part.value for part in block_fn.inputs[len(inputs) :]]  # pyright: ignore
        validate(block_fn, inputs)

    demo.validate_inputs = filled


def add_endpoint(
    answer: Callable[..., tuple], inputs: Sequence[Component], outputs: Sequence[Component]
) -> None:
    """`/NAME-OF-ANSWER` for scripts; its docstring is what the page and MCP clients show of it."""

    @functools.wraps(answer)
    def call(*values: Any) -> tuple:
        try:
            return answer(*values)
        except EXPECTED_ERRORS as error:
            raise gr.Error(str(error), print_exception=False) from error

    trigger = gr.Button(visible=False)
    trigger.click(
        call,
        list(inputs),
        list(outputs),
        preprocess=False,
        api_name=answer.__name__,
        concurrency_id="network",
        concurrency_limit=1,
    )
