"""A burst of moves on the page: at rest, every picture answers the present question."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import Page, expect

TABS = ["Colorize", "Epochs", "Uncertainty", "Story"]
MOVES = 100
SLOWER = 3  # times, the browser's scripts, so that what may overlap does
# Clicks the n-th of the elements in sight, as a hand would while the page is busy.
CLICK = """([selector, n]) => {
  const there = [...document.querySelectorAll(selector)].filter((part) => part.offsetParent);
  there[n % there.length]?.click();
}"""
KEY = """([selector, key]) => {
  const range = [...document.querySelectorAll(selector)].find((part) => part.offsetParent);
  if (!range || range.disabled) return;
  const value = { Home: range.min, End: range.max }[key] ?? (+range.min + +range.max) / 2;
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(range, value);
  for (const type of ["input", "change", "pointerup"]) {
    range.dispatchEvent(new Event(type, { bubbles: true }));
  }
}"""
SPOT = """([x, y]) => {
  const frame = [...document.querySelectorAll(".frame")].find((part) => part.offsetParent);
  const box = frame?.getBoundingClientRect();
  frame?.dispatchEvent(new MouseEvent("click", {
    bubbles: true, clientX: box.left + x * box.width, clientY: box.top + y * box.height,
  }));
}"""
# What in sight is not the answer to photo and controls, or whose picture is not there.
UNANSWERED = """() => [
  ...[...document.querySelectorAll("[data-stale]")].filter((part) => part.offsetParent),
  ...[...document.querySelectorAll("img")].filter((part) => part.offsetParent && !part.complete),
].map((part) => part.outerHTML.slice(0, 300))"""


@pytest.fixture
def slow_page(page: Page) -> Iterator[Page]:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    yield page
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    session.detach()


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    made = []
    for name in ("coffee", "astronaut", "rocket"):
        path = tmp_path / f"burst {name}.png"
        Image.fromarray(getattr(skimage.data, name)()[::3, ::3]).save(path)
        made.append(path)
    return made


def move(page: Page, chance: random.Random, photos: list[Path]) -> str:
    """Makes one random move; returns what it was, for whoever reads a failure."""
    kind = chance.choice(["photo", "example", "tab", "slider", "slider", "pick", "pick", "spot"])
    n = chance.randrange(100)
    if kind == "photo":
        page.locator("#photo-file").set_input_files(photos[n % len(photos)])
    elif kind == "example":
        page.evaluate(CLICK, ["#intake [data-example]", n])
    elif kind == "tab":
        page.evaluate(CLICK, ["[role=tab]", n])
    elif kind == "slider":
        slider = chance.choice(["variant", "epoch", "samples", "vividness"])
        key = chance.choice(["Home", "End", "Middle"])
        page.evaluate(KEY, [f"#{slider} input[type=range]", key])
        return f"{slider} {key}"
    elif kind == "pick":
        page.evaluate(CLICK, ["#grid [data-cell], #map [data-cell], #film-of input", n])
    else:
        page.evaluate(SPOT, [chance.random(), chance.random()])
    return f"{kind} {n}"


@pytest.mark.parametrize("seed", [1])
def test_after_a_burst_of_moves_every_picture_answers_the_present_question(
    slow_page: Page, photos: list[Path], seed: int
) -> None:
    page, chance = slow_page, random.Random(seed)
    moves = []
    for _ in range(MOVES):
        moves.append(move(page, chance, photos))
        page.wait_for_timeout(chance.choice([0, 0, 20, 150]))
    for name in TABS:
        page.get_by_role("tab", name=name).click()
        if name == "Epochs":
            expect(page.locator("#film output")).to_be_visible()
        if name == "Story":
            expect(page.locator("#mean-colour .stripes")).to_be_visible()
        for _ in range(300):  # rest: nothing is unanswered, and half a second later still nothing
            if not page.evaluate(UNANSWERED):
                page.wait_for_timeout(500)
                if not page.evaluate(UNANSWERED):
                    break
            page.wait_for_timeout(200)
        assert page.evaluate(UNANSWERED) == [], (name, moves)
    page.get_by_role("tab", name="Colorize").click()
    stops = page.locator(".stops .current").all_inner_texts()
    expect(page.locator("#caption")).to_contain_text(f"{stops[0]} · epoch {stops[1]}")
