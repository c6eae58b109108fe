"""The study: its verdict rules, its page made from its CSV alone, and a small run of the whole."""

import csv
import itertools
import json
import math
import re
import shutil
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from filelock import FileLock
from helpers import assert_one_sentence, write_photos

from interface.render.claims import say_in
from train import TrainError
from train.__main__ import main
from train.arguments import FitArguments
from train.report import write_report
from train.study import run as study
from train.study.claims import STORY_SECONDS, study_claims
from train.study.derived import (
    early_stop,
    early_stopping_picks,
    rise_per_epoch,
    seconds_per_epoch,
    swing,
)
from train.study.results import Results, Row, Sample, read_rows, write_rows
from train.study.verdicts import Claim, Part, number, plain

ROOT = Path(__file__).parent.parent
COMMITTED = ROOT / "docs" / "study.csv"
TABLES = [  # the first study's, and the map's as soon as there are results
    path for name in ("study", "map", "seconds") if (path := ROOT / "docs" / f"{name}.csv").exists()
]
VARIANTS = ("baseline", "batchnorm", "dropout")


# The rules


def sample(*values: float) -> Sample:
    return Sample(dict(enumerate(values)))


def part(
    *values: float,
    sign: Literal[1, -1] = 1,
    role: Literal["point", "condition", "context"] = "point",
) -> Part:
    return Part("made up", sample(*values), sign, 2, "", ("yes", "no", "perhaps"), role)


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ((1.0, 1.1, 0.9), "holds"),
        ((-1.0, -1.1, -0.9), "opposite"),
        ((1.0, 1.1, -0.9), "unclear"),  # the seeds disagree
        ((0.1, 1.0, 1.9), "unclear"),  # they agree, but differ by more than half the mean
        ((0.0, 1.0, 1.0), "unclear"),
        ((0.0, 0.0, 0.0), "unclear"),
        ((5.0,), "undecided"),
        ((5.0, 5.0), "undecided"),
        ((), "undecided"),
    ],
)
def test_when_a_difference_holds(values, outcome):
    assert part(*values).outcome == outcome
    mirrored = part(*(-value for value in values), sign=-1)
    assert mirrored.outcome == outcome


HOLDS, OPPOSITE, UNCLEAR = (1.0, 1.1, 0.9), (-1.0, -1.1, -0.9), (1.0, -1.0, 0.5)


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        ([part(*HOLDS), part(*HOLDS)], "reproduced"),
        ([part(*HOLDS), part(*OPPOSITE)], "mixed"),
        ([part(*HOLDS), part(*UNCLEAR, role="condition")], "mixed"),
        ([part(*OPPOSITE), part(*UNCLEAR)], "not reproduced"),
        ([part(*UNCLEAR), part(*HOLDS, role="condition")], "not reproduced"),
        ([part(*HOLDS), part(*OPPOSITE, role="context")], "reproduced"),
        ([part(*OPPOSITE), part(*HOLDS, role="context")], "not reproduced"),
        ([part(1.0), part(1.0)], "undecided"),
        ([part(*HOLDS), part(1.0, 1.0)], "undecided"),
    ],
)
def test_the_verdict_of_a_claim(parts, verdict):
    claim = Claim("made-up", "Title", "Text.", "It", parts)
    assert claim.verdict == verdict
    votes = [p for p in parts if p.role != "context"]
    assert claim.n == min(p.difference.n for p in votes)
    if verdict != "undecided":
        for p in votes:
            word = {"holds": "yes", "opposite": "no", "unclear": "perhaps"}[p.outcome]
            assert f"{word} (made up {p.figure})" in claim.sentence


def test_samples_are_paired_by_seed():
    difference = Sample({0: 3.0, 1: 5.0, 2: 9.0}) - Sample({1: 1.0, 2: 2.0, 3: 4.0})
    assert difference.by_seed == {1: 4.0, 2: 7.0}
    assert difference.mean == 5.5
    assert difference.sd == pytest.approx(math.sqrt(4.5))
    assert math.isnan(sample(1.0).sd)


def test_numbers_have_a_true_minus_and_no_negative_zero():
    assert number(-1.26, 1) == "\N{MINUS SIGN}1.3"
    assert number(-0.004, 2) == "0.00"


def test_early_stopping():
    losses = dict(enumerate([5.0, 4, 3, 3.5, 3.4, 3.3, 3.2, 3.1, 1.0], start=1))
    assert early_stop(losses, patience=5) == (3, 8)
    assert early_stop(losses, patience=6) == (9, 9)
    assert early_stop(dict(enumerate([3.0, 2, 1], start=1)), patience=5) == (3, 3)


def test_rise_per_epoch():
    assert rise_per_epoch({2: 90.0, 3: 100.0, 4: 110.0}) == pytest.approx(10)
    assert rise_per_epoch({2: 7.0, 3: 7.0}) == 0


# Made-up studies


def made_up(seeds: int, lean: float, noise: float = 0.002, draw: int = 0) -> list[Row]:
    """The rows of a study in which everything leans the story's way (1), or the other way (-1)."""
    random = np.random.default_rng(draw)
    rows = [Row("setting", None, "", None, name, 7.0) for name in SETTINGS]
    rows += [Row("setting", None, variant, None, "parameters", 5e5) for variant in VARIANTS]

    def add(stage, seed, variant, epoch, **values):
        for name, value in values.items():
            noisy = value * (1 + noise * random.standard_normal())
            rows.append(Row(stage, seed, variant, epoch, name, noisy))

    for seed in range(seeds):
        for variant in VARIANTS:
            normed, dropped = variant != "baseline", variant == "dropout"
            for epoch in range(1, 26):
                # Falls until epoch 20 (or 12), where there is the most (or the least) colour.
                val_loss = 0.01 + 0.0002 * abs(epoch - (20 if lean > 0 else 12))
                add(
                    "history",
                    seed,
                    variant,
                    epoch,
                    train_loss=0.02 - 0.0004 * lean * epoch,
                    val_loss=val_loss,
                    colourfulness_ratio=0.8 - lean * 30 * val_loss,
                    hue_entropy=2 + lean * normed,
                )
            for epoch in (1, 10, 25):
                for stage, own in (("validation", 1), ("training", 0)):
                    add(
                        stage,
                        seed,
                        variant,
                        epoch,
                        loss=0.02 + own * lean * 0.0002 * epoch,
                        sepia_index=0.5 + lean * (0.005 * (1 + own) * epoch + 0.1 * dropped),
                        hue_entropy=2 + lean * normed,
                        colourfulness_ratio=0.5 + 0.2 * lean * normed,
                        sharpness=0.1 - 0.05 * lean * dropped,
                        mean_slope=1 - 0.3 * (lean > 0),
                        ambiguous_true_sepia=0.3,
                        ambiguous_mean_sepia=0.3 + 0.2 * lean,
                        ambiguous_sepia=0.5,
                        ambiguous_true_chroma=15.0,
                        ambiguous_mean_chroma=4.0,
                        ambiguous_chroma=4.5,
                        ambiguous_pixels=0.5,
                    )
            for stage in ("interleaved", "straight"):
                for epoch in range(1, 9):
                    add(stage, seed, variant, epoch, seconds=20 + lean * dropped * (3 + epoch))
    return rows


SETTINGS = (
    "seeds",
    "epochs",
    "size",
    "batch_size",
    "learning_rate",
    "dropout_rate",
    "training_photos",
    "validation_photos",
    "training_photos_measured",
    "slow_photos",
    "timing_photos",
    "timing_validation_photos",
    "mean_a",
    "mean_b",
)


def verdicts(rows: list[Row]) -> dict[str, str]:
    return {claim.id: claim.verdict for claim in study_claims(Results(rows))}


def test_a_study_that_agrees_with_the_story_reproduces_it():
    assert set(verdicts(made_up(3, lean=1)).values()) == {"reproduced"}


def test_a_study_that_goes_the_other_way_does_not():
    assert set(verdicts(made_up(3, lean=-1)).values()) == {"not reproduced"}


def test_noise_is_hardly_ever_taken_for_a_result():
    found = [v for draw in range(20) for v in verdicts(made_up(3, 0, 0.1, draw)).values()]
    assert found.count("reproduced") <= 0.02 * len(found)


@pytest.mark.parametrize("seeds", [1, 2])
@pytest.mark.parametrize("lean", [1, -1])
def test_nothing_is_decided_on_too_few_seeds(seeds, lean, tmp_path):
    rows = made_up(seeds, lean)
    assert set(verdicts(rows).values()) == {"undecided"}
    write_rows(tmp_path / "study.csv", rows)
    write_report(tmp_path / "study.csv", tmp_path / "study.md", tmp_path / "study.json")
    summary = tables(section((tmp_path / "study.md").read_text(), "Verdicts"))[0]
    assert [row[2] for row in summary[1:]] == ["**undecided**"] * 6


# What the differences of `made_up(3, lean=1, noise=0)` are, worked out by hand from its formulas.
KNOWN = {
    # batchnorm minus baseline: hues 3 - 2, colour 0.7 - 0.5; both have the history's colour.
    "range": [1, 0.2, 1, 0, 0],
    # Sepia rises by 0.01 an epoch, the training loss falls by 0.0004; the validation loss lies 10
    # and 5 steps of 0.0002 from epoch 20, means of five epochs 12 and 3, and colour 30 times that.
    "browner": [0.15, -0.006, -0.001, 0.03, 0.054, 0.15, 0.15],
    # The pick is epoch 20 with 0.5; the last epoch has 0.47, the mean of 25 epochs 0.4508.
    "early-stopping": [0.03, 0.0492, None, None, None],
    # Epochs 2 to 8 with dropout take 25 to 31 s, median 28, all others 20 s.
    "time": [40, 100 / 28, 0, 0],
    "fuzzier": [-0.05, 0.1, None, 0, -0.05, 0.1],
    # The gap grows by 0.0002 an epoch, sepia by 0.005 faster on unseen photos; slope 0.7 - 0.9.
    "diagnosis": [0.003, 0.075, -0.2, 0.2],
}


def test_differences_that_are_known_by_hand():
    results = Results(made_up(3, lean=1, noise=0))
    claims = {claim.id: claim for claim in study_claims(results)}
    assert claims.keys() == KNOWN.keys()
    for name, values in KNOWN.items():
        for found, value in zip(claims[name].parts, values, strict=True):
            if value is not None:
                expected = {seed: pytest.approx(value, abs=1e-9) for seed in range(3)}
                assert found.difference.by_seed == expected, found.name
    # Colour is highest where the loss is lowest, so they rank alike but for equal losses.
    for found in claims["early-stopping"].parts[2:]:
        assert found.difference.mean == pytest.approx(1, abs=0.05)
    for seed, pick in early_stopping_picks(results, "dropout").items():
        assert (pick.epoch, pick.stop, pick.best_epoch) == (20, 25, 20), seed
        shown = (pick.ratio, pick.typical, pick.last, pick.best)
        assert shown == pytest.approx((0.5, 0.4508, 0.47, 0.5))
    assert swing(results, "batchnorm", "colourfulness_ratio").mean == pytest.approx(0.006)
    assert seconds_per_epoch(results, "dropout").mean == 28


def test_half_a_story_is_mixed():
    # Everything as the story says, but dropout takes no longer from epoch to epoch.
    rows = [
        row._replace(value=23 + (row.seed or 0))
        if (row.stage, row.variant) == ("straight", "dropout")
        else row
        for row in made_up(3, lean=1)
    ]
    assert verdicts(rows)["time"] == "mixed"


def test_the_diagnosis_names_the_l2_optimum_only_where_the_numbers_do():
    def closing(slope: float, mean_sepia: float, apart: float = 1e-3) -> str:
        changed = {"mean_slope": slope, "ambiguous_mean_sepia": mean_sepia}
        rows = [
            row._replace(value=changed[row.measure] + apart * (row.seed or 0))
            if row.measure in changed
            else row
            for row in made_up(3, lean=-1)
        ]
        (claim,) = (c for c in study_claims(Results(rows)) if c.id == "diagnosis")
        return claim.sentence

    assert "as strong as that mean" in closing(1.02, 0.8)
    assert "the L2 optimum itself" in closing(1.02, 0.8)
    assert "the L2 optimum does not explain the sepia" in closing(0.95, 0.1)
    assert "over-confident" in closing(0.7, 0.8)
    assert "not yet learnt" in closing(1.5, 0.8)
    swinging = closing(0.8, 0.8, apart=0.2)
    assert "stronger than that mean in some runs and weaker in others" in swinging
    assert "the L2 optimum itself" in swinging


def whatever_may_be_found() -> set[str]:
    """Each text that a claim may show, of studies that went one way, the other and neither."""
    slopes = [(1.02, 0.8), (1.02, 0.1), (0.95, None), (0.7, 0.8), (1.5, 0.8), (0.9, 0.8)]
    found = set()
    for seeds, lean, (slope, mean_sepia) in itertools.product((1, 3), (1, -1), slopes):
        changed = {"mean_slope": slope, "ambiguous_mean_sepia": mean_sepia}
        rows = [
            row._replace(value=changed[row.measure] + 0.2 * (slope == 0.9) * (row.seed or 0))
            if changed.get(row.measure) is not None
            else row
            for row in made_up(seeds, lean)
        ]
        for claim in study_claims(Results(rows)):
            found |= {claim.text, claim.opening, claim.verdict, *claim.closing}
            for part in claim.parts:
                if part.role != "context":
                    found |= {*part.says, part.label or part.name.partition(",")[0]}
                    found |= {part.figure} if part.unit == "bits" else set()
    return found | {"mixed"}


@pytest.mark.parametrize("language", ["de", "fr"])
def test_whatever_a_study_may_find_the_page_says_in_each_language(language):
    texts = whatever_may_be_found()
    assert len(texts) > 80
    assert not [text for text in texts if say_in(language, text) == text]


# The CSV


def test_rows_survive_the_csv(tmp_path):
    rows = [
        Row("setting", None, "", None, "epochs", 25),
        Row("history", 0, "dropout", 3, "val_loss", 0.0123457),
        Row("validation", None, "grey", None, "psnr", 23.1),
    ]
    write_rows(tmp_path / "deep" / "study.csv", rows)
    assert read_rows(tmp_path / "deep" / "study.csv") == rows
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["study.csv"]


def test_a_csv_that_cannot_be_read_is_one_sentence(tmp_path, capsys):
    with pytest.raises(TrainError, match="no such file") as error:
        read_rows(tmp_path / "study.csv")
    assert_one_sentence(str(error.value).replace("study.csv", "x"))
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    assert main(["report", "--csv", str(tmp_path / "other.csv")]) == 2
    assert "its columns are not" in capsys.readouterr().err


# The committed study


@pytest.fixture(scope="module")
def remade(tmp_path_factory) -> Path:
    """The committed CSVs, and all that is made of them, in a folder laid out like the root."""
    root = tmp_path_factory.mktemp("root")
    (root / "docs").mkdir()
    for table in TABLES:
        shutil.copy(table, root / "docs")
    flags = ["--csv", "docs/study.csv", "--map", "docs/map.csv", "--out", "docs/study.md"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert main(["report", *flags, "--json", "assets/study.json"]) == 0
    return root


def test_page_plots_and_data_are_remade_byte_for_byte(remade):
    made = [path.relative_to(remade) for path in remade.rglob("*.*") if path.is_file()]
    plots = {path.relative_to(ROOT) for path in (ROOT / "docs").glob("study-*.svg")}
    assert {path for path in made if path.suffix == ".svg"} == plots
    assert len(made) == len(TABLES) + len(plots) + 2  # the page and the app's data
    for path in made:
        assert (remade / path).read_bytes() == (ROOT / path).read_bytes(), path


class Figures:
    """The committed CSV, read and reckoned with independently of the code that makes the page."""

    def __init__(self) -> None:
        self.runs = defaultdict(dict)
        self.single = {}
        with COMMITTED.open(newline="") as file:
            for row in csv.DictReader(file):
                place = row["stage"], row["variant"], row["epoch"], row["measure"]
                if row["seed"]:
                    self.runs[place][int(row["seed"])] = float(row["value"])
                else:
                    self.single[place] = float(row["value"])

    def of(self, stage: str, variant: str, measure: str, epoch: int) -> dict[int, float]:
        return self.runs[stage, variant, str(epoch), measure]

    def setting(self, name: str, variant: str = "") -> float:
        return self.single["setting", variant, "", name]


@pytest.fixture(scope="module")
def figures() -> Figures:
    return Figures()


@pytest.fixture(scope="module")
def page() -> str:
    return (ROOT / "docs" / "study.md").read_text()


def section(page: str, start: str) -> str:
    """From a heading that begins with `start` to the next."""
    (found,) = re.findall(rf"^## {re.escape(start)}.*?(?=^## |\Z)", page, re.M | re.S)
    return found


def tables(text: str) -> list[list[list[str]]]:
    """Rows of cells; the header is the first row, the rule is left out."""
    found = re.findall(r"(?:^\|.*\|$\n?)+", text, re.M)
    rows = [[line.strip("| ").split(" | ") for line in block.splitlines()] for block in found]
    return [[row for row in table if not set("".join(row)) <= set("-:")] for table in rows]


def decimals(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text))


def shown(values: list[float], digits: int) -> str:
    if len(values) == 1:
        return f"{values[0]:.{digits}f}".replace("-", "\N{MINUS SIGN}")
    return f"{statistics.mean(values):.{digits}f} ± {statistics.stdev(values):.{digits}f}".replace(
        "-", "\N{MINUS SIGN}"
    )


COLUMNS = {  # heading: stage, measure, digits
    "loss": ("validation", "loss", 5),
    "validation loss": ("validation", "loss", 5),
    "training loss, eval mode": ("training", "loss", 5),
    "PSNR, dB": ("validation", "psnr", 2),
    "SSIM": ("validation", "ssim", 4),
    "ΔE2000": ("validation", "delta_e_2000", 2),
    "ab RMSE": ("validation", "ab_rmse", 2),
    "AuC": ("validation", "auc_raw", 4),
    "AuC rebalanced": ("validation", "auc_rebalanced", 4),
    "colourfulness": ("validation", "colourfulness_ratio", 3),
    "chroma": ("validation", "mean_chroma", 2),
    "hue entropy, bits": ("validation", "hue_entropy", 2),
    "sepia index": ("validation", "sepia_index", 3),
    "sepia, validation": ("validation", "sepia_index", 3),
    "sepia, training": ("training", "sepia_index", 3),
    "sharpness": ("validation", "sharpness", 4),
    "relative sharpness": ("validation", "relative_sharpness", 3),
    "slope": ("validation", "mean_slope", 3),
    "slope, validation": ("validation", "mean_slope", 3),
    "slope, training": ("training", "mean_slope", 3),
    "averaging share": ("validation", "averaging_share", 3),
    "share of pixels": ("validation", "ambiguous_pixels", 3),
    "true chroma": ("validation", "ambiguous_true_chroma", 2),
    "chroma of their mean": ("validation", "ambiguous_mean_chroma", 2),
    "painted chroma": ("validation", "ambiguous_chroma", 2),
    "true brown share": ("validation", "ambiguous_true_sepia", 3),
    "brown share of their mean": ("validation", "ambiguous_mean_sepia", 3),
    "painted brown share": ("validation", "ambiguous_sepia", 3),
}
REFERENCES = {"*grey*": "grey", "*constant mean ab*": "constant", "*original*": "original"}


def test_every_value_in_the_tables_of_measures_is_in_the_csv(page, figures):
    on_training = page.index("On training photos")
    checked = 0
    for text, stages in (
        (page[:on_training], {}),
        (page[on_training:], {"validation": "training"}),
    ):
        for header, *rows in tables(text):
            if header[:2] != ["variant", "epoch"]:
                continue
            labels = [row[0] for row in rows]
            assert {"*grey*", "*constant mean ab*"} <= set(labels)
            for row in rows:
                for title, cell in zip(header[2:], row[2:], strict=True):
                    expected = cell_of(figures, row[0], row[1], title, stages)
                    assert cell == expected, (row[0], row[1], title)
                    checked += cell != "—"
    assert checked > 300


def cell_of(figures: Figures, label: str, epoch: str, title: str, stages: dict) -> str:
    def values(stage: str, measure: str) -> dict:
        if label in REFERENCES:
            place = stages.get(stage, stage), REFERENCES[label], "", measure
            return {0: figures.single[place]} if place in figures.single else {}
        return figures.of(stages.get(stage, stage), label, measure, int(epoch))

    if title == "gap":
        pair = values("validation", "loss"), values("training", "loss")
        found, digits = {s: pair[0][s] - pair[1][s] for s in pair[0]}, 5
    else:
        stage, measure, digits = COLUMNS[title]
        found = values(stage, measure)
    return shown([found[seed] for seed in sorted(found)], digits) if found else "—"


@pytest.mark.parametrize("place", range(1, 7))
def test_every_verdict_follows_from_its_table_and_quotes_it(place, page, figures):
    text = section(page, f"{place}.")
    ((found, n, sentence),) = re.findall(r"^\*\*(.+?)\*\* \(n = (\d+)\)\. (.+)$", text, re.M)
    rows = tables(text)[0][1:]
    votes = [(role, finding) for _, role, _, _, _, finding in rows if role != "context"]
    points = [finding for role, finding in votes if role == "point"]
    if all(finding == "holds" for _, finding in votes):
        assert found == "Reproduced"
    elif "holds" in points:
        assert found == "Mixed"
    else:
        assert found == "Not reproduced"
    assert int(n) >= 3
    assert all(seeds.count(",") == int(n) - 1 for _, _, _, seeds, _, _ in rows)
    summary = tables(section(page, "Verdicts"))[0][place]
    assert summary[2:] == [f"**{found.lower()}**", n]
    # What else it may say: the epochs, how far colour swings, what the story's seconds rise by.
    study = Results(read_rows(COMMITTED))
    quoted = decimals("\n".join("|".join(row) for table in tables(text) for row in table))
    others = {
        2: decimals(plain(swing(study, "batchnorm", "colourfulness_ratio"), 3)),
        4: {f"{rise_per_epoch(dict(enumerate(STORY_SECONDS))):.1f}"},
    }
    assert decimals(sentence) <= quoted | {"10", "25", "2"} | others.get(place, set())


def test_every_number_in_the_prose_is_a_setting_or_a_definition(page, figures):
    prose = page[: page.index("## Verdicts")] + section(page, "How it was measured")
    prose = re.sub(r"^\|.*$", "", prose, flags=re.M)
    a, b = figures.setting("mean_a"), figures.setting("mean_b")
    settings = [v for (stage, *_), v in figures.single.items() if stage == "setting"]
    known = {f"{v:,.0f}" for v in settings} | {f"{v:g}" for v in settings}
    known |= {f"{a:.1f}", f"{b:.1f}", f"{math.hypot(a, b):.1f}"}
    known |= {f"{math.degrees(math.atan2(b, a)) % 360:.0f}"}
    known |= {"30", "90", "2", "1", "0.1", "2000"}  # sector, cell and L2, slope, tolerance, ΔE2000
    assert decimals(prose) <= known


def test_the_data_for_the_app_says_what_the_page_says(page, figures):
    data = json.loads((ROOT / "assets" / "study.json").read_text())
    assert len(data["claims"]) == 6
    for place, claim in enumerate(data["claims"], start=1):
        text = section(page, f"{place}.")
        assert (
            f"**{claim['verdict'].capitalize()}** (n = {claim['n']}). {claim['sentence']}" in text
        )
    stages = {"sepia_index": "validation", "sharpness": "validation", "seconds": "interleaved"}
    for variant, curves in data["curves"].items():
        for measure, curve in curves.items():
            stage = stages.get(measure, "history")
            assert len(curve["epoch"]) > 1
            for epoch, mean, sd in zip(*curve.values(), strict=True):
                if measure == "loss_gap":
                    seen, unseen = (
                        figures.of(part, variant, "loss", epoch)
                        for part in ("training", "validation")
                    )
                    values = [unseen[seed] - seen[seed] for seed in unseen]
                else:
                    values = list(figures.of(stage, variant, measure, epoch).values())
                assert mean == pytest.approx(statistics.mean(values), rel=1e-5)
                assert sd == pytest.approx(statistics.stdev(values), rel=1e-5, abs=1e-12)
        by_run = re.findall(rf"\| {variant} \| \d \| \d+ \| (\d+) \|", section(page, "3."))
        assert data["picks"][variant] == [*map(int, by_run)]


# Running a study


def test_the_variants_take_turns_and_each_run_goes_on(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(study, "fit", calls.append)
    template = FitArguments("baseline", ["photos"], epochs=3, limit=8)
    study.time_epochs(template, seeds=2, out=tmp_path)
    turns = [call for call in calls if "interleaved" in call.out.parts]
    for seed in range(2):
        mine = [call for call in turns if call.seed == seed]
        assert [call.epochs for call in mine] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
        rounds = [tuple(call.variant for call in mine[i : i + 3]) for i in (0, 3, 6)]
        assert all(sorted(names) == sorted(VARIANTS) for names in rounds)
        assert len({names[0] for names in rounds}) == 3  # each of them begins once
    straight = [call for call in calls if "straight" in call.out.parts]
    assert [(c.seed, c.variant, c.epochs) for c in straight] == [
        (seed, variant, 3) for seed in range(2) for variant in VARIANTS
    ]
    assert all(call.resume and call.patience == 0 for call in calls)


def test_epochs_that_are_measured():
    assert study.evaluated_epochs(25) == [1, 2, 5, 10, 15, 20, 25]
    assert study.evaluated_epochs(12) == [1, 2, 5, 10, 12]
    assert study.evaluated_epochs(1) == [1]


def test_a_small_study_from_photos_to_page_resumes(tmp_path, monkeypatch, capsys):
    photos = write_photos(tmp_path / "photos", 8)
    val = write_photos(tmp_path / "val", 3, first=50)
    table = tmp_path / "docs" / "study.csv"
    flags = f"""study --photos {photos} --val {val} --size 16 --batch-size 4 --seeds 2 --epochs 2
        --out {tmp_path / "runs"} --csv {table} --cache {tmp_path / "cache"} --timing-photos 4
        --timing-epochs 1""".split()
    assert main(flags) == 0
    first = table.read_bytes()
    rows = read_rows(table)
    runs = {(row.seed, row.variant, row.epoch) for row in rows if row.stage == "validation"}
    expected = {(s, v, e) for s in range(2) for v in VARIANTS for e in (1, 2)}
    assert runs == expected | {(None, row, None) for row in ("grey", "constant", "original")}
    assert len({row[:-1] for row in rows}) == len(rows)  # one observation per row

    # Interrupted after seed 0, and one measurement lost: only those are made again.
    shutil.rmtree(tmp_path / "runs" / "seed-1" / "dropout")
    lost = tmp_path / "runs" / "seed-0" / "baseline" / "epoch-001.measures.json"
    lost.unlink()
    table.unlink()
    measured = []
    evaluate = study.evaluate_checkpoint
    monkeypatch.setattr(
        study,
        "evaluate_checkpoint",
        lambda path, truth: measured.append(path) or evaluate(path, truth),
    )
    assert main(flags) == 0
    again = {path.relative_to(tmp_path / "runs").as_posix() for path in measured}
    assert again == {
        "seed-0/baseline/epoch-001.safetensors",
        "seed-1/dropout/epoch-001.safetensors",
        "seed-1/dropout/epoch-002.safetensors",
    }
    untimed = [line for line in first.decode().splitlines() if "seconds" not in line]
    assert untimed == [line for line in table.read_text().splitlines() if "seconds" not in line]

    out = tmp_path / "docs" / "study.md"
    data = tmp_path / "study.json"
    assert main(["report", "--csv", str(table), "--out", str(out), "--json", str(data)]) == 0
    page = out.read_text()
    for plot in re.findall(r"!\[.+?\]\((.+?)\)", page):
        assert (tmp_path / "docs" / plot).read_text().startswith("<?xml")
    assert {claim["verdict"] for claim in json.loads(data.read_text())["claims"]} == {"undecided"}
    capsys.readouterr()


def test_too_few_seeds_or_timed_photos_is_one_sentence(tmp_path, capsys):
    for flag in ("--seeds", "--timing-photos", "--timing-epochs"):
        assert main(["study", "--photos", str(tmp_path), flag, "0"]) == 2
        message = capsys.readouterr().err
        assert message.startswith(f"error: {flag} 0: must be ")
        assert_one_sentence(message.strip())


def test_a_second_study_in_the_same_folder_is_one_sentence(tmp_path, capsys):
    with FileLock(tmp_path / ".lock"):
        assert main(["study", "--photos", str(tmp_path), "--out", str(tmp_path)]) == 2
    assert "another study runs there" in capsys.readouterr().err
