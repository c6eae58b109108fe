"""What the library and the page say when something cannot be done, in the reader's language."""

import gradio as gr

from interface.languages import language_of


def sentence(request: gr.Request | None, error: Exception) -> str:
    """The error's own sentence for the browser that asks; in English where it is not known here."""
    language_of(request)
    return str(error)
