"""What README.md and docs/ say can be run is run; what they link to is there."""

import contextlib
import importlib
import importlib.util
import io
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest
import skimage.data
from markdown_it import MarkdownIt
from PIL import Image
from programs import NODE, Node, find_node, skip_or_fail

import app
import colorizer.__main__
import colorizer.command
import colorizer.export
import train.__main__
from colorizer.checkpoint import list_checkpoints, look_up
from colorizer.hub import LOCAL

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("assets/**/*.md")])
ADDRESS = "http://127.0.0.1:7860"
PROGRAMS = ("python", "pip", "hf", "ruff", "git", "apt-get", "source")

CLIENT = "@gradio/client@2.7.0"  # of npm


@dataclass(frozen=True)
class Block:
    language: str  # "" for an indented block
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8").removeprefix("---\n")
    return [
        Block(token.info.strip(), token.content, token.map[0] + 1 if token.map else 0)
        for token in MarkdownIt().parse(text)
        if token.type in ("fence", "code_block")
    ]


def commands(page: Path) -> list[str]:
    """The commands of a page's shell blocks, each without its variables and its neighbours."""
    found = []
    for block in blocks(page):
        if block.language not in ("", "sh", "bash", "shell"):
            continue
        for line in block.text.replace("\\\n", " ").splitlines():
            for part in re.split(r"&&|\|\||[;|]", line):
                command = re.sub(r"^\s*(?:[A-Z_]+=\S+\s+)*", "", part).strip()
                if command.startswith(PROGRAMS):
                    found.append(command)
    return found


def languages(name: str) -> list[Path]:
    return [page for page in PAGES if any(block.language == name for block in blocks(page))]


@pytest.fixture(scope="module")
def address() -> str:
    demo = app.build_demo()
    _, address, _ = demo.launch(**app.LAUNCH, prevent_thread_lock=True, quiet=True)
    # Not closed: that would clear the folder of uploads, which other tests' apps share.
    return address.rstrip("/")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a reader would be: beside the project's assets, with a photo of their own."""
    (tmp_path / "assets").symlink_to(ROOT / "assets")
    Image.fromarray(skimage.data.coffee()).save(tmp_path / "photo.jpg")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", languages("python"), ids=lambda page: page.name)
def test_python_blocks_run(page: Path, folder: Path, request: pytest.FixtureRequest) -> None:
    names: dict = {}
    if page.name == "onnx.md":
        exported = request.getfixturevalue("exported")
        Path("colorizer.onnx").write_bytes(
            exported(look_up(list_checkpoints(LOCAL))).SerializeToString()
        )
    for block in blocks(page):
        if block.language == "python":
            text = block.text
            if ADDRESS in text:
                text = text.replace(ADDRESS, request.getfixturevalue("address"))
            # Blank lines in front, so that a traceback names the page's own line.
            exec(compile("\n" * block.line + text, str(page), "exec"), names)
    if page.name == "api.md":
        assert Path(names["colorized"]).is_file()
    if page.name == "onnx.md":
        ours = colorizer.Colorizer.from_checkpoint(look_up(list_checkpoints(LOCAL)))
        expected = ours.colorize("photo.jpg").rgb.astype(int)
        with Image.open("colorized.png") as image:
            assert np.abs(expected - image).mean() < 2


def test_the_program_for_onnx_is_short_and_needs_three_packages() -> None:
    (program,) = (b.text for b in blocks(ROOT / "docs/onnx.md") if b.language == "python")
    assert program.count("\n") <= 40
    packages = re.findall(r"^(?:import|from) (\w+)", program, re.MULTILINE)
    assert set(packages) == {"numpy", "onnxruntime", "PIL"}


@pytest.fixture(scope="session")
def node() -> Node:
    return find_node() or skip_or_fail(NODE)


@pytest.fixture(scope="session")
def node_modules(pytestconfig: pytest.Config, node: Node) -> Path:
    """npm's client, fetched once and kept in pytest's cache; skips where no registry answers."""
    assert pytestconfig.cache
    folder = pytestconfig.cache.mkdir(CLIENT.replace("/", "-"))
    modules = folder / "node_modules"
    if not modules.exists():
        # --prefix: npm would else look for a package.json in the folders above.
        options = ["--fetch-retries=0", "--no-audit", "--no-fund", "--no-package-lock"]
        command = [*node.npm, "install", CLIENT, "--prefix", str(folder), *options]
        if subprocess.run(command, capture_output=True).returncode:
            pytest.skip(f"npm cannot fetch {CLIENT} here")
    return modules


@pytest.mark.parametrize(
    "page", [*languages("js"), *languages("javascript")], ids=lambda page: page.name
)
def test_javascript_blocks_run(
    page: Path, folder: Path, address: str, node: Node, node_modules: Path
) -> None:
    (folder / "node_modules").symlink_to(node_modules)
    for block in blocks(page):
        if block.language in ("js", "javascript"):
            (folder / "block.mjs").write_text(block.text.replace(ADDRESS, address))
            command = [*node.node, "block.mjs"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120)
            assert done.returncode == 0, done.stderr
            lines = done.stdout.splitlines()
            assert len(lines) == block.text.count("console.log")
            for line in lines:
                url, *numbers = line.split()
                assert httpx.get(url).headers["content-type"].startswith("image/")
                assert all(0 <= float(number) <= 1 for number in numbers)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_are_understood(page: Path) -> None:
    for command in commands(page):
        assert subprocess.run(["bash", "-n", "-c", command]).returncode == 0, command
        understood(shlex.split(command, comments=True), command)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_within_the_text_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`python -m train (\w+)", text):
        assert accepted(train.__main__.understand, [name, "--help"]), name
    for module in re.findall(r"`python -m ([\w.]+)", text):
        assert exists(module), module


def understood(words: list[str], command: str) -> None:
    if words[:2] == ["python", "app.py"]:
        assert accepted(app.parser().parse_args, words[2:]), command
    elif words[:3] == ["python", "-m", "train"]:
        assert accepted(train.__main__.understand, words[3:]), command
    elif words[:4] == ["python", "-m", "colorizer", "export"]:
        assert accepted(colorizer.export.parser().parse_args, words[4:]), command
    elif words[:3] == ["python", "-m", "colorizer"] and words[3] in ("read", "redo"):
        parser = getattr(colorizer.command, f"{words[3]}_parser")()
        assert accepted(parser.parse_args, words[4:]), command
    elif words[:3] == ["python", "-m", "colorizer"]:
        assert accepted(colorizer.command._parser().parse_args, words[3:]), command
    elif words[:2] == ["python", "-m"]:
        assert exists(words[2]), command
    elif words[0] == "python":
        assert (ROOT / words[1]).is_file(), command
    elif words[:2] == ["pip", "install"] and "-r" in words:
        assert (ROOT / words[words.index("-r") + 1]).is_file(), command


def accepted(parse: Callable, arguments: list[str]) -> bool:
    """Whether the arguments can be parsed; `--help` can."""
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        try:
            parse(arguments)
        except SystemExit as stop:
            return stop.code == 0
    return True


def exists(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_images_are_there(page: Path) -> None:
    def walk(tokens) -> Iterator:
        for token in tokens:
            yield token
            yield from walk(token.children or [])

    for token in walk(MarkdownIt().parse(page.read_text(encoding="utf-8"))):
        target = token.attrs.get("href") or token.attrs.get("src")
        if target and not re.match(r"https?:|mailto:", str(target)):
            file, _, heading = str(target).partition("#")
            where = (page.parent / file).resolve() if file else page
            assert where.exists(), f"{page.name} links to {target}"
            if heading:
                titles = re.findall(r"^#+ (.+)$", where.read_text(encoding="utf-8"), re.MULTILINE)
                slugs = [re.sub(r"[^\w -]", "", t).lower().replace(" ", "-") for t in titles]
                assert heading in slugs, f"{page.name} links to {target}"


@pytest.mark.parametrize("folder", ["benchmarks", "endurance"])
def test_the_page_on_training_lists_every_script(folder: str) -> None:
    """`python -m FOLDER.ONE` and its neighbours, in one sentence."""
    text = (ROOT / "docs/training.md").read_text(encoding="utf-8")
    (listed,) = re.findall(rf"`python -m {folder}\.(\w+)`( and its neighbours [^.;]+)", text)
    names = {listed[0], *re.findall(r"`(\w+)`", listed[1])}
    runnable = [
        path.stem
        for path in (ROOT / folder).glob("*.py")
        if '__name__ == "__main__"' in path.read_text(encoding="utf-8")
    ]
    assert names == set(runnable)


def test_the_reading_order_of_training_names_every_module() -> None:
    for name in ("train", "train.map", "train.study", "train.release"):
        order = re.findall(r"^ *(\w+) {2,}\w", importlib.import_module(name).__doc__ or "", re.M)
        folder = ROOT / name.replace(".", "/")
        modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "__main__"}
        assert sorted(order) == sorted(modules), name


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= 900


def test_the_checks_see_what_they_should() -> None:
    """These pages hold blocks of each kind, so none of the above is empty."""
    readme = ROOT / "README.md"
    assert {"python", ""} <= {block.language for block in blocks(readme)}
    assert {"python", "js"} <= {block.language for block in blocks(ROOT / "docs/api.md")}
    words = {command.split()[0] for command in commands(readme)}
    assert {"python", "pip"} <= words
    assert not accepted(train.__main__.understand, ["fit", "--no-such-flag"])
