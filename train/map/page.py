"""The map's part of the study's page; no figure is typed here."""

import os
from pathlib import Path

from train.map.design import MEASURED, SEEDS
from train.map.picture import STORY_EPOCHS, STORY_PHOTOS, message, write_pictures
from train.map.questions import map_questions
from train.map.ratio import ratio_sentence
from train.map.rules import CHANCE, Question
from train.map.seconds import seconds_part
from train.map.table import Table
from train.study.markdown import table as markdown
from train.study.results import Sample
from train.study.verdicts import MIN_SEEDS, number, signed

_LETTERS = {
    "a": "Does longer training turn brown, and where?",
    "b": "Where does early stopping stop?",
    "c": "Does batch normalisation widen colour in every regime?",
    "d": "What does dropout do, and where?",
    "f": "Over-fitting, or the optimum of L2?",
    "g": "Does a pretrained encoder make it less brown?",
}


def map_part(csv: Path, out: Path) -> str:
    """Markdown for the study's page `out`; the pictures are written beside it."""
    table = Table.read(csv)
    questions = map_questions(table)
    (turn,) = (question for question in questions if question.id == "turn")
    names = write_pictures(table, questions, out.parent)
    source = Path(os.path.relpath(csv, out.parent)).as_posix()
    blocks = [
        "# The map: when does colour turn to sepia?",
        _introduction(table, source),
        f"![{message(turn)}]({names['map']})",
        markdown(
            ["", "question", "holds", "unclear", "opposite"],
            [[q.letter, q.title, *_counts(q)] for q in questions],
            left=2,
        ),
        _rule(),
    ]
    for letter, title in _LETTERS.items():
        of_letter = [q for q in questions if q.letter == letter]
        blocks.append(f"## {letter}. {title}")
        for question in of_letter:
            ratio = ratio_sentence(table, question)
            blocks.append(f"**{question.title}** {question.sentence} {ratio}".strip())
            if question.findings:
                blocks += [f"![{question.title}]({names[question.id]})", _findings(question)]
        if letter == "d":
            blocks += [
                "## e. What does an epoch cost, and what makes it cost more?",
                seconds_part(csv.with_name("seconds.csv")),
            ]
    return "\n\n".join(blocks)


def _counts(question: Question) -> list[str]:
    return [str(len(question.having(outcome))) for outcome in ("holds", "unclear", "opposite")]


def _introduction(table: Table, source: str) -> str:
    low, high = STORY_PHOTOS
    return (
        "The first study looked at one place: 8,192 photos, 25 epochs, ab on top of the photo's "
        "own lightness. The story was told about another one. So the same networks are trained "
        "again from few photos to many, for few epochs and for many, with and without its way of "
        f"painting, and measured after {', '.join(map(str, MEASURED[:-1]))} and {MEASURED[-1]} "
        f"epochs. {table.runs} runs of {len(table.regimes)} regimes so far, up to {SEEDS} of "
        f"each, {number(table.seconds() / 3600, 1)} hours of training by the clock and "
        f"{number(table.seconds('cpu_seconds') / 3600, 1)} of a processor, on a machine that did "
        "other work besides; every figure comes from "
        f"[{source}]({source}).\n\n"
        f"Where the story lies on it: at {STORY_EPOCHS[0]} to {STORY_EPOCHS[1]} epochs, which are "
        f"its own words, and at about {low:,} to {high:,} photos, which is a reading: it does not "
        "say how many it had, but its author thought that the network had learnt them by heart, "
        "and nothing was done against it. That is why the trunk of the map has no augmentation."
    )


def _rule() -> str:
    return (
        "The rule, fixed before the results: in one regime a difference *holds* as in the first "
        f"study, with at least {MIN_SEEDS} runs. The table counts the regimes in which it holds, "
        "in which it is unclear, and in which the opposite holds. Unclear is not no: the runs "
        f"disagree, or differ too little from 0. One regime in {CHANCE} passes by chance, so a "
        "regime that holds alone proves nothing."
    )


def _findings(question: Question) -> str:
    rows = []
    for finding in question.findings:
        part = finding.part
        runs = ", ".join(
            signed(Sample({seed: value}), part.digits)
            for seed, value in part.difference.by_seed.items()
        )
        rows.append([finding.label, str(part.difference.n), runs, part.figure, finding.outcome])
    claimed = "above 0" if question.sign > 0 else "below 0"
    header = [f"{question.measured} (claimed: {claimed})", "n", "each run", "mean ± sd", "finding"]
    return markdown(header, rows, left=1)
