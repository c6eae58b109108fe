"""The page, built once from shipped checkpoints, and a browser that is cut off from any network."""

from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import Browser, Page
from shipped import CHECKPOINTS

from colorizer.errors import ExportError
from colorizer.web_page import write_page


class Quiet(SimpleHTTPRequestHandler):
    """A bare static server: files and nothing else, no headers of its own."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def built(
    tmp_path_factory: pytest.TempPathFactory, exported: Callable[[Path], object]
) -> Callable[[str], Path]:
    """Writes the page to a file or folder of this name, once; skips where npm fetches nothing."""
    folder = tmp_path_factory.mktemp("page")
    done: dict[str, Path] = {}

    def build(name: str) -> Path:
        if name not in done:
            try:
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr("colorizer.web_page.onnx_model", exported)
                    write_page(folder / name, list(CHECKPOINTS.values()))
            except ExportError as error:
                if "npm could not fetch" in str(error) or "Node.js" in str(error):
                    pytest.skip(str(error))
                raise
            done[name] = folder / name
        return done[name]

    return build


@pytest.fixture(scope="session")
def file(built: Callable[[str], Path]) -> str:
    """The address of the single file, on the disk."""
    return built("colorizer.html").as_uri()


@pytest.fixture(scope="session")
def host(built: Callable[[str], Path]) -> Iterator[str]:
    """The address of the plain files, on a bare static server."""
    handler = partial(Quiet, directory=str(built("plain")))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "my coffee.png"
    Image.fromarray(skimage.data.coffee()).save(path)
    return path


@pytest.fixture
def opened(browser: Browser, file: str) -> Iterator[Callable[..., Page]]:
    """Opens the single file in a new tab without a network; a script's error fails the test."""
    tabs: list[Page] = []
    errors: list[str] = []

    def open_file(**options: object) -> Page:
        options = {"locale": "en-GB", "viewport": {"width": 1366, "height": 800}, **options}
        page = browser.new_context(offline=True, **options).new_page()  # type: ignore[arg-type]
        page.on("pageerror", lambda error: errors.append(str(error)))
        tabs.append(page)
        page.goto(file)
        return page

    yield open_file
    for page in tabs:
        page.context.close()
    assert errors == []
