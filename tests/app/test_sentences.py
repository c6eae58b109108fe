"""The sentences of library and page in the reader's language."""

import ast
import re
from pathlib import Path

import pytest

from interface.sentences import SENTENCES, translated

ROOT = Path(__file__).parents[2]
READING = [ROOT / "colorizer" / "reading.py", ROOT / "interface" / "uploads.py"]
NOT_FOR_VISITORS = ("There is no photo at", "cannot be opened", "is a folder", "is not a file")


def written(path: Path) -> list[str]:
    """Every sentence that a file may raise as an error of the photo, `{}` where it differs."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
            found.append("".join(map(str, parts)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return [text for text in found if re.fullmatch(r"(This|There) .*; .*\.", text)]


@pytest.mark.parametrize("path", READING, ids=lambda path: path.name)
def test_each_sentence_about_a_photo_is_known_in_each_language(path: Path) -> None:
    sentences = [s for s in written(path) if not any(word in s for word in NOT_FOR_VISITORS)]
    assert sentences
    for english in sentences:
        for language in ("de", "fr"):
            assert translated(english, language) != english


def test_what_differs_is_taken_over() -> None:
    english = "This picture has 120 megapixels; shrink it below 64."
    assert translated(english, "en") == english
    german = "Dieses Bild hat 120 Megapixel; verkleinere es auf unter 64."
    assert translated(english, "de") == german
    assert translated("Nobody knows this.", "fr") == "Nobody knows this."


def test_no_translation_loses_a_place() -> None:
    for english, others in SENTENCES.items():
        for other in others:
            assert other.count("{}") == english.count("{}"), english
