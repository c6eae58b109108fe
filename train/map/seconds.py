"""`python -m train seconds`: what an epoch costs with dropout, and what makes it cost more.

The story's epochs took 353, 383, 447 and 551 s. Dropout does the same work in each epoch, so
something else rose. Two mistakes that make a training loop do so are timed beside the plain loop,
on the same network:

plain      a step forgets everything but the weights
kept       outputs are kept with their graphs, in a list that lives on from epoch to epoch: memory
           grows with each, and time rises as soon as the machine runs short of it and swaps
reported   outputs are kept without graphs, in a list that nobody empties between epochs, and the
           figures at the end of an epoch are taken of all of it: they cost more each time

Photos are made up: time does not depend on what they show. The loops take turns epoch by epoch, and
who begins changes, so that whatever else the machine does happens to all alike.
"""

import csv
import statistics
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from colorizer import metrics
from colorizer.atomic import atomic_path
from colorizer.lab import lab_to_rgb, rgb_to_lab
from colorizer.network import STORY, build_network
from train import TrainError
from train.flags import flag
from train.loss import MeanSquaredError
from train.study.derived import rise_per_epoch
from train.study.markdown import table
from train.study.results import Sample
from train.study.verdicts import MIN_SEEDS, Part, plain

COLUMNS = ("loop", "variant", "seed", "epoch", "seconds", "megabytes")
CASES = (
    ("plain", "batchnorm"),
    ("plain", "dropout"),
    ("kept", "dropout"),
    ("reported", "dropout"),
)
BATCH = 16
Times = dict[tuple[str, str], dict[int, dict[int, tuple[float, float]]]]


@dataclass(frozen=True)
class SecondsArguments:
    """The flags of `seconds`, checked when built."""

    out: Path = flag("the table", Path("docs/seconds.csv"))
    photos: int = flag("photos per epoch", 256)
    epochs: int = flag("epochs of each loop", 10)
    seeds: int = flag("repetitions of each loop", 3)

    def __post_init__(self) -> None:
        if self.photos < 1 or self.epochs < 3 or self.seeds < 1:
            raise TrainError("--photos and --seeds must be 1 or more, --epochs 3 or more.")


def measure_seconds(arguments: SecondsArguments) -> None:
    """Time all loops. Raises TrainError."""
    time_loops(arguments.out, arguments.photos, arguments.epochs, arguments.seeds)


class Loop:
    """A training that is timed epoch by epoch. loop: as in CASES; photos: of an epoch."""

    def __init__(self, loop: str, variant: str, seed: int, photos: int, size: int = 64) -> None:
        self.loop = loop
        generator = torch.Generator().manual_seed(seed)
        rgb = torch.randint(0, 256, (photos, 3, size, size), generator=generator).byte()
        self.batches = rgb_to_lab(rgb).split(BATCH)
        self.network = build_network(STORY[variant], seed)
        self.optimizer = torch.optim.Adam(self.network.parameters(), 1e-3)
        self.loss = MeanSquaredError()
        self.kept: list[tuple[Tensor, Tensor]] = []  # lightness and what was painted on it
        self.megabytes = 0.0  # that the list holds on to

    def epoch(self) -> float:
        """Seconds of one: training, validation on the same photos, and its figures."""
        started = time.perf_counter()
        self.network.train()
        for lab in self.batches:
            self.optimizer.zero_grad()
            self.loss(self.network(lab[:, :1]), lab[:, 1:]).backward()
            self.optimizer.step()
        if self.loop == "plain":
            self.kept = []
        self.network.eval()
        for lab in self.batches:
            self.kept.append((lab[:, :1], self._painted(lab[:, :1])))
        shown = self.kept if self.loop == "reported" else self.kept[-len(self.batches) :]
        for lightness, ab in shown:
            metrics.colourfulness(lab_to_rgb(lightness, ab.detach())).mean().item()
        return time.perf_counter() - started

    def _painted(self, lightness: Tensor) -> Tensor:
        if self.loop == "kept":
            with saved_tensors_hooks(self._held, lambda tensor: tensor):
                return self.network(lightness)
        with torch.no_grad():
            ab = self.network(lightness)
        self.megabytes += ab.nbytes / 1e6 if self.loop == "reported" else 0
        return ab

    def _held(self, tensor: Tensor) -> Tensor:
        self.megabytes += tensor.nbytes / 1e6
        return tensor.detach()  # with its history it would keep itself alive


def time_loops(out: Path, photos: int, epochs: int, seeds: int) -> None:
    """A row for each loop, variant, seed and epoch into the CSV `out`."""
    rows = []
    for seed in range(seeds):
        loops = [(case, Loop(*case, seed, photos)) for case in CASES]
        for epoch in range(1, epochs + 1):
            first = (seed + epoch) % len(loops)
            for (name, variant), loop in loops[first:] + loops[:first]:
                row = (name, variant, seed, epoch, f"{loop.epoch():.5g}", f"{loop.megabytes:.4g}")
                rows.append(row)
                print(*row)
        for _, loop in loops:
            loop.kept.clear()  # graphs know their loop: a ring that nobody else breaks
    out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(out) as temporary, temporary.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def read_seconds(path: Path) -> Times:
    """{(loop, variant): {seed: {epoch: (seconds, megabytes)}}}."""
    found: Times = defaultdict(lambda: defaultdict(dict))
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            value = float(row["seconds"]), float(row["megabytes"])
            found[row["loop"], row["variant"]][int(row["seed"])][int(row["epoch"])] = value
    return found


def seconds_part(path: Path) -> str:
    """Markdown of what was timed; says how to time it where nobody has."""
    if not path.exists():
        return "Not timed yet: run `python -m train seconds` on a machine that does nothing else."
    found = read_seconds(path)
    median, rise = ({case: _of(found[case], how) for case in found} for how in (_median, _rise))
    cost = median["plain", "dropout"].combine(
        median["plain", "batchnorm"], lambda a, b: 100 * (a / b - 1)
    )
    parts = [
        Part(
            "dropout over batchnorm",
            cost,
            1,
            1,
            "%",
            (
                "Dropout makes an epoch longer",
                "Dropout makes an epoch shorter",
                "Dropout does not clearly change how long an epoch takes",
            ),
        ),
        # The loops take turns, so what the machine itself does to all of them cancels out.
        *(
            Part(
                "rise per epoch beyond the plain loop's",
                rise[case] - rise["plain", "dropout"],
                1,
                2,
                "%",
                (
                    f"epochs of the {case[0]} loop get longer",
                    f"epochs of the {case[0]} loop get shorter",
                    f"epochs of the {case[0]} loop do not clearly get longer",
                ),
            )
            for case in CASES
            if case[0] != "plain"
        ),
    ]
    epochs = sorted(next(iter(found[CASES[0]].values())))
    rows: list[list[str]] = []
    for loop, variant in found:
        held = _of(found[loop, variant], lambda run: run[max(run)][1])
        rows.append(
            [
                loop,
                variant,
                plain(median[loop, variant], 2),
                plain(rise[loop, variant], 2),
                plain(held, 0),
            ]
        )
    seeds = parts[0].difference.n
    if seeds < MIN_SEEDS:
        sentence = f"Not decided: a verdict needs {MIN_SEEDS} runs, of which {seeds} were timed"
    else:
        findings = [part.finding for part in parts]
        sentence = "; ".join(f"{said} ({label} {figure})" for said, label, figure in findings)
    return (
        f"{sentence}. Seconds of {len(epochs)} epochs that take turns, {seeds} "
        "runs; the first epoch pays for starting up and is left out.\n\n"
        + table(
            ["loop", "variant", "seconds per epoch", "rise per epoch, %", "megabytes held at last"],
            rows,
        )
    )


def _of(runs: dict[int, dict[int, tuple[float, float]]], how: Any) -> Sample:
    return Sample({seed: how(run) for seed, run in sorted(runs.items())})


def _median(run: dict[int, tuple[float, float]]) -> float:
    return statistics.median(seconds for epoch, (seconds, _) in run.items() if epoch > 1)


def _rise(run: dict[int, tuple[float, float]]) -> float:
    return rise_per_epoch({epoch: seconds for epoch, (seconds, _) in run.items() if epoch > 1})
