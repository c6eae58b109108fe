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
from test_access import tab_to, violations
from test_colorize import drop, made_with, move
from test_uncertainty import choose_variant

from colorizer.__main__ import main
from interface.engine.engine import Engine
from interface.engine.results import Result

ONE, TWO = "1 colour by hand", "2 colours by hand"
PALETTE = ".hint-palette:not([hidden])"
COLOUR = "ring => ring.style.getPropertyValue('--colour')"


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
    """The colours that the server has offered for the open spot, the likely ones first."""
    expect(page.locator(f"{PALETTE} .reach")).to_be_visible()
    return page.locator(f"{PALETTE} .chip[data-rgb]")


def rings(page: Page) -> Locator:
    return page.locator(".hint-ring")


def choose(page: Page, name: str) -> None:
    """A colour of the open palette; Escape closes it again."""
    chips(page).and_(page.get_by_role("button", name=name, exact=True)).first.click()


def ring_colour(page: Page) -> str:
    return rings(page).evaluate(COLOUR)


def give(page: Page, x: float, y: float, which: int = 3) -> None:
    click(page, x, y)
    chips(page).nth(which).click()
    page.keyboard.press("Escape")


@pytest.fixture
def coffee(page: Page, photo: Path) -> Page:
    drop(page, photo, "my coffee.png")
    made_with(page, "batchnorm · epoch 10")
    return page


def test_a_chip_is_chosen_and_the_photo_follows(coffee: Page) -> None:
    plain = shown(coffee)
    click(coffee, 0.3, 0.4)
    chip = chips(coffee).nth(3)
    wanted = chip.evaluate(COLOUR)
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
        go_on.wait(90)
        return colorize(self, *arguments)

    monkeypatch.setattr(Engine, "colorize", halting)
    coffee.locator("#more > button").click()
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


def test_the_epochs_tab_takes_them_along_if_asked(coffee: Page) -> None:
    coffee.get_by_role("tab", name="Epochs").click()
    expect(coffee.locator("#film:not([data-stale]) img")).to_be_visible()
    expect(coffee.locator("#by-hand")).to_be_hidden()  # there are none
    cell = coffee.locator("#grid [data-cell='batchnorm/10']")
    plain = shown(coffee, "#grid [data-cell='batchnorm/10'] img")
    coffee.get_by_role("tab", name="Colorize").click()
    give(coffee, 0.3, 0.4)
    made_with(coffee, ONE)
    one = shown(coffee)

    # It shows what networks make of the photo, and a hand's colours only if the box is ticked.
    coffee.get_by_role("tab", name="Epochs").click()
    expect(coffee.locator("#progress .answer")).to_be_visible()
    expect(coffee.locator("#progress")).not_to_contain_text("by hand")
    expect(coffee.locator("#grid:not([data-stale])")).to_be_attached()
    assert (shown(coffee, "#grid [data-cell='batchnorm/10'] img") == plain).all()
    coffee.get_by_label("In your colours").check()
    expect(coffee.locator("#grid[data-stale]")).to_be_attached()
    coffee.get_by_role("button", name="Compare", exact=True).click()
    expect(coffee.locator("#progress .answer")).to_contain_text(f"checkpoints · {ONE}")
    expect(coffee.locator("#film img")).to_have_attribute("src", re.compile("1-hints"))
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
    choose_variant(coffee, "rebalanced")
    said = coffee.locator("#uncertainty .by-hand")
    expect(said).to_contain_text("Your colour is taken into account: the uncertainty is")
    now, before = map(float, re.findall(r"\d+\.\d", said.inner_text()))
    assert now < before
    expect(coffee.locator("#uncertainty figcaption b")).to_have_text(
        ["Uncertainty before", "Uncertainty after"]
    )
    expect(coffee.locator("#uncertainty-plane .swatches li").first).to_be_visible()

    # Undone, it is another question, which the tab answers when it is opened.
    coffee.get_by_role("tab", name="Colorize").click()
    coffee.get_by_text("Undo").click()
    expect(coffee.locator("#caption")).not_to_contain_text("by hand")
    coffee.get_by_role("tab", name="Uncertainty").click()
    expect(coffee.locator("#uncertainty .frame")).to_have_count(1)
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
    chips(coffee)
    coffee.get_by_role("button", name="take it from the picture").click()
    expect(coffee.locator("#hints .lead")).to_have_text(
        "Now click the place whose colour you want."
    )
    click(coffee, 0.75, 0.5)
    made_with(coffee, ONE)
    height, width = there.shape[:2]
    wanted = there[int(0.5 * height), int(0.75 * width)]
    colour = ring_colour(coffee)
    assert np.abs(np.array([int(p) for p in colour[4:-1].split()]) - wanted).max() < 40


def test_the_keyboard_alone_gives_changes_moves_and_removes(coffee: Page) -> None:
    tab_to(coffee, ".hint-layer")
    for _ in range(3):
        coffee.keyboard.press("ArrowLeft")
    coffee.keyboard.press("Enter")
    chips(coffee)
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Enter"):
        coffee.keyboard.press(key)
    made_with(coffee, ONE)
    first = ring_colour(coffee)
    coffee.keyboard.press("Escape")
    expect(coffee.locator(".hint-layer")).to_be_focused()
    assert rings(coffee).evaluate("ring => ring.style.left") == "44%"

    tab_to(coffee, ".hint-ring")
    coffee.keyboard.press("Enter")
    chips(coffee)
    expect(coffee.locator(f"{PALETTE} [aria-pressed=true]")).to_have_count(1)
    for key in ("ArrowDown", "Enter"):
        coffee.keyboard.press(key)
    assert ring_colour(coffee) != first
    tab_to(coffee, ".hint-palette [type=radio]")
    coffee.keyboard.press("ArrowRight")
    expect(coffee.get_by_label("Everything alike")).to_be_checked()
    coffee.keyboard.press("Escape")

    tab_to(coffee, ".hint-ring")
    coffee.keyboard.press("ArrowRight")
    assert rings(coffee).evaluate("ring => ring.style.left") != "44%"
    coffee.keyboard.press("Delete")
    expect(rings(coffee)).to_have_count(0)
    expect(coffee.locator(".hint-layer")).to_be_focused()
    expect(coffee.locator("#colorized:not([data-stale])")).to_be_attached()


def veil(page: Page) -> str:
    """Waits until what would not follow is covered; the cover's address."""
    place = page.locator(".hint-veil")
    expect(place).to_have_css("opacity", "1")
    return place.evaluate("v => v.style.backgroundImage")


def test_how_far_a_colour_reaches_is_seen_and_then_chosen(coffee: Page, tmp_path: Path) -> None:
    click(coffee, 0.3, 0.4)
    chips(coffee)
    expect(coffee.get_by_label("This thing")).to_be_checked()
    seen = [veil(coffee)]
    for name in ("Only here", "Everything alike"):
        coffee.locator(PALETTE).get_by_text(name).click()
        seen.append(veil(coffee))
    assert len({*seen}) == 3
    assert all("data:image/png" in address for address in seen)

    chips(coffee).nth(3).click()
    made_with(coffee, ONE)
    coffee.mouse.move(0, 0)
    expect(coffee.locator(".hint-veil")).to_have_css("opacity", "0")  # the colours say it now
    assert saved(coffee, tmp_path)["reach"] == "alike"
    alike = shown(coffee)
    coffee.locator(PALETTE).get_by_text("This thing").click()
    changed(coffee, alike)
    assert "reach" not in saved(coffee, tmp_path)  # the default
    thing = shown(coffee)
    click(coffee, 0.3, 0.4)
    chips(coffee)
    coffee.locator(PALETTE).get_by_text("Only here").click()
    changed(coffee, thing)
    assert saved(coffee, tmp_path)["reach"] == "here"
    here = shown(coffee)
    coffee.keyboard.press("Control+z")
    changed(coffee, here)
    assert (shown(coffee) == thing).all()


def saved(page: Page, folder: Path) -> dict[str, Any]:
    """The only hint, as the file of colours has it."""
    with page.expect_download() as download:
        page.get_by_text("Save colours").dispatch_event("click")  # the palette may lie over it
    download.value.save_as(folder / "hints.json")
    (hint,) = json.loads((folder / "hints.json").read_text())["hints"]
    return hint


def test_all_that_is_done_by_hand_is_undone(coffee: Page) -> None:
    """Adding, changing, how far it reaches, moving, removing and clearing, by keyboard alone."""
    pictures = [shown(coffee)]

    def done() -> None:
        changed(coffee, pictures[-1])
        pictures.append(shown(coffee))

    click(coffee, 0.3, 0.4)
    choose(coffee, "very fair skin")
    done()
    choose(coffee, "deep brown skin")
    done()
    coffee.locator(PALETTE).get_by_text("Everything alike").click()
    done()
    coffee.keyboard.press("Escape")
    tab_to(coffee, ".hint-ring")
    coffee.keyboard.press("Shift+ArrowRight")
    done()
    coffee.keyboard.press("Delete")
    done()
    give(coffee, 0.6, 0.5, 1)
    done()
    coffee.get_by_text("Clear").click()
    done()
    expect(coffee.locator("[data-tool=undo]")).to_be_focused()
    for number, before in enumerate(reversed(pictures[:-1])):
        now = shown(coffee)
        coffee.keyboard.press("Control+z")
        changed(coffee, now)
        assert (shown(coffee) == before).all(), number
    expect(coffee.locator("[data-tool=undo]")).to_be_disabled()
    for after in pictures[1:]:
        now = shown(coffee)
        coffee.keyboard.press("Control+Shift+z")
        changed(coffee, now)
        assert (shown(coffee) == after).all()


def test_what_a_picker_passes_over_is_one_step(coffee: Page) -> None:
    plain = shown(coffee)
    click(coffee, 0.3, 0.4)
    chips(coffee)
    coffee.locator(f"{PALETTE} input[type=color]").evaluate("""
      (picker) => {
        for (const colour of ["#802020", "#208020", "#3060c0"]) {
          picker.value = colour;
          picker.dispatchEvent(new Event("input", {bubbles: true}));
        }
        picker.dispatchEvent(new Event("change", {bubbles: true}));
      }
    """)
    changed(coffee, plain)
    assert ring_colour(coffee) == "#3060c0"
    choose(coffee, "deep brown skin")
    coffee.keyboard.press("Control+z")
    assert ring_colour(coffee) == "#3060c0"
    coffee.keyboard.press("Control+z")
    expect(rings(coffee)).to_have_count(0)


def test_before_is_seen_while_the_palette_is_open(coffee: Page) -> None:
    plain = shown(coffee)
    click(coffee, 0.3, 0.4)
    choose(coffee, "deep brown skin")
    made_with(coffee, ONE)
    compare = coffee.get_by_role("button", name="Compare with before")
    compare.click()
    expect(compare).to_have_attribute("aria-pressed", "true")
    canvas = coffee.locator(".hint-cover:not([data-covers], .hint-veil)")
    expect(canvas).to_be_visible()
    address = canvas.evaluate("canvas => canvas.toDataURL()")
    before = np.array(Image.open(io.BytesIO(base64.b64decode(address[22:]))).convert("RGB"))
    near = Image.fromarray(plain).resize(before.shape[1::-1], Image.Resampling.BOX)
    assert np.abs(np.array(near, np.int16) - before).mean() < 4
    compare.click()
    expect(canvas).to_be_hidden()
    compare.click()
    expect(canvas).to_be_visible()
    coffee.keyboard.press("Escape")  # with the palette it goes
    expect(canvas).to_be_hidden()
    expect(rings(coffee)).to_have_count(1)


def test_a_ring_takes_no_clicks_beside_it(coffee: Page) -> None:
    give(coffee, 0.3, 0.4)
    made_with(coffee, ONE)
    box = layer(coffee)
    ring = rings(coffee).bounding_box()
    assert ring
    assert ring["width"] <= 18
    for across, down in ((11, 0), (0, -11), (-8, 8)):
        x = ring["x"] + ring["width"] / 2 + across
        y = ring["y"] + ring["height"] / 2 + down
        click(coffee, (x - box["x"]) / box["width"], (y - box["y"]) / box["height"])
        chips(coffee)
        expect(coffee.get_by_role("button", name="Compare with before")).to_be_hidden()  # a new one
        coffee.keyboard.press("Escape")
    click(coffee, 0.3, 0.4)
    chips(coffee)
    expect(coffee.get_by_role("button", name="Compare with before")).to_be_visible()


@pytest.mark.parametrize(
    ("level", "words"), [(4, "This spot is too dark"), (254, "This spot is too bright")]
)
def test_where_no_colour_shows_the_palette_says_so(
    page: Page, tmp_path: Path, level: int, words: str
) -> None:
    photo = np.full((120, 160, 3), 130, np.uint8)
    photo[:, 80:] = level
    Image.fromarray(photo).save(tmp_path / "halves.png")
    drop(page, tmp_path / "halves.png", "halves.png")
    click(page, 0.8, 0.5)
    expect(page.locator(f"{PALETTE} .question")).to_contain_text(words)
    expect(page.locator(f"{PALETTE} .chip")).to_have_count(0)
    click(page, 0.2, 0.3)
    expect(page.locator(f"{PALETTE} .question")).to_have_text("What colour is it here?")
    assert chips(page).count() > 10


@pytest.mark.parametrize("locale", ["en-GB", "de-DE", "fr-FR"])
def test_every_chip_has_a_name_of_its_own_and_axe_finds_nothing(tab, url: str, locale: str) -> None:
    page = tab(locale=locale)
    page.goto(url)
    expect(page.locator("#colorized img")).to_be_visible()
    click(page, 0.4, 0.8)
    names = chips(page).evaluate_all("chips => chips.map((chip) => chip.ariaLabel)")
    assert len({*names}) == len(names) > 10
    assert not [name for name in names if "undefined" in name]
    assert not violations(page, *(("light", "dark") if locale == "en-GB" else ("light",)))


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
