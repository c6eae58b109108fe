"""Uncertainty as pictures: mean, map, single samples, and the colours of one pixel.

Colours by hand take uncertainty away twice: a network that sees them is surer of what it paints;
and the more a place has in common with their spots, the less of the rest stays open (`spread`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from colorizer import Photo, paint
from colorizer.painting import enlarge
from colorizer.propagate import Cells, uncertainty_left
from colorizer.sampling import Samples
from colorizer.writing import synthetic, write_picture
from interface.engine.engine import NONE, ByHand, Service
from interface.engine.errors import UserError
from interface.engine.memory import give_back
from interface.engine.settings import Settings
from interface.engine.uncertainty_map import SCALES, draw_map
from interface.pictures.ab_plane import PixelColours

LONGEST, THUMBNAIL = 640, 200
SINGLES = 12  # samples shown one by one


@dataclass(frozen=True)
class Uncertainty:
    """What so many samples show. Paths are pictures of at most LONGEST pixels a side."""

    settings: Settings  # with the number of samples so far
    part: str  # what the map shows, of `parts`
    parts: list[str]  # what it can show, of SCALES
    calibrated: bool  # whether the whole uncertainty is in units that can be trusted
    mean: Path
    map: Path
    singles: list[tuple[int, Path]]  # index of the sample, from 0, and its picture
    medoid: int | None
    shown: float  # of what the map shows: mean over the pixels, in Lab units
    radius: float  # of the whole, 0 for a network that cannot tell
    deviation: float  # of the samples
    chroma: tuple[float, float]  # mean over the pixels: of the mean, and of a sample on average
    given: ByHand  # the colours that all of it follows
    before: "Before | None"  # None where no colours are given
    entropy: float | None  # means over the pixels, in nats
    mutual_information: float | None


@dataclass(frozen=True)
class Before:
    """What the same map shows without the colours given by hand, and where these are."""

    map: Path
    shown: float
    spots: list[tuple[float, float]]  # shares of width and height


def parts(service: Service, variant: str) -> list[str]:
    """What a map of this variant can show, of SCALES: nothing where all its guesses are one."""
    checkpoints = service.checkpoints
    whole = ["whole"] if checkpoints.has_temperature(variant) else []
    return whole + ["weights"] * checkpoints.can_sample(variant)


def refine(
    service: Service, path: Path, settings: Settings, part: str | None = None,
    given: ByHand = NONE,
) -> Iterator[Uncertainty]:  # fmt: skip
    """After 1, 2, 4, 8 ... samples, and after all of them; those drawn before are not drawn again.

    The lock is free between two of these.
    """
    count = 1
    while True:
        count = min(count, settings.samples)
        yield show(service, path, replace(settings, samples=count), part, given)
        if count == settings.samples:
            return
        count *= 2


def show(
    service: Service, path: Path, settings: Settings, part: str | None = None,
    given: ByHand = NONE,
) -> Uncertainty:  # fmt: skip
    """After all the samples that `settings` ask for.

    part: what the map shows, of `parts`; None: the first of them. Raises UserError for another.
    given: colours by hand, which what is painted meets.
    """
    possible = parts(service, settings.variant)
    if part not in (None, *possible):
        raise UserError(f"{settings.variant} has no uncertainty of that kind; choose another.")
    try:
        with service.lock:
            chosen = part or (possible or ["weights"])[0]
            return _show(service, path, settings, chosen, possible, given)
    finally:
        give_back()


def _show(
    service: Service, path: Path, settings: Settings, part: str, possible: list[str],
    given: ByHand,
) -> Uncertainty:  # fmt: skip
    colorizer = service.checkpoints.colorizer(settings.variant, settings.epoch)
    sampler = service.predictions.drawn(path, settings, given.hints)
    seen = _seen(service, path, settings, given)
    found = seen.found
    photo = service.predictions.photo(path)
    large, small = photo.fitted(LONGEST), photo.fitted(THUMBNAIL)
    folder = service.files.folder(path)
    plain = f"{settings.variant}-{settings.epoch:03d}-{settings.temperature:g}"
    stem = f"{plain}{given.mark}"
    mean = folder / f"{stem}-mean-{settings.samples}.png"
    write_picture(paint(large, seen.mean), mean, synthetic(settings, *given.notes))

    def draw(distance: Tensor, stem: str, *notes: str) -> Path:
        file = folder / f"{stem}-{part}-uncertainty-{settings.samples}.png"
        enlarged = enlarge(distance[None, None], (large.height, large.width))[0, 0]
        drawing = draw_map(enlarged, SCALES[part])
        return write_picture(drawing, file, synthetic("map of the uncertainty", settings, *notes))

    distance = seen.distance(part)
    drawn = draw(distance, stem, *given.notes)
    before = None
    if given.hints:
        without = _seen(service, path, settings, NONE).distance(part)
        spots = [(hint.x / photo.width, hint.y / photo.height) for hint in given.hints]
        before = Before(draw(without, plain), without.mean().item(), spots)

    singles = []
    indices = list(range(min(found.count, SINGLES))) if found.count > 1 else []
    if found.medoid is not None and found.medoid not in indices:
        indices[-1] = found.medoid
    for index in indices:
        file = folder / f"{stem}-sample-{index}.jpg"
        if not file.exists():
            said = sampler.sample(index, settings.temperature)
            ab = _followed(service, path, settings, said, given)
            one = synthetic(replace(settings, samples=1), f"sample {index + 1}", *given.notes)
            write_picture(paint(small, ab), file, one, quality=90)
        singles.append((index, file))
    return Uncertainty(
        settings, part, possible, bool(colorizer.info.calibration), mean, drawn, singles,
        found.medoid, distance.mean().item(), seen.radius.mean().item(),
        seen.deviation.mean().item(),
        (torch.hypot(*found.mean[-2:]).mean().item(), found.chroma), given, before,
        *(None if x is None else x.mean().item()
          for x in (found.entropy, found.mutual_information)),
    )  # fmt: skip


@dataclass(frozen=True)
class _Seen:
    """What the samples show, and what of it colours by hand leave; the tensors are (h, w)."""

    found: Samples
    mean: Tensor  # as it is painted
    radius: Tensor
    deviation: Tensor

    def distance(self, part: str) -> Tensor:
        return self.radius if part == "whole" else self.deviation


def _seen(service: Service, path: Path, settings: Settings, given: ByHand) -> _Seen:
    colorizer = service.checkpoints.colorizer(settings.variant, settings.epoch)
    sampler = service.predictions.drawn(path, settings, given.hints)
    found = sampler.summary(settings.samples, settings.temperature)
    radius = colorizer.info.calibration.radius(found.spread, found.mean)
    if not given.hints:
        return _Seen(found, found.mean, radius, found.deviation)
    photo = service.predictions.photo(path)
    state = service.predictions.state(path, settings)
    left = uncertainty_left(given.hints, Cells.of(photo, state, found.mean[-2:]))
    mean = _followed(service, path, settings, found.mean, given)
    return _Seen(found, mean, radius * left, found.deviation * left)


def _followed(
    service: Service, path: Path, settings: Settings, colour: Tensor, given: ByHand
) -> Tensor:
    if not given.hints:
        return colour
    colorizer = service.checkpoints.colorizer(settings.variant, settings.epoch)
    photo = service.predictions.photo(path)
    return colorizer.follow(photo, colour, given.hints, service.predictions.state(path, settings))


def pixel(
    service: Service, path: Path, settings: Settings, place: tuple[float, float],
    given: ByHand = NONE,
) -> PixelColours:  # fmt: skip
    """What the samples drawn so far say of the pixel at `place`: shares of width and height."""
    with service.lock:
        photo = service.predictions.photo(path)
        sampler = service.predictions.drawn(path, settings, given.hints)
        seen = _seen(service, path, settings, given)
        found = seen.found
        row, column = _at(found.mean, place)
        marks: dict[str, tuple[float, float]] = {}
        bins = chances = None
        if sampler.network.chooses:
            bins = sampler.network.get_buffer("bins")
            chances = found.output[:, row, column].exp()
            chances = chances / chances.sum()
            marks["mode"] = _pair(bins[chances.argmax()])
            marks["mean"] = _pair(chances @ bins)
        dots = []
        if found.count > 1:
            shift = (seen.mean - found.mean)[-2:, row, column]
            said = sampler.pixel(found.count, row, column, settings.temperature)
            dots = [*map(_pair, said + shift)]
        marks["painted"] = _pair(seen.mean[-2:, row, column])
        true = _true_lab(photo, found.mean)[:, row, column]
        if not photo.is_monochrome:
            marks["true"] = _pair(true[1:])
        return PixelColours(
            true[0].item(), marks, seen.radius[row, column].item(),
            seen.deviation[row, column].item(), bins, chances, dots,
        )  # fmt: skip


def _at(ab: Tensor, place: tuple[float, float]) -> tuple[int, int]:
    """Row and column of shares of width and height."""
    height, width = ab.shape[-2:]
    x, y = (min(max(share, 0.0), 0.999) for share in place)
    return int(y * height), int(x * width)


def _pair(ab: Tensor) -> tuple[float, float]:
    a, b = ab.tolist()
    return a, b


def _true_lab(photo: Photo, ab: Tensor) -> Tensor:
    """(3, h, w): the photo's Lab at the size of `ab`."""
    return F.interpolate(photo.small.lab[None], ab.shape[-2:], mode="area")[0]
