"""The map's one tidy table: a row for each run, part of the photos and epoch.

Columns
    photos, variant, head, augment, width, seed     the run: a regime of `design` and a seed
    part     validation: photos it was not trained on; training: some that it was, in eval mode;
             picked, most-colourful, stopped: epochs of the whole run, from its history (below)
    epoch
    loss     mean square error of ab in the network's unit, whatever the head: eval mode
    ...      measures of `train.study.measures`
    lightness_sharpness     gradient energy of L, of the originals': 1 where the photo's own is kept
    seconds, cpu_seconds    that training and validation took up to this epoch: by the clock, which
             also counts what else the machine did, and of the processor
    parameters

Rows of the history, of runs of 25 epochs and more: the epoch that early stopping with a patience of
5 would pick, the most colourful one, and the last that would have been trained. Their loss is the
validation loss that was trained by, in the unit of the head. What is not known of a row is empty.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from colorizer.atomic import atomic_path
from train import TrainError
from train.map.design import Regime
from train.study.results import Sample

MAP_CSV = Path("docs/map.csv")
MEASURES = (
    "loss",
    "colourfulness_ratio",
    "mean_chroma",
    "hue_entropy",
    "sepia_index",
    "sharpness",
    "relative_sharpness",
    "lightness_sharpness",
    "seconds",
    "cpu_seconds",
    "parameters",
)
PARTS = ("validation", "training", "picked", "most-colourful", "stopped")
MARKS = PARTS[2:]  # of which a run has one row each
RUN = ("photos", "variant", "head", "augment", "width", "seed")
COLUMNS = (*RUN, "part", "epoch", *MEASURES)
Record = dict[str, float]


def row_of(regime: Regime, seed: int, part: str, epoch: int, values: Record) -> dict[str, str]:
    """Values to 5 significant digits; what is not known is empty."""
    run = (regime.photos, regime.variant, regime.head, regime.augment, regime.width, seed)
    row = dict(zip(RUN, map(str, run), strict=True))
    measured = {m: f"{values[m]:.5g}" if m in values else "" for m in MEASURES}
    if "parameters" in values:
        measured["parameters"] = str(int(values["parameters"]))
    return {**row, "part": part, "epoch": str(epoch), **measured}


def add_rows(path: Path, rows: Iterable[dict[str, str]]) -> None:
    """Into the table at `path`, which is replaced as a whole.

    A row replaces an earlier one about the same thing; every other row stays, even those of runs
    whose checkpoints are gone. Raises TrainError as `read_rows` does.
    """
    known = read_rows(path) if path.exists() else []
    merged = {_subject(row): row for row in [*known, *rows]}
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary, temporary.open("w", newline="") as file:
        writer: csv.DictWriter[str] = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(merged.values(), key=_place))


def read_rows(path: Path) -> list[dict[str, str]]:
    """Raises TrainError if there is no such file or it has other columns."""
    if not path.exists():
        raise TrainError(f"{path}: no such table; make it with `python -m train map`.")
    with path.open(newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise TrainError(f"{path}: its columns are not {', '.join(COLUMNS)}.")
        return list(reader)


def regime_of(row: dict[str, str]) -> Regime:
    width = int(row["width"])
    return Regime(int(row["photos"]), row["variant"], row["head"], row["augment"], width)


def _subject(row: dict[str, str]) -> tuple[str, ...]:
    epoch = "" if row["part"] in MARKS else row["epoch"]
    return (*(row[name] for name in RUN), row["part"], epoch)


def _place(row: dict[str, str]) -> tuple:
    return regime_of(row), int(row["seed"]), PARTS.index(row["part"]), int(row["epoch"])


class Table:
    """The rows of the map, looked up by what they are about."""

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        self._values: dict[tuple[Regime, str, int], dict[int, Record]] = {}
        for row in rows:
            regime = regime_of(row)
            values = {name: float(row[name]) for name in MEASURES if row[name]}
            of_seed = self._values.setdefault((regime, row["part"], int(row["epoch"])), {})
            of_seed[int(row["seed"])] = values

    @classmethod
    def read(cls, path: Path) -> "Table":
        """Raises TrainError as `read_rows` does."""
        return cls(read_rows(path))

    @property
    def runs(self) -> int:
        return len({(regime, s) for (regime, _, _), seeds in self._values.items() for s in seeds})

    @property
    def regimes(self) -> list[Regime]:
        return sorted({regime for regime, _, _ in self._values})

    def epochs(self, regime: Regime, part: str = "validation") -> list[int]:
        return sorted(epoch for r, p, epoch in self._values if (r, p) == (regime, part))

    def sample(self, regime: Regime, measure: str, epoch: int, part: str = "validation") -> Sample:
        """One value per seed; empty where there is none."""
        found = self._values.get((regime, part, epoch), {})
        return Sample({s: v[measure] for s, v in sorted(found.items()) if measure in v})

    def marked(self, regime: Regime, part: str) -> Sample:
        """The epoch of each seed that a row of the history marks: `picked`, `stopped` and so on."""
        found = {
            seed: float(epoch)
            for (r, p, epoch), seeds in self._values.items()
            if (r, p) == (regime, part)
            for seed in seeds
        }
        return Sample(dict(sorted(found.items())))

    def seconds(self, measure: Literal["seconds", "cpu_seconds"] = "seconds") -> float:
        """Of all runs together, up to the last epoch that was measured of each."""
        last: dict[tuple[Regime, int], float] = {}
        for (regime, part, _), seeds in self._values.items():
            for seed, values in seeds.items():
                if part == "validation":
                    run = regime, seed
                    last[run] = max(last.get(run, 0.0), values[measure])
        return sum(last.values())
