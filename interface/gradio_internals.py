"""Uses of Gradio's inside, as of 6.31; `test_gradio_internals.py` fails when that changes."""

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder, is_static_file


def upload_folder() -> Path:
    """Where Gradio keeps what visitors send."""
    return Path(get_upload_folder())


def is_ours(path: Path) -> bool:
    """Whether a file is one that the app itself serves to everybody, such as an example."""
    return is_static_file(path)


def event_data(event: gr.EventData) -> dict[str, Any]:
    """What a script of the page has sent with an event; empty if that is no object."""
    return event._data if isinstance(event._data, dict) else {}


def calm_queue(demo: gr.Blocks) -> None:
    """The queue would look for work a thousand times a second: a twelfth of an idle core."""
    demo._queue.sleep_when_free = 0.005
