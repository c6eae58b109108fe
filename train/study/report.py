"""`python -m train report`: the study's page, plots and data for the app, from its CSV alone.

No figure is typed here: each comes from the table, and so do the words that judge it.
"""

import json
import math
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from colorizer import metrics
from colorizer.network import STORY
from train.study.claims import (
    CALIBRATED,
    EARLY,
    LATE,
    MIN_SEEDS,
    PATIENCE,
    SPREADS,
    Claim,
    Part,
    early_stopping_picks,
    loss_gap,
    number,
    plain,
    seconds_per_epoch,
    signed,
    study_claims,
)
from train.study.markdown import table
from train.study.measures import ACCURACY, AMBIGUOUS, CALIBRATION, COLOUR, MEASURES
from train.study.plots import write_plots
from train.study.results import REFERENCES, Results, Sample, read_rows

_DASH = "\N{EM DASH}"
_LABELS = {"grey": "*grey*", "constant": "*constant mean ab*", "original": "*original*"}


def write_report(csv: Path, out: Path, data: Path) -> None:
    """`out` as markdown with its plots beside it, and `data` as JSON for the app.

    Raises TrainError if the CSV cannot be read.
    """
    results = Results(read_rows(csv))
    claims = study_claims(results)
    out.parent.mkdir(parents=True, exist_ok=True)
    plots = write_plots(results, out.parent, out.stem)
    source = Path(os.path.relpath(csv, out.parent)).as_posix()
    out.write_text(
        _page(results, claims, {name: path.name for name, path in plots.items()}, source)
    )
    data.parent.mkdir(parents=True, exist_ok=True)
    data.write_text(json.dumps(app_data(results, claims), indent=1, ensure_ascii=False) + "\n")


# For the app


def app_data(results: Results, claims: list[Claim]) -> dict:
    """What the app shows of the study: claims with verdicts, and curves against epoch."""
    sources = {
        "val_loss": "history",
        "train_loss": "history",
        "colourfulness_ratio": "history",
        "hue_entropy": "history",
        "sepia_index": "validation",
        "sharpness": "validation",
        "seconds": "interleaved",
    }
    return {
        "claims": [
            {
                "id": claim.id,
                "title": claim.title,
                "claim": claim.text,
                "verdict": claim.verdict,
                "n": claim.n,
                "sentence": claim.sentence,
                "parts": [_part_data(part) for part in claim.parts],
            }
            for claim in claims
        ],
        "curves": {
            variant: {
                measure: _curve_data(results.curve(stage, variant, measure))
                for measure, stage in sources.items()
            }
            for variant in STORY
        },
        "seconds_per_epoch": {
            variant: _sample_data(seconds_per_epoch(results, variant)) for variant in STORY
        },
        "references": {
            row: {
                measure: value
                for measure in (*ACCURACY, *COLOUR)
                if (value := results.reference("validation", row, measure)) is not None
            }
            for row in REFERENCES
        },
    }


def _part_data(part: Part) -> dict:
    return {
        "name": part.name,
        "claimed": "above 0" if part.sign > 0 else "below 0",
        "role": part.role,
        "outcome": part.outcome,
        "unit": part.unit,
        **_sample_data(part.difference),
    }


def _sample_data(sample: Sample) -> dict:
    return {"n": sample.n, "mean": _significant(sample.mean), "sd": _significant(sample.sd)}


def _curve_data(curve: dict[int, Sample]) -> dict:
    return {
        "epoch": list(curve),
        "mean": [_significant(sample.mean) for sample in curve.values()],
        "sd": [_significant(sample.sd) for sample in curve.values()],
    }


def _significant(value: float) -> float | None:
    """6 significant digits; None, which JSON can hold, for nan."""
    return None if math.isnan(value) else float(f"{value:.6g}")


# The page


def _page(results: Results, claims: list[Claim], plots: dict[str, str], source: str) -> str:
    values = partial(_values, results)
    evidence = {
        "range": [values((EARLY,), COLOUR[:4])],
        "browner": [
            _browner_values(results), _figure("Loss against epoch", plots["loss"]),
            _figure("Colour against epoch", plots["colour"]),
        ],
        "early-stopping": [_picks(results)],
        "time": [_time(results), _figure("Time per epoch", plots["time"])],
        "fuzzier": [
            values((EARLY, LATE), ("sharpness", "relative_sharpness", *COLOUR[:1], "sepia_index")),
        ],
        "diagnosis": [
            _gap(results), values((LATE,), AMBIGUOUS),
            _figure("Over-fitting, and the mean of ambiguous pixels", plots["mean"]),
        ],
    }  # fmt: skip
    blocks = [
        f"<!-- Made by `python -m train report` from {source}; edit the code, not this page. -->",
        "# The dropout study",
        _introduction(results, source),
        "## Verdicts",
        table(
            ["", "claim", "verdict", "seeds"],
            [
                [str(place), claim.title, f"**{claim.verdict}**", str(claim.n)]
                for place, claim in enumerate(claims, start=1)
            ],
            left=3,
        ),
        _rule(),
    ]
    for place, claim in enumerate(claims, start=1):
        blocks += [
            f"## {place}. {claim.title}",
            f"> {claim.text}",
            f"**{claim.verdict.capitalize()}** (n = {claim.n}). {claim.sentence}",
            _differences(claim),
            *evidence[claim.id],
        ]
    blocks += [
        "## How it was measured",
        _method(results),
        table(
            ["measure", "meaning"],
            [[m.title, m.meaning] for m in MEASURES.values() if m.meaning],
        ),
        "## All measures",
        "Mean ± standard deviation over the seeds, validation photos.",
        values(None, ACCURACY),
        values(None, COLOUR),
        values(None, CALIBRATION),
        "On training photos, in eval mode:",
        values(None, ("loss", *COLOUR, "mean_slope"), "training"),
    ]
    return "\n\n".join(blocks) + "\n"


def _introduction(results: Results, source: str) -> str:
    photos = int(results.setting("training_photos"))
    epochs, seeds = int(results.setting("epochs")), int(results.setting("seeds"))
    a, b = results.setting("mean_a"), results.setting("mean_b")
    hue = math.degrees(math.atan2(b, a)) % 360
    low, high = metrics.SEPIA_SECTOR
    where = "among the browns" if low <= hue <= high else "outside the browns"
    return (
        "This project starts from a story: a plain convolutional network learns to colour photos, "
        "batch normalisation makes it more colourful, longer training turns it brown, and dropout "
        "is tried as a cure. Here its claims are put to the test with our own training: three "
        "variants that differ in nothing but the layers between the convolutions, "
        f"{photos:,} photos, {epochs} epochs, {seeds} seeds, and for each seed the same photos in "
        f"the same order. Every figure on this page comes from [{source}]({source}).\n\n"
        "Why brown at all? The loss is the mean square error of ab, and its optimum for pixels "
        "that look alike is the mean of their colours. The mean of all training photos is "
        f"a = {number(a, 1)}, b = {number(b, 1)}: a chroma of {number(math.hypot(a, b), 1)} at a "
        f"hue of {number(hue, 0)}°, {where} ({low:.0f}° to {high:.0f}°). The row *constant mean "
        "ab* in the tables paints that colour everywhere; *grey* paints none; *original* is the "
        "photos themselves."
    )


def _rule() -> str:
    return (
        "The rule, fixed before the results: differences are paired by seed. One *holds* if every "
        f"seed agrees on the claimed sign and the mean is at least {SPREADS:.0f} standard "
        "deviations from 0; it is the *opposite* if that is true of the other sign, else "
        "*unclear*. "
        "A claim is **reproduced** if all its points and conditions hold, **not reproduced** if "
        "none of its points does, **mixed** otherwise; with fewer than "
        f"{MIN_SEEDS} seeds it is **undecided**. Context has no vote."
    )


def _method(results: Results) -> str:
    setting = results.setting
    sizes = {int(setting("parameters", variant)) for variant in STORY}
    return (
        f"Squares of {setting('size'):.0f} pixels, batches of {setting('batch_size'):.0f}, Adam at "
        f"a constant {setting('learning_rate'):g}, dropout rate {setting('dropout_rate'):g}, "
        f"{min(sizes):,} to {max(sizes):,} parameters, no early stopping: what it would have "
        "picked is worked out afterwards. "
        f"{setting('validation_photos'):,.0f} validation photos; "
        f"{setting('training_photos_measured'):,.0f} of the training photos are measured the same "
        "way, in eval mode. Values are the mean over the photos; colourfulness and the sharpnesses "
        "are ratios of two means, AuC and slope pool all pixels; SSIM and ΔE2000 are taken of "
        f"{setting('slow_photos'):.0f} photos. PSNR, SSIM and ΔE2000 compare pictures with the "
        "photo's own lightness, so grey scores well on all three.\n\n"
        "Pixels that a network predicts alike, to 2 Lab units, are pixels it cannot tell apart. "
        "If it sits at the L2 optimum it paints them in the mean of their true colours, and the "
        "slope of the true ab on the predicted is 1; colours learnt by heart are stronger than "
        f"unseen photos bear out, and the slope falls below 1 (by more than {CALIBRATED:g} counts)."
        f"\n\nTime is measured apart, on {setting('timing_photos'):,.0f} training and "
        f"{setting('timing_validation_photos'):,.0f} validation photos: the variants taking turns "
        "epoch by epoch, which compares them, and each run in one go, which shows whether epochs "
        "get longer; the first epoch pays for starting up and is left out."
    )


def _figure(title: str, name: str) -> str:
    return f"![{title}]({name})"


def _differences(claim: Claim) -> str:
    rows = []
    for part in claim.parts:
        seeds = ", ".join(
            signed(Sample({seed: value}), part.digits)
            for seed, value in part.difference.by_seed.items()
        )
        judged = part.outcome if part.role != "context" else f"({part.outcome})"
        rows.append(
            [part.name, part.role, "above 0" if part.sign > 0 else "below 0", seeds, part.figure,
             judged]
        )  # fmt: skip
    header = ["difference", "role", "claimed", "each seed", "mean ± sd", "finding"]
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


def _values(
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


def _browner_values(results: Results) -> str:
    columns = [
        _column(results, "sepia_index"),
        _column(results, "colourfulness_ratio"),
        _column(results, "loss", title="validation loss"),
        _column(results, "loss", "training", title="training loss, eval mode"),
    ]
    return _value_table(results, (EARLY, LATE), columns)


def _gap(results: Results) -> str:
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


def _picks(results: Results) -> str:
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
        "variant", "seed", f"stops after (patience {PATIENCE})", "picks epoch",
        "colourfulness there", "mean of the run", "at the last epoch", "at its best",
        "best epoch",
    ]  # fmt: skip
    return table(header, rows)


def _time(results: Results) -> str:
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
