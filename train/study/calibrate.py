"""`python -m train calibrate`: is the uncertainty an honest measure of error, and making it one.

A network that chooses among bins is calibrated: factors are found on one half of the photos,
checked on the other half, and written into its checkpoint (`colorizer/calibration.py`).

Everything is measured on squares of the validation photos, at the scale at which each network
predicts ab; the truth there is the photo's own ab, averaged over the same area.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import matplotlib
import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from colorizer.checkpoint import (
    CheckpointError,
    CheckpointInfo,
    load_checkpoint,
    save_checkpoint,
)
from colorizer.decoding import Decoding
from colorizer.dropout import dropout_layers
from colorizer.network import ColorNetwork
from colorizer.sampling import Sampler, Samples
from train import TrainError
from train.arguments import FitArguments
from train.flags import flag, same_flag
from train.photos import choose_entries, load_photos
from train.study.calibration import (
    FRACTIONS,
    NOMINAL,
    Array,
    coverage,
    fit_calibration,
    sparsify,
    spearman,
)
from train.study.evaluate import Truth
from train.study.markdown import table
from train.study.style import PALETTE, STYLE
from train.trainer import say

CALIBRATION_SAMPLES = 16
WEIGHTS, ALL = "spread of the weights", "whole spread"
RATES = (0.05, 0.1, 0.2, 0.3, 0.5)
COUNTS = (1, 2, 4, 8, 16, 32, 64)


@dataclass(frozen=True)
class CalibrateArguments:
    """The flags of `calibrate`, checked when built."""

    checkpoint: list[Path] = flag("checkpoints to calibrate", name="FILE")
    photos: list[str] = same_flag(FitArguments, "photos")
    also: list[Path] = flag(
        "checkpoints to calibrate as well, without a section on the page", [], "FILE"
    )
    hold_out: list[str] = same_flag(FitArguments, "hold_out")
    elsewhere: list[str] = flag(
        "do not calibrate on the photos of these top folders; check the result on them",
        [],
        "FOLDER,...",
        commas=True,
    )
    out: Path = flag("the page", Path("docs/uncertainty.md"))
    samples: int = flag("of each photo", 32)
    limit: int = flag("photos", 256)
    seed: int = flag("of the samples", 0)
    cache: Path = same_flag(FitArguments, "cache")

    def __post_init__(self) -> None:
        if self.samples < 2:
            raise TrainError(f"--samples {self.samples}: a spread needs at least 2.")
        if self.limit < 3:
            raise TrainError(f"--limit {self.limit}: at least 3 photos are needed.")


@dataclass
class Pixels:
    """One value per pixel of all photos, a row for each photo: (photos, pixels)."""

    error: list[Array] = field(default_factory=list)  # distance of ab from the truth
    scores: dict[str, list[Array]] = field(default_factory=dict)

    def add(self, found: Samples, true_ab: Tensor, draw: np.random.Generator) -> None:
        ab = found.mean
        self.error.append(torch.hypot(*(ab - true_ab)).flatten().numpy())
        scores = {
            WEIGHTS: found.deviation,
            **({ALL: found.spread} if found.entropy is not None else {}),
            "entropy": found.entropy,
            "mutual information": found.mutual_information,
            "predicted chroma": torch.hypot(*ab),
            "random": torch.from_numpy(draw.random(tuple(ab.shape[1:]))),
        }
        for name, score in scores.items():
            if score is not None:
                self.scores.setdefault(name, []).append(score.flatten().numpy())


def calibrate(arguments: CalibrateArguments) -> None:
    """Write the page, its plots, and the factors into the checkpoints.

    Raises TrainError for checkpoints that cannot be sampled.
    """
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    parts = []
    for path in [*arguments.also, *arguments.checkpoint]:
        try:
            network, info = load_checkpoint(path)
        except CheckpointError as error:
            raise TrainError(str(error)) from error
        if network.paints_whole:
            raise TrainError(
                f"--checkpoint {path}: it paints whole pictures; give one that predicts ab."
            )
        if not dropout_layers(network):
            raise TrainError(
                f"--checkpoint {path}: the {info.variant} variant has no dropout layers to sample."
            )
        truth = _truth(arguments, info.size, hold_out=[*arguments.hold_out, *arguments.elsewhere])
        coverage_found = ""
        if network.chooses:
            half = len(truth.rgb) // 2
            calibration = fit_calibration(*_spread(network, info, Truth(truth.rgb[:half]), 0))
            info = replace(info, calibration=calibration)
            save_checkpoint(path, network, info)
            say(f"{path.name}: {_words(info)}")
            if path in arguments.also:
                continue
            checked = {"photos of the same collections": Truth(truth.rgb[half:])}
            if arguments.elsewhere:
                checked["photos from elsewhere"] = _truth(
                    arguments, info.size, only=arguments.elsewhere
                )
            coverage_found = _calibrated(network, info, half, checked)
        parts.append(_part(network, info, truth, arguments, coverage_found))
    arguments.out.write_text("\n".join([_INTRODUCTION, *parts]))


def _truth(arguments: CalibrateArguments, size: int, **chosen: list[str]) -> Truth:
    """chosen: `hold_out` or `only`, as of `choose_entries`."""
    entries = choose_entries(arguments.photos, **chosen)
    found = load_photos(entries, arguments.photos, size, arguments.limit, arguments.cache)
    return Truth.of(found, size)


def _spread(
    network: ColorNetwork, info: CheckpointInfo, truth: Truth, seed: int
) -> tuple[Array, Array, Array]:
    """Of each pixel: spread, predicted chroma, and distance from the truth."""
    rows = []
    for (found,), true_ab in _sampled(
        network, info.decoding, truth, [CALIBRATION_SAMPLES], seed, keep=False
    ):
        planes = found.spread, torch.hypot(*found.mean), torch.hypot(*(found.mean - true_ab))
        rows.append(torch.stack(planes).flatten(1))
    spread, chroma, error = torch.cat(rows, dim=1).double().numpy()
    return spread, chroma, error


def _calibrated(
    network: ColorNetwork, info: CheckpointInfo, fitted: int, checked: dict[str, Truth]
) -> str:
    """How often the truth lies within the calibrated radius, on photos that did not calibrate."""
    rows = []
    for name, truth in checked.items():
        spread, chroma, error = _spread(network, info, truth, 0)
        ab = torch.from_numpy(np.stack([chroma, np.zeros_like(chroma)]))[:, None]
        radii = [info.calibration.radius(torch.from_numpy(spread)[None], ab, k) for k in NOMINAL]
        inside = np.stack([error <= radius[0].numpy() for radius in radii])
        third = np.digitize(chroma, np.quantile(chroma, [1 / 3, 2 / 3]))
        shares = [inside.mean(1), *(inside[:, third == group].mean(1) for group in range(3))]
        cells = [" / ".join(f"{100 * share:.0f} %" for share in pair) for pair in shares]
        rows.append([f"{len(truth.rgb)} {name}", *cells])
    header = ["within one / two radii", "all pixels", "pale third", "middle third", "vivid third"]
    goal = " / ".join(f"{100 * share:.0f} %" for share in NOMINAL.values())
    return (
        "### Calibrated\n\n"
        f"Factors from {fitted} photos, {CALIBRATION_SAMPLES} samples each: {_words(info)} They "
        f"are meant to hold {goal} of the true colours. Thirds are by predicted chroma.\n\n"
        + _table(header, rows)
    )


def _words(info: CheckpointInfo) -> str:
    calibration = info.calibration
    pairs = zip(calibration.chroma, calibration.once, calibration.twice, strict=True)
    found = ", ".join(f"{once:.2f} and {twice:.2f} at {c:.1f}" for c, once, twice in pairs)
    return f"the spread times {found} Lab units of chroma."


def _sampled(
    network: ColorNetwork,
    decoding: Decoding,
    truth: Truth,
    counts: Sequence[int],
    seed: int,
    keep: bool,
) -> Iterator[tuple[list[Samples], Tensor]]:
    """For each photo the summaries of the first `counts` samples, and the true ab at their size."""
    for index in tqdm(range(len(truth.rgb)), desc="Sampling", unit="photo", disable=None):
        lightness = truth.lightness[index : index + 1]
        sampler = Sampler(network, [lightness], decoding, seed, keep)
        sampler.draw(max(counts))
        found = [sampler.summary(count) for count in counts]
        height, width = found[0].mean.shape[-2:]
        yield found, F.adaptive_avg_pool2d(truth.ab[index], (height, width))


def _part(
    network: ColorNetwork,
    info: CheckpointInfo,
    truth: Truth,
    arguments: CalibrateArguments,
    calibrated: str,
) -> str:
    """The section of one checkpoint; writes its plots beside the page."""
    counts = [count for count in COUNTS if count < arguments.samples] + [arguments.samples]
    by_count: dict[int, Pixels] = {count: Pixels() for count in counts}
    draw = np.random.default_rng(arguments.seed)
    for found, true_ab in _sampled(
        network, info.decoding, truth, counts, arguments.seed, keep=True
    ):
        for count, samples in zip(counts, found, strict=True):
            by_count[count].add(samples, true_ab, draw)
    pixels = by_count[arguments.samples]
    name = f"{info.variant}, epoch {info.epoch}"
    stem = f"{arguments.out.stem}-{info.variant}-{info.epoch:03d}"
    _plot(pixels, name, arguments.out.with_name(f"{stem}.svg"))
    return "\n".join(
        [
            f"## {name}\n",
            f"{len(truth.rgb)} photos at {info.size} px, {arguments.samples} samples, "
            f"dropout rate {info.settings.dropout:g}.\n",
            _scores(pixels),
            f"![Sparsification of {name}]({stem}.svg)\n",
            _coverages(pixels),
            *([calibrated] if calibrated else []),
            "### More samples\n",
            _table(["samples", *_SHORT], [[str(n), *_short(p)] for n, p in by_count.items()]),
            "### Another rate when sampling\n",
            "The weights stay as they were trained; 16 samples.\n",
            _table(["rate", *_SHORT], _rates(network, info, truth, arguments.seed)),
        ]
    )


def _rates(network: ColorNetwork, info: CheckpointInfo, truth: Truth, seed: int) -> list[list[str]]:
    rows = []
    layers = dropout_layers(network)
    draw = np.random.default_rng(seed)
    few = Truth(truth.rgb[:96])
    try:
        for rate in sorted({*RATES, info.settings.dropout}):
            for layer in layers:
                layer.p = rate
            pixels = Pixels()
            for (found,), true_ab in _sampled(network, info.decoding, few, [16], seed, keep=False):
                pixels.add(found, true_ab, draw)
            trained = " (as trained)" if rate == info.settings.dropout else ""
            rows.append([f"{rate:g}{trained}", *_short(pixels)])
    finally:
        for layer in layers:
            layer.p = info.settings.dropout
    return rows


_SHORT = ["mean spread", "error of the mean", "Spearman", "AURG", "within the spread"]


def _short(pixels: Pixels) -> list[str]:
    error = np.concatenate(pixels.error)
    score = np.concatenate(pixels.scores[WEIGHTS])
    root = float(np.sqrt(np.mean(error**2)))
    if score.max() == 0:
        return ["0", f"{root:.2f}", "–", "–", "–"]
    return [
        f"{score.mean():.2f}",
        f"{root:.2f}",
        f"{spearman(score, error):.3f}",
        f"{sparsify(score, error).aurg:.3f}",
        f"{100 * coverage(score, error, 1):.0f} %",
    ]


def _scores(pixels: Pixels) -> str:
    error = np.concatenate(pixels.error)
    photo_error = np.array([photo.mean() for photo in pixels.error])
    rows = []
    for name, photos in pixels.scores.items():
        score = np.concatenate(photos)
        curve = sparsify(score, error)
        rows.append(
            [
                name,
                f"{spearman(score, error):.3f}",
                f"{spearman(np.array([photo.mean() for photo in photos]), photo_error):.3f}",
                f"{curve.ause:.3f}",
                f"{curve.aurg:.3f}",
            ]
        )
    gain = {row[0]: float(row[-1]) for row in rows}
    verdict = "".join(
        _verdict(name, gain[name], gain["predicted chroma"])
        for name in (WEIGHTS, ALL)
        if name in gain
    )
    header = ["uncertainty", "Spearman, pixels", "Spearman, photos", "AUSE ↓", "AURG ↑"]
    return verdict + _table(header, rows)


def _verdict(name: str, spread: float, chroma: float) -> str:
    """Both as AURG."""
    chance = "no better than chance" if spread <= 0 else "better than chance"
    colour = "more than" if spread > chroma else "no more than"
    return f"The {name} is {chance}, and says {colour} the predicted chroma does.\n\n"


def _coverages(pixels: Pixels) -> str:
    error = np.concatenate(pixels.error)
    score = np.concatenate(pixels.scores[WEIGHTS])
    found = [
        f"within {spreads} of the weights for "
        f"{100 * coverage(score, error, times):.0f} % of the pixels "
        f"({100 * share:.0f} % for a Gaussian)"
        for (times, share), spreads in zip(
            NOMINAL.items(), ("one spread", "two spreads"), strict=True
        )
    ]
    return (
        f"The truth lies {' and '.join(found)}. The mean error is {error.mean():.1f} Lab units, "
        f"the mean spread of the weights {score.mean():.1f}.\n"
    )


def _table(header: list[str], rows: list[list[str]]) -> str:
    return table(header, rows, left=len(header)) + "\n"


def _plot(pixels: Pixels, name: str, path: Path) -> None:
    error = np.concatenate(pixels.error)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(6.4, 3.6), facecolor="white", layout="constrained")
        axes = figure.subplots()
        for colour, (score, photos) in zip(PALETTE, pixels.scores.items(), strict=False):
            curve = sparsify(np.concatenate(photos), error)
            axes.plot(FRACTIONS, curve.by_score, color=colour, label=score)
        oracle = sparsify(error, error).by_error
        axes.plot(FRACTIONS, oracle, color="black", linestyle=":", label="oracle")
        axes.set(
            title=f"{name}: error of what is left",
            xlabel="share of pixels taken away, most uncertain first",
            ylabel="share of the mean error",
            ylim=(0, 1.3),
        )
        axes.legend(fontsize=8)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


_INTRODUCTION = f"""\
# Is the uncertainty honest?

Made by `python -m train calibrate`. Two things make a colour uncertain. The **weights** may
disagree: with dropout left on, a network colours a photo many times (Gal & Ghahramani 2016), and
the *spread of the weights* is how far its guesses lie apart: the square root of the sum of their
variances of a and b, in Lab units. And a car may have had **many colours**: a network that chooses
among bins says how likely each is. Its *whole spread* is the root mean square distance of all these
colours from the one that is painted, and covers both parts (law of total variance).

- **Spearman**: rank correlation of uncertainty and error, over all pixels, and over photos by
  their means. 1 would be a perfect order, 0 none.
- **AURG**: take the most uncertain pixels away; how much faster does the error of the rest fall
  than at random? Above 0 is better than random. **AUSE**: how far it stays above an oracle that
  knows the errors; 0 is perfect (Ilg et al. 2018). Both as shares of the mean error.
- **Predicted chroma** is the baseline to beat: error grows with colour, so the colour itself is a
  score that costs one pass. **Random** is the other.
- **Calibrated**: the whole spread times factors found on photos held back for this (split
  conformal prediction, Angelopoulos & Bates 2021, arXiv:2107.07511), so that the truth lies within
  one and two radii as often as within one and two standard deviations of a Gaussian in two
  dimensions, {100 * NOMINAL[1]:.0f} % and {100 * NOMINAL[2]:.0f} %. This is the map that the app
  shows.
"""
