"""`python -m train report`: the study's page, plots and data for the app, from its CSV alone.

No figure is typed here: each comes from the table, and so do the words that judge it.
"""

import json
import math
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from colorizer import metrics
from colorizer.network import STORY
from train.flags import flag
from train.map.app_data import map_data
from train.map.page import map_part
from train.map.table import MAP_CSV
from train.study.app_data import app_data
from train.study.claims import NEAR, study_claims
from train.study.derived import EARLY, LATE
from train.study.markdown import table
from train.study.measures import (
    ACCURACY,
    AMBIGUOUS,
    AVERAGING,
    COLOUR,
    MEASURES,
    RECOGNITION,
)
from train.study.plots import write_plots
from train.study.results import STUDY_CSV, Results, read_rows
from train.study.tables import browner, differences, gap, picks, times, values_of
from train.study.verdicts import MIN_SEEDS, SPREADS, Claim, number


@dataclass(frozen=True)
class ReportArguments:
    """The flags of `report`."""

    csv: Path = flag("the table of `study`", STUDY_CSV)
    map: Path = flag("the table of `map`; left out if it does not exist", MAP_CSV)
    out: Path = flag("the page; its plots stand beside it", Path("docs/study.md"))
    json: Path = flag("what the app shows of it", Path("assets/study.json"))


def report(arguments: ReportArguments) -> None:
    """Write the study's page, plots and data. Raises TrainError."""
    map_csv = arguments.map if arguments.map.exists() else None
    write_report(arguments.csv, arguments.out, arguments.json, map_csv)


def write_report(csv: Path, out: Path, data: Path, map_csv: Path | None = None) -> None:
    """`out` as markdown with its plots beside it, and `data` as JSON for the app.

    map_csv: of the second study, whose part comes last. Raises TrainError if a CSV cannot be read.
    """
    results = Results(read_rows(csv))
    claims = study_claims(results)
    out.parent.mkdir(parents=True, exist_ok=True)
    plots = write_plots(results, claims, out.parent, out.stem)
    source = Path(os.path.relpath(csv, out.parent)).as_posix()
    shown = {name: f"![{title}]({path.name})" for name, (title, path) in plots.items()}
    page = _page(results, claims, shown, source)
    of_app = app_data(results, claims)
    if map_csv:
        page += "\n" + map_part(map_csv, out) + "\n"
        of_app["map"] = map_data(map_csv, results)
    out.write_text(page)
    data.parent.mkdir(parents=True, exist_ok=True)
    data.write_text(json.dumps(of_app, indent=1, ensure_ascii=False) + "\n")


def _page(results: Results, claims: list[Claim], plots: dict[str, str], source: str) -> str:
    """plots: as markdown."""
    values = partial(values_of, results)
    evidence = {
        "range": [values((EARLY,), COLOUR[:4]), plots["hues"]],
        "browner": [
            browner(results),
            plots["sepia"],
            plots["loss"],
        ],
        "early-stopping": [picks(results), plots["colour"]],
        "time": [times(results), plots["time"]],
        "fuzzier": [
            values((EARLY, LATE), ("sharpness", "relative_sharpness", *COLOUR[:1], "sepia_index")),
            plots["sharpness"],
        ],
        "diagnosis": [
            gap(results),
            plots["gap"],
            plots["slope"],
            values((LATE,), AMBIGUOUS),
            plots["mean"],
        ],
    }
    blocks = [
        f"<!-- Made by `python -m train report` from {source}; edit the code, not this page. -->",
        "# The dropout study",
        _introduction(results, source),
        "## Verdicts",
        table(
            ["", "claim", "verdict", "runs"],
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
            differences(claim),
            *evidence[claim.id],
        ]
    blocks += [
        "## How it was measured",
        _method(results),
        table(
            ["measure", "meaning"],
            [
                [m.title, m.meaning]
                for name, m in MEASURES.items()
                if m.meaning and name not in RECOGNITION
            ],
        ),
        "## All measures",
        "Mean ± standard deviation over the runs, validation photos.",
        values(None, ACCURACY),
        values(None, COLOUR),
        values(None, AVERAGING),
        "On training photos, in eval mode:",
        values(None, ("loss", *COLOUR, "mean_slope"), "training"),
    ]
    return "\n\n".join(blocks) + "\n"


def _introduction(results: Results, source: str) -> str:
    photos = int(results.setting("training_photos"))
    epochs, runs = int(results.setting("epochs")), int(results.setting("seeds"))
    a, b = results.setting("mean_a"), results.setting("mean_b")
    hue = math.degrees(math.atan2(b, a)) % 360
    low, high = metrics.SEPIA_SECTOR
    where = "among the browns" if low <= hue <= high else "outside the browns"
    return (
        "This project starts from a story: a plain convolutional network learns to colour photos, "
        "batch normalisation makes it more colourful, longer training turns it brown, and dropout "
        "is tried as a cure. Here its claims are tested with our own training: three "
        "variants that differ only in the layers between the convolutions, "
        f"{photos:,} photos, {epochs} epochs, {runs} runs of each, and in each run "
        "the three see the same photos in the same order. Every figure on this page comes from "
        f"[{source}]({source}).\n\n"
        "Why brown at all? The loss is the mean square error of ab, and its optimum for pixels "
        "that look alike is the mean of their colours. The mean of all training photos is "
        f"a = {number(a, 1)}, b = {number(b, 1)}: a chroma of {number(math.hypot(a, b), 1)} at a "
        f"hue of {number(hue, 0)}°, {where} ({low:.0f}° to {high:.0f}°). The row *constant mean "
        "ab* in the tables paints that colour everywhere; *grey* paints none; *original* is the "
        "photos themselves."
    )


def _rule() -> str:
    return (
        "The rule, fixed before the results: differences are paired run by run. One *holds* if all "
        f"runs agree on the claimed sign and the mean is at least {SPREADS:.0f} standard "
        "deviations from 0; it is the *opposite* if that is true of the other sign, else "
        "*unclear*. "
        "A claim is **reproduced** if all its points and conditions hold, **not reproduced** if "
        "none of its points does, **mixed** otherwise; with fewer than "
        f"{MIN_SEEDS} runs it is **undecided**. Unclear is not no: the runs disagree, or "
        "differ too little from 0. Context has no vote."
    )


def _method(results: Results) -> str:
    setting = results.setting
    sizes = {int(setting("parameters", variant)) for variant in STORY}
    return (
        f"Squares of {setting('size'):.0f} pixels, batches of {setting('batch_size'):.0f}, Adam at "
        f"a constant {setting('learning_rate'):g}, dropout rate {setting('dropout_rate'):g}, "
        f"{min(sizes):,} to {max(sizes):,} parameters, no early stopping: what it would have "
        "chosen is computed afterwards. "
        f"{setting('validation_photos'):,.0f} validation photos; "
        f"{setting('training_photos_measured'):,.0f} of the training photos are measured the same "
        "way, in eval mode. Values are the mean over the photos; colourfulness and the sharpnesses "
        "are ratios of two means, AuC and slope pool all pixels; SSIM and ΔE2000 are measured on "
        f"{setting('slow_photos'):.0f} photos. PSNR, SSIM and ΔE2000 compare pictures with the "
        "photo's own lightness, so grey scores well on all three.\n\n"
        "Pixels that a network predicts alike, to 2 Lab units, are pixels it cannot tell apart. "
        "If it sits at the L2 optimum it paints them in the mean of their true colours, and the "
        "slope of the true ab on the predicted is 1; colours learnt by heart are stronger than "
        f"unseen photos bear out, and the slope falls below 1 (by more than {NEAR:g} counts)."
        f"\n\nTime is measured separately, on {setting('timing_photos'):,.0f} training and "
        f"{setting('timing_validation_photos'):,.0f} validation photos: the variants taking turns "
        "epoch by epoch, which compares them, and each run in one go, which shows whether epochs "
        "get longer; the first epoch pays for starting up and is left out."
    )
