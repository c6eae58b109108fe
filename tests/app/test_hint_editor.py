"""Colours by hand, as a visitor gives them."""

import base64
import io
import json
import re
import threading
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from gradio_client import Client, handle_file
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from skimage.color import rgb2lab
from test_access import tab_to
from test_colorize import drop, made_with, move

from colorizer.__main__ import main
from interface.engine.engine import Engine
from interface.engine.results import Result

ONE, TWO = "1 colour by hand", "2 colours by hand"
PALETTE = ".hint-palette:not([hidden])"


def shown(page: Page, place: str = "#colorized img") -> np.ndarray:
    """The pixels of the file that the page shows, as colorized by default."""
    source = page.locator(place).get_attribute("src")
    assert source
    with Image.open(unquote(source.split("file=")[1])) as picture:
        return np.array(picture.convert("RGB"))


def changed(page: Page, before: np.ndarray) -> None:
    """Waits for another result than the one before."""
    for _ in range(300):
        expect(page.locator("#colorized:not([data-stale])")).to_be_attached()
        if (shown(page) != before).any():
            return
        page.wait_for_timeout(100)
    raise AssertionError("the result has not changed")


def layer(page: Page) -> dict[str, float]:
    """Where the colorized picture lies in the window."""
    box = page.locator(".hint-layer").bounding_box()
    assert box
    return {side: box[side] for side in ("x", "y", "width", "height")}


def click(page: Page, x: float, y: float) -> None:
    """x, y: shares of the colorized picture."""
    box = layer(page)
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def chips(page: Page) -> Locator:
    """Those that the server has offered for the open spot."""
    expect(page.locator(f"{PALETTE} .chip:not(:disabled)")).to_have_count(8)
    return page.locator(f"{PALETTE} .chip:not(:disabled)")


def rings(page: Page) -> Locator:
    return page.locator(".hint-ring")


def give(page: Page, x: float, y: float, which: int = 3) -> None:
    click(page, x, y)
    chips(page).nth(which).click()


@pytest.fixture
def coffee(page: Page, photo: Path) -> Page:
    drop(page, photo, "my coffee.png")
    made_with(page, "batchnorm · epoch 10")
    return page


def test_a_chip_is_chosen_and_the_photo_follows(coffee: Page) -> None:
    plain = shown(coffee)
    click(coffee, 0.3, 0.4)
    chip = chips(coffee).nth(3)
    wanted = chip.evaluate("chip => chip.style.getPropertyValue('--colour')")
    dimmed = chip.evaluate("""
      async (chip) => {
        chip.click();
        await new Promise(requestAnimationFrame);
        return [...document.querySelectorAll("#colorized, #download")].map(
          (part) => part.matches("[data-stale], [inert]"));
      }
    """)
    assert dimmed == [True, True]  # at once, before there is an answer
    made_with(coffee, ONE)
    found = shown(coffee)
    height, width = found.shape[:2]
    y, x = int(0.4 * height), int(0.3 * width)
    colour = np.array([[[int(part) for part in wanted[4:-1].split()]]], np.uint8)
    was, now, asked = (
        rgb2lab(picture)[..., 1:].mean((0, 1))
        for picture in (plain[y : y + 1, x : x + 1], found[y : y + 1, x : x + 1], colour)
    )
    assert np.linalg.norm(now - asked) < 0.3 * np.linalg.norm(was - asked)
    expect(rings(coffee)).to_have_count(1)
    assert "hints=1" in coffee.url
    assert "rgb" not in coffee.url


def test_the_picture_follows_before_its_file_is_written(
    coffee: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    colorize, go_on = Engine.colorize, threading.Event()

    def halting(self: Engine, *arguments: Any) -> Result:
        go_on.wait(60)
        return colorize(self, *arguments)

    monkeypatch.setattr(Engine, "colorize", halting)
    give(coffee, 0.3, 0.4)
    cover = coffee.locator("canvas[data-covers=colorized]")
    expect(cover).to_be_visible()
    expect(coffee.locator("#colorized:not([data-stale])")).to_be_attached()
    expect(coffee.locator("#readout[data-stale]")).to_be_attached()  # its numbers, another's
    expect(coffee.locator("#download[inert]")).to_be_attached()  # and another's file
    expect(coffee.locator("#caption .making")).to_contain_text("Colouring with batchnorm")
    address = cover.evaluate("canvas => canvas.toDataURL()")
    quick = np.array(Image.open(io.BytesIO(base64.b64decode(address[22:]))).convert("RGB"))

    # Under other settings it is nobody's answer.
    move(coffee, "epoch", "Home")
    expect(cover).to_be_hidden()
    expect(coffee.locator("#colorized[data-stale]")).to_be_attached()
    move(coffee, "epoch", "End")
    expect(cover).to_be_visible()
    go_on.set()
    expect(cover).to_be_hidden()
    expect(coffee.locator("#caption .answer")).to_contain_text(f"batchnorm · epoch 10 · {ONE}")
    expect(coffee.locator("#readout:not([data-stale])")).to_be_attached()
    expect(coffee.locator("#download:not([inert])")).to_be_attached()
    near = Image.fromarray(shown(coffee)).resize(quick.shape[1::-1], Image.Resampling.BOX)
    assert np.abs(np.array(near, np.int16) - quick).mean() < 4  # the same picture


def test_undo_redo_hide_clear_and_remove(coffee: Page) -> None:
    plain = shown(coffee)
    give(coffee, 0.3, 0.4)
    made_with(coffee, ONE)
    one = shown(coffee)
    give(coffee, 0.7, 0.6, 5)
    made_with(coffee, TWO)
    two = shown(coffee)
    assert (one != two).any()
    tool = coffee.locator("#hints [data-tool]:visible")
    tool.get_by_text("Undo").or_(coffee.get_by_text("Undo")).first.click()
    made_with(coffee, ONE)
    assert (shown(coffee) == one).all()
    coffee.keyboard.press("Control+Shift+z")
    made_with(coffee, TWO)
    assert (shown(coffee) == two).all()
    coffee.get_by_text("Hide rings").click()
    expect(rings(coffee).first).to_be_hidden()
    coffee.get_by_text("Show rings").click()
    click(coffee, 0.7, 0.6)
    coffee.get_by_role("button", name="Remove", exact=True).last.click()
    made_with(coffee, ONE)
    assert (shown(coffee) == one).all()
    coffee.get_by_text("Clear").click()
    expect(coffee.locator("#caption")).not_to_contain_text("by hand")
    expect(coffee.locator("#colorized:not([data-stale])")).to_be_attached()
    assert (shown(coffee) == plain).all()
    assert "hints" not in coffee.url


def test_a_ring_is_dragged(coffee: Page) -> None:
    give(coffee, 0.3, 0.4)
    made_with(coffee, ONE)
    one, box = shown(coffee), layer(coffee)
    coffee.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.4 * box["height"])
    coffee.mouse.down()
    coffee.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.7 * box["height"], steps=5)
    coffee.mouse.up()
    changed(coffee, one)
    expect(coffee.locator(PALETTE)).to_have_count(0)  # a drag is not a click
    moved = shown(coffee)
    coffee.get_by_text("Undo").click()
    changed(coffee, moved)
    assert (shown(coffee) == one).all()


def test_they_outlast_variant_and_epoch_but_not_the_photo(coffee: Page) -> None:
    give(coffee, 0.3, 0.4)
    made_with(coffee, ONE)
    move(coffee, "epoch", "Home")
    made_with(coffee, f"batchnorm · epoch 1 · {ONE}")
    move(coffee, "variant", "End")
    made_with(coffee, f"rebalanced · epoch 1 · {ONE}")
    coffee.locator("[data-example=chelsea]").click()
    expect(rings(coffee)).to_have_count(0)
    expect(coffee.locator("#caption")).not_to_contain_text("by hand")


def test_the_epochs_tab_takes_them_along(coffee: Page) -> None:
    give(coffee, 0.3, 0.4)
    made_with(coffee, ONE)
    one = shown(coffee)
    coffee.get_by_role("tab", name="Epochs").click()
    expect(coffee.locator("#progress .answer")).to_contain_text(f"checkpoints · {ONE}")
    expect(coffee.locator("#film img")).to_have_attribute("src", re.compile("1-hints"))
    cell = coffee.locator("#grid [data-cell='batchnorm/10']")
    followed = shown(coffee, "#grid [data-cell='batchnorm/10'] img")
    cell.click()
    expect(coffee.locator("#compared-words .answer")).to_contain_text("batchnorm · epoch 10")
    expect(coffee.locator("#compared:not([data-stale])")).to_be_attached()
    sides = [shown(coffee, f"#compared img >> nth={side}") for side in (0, 1)]
    assert any((side == one).all() for side in sides)

    coffee.get_by_role("tab", name="Colorize").click()
    coffee.get_by_text("Undo").click()
    expect(coffee.locator("#caption")).not_to_contain_text("by hand")
    coffee.get_by_role("tab", name="Epochs").click()
    expect(coffee.locator("#progress .answer")).not_to_contain_text("by hand")
    expect(coffee.locator("#compared:not([data-stale])")).to_be_attached()
    sides = [shown(coffee, f"#compared img >> nth={side}") for side in (0, 1)]
    assert not any((side == one).all() for side in sides)
    assert (shown(coffee, "#grid [data-cell='batchnorm/10'] img") != followed).any()


def test_uncertainty_is_less_with_them_and_says_so(coffee: Page) -> None:
    give(coffee, 0.3, 0.4)
    made_with(coffee, ONE)
    coffee.get_by_role("tab", name="Uncertainty").click()
    coffee.locator("#uncertainty-of").get_by_label("rebalanced").check()
    coffee.locator("#uncertainty-start").click()
    said = coffee.locator("#uncertainty p")
    expect(said.first).to_contain_text("Your colour is in it: the uncertainty is")
    now, before = map(float, re.findall(r"\d+\.\d", said.first.inner_text()))
    assert now < before
    expect(coffee.locator("#uncertainty figcaption b")).to_have_text(
        ["The colours painted", "Uncertainty before", "Uncertainty after"]
    )
    expect(coffee.locator("#uncertainty-plane .swatches li").first).to_be_visible()

    # Undone, it is another question, which the tab answers when it is opened.
    coffee.get_by_role("tab", name="Colorize").click()
    coffee.get_by_text("Undo").click()
    expect(coffee.locator("#caption")).not_to_contain_text("by hand")
    coffee.get_by_role("tab", name="Uncertainty").click()
    expect(coffee.locator("#uncertainty figcaption b")).to_have_text(
        ["The colours painted", "Uncertainty"]
    )
    expect(said).to_have_count(0)
    expect(coffee.locator("#uncertainty:not([data-stale])")).to_be_attached()


def test_saved_and_loaded_colours_give_the_same_pixels(
    coffee: Page, photo: Path, checkpoints: Path, url: str, tmp_path: Path
) -> None:
    give(coffee, 0.3, 0.4)
    made_with(coffee, ONE)
    give(coffee, 0.7, 0.6, 5)
    made_with(coffee, TWO)
    found = shown(coffee)
    with coffee.expect_download() as download:
        coffee.get_by_text("Save colours").click()
    assert download.value.suggested_filename == "my coffee.hints.json"
    file = tmp_path / "my coffee.hints.json"
    download.value.save_as(file)
    assert len(json.loads(file.read_text())["hints"]) == 2

    # The page after a reload, the endpoint and the command line all give the page's pixels.
    coffee.reload()
    expect(coffee.locator("#colorized img")).to_be_visible()
    expect(rings(coffee)).to_have_count(0)
    drop(coffee, photo, "my coffee.png")
    coffee.locator("#hints input[type=file]").set_input_files(file)
    made_with(coffee, TWO)
    assert (shown(coffee) == found).all()
    _, colorized, _ = Client(url, verbose=False).predict(
        handle_file(photo), "batchnorm", 10, 1, 0.6, file.read_text(), api_name="/colorize"
    )
    assert (np.array(Image.open(colorized)) == found).all()
    flags = ["--checkpoints", checkpoints, "--variant", "batchnorm", "--epoch", 10]
    flags += ["--hints", file, "--out", tmp_path / "out"]
    assert main([str(flag) for flag in (photo, *flags)]) == 0
    assert (np.array(Image.open(tmp_path / "out" / "my coffee.png")) == found).all()


def test_a_file_that_holds_no_colours_is_refused_in_words(coffee: Page, tmp_path: Path) -> None:
    give(coffee, 0.3, 0.4)
    made_with(coffee, ONE)
    file = tmp_path / "wrong.json"
    file.write_text("{}")
    coffee.locator("#hints input[type=file]").set_input_files(file)
    expect(coffee.locator("#hints-answer .problem")).to_contain_text("hints")
    expect(rings(coffee)).to_have_count(1)


def test_it_asks_where_it_is_least_sure(coffee: Page) -> None:
    move(coffee, "variant", "End")
    made_with(coffee, "rebalanced · epoch 10")
    asked = []
    coffee.get_by_text("Where is it least sure?").click()
    for _ in range(2):
        chips(coffee)
        asked.append(coffee.locator(".hint-cross").evaluate("m => [m.style.left, m.style.top]"))
        coffee.get_by_text("I don’t know").click()
        coffee.wait_for_function(
            "was => { const m = document.querySelector('.hint-cross').style;"
            " return m.left !== was[0] || m.top !== was[1]; }",
            arg=asked[-1],
        )
    chips(coffee).first.click()
    made_with(coffee, ONE)
    chips(coffee)  # and it goes on to the next
    assert asked[0] != asked[1]
    coffee.keyboard.press("Escape")
    expect(coffee.locator(PALETTE)).to_have_count(0)


def test_the_dropper_takes_a_colour_from_elsewhere(coffee: Page) -> None:
    there = shown(coffee)
    click(coffee, 0.3, 0.4)
    chips(coffee).last.click()
    expect(coffee.locator("#hints .lead")).to_have_text(
        "Now click the place whose colour you want."
    )
    click(coffee, 0.75, 0.5)
    made_with(coffee, ONE)
    height, width = there.shape[:2]
    wanted = there[int(0.5 * height), int(0.75 * width)]
    colour = rings(coffee).evaluate("ring => ring.style.getPropertyValue('--colour')")
    assert np.abs(np.array([int(p) for p in colour[4:-1].split()]) - wanted).max() < 40


def test_the_keyboard_alone_gives_moves_and_removes(coffee: Page) -> None:
    tab_to(coffee, ".hint-layer")
    for _ in range(3):
        coffee.keyboard.press("ArrowLeft")
    coffee.keyboard.press("Enter")
    chips(coffee)
    coffee.keyboard.press("Tab")
    coffee.keyboard.press("Enter")
    made_with(coffee, ONE)
    one = rings(coffee).evaluate("ring => ring.style.left")
    assert one == "44%"
    tab_to(coffee, ".hint-ring")
    coffee.keyboard.press("ArrowRight")
    assert rings(coffee).evaluate("ring => ring.style.left") != one
    coffee.keyboard.press("Delete")
    expect(rings(coffee)).to_have_count(0)
    expect(coffee.locator("#colorized:not([data-stale])")).to_be_attached()


@pytest.fixture
def phone(tab, url: str) -> Page:
    page = tab(390, 844, has_touch=True, is_mobile=True)
    page.goto(url)
    expect(page.locator("#colorized img")).to_be_visible()
    return page


@pytest.mark.parametrize("spot", [(0.1, 0.1), (0.5, 0.5), (0.95, 0.9)])
def test_on_a_phone_the_palette_never_covers_its_spot(phone: Page, spot) -> None:
    phone.locator("#colorized").scroll_into_view_if_needed()
    box = layer(phone)
    x, y = box["x"] + spot[0] * box["width"], box["y"] + spot[1] * box["height"]
    phone.touchscreen.tap(x, y)
    chips(phone)
    cross, palette = phone.locator(".hint-cross").bounding_box(), phone.locator(PALETTE)
    around = palette.bounding_box()
    assert cross
    assert around
    assert around["x"] >= 0
    assert around["x"] + around["width"] <= 390
    apart = (
        around["y"] >= cross["y"] + cross["height"]
        or around["y"] + around["height"] <= cross["y"]
        or around["x"] >= cross["x"] + cross["width"]
        or around["x"] + around["width"] <= cross["x"]
    )
    assert apart
    chips(phone).nth(3).tap()
    made_with(phone, ONE)
