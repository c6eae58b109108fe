"""Training killed again and again, at moments drawn from a seed: what is on disk, what is lost.

    python -m endurance.kills [--kills 20] [--seed 0]

Short runs of `python -m train fit` on made-up photos get SIGKILL while they start (imports, the
photos' cache, the state read back), within an epoch, or while files are written, and continue with
`--resume` until they finish. After each kill, every checkpoint must load and agree with
history.csv, and each resumed run must begin with the epoch after the last one completed. A
finished run must leave the files, weights and numbers of an undisturbed one. Exits with 1
otherwise.
"""

import argparse
import collections
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from safetensors.numpy import load_file

from colorizer.checkpoint import CheckpointError, load_checkpoint
from train.recorder import DRAFT, ENDED, read_history

ROOT = Path(__file__).parents[1]
VARIANT, EPOCHS, PHOTOS, SIDE = "batchnorm", 8, 640, 32
PHASES = ("start", "epoch", "writing")
_EPOCH = re.compile(rb"Epoch (\d+)[:/]")  # Lightning's progress bar counts from 0


@dataclass
class Moments:
    """How long an undisturbed run takes, in seconds; the moments are drawn from this."""

    start: float  # until the first batch
    epoch: float


@dataclass
class Tally:
    failed: list[str] = field(default_factory=list)
    kills: collections.Counter[str] = field(default_factory=collections.Counter)  # as aimed
    early: int = 0  # kills that came before the first batch, wherever they were aimed
    loaded: int = 0  # checkpoints that were opened after a kill
    drafts: int = 0  # kills while an epoch's files were being written
    moving: int = 0  # kills after that, before all of them were in their places

    def expect(self, right: bool, words: str) -> None:
        if not right:
            self.failed.append(words)


class Run:
    """One process of `python -m train fit`, and which epoch it is in."""

    def __init__(self, photos: Path, out: Path, seed: int) -> None:
        command = [
            sys.executable,
            "-m",
            "train",
            "fit",
            "--variant",
            VARIANT,
            "--photos",
            str(photos),
            "--size",
            str(SIDE),
            "--batch-size",
            "16",
            "--epochs",
            str(EPOCHS),
            "--patience",
            "0",
            "--seed",
            str(seed),
            "--out",
            str(out),
            "--cache",
            str(out / "cache"),
            "--resume",
            "--precision",
            "32-contiguous",  # not measured: runs are compared bit by bit
        ]
        self.folder = out / VARIANT
        self.began: float | None = None  # time.monotonic() of the first batch
        self.first: int | None = None  # the epoch it began with, counted from 1
        self.output = b""
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        while some := os.read(self.process.stdout.fileno(), 65536):
            self.output += some
            if self.first is None and (match := _EPOCH.search(self.output)):
                self.first, self.began = int(match[1]) + 1, time.monotonic()

    def wait_until(self, phase: str, draw: random.Random, moments: Moments) -> None:
        """Returns at some moment of that phase, or when the run has ended."""
        if phase == "start":
            self._sleep(draw.uniform(0, moments.start))
            return
        while self.began is None and self.process.poll() is None:
            time.sleep(0.002)
        if phase == "epoch":
            self._sleep(draw.uniform(0, 2 * moments.epoch))
            return
        # About ten for each epoch; the next one is waited for when an epoch's files are in place.
        passed = draw.randrange(40)
        while self.process.poll() is None and (passed > 0 or not unfinished(self.folder)):
            before = unfinished(self.folder)
            while self.process.poll() is None and unfinished(self.folder) == before:
                time.sleep(0.0001)
            passed -= 1

    def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while self.process.poll() is None and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.01))

    def end(self) -> int:
        """The exit status, once all output has been read."""
        status = self.process.wait()
        self.reader.join()
        return status


def unfinished(folder: Path) -> set[str]:
    """The files of the epoch that is ending that are not in place yet, and where they belong."""
    found = set()
    for name in (DRAFT, ENDED):
        try:
            found |= {name, *(f"{name}/{file}" for file in os.listdir(folder / name))}
        except FileNotFoundError:
            continue
    return found


def checkpoints(folder: Path) -> list[Path]:
    """Of all completed epochs."""
    return [
        path for place in (folder, folder / ENDED) for path in place.glob("epoch-*.safetensors")
    ]


def stamps(folder: Path) -> dict[str, int]:
    """When each checkpoint was written."""
    return {path.name: path.stat().st_mtime_ns for path in checkpoints(folder)}


def check(folder: Path, tally: Tally, name: str) -> int:
    """Check what a kill left; returns the last completed epoch."""
    rows = read_history(folder / ENDED) or read_history(folder)
    paths = checkpoints(folder)
    for path in paths:
        try:
            _, info = load_checkpoint(path)
        except CheckpointError as error:
            tally.failed.append(f"{name}: {error}")
            continue
        tally.loaded += 1
        tally.expect(path.name == f"epoch-{info.epoch:03d}.safetensors", f"{name}: {path.name}")
        for row in rows:
            if row["epoch"] == info.epoch:
                same = {k: v for k, v in row.items() if "seconds" not in k and k != "epoch"}
                tally.expect(
                    same.items() <= info.metrics.items(), f"{name}: {path.name} is not its row's"
                )
    last = len(rows)
    tally.expect([row["epoch"] for row in rows] == list(range(1, last + 1)), f"{name}: {rows}")
    tally.expect(len(paths) == last, f"{name}: {len(paths)} files, {last} rows")
    return last


def photos(folder: Path) -> Path:
    """Made-up colourful pictures: blends of four random colours."""
    folder.mkdir()
    for index in range(PHOTOS):
        corners = np.random.default_rng(index).integers(0, 256, (2, 2, 3), np.uint8)
        picture = Image.fromarray(corners).resize((48, 48), Image.Resampling.BILINEAR)
        picture.save(folder / f"{index:04d}.png")
    return folder


def contents(folder: Path) -> dict[str, Any]:
    """The files of a finished run by name, without measured times."""
    found: dict[str, Any] = dict.fromkeys(os.listdir(folder))
    for path in folder.glob("epoch-*.safetensors"):
        found[path.name] = {key: value.tobytes() for key, value in load_file(path).items()}
    rows = read_history(folder)
    for row in rows:
        found[f"row {row['epoch']}"] = {k: v for k, v in row.items() if "seconds" not in k}
    return found


def undisturbed(pictures: Path, out: Path, seed: int) -> tuple[dict[str, Any], Moments]:
    started = time.monotonic()
    run = Run(pictures, out, seed)
    if run.end() or run.began is None:
        raise SystemExit(f"An undisturbed run failed:\n{run.output.decode()}")
    epoch = (time.monotonic() - run.began) / EPOCHS
    return contents(run.folder), Moments(run.began - started, epoch)


def killed(
    pictures: Path, out: Path, draw: random.Random, moments: Moments, todo: list[str], tally: Tally
) -> Path:
    """Run until it finishes, killed once in each phase of `todo` on the way; returns its folder."""
    last = 0
    while True:
        phase = todo[-1] if todo else ""
        name = f"kill {tally.kills.total() + 1}"
        before = stamps(out / VARIANT)
        run = Run(pictures, out, seed=0)
        if phase:
            run.wait_until(phase, draw, moments)
            run.process.send_signal(signal.SIGKILL)
        status = run.end()
        if run.first is not None:
            tally.expect(run.first == last + 1, f"{name}: epoch {run.first} follows {last}")
            written = {name for name, at in stamps(run.folder).items() if before.get(name) != at}
            tally.expect(
                not written or min(written) == f"epoch-{run.first:03d}.safetensors",
                f"{name}: from epoch {run.first} it wrote {sorted(written)}",
            )
        if status == 0:
            return run.folder
        if status != -signal.SIGKILL:
            tally.failed.append(f"{name}: ended with {status}: {run.output[-300:].decode()}")
            return run.folder
        tally.kills[todo.pop()] += 1
        if run.first is None:
            tally.early += 1
        else:  # what an earlier kill left is cleared
            tally.drafts += (run.folder / DRAFT).exists()
            tally.moving += (run.folder / ENDED).exists()
        last = check(run.folder, tally, name)


def main() -> None:
    parser = argparse.ArgumentParser(description="Training killed again and again.")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    draw, tally, runs = random.Random(arguments.seed), Tally(), 0
    todo = draw.sample(PHASES * -(-arguments.kills // len(PHASES)), arguments.kills)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        pictures = photos(root / "photos")
        whole, moments = undisturbed(pictures, root / "whole", seed=0)
        print(f"undisturbed: {moments.start:.1f} s to start, {moments.epoch:.2f} s an epoch")
        while todo and not tally.failed:
            out = root / f"run-{runs}"
            folder = killed(pictures, out, draw, moments, todo, tally)
            found = contents(folder)
            differing = [name for name in found | whole if found.get(name, 0) != whole.get(name, 0)]
            tally.expect(not differing, f"run {runs}: not as undisturbed: {sorted(differing)}")
            runs += 1
    print(
        f"{tally.kills.total()} kills in {runs} runs of {EPOCHS} epochs, "
        f"aimed at: {dict(tally.kills)}"
    )
    print(f"  {tally.early} fell before the first batch")
    print(
        f"  {tally.drafts} amid the writing of an epoch's files, {tally.moving} amid their moving"
    )
    print(f"  {tally.loaded} times a checkpoint was opened after them")
    for words in tally.failed:
        print(f"FAILED: {words}")
    sys.exit(1 if tally.failed else 0)


if __name__ == "__main__":
    main()
