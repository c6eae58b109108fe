"""What is said about the library's files agrees with the files."""

import ast
import re
from pathlib import Path

import pytest

import colorizer

ROOT = Path(__file__).parent.parent
MODULES = {path.stem for path in (ROOT / "colorizer").glob("*.py")} - {"__init__"}


def test_the_reading_order_names_every_module_once():
    named = re.findall(r"^ {4}(\w+) ", colorizer.__doc__ or "", re.MULTILINE)
    assert sorted(named) == sorted(MODULES - {"__main__"})


def test_every_module_has_tests_of_its_name():
    expected = {"cli" if module == "__main__" else module for module in MODULES}
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests").glob("test_*.py")}
    assert expected <= tested


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "README.md", "docs/architecture.md"])
def test_the_files_that_a_page_names_are_there(page):
    folders = "colorizer|train|interface|benchmarks|endurance|tests|docs"
    named = re.findall(rf"`((?:{folders})/[\w./-]+)`", (ROOT / page).read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []


def imports(path: Path) -> set[str]:
    """Every module that a file imports, by its full name; of `from a import b` both a and a.b."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


ENGINE = sorted((ROOT / "interface" / "engine").glob("*.py"))


@pytest.mark.parametrize("path", ENGINE, ids=lambda path: path.stem)
def test_the_engine_knows_no_gradio_and_no_html(path: Path) -> None:
    for name in imports(path):
        assert name.split(".")[0] not in ("gradio", "gradio_client", "html")
        assert not name.startswith("interface.") or name.startswith("interface.engine")
    assert re.findall(r"</?\w+[^>]*>", re.sub(r"`.*?`", "", path.read_text())) == []


def test_the_engine_alone_holds_the_lock_and_what_is_remembered() -> None:
    outside = {*(ROOT / "interface").rglob("*.py")} - {*ENGINE}
    assert ENGINE
    for path in outside:
        assert not re.search(r"engine\._|\.lock\b|predictions", path.read_text()), path
