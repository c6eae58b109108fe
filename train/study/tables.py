"""The tables of the study's page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from colorizer.network import STORY
from train.study.derived import (
    EARLY,
    LATE,
    PATIENCE,
    early_stopping_picks,
    loss_gap,
    seconds_per_epoch,
)
from train.study.markdown import table
from train.study.measures import MEASURES
from train.study.results import REFERENCES, Results, Sample
from train.study.verdicts import Claim, number, plain, signed

_DASH = "\N{EM DASH}"
_LABELS = {"grey": "*grey*", "constant": "*constant mean ab*", "original": "*original*"}


def differences(claim: Claim) -> str:
    rows = []
    for part in claim.parts:
        seeds = ", ".join(
            signed(Sample({seed: value}), part.digits)
            for seed, value in part.difference.by_seed.items()
        )
        judged = part.outcome if part.role != "context" else f"({part.outcome})"
        rows.append(
            [
                part.name,
                part.role,
                "above 0" if part.sign > 0 else "below 0",
                seeds,
                part.figure,
                judged,
            ]
        )
    header = ["difference", "role", "claimed", "each run", "mean ± sd", "finding"]
    return table(header, rows, left=3)


@dataclass(frozen=True)
class Column:
    """Of a table of values: a sample per variant and epoch, and a value per reference row."""

    title: str
    digits: int
    sample: Callable[[str, int], Sample]
    reference: Callable[[str], float | None]


def _column(results: Results, measure: str, stage: str = "validation", title: str = "") -> Column:
    return Column(
        title or MEASURES[measure].title,
        MEASURES[measure].digits,
        lambda variant, epoch: results.sample(stage, variant, measure, epoch),
        lambda row: results.reference(stage, row, measure),
    )


def values_of(
    results: Results,
    epochs: Iterable[int] | None,
    measures: Iterable[str],
    stage: str = "validation",
) -> str:
    """A table of measures; epochs None: all that were measured."""
    return _value_table(results, epochs, [_column(results, name, stage) for name in measures])


def _value_table(results: Results, epochs: Iterable[int] | None, columns: list[Column]) -> str:
    rows = []
    for variant in STORY:
        for epoch in epochs or results.epochs("validation", variant, "loss"):
            cells = [plain(column.sample(variant, epoch), column.digits) for column in columns]
            rows.append([variant, str(epoch), *cells])
    for row in REFERENCES:
        values = [column.reference(row) for column in columns]
        cells = [
            _DASH if value is None else number(value, column.digits)
            for value, column in zip(values, columns, strict=True)
        ]
        if cells.count(_DASH) < len(cells) or row != "original":
            rows.append([_LABELS[row], _DASH, *cells])
    header = ["variant", "epoch", *(column.title for column in columns)]
    return table(header, rows)


def browner(results: Results) -> str:
    columns = [
        _column(results, "sepia_index"),
        _column(results, "colourfulness_ratio"),
        _column(results, "loss", title="validation loss"),
        _column(results, "loss", "training", title="training loss, eval mode"),
    ]
    return _value_table(results, (EARLY, LATE), columns)


def gap(results: Results) -> str:
    def gap(row: str) -> float | None:
        pair = [results.reference(stage, row, "loss") for stage in ("validation", "training")]
        return None if pair[0] is None or pair[1] is None else pair[0] - pair[1]

    columns = [
        _column(results, "loss", title="validation loss"),
        _column(results, "loss", "training", title="training loss, eval mode"),
        Column("gap", 5, lambda name, epoch: loss_gap(results, name, epoch), gap),
        _column(results, "sepia_index", title="sepia, validation"),
        _column(results, "sepia_index", "training", title="sepia, training"),
        _column(results, "mean_slope", title="slope, validation"),
        _column(results, "mean_slope", "training", title="slope, training"),
    ]
    return _value_table(results, (EARLY, LATE), columns)


def picks(results: Results) -> str:
    rows = []
    for variant in STORY:
        for seed, pick in early_stopping_picks(results, variant).items():
            ratios = (pick.ratio, pick.typical, pick.last, pick.best)
            cells = [number(value, 3) for value in ratios]
            rows.append(
                [variant, str(seed), str(pick.stop), str(pick.epoch), *cells, str(pick.best_epoch)]
            )
    for row in REFERENCES[:2]:
        ratio = results.reference("validation", row, "colourfulness_ratio")
        cell = _DASH if ratio is None else number(ratio, 3)
        rows.append([_LABELS[row], _DASH, _DASH, _DASH, *[cell] * 4, _DASH])
    header = [
        "variant",
        "run",
        f"stops after (patience {PATIENCE})",
        "epoch chosen",
        "colourfulness there",
        "mean of the run",
        "at the last epoch",
        "at its best",
        "best epoch",
    ]
    return table(header, rows)


def times(results: Results) -> str:
    rows = []
    for variant in STORY:
        straight = results.curve("straight", variant, "seconds")
        rows.append(
            [variant, plain(seconds_per_epoch(results, variant), 2)]
            + [plain(sample, 2) for epoch, sample in straight.items() if epoch > 1]
        )
    epochs = [e for e in results.epochs("straight", next(iter(STORY)), "seconds") if e > 1]
    header = ["variant", "taking turns, s", *(f"epoch {epoch}, s" for epoch in epochs)]
    return table(header, rows, left=1)
