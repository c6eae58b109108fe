"""README.md and requirements.txt say what a Gradio Space needs to start."""

import importlib
import re
import sys
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from helpers import colourful
from PIL import Image

from colorizer.hub import LOCAL

ROOT = Path(__file__).parent.parent
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


def front_matter() -> dict:
    match = re.match(r"---\n(.+?)\n---\n\n# ", (ROOT / "README.md").read_text(), re.DOTALL)
    assert match, "README.md starts with no front matter"
    return yaml.safe_load(match[1])


def test_the_front_matter_is_one_a_space_accepts() -> None:
    data = front_matter()
    assert data["title"] == "Colorizer"
    assert data["sdk"] == "gradio"
    assert data["license"] == "mit"
    assert {data["colorFrom"], data["colorTo"]} <= COLOURS
    assert len(data["emoji"].encode("utf-16-le")) in (2, 4)
    assert 0 < len(data["short_description"]) <= 60
    assert all(re.fullmatch("[a-z0-9-]+", tag) for tag in data["tags"])


def test_the_app_file_is_the_app() -> None:
    source = (ROOT / front_matter()["app_file"]).read_text()
    assert re.search(r'__name__ == "__main__":.+build_demo\(.*\)\.launch\(', source, re.DOTALL)


def test_gradio_is_the_same_everywhere() -> None:
    pinned = re.search(
        r"^gradio(?:\[\w+\])?==(\d+\.\d+\.\d+)\b", (ROOT / "requirements.txt").read_text(), re.M
    )
    assert pinned, "requirements.txt pins no full version of gradio"
    assert front_matter()["sdk_version"] == pinned[1] == version("gradio")
    assert f"gradio[mcp]=={pinned[1]}" in (ROOT / "requirements-mcp.txt").read_text()


def test_python_is_one_the_project_is_tested_on() -> None:
    python = front_matter()["python_version"]
    assert isinstance(python, str), "3.10 without quotes would be read as 3.1"
    assert python == "3.12"
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "tests.yml").read_text())
    assert python in workflow["jobs"]["tests"]["strategy"]["matrix"]["python"]


def test_the_actions_of_the_workflow_are_pinned() -> None:
    workflow = (ROOT / ".github" / "workflows" / "tests.yml").read_text()
    used = re.findall(r"uses: (\S+)", workflow)
    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action in used)


def test_zero_gpu_is_used_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls = []

    def gpu(function):
        return lambda *args: calls.append(function.__name__) or function(*args)

    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=gpu))
    for name in [name for name in sys.modules if name.startswith("interface")]:
        monkeypatch.delitem(sys.modules, name)
    engine = importlib.import_module("interface.engine.engine")

    photo = tmp_path / "photo.png"
    Image.fromarray(colourful(1, 48)).save(photo)
    shown = engine.Engine(LOCAL, tmp_path / "pictures")
    variant = shown.checkpoints.variants[0]
    settings = engine.Settings(variant, shown.checkpoints.epochs(variant)[0])
    for _ in range(2):
        shown.colorize(engine.Subject(photo, "photo.png"), settings)
    assert calls == ["network_output"]
