"""Workers of a local Ray cluster killed at random moments, and a photo that kills its readers.

    python -m endurance.ray_kill [PHOTOS] [KILLS]

Prints what became of the photos: all but the one that was given up have their results.
"""

import os
import random
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image

from colorizer import Colorizer
from colorizer.batch import Job, Painter, plan
from colorizer.checkpoint import CheckpointInfo
from colorizer.network import STORY, build_network
from colorizer.scale import TRIES, colour_on_ray

DEADLY = "photo-005.png"


def main(photos: int = 40, kills: int = 6) -> None:
    settings = STORY["batchnorm"]
    info = CheckpointInfo("batchnorm", 1, 64, settings)
    painter = Painter(Colorizer(build_network(settings, 0), info))
    doomed = set(random.Random(0).sample([i for i in range(photos) if i != 5], kills))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "photos").mkdir()
        for i in range(photos):
            picture = Image.fromarray(skimage.data.coffee()).rotate(3 * i)
            picture.save(folder / "photos" / f"photo-{i:03d}.png")

        # In here, so that it travels by value: workers do not have this module.
        class Mortal:
            def __call__(self, job: Job) -> str:
                index = int(job.photo.stem[-3:])
                mark = folder / f"killed-{index}"
                if job.photo.name == DEADLY or (index in doomed and not mark.exists()):
                    with mark.open("a") as file:
                        file.write("x")
                    wait = 0.0 if job.photo.name == DEADLY else random.random() * 0.2
                    kill = threading.Timer(wait, os.kill, (os.getpid(), signal.SIGKILL))
                    kill.start()
                    if job.photo.name == DEADLY:
                        kill.join()
                return painter(job)

        started = time.perf_counter()
        jobs = plan([folder / "photos"], folder / "out").jobs
        outcomes = list(colour_on_ray(Mortal(), jobs, 2, threading.Event()))  # pyright: ignore[reportArgumentType]
        seconds = time.perf_counter() - started
        failed = [f"{job.photo.name}: {reason}" for job, reason in outcomes if reason]
        there = {path.name for path in (folder / "out").iterdir()}
        expected = {job.result.name for job in jobs}
        whole = sum(
            np.array_equal(
                np.array(Image.open(job.result)), painter.colorizer.colorize(job.photo).rgb
            )
            for job in jobs
            if job.result.exists()
        )
        tried = len((folder / "killed-5").read_text())
        print(f"{len(doomed)} workers killed, and {tried} of {TRIES} by {DEADLY}, {seconds:.0f} s")
        print(f"{len(outcomes)} of {photos} photos answered, {whole} results whole and right")
        print(f"lost: {sorted(expected - there)}; left over: {sorted(there - expected)}")
        print(*failed, sep="\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
