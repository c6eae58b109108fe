"""What becomes of files that visitors bring: several at once, too large, lost, of another kind."""

import base64
import io
import time
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
    page.goto(url)
    settled(page)
    yield page
    page.close()


def newest_upload() -> Path:
    files = [path for path in upload_folder().rglob("*.png") if "colorizer" not in path.parts]
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


def test_a_folder_is_opened(page: Page) -> None:
    """Chromium makes no folders for scripts: these entries answer as its own do."""
    page.evaluate(
        """([files]) => {
          const entry = ([name, , data], path) => ({
            name, fullPath: path + name, isFile: true, isDirectory: false,
            file: (done) => done(new File(
              [Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name, {type: "image/png"})),
          });
          const inside = files.map((file) => entry(file, "/album/"));
          let left = [inside, []];
          const folder = {
            name: "album", fullPath: "/album", isFile: false, isDirectory: true,
            createReader: () => ({ readEntries: (done) => done(left.shift()) }),
          };
          const event = new Event("drop", {bubbles: true, cancelable: true});
          event.dataTransfer = {
            files: [new File([], "album")], types: ["Files"],
            items: [{ webkitGetAsEntry: () => folder }],
          };
          document.querySelector("#photo").dispatchEvent(event);
        }""",
        [[png("one.png", 21), png("two.png", 22)]],
    )
    settled(page)
    expect(page.locator("#many .offer")).to_contain_text("2")
    expect(page.locator("#arrival .problem")).to_have_count(0)


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
    """An app whose hour takes twenty seconds, with a look for older files every two."""
    monkeypatch.setattr(interface.page, "KEEP", 20)
    monkeypatch.setattr(interface.page, "SWEEP", 2)
    demo = app.build_demo(checkpoints)
    _, address, _ = demo.launch(**app.LAUNCH, prevent_thread_lock=True, quiet=True)
    yield address
    demo.close()


def test_an_app_that_runs_for_hours_keeps_its_examples(browser: Browser, short_hour: str) -> None:
    page = browser.new_page()
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
    page.get_by_role("tab").nth(1).click()
    expect(page.locator("#grid img").first).to_be_visible()
    page.get_by_role("tab").nth(0).click()
    time.sleep(26)  # several sweeps, and everything is older than the hour
    assert all(path.exists() for path in EXAMPLES)
    through_all()
    page.evaluate(DROP_MANY, [png("mine again.png", 34)])
    settled(page)
    page.locator("#epoch input[type=range]").press("Home")  # in the middle of its hour
    settled(page)
    page.close()
    again = browser.new_page()
    again.goto(short_hour)
    settled(again)
    again.close()
