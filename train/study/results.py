"""The study's one tidy table, a CSV with an observation per row, and how to look things up in it.

Stages
    setting      what the study was run with; seed and epoch are empty
    history      every epoch of every run, as recorded while it trained
    validation   a checkpoint, or the rows grey, constant and original, over the validation photos
    training     the same over a fixed part of the training photos, in eval mode
    interleaved  seconds per epoch, the variants taking turns epoch by epoch
    straight     seconds per epoch, each run in one go
"""

import csv
import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from colorizer.atomic import atomic_path
from train import TrainError

STUDY_CSV = Path("docs/study.csv")
REFERENCES = ("grey", "constant", "original")


class Row(NamedTuple):
    stage: str
    seed: int | None
    variant: str
    epoch: int | None
    measure: str
    value: float


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Values to 6 significant digits; the file is complete or absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        for row in rows:
            writer.writerow(row._replace(value=f"{row.value:.6g}"))  # None becomes empty


def read_rows(path: Path) -> list[Row]:
    """Raises TrainError if there is no such file or it has other columns."""
    if not path.exists():
        raise TrainError(f"--csv {path}: no such file; make it with `python -m train study`.")
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != Row._fields:
            raise TrainError(f"--csv {path}: its columns are not {', '.join(Row._fields)}.")
        return [
            Row(
                row["stage"],
                int(row["seed"]) if row["seed"] else None,
                row["variant"],
                int(row["epoch"]) if row["epoch"] else None,
                row["measure"],
                float(row["value"]),
            )
            for row in reader
        ]


@dataclass(frozen=True)
class Sample:
    """One number per seed."""

    by_seed: Mapping[int, float]

    @property
    def n(self) -> int:
        return len(self.by_seed)

    @property
    def mean(self) -> float:
        return statistics.fmean(self.by_seed.values()) if self.by_seed else math.nan

    @property
    def sd(self) -> float:
        """Standard deviation over the seeds, n - 1 in the denominator; nan below two seeds."""
        return statistics.stdev(self.by_seed.values()) if self.n > 1 else math.nan

    def __sub__(self, other: "Sample") -> "Sample":
        """Paired by seed; a seed that one of the two lacks is left out."""
        return self.combine(other, lambda mine, theirs: mine - theirs)

    def combine(self, other: "Sample", operation) -> "Sample":
        common = self.by_seed.keys() & other.by_seed.keys()
        return Sample(
            {seed: operation(self.by_seed[seed], other.by_seed[seed]) for seed in sorted(common)}
        )


class Results:
    """The rows of a study, looked up by what they are about."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._values: dict[tuple, dict[int, float]] = defaultdict(dict)
        self._single: dict[tuple, float] = {}
        for stage, seed, variant, epoch, measure, value in rows:
            if seed is None:
                self._single[stage, variant, measure] = value
            else:
                self._values[stage, variant, measure, epoch][seed] = value

    def setting(self, name: str, variant: str = "") -> float:
        return self._single["setting", variant, name]

    def reference(self, stage: str, row: str, measure: str) -> float | None:
        """A measure of the grey, constant or original row; None where it has no meaning."""
        return self._single.get((stage, row, measure))

    def sample(self, stage: str, variant: str, measure: str, epoch: int) -> Sample:
        """One value per seed; empty where there is none."""
        return Sample(dict(sorted(self._values.get((stage, variant, measure, epoch), {}).items())))

    def epochs(self, stage: str, variant: str, measure: str) -> list[int]:
        return sorted(key[3] for key in self._values if key[:3] == (stage, variant, measure))

    def curve(self, stage: str, variant: str, measure: str) -> dict[int, Sample]:
        """{epoch: sample}, epochs ascending."""
        return {
            epoch: self.sample(stage, variant, measure, epoch)
            for epoch in self.epochs(stage, variant, measure)
        }

    def runs(self, stage: str, variant: str, measure: str) -> dict[int, dict[int, float]]:
        """{seed: {epoch: value}}, both ascending."""
        found: dict[int, dict[int, float]] = defaultdict(dict)
        for epoch, sample in self.curve(stage, variant, measure).items():
            for seed, value in sample.by_seed.items():
                found[seed][epoch] = value
        return dict(sorted(found.items()))
