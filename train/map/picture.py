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

from train.map.design import MEASURED, STORY, Regime
from train.map.rules import Question
from train.map.table import Table
from train.study.style import PALETTE, STYLE

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
    "holds": PALETTE[2], "opposite": PALETTE[1], "unclear": "#777777", "undecided": "#bbbbbb",
}  # fmt: skip


def write_pictures(table: Table, questions: Sequence[Question], folder: Path) -> dict[str, str]:
    """{"map" or a question's letter: name of its file}, which are written into `folder`."""
    names = {"map": "study-map.svg"}
    with matplotlib.rc_context(STYLE):
        _save(_map(table), folder / names["map"])
        for letter in dict.fromkeys(question.letter for question in questions):
            of_letter = [q for q in questions if q.letter == letter and q.findings]
            if of_letter:
                names[letter] = f"study-map-{letter}.svg"
                _save(_differences(of_letter), folder / names[letter])
    return names


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None, "Creator": None})


def _map(table: Table) -> Figure:
    heads = [h for h in HEADS if any(r.head == h for r in table.regimes)]
    rows = [(head, measure) for measure in MAPS for head in heads]
    figure = Figure(figsize=(11, 0.8 + 2.1 * len(rows)), facecolor="white")
    height = figure.get_size_inches()[1]
    figure.subplots_adjust(
        left=0.075, right=0.99, wspace=0.06, hspace=0.66, bottom=0.5 / height,
        top=1 - 0.95 / height,
    )  # fmt: skip
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
        0.075, 1 - 0.28 / height, "Dashed: where the story lies. White: not measured. "
        "Mean of the seeds, on photos that the networks have not seen.", fontsize=10,
    )  # fmt: skip
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
            share = min(1.0, max(0.0, (sample.mean - low) / (high - low)))
            axes.add_patch(Rectangle(place, 1, 1, facecolor=shades(share), clip_on=False))
            axes.text(
                column, row, f"{sample.mean:.2f}", ha="center", va="center", fontsize=7.5,
                color="white" if share > 0.55 else "#222222",
            )  # fmt: skip
    first, last = (MEASURED.index(epoch) for epoch in STORY_EPOCHS)
    bottom, top = (PHOTOS.index(photos) for photos in STORY_PHOTOS)
    axes.add_patch(
        Rectangle((first - 0.5, bottom - 0.5), last - first + 1, top - bottom + 1, fill=False,
                  edgecolor="#111111", linestyle="--", linewidth=1.6)
    )  # fmt: skip
    axes.set(xlim=(-0.5, len(MEASURED) - 0.5), ylim=(-0.5, len(PHOTOS) - 0.5))
    axes.set_xticks(range(len(MEASURED)), [str(epoch) for epoch in MEASURED])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _differences(questions: Sequence[Question]) -> Figure:
    """A row for each regime: a dot per seed, their mean, and a line of one deviation."""
    rows = sum(len(question.findings) + 3 for question in questions)
    figure = Figure(figsize=(9.6, 0.27 * rows + 0.35), facecolor="white")
    height = figure.get_size_inches()[1]
    top = height - 0.5
    for question in questions:
        tall = 0.27 * len(question.findings)
        box: Any = (0.29, (top - tall) / height, 0.69, tall / height)
        axes = figure.add_axes(box)
        for place, finding in enumerate(question.findings):
            sample, colour = finding.part.difference, _OUTCOMES[finding.outcome]
            if sample.n > 1:
                ends = [sample.mean - sample.sd, sample.mean + sample.sd]
                axes.plot(ends, [place, place], color=colour, linewidth=2)
            axes.plot(list(sample.by_seed.values()), [place] * sample.n, "o", color=colour,
                      markersize=3.5, alpha=0.7)  # fmt: skip
            axes.plot(sample.mean, place, "|", color=colour, markersize=11, markeredgewidth=2)
        axes.axvline(0, color="#333333", linewidth=0.8)
        axes.set_yticks(range(len(question.findings)), [f.label for f in question.findings])
        axes.tick_params(axis="y", length=0, labelsize=8)
        axes.tick_params(axis="x", labelsize=8)
        axes.set_ylim(len(question.findings) - 0.5, -0.5)
        x = -0.27 / 0.69  # where the labels of the rows begin
        axes.set_title(f"{question.title}\n{question.measured}", fontsize=8.5, x=x, ha="left")
        top -= tall + 0.27 * 3
    return figure
