"""One line of whatever an error says."""

import pytest

from colorizer.errors import one_line


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("It broke. Try again."), "It broke"),
        (
            ValueError("Error in loading:\n\tno such tensor. Or two."),
            "Error in loading: no such tensor",
        ),
        (ValueError("a line\n and another"), "a line and another"),
        (ValueError("version 2.1 of a.jpg?"), "version 2.1 of a.jpg"),
        (FileNotFoundError(2, "No such file or directory", "a.jpg"), "No such file or directory"),
        (ValueError(), "ValueError"),
        (OSError("x" * 1000), "x" * 200),
    ],
)
def test_first_sentence(error, words):
    assert one_line(error) == words
