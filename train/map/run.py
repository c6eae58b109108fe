"""`python -m train map`: trains and measures the regimes of the design, into one CSV.

It resumes wherever it was stopped or killed, with at most one epoch to train again. A run that a
later stage trains further keeps what it has, a checkpoint's measures stay beside it, and the CSV
grows after every run. Whatever the CSV holds counts as done, even if its checkpoints are gone, so
that another machine can continue.
"""

import json
import math
import time
from dataclasses import dataclass, field, fields
from pathlib import Path

from filelock import FileLock, Timeout
from lightning import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback

from colorizer import metrics
from colorizer.atomic import atomic_path
from colorizer.checkpoint import list_checkpoints, load_checkpoint
from colorizer.network import parameter_count
from colorizer.painting import split_lab
from train import TrainError
from train.arguments import FitArguments
from train.fit import fit, prepare_photos
from train.flags import flag, same_flag
from train.map.design import MEASURED, SEEDS, Regime, regimes, steps
from train.map.questions import LATE
from train.map.table import MAP_CSV, MEASURES, Record, Table, add_rows, row_of
from train.photos import PhotoSet
from train.recorder import read_history
from train.study.derived import early_stop
from train.study.evaluate import Truth, measure, predict
from train.trainer import say

PHOTOS_MEASURED = 256  # of the validation and of the training photos each
_VERSION = 1  # raise it when a measure changes, and they are all taken again


@dataclass(frozen=True)
class MapArguments:
    """The flags of `map`, checked when built."""

    photos: list[str] = same_flag(FitArguments, "photos")
    val: list[str] = flag("validation photos", name="SOURCE")
    val_limit: int = flag("validate on at most N photos", 256, "N")
    cache: Path = same_flag(FitArguments, "cache")
    precision: str = flag("number format and layout, the same for all runs", "32-channels-last")
    out: Path = flag("folder of the runs", Path("runs/map"))
    csv: Path = flag("the table", MAP_CSV)
    stages: int | None = flag("only the first N stages", None, "N")
    minutes: float | None = flag(
        "stop at the end of the epoch in which they are over; can be resumed", None
    )

    def __post_init__(self) -> None:
        if self.minutes is not None and self.minutes <= 0:
            raise TrainError("--minutes must be above 0.")

    @property
    def template(self) -> FitArguments:
        """The flags that all runs share; each regime sets its own."""
        shared = {field.name for field in fields(FitArguments)} & vars(self).keys()
        return FitArguments(
            variant="baseline", patience=0, **{name: getattr(self, name) for name in shared}
        )


def make_map(arguments: MapArguments) -> None:
    """Train and measure the regimes of the design. Raises TrainError."""
    run_map(arguments.template, arguments.csv, arguments.stages, arguments.minutes)


def run_map(
    template: FitArguments, csv: Path, stages: int | None = None, minutes: float | None = None
) -> None:
    """template: the flags all runs share; stages: how many of STAGES, from the first; minutes: stop
    at the end of the epoch in which they are over.

    Raises TrainError if another map is made in the same folder, or the CSV is another table.
    """
    template.out.mkdir(parents=True, exist_ok=True)
    until = math.inf if minutes is None else time.monotonic() + 60 * minutes
    try:
        with FileLock(template.out / ".lock", timeout=0):
            gather(template.out, csv)
            photos = _Photos(template)
            for place, (stage, regime, seed) in enumerate(todo := list(steps(stages)), start=1):
                arguments = regime.arguments(template, seed, stage.epochs)
                if not arguments.folder.exists() and _is_measured(csv, regime, seed, stage.epochs):
                    continue
                if time.monotonic() >= until:
                    say(
                        f"The time is up before step {place} of {len(todo)}; run again to continue."
                    )
                    return
                say(f"{place} of {len(todo)}, {stage.name}: {regime.name}, seed {seed}.")
                _run(arguments, photos, until)
                gather(template.out, csv)
    except Timeout:
        raise TrainError(f"--out {template.out}: another map is made there; wait for it.") from None


def _is_measured(csv: Path, regime: Regime, seed: int, epochs: int) -> bool:
    return seed in Table.read(csv).sample(regime, "loss", epochs).by_seed


class _Until(Callback):
    """Ends a run after the epoch in which its time is up; it can be resumed."""

    def __init__(self, until: float) -> None:
        self.until = until

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if time.monotonic() >= self.until:
            trainer.should_stop = True


@dataclass
class _Photos:
    """Photos of each number and size, decoded once and shared by all runs."""

    template: FitArguments
    _sets: dict[tuple[int | None, int], tuple[PhotoSet, PhotoSet]] = field(default_factory=dict)

    def of(self, arguments: FitArguments) -> tuple[PhotoSet, PhotoSet]:
        key = arguments.limit, arguments.size
        if key not in self._sets:
            self._sets[key] = prepare_photos(arguments)
        return self._sets[key]


def _run(arguments: FitArguments, photos: _Photos, until: float) -> None:
    trained = len(read_history(arguments.folder))
    if trained < arguments.epochs:
        fit(arguments, photos.of(arguments), [_Until(until)])
    paths = list_checkpoints(arguments.out).get(arguments.variant, {})
    for epoch, path in paths.items():
        if epoch in MEASURED:
            _measure(path, arguments, photos)
        elif epoch < max(paths):  # the last one is what a later stage goes on from
            path.unlink()


def _measure(path: Path, arguments: FitArguments, photos: _Photos) -> None:
    """Into a file beside the checkpoint, unless it is there."""
    kept = path.with_suffix(".measures.json")
    if kept.exists() and json.loads(kept.read_text())["version"] == _VERSION:
        return
    network, info = load_checkpoint(path)
    train, val = photos.of(arguments)
    found: dict = {"version": _VERSION, "parameters": parameter_count(network)}
    for part, chosen in (("validation", val), ("training", train)):
        truth = Truth.of(chosen, arguments.size, PHOTOS_MEASURED)
        colour = predict(network, info.decoding, truth)
        lightness, _ = split_lab(colour)
        values = measure(colour, truth, slow=False)
        values["lightness_sharpness"] = 1.0
        if lightness is not None:
            sharp, true = (metrics.gradient_energy(x).mean() for x in (lightness, truth.lightness))
            values["lightness_sharpness"] = float(sharp / true)
        found[part] = {name: values[name] for name in MEASURES if name in values}
    with atomic_path(kept) as temporary:
        temporary.write_text(json.dumps(found))


def gather(out: Path, csv: Path) -> None:
    """Everything below `out` that was measured, into the table."""
    rows = []
    for regime in regimes():
        for seed in range(SEEDS):
            for folder in sorted((out / regime.name / f"seed-{seed}").glob("*/")):
                rows += _rows_of(folder, regime, seed)
    add_rows(csv, rows)


def _rows_of(folder: Path, regime: Regime, seed: int) -> list[dict[str, str]]:
    rows = []
    history = {int(row["epoch"]): row for row in read_history(folder)}
    for path in sorted(folder.glob("epoch-*.measures.json")):
        epoch = int(path.name.removeprefix("epoch-").partition(".")[0])
        found = json.loads(path.read_text())
        spent = {
            name: sum(row[name] for e, row in history.items() if e <= epoch)
            for name in ("seconds", "cpu_seconds")
        }
        for part in ("validation", "training"):
            known: Record = {**found[part], **spent, "parameters": found["parameters"]}
            rows.append(row_of(regime, seed, part, epoch, known))
    if not rows or len(history) < LATE:
        return rows  # too short a run to say what its best epoch is
    picked, stopped = early_stop({epoch: row["val_loss"] for epoch, row in history.items()})
    most = max(history, key=lambda epoch: history[epoch]["colourfulness_ratio"])
    for part, epoch in (("picked", picked), ("most-colourful", most), ("stopped", stopped)):
        row = history[epoch]
        known = {
            "loss": row["val_loss"],
            **{name: row[name] for name in ("colourfulness_ratio", "mean_chroma", "hue_entropy")},
        }
        rows.append(row_of(regime, seed, part, epoch, known))
    return rows
