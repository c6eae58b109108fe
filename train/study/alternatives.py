"""`python -m train alternatives`: what several plausible pictures are worth beside the one.

Every photo is coloured COUNTS[-1] times in each of several ways. The best of a few is chosen by the
true colours, which stand for a person who remembers them. Besides: how patchy the pictures are, and
how often the truth is among the draws, against what the network's distribution promises.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from colorizer import Colorizer, Photo, metrics, paint
from colorizer.alternatives import TEMPERATURE, Thing, draw, find_things
from colorizer.checkpoint import CheckpointError
from colorizer.hints import Hint
from colorizer.lab import rgb_to_lab
from colorizer.painting import split_lab
from train import TrainError
from train.arguments import FitArguments
from train.flags import flag, same_flag
from train.photos import load_photos
from train.study.markdown import by_hand, table
from train.study.sets import check_counts, choose_sets, command

SIDE = 256  # pixels, of the squares that are coloured
COUNTS = (1, 2, 3, 6, 12)
PROMISES = (6, 12, 24)  # draws among which the truth is looked for
LIMITS = (8, 12, 16, 24)  # of `Colorizer.only_sure`, in Lab units
NEAR = 10.0  # Lab units within which a draw has met it
WAYS = {
    "picture": "the app's one picture",
    "alternatives": "alternatives",
    "random": "the same things, drawn independently",
    "dropout": "MC-dropout samples",
    "temperature": "the one picture at as many temperatures",
}


@dataclass(frozen=True)
class AlternativesArguments:
    """The flags of `alternatives`, checked when built."""

    checkpoint: Path = flag("checkpoint to measure", name="FILE")
    photos: list[str] = same_flag(FitArguments, "photos")
    hold_out: list[str] = same_flag(FitArguments, "hold_out")
    elsewhere: list[str] = flag(
        "measure the photos of these top folders separately", [], "FOLDER,...", commas=True
    )
    out: Path = flag("the page", Path("docs/alternatives.md"))
    limit: int = flag("photos per set", 60)
    seeds: int = flag("series of draws for each photo", 3)
    cache: Path = same_flag(FitArguments, "cache")

    def __post_init__(self) -> None:
        check_counts(self)


def measure_alternatives(arguments: AlternativesArguments) -> None:
    """Colour the photos, and write the page. Raises TrainError."""
    try:
        colorizer = Colorizer.from_checkpoint(arguments.checkpoint)
    except CheckpointError as error:
        raise TrainError(str(error)) from error
    if not colorizer.has_temperature:
        raise TrainError(f"{arguments.checkpoint} names one colour; give rebalanced or transfer.")

    parts = [_introduction(arguments, colorizer)]
    for name, entries in choose_sets(arguments).items():
        found = load_photos(entries, arguments.photos, SIDE, arguments.limit, arguments.cache)
        results = _Results()
        for square in tqdm(found.squares):
            photo = Photo(np.ascontiguousarray(square.transpose(1, 2, 0)))
            _measure(_Study(colorizer, photo), arguments.seeds, results)
        parts.append(results.section(name, len(found.squares), arguments.seeds))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text("\n".join(parts) + by_hand(arguments.out))


@dataclass(frozen=True)
class _Numbers:
    """Of one picture."""

    psnr: float
    delta_e: float
    colourfulness: float
    patchiness: float
    chroma: float


class _Study:
    """One photo, and what all its pictures have in common."""

    def __init__(self, colorizer: Colorizer, photo: Photo) -> None:
        self.colorizer, self.photo, self.bins = colorizer, photo, colorizer.network.bins
        self.state = colorizer.start(photo)
        self.output = colorizer.output(photo, state=self.state)
        self.plain = colorizer.decode(self.output)
        cells = colorizer.cells(photo, self.state, split_lab(self.plain)[1])
        self.things = find_things(cells, self.output, self.bins)

    @property
    def true(self) -> Tensor:
        return torch.from_numpy(self.photo.rgb).permute(2, 0, 1)

    def pictures(self, way: str, seed: int) -> Iterator[Tensor]:
        """Colours, (2, h, w)."""
        count = COUNTS[-1]
        if way == "picture":
            yield self.plain
        elif way == "temperature":
            for step in range(count):
                yield self.colorizer.decode(self.output, 0.1 + 0.9 * step / (count - 1))
        elif way == "dropout":
            sampler = self.colorizer.sampler(self.photo, seed, state=self.state)
            sampler.draw(count)
            yield from (sampler.sample(index) for index in range(count))
        else:
            drawn = draw(self.things, self.bins, range(count), seed, TEMPERATURE)
            hints = [own for own, _ in drawn]
            if way == "random":
                hints = _independent(self.things, self.bins, count, seed)
            for own in hints:
                yield self.colorizer.predict(self.photo, hints=own, state=self.state)

    def measured(self, ab: Tensor) -> _Numbers:
        rgb = torch.from_numpy(paint(self.photo, ab)).permute(2, 0, 1)
        return _numbers(rgb, self.true)


def _numbers(rgb: Tensor, true: Tensor) -> _Numbers:
    lab, true_lab = rgb_to_lab(rgb), rgb_to_lab(true)
    return _Numbers(
        metrics.psnr(rgb, true).item(),
        metrics.delta_e_2000(lab, true_lab).item(),
        metrics.colourfulness(rgb).item(),
        metrics.patchiness(lab[1:], lab[:1]).item(),
        metrics.mean_chroma(lab[1:]).item(),
    )


def _independent(
    things: Sequence[Thing], bins: Tensor, count: int, seed: int
) -> list[tuple[Hint, ...]]:
    """As `draw`, each draw by itself."""
    random = torch.Generator().manual_seed(seed)
    chosen = [
        (thing.chances / TEMPERATURE).softmax(0).multinomial(count, True, generator=random)
        for thing in things
    ]
    return [
        tuple(
            Hint(thing.x, thing.y, ab=tuple(bins[int(indices[number])].tolist()))
            for thing, indices in zip(things, chosen, strict=True)
        )
        for number in range(count)
    ]


class _Results:
    """Collects the numbers of a set of photos, and writes its section."""

    def __init__(self) -> None:
        # By way and seed: for each photo, the numbers of its pictures.
        self.numbers = defaultdict[tuple[str, int], list[list[_Numbers]]](list)
        self.true: list[_Numbers] = []
        self.met = defaultdict[int, list[float]](list)
        self.promised = defaultdict[int, list[float]](list)
        # Radius, error and predicted chroma of all cells, for each photo.
        self.cells: list[tuple[Tensor, Tensor, Tensor]] = []

    def section(self, name: str, photos: int, seeds: int) -> str:
        grey = statistics.fmean(photo.psnr for photo in self.true)
        quality = [
            [WAYS[way], self._ratio(way), *self._best(way, "psnr"), *self._best(way, "delta_e")]
            for way in WAYS
            if any(key[0] == way for key in self.numbers)
        ]
        counts = [f"{count}" for count in COUNTS]
        header = ["", "colour", *(f"dB, {c}" for c in counts), *(f"ΔE, {c}" for c in counts)]
        patches = [
            ["the photo itself", *_patches(self.true)],
            *([WAYS[way], *_patches(self._all(way))] for way in ("picture", "alternatives")),
        ]
        truth = [
            [str(k), f"{_percent(self.met[k])}", f"{_percent(self.promised[k])}"] for k in PROMISES
        ]
        return "\n".join(
            [
                f"## {name.capitalize()}: {photos} photos, {seeds} series of draws\n",
                f"PSNR (grey: {grey:.2f} dB) and ΔE2000 of the best of so many; colour is the "
                "colourfulness as a share of the photos' own.\n",
                table(header, quality, left=1) + "\n",
                table(["", "patchiness, ab units", "by chroma"], patches, left=1) + "\n",
                table(["draws", "truth met", "promised"], truth, left=1) + "\n",
                table(_SURE, self._sure(), left=1) + "\n",
            ]
        )

    def _sure(self) -> list[list[str]]:
        """For each limit, what keeps its colour, and how often the truth lies as near, by thirds of
        the predicted chroma of what is kept.
        """
        radius, error, chroma = (torch.cat(planes) for planes in zip(*self.cells, strict=True))
        rows = []
        for limit in LIMITS:
            kept = radius <= limit
            near = (error[kept] <= limit)[chroma[kept].argsort()].float()
            parts = [near, *near.tensor_split(3)]
            shares = [f"{100 * part.mean().item():.0f} %" if len(part) else "–" for part in parts]
            rows.append([f"{limit}", f"{100 * kept.float().mean().item():.0f} %", *shares])
        return rows

    def _all(self, way: str) -> list[_Numbers]:
        return [
            one
            for (found, _), photos in self.numbers.items()
            if found == way
            for photo in photos
            for one in photo
        ]

    def _ratio(self, way: str) -> str:
        own = statistics.fmean(one.colourfulness for one in self._all(way))
        return f"{own / statistics.fmean(one.colourfulness for one in self.true):.2f}"

    def _best(self, way: str, measure: str) -> list[str]:
        """The mean over the photos of the best of the first so many, and its deviation over the
        series; of one, the mean of all.
        """
        better = max if measure == "psnr" else min
        cells = []
        for count in COUNTS:
            means = []
            for (found, _), photos in self.numbers.items():
                if found != way or len(photos[0]) < count:
                    continue
                values = [[getattr(one, measure) for one in photo] for photo in photos]
                best = [better(v[:count]) if count > 1 else statistics.fmean(v) for v in values]
                means.append(statistics.fmean(best))
            spread = f" ± {statistics.stdev(means):.2f}" if len(means) > 1 else ""
            cells.append(f"{statistics.fmean(means):.2f}{spread}" if means else "–")
        return cells


_SURE = ["within, ab units", "keeps its colour", "truth as near", "pale third", "middle", "vivid"]


def _patches(numbers: Sequence[_Numbers]) -> list[str]:
    patchiness, chroma = (
        statistics.fmean(getattr(one, name) for one in numbers) for name in ("patchiness", "chroma")
    )
    return [f"{patchiness:.2f}", f"{patchiness / max(chroma, 1e-6):.3f}"]


def _percent(shares: Sequence[float]) -> str:
    return f"{100 * statistics.fmean(shares):.0f} %"


def _measure(study: _Study, seeds: int, results: _Results) -> None:
    for way in WAYS:
        if way == "dropout" and not study.colorizer.can_sample:
            continue
        for seed in range(1 if way in ("picture", "temperature") else seeds):
            pictures = [study.measured(ab) for ab in study.pictures(way, seed)]
            results.numbers[way, seed].append(pictures)
    grey = torch.from_numpy(study.photo.grayscale)
    rgb = grey.expand(3, -1, -1) if grey.ndim == 2 else grey.permute(2, 0, 1)
    own = _numbers(study.true, study.true)
    psnr = metrics.psnr(rgb, study.true).item()
    results.true.append(_Numbers(psnr, 0.0, own.colourfulness, own.patchiness, own.chroma))
    truth = F.interpolate(study.photo.lab[None, 1:], study.plain.shape[1:], mode="area")[0]
    radius = study.colorizer.radius(study.photo, study.output)
    error, chroma = (study.plain - truth).norm(dim=0), study.plain.norm(dim=0)
    results.cells.append((radius.flatten(), error.flatten(), chroma.flatten()))
    for thing in study.things:
        column = int(thing.x / study.photo.width * truth.shape[2])
        row = int(thing.y / study.photo.height * truth.shape[1])
        _meet(thing, study.bins, truth[:, row, column], seeds, results)


def _meet(thing: Thing, bins: Tensor, true: Tensor, seeds: int, results: _Results) -> None:
    """How often the truth is near one of the draws, by fact and by the network's own word."""
    near = (torch.cdist(bins, bins) <= NEAR).float()
    chances = thing.chances.exp()
    hit = near @ (thing.chances / TEMPERATURE).softmax(0)  # by a draw, were a bin the truth
    for count in PROMISES:
        results.promised[count].append((chances * (1 - (1 - hit) ** count)).sum().item())
        for seed in range(seeds):
            drawn = draw([thing], bins, range(count), seed, TEMPERATURE)
            colours = torch.tensor([hints[0].colour for hints, _ in drawn])
            results.met[count].append(float((colours - true).norm(dim=1).min() <= NEAR))


def _introduction(arguments: AlternativesArguments, colorizer: Colorizer) -> str:
    info = colorizer.info
    words = command("alternatives", arguments)
    return _INTRODUCTION.format(variant=info.variant, epoch=info.epoch, command=words)


_INTRODUCTION = """\
# Other plausible colours

A grey photo has many true colourings, and the one picture that a network paints is close to their
mean. *Other plausible colours* on the page, `Colorizer.alternatives`, `--alternatives N` of the
command and the endpoint `/alternatives` draw whole pictures from what the network thinks possible:
for each of the three things whose colour is least sure and which are largest, a colour
(`colorizer/alternatives.py`). What was drawn comes as hints, to keep, move or remove.

Made for {variant}, epoch {epoch}, by

    {command}

The best of several is chosen by the true colours, which stand for a person who remembers them.
Besides the alternatives stand the picture that the app paints, MC-dropout samples, the same picture
at other temperatures, and draws that do not know of one another.

**Patchiness** is the mean distance in ab of neighbouring cells that look alike
(`metrics.patchiness`). **Truth met**: how often the true colour at a thing's spot lies within 10 ab
units of one of so many draws, beside what the network's own distribution promises.

## Only sure colours

`within` leaves grey what may be further than so many ab units from the truth: the chroma fades
where the calibrated radius ([uncertainty.md](uncertainty.md)) is larger. The last table of each set
says how much of the pictures keeps its colour, and of that, how often the truth lies as near.
"""
