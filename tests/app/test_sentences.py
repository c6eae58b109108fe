"""The sentences of library and page in the reader's language."""

import ast
from pathlib import Path

import pytest
from playwright.sync_api import expect

from interface.languages import LANGUAGES
from interface.problems import PROBLEMS
from interface.sentences import SENTENCES, translated

ROOT = Path(__file__).parents[2]
ERRORS = {error.__name__ for error in PROBLEMS}
BATCH = ROOT / "colorizer" / "batch.py"  # which returns its reasons, one for each photo
# What no photo and no choice on the page can lead to: paths and options of the command line.
NOT_FOR_VISITORS = {
    "There is no photo at {}; check the path.",
    "{} cannot be opened ({}); check its path and permissions.",
    "{} is a folder; give a picture file.",
    "{} is not a file; give a picture file.",
    "There are no hints to read at {}; check the path.",
    "{} is too large for a file of hints; give another.",
    "{} was not written: its weights are not finite; the training diverged; lower --lr.",
    "There are no checkpoints; give their folder as --checkpoints, or make some with "
    "`python -m train fit`.",
}


def template(node: ast.expr) -> str:
    """A text of the source, `{}` where it differs from case to case; "" for anything else."""
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
        return "".join(map(str, parts))
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def errors(path: Path) -> list[str]:
    """Every sentence that the page shows when the code of this file raises it."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in ERRORS:
                text = template(node.args[0])
                assert text, f"{path.name}, line {node.lineno}: write the sentence where it is made"
                found.append(text)
        elif isinstance(node, ast.Return) and node.value and path == BATCH:
            found.append(template(node.value))
    return [text for text in found if text and text not in NOT_FOR_VISITORS]


def test_the_page_knows_every_error_in_each_language_and_no_other() -> None:
    sources = [*(ROOT / "colorizer").rglob("*.py"), *(ROOT / "interface").rglob("*.py")]
    assert {text for path in sources for text in errors(path)} == set(SENTENCES)
    for english, others in SENTENCES.items():
        assert [translated(english, language) for language in ("de", "fr")] == [*others]


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_what_gradio_says_is_said_in_the_language_of_the_page(
    browser, url: str, language: str
) -> None:
    page = browser.new_page(locale=language)
    page.goto(url)
    expect(page.locator("#colorized img")).to_be_visible()
    page.route("**/queue/join*", lambda route: route.fulfill(status=503, json={"detail": "full"}))
    page.locator("#epoch input[type=range]").press("Home")
    said = LANGUAGES.translations[language]
    toast = page.locator("[data-testid=toast-body]")
    expect(toast).to_contain_text(said["app_error"])
    expect(toast).to_contain_text(said["app_busy"])
    page.close()


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
