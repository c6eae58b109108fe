"""The map as one picture, and a plot of each question's differences.

As the first study's plots, the files come out the same, byte for byte, from the same table.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from train.map.design import MEASURED, TWINS, Regime
from train.map.questions import label
from train.map.rules import Question
from train.map.table import Table
from train.study.style import PALETTE, STYLE
from train.study.verdicts import MIN_SEEDS

# The story's own place. Its epochs are its own words, from the ten that were colourful to the 25
# that were brown. It does not say how many photos it had; that its author thought the network
# had learnt them by heart speaks for few.
STORY_EPOCHS, STORY_PHOTOS = (10, 25), (256, 1024)
HEADS = ("ab", "rgb")  # of the map on the page
SCALE = (0.0, 0.6)  # of the sepia index
_SHADES = ("#f4f4f4", "#c98d4f", "#5e3713")
_ROW = 0.3  # inches
_OUTCOMES = {
    "holds": PALETTE[2],
    "opposite": PALETTE[1],
    "unclear": "#777777",
    "undecided": "#bbbbbb",
}


def write_pictures(table: Table, questions: Sequence[Question], folder: Path) -> dict[str, str]:
    """{"map" or a question's id: name of its file}, which are written into `folder`.

    There is one of each question that some regime can answer.
    """
    with matplotlib.rc_context(STYLE):
        (turn,) = (question for question in questions if question.id == "turn")
        figures = {"map": _map(table, turn)}
        for question in questions:
            if question.findings:
                figures[question.id] = _differences(question)
        names = {name: f"study-map-{name}.svg" for name in figures} | {"map": "study-map.svg"}
        for name, figure in figures.items():
            _save(figure, folder / names[name])
    return names


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None, "Creator": None})


def _map(table: Table, turn: Question) -> Figure:
    """The sepia index of each regime that was measured, and what `turn` found in it."""
    regimes = sorted({r for r in table.regimes if r.variant not in TWINS}, key=_photos_first)
    tall = _ROW * len(regimes)
    figure = Figure(figsize=(9.6, tall + 1.75), facecolor="white")
    height = figure.get_size_inches()[1]
    box: Any = (0.29, 0.5 / height, 0.55, tall / height)
    axes = figure.add_axes(box)
    found = {finding.regime: finding.outcome for finding in turn.findings}
    words = {"holds": "browner", "opposite": "less brown"}
    for row, regime in enumerate(regimes):
        _row(axes, table, regime, row)
        if outcome := found.get(regime):
            place = len(MEASURED) - 0.3, row
            axes.text(*place, words.get(outcome, outcome), va="center", color=_OUTCOMES[outcome])
    _frame(axes, regimes)
    axes.set(xlim=(-0.5, len(MEASURED) - 0.5), ylim=(len(regimes) - 0.5, -0.5), xlabel="epoch")
    axes.set_xticks(range(len(MEASURED)), [str(epoch) for epoch in MEASURED])
    axes.set_yticks(range(len(regimes)), [label(regime) for regime in regimes])
    axes.tick_params(length=0, labelsize=9)
    axes.spines[:].set_visible(False)
    first, last = STORY_EPOCHS
    lines = (
        (message(turn), 13),
        (
            "The darker a cell, the browner the pictures: sepia index, "
            f"{SCALE[0]:g} to {SCALE[1]:g}. White: not measured.",
            9.5,
        ),
        (
            f"Dashed: where the story lies. On the right: epoch {last} against epoch {first}. "
            f"Italic: fewer than {MIN_SEEDS} runs.",
            9.5,
        ),
    )
    for place, (text, size) in enumerate(lines):
        figure.text(0.01, 1 - (0.3 + 0.27 * place) / height, text, fontsize=size)
    return figure


def message(turn: Question) -> str:
    """What the map shows, as its title."""
    held, decided = len(turn.having("holds")), len(turn.decided)
    if not decided:
        return "Does longer training turn pictures brown?"
    if not held:
        return f"Longer training made pictures clearly browner in none of {decided} trainings"
    return f"Longer training made pictures clearly browner in {held} of {decided} trainings"


def _photos_first(regime: Regime) -> tuple[int, str, str, str, int]:
    return regime.photos, regime.variant, regime.head, regime.augment, regime.width


def _row(axes: Axes, table: Table, regime: Regime, row: int) -> None:
    low, high = SCALE
    shades = LinearSegmentedColormap.from_list("sepia", _SHADES)
    for column, epoch in enumerate(MEASURED):
        sample = table.sample(regime, "sepia_index", epoch)
        if not sample.n:
            continue
        shade = shades(min(1.0, max(0.0, (sample.mean - low) / (high - low))))
        place = (column - 0.5, row - 0.5)
        axes.add_patch(Rectangle(place, 1, 1, facecolor=shade, edgecolor="white", clip_on=False))
        axes.text(
            column,
            row,
            f"{sample.mean:.2f}",
            ha="center",
            va="center",
            fontsize=7.5,
            color="#222222" if _luminance(shade) > 0.2 else "white",
            style="normal" if sample.n >= MIN_SEEDS else "italic",
        )


def _frame(axes: Axes, regimes: Sequence[Regime]) -> None:
    """Around the story's own place."""
    first, last = (MEASURED.index(epoch) for epoch in STORY_EPOCHS)
    low, high = STORY_PHOTOS
    rows = [row for row, regime in enumerate(regimes) if low <= regime.photos <= high]
    if rows:
        corner, wide, tall = (first - 0.5, rows[0] - 0.5), last - first + 1, len(rows)
        look: Any = {"fill": False, "edgecolor": "#111111", "linestyle": "--", "linewidth": 1.6}
        axes.add_patch(Rectangle(corner, wide, tall, clip_on=False, **look))


def _luminance(colour: tuple[float, ...]) -> float:
    """Of RGB in [0, 1], as WCAG 2 has it but for the dark end of the curve."""
    return sum(w * c**2.2 for w, c in zip((0.2126, 0.7152, 0.0722), colour, strict=False))


def _differences(question: Question) -> Figure:
    """A row for each regime: a dot per run, their mean, and a line of one deviation."""
    findings = question.findings
    tall = 0.27 * len(findings)
    figure = Figure(figsize=(9.6, tall + 1.35), facecolor="white")
    height = figure.get_size_inches()[1]
    box: Any = (0.29, 0.5 / height, 0.69, tall / height)
    axes = figure.add_axes(box)
    for place, finding in enumerate(findings):
        sample, colour = finding.part.difference, _OUTCOMES[finding.outcome]
        if sample.n > 1:
            ends = [sample.mean - sample.sd, sample.mean + sample.sd]
            axes.plot(ends, [place, place], color=colour, linewidth=2)
        axes.plot(
            list(sample.by_seed.values()),
            [place] * sample.n,
            "o",
            color=colour,
            markersize=3.5,
            alpha=0.7,
        )
        axes.plot(sample.mean, place, "|", color=colour, markersize=11, markeredgewidth=2)
    axes.axvline(0, color="#333333", linewidth=0.8)
    axes.set_yticks(range(len(findings)), [finding.label for finding in findings])
    axes.tick_params(axis="y", length=0, labelsize=9)
    axes.tick_params(axis="x", labelsize=9)
    axes.set_ylim(len(findings) - 0.5, -0.5)
    axes.set_xlabel(question.measured, fontsize=9)
    figure.text(0.01, 1 - 0.22 / height, question.title, fontsize=11.5)
    if question.decided:
        figure.text(0.01, 1 - 0.45 / height, question.counts, fontsize=9.5)
    _legend(figure, question, 1 - 0.68 / height)
    return figure


def _legend(figure: Figure, question: Question, y: float) -> None:
    """The outcomes that there are, each in its colour."""
    found = {finding.outcome for finding in question.findings}
    x = 0.29
    for outcome, colour in _OUTCOMES.items():
        if outcome in found:
            figure.text(x, y, f"\N{BLACK CIRCLE} {outcome}", color=colour, fontsize=9)
            x += 0.11
