"""The work sheet: in every format, complete, and the same bytes for the same call."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from helpers import assert_one_sentence, colourful
from PIL import Image

from colorizer import Colorizer, Hint
from colorizer.worksheet import VERSION, SheetError, properties, read_sheet

ROOT = Path(__file__).parents[1]
CHECKPOINT = ROOT / "assets" / "checkpoints" / "batchnorm" / "epoch-010.safetensors"


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
def test_every_format_tells_how_it_was_made(tmp_path, suffix):
    photo = tmp_path / "photo.png"
    Image.fromarray(colourful(3, 40)).save(photo)
    hint = Hint(10, 12, rgb=(30, 120, 60), radius=2)
    picture = Colorizer.from_checkpoint(CHECKPOINT).colorize(photo, hints=[hint], vividness=80)
    sheet = read_sheet(picture.save(tmp_path / f"result{suffix}", 90))
    assert sheet["version"] == VERSION
    assert sheet["note"] == picture.note
    assert sheet["checkpoint"]["variant"] == "batchnorm"
    assert sheet["checkpoint"]["epoch"] == 10
    assert len(sheet["checkpoint"]["sha256"]) == len(sheet["original"]["sha256"]) == 64
    assert sheet["settings"]["vividness"] == 80
    assert sheet["hints"]["hints"] == [{"x": 10, "y": 12, "rgb": [30, 120, 60], "radius": 2}]
    assert sheet["original"]["width"] == 40
    assert sheet.get("quality") == (90 if suffix in (".jpg", ".webp") else None)


def test_how_sure_a_network_with_bins_is(tmp_path):
    path = sorted((ROOT / "assets" / "checkpoints" / "transfer").glob("*.safetensors"))[-1]
    picture = Colorizer.from_checkpoint(path).colorize(colourful(3, 40))
    certainty = picture.sheet and picture.sheet["certainty"]
    assert certainty
    shares = [certainty[str(radius)] for radius in (5, 10, 20, 40)]
    assert shares == sorted(shares)
    assert shares[-1] > 0


def test_the_same_photo_gives_the_same_bytes_in_another_process(tmp_path):
    photo = tmp_path / "photo.png"
    Image.fromarray(colourful(3, 40)).save(photo)
    lines = (
        "import sys, time; from colorizer import Colorizer; time.sleep(1.1)\n"
        "picture = Colorizer.from_checkpoint(sys.argv[1]).colorize(sys.argv[2])\n"
        "[picture.save(f'{sys.argv[3]}{kind}') for kind in ('.jpg', '.png', '.webp', '.tif')]"
    )
    for name in ("one", "two"):
        subprocess.run(
            [sys.executable, "-c", lines, str(CHECKPOINT), str(photo), str(tmp_path / name)],
            cwd=ROOT,
            check=True,
        )
    for kind in (".jpg", ".png", ".webp", ".tif"):
        first, second = ((tmp_path / f"{name}{kind}").read_bytes() for name in ("one", "two"))
        assert first == second


def test_a_picture_that_is_not_coloured_says_nothing_of_the_kind():
    assert properties("The lightness of the photo.", None, None) == {}


@pytest.mark.parametrize("content", [b"", b"no picture", None])
def test_a_file_without_a_sheet_is_one_sentence(tmp_path, content):
    path = tmp_path / "a.png"
    Image.fromarray(colourful(3, 40)).save(path)
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SheetError) as caught:
        read_sheet(path)
    assert_one_sentence(str(caught.value))


def test_the_version_is_that_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
    assert json.dumps(VERSION)
