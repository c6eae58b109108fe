"""The same call on a local Ray of two workers, of which one is killed half way."""

import os
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from helpers import assert_one_sentence
from PIL import Image

from colorizer import Colorizer
from colorizer.batch import Job, Painter, UsageError, plan
from colorizer.checkpoint import CheckpointInfo
from colorizer.network import STORY, build_network
from colorizer.scale import TRIES, colour_on_ray

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


def test_a_killed_worker_loses_nothing(painter: Painter, jobs: list[Job], tmp_path: Path):
    pytest.importorskip("ray.data")
    killed = tmp_path / "killed"

    # In here, so that it travels by value: workers do not have this module.
    class Mortal:
        """Is killed once after a photo's result is there, and once each time before another's."""

        def __call__(self, job: Job) -> str:
            if job.photo.name == "07.png":
                with killed.open("a") as file:
                    file.write("x")
                os.kill(os.getpid(), signal.SIGKILL)
            reason = painter(job)
            if job.photo.name == "03.png" and not killed.with_suffix(".once").exists():
                killed.with_suffix(".once").touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return reason

    outcomes = list(colour_on_ray(Mortal(), jobs, 2, threading.Event()))  # pyright: ignore[reportArgumentType]
    assert killed.with_suffix(".once").exists()
    assert sorted(job.photo for job, _ in outcomes) == sorted(job.photo for job in jobs)
    reasons = {job.photo.name: reason for job, reason in outcomes if reason}
    assert reasons.keys() == {"07.png", "bad.png"}
    assert "not a picture" in reasons["bad.png"]
    assert "worker was lost" in reasons["07.png"]
    assert_one_sentence(reasons["07.png"])
    assert killed.read_text() == "x" * TRIES, "a photo that kills its reader is given up"
    results = {job.result: job.photo for job in jobs if job.photo.name not in reasons}
    assert sorted((tmp_path / "out").iterdir()) == sorted(results)
    for result, photo in results.items():
        np.testing.assert_array_equal(
            np.array(Image.open(result)), painter.colorizer.colorize(photo), err_msg=photo.name
        )


def test_without_ray_it_says_what_to_install(
    painter: Painter, jobs: list[Job], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"requirements-scale\.txt") as told:
        list(colour_on_ray(painter, jobs, 2, threading.Event()))
    assert_one_sentence(str(told.value))
