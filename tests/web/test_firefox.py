"""The page in Firefox, opened from the disk without a network: the journey of a visitor."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from firefox import SECONDS, Firefox, find_firefox
from PIL import Image
from shipped import CHECKPOINTS

from colorizer import Colorizer

READY = "!document.getElementById('download').disabled && /{}/.test(said.textContent)"
CONNECT = """
    const done = arguments[0];
    addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
    fetch("http://127.0.0.1:9/").then(() => done("connected"), () => 0);
"""


@pytest.fixture
def firefox(tmp_path: Path) -> Iterator[Firefox]:
    program = find_firefox()
    if program is None:
        pytest.skip("no Firefox is installed; on Debian, run `apt-get install firefox-esr`")
    profile = tmp_path / "profile"
    profile.mkdir()
    with Firefox(program, profile) as browser:
        yield browser


def downloaded(path: Path) -> Image.Image:
    until = time.monotonic() + SECONDS
    while (
        not path.exists() or not path.stat().st_size or path.with_name(f"{path.name}.part").exists()
    ):
        assert time.monotonic() < until, "nothing was downloaded"
        time.sleep(0.1)
    image = Image.open(path)
    image.load()
    return image


def test_a_visitor_s_journey(firefox: Firefox, file: str, photo: Path, tmp_path: Path) -> None:
    firefox.open(file)
    firefox.give("#file", str(photo))
    firefox.wait(READY.format("transfer"))
    firefox.click("#download")
    image = downloaded(tmp_path / "profile" / "my coffee-colorized.png")
    key = next(key for key in CHECKPOINTS if key[0] == "transfer")
    expected = Colorizer.from_checkpoint(CHECKPOINTS[key]).colorize(photo)
    off = np.abs(np.asarray(image.convert("RGB")).astype(int) - expected.rgb)
    assert off.max() <= 3
    assert (off.max(-1) <= 1).mean() >= 0.99
    assert image.info["Description"] == expected.note
    firefox.click("#cross")
    firefox.wait("document.getElementById('chips').open")
    firefox.click("#chip-list button")
    firefox.wait(READY.format("1 colour by hand"))
    firefox.run("variant.value = 1; variant.dispatchEvent(new Event('input'))")
    firefox.wait(READY.format("batchnorm, epoch 25, 1 colour by hand"))
    assert firefox.send("WebDriver:ExecuteAsyncScript", script=CONNECT, args=[]) == "connect-src"
