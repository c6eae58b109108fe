"""The study's plots, as SVG files that come out the same, byte for byte, from the same table.

Margins are fixed numbers and texts stay texts: nothing depends on the fonts of a machine.
"""

from collections.abc import Callable
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from train.study.derived import LATE, loss_gap, seconds_per_epoch
from train.study.results import Results, Sample
from train.study.style import COLOURS, STYLE

_REFERENCES = {"grey": ("grey", ":"), "constant": ("constant mean ab", "--")}


def write_plots(results: Results, folder: Path, stem: str) -> dict[str, Path]:
    """{name: path} of the plots, written as <folder>/<stem>-<name>.svg."""
    plots = {"loss": _loss, "colour": _colour, "time": _time, "mean": _mean}
    paths = {}
    for name, draw in plots.items():
        with matplotlib.rc_context(STYLE):
            figure = draw(results)
            paths[name] = folder / f"{stem}-{name}.svg"
            figure.savefig(paths[name], metadata={"Date": None, "Creator": None})
    return paths


def _panels(count: int, height: float = 3.4) -> tuple[Figure, list[Axes]]:
    rows, columns = (count + 1) // 2, min(count, 2)
    figure = Figure(figsize=(9.6, height * rows), facecolor="white")
    inches = figure.get_size_inches()
    figure.subplots_adjust(
        left=0.75 / inches[0],
        right=1 - 0.15 / inches[0],
        wspace=0.25,
        bottom=0.5 / inches[1],
        top=1 - 0.75 / inches[1],
        hspace=0.42,
    )
    return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


def _curves(axes: Axes, curve_of: Callable[[str], dict[int, Sample]], markers: str = "") -> None:
    """A line of means per variant, with a band of one standard deviation to either side."""
    for variant, colour in COLOURS.items():
        curve = curve_of(variant)
        if not curve:
            continue
        epochs = list(curve)
        means = [sample.mean for sample in curve.values()]
        spread = [sample.sd if sample.n > 1 else 0.0 for sample in curve.values()]
        axes.plot(epochs, means, color=colour, marker=markers, markersize=4, label=variant)
        low = [m - s for m, s in zip(means, spread, strict=True)]
        high = [m + s for m, s in zip(means, spread, strict=True)]
        axes.fill_between(epochs, low, high, color=colour, alpha=0.18, linewidth=0)


def _references(axes: Axes, results: Results, stage: str, measure: str) -> None:
    for row, (label, dashes) in _REFERENCES.items():
        value = results.reference(stage, row, measure)
        if value is not None:
            axes.axhline(value, color="#777777", linestyle=dashes, linewidth=1, label=label)


def _legend(figure: Figure, axes: Axes) -> None:
    figure.legend(*axes.get_legend_handles_labels(), loc="upper center", ncols=5)


def _loss(results: Results) -> Figure:
    figure, (training, validation) = _panels(2)
    _curves(training, lambda name: results.curve("history", name, "train_loss"))
    _curves(validation, lambda name: results.curve("history", name, "val_loss"))
    for axes, title in (
        (training, "Training loss (running mean, dropout on)"),
        (validation, "Validation loss"),
    ):
        _references(axes, results, "validation", "loss")
        axes.set(title=title, xlabel="epoch")
    # The training loss of the first epoch, still all start-up, may leave through the top.
    bottom = min(training.get_ylim()[0], validation.get_ylim()[0])
    for axes in (training, validation):
        axes.set_ylim(bottom, validation.get_ylim()[1])
    _legend(figure, validation)
    return figure


def _colour(results: Results) -> Figure:
    figure, panels = _panels(4)
    for axes, stage, measure, title in zip(
        panels,
        ("history", "validation", "history", "validation"),
        ("colourfulness_ratio", "sepia_index", "hue_entropy", "sharpness"),
        (
            "Colourfulness, of the original's",
            "Sepia index (0: no browner than the original)",
            "Hue entropy, bits",
            "Sharpness of the colour, of the original's",
        ),
        strict=True,
    ):
        _curves(
            axes,
            lambda name, stage=stage, measure=measure: results.curve(stage, name, measure),
            "o" if stage == "validation" else "",
        )
        _references(axes, results, "validation", measure)
        axes.set(title=title, xlabel="epoch")
    _legend(figure, panels[0])
    return figure


def _time(results: Results) -> Figure:
    figure, (turns, straight) = _panels(2)
    for place, (variant, colour) in enumerate(COLOURS.items()):
        sample = seconds_per_epoch(results, variant)
        if sample.n:
            turns.bar(place, sample.mean, 0.6, color=colour, alpha=0.5)
            turns.plot([place] * sample.n, list(sample.by_seed.values()), "o", color=colour)
    turns.set_xticks(range(len(COLOURS)), list(COLOURS))
    turns.set(title="Seconds per epoch, taking turns (a dot per seed)")
    _curves(straight, lambda name: results.curve("straight", name, "seconds"), "o")
    straight.set(title="Seconds per epoch, each run in one go", xlabel="epoch")
    straight.set_ylim(bottom=0)
    straight.xaxis.set_major_locator(MaxNLocator(integer=True))
    _legend(figure, straight)
    return figure


def _mean(results: Results) -> Figure:
    figure, (gap, slope, chroma, brown) = _panels(4)

    def gaps(name: str) -> dict[int, Sample]:
        epochs = results.epochs("validation", name, "loss")
        return {epoch: loss_gap(results, name, epoch) for epoch in epochs}

    _curves(gap, gaps, "o")
    # What the two sets of photos differ by for any network: the gap of a constant colour.
    constant = [
        results.reference(stage, "constant", "loss") for stage in ("validation", "training")
    ]
    if constant[0] is not None and constant[1] is not None:
        gap.axhline(
            constant[0] - constant[1],
            color="#777777",
            linestyle="--",
            linewidth=1,
            label="constant mean ab",
        )
    gap.set(title="Validation minus training loss, eval mode", xlabel="epoch")
    _curves(slope, lambda name: results.curve("validation", name, "mean_slope"), "o")
    slope.axhline(1, color="#777777", linewidth=1)
    slope.set(title="Slope of truth on prediction (1: the mean itself)", xlabel="epoch")
    for axes, measure, title in (
        (chroma, "chroma", f"Ambiguous pixels, epoch {LATE}: mean chroma"),
        (brown, "sepia", f"Ambiguous pixels, epoch {LATE}: brown share"),
    ):
        for shift, which in enumerate(("true_", "mean_", "")):
            for place, (variant, colour) in enumerate(COLOURS.items()):
                sample = results.sample("validation", variant, f"ambiguous_{which}{measure}", LATE)
                if sample.n:
                    axes.bar(
                        shift + 0.27 * (place - 1),
                        sample.mean,
                        0.25,
                        color=colour,
                        yerr=sample.sd if sample.n > 1 else None,
                        ecolor="#333333",
                    )
        axes.set_xticks(range(3), ["true colours", "their mean", "painted"])
        axes.set(title=title)
    _legend(figure, gap)
    return figure
