"""The page's texts: one file a language, and the errors of library and page in each of them."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from interface.engine.errors import EXPECTED_ERRORS
from interface.text import LANGUAGES, PAGE, explain, say, translate

PLACEHOLDER = re.compile(r"\{\w+\}")
ROOT = Path(__file__).parents[2]
ERRORS = {error.__name__ for error in EXPECTED_ERRORS}
BATCH = ROOT / "colorizer" / "batch.py"  # which returns its reasons, one for each photo
# What no photo and no choice on the page can lead to: paths and options of the command line.
NOT_FOR_VISITORS = {
    "There is no photo at {}; check the path.",
    "{} cannot be opened ({}); check its path and permissions.",
    "{} is a folder; give a picture file.",
    "This file has {} pages; ask for one of them.",
    "Its result was made with another {}; --overwrite makes it again.",
    "Its result would replace that of another photo, or of an earlier state of it; "
    "give another folder as --out, or --overwrite.",
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
    raised = {text for path in sources for text in errors(path)}
    known = LANGUAGES["en"]["errors"]
    assert raised == {re.sub(PLACEHOLDER, "{}", text) for text in known.values()}
    for key, english in known.items():
        for language, texts in LANGUAGES.items():
            assert translate(english, language, "errors") == texts["errors"][key]


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_what_gradio_says_is_said_in_the_language_of_the_page(
    browser, url: str, language: str
) -> None:
    page = browser.new_page(locale=language)
    page.goto(url)
    expect(page.locator("#colorized img")).to_be_visible()
    page.route("**/queue/join*", lambda route: route.fulfill(status=503, json={"detail": "full"}))
    page.locator("#epoch input[type=range]").press("Home")
    said = PAGE[language]
    toast = page.locator("[data-testid=toast-body]")
    expect(toast).to_contain_text(said["app_error"])
    expect(toast).to_contain_text(said["app_busy"])
    page.close()


def test_what_differs_is_taken_over() -> None:
    english = "This picture has 120 megapixels; shrink it below 64."
    assert translate(english, "en", "errors") == english
    german = "Dieses Bild hat 120 Megapixel; verkleinere es auf unter 64."
    assert translate(english, "de", "errors") == german
    assert translate("Nobody knows this.", "fr", "errors") == "Nobody knows this."
    assert explain(None, ValueError(english)) == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_same_texts_with_the_same_placeholders(language: str) -> None:
    english, other = LANGUAGES["en"], LANGUAGES[language]
    assert list(other) == list(english)
    for section, texts in english.items():
        assert list(other[section]) == list(texts)
        for key, text in texts.items():
            said = other[section][key]
            assert sorted(PLACEHOLDER.findall(said)) == sorted(PLACEHOLDER.findall(text)), key
            assert not set("{}") & set(PLACEHOLDER.sub("", said)), key
            assert language == "en" or len(text.split()) < 3 or said != text, key
    with pytest.raises(KeyError):
        say("no such text")


def test_no_key_of_the_page_stands_in_two_sections() -> None:
    page, story, gradio = (LANGUAGES["en"][name] for name in ("page", "story", "gradio"))
    assert len({*page, *story, *gradio}) == len(page) + len(story) + len(gradio)


def test_french_signs_stay_on_the_line_of_the_word_before_them() -> None:
    for section in LANGUAGES["fr"].values():
        assert not [text for text in section.values() if re.search(r" [?!:;%](\s|$)", text)]


def test_a_new_language_is_one_file(tmp_path: Path) -> None:
    """A page started with one more file speaks it, though no Python names it."""
    shutil.copytree(ROOT / "interface", tmp_path / "interface")
    texts = LANGUAGES["en"] | {"page": LANGUAGES["en"]["page"] | {"choose": "Vybrat fotku"}}
    (tmp_path / "interface" / "text" / "cs.json").write_text(json.dumps(texts))
    code = (
        "import sys; sys.path.insert(0, '.');"
        "from interface.text import I18N, SCRIPT, language_of, tell;"
        "from types import SimpleNamespace as N;"
        "request = N(headers={'accept-language': 'cs-CZ,cs;q=0.9'});"
        "print(tell(request, 'choose'), I18N.translations['cs']['choose'], 'Vybrat' in SCRIPT)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.split() == ["Vybrat", "fotku", "Vybrat", "fotku", "True"], done.stderr
