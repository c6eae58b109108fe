"""The map as one picture, a plot of each question's differences, and one of photos for weights.

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
from matplotlib.ticker import FuncFormatter

from train.map.design import MEASURED, STORY, Regime
from train.map.ratio import photos_per_thousand
from train.map.rules import Question
from train.map.table import Table
from train.study.style import PALETTE, STYLE
from train.study.verdicts import MIN_SEEDS

PHOTOS = (256, 1024, 4096, 16384)
# The story's own place. Its epochs are its own words, from the ten that were colourful to the 25
# that were brown. It does not say how many photos it had; that its author thought the network
# had learnt them by heart speaks for few.
STORY_EPOCHS, STORY_PHOTOS = (10, 25), (256, 1024)
HEADS = {"ab": "ab on the photo's lightness", "rgb": "the whole picture, as the story painted"}
MAPS = {
    "sepia_index": ("sepia index", 0.0, 0.6, ("#f4f4f4", "#c98d4f", "#5e3713")),
    "colourfulness_ratio": ("colourfulness, of the original's", 0.0, 1.0, ("#eeeeee", "#00796b")),
}
_OUTCOMES = {
    "holds": PALETTE[2],
    "opposite": PALETTE[1],
    "unclear": "#777777",
    "undecided": "#bbbbbb",
}


def write_pictures(table: Table, questions: Sequence[Question], folder: Path) -> dict[str, str]:
    """{"map", "ratio" or a question's id: name of its file}, which are written into `folder`.

    There is one of each question that some regime can answer.
    """
    with matplotlib.rc_context(STYLE):
        figures = {"map": _map(table)}
        for question in questions:
            if question.findings:
                figures[question.id] = _differences(question)
            if question.id == "turn" and question.findings:
                figures["ratio"] = _ratios(table, question)
        names = {name: f"study-map-{name}.svg" for name in figures} | {"map": "study-map.svg"}
        for name, figure in figures.items():
            _save(figure, folder / names[name])
    return names


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None, "Creator": None})


def _map(table: Table) -> Figure:
    heads = [h for h in HEADS if any(r.head == h for r in table.regimes)]
    rows = [(head, measure) for measure in MAPS for head in heads]
    figure = Figure(figsize=(11, 0.8 + 2.1 * len(rows)), facecolor="white")
    height = figure.get_size_inches()[1]
    figure.subplots_adjust(
        left=0.075,
        right=0.99,
        wspace=0.06,
        hspace=0.66,
        bottom=0.5 / height,
        top=1 - 0.95 / height,
    )
    panels = figure.subplots(len(rows), len(STORY), squeeze=False)
    for (head, measure), line in zip(rows, panels, strict=True):
        for variant, axes in zip(STORY, line, strict=True):
            _panel(axes, table, variant, head, measure)
            axes.set_yticks(range(len(PHOTOS)), [f"{n:,}" for n in PHOTOS])
            axes.tick_params(labelleft=variant == STORY[0], length=0)
        line[0].set_ylabel("photos")
        heading = f"{MAPS[measure][0].capitalize()}: {HEADS[head]}"
        line[0].text(0, 1.24, heading, transform=line[0].transAxes, fontsize=11.5)
        for variant, axes in zip(STORY, line, strict=True):
            axes.set_title(variant, fontsize=9.5, pad=3)
    for axes in panels[-1]:
        axes.set_xlabel("epoch")
    figure.text(
        0.075,
        1 - 0.28 / height,
        "Brown: pictures turn brown. Green: they are colourful. "
        f"Dashed: where the story lies. White: not measured. Italic: fewer than {MIN_SEEDS} runs.",
        fontsize=10,
    )
    return figure


def _panel(axes: Axes, table: Table, variant: str, head: str, measure: str) -> None:
    _, low, high, colours = MAPS[measure]
    shades = LinearSegmentedColormap.from_list(measure, colours)
    for row, photos in enumerate(PHOTOS):
        for column, epoch in enumerate(MEASURED):
            sample = table.sample(Regime(photos, variant, head), measure, epoch)
            place = (column - 0.5, row - 0.5)
            if not sample.n:
                continue
            shade = shades(min(1.0, max(0.0, (sample.mean - low) / (high - low))))
            axes.add_patch(Rectangle(place, 1, 1, facecolor=shade, clip_on=False))
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
    first, last = (MEASURED.index(epoch) for epoch in STORY_EPOCHS)
    bottom, top = (PHOTOS.index(photos) for photos in STORY_PHOTOS)
    axes.add_patch(
        Rectangle(
            (first - 0.5, bottom - 0.5),
            last - first + 1,
            top - bottom + 1,
            fill=False,
            edgecolor="#111111",
            linestyle="--",
            linewidth=1.6,
        )
    )
    axes.set(xlim=(-0.5, len(MEASURED) - 0.5), ylim=(-0.5, len(PHOTOS) - 0.5))
    axes.set_xticks(range(len(MEASURED)), [str(epoch) for epoch in MEASURED])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _luminance(colour: tuple[float, ...]) -> float:
    """Of RGB in [0, 1], as WCAG 2 has it but for the dark end of the curve."""
    return sum(w * c**2.2 for w, c in zip((0.2126, 0.7152, 0.0722), colour, strict=False))


def _differences(question: Question) -> Figure:
    """A row for each regime: a dot per run, their mean, and a line of one deviation."""
    findings = question.findings
    tall = 0.27 * len(findings)
    figure = Figure(figsize=(9.6, tall + 1.1), facecolor="white")
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
    figure.text(0.01, 1 - 0.22 / height, question.title, fontsize=11)
    _legend(figure, question, 1 - 0.45 / height)
    return figure


def _legend(figure: Figure, question: Question, y: float) -> None:
    """The outcomes that there are, each in its colour."""
    found = {finding.outcome for finding in question.findings}
    x = 0.29
    for outcome, colour in _OUTCOMES.items():
        if outcome in found:
            figure.text(x, y, f"\N{BLACK CIRCLE} {outcome}", color=colour, fontsize=9)
            x += 0.11


def _ratios(table: Table, question: Question) -> Figure:
    """The question's difference over the photos for a thousand weights, a dot for each regime."""
    figure = Figure(figsize=(9.6, 3.6), facecolor="white")
    box: Any = (0.09, 0.16, 0.89, 0.66)
    axes = figure.add_axes(box)
    for head, marker in {"ab": "o", "rgb": "s", "bins": "^"}.items():
        for outcome, colour in _OUTCOMES.items():
            chosen = [f for f in question.findings if (f.regime.head, f.outcome) == (head, outcome)]
            axes.plot(
                [photos_per_thousand(table, f.regime) for f in chosen],
                [f.part.difference.mean for f in chosen],
                marker,
                color=colour,
                markersize=6,
                alpha=0.8,
            )
    axes.axhline(0, color="#333333", linewidth=0.8)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel(
        "photos for a thousand weights (circles: ab, squares: rgb, triangles: bins)", fontsize=9
    )
    axes.set_ylabel(question.measured.partition(",")[0], fontsize=9)
    axes.tick_params(labelsize=9)
    figure.text(0.01, 0.94, f"{question.title} {question.measured.capitalize()}", fontsize=10)
    _legend(figure, question, 0.87)
    return figure
