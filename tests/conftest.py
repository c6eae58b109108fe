"""Fixtures for all tests."""

import os

# The pictures are tiny: threads would mostly wait for each other, and for long on a busy machine.
# Set before torch is imported, and for the processes that tests start.
os.environ["OMP_NUM_THREADS"] = "1"

import pytest
from programs import summary
from skimage import data

COLOUR_PHOTOS = ["astronaut", "chelsea", "coffee", "rocket"]


@pytest.fixture(params=COLOUR_PHOTOS)
def skimage_photo(request):
    """(H, W, 3) uint8: each of the colour photographs that come with scikit-image."""
    return getattr(data, request.param)()


def pytest_terminal_summary(terminalreporter):
    """Say at the end of the run what was skipped for want of a browser or Node.js."""
    skipped = terminalreporter.stats.get("skipped", [])
    for line in summary(report.longrepr[2] for report in skipped):
        terminalreporter.write_line(line, yellow=True)


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Everything that asks the Hub in this test asks this stand-in."""
    from hub_stand_in import pretended_hub

    with pretended_hub(tmp_path / "cache", monkeypatch) as stand_in:
        yield stand_in
