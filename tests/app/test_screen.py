"""How large the photo is on each screen, and what is seen without scrolling."""

import re
from pathlib import Path

import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import Page, expect
from test_colorize import made_with

WINDOWS = [(1366, 768), (1920, 1080), (820, 1180), (390, 844)]
PHOTO = skimage.data.astronaut()
SHAPES = {
    "3:2": PHOTO[:256, :384],
    "1:1": PHOTO[:384, :384],
    "4:5": PHOTO[:480, :384],
    "1:3": PHOTO[:480, 140:300],
    "3:1": PHOTO[100:260, :480],
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
    const [name] = seen(".name").filter((one) => box(one).left === box(image).left
      && box(one).bottom <= top + 1).slice(-1);
    const scale = Math.min(width / image.naturalWidth, height / image.naturalHeight);
    return { of: image.closest(".picture").id, left, top, width, height,
      filled: [scale * image.naturalWidth - width, scale * image.naturalHeight - height],
      name: name ? [box(name).left, box(name).right] : null };
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
