"""Between the page and the library: opens checkpoints and photos once, and remembers predictions.

Knows files and settings, not Gradio. All calls that use a network go through one lock, because
the processor's cores are shared by all visitors anyway.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from colorizer import Colorizer, Photo, list_checkpoints, metrics, paint
from colorizer.photo import write_png

MAKE_CHECKPOINTS = "python -m train fit --variant baseline --photos DIR"


class UserError(ValueError):
    """One sentence for the visitor."""


@dataclass(frozen=True)
class Settings:
    """What the visitor chose."""

    variant: str
    epoch: int
    samples: int = 1

    def __str__(self) -> str:
        dropout = f" · mean of {self.samples} samples" if self.samples > 1 else ""
        return f"{self.variant} · epoch {self.epoch}{dropout}"


@dataclass(frozen=True)
class Colour:
    """How much colour a picture has."""

    colourfulness: float
    chroma: float  # mean, in Lab units


@dataclass(frozen=True)
class Result:
    grayscale: Path
    colorized: Path
    is_grey: bool  # the original is a black-and-white photo
    original: Colour
    result: Colour
    seconds: float


class Service:
    """checkpoints: a folder of `<variant>/epoch-010.safetensors`; pictures: where PNGs go."""

    def __init__(self, checkpoints: Path, pictures: Path) -> None:
        self.checkpoints = list_checkpoints(checkpoints)
        self.pictures = pictures
        self._lock = threading.Lock()
        self._colorizers = _Recent(64)
        self._photos = _Recent(4)
        self._predictions = _Recent(256)

    @property
    def variants(self) -> list[str]:
        return list(self.checkpoints)

    def epochs(self, variant: str) -> list[int]:
        return list(self.checkpoints.get(variant, {}))

    def can_sample(self, variant: str) -> bool:
        return any(self.colorizer(variant, epoch).can_sample for epoch in self.epochs(variant)[:1])

    def colorizer(self, variant: str, epoch: int) -> Colorizer:
        """Raises UserError for a checkpoint that is not there, CheckpointError for a broken one."""
        if not self.checkpoints:
            raise UserError(f"There are no checkpoints yet; make them with `{MAKE_CHECKPOINTS}`.")
        if variant not in self.checkpoints:
            raise UserError(
                f"There is no variant {variant!r}; choose {' or '.join(self.variants)}."
            )
        path = self.checkpoints[variant].get(epoch)
        if path is None:
            known = ", ".join(map(str, self.epochs(variant)))
            raise UserError(f"{variant} has no checkpoint of epoch {epoch}; choose {known}.")
        return self._colorizers.get(path, lambda: Colorizer.from_checkpoint(path))

    def photo(self, path: Path) -> Photo:
        """Raises PhotoError for a file that is not a usable picture."""
        return self._photos.get(_identity(path), lambda: Photo.open(path))

    def predict(self, path: Path, settings: Settings) -> Tensor:
        """(2, h, w) ab, remembered for photo and settings."""

        def compute() -> Tensor:
            colorizer = self.colorizer(settings.variant, settings.epoch)
            if settings.samples > 1 and not colorizer.can_sample:
                raise UserError(
                    f"{settings.variant} has no dropout layers to sample; ask for 1 sample."
                )
            return colorizer.predict(self.photo(path), settings.samples)

        return self._predictions.get((_identity(path), settings), compute)

    def colorize(self, path: Path, name: str, settings: Settings) -> Result:
        """Colour the photo at `path`; `name` is what its owner calls it, for the file's name."""
        with self._lock:
            started = time.perf_counter()
            photo = self.photo(path)
            painted = paint(photo, self.predict(path, settings))
            seconds = time.perf_counter() - started
            folder = self.pictures / _identity(path)
            folder.mkdir(parents=True, exist_ok=True)
            stem = _stem(name)
            grayscale = folder / f"{stem}-grayscale.png"
            if not grayscale.exists():
                write_png(photo.grayscale, grayscale, "The lightness of the photo.")
            suffix = f"-{settings.samples}-samples" if settings.samples > 1 else ""
            colorized = folder / (
                f"{stem}-{settings.variant}-epoch-{settings.epoch:03d}{suffix}.png"
            )
            if not colorized.exists():
                write_png(painted, colorized, f"Synthetic colours by Colorizer, {settings}.")
            return Result(
                grayscale, colorized, photo.is_grey, colour_of(photo.rgb), colour_of(painted),
                seconds,
            )  # fmt: skip


def colour_of(rgb) -> Colour:
    """rgb: (H, W, 3) uint8. Measured on at most 512 pixels a side: the numbers hardly change."""
    small = Photo(rgb).fitted(512)
    tensor = torch.from_numpy(small.rgb).permute(2, 0, 1)
    return Colour(metrics.colourfulness(tensor).item(), metrics.mean_chroma(small.lab[1:]).item())


def _identity(path: Path) -> str:
    stat = path.stat()
    return hashlib.sha256(f"{path}:{stat.st_size}:{stat.st_mtime_ns}".encode()).hexdigest()[:16]


def _stem(name: str) -> str:
    stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in Path(name).stem)
    return stem.strip("-")[:60] or "photo"


class _Recent:
    """The most recently used values, computed when they are missing."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._values: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        if key not in self._values:
            self._values[key] = compute()
            if len(self._values) > self.size:
                self._values.popitem(last=False)
        self._values.move_to_end(key)
        return self._values[key]
