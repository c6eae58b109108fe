"""What is said about the library's files agrees with the files."""

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
