"""The error of exports, and other libraries' messages shortened to fit into our own sentences."""

import re

_LONGEST = 200  # characters


class ExportError(ValueError):
    """A file that cannot be exported; its text is one sentence that says what to do."""


def one_line(error: BaseException) -> str:
    """The first sentence of an error without its full stop, at most 200 characters on one line.

    An error without a message is named by its type.
    """
    text = getattr(error, "strerror", None) or str(error)
    words = " ".join(text.split())
    first = re.split(r"[.!?](?:\s|$)", words)[0]
    return first[:_LONGEST].rstrip(" .:") or type(error).__name__
