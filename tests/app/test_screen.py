"""How large the photo is on each screen, and what is seen without scrolling."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import Page, expect
from test_colorize import made_with

from colorizer.hub import LOCAL
from interface.examples import EXAMPLES

WINDOWS = [(1366, 768), (1920, 1080), (820, 1180), (390, 844)]
PHOTO = skimage.data.astronaut()
SHAPES = {
    "3:2": PHOTO[:256, :384],
    "1:1": PHOTO[:384, :384],
    "4:5": PHOTO[:480, :384],
    "1:3": PHOTO[:480, 140:300],
    "3:1": PHOTO[100:260, :480],
}
# Of each photo and window: width and height of the picture, and where sliders and Download end.
TABLE = {
    (row[0], row[1]): [*map(int, row[3].split(" x ")), int(row[5]), int(row[7])]
    for row in (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (Path(__file__).parents[2] / "docs" / "screen.md").read_text().splitlines()
        if re.match(r"\| \d:\d", line)
    )
}
# Width and height of each picture at the least, in pixels.
LEAST = {
    ("4:5", 1366): (380, 475),
    ("1:1", 1366): (420, 420),
    ("3:2", 1366): (430, 286),
    ("3:1", 1366): (430, 143),
    ("4:5", 1920): (560, 700),
}
BARS = ["#bar", ".tab-wrapper", "#choose-photo", "#save"]
MEASURE = """() => {
  const box = (part) => part.getBoundingClientRect();
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((p) => p.offsetParent);
  const pictures = seen(".picture img").map((image) => {
    const { left, top, width, height } = box(image);
    const name = box(image.closest(".column").querySelector(".name"));
    const scale = Math.min(width / image.naturalWidth, height / image.naturalHeight);
    return { of: image.closest(".picture").id, left, top, width, height,
      filled: [scale * image.naturalWidth - width, scale * image.naturalHeight - height],
      name: [name.left, name.right] };
  });
  return {
    pictures,
    sliders: Math.max(...seen("#controls input[type=range]").map((range) => box(range).bottom)),
    download: box(document.querySelector("#download-jpeg")).bottom,
    bar: box(document.querySelector("#bar")).height,
    wide: document.documentElement.scrollWidth,
  };
}"""


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("shapes")
    files = {}
    for name, picture in SHAPES.items():
        files[name] = folder / f"{name.replace(':', ' to ')}.png"
        Image.fromarray(picture).save(files[name])
    return files


def show(page: Page, file: Path) -> None:
    page.locator("#photo-file").set_input_files(file)
    source = re.compile(file.stem.replace(" ", ".*"))
    expect(page.locator("#photo img")).to_have_attribute("src", source)
    made_with(page, "batchnorm")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.picture img')].every((i) => i.complete)"
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_the_photo_is_as_large_as_the_window_allows(
    page: Page, shapes: dict[str, Path], shape: str
) -> None:
    show(page, shapes[shape])
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function("width => innerWidth === width", arg=width)
        found = page.evaluate(MEASURE)
        least = LEAST.get((shape, width), (0, 0))
        for picture in found["pictures"]:
            assert (picture["width"], picture["height"]) >= least, (width, picture)
            assert max(map(abs, picture["filled"])) < 1, (width, picture)  # nothing empty beside it
            ends = [picture["left"], picture["left"] + picture["width"]]
            assert picture["name"] == pytest.approx(ends, abs=1), (width, picture)
        assert found["wide"] <= width
        if width > 640:
            assert found["bar"] <= 56
            assert found["sliders"] <= height, width
        assert found["download"] <= height, width
        shown = found["pictures"][-1]
        ends = [shown["width"], shown["height"], found["sliders"], found["download"]]
        kept = TABLE[shape, f"{width} x {height}"]
        assert kept[:2] == pytest.approx(ends[:2], abs=1), (width, ends)
        assert kept[2:] == pytest.approx(ends[2:], abs=12), (width, ends)  # fonts differ


SWINGS = """() => document.getAnimations().filter((a) => a.animationName === "swing").length"""


@pytest.fixture(scope="module")
def opening(checkpoints: Path, serve: Callable[..., str]) -> str:
    """The app as it opens for visitors."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("interface.page.EXAMPLES", EXAMPLES)
        return serve(checkpoints)


def test_the_page_opens_with_a_person_in_black_and_white_that_turns_to_colour(
    tab: Callable[..., Page], opening: str
) -> None:
    page = tab()
    page.emulate_media(reduced_motion="no-preference")
    page.goto(opening)
    page.wait_for_function(f"({SWINGS})() === 1")
    expect(page.locator("#photo-label")).to_have_text(re.compile("black and white.*network sees"))
    expect(page.locator("#grayscale")).to_be_hidden()
    page.wait_for_function("""() => document.getAnimations()
      .every((one) => one.animationName !== "swing" || one.playState === "finished")""")
    page.locator("#epoch input[type=range]").press("Home")
    made_with(page, "epoch 1")
    assert page.evaluate(SWINGS) == 0  # once

    page.emulate_media(reduced_motion="reduce")
    page.goto(opening)
    made_with(page, "epoch 10")
    assert page.evaluate(SWINGS) == 0
    page.emulate_media(reduced_motion="no-preference")


def test_a_name_under_a_slider_is_a_way_there(page: Page) -> None:
    made_with(page, "batchnorm · epoch 10")
    page.locator(".stops[data-for=variant] span", has_text="dropout").click()
    made_with(page, "dropout · epoch 10")
    page.locator(".stops[data-for=epoch] span").first.click()
    made_with(page, "dropout · epoch 1")
    expect(page.locator("#epoch input[type=range]")).to_be_focused()


# How much of the space between them the names of stops leave, in pixels.
BETWEEN = """(id) => {
  const stops = document.querySelector(`.stops[data-for=${id}]`);
  const boxes = [...stops.children].map((one) => one.getBoundingClientRect());
  const pairs = boxes.flatMap((one, at) => boxes.slice(at + 1).map((other) => [one, other]));
  return Math.min(...pairs.map(([one, other]) => Math.max(
    Math.abs(one.left - other.left) - (one.left < other.left ? one : other).width,
    Math.abs(one.top - other.top) - one.height)));
}"""


@pytest.mark.parametrize("locale", ["en-GB", "de-DE", "fr-FR"])
def test_nothing_of_the_settings_touches_is_cut_or_wraps_alone(
    tab: Callable[..., Page], shipped: str, locale: str
) -> None:
    page = tab(locale=locale)
    page.goto(shipped)
    expect(page.locator("#colorized img")).to_be_visible()
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function("width => innerWidth === width", arg=width)
        for slider in ("variant", "epoch"):
            assert page.evaluate(BETWEEN, slider) >= 2, (slider, width)
        names = page.locator(".name:visible > span > span:first-child")
        cut = "spans => spans.filter((s) => s.scrollWidth > s.clientWidth).map((s) => s.innerText)"
        assert names.evaluate_all(cut) == [], width
        rows = page.locator("#controls > .column").evaluate_all(
            "columns => columns.map((one) => one.getBoundingClientRect().top)"
        )
        alone = [top for top in set(rows) if rows.count(top) == 1]
        # The first has a row of its own where the others share one; on a phone all do.
        assert len(alone) in {0, 1, 4}, width
        assert len(alone) != 1 or rows.index(alone[0]) == 0, width


@pytest.fixture(scope="module")
def shipped(serve: Callable[..., str]) -> str:
    """The app with the checkpoints that come with it."""
    return serve(LOCAL)


def test_the_focus_is_seen_on_every_slider(page: Page) -> None:
    made_with(page, "epoch 10")
    page.locator("#variant input[type=range]").press("End")  # all are enabled but samples
    made_with(page, "rebalanced")
    for slider in ("variant", "epoch", "vividness"):
        block = page.locator(f"#{slider}")
        page.locator("#choose-photo").focus()
        before = block.screenshot()
        page.keyboard.press("Shift")  # what is focused next is focused by the keyboard
        page.locator(f"#{slider} input[type=range]").focus()
        assert block.screenshot() != before, slider


def test_on_a_phone_the_result_comes_first_and_nothing_covers_a_picture(
    tab: Callable[..., Page], url: str
) -> None:
    page = tab(390, 844)
    page.goto(url)
    made_with(page, "epoch 10")
    seen = page.locator("#colorized img").bounding_box()
    assert seen
    assert seen["x"] >= 0
    assert seen["x"] + seen["width"] <= 390
    covered = """() => [...document.querySelectorAll(".picture img")].filter((image) => {
      const { left, top, width, height } = image.getBoundingClientRect();
      return [.02, .5, .98].some((x) => [.02, .5, .98].some((y) => {
        const [at, down] = [left + x * width, top + y * height];
        if (at < 12 || at > innerWidth - 12) return false; // a swipe away
        const hit = document.elementFromPoint(at, down);
        return !hit?.closest(`#${image.closest(".picture").id}`);
      }));
    }).length"""
    assert page.evaluate(covered) == 0
    page.locator("#photo-label").scroll_into_view_if_needed()  # as a swipe would
    expect(page.locator("#photo img")).to_be_in_viewport(ratio=0.9)
    page.wait_for_function(f"({covered})() === 0")
    for button in ("#choose-photo", "#download-jpeg"):
        box = page.locator(button).bounding_box()
        assert box
        assert 844 - 60 <= box["y"] < box["y"] + box["height"] <= 844


def test_the_parts_of_the_page_are_landmarks(page: Page) -> None:
    for name in ("Photos", "Pictures", "Settings", "Save and share"):
        expect(page.get_by_role("region", name=name, exact=True)).to_be_visible()


def test_a_cell_is_seen_large_beside_where_it_is_clicked(page: Page) -> None:
    made_with(page, "epoch 10")
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        page.get_by_role("tab", name="Epochs").click()
        expect(page.locator("#film output")).to_be_visible()
        page.locator("#grid [data-cell]").last.click()
        expect(page.locator("#compared img").first).to_be_in_viewport(ratio=0.5)
        page.get_by_role("tab", name="Colorize").click()


def test_the_map_of_certainty_is_offered_where_there_is_one(page: Page) -> None:
    made_with(page, "batchnorm")
    page.locator("#formats summary").click()
    expect(page.locator("#download-map")).to_be_disabled()  # it cannot be asked twice
    page.locator(".stops[data-for=variant] span", has_text="rebalanced").click()
    made_with(page, "rebalanced")
    page.locator("#formats summary").click()
    with page.expect_download() as download:
        page.locator("#download-map").click()
    assert "certainty" in download.value.suggested_filename


def test_the_download_says_its_size_and_what_it_prints(page: Page, shapes: dict[str, Path]) -> None:
    show(page, shapes["4:5"])
    expect(page.locator("#download-jpeg")).to_have_text("Download JPEG, 384 × 480")
    expect(page.locator("#print-size")).to_have_text("Sharp in print up to 4 × 5 cm")
    expect(page.locator("#promise")).to_have_text(
        "Colours are guesses. Photos are deleted after an hour."
    )
