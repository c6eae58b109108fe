"""The page in headless Chromium against Python on the same cores: a 12-megapixel photo.

Seconds from the photo's file to its picture in colour, and the memory of the browser's processes.

python -m benchmarks.browser PAGE.html
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import skimage.data
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from colorizer import Colorizer
from colorizer.checkpoint import list_checkpoints, look_up
from colorizer.hub import LOCAL

SIZE = 4000, 3000
ROUNDS = 5


def main() -> None:
    page_file = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        photo = Path(folder) / "photo.jpg"
        Image.fromarray(skimage.data.chelsea()).resize(SIZE).save(photo, quality=90)
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_context(offline=True, locale="en-GB").new_page()
        page.goto(page_file.as_uri())
        colorizer = Colorizer.from_checkpoint(look_up(list_checkpoints(LOCAL)))
        seconds: dict[str, list[float]] = {"page": [], "Python": []}
        for turn in range(ROUNDS + 1):
            for name, took in (
                ("page", in_page(page, photo)),
                ("Python", in_python(colorizer, photo)),
            ):
                if turn:
                    seconds[name].append(took)
        medians = {name: statistics.median(values) for name, values in seconds.items()}
        print("| | seconds |")
        print("| --- | ---: |")
        for name, value in medians.items():
            print(f"| {name} | {value:.2f} |")
        print(f"| page / Python | {medians['page'] / medians['Python']:.2f} x |")
        print(f"\nMemory of the browser: {memory() / 1e6:,.0f} MB.")
        chromium.close()


def in_page(page: Page, photo: Path) -> float:
    started = time.perf_counter()
    page.set_input_files("#file", photo)
    expect(page.locator("body.busy")).to_have_count(1, timeout=60_000)
    expect(page.locator("#download")).to_be_enabled(timeout=60_000)
    return time.perf_counter() - started


def in_python(colorizer: Colorizer, photo: Path) -> float:
    started = time.perf_counter()
    colorizer.colorize(photo)
    return time.perf_counter() - started


def memory() -> int:
    """Bytes of the processes that this one started, of what they share their part. Linux only."""
    ours, total = {os.getpid()}, 0
    for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        with suppress(OSError):  # it may end meanwhile
            # Its name, in brackets, may hold spaces.
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent in ours:
                ours.add(int(folder.name))
                rollup = (folder / "smaps_rollup").read_text()
                total += 1024 * int(rollup.split("Pss:")[1].split()[0])
    return total


if __name__ == "__main__":
    main()
