"""What the page keeps true while a visitor types, switches, drops and reloads."""

import base64
import os
import re
import shutil
from pathlib import Path

import gradio as gr
import httpx
import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import Page, expect
from test_colorize import made_with, move
from test_uncertainty import choose_variant

from colorizer.checkpoint import file_name
from interface.engine.engine import Engine

NUMBER = "#samples input[type=number]"


def drop_all(page: Page, paths: list[Path]) -> None:
    page.evaluate(
        """(files) => {
          const transfer = new DataTransfer();
          for (const [name, data] of files) {
            const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
            transfer.items.add(new File([bytes], name));
          }
          window.dispatchEvent(new DragEvent("drop",
            {bubbles: true, cancelable: true, dataTransfer: transfer}));
        }""",
        [[path.name, base64.b64encode(path.read_bytes()).decode()] for path in paths],
    )


def test_a_typed_number_never_raises_and_never_sticks(page: Page) -> None:
    move(page, "variant", "ArrowRight")
    made_with(page, "dropout · epoch 10")
    for typed, meant in (("99", "32"), ("3.7", "4"), ("0", "1"), ("1.5", "2")):
        page.fill(NUMBER, typed)
        expect(page.locator(NUMBER)).to_have_value(meant)
        expect(page.locator("#samples input[type=range]")).to_have_value(meant)
        made_with(page, f"mean of {meant} samples" if meant != "1" else "epoch 10 ·")
    page.fill(NUMBER, "")
    expect(page.locator("#colorized")).to_have_attribute("data-stale", "")
    page.fill(NUMBER, "3")
    made_with(page, "mean of 3 samples")
    expect(page.locator("[data-testid=toast-body]")).to_have_count(0)


def test_what_is_typed_becomes_the_nearest_there_is(page: Page) -> None:
    move(page, "variant", "End")  # the last has every slider
    made_with(page, "rebalanced · epoch 10")
    page.locator("#more > button").click()
    for slider, usual, pairs in (
        ("vividness", "100", [("999", "200"), ("-5", "0"), ("118", "120"), ("99.6", "100")]),
        ("temperature", "0.6", [("99", "1"), ("0", "0.1"), ("0.37", "0.38"), ("0.61", "0.62")]),
    ):
        number = page.locator(f"#{slider} input[type=number]")
        for typed, meant in pairs:
            number.fill(typed)
            expect(number).to_have_value(meant)
            expect(page.locator(f"#{slider} input[type=range]")).to_have_value(meant)
            made_with(page, "epoch 10 ·" if meant == usual else f"{slider} {meant}")
        number.fill("")
        expect(page.locator("#colorized")).to_have_attribute("data-stale", "")
        number.fill(pairs[0][1])
        made_with(page, f"{slider} {pairs[0][1]}")
    expect(page.locator("[data-testid=toast-body]")).to_have_count(0)


def test_a_number_of_samples_typed_on_uncertainty_is_put_right(page: Page) -> None:
    page.get_by_role("tab", name="Uncertainty").click()
    choose_variant(page, "dropout")
    number = page.locator("#uncertainty-samples input[type=number]")
    for typed, meant in (("3.7", "4"), ("0", "1"), ("", "1"), ("1.5", "2")):
        number.fill(typed)
        page.locator("#uncertainty-start").click()
        expect(page.locator("#uncertainty-progress")).to_have_text(f"Samples: {meant}")
        expect(number).to_have_value(meant)
        expect(page.locator("#uncertainty")).not_to_have_attribute("data-stale", "")
    expect(page.locator("[data-testid=toast-body]")).to_have_count(0)


def test_a_variant_keeps_the_epoch_asked_for(tab, serve, checkpoints: Path, tmp_path) -> None:
    uneven = tmp_path / "uneven"
    shutil.copytree(checkpoints, uneven)
    (uneven / "batchnorm" / file_name(10)).unlink()
    page = tab()
    page.goto(f"{serve(uneven)}?variant=dropout&epoch=10")
    made_with(page, "dropout · epoch 10")
    move(page, "samples", "ArrowRight")
    made_with(page, "mean of 2 samples")
    move(page, "variant", "ArrowLeft")
    made_with(page, "batchnorm · epoch 2 ·")
    assert "samples" not in page.locator("#caption .answer").inner_text()
    move(page, "variant", "ArrowRight")
    made_with(page, "dropout · epoch 10 · mean of 2 samples")


def test_a_file_that_cannot_be_read_changes_nothing_else(page: Page, tmp_path: Path) -> None:
    shown = "[...document.querySelectorAll('#photo img, #colorized img')].map((i) => i.src)"
    before = page.evaluate(shown)
    sentence = "This file is not a picture that can be read; try a JPEG, PNG, WebP or TIFF."
    for name, content in (
        ("notes.pdf", b"%PDF-1.4 words"),
        ("logo.svg", b"<svg xmlns='x'/>"),
        ("a.png", b"\x89PNG?"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        drop_all(page, [path])
        expect(page.locator("#arrival .problem")).to_have_text(sentence)
        made_with(page, "batchnorm · epoch 10")
        expect(page.locator("#photo")).not_to_have_attribute("data-arriving", "1")
        assert page.evaluate(shown) == before
        page.evaluate("document.querySelector('#arrival div').className = 'note'")
    expect(page.locator("[data-testid=toast-body]")).to_have_count(0)
    expect(page.locator("#download")).to_be_enabled()


def test_of_several_files_the_first_is_taken_once(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    colorize = Engine.colorize
    monkeypatch.setattr(
        Engine, "colorize", lambda *given: calls.append(given[1].name) or colorize(*given)
    )
    paths = []
    for name in ("coffee", "chelsea"):
        paths.append(tmp_path / f"{name}.png")
        Image.fromarray(getattr(skimage.data, name)()).save(paths[-1])
    drop_all(page, paths)
    expect(page.locator("#arrival")).to_contain_text("The first of these 2 files is shown")
    expect(page.locator("#colorized img")).to_have_attribute("src", re.compile("coffee-batch"))
    made_with(page, "batchnorm · epoch 10")
    page.wait_for_timeout(500)
    assert len(calls) == 1

    # A scan is shown as what browsers show.
    path = tmp_path / "scan.tiff"
    Image.fromarray(skimage.data.coffee()).save(path)
    drop_all(page, [path])
    expect(page.locator("#photo img")).to_have_attribute("src", re.compile("scan.png"))
    expect(page.locator("#colorized img")).to_have_attribute("src", re.compile("scan-batchnorm"))


def test_a_link_says_what_it_had_to_change(tab, url: str) -> None:
    page = tab()
    page.goto(f"{url}?variant=dropout&epoch=7")
    expect(page.locator("#arrival")).to_have_text(
        "The link asked for epoch=7, which is not here; the page shows dropout · epoch 10."
    )
    made_with(page, "dropout · epoch 10")
    page.reload()
    made_with(page, "dropout · epoch 10")
    expect(page.locator("#arrival")).to_have_text("")


def test_an_app_that_waits_hardly_works(url: str) -> None:
    config = httpx.get(f"{url}config").json()
    events = [event for event in config["dependencies"] if event["api_visibility"] == "private"]
    told = {event["api_name"]: event["show_progress_on"] for event in events if event["outputs"]}
    assert len(told) > 20
    assert [name for name, parts in told.items() if parts != []] == []
    assert gr.Blocks().queue()._queue.sleep_when_free  # what `build_demo` sets is still there
    assert os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] == "1"
