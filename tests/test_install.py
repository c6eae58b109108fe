"""`pip install .` gives a library and a command that work anywhere; what they need is listed."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from helpers import colourful
from PIL import Image

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """Where a copy of the project is installed, with one of its variants to keep this short."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "colorizer", folder / "colorizer")
    checkpoints = Path("assets") / "checkpoints" / "baseline"
    shutil.copytree(ROOT / checkpoints, folder / checkpoints)
    site = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--no-warn-conflicts"]
    done = subprocess.run(
        [*pip, *offline, "--target", str(site), str(folder)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return site


def _run(site: Path, elsewhere: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    environment.pop("COLORIZER_CHECKPOINTS", None)
    done = subprocess.run(
        [sys.executable, *command], cwd=elsewhere, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_installed_library_is_imported_from_another_folder(site, tmp_path):
    code = "import colorizer; print(colorizer.__file__, colorizer.Colorizer.__name__)"
    assert _run(site, tmp_path, "-c", code).split() == [
        str(site / "colorizer" / "__init__.py"),
        "Colorizer",
    ]


def test_the_installed_command_colours_with_the_checkpoints_that_came_along(site, tmp_path):
    command = str(site / "bin" / "colorizer")
    assert _run(site, tmp_path, command, "--help").startswith("usage: colorizer ")
    Image.fromarray(colourful(0, 40)).save(tmp_path / "photo.png")
    assert "1 coloured" in _run(site, tmp_path, command, "photo.png", "--out", "out")
    with Image.open(tmp_path / "out" / "photo.png") as image:
        assert "baseline" in image.info["Description"]


def test_the_installed_package_needs_what_the_list_says(site):
    (metadata,) = site.glob("colorizer-*.dist-info/METADATA")
    needed = re.findall(r"^Requires-Dist: ([\w.-]+)", metadata.read_text(), re.MULTILINE)
    assert set(needed) == _listed("requirements.txt")


def _listed(name: str) -> set[str]:
    """The packages of a list and of those it includes."""
    found = set()
    for line in (ROOT / name).read_text().splitlines():
        if included := re.match(r"-r (\S+)", line):
            found |= _listed(included[1])
        elif package := re.match(r"[\w.-]+", line):
            found.add(package[0].lower())
    return found


def _imported(tree: ast.AST) -> Iterator[str]:
    """The top names of all imports but those that may fail."""
    optional = {
        node
        for attempt in ast.walk(tree)
        if isinstance(attempt, ast.Try)
        and any("ImportError" in ast.dump(handler) for handler in attempt.handlers)
        for part in attempt.body
        for node in ast.walk(part)
    }
    for node in ast.walk(tree):
        if node in optional:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize(
    ("requirements", "places"),
    [
        ("requirements.txt", ["app.py", "colorizer", "interface"]),
        ("requirements-train.txt", ["train"]),
    ],
)
def test_what_is_imported_is_listed(requirements, places):
    own = {path.name for path in ROOT.iterdir()} | {"app"}
    distributions = packages_distributions()
    listed = _listed(requirements)
    missing = {}
    for place in places:
        path = ROOT / place
        for file in [path] if path.is_file() else path.rglob("*.py"):
            for name in {*_imported(ast.parse(file.read_text()))} - own - sys.stdlib_module_names:
                known = {d.lower().replace("_", "-") for d in distributions.get(name, [name])}
                if not known & listed:
                    missing[name] = str(file.relative_to(ROOT))
    assert missing == {}
