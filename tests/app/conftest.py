"""A running app on untrained networks: every variant and epoch paints differently."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import Browser, Error, Page, expect

import app
from colorizer.checkpoint import CheckpointInfo, file_name, save_checkpoint
from colorizer.network import STORY, VARIANTS, build_network
from interface.examples import EXAMPLES

EPOCHS = [1, 2, 10]
PATIENCE = 90_000  # ms; a loaded machine is slow, not wrong


@pytest.fixture(scope="session", autouse=True)
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where Gradio keeps what visitors send: an app that ends clears it, and others may run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        # It gives a server three seconds to answer, and a launch that fails fails every test.
        patch.setattr("gradio.networking.url_ok", lambda _: True)
        # The page opens with a photo of which it shows all three pictures.
        patch.setattr("interface.page.EXAMPLES", EXAMPLES[::-1])
        yield


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoints")
    bins = ((-40, 0), (0, 0), (40, 40), (0, -40))
    shapes = {**STORY, "rebalanced": replace(VARIANTS["rebalanced"], bins=bins)}
    for place, (variant, settings) in enumerate(shapes.items()):
        tiny = replace(settings, widths=(4, 8))
        (folder / variant).mkdir()
        for epoch in EPOCHS:
            network = build_network(tiny, seed=100 * place + epoch)
            metrics = {"val_loss": 1 / epoch, "colourfulness_ratio": 0.5 - 0.01 * epoch}
            info = CheckpointInfo(variant, epoch, 32, tiny, metrics)
            save_checkpoint(folder / variant / file_name(epoch), network, info)
    return folder


@pytest.fixture(scope="session")
def url(checkpoints: Path) -> Iterator[str]:
    demo = app.build_demo(checkpoints)
    _, address, _ = demo.launch(**app.LAUNCH, prevent_thread_lock=True, quiet=True)
    yield address
    demo.close()


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "my coffee.png"
    Image.fromarray(skimage.data.coffee()).save(path)
    return path


@pytest.fixture(scope="session")
def kept(browser: Browser) -> Iterator[dict[str, Page]]:
    """The tabs that `tab` hands out, by what they are."""
    tabs: dict[str, Page] = {}
    yield tabs
    for page in tabs.values():
        page.close()


@pytest.fixture
def tab(browser: Browser, kept: dict[str, Page]) -> Iterator[Callable[..., Page]]:
    """Gives a blank tab, as if new; a script error on it fails the test.

    It is one of an earlier test where there is one of that language and screen: a new one has to
    read and compile all of Gradio's scripts again, which takes Chromium as long as the page itself.
    What a test adds to it stays (init scripts, listeners), but for routes and permissions.
    """
    errors: list[str] = []
    used: dict[str, Page] = {}

    def note(error: Error) -> None:
        errors.append(str(error))

    def give(width: int = 1366, height: int = 768, locale: str = "en-GB", **more: Any) -> Page:
        kind = f"{locale} {more}"
        if kind not in kept or kept[kind].is_closed():
            kept[kind] = browser.new_page(locale=locale, **more)
            kept[kind].set_default_timeout(PATIENCE)
        page = kept[kind]
        page.set_viewport_size({"width": width, "height": height})
        if kind not in used:
            page.on("pageerror", note)
        used[kind] = page
        return page

    yield give
    for page in used.values():
        page.remove_listener("pageerror", note)
        page.unroute_all(behavior="ignoreErrors")
        page.context.clear_permissions()
        page.emulate_media(color_scheme="light")
        page.mouse.move(0, 0)
        page.goto("about:blank")  # nothing goes on while another test runs
    assert not errors


@pytest.fixture
def page(tab: Callable[..., Page], url: str) -> Page:
    """The page, its first picture made."""
    page = tab()
    page.goto(url)
    expect(page.locator("#colorized img")).to_be_visible()
    return page


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """Starts further apps; they end with the last test, as one that ends clears what all share."""
    started = []

    def start(checkpoints: Path, **changed: Any) -> str:
        """changed: what else than `app.LAUNCH` says."""
        demo = app.build_demo(checkpoints)
        started.append(demo)
        launch = {**app.LAUNCH, **changed}
        return demo.launch(**launch, prevent_thread_lock=True, quiet=True)[1]

    yield start
    for demo in started:
        demo.close()
