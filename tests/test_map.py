"""The map of regimes: its design, its table, its rules, its page, and a small run of the whole."""

import csv
import json
import re
import shutil
import statistics
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from filelock import FileLock
from helpers import assert_one_sentence, write_photos

from colorizer.network import STORY, VARIANTS
from train import TrainError
from train.__main__ import main
from train.arguments import CROPS_AND_FLIPS, FitArguments
from train.batches import Batches, cached_side
from train.map import run
from train.map.app_data import map_data
from train.map.design import MEASURED, SEEDS, STAGES, Regime, Stage, regimes, steps
from train.map.page import map_part
from train.map.picture import message
from train.map.questions import EARLY, LATE, map_questions
from train.map.ratio import parted_at, photos_per_thousand
from train.map.rules import Finding, Question
from train.map.seconds import CASES, Loop, read_seconds, seconds_part
from train.map.table import (
    COLUMNS,
    MARKS,
    MEASURES,
    Record,
    Table,
    add_rows,
    read_rows,
    regime_of,
    row_of,
)
from train.photos import list_photos, load_photos
from train.recorder import write_history
from train.report import write_report
from train.study.results import Results, Sample
from train.study.results import read_rows as read_study
from train.study.verdicts import Part

ROOT = Path(__file__).parent.parent


# The design


def test_the_design_covers_what_was_asked():
    everything = regimes()
    for photos in (256, 1024, 4096, 16384):
        assert {r.variant for r in everything if r.photos == photos} >= set(STORY)
    assert {r.head for r in everything} == {"ab", "rgb", "bins"}
    assert {r.width for r in everything} == {1, 4}
    assert {r.augment for r in everything} == {"none", CROPS_AND_FLIPS}
    assert SEEDS >= 3
    assert len(everything) < 40  # of the 144 of the full product


def test_a_later_stage_only_ever_goes_on():
    trained: dict[tuple[Regime, int], int] = {}
    for stage, regime, seed in steps():
        assert stage.epochs in MEASURED
        assert stage.epochs > trained.get((regime, seed), 0)
        trained[regime, seed] = stage.epochs


def test_every_stage_of_the_order_has_all_its_seeds_before_the_next():
    names = [stage.name for stage, *_ in steps()]
    assert list(dict.fromkeys(names)) == [stage.name for stage in STAGES]
    assert names == sorted(names, key=[stage.name for stage in STAGES].index)
    assert {seed for stage, _, seed in steps(1)} == set(range(SEEDS))
    assert {stage.name for stage, *_ in steps(1)} == {STAGES[0].name}


def test_each_regime_can_be_trained_into_a_folder_of_its_own():
    template = FitArguments("baseline", ["photos"], val_limit=4)
    arguments = [regime.arguments(template, 1, 2) for regime in regimes()]
    assert len({a.folder for a in arguments}) == len(arguments)
    for regime, a in zip(regimes(), arguments, strict=True):
        assert (a.limit, a.seed, a.width) == (regime.photos, 1, regime.width)
        assert (a.settings.head, a.augment) == (regime.head, regime.augment)
        assert a.resume
        assert a.patience == 0


def test_regimes_of_as_many_photos_see_them_in_one_order(tmp_path):
    """Also with other heads, variants and widths: differences are paired by seed."""
    folder = str(write_photos(tmp_path / "photos", 40, side=18))
    squares = load_photos(list_photos(folder), [folder], cached_side(16), cache=tmp_path)

    def seen(regime: Regime, seed: int) -> list[torch.Tensor]:
        template = FitArguments("baseline", ["photos"])
        a = replace(regime.arguments(template, seed, 1), limit=None, size=16)
        augmented = a.augment != "none"
        batches = Batches(squares, squares, a.size, a.batch_size, a.seed, augment=augmented)
        return list(batches.train_dataloader())

    one = seen(Regime(256, "baseline"), 0)
    for other in (Regime(256, "dropout", "rgb"), Regime(256, "batchnorm", "bins")):
        assert all(torch.equal(a, b) for a, b in zip(one, seen(other, 0), strict=True))
    assert not torch.equal(one[0], seen(Regime(256, "baseline"), 1)[0])


# The table


def row(regime: Regime, epoch: int, part: str = "validation", seed: int = 0, **values: float):
    known: Record = {"seconds": 2.0 * epoch, "cpu_seconds": 1.0 * epoch, "parameters": 1000.0}
    return row_of(regime, seed, part, epoch, {**known, **values})


def test_a_table_grows_and_keeps_what_it_has(tmp_path):
    path, regime = tmp_path / "docs" / "map.csv", Regime(256, "batchnorm")
    add_rows(path, [row(regime, 1, loss=0.5), row(Regime(1024, "dropout", "rgb"), 2, loss=0.25)])
    add_rows(path, [row(regime, 1, loss=0.4), row(regime, 5, loss=0.3), row(regime, 1, seed=1)])
    table = Table.read(path)
    assert table.sample(regime, "loss", 1).by_seed == {0: 0.4}  # the later one counts
    assert table.epochs(regime) == [1, 5]
    assert table.regimes == [regime, Regime(1024, "dropout", "rgb")]
    assert table.runs == 3
    assert (table.seconds(), table.seconds("cpu_seconds")) == (10 + 2 + 4, 5 + 1 + 2)
    before = path.read_bytes()
    add_rows(path, [])
    assert path.read_bytes() == before


def test_a_run_has_one_row_of_each_mark(tmp_path):
    path, regime = tmp_path / "map.csv", Regime(256, "batchnorm")
    add_rows(path, [row(regime, 4, "picked"), row(regime, 9, "most-colourful")])
    add_rows(path, [row(regime, 7, "picked")])  # the run went on and found a better epoch
    table = Table.read(path)
    assert table.marked(regime, "picked").by_seed == {0: 7}
    assert table.marked(regime, "most-colourful").by_seed == {0: 9}


def test_another_table_is_one_sentence_and_left_alone(tmp_path, capsys):
    path = tmp_path / "map.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(TrainError, match="its columns are not"):
        add_rows(path, [row(Regime(256, "dropout"), 1)])
    assert path.read_text() == "a,b\n1,2\n"
    with pytest.raises(TrainError, match="no such table"):
        read_rows(tmp_path / "none.csv")
    photos = str(write_photos(tmp_path / "photos", 3))
    flags = ["--photos", photos, "--val", photos, "--csv", str(path), "--out", str(tmp_path / "o")]
    assert main(["map", *flags]) == 2
    assert_one_sentence(capsys.readouterr().err.strip())


# The rules


def finding(*values: float, photos: int = 256) -> Finding:
    sample = Sample(dict(enumerate(values)))
    return Finding(Regime(photos, "batchnorm"), f"{photos} photos", Part("x", sample, 1, 2))


def question(*findings: Finding) -> Question:
    return Question("turn", "a", "Is it browner?", "sepia index", 1, list(findings))


HOLDS, OPPOSITE, UNCLEAR, FEW = (1.0, 1.1, 0.9), (-1.0, -1.1, -0.9), (1.0, -1.0, 0.5), (1.0, 1.0)


@pytest.mark.parametrize(
    ("findings", "counts"),
    [
        ([HOLDS, FEW], "One regime was tried, in which it holds."),
        ([UNCLEAR], "One regime was tried, in which it is unclear."),
        (
            [HOLDS, HOLDS],
            "Of 2 regimes, it holds in 2, is unclear in 0, and the opposite holds in 0.",
        ),
        (
            [UNCLEAR, OPPOSITE, UNCLEAR],
            "Of 3 regimes, it holds in 0, is unclear in 2, and the opposite holds in 1.",
        ),
    ],
)
def test_unclear_is_counted_by_itself_and_is_not_no(findings, counts):
    asked = question(*(finding(*values) for values in findings))
    assert asked.counts == counts
    assert asked.sentence.startswith(counts)


def test_what_is_said_of_an_answer():
    both = question(finding(*HOLDS), finding(*OPPOSITE, photos=1024))
    assert "It holds in 256 photos (+1.00 ± 0.10)." in both.sentence
    assert "The opposite holds in 1024 photos (−1.00 ± 0.10)." in both.sentence
    assert "One regime alone is what chance would give" in both.sentence
    never = question(finding(*UNCLEAR), finding(*OPPOSITE, photos=1024))
    assert "The strongest attempt is 256 photos (+0.17 ± 1.04)" in never.sentence
    against = question(finding(*OPPOSITE))
    assert "In no regime does even the mean have the claimed sign." in against.sentence
    assert "no regime has three runs" in question(finding(*FEW)).sentence


def test_a_ratio_is_named_only_where_it_tells_regimes_apart():
    few, middle, many = (finding(*HOLDS, photos=n) for n in (256, 1024, 4096))
    not_many = finding(*UNCLEAR, photos=4096)
    ratios = {256: 0.5, 1024: 2.0, 4096: 8.0}

    def of(regime: Regime) -> float:
        return ratios[regime.photos]

    assert parted_at(question(few, middle, not_many), of) == (2.0, 8.0, "few")
    assert parted_at(question(finding(*UNCLEAR), middle, many), of) == (0.5, 2.0, "many")
    assert parted_at(question(few, finding(*UNCLEAR, photos=1024), many), of) is None
    assert parted_at(question(few, middle, many), of) is None  # it holds everywhere


# The page


def made_up(turn: float) -> list[dict[str, str]]:
    """A table in which few photos turn brown by `turn` from epoch to epoch, and many do not."""
    rows = []
    for photos in (256, 1024, 4096):
        for variant in STORY:
            for head in ("ab", "rgb"):
                for seed in range(SEEDS):
                    regime = Regime(photos, variant, head)
                    for step, epoch in enumerate(MEASURED[:7]):
                        brown = 0.2 + (turn if photos == 256 else -0.02) * step + 0.001 * seed
                        values: Record = dict.fromkeys(MEASURES, 0.5 + 0.001 * seed)
                        values |= {"sepia_index": brown, "parameters": 500_000.0}
                        rows += [
                            row(regime, epoch, part, seed, **values)
                            for part in ("validation", "training")
                        ]
                    marks = {"picked": 12, "stopped": 20 + seed, "most-colourful": 15 + seed}
                    rows += [row(regime, epoch, part, seed) for part, epoch in marks.items()]
    return rows


@pytest.fixture(scope="module")
def table_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "docs" / "map.csv"
    add_rows(path, made_up(0.05))
    return path


def test_questions_find_the_regimes_they_ask_about(table_file):
    asked = {q.id: q for q in map_questions(Table.read(table_file))}
    turn = asked["turn"]
    assert {f.regime.photos for f in turn.having("holds")} == {256}
    assert {f.regime.photos for f in turn.having("opposite")} == {1024, 4096}
    steps = MEASURED.index(LATE) - MEASURED.index(EARLY)
    [one, *_] = turn.having("holds")
    assert one.part.difference.mean == pytest.approx(0.05 * steps)
    assert len(asked["early-stopping"].having("holds")) == len(asked["early-stopping"].findings)
    assert asked["early-stopping"].findings[0].part.difference.by_seed == {0: -3, 1: -4, 2: -5}
    assert asked["wide"].findings == []  # no wide network was trained
    assert {q.letter for q in asked.values()} == set("abcdfg")


def test_weights_are_counted_from_the_table(table_file):
    table = Table.read(table_file)
    assert photos_per_thousand(table, Regime(256, "batchnorm")) == pytest.approx(256 / 500)


def test_the_page_comes_out_the_same_and_names_its_pictures(table_file, tmp_path):
    pages, pictures = [], []
    for place in ("one", "two"):
        out = tmp_path / place / "study.md"
        out.parent.mkdir()
        source = shutil.copy(table_file, out.parent / "map.csv")
        pages.append(map_part(source, out))
        pictures.append({p.name: p.read_bytes() for p in out.parent.glob("*.svg")})
    assert pages[0] == pages[1]
    assert pictures[0] == pictures[1]
    assert set(re.findall(r"!\[.+?\]\((.+?)\)", pages[0])) == set(pictures[0])
    assert "study-map.svg" in pictures[0]
    text = pages[0]
    table = Table.read(table_file)
    assert f"{table.runs} runs of {len(table.regimes)} regimes" in text
    for asked in map_questions(table):
        assert asked.sentence in text
        for one in asked.findings:
            assert one.part.figure in text


@pytest.mark.parametrize(
    ("title", "measure", "part"),
    [
        ("sepia index, epoch 25 minus 10, validation photos", "sepia_index", "validation"),
        ("sepia index, epoch 25 minus 10, training photos", "sepia_index", "training"),
        (
            "colourfulness ratio, epoch 25 minus 10, validation photos",
            "colourfulness_ratio",
            "validation",
        ),
    ],
)
def test_figures_of_the_page_reckoned_from_the_table_alone(
    table_file, tmp_path, title, measure, part
):
    shutil.copy(table_file, tmp_path / "map.csv")
    page = map_part(tmp_path / "map.csv", tmp_path / "study.md").replace("\N{MINUS SIGN}", "-")
    with table_file.open(newline="") as file:
        rows = list(csv.DictReader(file))
    after = page[page.index(f"| {title} (claimed") :].split("\n\n")[0]
    cells = [line.strip("| ").split(" | ") for line in after.splitlines()[2:]]
    assert len(cells) == 3 * len(STORY) * 2
    for label, n, seeds, figure, _ in cells:
        variant, _, rest = label.partition(", ")
        about = {
            "variant": variant,
            "part": part,
            "head": "rgb" if "rgb" in rest else "ab",
            "photos": rest.partition(" photos")[0].replace(",", ""),
        }
        mine = [r for r in rows if r.items() >= about.items()]
        late, early = (
            {r["seed"]: float(r[measure]) for r in mine if r["epoch"] == epoch}
            for epoch in ("25", "10")
        )
        differences = [late[seed] - early[seed] for seed in sorted(late)]
        assert int(n) == len(differences)
        assert [float(x) for x in seeds.split(", ")] == pytest.approx(differences, abs=6e-4)
        mean, sd = (float(x) for x in figure.split(" ± "))
        assert mean == pytest.approx(statistics.mean(differences), abs=6e-4)
        assert sd == pytest.approx(statistics.stdev(differences), abs=6e-4)


STUDY = ROOT / "docs" / "study.csv"


def first_study() -> Results:
    return Results(read_study(STUDY))


def cells_from(study: Path, table: Path) -> dict[tuple[str, ...], dict[str, list[float]]]:
    """Each cell's values, one of each seed, read independently of the code that makes them."""
    found: dict[tuple[str, ...], dict[str, list[float]]] = {}
    measures = ("sepia_index", "colourfulness_ratio", "hue_entropy")
    with table.open(newline="") as file:
        for row in csv.DictReader(file):
            if (row["part"], row["augment"], row["width"]) == ("validation", "none", "1"):
                key = row["head"], row["variant"], row["photos"], row["epoch"]
                for name in measures:
                    found.setdefault(key, {}).setdefault(name, []).append(float(row[name]))
    with study.open(newline="") as file:
        for row in csv.DictReader(file):
            if row["stage"] == "validation" and row["seed"] and row["measure"] in measures:
                key = "ab", row["variant"], "8192", row["epoch"]
                of_cell = found.setdefault(key, {})
                of_cell.setdefault(row["measure"], []).append(float(row["value"]))
    return found


@pytest.mark.parametrize("committed", [False, True])
def test_every_cell_of_the_app_comes_from_a_table(table_file, committed):
    path = ROOT / "docs" / "map.csv" if committed else table_file
    data = map_data(path, first_study())
    if committed:
        assert data == json.loads((ROOT / "assets" / "study.json").read_text())["map"]
    values = cells_from(STUDY, path)
    keys = [tuple(str(c[k]) for k in ("head", "variant", "photos", "epoch")) for c in data["cells"]]
    assert len({*keys}) == len(keys)
    assert {
        key
        for key in values
        if key[0] in ("ab", "rgb") and key[1] in STORY and int(key[3]) in MEASURED
    } <= {*keys}
    for key, cell in zip(keys, data["cells"], strict=True):
        for name in ("sepia_index", "colourfulness_ratio", "hue_entropy"):
            of_cell = values.get(key, {}).get(name, [])
            assert cell["n"] == len(of_cell) > 0
            assert cell[name] == pytest.approx(statistics.mean(of_cell), rel=6e-3)
    rows = [(one["head"], one["variant"], str(one["photos"])) for one in data["rows"]]
    assert {*rows} == {key[:3] for key in keys}
    for one, key in zip(data["rows"], rows, strict=True):
        early, late = (values.get((*key, str(e)), {}).get("sepia_index", []) for e in (EARLY, LATE))
        if len(early) == len(late) == 3:
            differences = [b - a for a, b in zip(early, late, strict=True)]
            far = abs(statistics.mean(differences)) >= 2 * statistics.stdev(differences)
            signs = {value > 0 for value in differences}
            outcome = "holds" if True in signs else "opposite"
            assert one["outcome"] == (outcome if far and len(signs) == 1 else "unclear")


def test_the_title_of_the_map_says_in_how_many_it_turns_brown():
    def turn(*values: tuple[float, ...]) -> Question:
        return question(*(finding(*one) for one in values))

    assert message(turn(UNCLEAR, OPPOSITE)).endswith("clearly browner in none of 2 trainings")
    assert message(turn(HOLDS, OPPOSITE)).endswith("clearly browner in 1 of 2 trainings")
    assert message(turn(FEW)).endswith("?")


def test_a_report_has_the_map_where_there_is_one(table_file, tmp_path):
    study = ROOT / "docs" / "study.csv"
    write_report(study, tmp_path / "a.md", tmp_path / "a.json")
    write_report(study, tmp_path / "b.md", tmp_path / "b.json", table_file)
    plain, grown = (tmp_path / "a.md").read_text(), (tmp_path / "b.md").read_text()
    assert "# The map" not in plain
    assert grown.replace("b-", "a-").startswith(plain)
    assert "# The map" in grown
    assert "map" not in json.loads((tmp_path / "a.json").read_text())
    assert json.loads((tmp_path / "b.json").read_text())["map"] == map_data(
        table_file, first_study()
    )


# Running it


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A map of two regimes that takes seconds; returns its flags."""
    photos = write_photos(tmp_path / "photos", 36, side=72)
    val = write_photos(tmp_path / "val", 3, side=72, first=50)
    two = (Regime(34, "batchnorm"), Regime(34, "dropout", "rgb"))
    stages = (Stage("first", two, 1), Stage("on", two[:1], 2))
    monkeypatch.setattr("train.map.design.STAGES", stages)
    monkeypatch.setattr("train.map.design.SEEDS", 1)
    return f"""map --photos {photos} --val {val} --cache {tmp_path / "cache"}
        --out {tmp_path / "runs"} --csv {tmp_path / "map.csv"}""".split()


def _timeless(path: Path) -> list[dict[str, str]]:
    return [{k: v for k, v in r.items() if "seconds" not in k} for r in read_rows(path)]


def test_a_map_is_stopped_goes_on_and_ends_up_the_same(small, tmp_path, capsys):
    table = tmp_path / "map.csv"
    # No time at all: one epoch is trained, as a run that begins should leave something.
    assert main([*small, "--minutes", "1e-9"]) == 0
    assert "run again to continue" in capsys.readouterr().out
    assert not table.exists() or len(read_rows(table)) < 13
    assert main(small) == 0
    rows = read_rows(table)
    measured = {(r["variant"], r["head"], r["epoch"]) for r in rows if r["part"] == "training"}
    assert measured == {("batchnorm", "ab", "1"), ("batchnorm", "ab", "2"), ("dropout", "rgb", "1")}
    assert all(r[name] for r in rows if r["part"] == "validation" for name in MEASURES)
    assert {
        r["lightness_sharpness"] == "1"
        for r in rows
        if r["head"] == "ab" and r["part"] == "training"
    } == {True}

    again = tmp_path / "again.csv"
    at = small.index("--out") + 1
    other = [*small[:at], str(tmp_path / "again"), *small[at + 1 : -1], str(again)]
    assert main(other) == 0
    assert _timeless(again) == _timeless(table)

    # Elsewhere, with the table but without the checkpoints, there is nothing left to do.
    shutil.rmtree(tmp_path / "again")
    before = again.read_bytes()
    assert main(other) == 0
    assert again.read_bytes() == before
    assert list((tmp_path / "again").glob("*/")) == []


def test_the_marks_of_a_run_come_from_its_whole_history(tmp_path):
    regime, folder = (
        Regime(256, "batchnorm"),
        tmp_path / "256-batchnorm-ab" / "seed-0" / "batchnorm",
    )
    folder.mkdir(parents=True)
    known: Record = dict.fromkeys(MEASURES, 0.5)
    found = {"parameters": 9, "validation": known, "training": known}
    (folder / "epoch-001.measures.json").write_text(json.dumps(found))
    losses = [3, 2, 1, 2, 2, 2, 2, 2, *[0.5] * 17]  # stops after epoch 8, before the better ones
    history = [
        {
            "epoch": epoch,
            "val_loss": loss,
            "colourfulness_ratio": 0.1 + (epoch == 4),
            "mean_chroma": 1.0,
            "hue_entropy": 1.0,
            "seconds": 2.0,
            "cpu_seconds": 1.0,
        }
        for epoch, loss in enumerate(losses, start=1)
    ]
    for length, marks in ((24, {}), (25, {"picked": "3", "most-colourful": "4", "stopped": "8"})):
        write_history(folder, history[:length])
        run.gather(tmp_path, tmp_path / "map.csv")
        rows = read_rows(tmp_path / "map.csv")
        assert {r["part"]: r["epoch"] for r in rows if r["part"] in MARKS} == marks
    assert regime_of(rows[0]) == regime


def test_a_kill_costs_no_run_that_was_measured(small, tmp_path, monkeypatch):
    """Stopped in the middle of the second run, as by a kill: the first is not trained again."""
    fit, trained = run.fit, []

    def killed_in_the_second(arguments, *more):
        trained.append((arguments.variant, arguments.epochs))
        if len(trained) == 2:
            raise KeyboardInterrupt
        return fit(arguments, *more)

    monkeypatch.setattr(run, "fit", killed_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        main(small)
    assert {r["variant"] for r in read_rows(tmp_path / "map.csv")} == {"batchnorm"}
    assert main(small) == 0
    assert trained == [("batchnorm", 1), ("dropout", 1), ("dropout", 1), ("batchnorm", 2)]


def test_a_second_map_in_the_same_folder_is_one_sentence(small, tmp_path, capsys):
    (tmp_path / "runs").mkdir()
    with FileLock(tmp_path / "runs" / ".lock"):
        assert main(small) == 2
    assert "another map is made there" in capsys.readouterr().err


def test_no_time_is_one_sentence(capsys):
    assert main(["map", "--photos", "x", "--val", "x", "--minutes", "0"]) == 2
    assert_one_sentence(capsys.readouterr().err.strip())


# What an epoch costs


@pytest.mark.parametrize("case", CASES)
def test_what_each_loop_holds_on_to(case):
    loop = Loop(*case, seed=0, photos=4, size=16)
    held = []
    for _ in range(3):
        loop.epoch()
        held.append(loop.megabytes)
    if case[0] == "plain":
        assert held == [0, 0, 0]
        assert len(loop.kept) == len(loop.batches)
    else:
        assert held[2] > held[1] > held[0] > 0
        assert len(loop.kept) == 3 * len(loop.batches)


def test_all_loops_train_the_same_network():
    """They differ in what they keep, not in what they learn."""
    loops = [Loop(name, "dropout", 0, photos=4, size=16) for name in ("plain", "kept", "reported")]
    for loop in loops:
        torch.manual_seed(0)
        loop.epoch()
    first, *others = (list(loop.network.parameters()) for loop in loops)
    for other in others:
        assert all(torch.equal(a, b) for a, b in zip(first, other, strict=True))


def test_seconds_are_written_and_told(tmp_path):
    out = tmp_path / "seconds.csv"
    assert "Not timed yet" in seconds_part(out)
    flags = ["--out", str(out), "--photos", "2", "--epochs", "3", "--seeds", "1"]
    assert main(["seconds", *flags]) == 0
    with out.open(newline="") as file:
        assert len(list(csv.DictReader(file))) == len(CASES) * 3
    assert set(read_seconds(out)) == set(CASES)
    assert seconds_part(out).startswith(
        "Not decided: a verdict needs 3 runs, of which 1 were timed"
    )
    with out.open("a", newline="") as file:
        for seed in (1, 2):  # dropout takes 10 % more, and the reported loop 20 % more each epoch
            for epoch in (1, 2, 3):
                for loop, variant in CASES:
                    cost = 1.1 if variant == "dropout" else 1.0
                    rise = 1.2**epoch if loop == "reported" else 1
                    csv.writer(file).writerow([loop, variant, seed, epoch, cost * rise, 1])
    text = seconds_part(out)
    assert "3 runs" in text
    for loop, variant in CASES:
        assert f"| {loop} | {variant} |" in text
    assert main(["seconds", "--epochs", "2", "--out", str(out)]) == 2


def test_the_heads_of_the_design_are_in_the_library():
    assert VARIANTS["rgb"].head == "rgb"
    assert set(COLUMNS) >= {"head", "width", "augment"}
