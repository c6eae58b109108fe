"""Fixtures for all tests."""

import os

# The pictures are tiny: threads would mostly wait for each other, and for long on a busy machine.
# Set before torch is imported, and for the processes that tests start.
os.environ["OMP_NUM_THREADS"] = "1"

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pillow_heif
import pytest
from filelock import FileLock
from playwright.sync_api import Browser, expect, sync_playwright
from programs import BROWSER, download_once, launch_browser, skip_or_fail, summary
from skimage import data

if TYPE_CHECKING:
    from onnx import ModelProto

pillow_heif.register_heif_opener()  # so that tests can write HEIC

COLOUR_PHOTOS = ["astronaut", "chelsea", "coffee", "rocket"]


@pytest.fixture(params=COLOUR_PHOTOS)
def skimage_photo(request):
    """(H, W, 3) uint8: each of the colour photographs that come with scikit-image."""
    return getattr(data, request.param)()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a browser's test fail three times before it counts; the summary names each failure.

    On a machine with more to do than it can, one of some four hundred journeys may lose a race
    against the browser itself.
    """
    for item in items:
        if {"browser", "firefox"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter):
    """Say at the end of the run what was skipped for want of a browser or Node.js."""
    yield  # pytest's own summary, which can be long
    skipped = terminalreporter.stats.get("skipped", [])
    for line in summary(report.longrepr[2] for report in skipped):
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Everything that asks the Hub in this test asks this stand-in."""
    from hub_stand_in import pretended_hub

    with pretended_hub(tmp_path / "cache", monkeypatch) as stand_in:
        yield stand_in


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all processes of this run."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def exported(run_folder: Path) -> Callable[[Path], "ModelProto"]:
    """`onnx_model` of a shipped checkpoint, which takes long, once for all processes."""
    import onnx

    from colorizer.onnx_model import write_onnx

    def export(checkpoint: Path) -> "ModelProto":
        path = run_folder / f"{checkpoint.parent.name}-{checkpoint.stem}.onnx"
        with FileLock(path.with_suffix(".lock")):
            return onnx.load(path) if path.exists() else write_onnx(checkpoint, path)

    return export


@pytest.fixture(scope="session")
def browser(run_folder: Path) -> Iterator[Browser]:
    """One for all tests of a process: Playwright starts but once in each."""
    expect.set_options(timeout=90_000)  # a loaded machine is slow, not wrong
    with sync_playwright() as playwright:
        browser = launch_browser(playwright.chromium, partial(download_once, run_folder))
        if browser is None:
            skip_or_fail(BROWSER)
        yield browser
        browser.close()
