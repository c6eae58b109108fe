"""Uncertainty as pictures: mean, map of the deviation, single samples, and one pixel's colours."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from colorizer import Photo, paint
from colorizer.lab import lab_to_rgb
from colorizer.painting import enlarge
from colorizer.writing import write_picture
from interface.memory import give_back
from interface.pictures.ab_plane import PixelColours
from interface.service import Service, Settings

SCALE = 10.0  # Lab units at the bright end of the map; fixed, so that maps can be compared
LONGEST, THUMBNAIL = 640, 200
SINGLES = 12  # samples shown one by one
# Dark blue to light yellow along a straight line in Lab: equal steps look equal, and neither end
# nor the order depends on telling red from green.
_FROM, _TO = (18.0, 12.0, -36.0), (93.0, -8.0, 55.0)


@dataclass(frozen=True)
class Doubt:
    """What so many samples show. Paths are pictures of at most LONGEST pixels a side."""

    settings: Settings  # with the number of samples so far
    mean: Path
    deviation_map: Path
    singles: list[tuple[int, Path]]  # index of the sample, from 0, and its picture
    medoid: int | None
    deviation: float  # mean over the pixels, in Lab units
    chroma: tuple[float, float]  # mean over the pixels: of the mean, and of a sample on average
    entropy: float | None  # means over the pixels, in nats
    mutual_information: float | None


def refine(service: Service, path: Path, settings: Settings) -> Iterator[Doubt]:
    """After 1, 2, 4, 8 ... samples, and after all of them; those drawn before are not drawn again.

    The lock is free between two of these.
    """
    count = 1
    while True:
        count = min(count, settings.samples)
        yield show(service, path, replace(settings, samples=count))
        if count == settings.samples:
            return
        count *= 2


def show(service: Service, path: Path, settings: Settings) -> Doubt:
    """After all the samples that `settings` ask for."""
    try:
        with service.lock:
            return _show(service, path, settings)
    finally:
        give_back()


def _show(service: Service, path: Path, settings: Settings) -> Doubt:
    sampler = service.drawn(path, settings)
    found = sampler.summary(settings.samples, settings.temperature)
    photo = service.photo(path)
    large, small = photo.fitted(LONGEST), photo.fitted(THUMBNAIL)
    folder = service.folder(path)
    stem = f"{settings.variant}-{settings.epoch:03d}-{settings.temperature:g}"
    mean = folder / f"{stem}-mean-{settings.samples}.png"
    write_picture(paint(large, found.mean), mean, f"Synthetic colours by Colorizer, {settings}.")
    spread = folder / f"{stem}-deviation-{settings.samples}.png"
    size = large.height, large.width
    write_picture(
        heat(enlarge(found.deviation[None, None], size)[0, 0]), spread, "Deviation of ab."
    )

    singles = []
    indices = list(range(min(found.count, SINGLES))) if found.count > 1 else []
    if found.medoid is not None and found.medoid not in indices:
        indices[-1] = found.medoid
    for index in indices:
        ab = sampler.sample(index, settings.temperature)
        file = folder / f"{stem}-sample-{index}.jpg"
        if not file.exists():
            Image.fromarray(paint(small, ab)).save(file, quality=90)
        singles.append((index, file))
    return Doubt(
        settings, mean, spread, singles, found.medoid, found.deviation.mean().item(),
        (torch.hypot(*found.mean).mean().item(), found.chroma),
        *(None if x is None else x.mean().item()
          for x in (found.entropy, found.mutual_information)),
    )  # fmt: skip


def heat(deviation: Tensor) -> np.ndarray:
    """(H, W) in Lab units to (H, W, 3) uint8, from 0 to SCALE."""
    share = (deviation / SCALE).clamp(0, 1)[None]
    start, end = (torch.tensor(colour)[:, None, None] for colour in (_FROM, _TO))
    lab = start + share * (end - start)
    return lab_to_rgb(lab[:1], lab[1:]).permute(1, 2, 0).contiguous().numpy()


def scale_colours(stops: int = 9) -> list[str]:
    """The colour bar from 0 to SCALE, as CSS colours."""
    bar = heat(torch.linspace(0, SCALE, stops)[None])[0]
    return [f"rgb({r} {g} {b})" for r, g, b in bar.tolist()]


def pixel(
    service: Service, path: Path, settings: Settings, place: tuple[float, float]
) -> PixelColours:
    """What the samples drawn so far say of the pixel at `place`: shares of width and height."""
    with service.lock:
        photo = service.photo(path)
        sampler = service.drawn(path, settings)
        found = sampler.summary(settings.samples, settings.temperature)
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
            dots = [*map(_pair, sampler.pixel(found.count, row, column, settings.temperature))]
        marks["painted"] = _pair(found.mean[:, row, column])
        true = _true_lab(photo, found.mean)[:, row, column]
        if not photo.is_monochrome:
            marks["true"] = _pair(true[1:])
        return PixelColours(
            true[0].item(), marks, found.deviation[row, column].item(), bins, chances, dots
        )


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
