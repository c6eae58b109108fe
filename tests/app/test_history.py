"""Back, forward, reload and a second tab, and what the browser keeps for them."""

import re
import shutil
from pathlib import Path

import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from test_colorize import made_with
from test_hint_editor import give, rings

KEPT = """async () => {
  const opening = indexedDB.open("colorizer", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("photos");
  const database = await new Promise((done) => {
    opening.onsuccess = () => done(opening.result);
  });
  const request = database.transaction("photos").objectStore("photos").getAll();
  const photos = await new Promise((done) => { request.onsuccess = () => done(request.result); });
  database.close();
  return photos.map((file) => file.name);
}"""


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("history")
    paths = [folder / "first.png", folder / "second.png"]
    for path, name in zip(paths, ("coffee", "astronaut"), strict=True):
        Image.fromarray(getattr(skimage.data, name)()[::3, ::3]).save(path)
    return paths


def shows(page: Page, name: str) -> None:
    """Waits until the page shows a photo, and the answer to it."""
    expect(page.locator("#photo:not([data-arriving]) img")).to_have_attribute(
        "src", re.compile(name)
    )
    expect(page.locator("#colorized img")).to_have_attribute("src", re.compile(name))
    made_with(page, "epoch")


def choose(page: Page, path: Path) -> None:
    page.locator("#photo-file").set_input_files(path)
    shows(page, path.stem)


def test_back_and_forward_go_through_photos_and_tabs(page: Page, photos: list[Path]) -> None:
    made_with(page, "epoch")
    choose(page, photos[0])
    choose(page, photos[1])
    page.get_by_role("tab", name="Story").click()
    expect(page.locator("#claims")).to_be_visible()
    page.wait_for_function("location.search.includes('tab=story')")

    page.go_back()
    expect(page.get_by_role("tab", name="Colorize")).to_have_attribute("aria-selected", "true")
    shows(page, "second")
    page.go_back()
    shows(page, "first")
    page.go_back()
    shows(page, "rocket")
    page.go_forward()
    shows(page, "first")
    page.go_forward()
    shows(page, "second")


def test_a_reload_brings_back_the_photo_and_its_colours_by_hand(
    page: Page, photos: list[Path]
) -> None:
    choose(page, photos[0])
    give(page, 0.3, 0.4)
    made_with(page, "1 colour by hand")
    page.wait_for_function("history.state.colorizer.hints")
    page.reload()
    shows(page, "first")
    made_with(page, "1 colour by hand")
    expect(rings(page)).to_have_count(1)
    assert "first.png" in page.evaluate(KEPT)


def test_what_is_removed_is_not_kept(page: Page, photos: list[Path], tmp_path: Path) -> None:
    choose(page, Path(shutil.copy(photos[0], tmp_path / "secret.png")))
    page.wait_for_function(f"async () => (await ({KEPT})()).includes('secret.png')")
    page.locator("#remove-photo").click()
    expect(page.locator("#photo img")).to_have_count(0)
    page.wait_for_function(f"async () => !(await ({KEPT})()).includes('secret.png')")
    page.reload()
    shows(page, "rocket")


def test_two_tabs_do_not_mix(browser: Browser, url: str, photos: list[Path]) -> None:
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(90_000)
    one, other = context.new_page(), context.new_page()
    for page, photo in ((one, photos[0]), (other, photos[1])):
        page.goto(url)
        choose(page, photo)
    for page, photo in ((one, photos[0]), (other, photos[1])):
        page.reload()
        shows(page, photo.stem)
    one.locator("#remove-photo").click()
    one.wait_for_function(f"async () => (await ({KEPT})()).join() === 'second.png'")
    other.reload()
    shows(other, "second")
    context.close()


def test_what_is_older_than_an_hour_is_not_kept(page: Page, photos: list[Path]) -> None:
    choose(page, photos[0])
    page.evaluate("""async () => {
      const opening = indexedDB.open("colorizer", 1);
      const database = await new Promise((done) => {
        opening.onsuccess = () => done(opening.result);
      });
      const store = database.transaction("photos", "readwrite").objectStore("photos");
      const { photo } = history.state.colorizer;
      const old = photo - 3_700_000;
      store.put(new File(["x"], "old.png"), old);
      store.delete(photo);
      await new Promise((done) => { store.transaction.oncomplete = done; });
      database.close();
      const state = { ...history.state.colorizer, photo: old };
      history.replaceState({ ...history.state, colorizer: state }, "");
    }""")
    page.reload()
    shows(page, "rocket")
    assert "old.png" not in page.evaluate(KEPT)


def test_a_link_brings_an_example_and_says_what_it_leaves_out(tab, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#intake [data-example=chelsea]").click()
    shows(page, "chelsea")
    page.wait_for_function("location.search.includes('photo=chelsea')")
    page.locator(".copy-link:visible").click()
    expect(page.locator(".copy-link.copied")).to_be_visible()
    expect(page.locator(".link-note")).to_have_count(0)
    give(page, 0.3, 0.4)
    made_with(page, "1 colour by hand")
    page.locator(".copy-link:visible").click()
    expect(page.locator(".link-note")).to_contain_text("colours by hand are not in it")
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    shows(page, "chelsea")


def test_a_link_does_not_bring_a_photo_of_ones_own(page: Page, photos: list[Path]) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    choose(page, photos[0])
    page.locator(".copy-link:visible").click()
    expect(page.locator(".link-note")).to_contain_text("your photo and its colours")
