"""The map's one tidy table: a row for each run, part of the photos and epoch.

Columns
    photos, variant, head, augment, width, seed     the run: a regime of `design` and a seed
    part     validation: photos it was not trained on; training: some that it was, in eval mode;
             picked, most-colourful, stopped: epochs of the whole run, from its history (below)
    epoch
    loss     mean square error of ab in the network's unit, whatever the head: eval mode
    ...      measures of `train.study.measures`
    lightness_sharpness     gradient energy of L, of the originals': 1 where the photo's own is kept
    seconds  that training and validation took up to this epoch
    parameters

Rows of the history: the epoch that early stopping with a patience of 5 would pick, the most
colourful one, and the last that would have been trained. Their loss is the validation loss that was
trained by, in the unit of the head. What is not known of a row is empty.
"""

import csv
from collections.abc import Iterable
from pathlib import Path

from colorizer.atomic import atomic_path
from train import TrainError
from train.map.design import Regime
from train.study.results import Sample

MEASURES = (
    "loss", "colourfulness_ratio", "mean_chroma", "hue_entropy", "sepia_index", "sharpness",
    "relative_sharpness", "lightness_sharpness", "seconds", "parameters",
)  # fmt: skip
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


def write_table(path: Path, rows: Iterable[dict[str, str]]) -> None:
    """The file is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.DictWriter[str](file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


class Table:
    """The rows of the map, looked up by what they are about."""

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        self._values: dict[tuple[Regime, str, int], dict[int, Record]] = {}
        for row in rows:
            regime = Regime(
                int(row["photos"]), row["variant"], row["head"], row["augment"], int(row["width"])
            )
            values = {name: float(row[name]) for name in MEASURES if row[name]}
            of_seed = self._values.setdefault((regime, row["part"], int(row["epoch"])), {})
            of_seed[int(row["seed"])] = values

    @classmethod
    def read(cls, path: Path) -> "Table":
        """Raises TrainError if there is no such file or it has other columns."""
        if not path.exists():
            raise TrainError(f"--map {path}: there is no such file; make it with `train map`.")
        with path.open(newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise TrainError(f"--map {path}: its columns are not {', '.join(COLUMNS)}.")
            return cls(reader)

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

    def seconds(self) -> float:
        """Of all runs together, up to the last epoch that was measured of each."""
        last: dict[tuple[Regime, int], float] = {}
        for (regime, part, _), seeds in self._values.items():
            for seed, values in seeds.items():
                if part == "validation" and "seconds" in values:
                    run = regime, seed
                    last[run] = max(last.get(run, 0.0), values["seconds"])
        return sum(last.values())
