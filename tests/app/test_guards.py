"""What visitors with ill intent or broken photos get, at every event of the page, public or not."""

import json
import os
import re
import struct
import threading
import uuid
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from gradio.utils import get_upload_folder
from helpers import assert_one_sentence, colourful
from PIL import Image
from playwright.sync_api import Request, expect
from test_history import KEPT
from visitor import META, Visitor, settings, small_photo

import app
from colorizer import Photo
from interface.engine.errors import UserError
from interface.engine.files import KEEP
from interface.widgets.uploads import read_upload

GONE = "This photo is no longer here; drop it on the page again."


@pytest.fixture
def visitor(url: str) -> Visitor:
    return Visitor(url)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The photos that the app decodes, from now on."""
    paths: list[Path] = []
    original = Photo.open.__func__  # type: ignore[attr-defined]

    def noted(cls, source, **limits):
        paths.append(Path(source))
        return original(cls, source, **limits)

    monkeypatch.setattr(Photo, "open", classmethod(noted))
    return paths


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A picture on the server's disk that no visitor uploaded."""
    Image.fromarray(colourful(7, 40)).save(tmp_path / "private.png")
    return tmp_path / "private.png"


@pytest.fixture
def link(private: Path) -> Iterator[Path]:
    """A way out of the upload folder."""
    path = Path(get_upload_folder()) / f"{uuid.uuid4().hex}.png"
    path.symlink_to(private)
    yield path
    path.unlink()


def png(width: int, height: int) -> bytes:
    """A few bytes whose header claims that size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rest = chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + rest


def test_no_event_reads_a_picture_of_the_server(
    visitor: Visitor, photo: Path, private: Path, link: Path, opened: list[Path]
) -> None:
    good = visitor.upload(photo.read_bytes())
    # A session in which every event has something to do: cells, two picks, samples.
    for event in ("draw", "sample"):
        assert "error" not in visitor.ask(event, good)
    assert {path.name for path in opened} == {"photo.png"}  # what is read is seen
    opened.clear()

    upwards = os.path.relpath(private, get_upload_folder())
    payloads: list[Any] = [
        {"path": str(private)},
        {"path": str(private), "meta": META},
        {"path": str(link)},
        {"path": str(link), "meta": META},
        {"path": f"{get_upload_folder()}/{upwards}"},
        {"url": f"file://{private}"},
        {"path": good["path"] + "\0.png"},
        str(private),
    ]
    events = [event for event in visitor.events if visitor.takes_photo(event)]
    assert {"refresh", "colorize", "draw", "roll", "compare", "sample", "look"} <= set(events)
    assert {"paint_story", "choose_cell", "choose_spot"} <= set(events)
    for event in events:
        for payload in payloads:
            answer = json.dumps(visitor.ask(event, payload, settings(event)))
            assert "Traceback" not in answer, (event, payload)
            assert str(private) not in answer, (event, payload)
    assert opened == []
    assert "error" not in visitor.ask("colorize", good, settings("colorize"))  # and lives on


def test_a_preview_shows_nothing_but_an_uploaded_photo(
    visitor: Visitor, private: Path, link: Path, opened: list[Path]
) -> None:
    good = {"photo": visitor.upload(small_photo())["path"], "variant": "baseline", "epoch": "1"}
    assert visitor.preview({"about": good}).json().startswith("data:image/jpeg;base64,")
    opened.clear()
    strange: list[Any] = [
        None,
        [],
        "",
        {"about": 1},
        {"about": {}},
        *({"about": {**good, "photo": path}} for path in (str(private), str(link), ["x"], "a\0b")),
        {"about": {**good, "variant": ["none"]}},
        {"about": {**good, "epoch": "nan"}},
        {"about": {**good, "samples": 2}},
        {"about": good, "file": "{"},
        {"about": good, "file": 7},
    ]
    for sent in strange:
        answer = visitor.preview(sent)
        assert (answer.status_code, answer.json()) == (200, None), sent
    assert opened == []


@pytest.mark.parametrize(
    "event", ["refresh", "draw", "sample", "colorize", "uncertainty", "paint_story"]
)
def test_a_refusal_is_a_sentence(visitor: Visitor, private: Path, event: str) -> None:
    assert GONE in json.dumps(visitor.ask(event, {"path": str(private)}, settings(event)))


def test_the_guard_itself(private: Path, link: Path, tmp_path: Path) -> None:
    folder = Path(get_upload_folder())
    circle = folder / f"{uuid.uuid4().hex}"
    circle.symlink_to(circle)
    try:
        for path in (str(private), str(link), str(circle), str(folder), "", "a\0b", "x" * 9999):
            with pytest.raises(UserError, match="drop it on the page again"):
                read_upload({"path": path})
    finally:
        circle.unlink()
    inside = folder / f"{uuid.uuid4().hex}.png"
    inside.write_bytes(private.read_bytes())
    subject = read_upload({"path": str(inside), "orig_name": "mine.png"})
    assert (subject.path, subject.name) == (inside.resolve(), "mine.png")
    inside.unlink()


def test_the_file_route_gives_nothing_else_away(
    visitor: Visitor, checkpoints: Path, private: Path, link: Path
) -> None:
    photo = visitor.upload(private.read_bytes())
    assert visitor.http.get(f"/gradio_api/file={photo['path']}").status_code == 200
    for path in (private, link, Path(app.__file__), next(checkpoints.rglob("*.safetensors"))):
        assert visitor.http.get(f"/gradio_api/file={path}").status_code in (403, 404), path


def test_the_server_asks_no_other_server_for_a_photo(visitor: Visitor, opened: list[Path]) -> None:
    asked: list[str] = []

    class Inside(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with HTTPServer(("127.0.0.1", 0), Inside) as inside:
        threading.Thread(target=inside.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{inside.server_port}/photo.png"
        for payload in ({"url": address}, {"path": address}, {"path": address, "meta": META}):
            answer = visitor.ask("colorize", payload, settings("colorize"))
            assert "data" not in answer
        inside.shutdown()
    assert (asked, opened) == ([], [])


@pytest.mark.parametrize("event", ["refresh", "draw", "sample", "uncertainty"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is not a picture"),
        (png(10_000, 10_000), "This picture has 100 megapixels; shrink it below 64."),
        (png(50_000, 50_000), "This picture is too large; shrink it below 64 megapixels."),
        (png(64, 64), "This picture is damaged"),
    ],
    ids=["empty", "large", "huge", "cut short"],
)
def test_a_broken_photo_gets_its_sentence(
    visitor: Visitor, event: str, content: bytes, words: str
) -> None:
    answer = visitor.ask(event, visitor.upload(content), settings(event))
    texts = [answer["error"]] if "error" in answer else answer["data"]
    (said,) = [text for text in texts if isinstance(text, str) and words in text]
    said = re.sub("<[^>]*>", "", said)
    assert_one_sentence(said)
    for developers_word in ("Traceback", "Error", "Exception"):
        assert developers_word not in json.dumps(answer.get("data", said))
    good = visitor.upload(small_photo())
    assert "error" not in visitor.ask(event, good, settings(event))


def test_a_full_queue_says_so(visitor: Visitor, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reached, go_on = threading.Event(), threading.Event()
    original = Photo.open.__func__  # type: ignore[attr-defined]

    def halting(cls, source, **limits):
        reached.set()
        go_on.wait(90)
        return original(cls, source, **limits)

    monkeypatch.setattr(Photo, "open", classmethod(halting))
    visitor.join("colorize", visitor.upload(small_photo(), "first.png"), settings("colorize"))
    assert reached.wait(90)
    other = Visitor(url)
    joins = [other.join("colorize", {"path": "none"}, settings("colorize")) for _ in range(40)]
    go_on.set()
    refused = [answer for answer in joins if answer.status_code == 503]
    assert 7 <= len(refused) <= 9  # the queue holds 32; one or two may have left it for a worker
    assert all("Queue is full" in answer.json()["detail"] for answer in refused)
    assert "data" in visitor.wait()
    last = Visitor(url)
    while (answer := last.join("colorize", {"path": "none"}, settings("colorize"))).is_error:
        assert answer.status_code == 503
    assert last.wait()["error"] == GONE


def test_nothing_is_shared_kept_or_reported(visitor: Visitor) -> None:
    for off in ("run_history", "analytics_enabled"):
        assert visitor.config[off] is False
    assert visitor.config["show_error"] is False  # the text of an unforeseen error goes to the log
    assert visitor.http.get("/monitoring/summary").is_error
    shown = [part["props"] for part in visitor.components.values() if part["props"].get("visible")]
    assert {"download", "fullscreen"} & {b for props in shown for b in props.get("buttons") or []}
    for props in shown:
        assert "share" not in (props.get("buttons") or [])


@pytest.fixture(scope="module")
def small_limit(checkpoints: Path, serve: Callable[..., str]) -> str:
    """The app, taking files of a megabyte at most."""
    return serve(checkpoints, max_file_size=1_000_000)


def test_photos_are_deleted_after_an_hour(checkpoints: Path) -> None:
    assert app.build_demo(checkpoints).delete_cache == (KEEP, KEEP) == (3600, 3600)


def test_a_large_upload_is_refused_in_words(small_limit: str) -> None:
    size = Visitor(small_limit).http.post(
        "/gradio_api/upload", files={"files": ("large.png", bytes(1_000_001))}
    )
    assert size.status_code == 413
    assert "exceeded maximum allowed size" in size.text
    assert Visitor(small_limit).upload(small_photo())["path"].endswith("photo.png")


BRING = """
([event, size]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(size)], "large.png", {type: "image/png"}));
  const target = document.querySelector("#heading");
  target.dispatchEvent(event === "drop"
    ? new DragEvent(event, {bubbles: true, cancelable: true, dataTransfer: transfer})
    : new ClipboardEvent(event, {bubbles: true, clipboardData: transfer}));
}
"""


def test_the_page_names_a_large_file_and_speaks_to_nobody_else(tab, small_limit: str) -> None:
    page = tab()
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    page.goto(small_limit)
    expect(page.locator("#colorized img")).to_be_visible()
    shown = page.locator("#photo img").get_attribute("src")

    def refused(line: str, size: int) -> None:
        told = page.locator(f"#{line} [role=alert].problem")
        expect(told).to_have_text(
            f"This file is {size} MB and the limit is 1 MB; save it smaller or choose another."
        )

    page.evaluate(BRING, ["drop", 1_000_001])
    refused("arrival", 2)
    page.evaluate(BRING, ["paste", 2_000_001])
    refused("arrival", 3)
    page.get_by_role("tab", name="Epochs").click()
    page.evaluate(BRING, ["drop", 3_000_001])
    refused("arrival", 4)
    page.get_by_role("tab", name="Colorize").click()
    assert page.locator("#photo img").get_attribute("src") == shown
    page.locator("#remove-photo").click()
    file = {"name": "large.png", "mimeType": "image/png", "buffer": bytes(4_000_001)}
    page.locator("#photo-file").set_input_files([file])
    refused("arrival", 5)
    assert not [url for url in asked if "/upload" in url]
    page.locator("#photo-file").set_input_files(
        [{**file, "name": "small.png", "buffer": small_photo()}]
    )
    expect(page.locator("#caption .made .answer")).to_contain_text("epoch")
    page.locator("#remove-photo").click()
    page.wait_for_function(f"async () => (await ({KEPT})()).length === 0")  # of visitors' photos
    page.remove_listener("request", note)
    assert {urlparse(url).hostname for url in asked} == {urlparse(small_limit).hostname}


@pytest.mark.parametrize("event", ["colorize", "uncertainty"])
@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (["dropout", 1, 10**9, 1.0], "samples must be 1 to 64, not 1000000000."),
        (["dropout", 1, 0, 1.0], "samples must be 1 to 64, not 0."),
        (["rebalanced", 1, 1, "nan"], "temperature must be above 0 and at most 1, not nan."),
        (["rebalanced", 1, 1, 0], "temperature must be above 0 and at most 1, not 0."),
        (["dropout", None, 1, 1.0], "epoch, samples, vividness and within must be whole"),
        ([["dropout"], 1, 1, 1.0], "There is no variant"),
    ],
)
def test_settings_off_the_sliders_are_named(
    visitor: Visitor, event: str, chosen: list, words: str
) -> None:
    said = visitor.ask(event, visitor.upload(small_photo()), chosen)["error"]
    assert words in said
    assert_one_sentence(said)


def test_a_film_of_a_photo_that_is_gone_says_so(visitor: Visitor) -> None:
    photo = visitor.upload(small_photo(), "fleeting.png")
    assert "error" not in visitor.ask("draw", photo)
    Path(photo["path"]).unlink()
    assert GONE in visitor.ask("roll", photo)["data"][0]
