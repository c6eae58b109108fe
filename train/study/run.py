"""`python -m train study`: every variant with several seeds, timed and measured, in one tidy CSV.

Every stage resumes where it was stopped: finished epochs are not trained again, and a checkpoint's
measures stay beside it and are repeated only if the checkpoint, the photos or the measures change.
To repeat the timing, delete the folders `interleaved` and `straight` below --out.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

from filelock import FileLock, Timeout
from tqdm import tqdm

from colorizer.atomic import atomic_path
from colorizer.checkpoint import CheckpointError, file_name, list_checkpoints
from colorizer.network import STORY, build_network, parameter_count
from train import TrainError
from train.arguments import FitArguments, Recipe
from train.fit import fit, prepare_photos
from train.flags import flag, same_flag
from train.recorder import COLUMNS, read_history
from train.resume import recorded_run
from train.study.evaluate import (
    SLOW_PHOTOS,
    Truth,
    evaluate_checkpoint,
    mean_ab,
    reference_rows,
)
from train.study.results import STUDY_CSV, Row, write_rows

TRAINING_PHOTOS = 1024  # of the training photos, to compare with the validation photos
_MEASURES_VERSION = 1  # raise it when a measure changes, and they are all taken again


@dataclass(frozen=True)
class StudyArguments:
    """The flags of `study`, checked when built."""

    photos: list[str] = same_flag(FitArguments, "photos")
    val: list[str] = same_flag(FitArguments, "val")
    size: int = same_flag(FitArguments, "size")
    batch_size: int = same_flag(FitArguments, "batch_size")
    limit: int | None = same_flag(FitArguments, "limit")
    cache: Path = same_flag(FitArguments, "cache")
    seeds: int = flag("runs of each variant", 3)
    epochs: int = same_flag(FitArguments, "epochs")
    lr: float = flag("learning rate", Recipe.lr)
    precision: str = same_flag(FitArguments, "precision")
    out: Path = flag("folder of the runs", Path("runs/study"))
    csv: Path = flag("the table", STUDY_CSV)
    timing_photos: int = flag("photos per epoch when timing", 2048)
    timing_epochs: int = flag("epochs when timing", 6)

    def __post_init__(self) -> None:
        for name, least in (("seeds", 1), ("timing_photos", 2), ("timing_epochs", 1)):
            if getattr(self, name) < least:
                raise TrainError(
                    f"--{name.replace('_', '-')} {getattr(self, name)}: must be {least} or more."
                )

    @property
    def template(self) -> FitArguments:
        """The flags that all runs share; their variant and seed are set for each."""
        shared = {field.name for field in fields(FitArguments)} & vars(self).keys()
        return FitArguments(
            variant="baseline", patience=0, **{name: getattr(self, name) for name in shared}
        )


def study(arguments: StudyArguments) -> None:
    """Make the whole study. Raises TrainError."""
    run_study(
        arguments.template,
        arguments.seeds,
        arguments.csv,
        arguments.timing_photos,
        arguments.timing_epochs,
    )


def train_grid(template: FitArguments, seeds: int, out: Path) -> None:
    """Seeds by variants, resumable, without early stopping: the study itself asks what it picks.

    Seed s of every variant sees the same photos in the same order, from the same initial weights.
    """
    for seed in range(seeds):
        for variant in STORY:
            fit(
                replace(
                    template,
                    variant=variant,
                    seed=seed,
                    out=out / f"seed-{seed}",
                    patience=0,
                    resume=True,
                )
            )


def time_epochs(template: FitArguments, seeds: int, out: Path) -> None:
    """Comparable seconds per epoch, on few photos and a machine that does nothing else.

    `interleaved`: the variants take turns epoch by epoch, and the first one changes, so that
    whatever else the machine does affects all of them. `straight`: each run in one go, the only way
    to see a time that rises from epoch to epoch within a process.
    """
    names = list(STORY)
    for seed in range(seeds):
        for epoch in range(1, template.epochs + 1):
            first = (seed + epoch) % len(names)
            for variant in names[first:] + names[:first]:
                folder = out / "interleaved" / f"seed-{seed}"
                fit(
                    replace(
                        template,
                        variant=variant,
                        seed=seed,
                        out=folder,
                        epochs=epoch,
                        patience=0,
                        resume=True,
                    )
                )
    train_grid(template, seeds, out / "straight")


def evaluated_epochs(epochs: int) -> list[int]:
    """1, 2, every fifth, and the last."""
    return sorted({1, 2, *range(5, epochs + 1, 5), epochs} & set(range(1, epochs + 1)))


def run_study(
    template: FitArguments, seeds: int, csv: Path, timing_photos: int, timing_epochs: int
) -> None:
    """The whole study into `csv`. template: the flags all runs share; its variant is not used.

    Raises TrainError if another study is at work in the same folder.
    """
    template.out.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(template.out / ".lock", timeout=0):
            _run_study(template, seeds, csv, timing_photos, timing_epochs)
    except Timeout:
        raise TrainError(f"--out {template.out}: another study runs there; wait for it.") from None


def _run_study(
    template: FitArguments, seeds: int, csv: Path, timing_photos: int, timing_epochs: int
) -> None:
    out = template.out
    template = replace(template, precision=_shared_precision(template, out))
    train_grid(template, seeds, out)
    timing = replace(template, limit=timing_photos, epochs=timing_epochs)
    time_epochs(timing, seeds, out)

    train_photos, val_photos = prepare_photos(template)
    truth = Truth.of(val_photos, template.size)
    training = Truth.of(train_photos, template.size, TRAINING_PHOTOS)
    rows = [
        *_settings(template, timing, seeds, truth, training, len(train_photos.squares)),
        *_history_rows("history", out, seeds, COLUMNS[1:]),
        *_history_rows("interleaved", out / "interleaved", seeds, ["seconds", "cpu_seconds"]),
        *_history_rows("straight", out / "straight", seeds, ["seconds", "cpu_seconds"]),
        *_reference_rows("validation", truth, training),
        *_reference_rows("training", training, training),
        *_measure_checkpoints(out, seeds, evaluated_epochs(template.epochs), truth, training),
    ]
    write_rows(csv, rows)
    print(f"{len(rows)} observations in {csv}; `python -m train report` turns them into a report.")


def _shared_precision(template: FitArguments, out: Path) -> str:
    """The fastest precision of the first run, for all: variants may differ in nothing else."""
    first = replace(
        template, variant=next(iter(STORY)), seed=0, out=out / "seed-0", patience=0, resume=True
    )
    epochs = len(fit(first))
    return recorded_run(first.folder / file_name(epochs)).get("precision", template.precision)


def _settings(
    template: FitArguments,
    timing: FitArguments,
    seeds: int,
    truth: Truth,
    training: Truth,
    photos: int,
) -> Iterator[Row]:
    mean_a, mean_b = mean_ab(training).tolist()
    timed = [len(p.squares) for p in prepare_photos(timing)]
    values = {
        "seeds": seeds,
        "epochs": template.epochs,
        "size": template.size,
        "batch_size": template.batch_size,
        "learning_rate": template.lr,
        "dropout_rate": template.dropout or STORY["dropout"].dropout,
        "training_photos": photos,
        "validation_photos": len(truth.rgb),
        "training_photos_measured": len(training.rgb),
        "slow_photos": min(SLOW_PHOTOS, len(truth.rgb)),
        "timing_epochs": timing.epochs,
        "timing_photos": timed[0],
        "timing_validation_photos": timed[1],
        "mean_a": mean_a,
        "mean_b": mean_b,
    }
    for name, value in values.items():
        yield Row("setting", None, "", None, name, value)
    for variant, settings in STORY.items():
        count = parameter_count(build_network(settings))
        yield Row("setting", None, variant, None, "parameters", count)


def _history_rows(stage: str, out: Path, seeds: int, columns: list[str]) -> Iterator[Row]:
    for seed in range(seeds):
        for variant in STORY:
            for record in read_history(out / f"seed-{seed}" / variant):
                for name in columns:
                    yield Row(stage, seed, variant, int(record["epoch"]), name, record[name])


def _reference_rows(stage: str, truth: Truth, training: Truth) -> Iterator[Row]:
    for variant, values in reference_rows(truth, training).items():
        yield from _known(Row(stage, None, variant, None, *item) for item in values.items())


def _known(rows: Iterable[Row]) -> Iterator[Row]:
    """Without measures that have no value, such as the colour of ambiguous pixels if none exist."""
    return (row for row in rows if not math.isnan(row.value))


def _measure_checkpoints(
    out: Path, seeds: int, epochs: list[int], truth: Truth, training: Truth
) -> Iterator[Row]:
    photos = hashlib.sha256()
    for part in (truth, training):
        photos.update(part.rgb.numpy().tobytes())
    places = [
        (seed, variant, epoch, path)
        for seed in range(seeds)
        for variant, paths in list_checkpoints(out / f"seed-{seed}").items()
        for epoch, path in paths.items()
        if epoch in epochs
    ]
    for seed, variant, epoch, path in tqdm(places, desc="Measuring", unit="checkpoint"):
        for stage, values in _measures(path, photos.hexdigest(), truth, training).items():
            yield from _known(Row(stage, seed, variant, epoch, *item) for item in values.items())


def _measures(
    path: Path, photos: str, truth: Truth, training: Truth
) -> dict[str, dict[str, float]]:
    """{stage: {measure: value}}, from the file beside the checkpoint if it still fits."""
    checkpoint = hashlib.sha256(path.read_bytes()).hexdigest()
    key = {"version": _MEASURES_VERSION, "checkpoint": checkpoint, "photos": photos}
    kept = path.with_suffix(".measures.json")
    if kept.exists() and (found := json.loads(kept.read_text()))["key"] == key:
        return found["stages"]
    try:
        stages = {
            "validation": evaluate_checkpoint(path, truth),
            "training": evaluate_checkpoint(path, training),
        }
    except CheckpointError as error:
        raise TrainError(str(error)) from error
    with atomic_path(kept) as temporary:
        temporary.write_text(json.dumps({"key": key, "stages": stages}))
    return stages
