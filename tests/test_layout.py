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
        assert not re.search(r"engine\._|\.lock\b|engine\.predictions", path.read_text()), path


INTERFACE = sorted((ROOT / "interface").rglob("*.py"))
# From the ground up; who stands on a floor may use those below it, and others of the same floor.
# "" stands for all other modules of the package.
FLOORS = {
    "interface": [
        ["engine", "gradio_internals", "examples"],
        ["text"],
        ["render", "theme"],
        ["widgets"],
        ["tabs", "api"],
        ["page"],
    ],
    "train": [[""], ["study"], ["map"], ["release"], ["report"], ["__main__"]],
}
PACKAGES = ["colorizer", *FLOORS]


def floor(module: str) -> int:
    """Of a module such as `interface.tabs.story`."""
    package, part, *_ = module.split(".")
    floors = FLOORS[package]
    levels = [level for level, parts in enumerate(floors) if part in parts]
    return levels[0] if levels else floors.index([""])


def modules_of(package: str) -> dict[str, Path]:
    """The files of a package by module name, without the package's own."""
    files = {module_name(path): path for path in (ROOT / package).rglob("*.py")}
    return {name: path for name, path in files.items() if name != package}


def own_imports(path: Path) -> set[str]:
    """The modules of its own package that a file imports."""
    package = path.relative_to(ROOT).parts[0]
    return {name for name in imports(path) if name.startswith(f"{package}.") and module_file(name)}


def module_file(name: str) -> Path | None:
    path = ROOT.joinpath(*name.split("."))
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.exists()), None)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@pytest.mark.parametrize("package", FLOORS)
def test_no_module_uses_one_above_it(package: str) -> None:
    upward = [
        f"{name} uses {other}"
        for name, path in modules_of(package).items()
        for other in own_imports(path)
        if floor(other) > floor(name)
    ]
    assert upward == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_modules_import_each_other_in_a_circle(package: str) -> None:
    uses = {name: own_imports(path) - {name} for name, path in modules_of(package).items()}
    while free := [name for name, others in uses.items() if not others & uses.keys()]:
        for name in free:
            del uses[name]
    assert uses == {}


@pytest.mark.parametrize("path", INTERFACE, ids=module_name)
def test_functions_of_the_page_are_short_and_take_little(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [arg.arg for arg in node.args.posonlyargs + node.args.args]
            taken = [*names, *node.args.kwonlyargs]
            assert (node.end_lineno or 0) - node.lineno < 60, node.name
            assert len(taken) - ("self" in names or "cls" in names) <= 6, node.name


# Of train/, each folder with those whose modules it may import.
TRAIN_BELOW = {"study": set(), "map": {"study"}, "release": {"study"}}


@pytest.mark.parametrize("folder", TRAIN_BELOW)
def test_the_folders_of_training_import_none_above(folder: str) -> None:
    for path in (ROOT / "train" / folder).glob("*.py"):
        used = {name.split(".")[1] for name in imports(path) if name.startswith("train.")}
        assert used & (TRAIN_BELOW.keys() | {"report"}) <= TRAIN_BELOW[folder] | {folder}, path
