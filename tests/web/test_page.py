"""The page as a visitor without a network sees it: from a file on a disk, and from a bare host."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from shipped import CHECKPOINTS

from colorizer import Colorizer, Photo
from colorizer.checkpoint import list_checkpoints
from colorizer.hints import from_json
from colorizer.hub import LOCAL
from colorizer.redo import redo
from colorizer.worksheet import read_sheet

TRANSFER = next(key for key in CHECKPOINTS if key[0] == "transfer")
PHOTOS = (
    "astronaut",
    "brick",
    "camera",
    "chelsea",
    "coffee",
    "grass",
    "gravel",
    "hubble_deep_field",
    "moon",
    "rocket",
)


def made(page: Page, words: str) -> None:
    """Waits until the picture has been made with this."""
    expect(page.locator("#said")).to_contain_text(f"Synthetic colours by Colorizer, {words}")
    expect(page.locator("#download")).to_be_enabled()


def give(page: Page, photo: Path, words: str = "transfer") -> None:
    page.set_input_files("#file", photo)
    made(page, words)


def download(page: Page) -> Image.Image:
    with page.expect_download() as waiting:
        page.click("#download")
    image = Image.open(io.BytesIO(waiting.value.path().read_bytes()))
    image.load()
    return image


def slide(page: Page, name: str, value: int) -> None:
    page.locator(f"#{name}").fill(str(value))


def assert_same_pixels(image: Image.Image, expected: np.ndarray) -> None:
    off = np.abs(np.asarray(image.convert("RGB")).astype(int) - expected)
    assert off.max() <= 3
    assert (off.max(-1) <= 1).mean() >= 0.99


@pytest.fixture(scope="module")
def colorizers() -> dict[tuple[str, int], Colorizer]:
    return {key: Colorizer.from_checkpoint(path) for key, path in CHECKPOINTS.items()}


@pytest.fixture(scope="module")
def shared(browser: Browser, file: str) -> Page:
    """One tab for photos that come one after the other."""
    page = browser.new_context(offline=True, locale="en-GB").new_page()
    page.goto(file)
    return page


@pytest.mark.parametrize("name", PHOTOS)
def test_from_the_disk_pixels_are_those_of_python(
    name: str, shared: Page, colorizers: dict, tmp_path: Path
) -> None:
    picture = getattr(skimage.data, name)()
    path = tmp_path / f"{name}.png"
    Image.fromarray(picture).save(path)
    give(shared, path)
    image = download(shared)
    expected = colorizers[TRANSFER].colorize(path)
    assert_same_pixels(image, expected.rgb)
    assert image.info["Description"] == expected.note


def test_every_kind_of_network_paints_as_python_does(
    opened: Callable[..., Page], colorizers: dict, photo: Path
) -> None:
    page = opened()
    give(page, photo)
    for place, variant in ((1, "batchnorm"), (2, "rgb")):
        slide(page, "variant", place)
        made(page, f"{variant}, epoch 25")
        assert_same_pixels(download(page), colorizers[variant, 25].colorize(photo).rgb)
    slide(page, "variant", 1)
    slide(page, "epoch", 0)
    slide(page, "vividness", 150)
    made(page, "batchnorm, epoch 10, vividness 150 %")
    expected = colorizers["batchnorm", 10].colorize(photo, vividness=150)
    image = download(page)
    assert_same_pixels(image, expected.rgb)
    assert image.info["Description"] == expected.note


def test_nothing_may_connect_and_nothing_tries(opened: Callable[..., Page], photo: Path) -> None:
    page = opened()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.split(":")[0]))
    give(page, photo)
    assert set(asked) <= {"blob", "data"}
    page.context.set_offline(False)  # from here on, the policy alone forbids it
    for attempt in (
        "fetch('http://127.0.0.1:9/')",
        "new Promise((done, fail) => { const s = new WebSocket('ws://127.0.0.1:9/');"
        " s.onerror = () => fail('refused'); })",
        "new Promise((done, fail) => { const i = new Image(); i.onload = done;"
        " i.onerror = () => fail('refused'); i.src = 'http://127.0.0.1:9/a.png'; })",
    ):
        blocked = page.evaluate(
            """attempt => new Promise(resolve => {
                addEventListener("securitypolicyviolation", e => resolve(e.effectiveDirective),
                    { once: true });
                setTimeout(() => resolve("nothing was blocked"), 5000);
                attempt();
            })""".replace("attempt =>", "() =>").replace("attempt()", f"({attempt}).catch(() => 0)")
        )
        assert blocked in ("connect-src", "img-src")


def test_from_a_bare_host_and_then_without_it(
    browser: Browser, host: str, photo: Path, colorizers: dict
) -> None:
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(host)
        give(page, photo)
        assert_same_pixels(download(page), colorizers[TRANSFER].colorize(photo).rgb)
        assert all(url.startswith((host, f"blob:{host}", "blob:", "data:")) for url in asked)
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        context.set_offline(True)
        page.reload()
        give(page, photo)


def test_a_click_names_a_colour_that_is_followed(opened: Callable[..., Page], photo: Path) -> None:
    page = opened()
    give(page, photo)
    before = np.asarray(download(page).convert("RGB")).astype(int)
    box = page.locator("#cross").bounding_box()
    assert box
    x, y = 0.25, 0.62  # on the saucer
    page.locator("#cross").click(position={"x": x * box["width"], "y": y * box["height"]})
    chips = page.locator("#chip-list button")
    expect(chips).to_have_count(6)
    assert all(chip.get_attribute("aria-label") for chip in chips.all())
    page.locator("#own").fill("#b02010")
    made(page, "transfer")
    expect(page.locator("#said")).to_contain_text("1 colour by hand")
    after = np.asarray(download(page).convert("RGB")).astype(int)
    row, column = int(y * len(after)), int(x * len(after[0]))
    redder = (after - before)[row - 5 : row + 5, column - 5 : column + 5].mean((0, 1))
    assert redder[0] > 5
    assert redder[0] > redder[2] + 10
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#said")).not_to_contain_text("by hand")
    made(page, "transfer")
    assert_same_pixels(download(page), before)


def test_a_download_brings_its_work_sheet(
    opened: Callable[..., Page], colorizers: dict, photo: Path, tmp_path: Path
) -> None:
    """The library's own, and one by which the library makes the same picture."""
    page = opened()
    give(page, photo)
    page.locator("#cross").click()
    page.get_by_label("Everything alike").check()
    page.locator("#chip-list button").first.click()
    made(page, "transfer")
    expect(page.locator("#said")).to_contain_text("1 colour by hand")
    with page.expect_download() as waiting:
        page.click("#download")
    result = tmp_path / "result.png"
    waiting.value.save_as(result)
    sheet = read_sheet(result)
    (hint,) = from_json(json.dumps(sheet["hints"]), Photo.open(photo))
    assert hint.reach == "alike"
    expected = colorizers[TRANSFER].colorize(photo, hints=[hint])
    assert expected.sheet
    for key in ("checkpoint", "original"):
        assert sheet[key] == expected.sheet[key]
    assert sheet["settings"] == {**expected.sheet["settings"], "threads": 1}
    assert sheet["note"] == expected.note
    again = redo(result, photo, list_checkpoints(LOCAL), tmp_path / "again.png")
    assert_same_pixels(Image.open(result), np.asarray(Image.open(again)))


def test_by_keyboard_alone(opened: Callable[..., Page], photo: Path) -> None:
    page = opened()
    give(page, photo)
    page.locator("#cross").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator("#chips")).to_be_visible()
    page.locator("#chip-list button").first.press("Enter")
    expect(page.locator("#said")).to_contain_text("1 colour by hand")
    page.locator("#rings button").focus()
    page.keyboard.press("Delete")
    expect(page.locator("#rings button")).to_have_count(0)
    page.locator("#variant").focus()
    page.keyboard.press("ArrowRight")
    made(page, "batchnorm, epoch 25")
    page.locator("#divider").focus()
    page.keyboard.press("End")
    assert "inset(0px 0%" in page.locator("#cover").evaluate("e => getComputedStyle(e).clipPath")


BAD = {
    "letter.jpg": (b"Dear all", "not a picture"),
    "empty.png": (b"", "not a picture"),
    "cut.png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "damaged"),
    "cut.jpg": (b"\xff\xd8\xff\xe0" + b"\0" * 50, "damaged"),
    "scan.tif": (b"II*\0" + b"\0" * 50, "does not read TIFF files"),
    "phone.heic": (b"\0\0\0\x18ftypheic" + b"\0" * 50, "does not read HEIC files"),
    "page.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
    "film.mp4": (b"\0\0\0\x18ftypmp42" + b"\0" * 50, "not a picture"),
    "tiny.png": ((4, 4), "at least 8 a side"),
    "ribbon.png": ((2000, 20), "20 times as long as wide"),
}


def test_ten_bad_files_get_a_sentence_each_and_the_photo_stays(
    opened: Callable[..., Page], photo: Path, tmp_path: Path
) -> None:
    page = opened()
    give(page, photo)
    for name, (content, told) in BAD.items():
        path = tmp_path / name
        if isinstance(content, tuple):
            Image.new("RGB", content, "grey").save(path)
        else:
            path.write_bytes(content)
        page.set_input_files("#file", path)
        expect(page.locator("#said.problem")).to_contain_text(told)
        said = page.locator("#said").text_content() or ""
        assert re.fullmatch(r"[^.]+\.", said), said
    assert download(page).size == (600, 400)
    page.set_input_files("#file", photo)
    made(page, "transfer")


def test_on_a_phone_by_touch(opened: Callable[..., Page], photo: Path) -> None:
    page = opened(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    give(page, photo)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#cross").tap()
    page.locator("#chip-list button").first.tap()
    expect(page.locator("#said")).to_contain_text("1 colour by hand")
    sizes = [button.bounding_box() for button in page.locator("main button:visible").all()]
    assert all(box and box["height"] >= 24 and box["width"] >= 24 for box in sizes)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, opened: Callable[..., Page], photo: Path) -> None:
    page = opened(color_scheme=scheme)
    give(page, photo)
    assert Axe().run(page).response["violations"] == []
    page.locator("#cross").click()
    expect(page.locator("#chips")).to_be_visible()
    assert Axe().run(page).response["violations"] == []


@pytest.mark.parametrize(
    ("locale", "told"), [("de-DE", "bleibt auf diesem Gerät"), ("fr-FR", "reste sur cet appareil")]
)
def test_it_speaks_the_reader_s_language(
    locale: str, told: str, opened: Callable[..., Page]
) -> None:
    page = opened(locale=locale)
    expect(page.locator("#private")).to_contain_text(told)
    assert page.locator("html").get_attribute("lang") == locale[:2]
    expect(page.locator("#said")).to_have_text(re.compile("Foto|photo"))


def test_it_turns_photos_upright_and_puts_white_behind_transparency(
    opened: Callable[..., Page], tmp_path: Path
) -> None:
    page = opened()
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    Image.fromarray(skimage.data.coffee()).save(tmp_path / "turned.jpg", exif=exif)
    give(page, tmp_path / "turned.jpg")
    assert download(page).size == (400, 600)
    Image.new("RGBA", (60, 40), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    page.set_input_files("#file", tmp_path / "clear.png")
    made(page, "transfer")
    assert np.asarray(download(page).convert("L")).min() > 240
