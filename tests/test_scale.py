"""The same call on a local Ray of two workers, of which one is killed half way."""

import os
import signal
import socket
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import numpy as np
import pytest
import skimage.data
from helpers import assert_one_sentence
from PIL import Image

from colorizer import Colorizer
from colorizer.batch import Job, Painter, UsageError, plan
from colorizer.checkpoint import CheckpointInfo
from colorizer.network import STORY, build_network
from colorizer.scale import TRIES, _Ledger, _Worker, colour_on_ray

SETTINGS = STORY["baseline"]


@pytest.fixture
def painter() -> Painter:
    return Painter(Colorizer(build_network(SETTINGS, 0), CheckpointInfo("tiny", 1, 32, SETTINGS)))


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    folder = tmp_path / "photos"
    folder.mkdir()
    for i, name in enumerate(["astronaut", "chelsea", "coffee", "rocket"] * 3):
        picture = Image.fromarray(getattr(skimage.data, name)()).resize((64, 48))
        picture.rotate(5 * i).save(folder / f"{i:02d}.png")
    (folder / "bad.png").write_text("no picture")
    return plan([folder], tmp_path / "out").jobs


def test_a_killed_worker_loses_nothing(
    painter: Painter, jobs: list[Job], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    pytest.importorskip("ray.data")
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    killed = tmp_path / "killed"

    # In here, so that it travels by value: workers do not have this module.
    class Mortal:
        """Is killed once, after a photo's result is there and before anyone knows."""

        def __call__(self, job: Job) -> str:
            reason = painter(job)
            if job.photo.name == "03.png" and not killed.exists():
                killed.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return reason

    outcomes = list(colour_on_ray(Mortal(), jobs, 2, threading.Event()))  # pyright: ignore[reportArgumentType]
    assert killed.exists()
    assert sorted(job.photo for job, _ in outcomes) == sorted(job.photo for job in jobs)
    reasons = {job.photo.name: reason for job, reason in outcomes if reason}
    assert reasons.keys() == {"bad.png"}
    assert "not a picture" in reasons["bad.png"]
    results = {job.result: job.photo for job in jobs if job.photo.name not in reasons}
    assert sorted((tmp_path / "out").iterdir()) == sorted(results)
    for result, photo in results.items():
        np.testing.assert_array_equal(
            np.array(Image.open(result)), painter.colorizer.colorize(photo).rgb, err_msg=photo.name
        )


def test_a_photo_that_kills_its_workers_is_given_up(
    painter: Painter, jobs: list[Job], monkeypatch: pytest.MonkeyPatch
):
    """Without a cluster; with one it is in endurance/ray_kill.py."""
    book = _Ledger()
    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace(get=lambda value: value))
    ledger = SimpleNamespace(begin=SimpleNamespace(remote=book.begin))
    row = {"index": 0, "photo": str(jobs[0].photo), "result": str(jobs[0].result)}
    for _ in range(TRIES - 1):
        book.begin(0)
    worker = _Worker(painter, ledger)
    assert worker(row)["reason"] == ""
    jobs[0].result.unlink()
    reason = worker(row)["reason"]
    assert "worker was lost" in reason
    assert_one_sentence(reason)
    assert not jobs[0].result.exists()


def test_the_ledger_begins_nothing_after_a_stop():
    ledger = _Ledger()
    assert [ledger.begin(4), ledger.begin(4), ledger.begin(7)] == [1, 2, 1]
    assert ledger.stop() == {4, 7}
    assert ledger.begin(8) == 0


def test_without_ray_it_says_what_to_install(
    painter: Painter, jobs: list[Job], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"requirements-scale\.txt") as told:
        list(colour_on_ray(painter, jobs, 2, threading.Event()))
    assert_one_sentence(str(told.value))


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """One that has not seen a cluster yet."""
    ray = MagicMock()
    ray.init.side_effect = RuntimeError("asked")
    monkeypatch.setitem(sys.modules, "ray", ray)
    monkeypatch.setitem(sys.modules, "ray.data", ray.data)
    return ray


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_a_cluster_that_is_not_there_is_not_waited_for(
    painter: Painter, jobs: list[Job], ray: MagicMock, monkeypatch: pytest.MonkeyPatch, scheme: str
):
    def colour(port: int) -> str:
        monkeypatch.setenv("RAY_ADDRESS", f"{scheme}127.0.0.1:{port}")
        with pytest.raises(UsageError, match=rf"at {scheme}127.0.0.1:{port}") as told:
            list(colour_on_ray(painter, jobs, 2, threading.Event()))
        assert_one_sentence(str(told.value))
        assert "correct RAY_ADDRESS" in str(told.value)
        return str(told.value)

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert "asked" in colour(port)
    ray.init.reset_mock()
    assert "refused" in colour(port)
    assert not ray.init.called


@pytest.mark.parametrize("address", ["auto", "local"])
def test_a_cluster_that_ray_finds_is_left_to_it(
    painter: Painter, jobs: list[Job], ray: MagicMock, monkeypatch: pytest.MonkeyPatch, address: str
):
    monkeypatch.setenv("RAY_ADDRESS", address)
    with pytest.raises(UsageError, match="asked"):
        list(colour_on_ray(painter, jobs, 2, threading.Event()))
