"""The Epochs tab: grid, two pictures side by side, film, and stopping half way."""

import io
import re
import threading
from pathlib import Path

import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import Page, Route, expect

from colorizer import Colorizer
from interface.engine.engine import Engine

VARIANTS, EPOCHS = ["baseline", "batchnorm", "dropout", "rebalanced"], [1, 2, 10]
CELLS = len(VARIANTS) * len(EPOCHS)


@pytest.fixture
def page(page: Page) -> Page:
    page.set_viewport_size({"width": 1366, "height": 900})
    page.get_by_role("tab", name="Epochs").click()
    for epoch in EPOCHS:
        page.locator("#columns").get_by_label(str(epoch), exact=True).check()
    return page


def test_grid_comparison_and_film(page: Page) -> None:
    page.locator("#start").click()
    expect(page.locator("#progress")).to_contain_text(f"{CELLS} checkpoints")
    cells = page.locator("#grid [data-cell]")
    expect(cells).to_have_count(CELLS)
    expect(page.locator("#grid th[scope=row]")).to_have_text(VARIANTS)
    expect(page.locator("#grid th[scope=col]")).to_have_text([f"epoch {e}" for e in EPOCHS])
    for words in page.locator("#grid td small").all_inner_texts():
        assert re.search(r"ratio \d+\.\d\d\s+sepia [01]\.\d\d", words)
    # The made-up metrics: the loss falls to epoch 10, the colour fades from epoch 1.
    row = page.locator("#grid td small").all_inner_texts()[:3]
    assert ["▼" in words for words in row] == [False, False, True]
    assert ["●" in words for words in row] == [True, False, False]
    sources = cells.locator("img").evaluate_all("images => images.map(i => i.src)")
    assert len(set(sources)) == CELLS
    page.wait_for_function(
        "() => [...document.querySelectorAll('#grid img')].every(i => i.naturalWidth > 100)"
    )

    cells.nth(4).click()
    expect(page.locator("#compared-words")).to_contain_text("rebalanced · epoch 10")
    expect(page.locator("#compared-words")).to_contain_text("batchnorm · epoch 2")
    cells.nth(0).click()
    expect(page.locator("#compared-words .answer span")).to_have_text(
        ["batchnorm · epoch 2", "baseline · epoch 1"]
    )
    expect(cells.nth(0)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#compared img")).to_have_count(2)

    page.locator("#film-of").get_by_label("batchnorm").check()
    expect(page.locator("#film output")).to_have_text("batchnorm · epoch 10")
    page.locator("#film input[type=range]").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#film output")).to_have_text("batchnorm · epoch 2")
    with page.expect_download() as download:
        page.locator("#film-file").click()
    assert download.value.suggested_filename == "rocket-batchnorm-epochs-1-to-10.webp"
    film = Image.open(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert film.format == "WEBP"
    assert film.n_frames == len(EPOCHS)  # type: ignore[attr-defined]

    # Nothing chosen gets a sentence.
    for variant in VARIANTS:
        page.locator("#rows").get_by_label(variant).uncheck()
    page.locator("#start").click()
    expect(page.locator("#progress")).to_contain_text("Choose at least one variant")


def test_a_run_is_stopped_half_way(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.locator("#start").click()
    expect(page.locator("#progress")).to_contain_text(f"{CELLS} checkpoints")
    asked, reached, go_on = [], threading.Event(), threading.Event()
    output = Colorizer.output

    def halting(self: Colorizer, *arguments, **options):
        asked.append(self.info)
        if len(asked) == 5:
            reached.set()
            go_on.wait(90)
        return output(self, *arguments, **options)

    # A photo of its own, of which no prediction is remembered from the first run or another test.
    own = tmp_path / "mirrored.png"
    Image.fromarray(skimage.data.coffee()[:, ::-1]).save(own)
    page.get_by_role("tab", name="Colorize").click()
    page.locator("#photo-file").set_input_files(own)
    expect(page.locator("#photo img")).to_have_attribute("src", re.compile("mirrored"))
    expect(page.locator("#colorized img")).to_have_attribute("src", re.compile("mirrored"))
    monkeypatch.setattr(Colorizer, "output", halting)
    page.get_by_role("tab", name="Epochs").click()  # opens with the grid of the new photo
    assert reached.wait(90)
    expect(page.locator("#progress")).to_contain_text(f"of {CELLS}")
    expect(page.locator("#grid [data-cell]")).to_have_count(len(EPOCHS))  # the first row
    page.locator("#stop").click()
    expect(page.locator("#progress")).to_contain_text("Stopped after")
    go_on.set()
    done = int(re.findall(r"\d+", page.locator("#progress").inner_text())[0])
    assert 0 < done < CELLS
    expect(page.locator("#grid [data-cell]")).to_have_count(done)
    monkeypatch.undo()
    page.locator("#start").click()
    expect(page.locator("#progress")).to_contain_text(f"{CELLS} checkpoints")
    assert len(asked) < CELLS


def test_a_grid_whose_pictures_are_slow_is_drawn_all_the_same(page: Page) -> None:
    page.route("**/*-cell.jpg", lambda route: None)
    page.locator("#start").click()
    expect(page.locator("#grid [data-cell]")).to_have_count(CELLS)
    expect(page.locator("#progress .answer")).to_have_text(f"{CELLS} checkpoints")
    expect(page.locator("#grid")).not_to_have_attribute("data-stale", "")


def test_a_cell_picked_while_the_grid_is_drawn_again_is_compared(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.locator("#start").click()
    shown = page.locator("#compared-words .answer span")
    expect(shown).to_have_text(["baseline · epoch 1", "rebalanced · epoch 10"])
    expect(page.locator("#film output")).to_be_visible()
    reached, go_on = threading.Event(), threading.Event()
    rows = Engine.grid

    def halting(self: Engine, *arguments, **options):
        for row in rows(self, *arguments, **options):
            yield row
            reached.set()
            go_on.wait(90)

    monkeypatch.setattr(Engine, "grid", halting)
    page.locator("#start").click()
    assert reached.wait(90)
    expect(page.locator("#grid [data-cell]")).to_have_count(len(EPOCHS))
    page.locator("#grid [data-cell='baseline/2']").click()
    go_on.set()
    expect(shown).to_have_text(["rebalanced · epoch 10", "baseline · epoch 2"])
    expect(page.locator("#grid [data-cell]")).to_have_count(CELLS)
    expect(shown).to_have_text(["rebalanced · epoch 10", "baseline · epoch 2"])
    expect(page.locator("#compared-words")).not_to_have_attribute("data-stale", "")


def test_every_cell_picked_while_others_are_compared_is_compared(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.locator("#start").click()
    shown = page.locator("#compared-words .answer span")
    expect(shown).to_have_text(["baseline · epoch 1", "rebalanced · epoch 10"])
    expect(page.locator("#film output")).to_be_visible()
    reached, go_on = threading.Event(), threading.Event()
    colorize = Engine.colorize

    def halting(self: Engine, *arguments, **options):
        reached.set()
        go_on.wait(90)
        return colorize(self, *arguments, **options)

    monkeypatch.setattr(Engine, "colorize", halting)
    page.locator("#grid [data-cell='baseline/2']").click()
    assert reached.wait(90)
    for cell in ("baseline/10", "dropout/1", "batchnorm/2"):
        page.locator(f"#grid [data-cell='{cell}']").click()
    page.wait_for_timeout(300)  # the picks are known, and their comparison waits for the first
    go_on.set()
    expect(shown).to_have_text(["dropout · epoch 1", "batchnorm · epoch 2"])
    expect(page.locator("#grid [data-side=right]")).to_have_attribute("data-cell", "batchnorm/2")
    expect(page.locator("#compared-words")).not_to_have_attribute("data-stale", "")


def test_each_of_some_quick_picks_is_heard(page: Page) -> None:
    """Also while Gradio is still telling of the one before."""
    page.locator("#start").click()
    expect(page.locator("#grid [data-cell]")).to_have_count(CELLS)
    shown = page.locator("#compared-words .answer span")
    expect(shown).to_have_text(["baseline · epoch 1", "rebalanced · epoch 10"])
    expect(page.locator("#film output")).to_be_visible()
    waiting: list[Route] = []
    hold = [True]
    page.route(
        "**/queue/join*",
        lambda route: waiting.append(route) if hold else route.continue_(),
    )
    for cell in ("baseline/2", "dropout/1", "batchnorm/2"):
        page.locator(f"#grid [data-cell='{cell}']").click()
    expect(page.locator("#grid [data-side=right]")).to_have_attribute("data-cell", "batchnorm/2")
    hold.clear()
    for route in waiting:  # in the order of the clicks: three at once may overtake each other
        with page.expect_response("**/queue/join*"):
            route.continue_()
    expect(shown).to_have_text(["dropout · epoch 1", "batchnorm · epoch 2"])
    expect(page.locator("#compared-words")).not_to_have_attribute("data-stale", "")
