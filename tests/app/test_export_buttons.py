"""Vividness, other formats and many photos, as a visitor meets them."""

import zipfile
from pathlib import Path

import skimage.data
from PIL import Image
from playwright.sync_api import Page, expect
from test_colorize import made_with, move

# In the very frame of the move: what the picture looks like, and whether it could be saved.
MOVED = """
async (percent) => {
  const range = document.querySelector("#vividness input[type=range]");
  range.value = percent;
  range.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise(requestAnimationFrame);
  const picture = document.querySelector("#colorized");
  return [picture.style.filter, picture.hasAttribute("data-stale"),
          ["download", "download-jpeg", "download-both", "download-map"].every(
            (id) => document.getElementById(id).inert)];
}
"""


def test_vividness_is_seen_at_once_and_saved_once_it_is_made(page: Page) -> None:
    made_with(page, "batchnorm · epoch 10")
    before = page.locator("#colorized img").get_attribute("src")
    assert page.evaluate(MOVED, 150) == ["saturate(1.5)", False, True]
    made_with(page, "batchnorm · epoch 10 · vividness 150 %")
    assert page.locator("#colorized img").get_attribute("src") != before
    assert page.evaluate("document.querySelector('#colorized').style.filter") == ""
    assert "vividness=150" in page.url
    expect(page.locator("#download")).not_to_have_attribute("aria-disabled", "true")
    # From grey, no filter knows what the colours will be.
    page.evaluate(MOVED, 0)
    made_with(page, "vividness 0 %")
    assert page.evaluate(MOVED, 100)[:2] == ["", True]


def test_vividness_is_seen_at_once_in_a_closer_look_too(page: Page) -> None:
    made_with(page, "batchnorm · epoch 10")
    page.route("**/queue/join*", lambda route: None)  # no answer comes
    page.evaluate(MOVED, 150)
    page.locator(".look-closer[data-from=colorized]").click()
    seen = page.locator("#closer-colorized")
    expect(seen).to_be_visible()
    assert seen.evaluate("image => image.style.filter") == "saturate(1.5)"
    expect(page.locator("#closer-pair")).not_to_have_attribute("data-stale", "")
    others = page.locator("#closer-pair img:not(#closer-colorized)")
    assert others.evaluate_all("images => images.map(i => i.style.filter)") == [""]


def test_what_is_shown_is_saved(page: Page, tmp_path: Path) -> None:
    made_with(page, "batchnorm · epoch 10")
    shown = page.evaluate("document.querySelector('#photo img').naturalWidth")
    for button, name in (
        ("download", "rocket-batchnorm-epoch-010.png"),
        ("download-jpeg", "rocket-batchnorm-epoch-010.jpg"),
        ("download-both", "rocket-batchnorm-epoch-010-before-and-after.jpg"),
    ):
        if button != "download-jpeg":
            page.locator("#formats summary").click()
        with page.expect_download() as download:
            page.locator(f"#{button}").click()
        assert download.value.suggested_filename == name
        download.value.save_as(tmp_path / name)
        width, height = Image.open(tmp_path / name).size
        assert (width, height) == (shown * (2 if "before" in name else 1), height)
    expect(page.locator("#download-map")).to_be_disabled()  # it names one colour a spot


def test_the_certainty_map_is_saved_beside_the_photo(page: Page, tmp_path: Path) -> None:
    move(page, "variant", "End")
    made_with(page, "rebalanced · epoch 10")
    shown = page.evaluate("document.querySelector('#photo img').naturalWidth")
    page.locator("#formats summary").click()
    with page.expect_download() as download:
        page.locator("#download-map").click()
    name = download.value.suggested_filename
    assert name.endswith("with-certainty-map.jpg")
    download.value.save_as(tmp_path / name)
    assert Image.open(tmp_path / name).width == 2 * shown


def test_several_photos_come_home_in_a_zip(page: Page, tmp_path: Path) -> None:
    made_with(page, "batchnorm · epoch 10")
    paths = []
    for name in ("coffee", "chelsea", "astronaut"):
        paths.append(tmp_path / f"{name}.jpg")
        Image.fromarray(getattr(skimage.data, name)()).save(paths[-1])
    page.locator("#photo-file").set_input_files(paths)
    expect(page.locator("#arrival")).to_contain_text("The first of these 3 files is shown")
    made_with(page, "batchnorm · epoch 10")
    page.get_by_role("button", name="Colour all 3 and download them as a ZIP").click()
    expect(page.locator("#many")).to_contain_text(
        "3 of 3 photos coloured with batchnorm · epoch 10."
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the ZIP").click()
    download.value.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.namelist() == [path.name for path in paths]
    page.locator("#intake [data-example=rocket]").click()
    expect(page.locator("#many")).to_have_text("")
