"""Errors of the library, and the words of other libraries and files made fit for sentences."""

import re

_LONGEST = 200  # characters


class ExportError(ValueError):
    """A file that cannot be exported; its text is one sentence that says what to do."""


class PhotoError(ValueError):
    """A photo that cannot be read; its text is one sentence for the person who brought it."""


def one_line(error: BaseException) -> str:
    """The first sentence of an error without its full stop, at most 200 characters on one line.

    An error without a message is named by its type.
    """
    text = getattr(error, "strerror", None) or str(error)
    words = " ".join(text.split())
    first = re.split(r"[.!?](?:\s|$)", words)[0]
    return first[:_LONGEST].rstrip(" .:") or type(error).__name__


def printable(name: object) -> str:
    """A file's name on one line, with escapes in place of what a terminal would obey or not show.

    >>> printable("a\nb.jpg")
    'a\\nb.jpg'
    """
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in str(name)
    )
