"""What the page takes for granted of Gradio's inside; these fail when that changes."""

from pathlib import Path

import gradio as gr
from gradio.utils import get_upload_folder

from interface.gradio_internals import calm_queue, event_data, upload_folder


def test_the_upload_folder_is_where_gradio_keeps_what_is_sent() -> None:
    assert upload_folder() == Path(get_upload_folder())


def test_the_queue_has_the_pause_that_is_set() -> None:
    with gr.Blocks() as demo:
        pass
    demo.queue()
    assert 0 < demo._queue.sleep_when_free < 0.005  # what it is without us
    calm_queue(demo)
    assert demo._queue.sleep_when_free == 0.005


def test_an_event_carries_what_a_script_has_sent() -> None:
    assert event_data(gr.EventData(None, {"cell": "a/1"})) == {"cell": "a/1"}
    for other in (None, "text", ["list"], 7):
        assert event_data(gr.EventData(None, other)) == {}
