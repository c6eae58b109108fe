"""Fixtures for all tests."""

import os

# The pictures are tiny: threads would mostly wait for each other, and for long on a busy machine.
# Set before torch is imported, and for the processes that tests start.
os.environ["OMP_NUM_THREADS"] = "1"

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from programs import BROWSER, download_once, launch_browser, skip_or_fail, summary
from skimage import data

COLOUR_PHOTOS = ["astronaut", "chelsea", "coffee", "rocket"]


@pytest.fixture(params=COLOUR_PHOTOS)
def skimage_photo(request):
    """(H, W, 3) uint8: each of the colour photographs that come with scikit-image."""
    return getattr(data, request.param)()


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
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One for all tests of a process: Playwright starts but once in each."""
    expect.set_options(timeout=90_000)  # a loaded machine is slow, not wrong
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # of all processes of this run
    with sync_playwright() as playwright:
        browser = launch_browser(playwright.chromium, partial(download_once, shared))
        if browser is None:
            skip_or_fail(BROWSER)
        yield browser
        browser.close()
