"""What becomes of files that visitors bring: several at once, too large, lost, of another kind."""

import base64
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from visitor import Visitor

import app
import interface.page
from interface.examples import EXAMPLES
from interface.gradio_internals import upload_folder

DROP_MANY = """
(files) => {
  const transfer = new DataTransfer();
  for (const [name, size, data] of files) {
    const bytes = data ? Uint8Array.from(atob(data), (c) => c.charCodeAt(0)) : new Uint8Array(size);
    transfer.items.add(new File([bytes], name, {type: "image/png"}));
  }
  document.querySelector("#photo").dispatchEvent(
    new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: transfer}));
}
"""
LARGE = ("large.png", 101_000_000, "")


def png(name: str, seed: int = 0) -> tuple[str, int, str]:
    buffer = io.BytesIO()
    Image.fromarray(skimage.data.coffee()[seed : seed + 90, :120]).save(buffer, "PNG")
    return name, 0, base64.b64encode(buffer.getvalue()).decode()


def settled(page: Page) -> None:
    page.wait_for_function(
        "() => !document.querySelector('#photo')?.dataset.arriving"
        " && !document.querySelector('#colorized')?.hasAttribute('data-stale')"
        " && document.querySelector('#photo img')?.naturalWidth > 0"
        " && document.querySelector('#colorized img')?.naturalWidth > 0"
    )


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    page = browser.new_page()
    page.set_default_timeout(90_000)
    page.goto(url)
    settled(page)
    yield page
    page.close()


def newest_upload() -> Path:
    made = upload_folder() / "colorizer"
    files = [path for path in upload_folder().rglob("*.png") if not path.is_relative_to(made)]
    return max(files, key=lambda path: path.stat().st_mtime_ns)


def test_a_photo_that_the_server_lost_is_sent_again(page: Page) -> None:
    page.evaluate(DROP_MANY, [png("mine.png")])
    settled(page)
    lost = newest_upload()
    lost.unlink()
    page.locator("#epoch input[type=range]").press("Home")
    expect(page.locator("#caption .answer")).to_contain_text("epoch 1 ")
    settled(page)
    assert lost.exists()  # Gradio names uploads after their content
    expect(page.locator("#caption .problem")).to_have_count(0)


def test_a_photo_that_cannot_be_sent_again_is_a_sentence_that_is_seen(page: Page) -> None:
    page.evaluate(DROP_MANY, [png("mine.png", 5)])
    settled(page)
    page.route("**/gradio_api/upload**", lambda route: route.abort())
    newest_upload().unlink()
    page.locator("#epoch input[type=range]").press("Home")
    expect(page.locator("#caption .problem .answer")).to_be_visible()
    expect(page.locator("#caption .problem .answer")).to_contain_text("no longer here")
    expect(page.locator("#caption .making")).to_have_text("")
    page.get_by_role("tab").nth(1).click()
    expect(page.locator("#progress .problem .answer")).to_contain_text("no longer here")
    expect(page.locator("#progress .making")).to_have_text("")
    page.unroute("**/gradio_api/upload**")
    page.locator("#intake [data-example=chelsea]").click()
    page.get_by_role("tab").nth(0).click()
    settled(page)


def test_a_complaint_goes_with_the_next_good_file(page: Page) -> None:
    page.evaluate(DROP_MANY, [LARGE])
    expect(page.locator("#arrival .problem")).to_contain_text("101 MB")
    page.evaluate(DROP_MANY, [png("good.png", 9)])
    settled(page)
    expect(page.locator("#arrival")).not_to_contain_text("MB")
    page.evaluate(DROP_MANY, [LARGE])
    expect(page.locator("#arrival .problem")).to_contain_text("101 MB")
    page.locator("#intake [data-example=rocket]").click()
    settled(page)
    expect(page.locator("#arrival")).not_to_contain_text("MB")


@pytest.mark.parametrize("place", [0, 2])
def test_each_of_several_files_is_done_or_named(page: Page, place: int) -> None:
    files = [png("one.png", 1), png("two.png", 2)]
    files.insert(place, LARGE)
    page.evaluate(DROP_MANY, files)
    settled(page)
    expect(page.locator("#arrival")).to_contain_text("large.png")
    page.locator("#many .offer").click()
    expect(page.locator("#many a[download]")).to_be_visible()
    expect(page.locator("#many")).to_contain_text("2 of 3")
    expect(page.locator("#many li")).to_contain_text("large.png")
    expect(page.locator("#many li")).to_contain_text("101 MB")


def test_a_file_that_cannot_be_sent_does_not_stop_the_others(page: Page) -> None:
    page.evaluate(DROP_MANY, [png("one.png", 11), png("two.png", 12), png("three.png", 13)])
    settled(page)
    calls = []

    def fail_second(route) -> None:
        calls.append(route)
        route.abort() if len(calls) == 2 else route.continue_()

    page.route("**/gradio_api/upload**", fail_second)
    page.locator("#many .offer").click()
    expect(page.locator("#many")).to_contain_text("2 of 3")
    expect(page.locator("#many li")).to_contain_text("two.png")


# Chromium makes no folders for scripts: these entries answer as its own do, two at a time. A folder
# is an object, a file its content in base 64 or null for one that cannot be opened.
DROP_FOLDERS = """
(dropped) => {
  const bytes = (content) => Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
  const made = (name, content) => new File(
    [bytes(content)], name, {type: name.endsWith(".png") ? "image/png" : ""});
  const entry = ([name, content]) => (typeof content === "string" || content === null ? {
    name, isFile: true, isDirectory: false,
    file: (done, fail) => content === null ? fail(new Error()) : done(made(name, content)),
  } : {
    name, isFile: false, isDirectory: true,
    createReader() {
      const left = Object.entries(content).map(entry);
      return { readEntries: (done) => done(left.splice(0, 2)) };
    },
  });
  const event = new Event("drop", {bubbles: true, cancelable: true});
  event.dataTransfer = {
    files: Object.keys(dropped).map((name) => new File([], name)), types: ["Files"],
    items: Object.entries(dropped).map((each) => ({ webkitGetAsEntry: () => entry(each) })),
  };
  document.querySelector("#photo").dispatchEvent(event);
}
"""


def test_each_file_of_a_folder_is_done_or_named(page: Page, tmp_path: Path) -> None:
    one, two = png("", 21)[2], png("", 22)[2]
    words = base64.b64encode(b"words").decode()
    album = {
        **{f"list-{number}.txt": words for number in range(4)},
        "no suffix": one,
        "holiday.png": one,
        ".hidden": words,
        "locked.png": None,
        "@eaDir": {"thumbnail.png": one},
        "more": {"holiday.png": two, "again": {"damaged.png": words}},
    }
    page.evaluate(DROP_FOLDERS, {"@album": album, "notes.txt": words})
    settled(page)
    expect(page.locator("#complaint")).to_contain_text("locked.png: This file cannot be opened")
    expect(page.locator("#complaint")).to_contain_text("Left out (5)")
    expect(page.locator("#complaint")).to_contain_text("list-0.txt, list-1.txt, list-2.txt, …")
    page.locator("#many .offer").click()
    expect(page.locator("#many")).to_contain_text("3 of 5")
    for name in ("notes.txt", "damaged.png"):
        expect(page.locator("#many ul")).to_contain_text(f"{name}: This file is not a picture")
    with page.expect_download() as download:
        page.locator("#many a[download]").click()
    download.value.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert sorted(archive.namelist()) == ["holiday-2.png", "holiday.png", "no suffix.png"]


def test_a_folder_without_pictures_says_so(page: Page) -> None:
    before = page.locator("#photo img").get_attribute("src")
    page.evaluate(DROP_FOLDERS, {"album": {"notes.txt": base64.b64encode(b"words").decode()}})
    expect(page.locator("#complaint")).to_contain_text("There is no picture in this folder.")
    expect(page.locator("#complaint")).to_contain_text("Left out (1)")
    expect(page.locator("#complaint")).to_contain_text("notes.txt")
    assert page.locator("#photo img").get_attribute("src") == before


def test_photos_of_one_name_that_fail_are_each_named(page: Page) -> None:
    words = base64.b64encode(b"words").decode()
    page.evaluate(DROP_MANY, [png("one.png", 23), ("bad.png", 0, words), ("bad.png", 0, words)])
    settled(page)
    page.locator("#many .offer").click()
    expect(page.locator("#many")).to_contain_text("1 of 3")
    sentence = "This file is not a picture that can be read; try a JPEG, PNG, WebP or TIFF."
    expect(page.locator("#many li")).to_have_text([f"bad.png: {sentence}"] * 2)


def test_the_limit_is_said_before_anything_is_sent(page: Page) -> None:
    page.evaluate(DROP_MANY, [png(f"{i}.png", i) for i in range(101)])
    expect(page.locator("#many .problem")).to_contain_text("101")
    expect(page.locator("#many .problem")).to_contain_text("100")
    expect(page.locator("#many .offer")).to_have_count(0)


@pytest.mark.parametrize(("kind", "name"), [("TIFF", "a.jpg"), ("PPM", "b.jpg"), ("PNG", "c.tif")])
def test_what_a_browser_can_show_is_told_by_content(page: Page, kind: str, name: str) -> None:
    buffer = io.BytesIO()
    Image.fromarray(skimage.data.coffee()[40:130, :120]).save(buffer, kind)
    page.evaluate(DROP_MANY, [(name, 0, base64.b64encode(buffer.getvalue()).decode())])
    settled(page)
    assert page.evaluate("document.querySelector('#photo img').naturalWidth") == 120
    expect(page.locator("#arrival .problem")).to_have_count(0)


def test_pages_that_are_not_shown_are_counted(page: Page) -> None:
    buffer = io.BytesIO()
    pages = [Image.fromarray(skimage.data.coffee()[top : top + 90, :120]) for top in (0, 90, 180)]
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:])
    page.evaluate(DROP_MANY, [("album.tif", 0, base64.b64encode(buffer.getvalue()).decode())])
    settled(page)
    expect(page.locator("#arrival")).to_contain_text("The first of this file’s 3 pages")


def test_a_grey_photo_has_no_ratio(url: str) -> None:
    visitor = Visitor(url)
    buffer = io.BytesIO()
    Image.fromarray(skimage.data.camera()[:90, :120]).save(buffer, "PNG")
    photo = visitor.upload(buffer.getvalue())
    answer = visitor.ask("colorize", photo, ["baseline", 1, 1, 1.0])
    assert answer["data"][2]["ratio"] is None
    assert answer["data"][2]["original_is_grey"]


@pytest.fixture
def short_hour(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An app whose hour takes ten seconds, with a look for older files every one."""
    monkeypatch.setattr(interface.page, "KEEP", 10)
    monkeypatch.setattr(interface.page, "SWEEP", 1)
    demo = app.build_demo(checkpoints)
    _, address, _ = demo.launch(**app.LAUNCH, prevent_thread_lock=True, quiet=True)
    yield address
    demo.close()


def test_an_app_that_runs_for_hours_keeps_its_examples(browser: Browser, short_hour: str) -> None:
    page = browser.new_page()
    page.set_default_timeout(90_000)
    page.goto(short_hour)
    settled(page)

    def through_all() -> None:
        for name in [path.stem for path in EXAMPLES]:
            page.locator(f"#intake [data-example={name}]").click()
            page.wait_for_function(
                f"() => document.querySelector('#photo img')?.src.includes('{name}')"
            )
            settled(page)

    through_all()
    page.evaluate(DROP_MANY, [png("mine.png", 33)])
    settled(page)
    mine = newest_upload()
    page.get_by_role("tab").nth(1).click()
    expect(page.locator("#grid img").first).to_be_visible()
    page.get_by_role("tab").nth(0).click()
    for _ in range(600):  # a minute
        if not mine.exists():  # nor anything that came before it
            break
        page.wait_for_timeout(100)
    assert not mine.exists()
    assert all(path.exists() for path in EXAMPLES)
    through_all()
    page.evaluate(DROP_MANY, [png("mine again.png", 34)])
    settled(page)
    page.locator("#epoch input[type=range]").press("Home")  # in the middle of its hour
    settled(page)
    page.close()
    again = browser.new_page()
    again.set_default_timeout(90_000)
    again.goto(short_hour)
    settled(again)
    again.close()
