"""Uncertainty as pictures: mean, map, single samples, and the colours of one pixel.

Hints take uncertainty away twice: a network that sees them is surer of what it paints; and the more
a place has in common with their spots, the less of the rest stays open (`colorizer/propagate.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from colorizer import paint
from colorizer.painting import enlarge
from colorizer.propagate import uncertainty_left
from colorizer.sampling import Sampler, Samples
from colorizer.uncertainty_map import SCALES, draw_map
from colorizer.writing import synthetic, write_picture
from interface.engine.errors import UserError
from interface.engine.files import Files, write_once
from interface.engine.pixel_colours import PixelColours
from interface.engine.predictions import Predictions
from interface.engine.settings import Settings
from interface.engine.subject import Subject, hint_mark, hint_notes

LONGEST, THUMBNAIL = 640, 200
SINGLES = 12  # samples shown one by one
CONTRASTS = 3  # pictures that differ most


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
    distance: float  # what the map shows: mean over the pixels, in Lab units
    radius: float  # of the whole, 0 for a network that cannot tell
    deviation: float  # of the samples
    chroma: tuple[float, float]  # mean over the pixels: of the mean, and of a sample on average
    before: "Before | None"  # None without hints
    entropy: float | None  # means over the pixels, in nats
    mutual_information: float | None


@dataclass(frozen=True)
class Before:
    """What the same map shows without the hints, and where these are."""

    map: Path
    distance: float
    spots: list[tuple[float, float]]  # shares of width and height


@dataclass(frozen=True)
class _Estimate:
    """What the samples show, and what of it the hints leave; the tensors are (h, w)."""

    sampler: Sampler
    samples: Samples
    mean: Tensor  # as it is painted
    radius: Tensor
    deviation: Tensor

    def distance(self, part: str) -> Tensor:
        return self.radius if part == "whole" else self.deviation


class Maps:
    """Draws below `files` what `predictions` say; the engine holds its lock meanwhile."""

    def __init__(self, predictions: Predictions, files: Files) -> None:
        self.predictions, self.files = predictions, files

    def draw(self, subject: Subject, settings: Settings, part: str | None) -> Uncertainty:
        """part: what the map shows; None: the first that it can. Raises UserError for another."""
        parts = self.predictions.checkpoints.uncertainties(settings.variant)
        if part not in (None, *parts):
            raise UserError(f"{settings.variant} has no uncertainty of that kind; choose another.")
        part = part or (parts or ["weights"])[0]
        estimate = self._estimate(subject, settings)
        samples, distance = estimate.samples, estimate.distance(part)
        return Uncertainty(
            settings,
            part,
            parts,
            calibrated=bool(self.predictions.colorizer(settings).info.calibration),
            mean=self._draw_mean(subject, settings, estimate.mean),
            map=self._draw_map(subject, settings, part, distance),
            singles=self._draw_singles(subject, settings, estimate),
            medoid=samples.medoid,
            distance=distance.mean().item(),
            radius=estimate.radius.mean().item(),
            deviation=estimate.deviation.mean().item(),
            chroma=(torch.hypot(*samples.mean[-2:]).mean().item(), samples.chroma),
            before=self._before(subject, settings, part),
            entropy=_mean(samples.entropy),
            mutual_information=_mean(samples.mutual_information),
        )

    def pixel(
        self, subject: Subject, settings: Settings, place: tuple[float, float]
    ) -> PixelColours:
        """What the samples drawn so far say of the pixel at `place`: shares of width and height."""
        estimate = self._estimate(subject, settings)
        samples, mean, photo = estimate.samples, estimate.mean, self.predictions.photo(subject)
        column, row = (
            int(min(max(share, 0.0), 0.999) * size)
            for share, size in zip(place, (mean.shape[-1], mean.shape[-2]), strict=True)
        )
        true = F.interpolate(photo.small.lab[None], mean.shape[-2:], mode="area")[0, :, row, column]

        bins = chances = None
        marks: dict[str, tuple[float, float]] = {}
        if estimate.sampler.network.chooses:
            bins = estimate.sampler.network.get_buffer("bins")
            chances = samples.output[:, row, column].exp()
            chances /= chances.sum()
            marks = {"mode": _pair(bins[chances.argmax()]), "mean": _pair(chances @ bins)}
        marks["painted"] = _pair(mean[-2:, row, column])
        if not photo.is_monochrome:
            marks["true"] = _pair(true[1:])

        guesses = []
        if samples.count > 1:
            shift = (mean - samples.mean)[-2:, row, column]
            one = estimate.sampler.pixel(samples.count, row, column, settings.temperature)
            guesses = [*map(_pair, one + shift)]
        radius, deviation = (x[row, column].item() for x in (estimate.radius, estimate.deviation))
        return PixelColours(true[0].item(), marks, radius, deviation, bins, chances, guesses)

    def contrasts(self, subject: Subject, settings: Settings, part: str) -> list[Path]:
        """The pictures that differ most: of plausible ones of the whole, of samples of the weights.

        Empty where there are fewer than CONTRASTS to choose from.
        """
        if part == "whole":
            drawn = self.predictions.alternatives(subject, settings)
            numbered = {one.index: one.colour for one in drawn}
        else:
            sampler = self.predictions.sampler(subject, settings)
            count = settings.samples if settings.samples > 1 else 0
            numbered = {i: sampler.sample(i, settings.temperature) for i in range(count)}
        indices = [*numbered]
        chosen = [indices[i] for i in most_different([*numbered.values()], CONTRASTS)]
        if part != "whole":
            return [self._draw_single(subject, settings, i, numbered[i]) for i in chosen]
        return [self._draw_alternative(subject, settings, i, numbered[i]) for i in chosen]

    def _estimate(self, subject: Subject, settings: Settings) -> _Estimate:
        hints = self.predictions.hints(subject)
        sampler = self.predictions.sampler(subject, settings)
        samples = sampler.summary(settings.samples, settings.temperature)
        calibration = self.predictions.colorizer(settings).info.calibration
        radius = calibration.radius(samples.spread, samples.mean)
        if not hints:
            return _Estimate(sampler, samples, samples.mean, radius, samples.deviation)
        photo, state = self.predictions.photo(subject), self.predictions.state(subject, settings)
        colorizer = self.predictions.colorizer(settings)
        left = uncertainty_left(hints, colorizer.cells(photo, state, samples.mean[-2:]))
        mean = self._with_hints(subject, settings, samples.mean)
        return _Estimate(sampler, samples, mean, radius * left, samples.deviation * left)

    def _with_hints(self, subject: Subject, settings: Settings, ab: Tensor) -> Tensor:
        if not (hints := self.predictions.hints(subject)):
            return ab
        photo, state = self.predictions.photo(subject), self.predictions.state(subject, settings)
        return self.predictions.colorizer(settings).follow(photo, ab, hints, state)

    def _before(self, subject: Subject, settings: Settings, part: str) -> Before | None:
        hints, photo = self.predictions.hints(subject), self.predictions.photo(subject)
        if not hints:
            return None
        distance = self._estimate(subject.without_hints, settings).distance(part)
        file = self._draw_map(subject.without_hints, settings, part, distance)
        spots = [(hint.x / photo.width, hint.y / photo.height) for hint in hints]
        return Before(file, distance.mean().item(), spots)

    # Pictures

    def _file(self, subject: Subject, settings: Settings, name: str) -> Path:
        by = f"{settings.variant}-{settings.epoch:03d}-{settings.temperature:g}"
        mark = hint_mark(self.predictions.hints(subject))
        return self.files.folder(subject.path) / f"{by}{mark}-{name}"

    def _notes(self, subject: Subject) -> list[str]:
        return hint_notes(self.predictions.hints(subject))

    def _draw_mean(self, subject: Subject, settings: Settings, mean: Tensor) -> Path:
        picture = paint(self.predictions.fitted(subject, LONGEST), mean)
        file = self._file(subject, settings, f"mean-{settings.samples}.png")
        return write_picture(picture, file, synthetic(settings, *self._notes(subject)))

    def _draw_map(self, subject: Subject, settings: Settings, part: str, distance: Tensor) -> Path:
        photo = self.predictions.fitted(subject, LONGEST)
        enlarged = enlarge(distance[None, None], (photo.height, photo.width))[0, 0]
        file = self._file(subject, settings, f"{part}-uncertainty-{settings.samples}.png")
        note = synthetic("map of the uncertainty", settings, *self._notes(subject))
        return write_picture(draw_map(enlarged, SCALES[part]), file, note)

    def _draw_singles(
        self, subject: Subject, settings: Settings, estimate: _Estimate
    ) -> list[tuple[int, Path]]:
        samples = estimate.samples
        indices = list(range(min(samples.count, SINGLES))) if samples.count > 1 else []
        if samples.medoid is not None and samples.medoid not in indices:
            indices[-1] = samples.medoid
        colours = {i: estimate.sampler.sample(i, settings.temperature) for i in indices}
        return [(i, self._draw_single(subject, settings, i, ab)) for i, ab in colours.items()]

    def _draw_single(self, subject: Subject, settings: Settings, index: int, ab: Tensor) -> Path:
        def write(file: Path) -> None:
            painted = self._with_hints(subject, settings, ab)
            self._write_small(subject, settings, painted, file, f"sample {index + 1}")

        file = self._file(subject, settings, f"sample-{index}.jpg")
        return write_once(file, partial(write, file))

    def _draw_alternative(
        self, subject: Subject, settings: Settings, index: int, ab: Tensor
    ) -> Path:
        note = f"alternative {index + 1}"
        file = self._file(subject, settings, f"alternative-{index}.jpg")
        return write_once(file, lambda: self._write_small(subject, settings, ab, file, note))

    def _write_small(
        self, subject: Subject, settings: Settings, ab: Tensor, file: Path, note: str
    ) -> None:
        picture = paint(self.predictions.fitted(subject, THUMBNAIL), ab)
        notes = replace(settings, samples=1), note, *self._notes(subject)
        write_picture(picture, file, synthetic(*notes), quality=90)


def most_different(colours: Sequence[Tensor], count: int) -> list[int]:
    """Indices of `count` colourings, ascending; empty for fewer colourings than that.

    The first two are the farthest apart; each further one is the farthest from its nearest so far.
    """
    if len(colours) < count:
        return []
    flat = torch.stack([*colours]).flatten(1)
    apart = torch.cdist(flat, flat)
    chosen = [*divmod(int(apart.argmax()), len(colours))]
    while len(chosen) < count:
        nearest = apart[chosen].amin(0)
        nearest[chosen] = -1
        chosen.append(int(nearest.argmax()))
    return sorted(chosen)


def _mean(values: Tensor | None) -> float | None:
    return None if values is None else values.mean().item()


def _pair(ab: Tensor) -> tuple[float, float]:
    a, b = ab.tolist()
    return a, b
