"""`python -m train evaluate`: measures of checkpoints over photos, beside baselines to beat.

How a measure becomes one number for many photos: `colourfulness_ratio`, `sharpness` and
`relative_sharpness` are ratios of means (the mean over the photos, divided by the originals'
mean); AuC and the averaging pool all pixels; everything else is the mean over the photos.
SSIM and CIEDE2000 are slow, so they are measured on the first SLOW_PHOTOS photos only, which are a
fixed random choice, as photos are ordered by a hash of their names.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torchvision.transforms.v2.functional import center_crop

from colorizer import metrics
from colorizer.checkpoint import load_checkpoint
from colorizer.decoding import TEMPERATURE, Decoding
from colorizer.lab import rgb_to_lab
from colorizer.network import ColorNetwork
from colorizer.painting import enlarge, enlarge_guided, join, split_lab
from colorizer.photo import Photo, to_array
from train import TrainError
from train.arguments import FitArguments
from train.flags import flag, same_flag
from train.loss import MeanSquaredError
from train.photos import PhotoSet, choose_entries, load_photos
from train.study.markdown import table
from train.study.measures import AMBIGUOUS, AVERAGING, MEASURES, RECOGNITION, SHOWN
from train.study.price import plot_price, write_csv
from train.study.recognition import Reality, Recogniser

SLOW_PHOTOS = 256
SMALLEST = 11  # side of the windows of SSIM
_BATCH = 128
_CELL = 2.0  # side of a cell of equal predictions, in Lab units
_CELL_PIXELS = 500  # a cell with fewer says too little about the mean of its true colours


@dataclass(frozen=True)
class EvaluateArguments:
    """The flags of `evaluate`, checked when built."""

    checkpoint: list[Path] = flag("checkpoints to measure", name="FILE")
    photos: list[str] = same_flag(FitArguments, "photos")
    only: list[str] = flag("the photos of these top folders alone", [], "FOLDER,...", commas=True)
    hold_out: list[str] = same_flag(FitArguments, "hold_out")
    size: int = flag("side of the squares compared", 128)
    limit: int | None = same_flag(FitArguments, "limit")
    temperature: list[float] = flag(
        f"a row for each, for networks that choose among bins (default: {TEMPERATURE})",
        [TEMPERATURE],
    )
    calm: list[float] = flag(
        "shares of the weighting of rare colours to undo; default: the checkpoint's own", []
    )
    gain: list[float] = flag("factors on ab; default: the checkpoint's own", [])
    csv: Path | None = flag("also write the table to this file", None)
    plot: Path | None = flag("plot PSNR against colourfulness in this file", None, "SVG")
    recognise: bool = flag("also ask a network that names things how real it looks", False)
    cache: Path = same_flag(FitArguments, "cache")

    def __post_init__(self) -> None:
        if self.size < SMALLEST or min(self.temperature) <= 0:
            raise TrainError(f"--size must be {SMALLEST} or more, --temperature above 0.")


def evaluate(arguments: EvaluateArguments) -> None:
    """Print the measures of each checkpoint, and write them where asked. Raises TrainError."""
    entries = choose_entries(arguments.photos, arguments.hold_out, arguments.only)
    photos = load_photos(
        entries, arguments.photos, arguments.size, arguments.limit, arguments.cache
    )
    print(f"{len(photos.squares)} photos at {arguments.size} px\n")
    truth = Truth.of(photos, arguments.size)
    reality = Reality(Recogniser.load(), truth.rgb) if arguments.recognise else None
    try:
        rows = evaluate_files(
            arguments.checkpoint,
            truth,
            arguments.temperature,
            arguments.calm,
            arguments.gain,
            reality,
        )
    except ValueError as error:
        raise TrainError(str(error)) from error
    print(as_table(rows))
    if arguments.csv:
        write_csv(rows, arguments.csv)
    if arguments.plot:
        plot_price(rows, arguments.plot)


@dataclass(frozen=True)
class Truth:
    """Photos to evaluate on. rgb: (N, 3, size, size) uint8; all else is derived from it once."""

    rgb: Tensor

    @classmethod
    def of(cls, photos: PhotoSet, size: int, limit: int | None = None) -> "Truth":
        """The middle square of each photo, as in validation during training."""
        squares = torch.from_numpy(np.array(photos.squares[:limit]))
        return cls(center_crop(squares, [size, size]))

    @cached_property
    def lab(self) -> Tensor:
        return rgb_to_lab(self.rgb)

    @property
    def lightness(self) -> Tensor:
        return self.lab[:, :1]

    @property
    def ab(self) -> Tensor:
        return self.lab[:, 1:]

    @cached_property
    def prior(self) -> Tensor:
        return metrics.ab_prior(self.ab)


@torch.inference_mode()
def predict(network: ColorNetwork, decoding: Decoding, truth: Truth) -> Tensor:
    """(N, 2, size, size) ab in Lab units, or (N, 3, size, size) Lab of a network that paints whole
    pictures; in eval mode and float32, on a GPU if there is one.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = network.eval().to(device)
    size = truth.rgb.shape[-2:]
    found = []
    for lightness in truth.lightness.split(_BATCH):
        output = decoding.calmed(network(lightness.to(device)))
        found.append(enlarge(decoding.ab(output, network.bins), size).cpu())
    return torch.cat(found)


@torch.inference_mode()
def predict_as_shown(
    network: ColorNetwork, truth: Truth, size: int, decodings: Sequence[Decoding]
) -> list[Tensor]:
    """What the app shows: fed as the app feeds it, at the network's own `size`, and enlarged along
    the photo's edges.

    One (N, 2, side, side) ab in Lab units for each decoding, from one pass of the network; Lab,
    enlarged bilinearly, of a network that paints whole pictures.
    """
    found: list[list[Tensor]] = [[] for _ in decodings]
    for rgb, lightness in zip(truth.rgb.split(_BATCH), truth.lightness.split(_BATCH), strict=True):
        photos = [Photo(to_array(picture)) for picture in rgb]
        fed = [photo.network_input(size, network.settings.stride) for photo in photos]
        output = network(torch.cat(fed))
        for batches, decoding in zip(found, decodings, strict=True):
            ab = decoding.ab(decoding.calmed(output), network.bins)
            whole = network.paints_whole
            batches.append(
                enlarge(ab, lightness.shape[-2:]) if whole else enlarge_guided(ab, lightness)
            )
    return [torch.cat(batches) for batches in found]


def evaluate_files(
    paths: Sequence[Path],
    truth: Truth,
    temperatures: Sequence[float],
    calms: Sequence[float] = (),
    gains: Sequence[float] = (),
    reality: Reality | None = None,
) -> dict[str, dict[str, float]]:
    """The measures of each checkpoint as the app shows it, below the rows it has to beat.

    A network that chooses among bins has a row for each temperature, calm and gain, its own where
    none is given. The constant is the mean ab of these very photos, the best there is. Raises
    CheckpointError, and ValueError for an impossible setting.
    """
    flat = {"grey": torch.zeros(2), "constant": mean_ab(truth)}
    rows = {
        name: measure(ab[:, None, None].expand_as(truth.ab), truth, slow=False)
        for name, ab in flat.items()
    }
    if reality is not None:
        for name, ab in flat.items():
            rows[name] |= reality.measure(_joined(ab[:, None, None].expand_as(truth.ab), truth))
    rows["original"] = _colour(truth.rgb, truth.ab, truth)
    if reality is not None:
        rows["original"] |= reality.floor()
    for path in paths:
        network, info = load_checkpoint(path)
        bins = network.chooses
        for calm, gain in itertools.product(
            (bins and calms) or [info.decoding.calm], gains or [info.decoding.gain]
        ):
            decoding = replace(info.decoding, calm=calm, gain=gain)
            tried = [decoding.at(t) for t in temperatures] if bins else [decoding]
            shown = predict_as_shown(network, truth, info.size, tried)
            for decoding, ab in zip(tried, shown, strict=True):
                words = f"{info.variant} {info.epoch}"
                words += f", T {decoding.temperature:g}, calm {calm:g}" if bins else ", L2"
                words += f", gain {gain:g}" if gain != 1 else ""
                rows[words] = measure(ab, truth, slow=False)
                if reality is not None:
                    rows[words] |= reality.measure(_joined(ab, truth))
    return rows


def as_table(rows: dict[str, dict[str, float]]) -> str:
    """Markdown of `evaluate_files`."""
    shown = [*SHOWN, *(m for m in RECOGNITION if any(m in row for row in rows.values()))]
    header = ["", *(MEASURES[name].title for name in shown)]
    cells = [
        [label, *(f"{row[m]:.{MEASURES[m].digits}f}" if m in row else "–" for m in shown)]
        for label, row in rows.items()
    ]
    return table(header, cells, left=1)


def evaluate_checkpoint(path: Path, truth: Truth) -> dict[str, float]:
    """All MEASURES of a checkpoint. Raises CheckpointError."""
    network, info = load_checkpoint(path)
    colour = predict(network, info.decoding, truth)
    return {**measure(colour, truth), **averaging(split_lab(colour)[1], truth.ab)}


def mean_ab(truth: Truth) -> Tensor:
    """(2,) mean a and b over all pixels: the best constant prediction in the sense of L2."""
    return truth.ab.double().mean((0, 2, 3)).float()


def reference_rows(truth: Truth, training: Truth) -> dict[str, dict[str, float]]:
    """The rows every table carries: `grey`, `constant` (mean ab of the training photos), and
    `original`. Measures that say nothing of such a row are left out: the slope on one colour, the
    errors of the original.
    """
    flat = {
        "grey": torch.zeros_like(truth.ab),
        "constant": mean_ab(training)[:, None, None].expand_as(truth.ab),
    }
    rows = {name: {**measure(ab, truth), **averaging(ab, truth.ab)} for name, ab in flat.items()}
    for row in rows.values():
        del row["mean_slope"]
    return {**rows, "original": _colour(truth.rgb, truth.ab, truth)}


@torch.inference_mode()
def measure(colour: Tensor, truth: Truth, slow: bool = True) -> dict[str, float]:
    """ACCURACY and COLOUR of predicted ab, (N, 2, size, size) in Lab units, or of Lab.

    slow: with SSIM and CIEDE2000.
    """
    rgb = _joined(colour, truth)
    _, ab = split_lab(colour)
    values = {
        "loss": MeanSquaredError()(ab, truth.ab),
        "psnr": metrics.psnr(rgb, truth.rgb).mean(),
        **(_slow_measures(rgb[:SLOW_PHOTOS], truth) if slow else {}),
        "ab_rmse": metrics.ab_rmse(ab, truth.ab).mean(),
        "auc_raw": metrics.auc(ab, truth.ab),
        "auc_rebalanced": metrics.auc(ab, truth.ab, truth.prior),
    }
    return {**{name: float(value) for name, value in values.items()}, **_colour(rgb, ab, truth)}


def _joined(colour: Tensor, truth: Truth) -> Tensor:
    """(N, 3, size, size) uint8: the photos' lightness in predicted colours, or predicted Lab."""
    pairs = zip(truth.lightness.split(_BATCH), colour.split(_BATCH), strict=True)
    return torch.cat([join(lightness, painted) for lightness, painted in pairs])


def _slow_measures(rgb: Tensor, truth: Truth) -> dict[str, Tensor]:
    few = slice(len(rgb))
    return {
        "ssim": metrics.ssim(rgb, truth.rgb[few]).mean(),
        "delta_e_2000": metrics.delta_e_2000(rgb_to_lab(rgb), truth.lab[few]).mean(),
    }


def _colour(rgb: Tensor, ab: Tensor, truth: Truth) -> dict[str, float]:
    """The measures of what the colour is like, whatever it should have been."""
    colourful = metrics.colourfulness(rgb).mean() / metrics.colourfulness(truth.rgb).mean()
    sharp = metrics.gradient_energy(ab).mean() / metrics.gradient_energy(truth.ab).mean()
    varied = metrics.ab_variance(ab).mean() / metrics.ab_variance(truth.ab).mean()
    values = {
        "colourfulness_ratio": colourful,
        "mean_chroma": metrics.mean_chroma(ab).mean(),
        "hue_entropy": metrics.hue_entropy(ab).mean(),
        "sepia_index": metrics.sepia_index(ab, truth.ab).mean(),
        "sharpness": sharp,
        # Paler colour has smaller steps; this divides by how much the colour varies at all.
        "relative_sharpness": sharp / varied if varied > 1e-9 else torch.tensor(0.0),
    }
    return {name: float(value) for name, value in values.items()}


@torch.inference_mode()
def averaging(ab: Tensor, true_ab: Tensor) -> dict[str, float]:
    """Does the network paint the mean of the colours it cannot tell apart?

    Pixels with equal predictions (to 2 Lab units) are pixels the network cannot tell apart; the L2
    optimum paints them in the mean of their true colours. Both (N, 2, H, W). Returns AVERAGING and
    AMBIGUOUS:

    mean_slope: least-squares slope of that mean, or equally of the true ab, on the predicted ab;
        1 at the optimum, below 1 where the colours are stronger than the photos bear out (as
        after over-fitting), above 1 where they are paler than they could be.
    averaging_share: of the chroma the picture lacks, the share that the averaging itself takes,
        (C - M) / (C - P): C the mean true chroma, M the mean chroma of the cells' mean colours,
        P the mean predicted chroma. 1 where the network sits at the optimum.
    ambiguous_pixels: share of pixels whose cell's mean colour keeps less than half of its pixels'
        mean chroma; over those pixels, the mean chroma and the share of it that is sepia
        (`metrics.SEPIA_SECTOR`) of the true colours, their means, and the predictions; nan if
        there are none.
    """
    predicted, true = (x.movedim(1, -1).reshape(-1, 2).double() for x in (ab, true_ab))
    centred = predicted - predicted.mean(0)
    slope = (centred * (true - true.mean(0))).sum() / centred.square().sum()

    row, column = (predicted / _CELL).round().long().unbind(1)
    cell = (row - row.min()) * (column.max() - column.min() + 1) + column - column.min()
    pixels = torch.bincount(cell)
    count = pixels.clamp(min=1)
    mean = torch.stack([torch.bincount(cell, true[:, i]) / count for i in (0, 1)], dim=1)
    full = torch.hypot(*true.T)
    chroma = torch.bincount(cell, full) / count
    kept = pixels >= min(_CELL_PIXELS, int(pixels.max()))
    ambiguous = kept & (mean.norm(dim=1) < chroma / 2)

    own, averaged, seen = torch.hypot(*predicted.T), mean.norm(dim=1)[cell], kept[cell]
    lost = full[seen].mean() - averaged[seen].mean()
    here = ambiguous[cell]
    values = {
        "mean_slope": slope,
        "averaging_share": lost / (full[seen].mean() - own[seen].mean()),
        "ambiguous_pixels": here.double().mean(),
    }
    for name, colours in {"true_": true, "mean_": mean[cell], "": predicted}.items():
        # As one picture of a single row: the metrics take pictures.
        row = colours[here].T[:, None]
        values[f"ambiguous_{name}chroma"] = metrics.mean_chroma(row)
        values[f"ambiguous_{name}sepia"] = metrics.sepia_share(row)
    return {name: float(values[name]) for name in (*AVERAGING, *AMBIGUOUS)}
