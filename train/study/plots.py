"""The study's plots: one message each, which is its title.

SVG files that come out the same, byte for byte, from the same table. Margins are fixed numbers and
texts stay texts: nothing depends on the fonts of a machine.
"""

import textwrap
from collections.abc import Callable
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from train.study.derived import EARLY, LATE, loss_gap, seconds_per_epoch
from train.study.results import Results, Sample
from train.study.style import COLOURS, STYLE
from train.study.verdicts import Claim

_REFERENCES = {"grey": ("grey", ":"), "constant": ("constant mean ab", "--")}
_CHARACTERS = 100  # of a title's line


def write_plots(
    results: Results, claims: list[Claim], folder: Path, stem: str
) -> dict[str, tuple[str, Path]]:
    """{name: (title, path)} of the plots, written as <folder>/<stem>-<name>.svg."""
    told = {claim.id: claim for claim in claims}

    def says(claim: str, *places: int, lead: str = "") -> str:
        """What was found, in words; the claim itself as long as nothing is decided."""
        found = [told[claim].findings[place].says for place in places if told[claim].findings]
        return f"{lead or told[claim].lead} {' and '.join(found)}" if found else told[claim].title

    norm = f"From epoch {EARLY} to epoch {LATE} of the network with batch normalisation,"
    browner = told["diagnosis"].parts[-1].outcome == "holds"  # the mean of ambiguous colours

    titles = {
        _hues: says("range", 0),
        _sepia: says("browner", 0),
        _loss: says("browner", 1, 2, lead=norm),
        _colour: says("early-stopping", 0),
        _time: says("time", 0),
        _sharpness: says("fuzzier", 0),
        _gap: says("diagnosis", 0),
        _slope: says("diagnosis", 2),
        _mean: "The mean of colours that a network cannot tell apart is "
        f"{'browner than they are' if browner else 'not clearly browner than they are'}",
    }
    plots = {}
    for draw, title in titles.items():
        with matplotlib.rc_context(STYLE):
            name = draw.__name__.removeprefix("_")
            figure, path = draw(results), folder / f"{stem}-{name}.svg"
            _entitle(figure, title)
            figure.savefig(path, metadata={"Date": None, "Creator": None})
            plots[name] = title, path
    return plots


def _entitle(figure: Figure, title: str) -> None:
    lines = "\n".join(textwrap.wrap(title, _CHARACTERS))
    figure.text(0.01, 1 - 0.12 / figure.get_size_inches()[1], lines, fontsize=11.5, va="top")


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(9.6, 4.1), facecolor="white")
    inches = figure.get_size_inches()
    figure.subplots_adjust(
        left=0.75 / inches[0],
        right=1 - 0.15 / inches[0],
        wspace=0.25,
        bottom=0.5 / inches[1],
        top=1 - 1.2 / inches[1],
    )
    return figure, list(figure.subplots(1, count, squeeze=False).flat)


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
    high = figure.get_size_inches()[1]
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="upper center", bbox_to_anchor=(0.5, 1 - 0.5 / high), ncols=5
    )


def _measure(results: Results, stage: str, measure: str, title: str) -> Figure:
    """One measure of all variants over the epochs."""
    figure, (axes,) = _panels(1)
    marker = "o" if stage == "validation" else ""
    _curves(axes, lambda name: results.curve(stage, name, measure), marker)
    _references(axes, results, "validation", measure)
    axes.set(title=title, xlabel="epoch")
    _legend(figure, axes)
    return figure


def _hues(results: Results) -> Figure:
    title = "Variety of hues: entropy in bits (one bit more is twice as many hues)"
    return _measure(results, "history", "hue_entropy", title)


def _sepia(results: Results) -> Figure:
    title = "Sepia index (0: no browner than the original, 1: all brown)"
    return _measure(results, "validation", "sepia_index", title)


def _colour(results: Results) -> Figure:
    title = "Colourfulness (1: as colourful as the originals)"
    return _measure(results, "history", "colourfulness_ratio", title)


def _sharpness(results: Results) -> Figure:
    title = "Sharpness of the colour (1: as sharp as the originals')"
    return _measure(results, "validation", "sharpness", title)


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


def _time(results: Results) -> Figure:
    figure, (turns, straight) = _panels(2)
    for place, (variant, colour) in enumerate(COLOURS.items()):
        sample = seconds_per_epoch(results, variant)
        if sample.n:
            turns.bar(place, sample.mean, 0.6, color=colour, alpha=0.5)
            turns.plot([place] * sample.n, list(sample.by_seed.values()), "o", color=colour)
    turns.set_xticks(range(len(COLOURS)), list(COLOURS))
    turns.set(title="Seconds per epoch, taking turns (a dot per run)")
    _curves(straight, lambda name: results.curve("straight", name, "seconds"), "o")
    straight.set(title="Seconds per epoch, each run in one go", xlabel="epoch")
    straight.set_ylim(bottom=0)
    straight.xaxis.set_major_locator(MaxNLocator(integer=True))
    _legend(figure, straight)
    return figure


def _gap(results: Results) -> Figure:
    figure, (axes,) = _panels(1)

    def gaps(name: str) -> dict[int, Sample]:
        epochs = results.epochs("validation", name, "loss")
        return {epoch: loss_gap(results, name, epoch) for epoch in epochs}

    _curves(axes, gaps, "o")
    # What the two sets of photos differ by for any network: the gap of a constant colour.
    constant = [
        results.reference(stage, "constant", "loss") for stage in ("validation", "training")
    ]
    if constant[0] is not None and constant[1] is not None:
        axes.axhline(
            constant[0] - constant[1],
            color="#777777",
            linestyle="--",
            linewidth=1,
            label="constant mean ab",
        )
    axes.set(title="Validation minus training loss (more: learnt by heart)", xlabel="epoch")
    _legend(figure, axes)
    return figure


def _slope(results: Results) -> Figure:
    figure, (axes,) = _panels(1)
    _curves(axes, lambda name: results.curve("validation", name, "mean_slope"), "o")
    axes.axhline(1, color="#777777", linewidth=1)
    title = "Slope of truth on prediction (1: the mean itself; below: too strong)"
    axes.set(title=title, xlabel="epoch")
    _legend(figure, axes)
    return figure


def _mean(results: Results) -> Figure:
    figure, panels = _panels(2)
    for axes, (measure, title) in zip(
        panels,
        (("chroma", f"Mean chroma, epoch {LATE}"), ("sepia", f"Brown share, epoch {LATE}")),
        strict=True,
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
                        label=variant if shift == 0 else None,
                    )
        axes.set_xticks(range(3), ["true colours", "their mean", "painted"])
        axes.set(title=title)
    _legend(figure, panels[0])
    return figure
