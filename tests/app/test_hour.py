"""A photo and what was made of it are kept for an hour, the examples for good."""

import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
from gradio.route_utils import delete_files_created_by_app
from playwright.sync_api import Page, expect
from test_colorize import drop, made_with, move
from test_uncertainty import choose_variant

import app
from interface.engine import Engine, Settings, Subject
from interface.engine.files import KEEP
from interface.examples import EXAMPLES
from interface.widgets.uploads import read_upload

PICTURES = "#photo img, #grayscale img, #colorized img"
BROKEN = "images => images.filter((i) => i.offsetParent && i.complete && !i.naturalWidth).length"


@pytest.fixture(scope="module")
def demo(checkpoints: Path) -> Iterator[gr.Blocks]:
    """The app, looking for old files ten times a second."""
    demo = app.build_demo(checkpoints)
    demo.delete_cache = (0.1, KEEP)  # pyright: ignore
    demo.launch(**app.LAUNCH, prevent_thread_lock=True, quiet=True)
    yield demo
    demo.close()


@pytest.fixture
def page(tab, demo: gr.Blocks) -> Page:
    page = tab()
    page.goto(demo.local_url)
    expect(page.locator("#colorized img")).to_be_visible()
    return page


def end_hour(demo: gr.Blocks) -> None:
    """What the clean-up does with all that is older than an hour by then."""
    delete_files_created_by_app(demo, age=-1)
    for folder in (Path(os.environ["GRADIO_TEMP_DIR"]) / "colorizer").iterdir():
        shutil.rmtree(folder)


def assert_nothing_is_broken(page: Page) -> None:
    complete = "[...document.images].every((image) => image.complete)"
    page.wait_for_function(complete, timeout=90_000)
    assert page.locator("img").evaluate_all(BROKEN) == 0


def test_examples_and_a_photo_in_the_middle_of_its_hour_outlive_the_clean_up(
    page: Page, demo: gr.Blocks, photo: Path
) -> None:
    for _ in range(2):
        for example in EXAMPLES:
            page.locator(f"#intake [data-example={example.stem}]").click()
            expect(page.locator("#photo img")).to_have_attribute("src", re.compile(example.name))
            expect(page.locator("#colorized img")).to_have_attribute(
                "src", re.compile(f"{example.stem}-batchnorm")
            )
            made_with(page, "batchnorm · epoch 10")
            assert_nothing_is_broken(page)
        end_hour(demo)
    drop(page, photo, "mine.png")
    for key, variant in (("Home", "baseline"), ("ArrowRight", "batchnorm")):
        page.wait_for_timeout(300)  # for the clean-up to pass by
        move(page, "variant", key)
        made_with(page, f"{variant} · epoch 10")
        assert page.locator(PICTURES).count() == 3
    page.get_by_role("tab", name="Epochs").click()
    expect(page.locator("#film output")).to_be_visible()
    page.get_by_role("tab", name="Uncertainty").click()
    choose_variant(page, "dropout")
    expect(page.locator("#uncertainty-progress")).to_have_text("Samples: 16")
    page.get_by_role("tab", name="Story").click()
    expect(page.locator("#steps img")).not_to_have_count(0)
    page.wait_for_timeout(300)
    for name in ("Epochs", "Uncertainty", "Story", "Colorize"):
        page.get_by_role("tab", name=name).click()
        assert_nothing_is_broken(page)
    file = page.locator("#photo img").get_attribute("src")
    assert file
    assert page.request.get(file).ok
    assert page.request.get(str(page.locator("#colorized img").get_attribute("src"))).ok


def test_a_photo_that_the_server_has_deleted_is_sent_again_by_each_tab(
    page: Page, demo: gr.Blocks, photo: Path
) -> None:
    drop(page, photo, "lost.png")
    made_with(page, "batchnorm · epoch 10")
    end_hour(demo)
    move(page, "variant", "Home")
    made_with(page, "baseline · epoch 10")
    expect(page.locator("#caption .problem")).to_have_count(0)
    assert page.locator(PICTURES).count() == 3

    end_hour(demo)
    page.get_by_role("tab", name="Epochs").click()
    expect(page.locator("#film output")).to_be_visible()
    end_hour(demo)
    page.locator("#rows").get_by_label("dropout").uncheck()
    page.locator("#start").click()
    expect(page.locator("#grid:not([data-stale]) img")).not_to_have_count(0)
    expect(page.locator("#progress .problem")).to_have_count(0)
    expect(page.locator("#film output")).to_be_visible()
    end_hour(demo)
    page.locator("#film-of").get_by_label("baseline").check()
    expect(page.locator("#film:not([data-stale]) output")).to_be_visible()

    page.get_by_role("tab", name="Uncertainty").click()
    choose_variant(page, "dropout")
    end_hour(demo)
    page.locator("#uncertainty-start").click()
    expect(page.locator("#uncertainty-progress")).to_have_text("Samples: 16")
    end_hour(demo)
    page.get_by_role("tab", name="Story").click()
    expect(page.locator("#steps img")).not_to_have_count(0)
    assert_nothing_is_broken(page)


@pytest.mark.parametrize(
    ("button", "name"),
    [
        ("download", "lost-batchnorm-epoch-010.png"),
        ("download-jpeg", "lost-batchnorm-epoch-010.jpg"),
        ("download-both", "lost-batchnorm-epoch-010-before-and-after.jpg"),
    ],
)
def test_a_deleted_photo_can_still_be_saved(
    page: Page, demo: gr.Blocks, photo: Path, button: str, name: str
) -> None:
    drop(page, photo, "lost.png")
    made_with(page, "batchnorm · epoch 10")
    end_hour(demo)
    if button != "download-jpeg":
        page.locator("#formats summary").click()
    with page.expect_download() as download:
        page.locator(f"#{button}").click()
    assert download.value.suggested_filename == name
    expect(page.locator("#parcel .problem")).to_have_count(0)


def test_the_palette_of_a_deleted_photo_opens_when_that_is_back(
    page: Page, demo: gr.Blocks, photo: Path
) -> None:
    drop(page, photo, "lost.png")
    made_with(page, "batchnorm · epoch 10")
    end_hour(demo)
    page.locator(".hint-layer").click(position={"x": 40, "y": 40})
    expect(page.locator(".hint-palette .chip").first).to_be_visible()
    expect(page.locator("#hints-answer .problem")).to_have_count(0)


def test_a_photo_that_is_gone_for_good_is_said_in_every_tab(
    page: Page, demo: gr.Blocks, photo: Path
) -> None:
    drop(page, photo, "lost.png")
    made_with(page, "batchnorm · epoch 10")
    page.route("**/gradio_api/upload*", lambda route: route.abort())
    end_hour(demo)
    sentence = "This photo is no longer here; drop it on the page again."
    page.locator(".hint-layer").click(position={"x": 40, "y": 40})
    expect(page.locator("#hints-answer .problem")).to_have_text(sentence)
    expect(page.locator(".hint-palette")).to_be_hidden()
    page.locator("#download-jpeg").click()
    expect(page.locator("#parcel .problem")).to_have_text(sentence)
    expect(page.locator("#parcel .problem")).to_be_visible()
    move(page, "variant", "Home")
    for line in ("#caption", "#progress"):
        if line == "#progress":
            page.get_by_role("tab", name="Epochs").click()
        expect(page.locator(f"{line} .problem .answer")).to_have_text(sentence)
        expect(page.locator(f"{line} .problem .answer")).to_be_visible()
        expect(page.locator(f"{line} .making")).to_have_text("")
    page.get_by_role("tab", name="Uncertainty").click()
    choose_variant(page, "dropout")
    page.locator("#uncertainty-start").click()
    expect(page.locator("#uncertainty-progress .problem")).to_have_text(sentence)
    page.get_by_role("tab", name="Story").click()
    expect(page.locator("#steps .problem")).to_have_text(sentence)


def test_examples_lie_where_no_clean_up_looks() -> None:
    for example in EXAMPLES:
        assert not example.is_relative_to(os.environ["GRADIO_TEMP_DIR"])
        assert read_upload({"path": str(example)}).path == example


def test_what_is_shown_again_is_kept_for_another_hour(checkpoints: Path, tmp_path: Path) -> None:
    engine = Engine(checkpoints, tmp_path)
    question = Subject(EXAMPLES[0], EXAMPLES[0].name), Settings("baseline", 1)
    result = engine.colorize(*question)
    files = [result.grayscale, result.colorized, result.colorized.parent]
    for file in files:
        os.utime(file, (0, time.time() - KEEP - 60))
    assert engine.colorize(*question) is not result
    assert all(file.stat().st_mtime > time.time() - KEEP for file in files)
    engine.colorize(Subject(EXAMPLES[1], EXAMPLES[1].name), Settings("baseline", 1))
    assert result.colorized.exists()
