"""Between the page and the library: opens checkpoints and photos once, and remembers predictions.

Knows files and settings, not Gradio. All calls that use a network go through one lock, because
the processor's cores are shared by all visitors anyway.
"""

import hashlib
import itertools
import re
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from colorizer import CheckpointError, Colorizer, Photo, list_checkpoints, metrics, paint
from colorizer.decoding import TEMPERATURE
from colorizer.sampling import Sampler
from colorizer.writing import write_picture
from interface.memory import give_back, prefer_small

try:  # a Space on ZeroGPU brings it, and starts no app without such a function
    import spaces  # pyright: ignore[reportMissingImports]

    on_gpu = spaces.GPU
except ImportError:

    def on_gpu(function: Callable) -> Callable:
        return function


KEEP = 3600  # seconds; a visitor's photo and what was made of it are deleted after an hour
_IDENTITY = re.compile("[0-9a-f]{16}")
MAX_SAMPLES = 64  # the network is one for all visitors, and samples take its time
MAKE_CHECKPOINTS = "python -m train fit --variant baseline --photos DIR"


class UserError(ValueError):
    """One sentence for the visitor."""


@dataclass(frozen=True)
class Settings:
    """What the visitor chose. Raises UserError for what no slider of the page offers."""

    variant: str
    epoch: int
    samples: int = 1
    temperature: float = TEMPERATURE  # for networks that choose among bins; others ignore it
    medoid: bool = False  # of the samples, the one in their middle instead of their mean

    def __post_init__(self) -> None:
        if not 1 <= self.samples <= MAX_SAMPLES:
            raise UserError(f"samples must be 1 to {MAX_SAMPLES}, not {self.samples}.")
        if not 0 < self.temperature <= 1:
            raise UserError(f"temperature must be above 0 and at most 1, not {self.temperature:g}.")

    @classmethod
    def asked(
        cls, variant: Any, epoch: Any, samples: Any, temperature: Any, medoid: bool = False
    ) -> "Settings":
        """From whatever a script or an address has sent. Raises UserError."""
        try:
            return cls(str(variant), int(epoch), int(samples), float(temperature), medoid)
        except UserError:
            raise
        except (TypeError, ValueError, OverflowError):
            raise UserError(
                "epoch and samples must be whole numbers, and temperature a number."
            ) from None

    def __str__(self) -> str:
        chosen = "medoid" if self.medoid else "mean"
        dropout = f" · {chosen} of {self.samples} samples" if self.samples > 1 else ""
        usual = self.temperature == TEMPERATURE
        temperature = "" if usual else f" · temperature {self.temperature:g}"
        return f"{self.variant} · epoch {self.epoch}{dropout}{temperature}"


@dataclass(frozen=True)
class Colour:
    """How much colour a picture has."""

    colourfulness: float
    chroma: float  # mean, in Lab units


@dataclass(frozen=True)
class Result:
    grayscale: Path
    colorized: Path
    monochrome: str  # what to call the original if its colours are not its own, or ""
    original: Colour
    result: Colour
    seconds: float


@dataclass(frozen=True)
class Cell:
    """One checkpoint's picture of the photo, small, and its colour."""

    settings: Settings
    picture: np.ndarray  # (h, w, 3) uint8
    colourfulness: float
    ratio: float | None  # to the original's colourfulness; None for a black-and-white original
    sepia: float  # sepia index in [0, 1]


class Service:
    """checkpoints: a folder of `<variant>/epoch-010.safetensors`; pictures: where PNGs go."""

    def __init__(self, checkpoints: Path, pictures: Path) -> None:
        prefer_small()
        self.checkpoints = list_checkpoints(checkpoints)
        self.pictures = pictures
        self.lock = threading.Lock()
        self._colorizers = _Recent(64)
        # Bytes: two photos or a large one; opening one again costs less than it would take of a
        # small server.
        self._photos = _Recent(36_000_000, lambda photo: max(photo.rgb.nbytes, 18_000_000))
        self._outputs = _Recent(16_000_000, lambda output: output.nbytes)
        self._samplers = _Recent(2)  # each may hold tens of megabytes of samples

    @property
    def variants(self) -> list[str]:
        return list(self.checkpoints)

    def epochs(self, variant: str) -> list[int]:
        return list(self.checkpoints.get(variant, {}))

    def can_sample(self, variant: str) -> bool:
        """A variant whose checkpoint is broken can nothing; its picture says why."""
        first = self._first(variant)
        return first is not None and first.can_sample

    def has_temperature(self, variant: str) -> bool:
        first = self._first(variant)
        return first is not None and first.has_temperature

    def _first(self, variant: str) -> Colorizer | None:
        try:
            return self.colorizer(variant, self.epochs(variant)[0])
        except (CheckpointError, UserError, IndexError):
            return None

    def colorizer(self, variant: str, epoch: int) -> Colorizer:
        """Raises UserError for a checkpoint that is not there, CheckpointError for a broken one."""
        self._known(variant)
        path = self.checkpoints[variant].get(epoch)
        if path is None:
            known = ", ".join(map(str, self.epochs(variant)))
            raise UserError(f"{variant} has no checkpoint of epoch {epoch}; choose {known}.")
        return self._colorizers.get(path, lambda: Colorizer.from_checkpoint(path))

    def chosen(self, variants: Sequence[str], epochs: Sequence[int] | None) -> list[Settings]:
        """Each checkpoint of these variants and epochs (None: of all), a variant at a time.

        Raises UserError for a name that is not there, and where nothing is left.
        """
        for variant in variants:
            self._known(variant)
        found = [
            Settings(variant, epoch)
            for variant in self.variants
            if variant in variants
            for epoch in self.epochs(variant)
            if epochs is None or epoch in epochs
        ]
        if not found:
            raise UserError("Choose at least one variant and one epoch that it has.")
        return found

    def _known(self, variant: str) -> None:
        if not self.checkpoints:
            raise UserError(f"There are no checkpoints yet; make them with `{MAKE_CHECKPOINTS}`.")
        if variant not in self.checkpoints:
            raise UserError(
                f"There is no variant {variant!r}; choose {' or '.join(self.variants)}."
            )

    def photo(self, path: Path) -> Photo:
        """Raises PhotoError for a file that is not a usable picture."""
        return self._photos.get(_identity(path), lambda: Photo.open(path))

    def predict(self, path: Path, settings: Settings) -> Tensor:
        """(2, h, w) ab. What the network said is remembered; temperature is applied to that."""
        colorizer = self.colorizer(settings.variant, settings.epoch)

        def compute() -> Tensor:
            if settings.samples == 1:
                return network_output(colorizer, self.photo(path))
            return self.drawn(path, settings).summary(settings.samples).output

        if settings.medoid and settings.samples > 1:
            sampler = self.drawn(path, settings)
            found = sampler.summary(settings.samples, settings.temperature)
            assert found.medoid is not None
            return sampler.sample(found.medoid, settings.temperature)
        key = _identity(path), settings.variant, settings.epoch, settings.samples
        return colorizer.decode(self._outputs.get(key, compute), settings.temperature)

    def drawn(self, path: Path, settings: Settings) -> Sampler:
        """The samples of a photo through one checkpoint, at least as many as `settings` ask for.

        Raises UserError where more than one is asked of a network without dropout layers.
        """
        colorizer = self.colorizer(settings.variant, settings.epoch)
        if settings.samples > 1 and not colorizer.can_sample:
            raise UserError(
                f"{settings.variant} has no dropout layers to sample; ask for 1 sample."
            )
        key = _identity(path), settings.variant, settings.epoch
        sampler = self._samplers.get(key, lambda: colorizer.sampler(self.photo(path)))
        sampler.draw(settings.samples)
        return sampler

    def colorize(self, path: Path, name: str, settings: Settings) -> Result:
        """Colour the photo at `path`; `name` is what its owner calls it, for the file's name."""
        try:
            return self._colorize(path, name, settings)
        finally:
            give_back()

    def _colorize(self, path: Path, name: str, settings: Settings) -> Result:
        with self.lock:
            started = time.perf_counter()
            photo = self.photo(path)
            painted = paint(photo, self.predict(path, settings))
            seconds = time.perf_counter() - started
            folder = self.folder(path)
            stem = file_stem(name)
            grayscale = folder / f"{stem}-grayscale.png"
            if not grayscale.exists():
                write_picture(photo.grayscale, grayscale, "The lightness of the photo.")
            suffix = f"-{settings.samples}-samples" if settings.samples > 1 else ""
            suffix += "-medoid" if suffix and settings.medoid else ""
            if settings.temperature != TEMPERATURE:
                suffix += f"-temperature-{settings.temperature:g}"
            colorized = folder / (
                f"{stem}-{settings.variant}-epoch-{settings.epoch:03d}{suffix}.png"
            )
            if not colorized.exists():
                write_picture(
                    painted, colorized, f"Synthetic colours by Colorizer, {settings}.", photo.tags
                )
            return Result(
                grayscale, colorized, _monochrome(photo), colour_of(photo),
                colour_of(Photo(painted)), seconds,
            )  # fmt: skip

    def grid(
        self, path: Path, chosen: Sequence[Settings], longest: int = 128
    ) -> Iterator[list[Cell]]:
        """The photo through many checkpoints, a row of one variant at a time.

        What does not depend on the checkpoint is done once: decoding, the network's input, and
        the lightness of the small pictures; what does, for a whole row. The lock is free between
        rows.
        """
        small = None
        for _, group in itertools.groupby(chosen, lambda settings: settings.variant):
            row = list(group)
            with self.lock:
                if small is None:
                    small = self.photo(path).fitted(longest)
                    original = metrics.colourfulness(_planes(small.rgb)).item()
                ab = torch.stack([self.predict(path, settings) for settings in row])
                true_ab = F.interpolate(small.lab[None, 1:], [*ab.shape[2:]], mode="area")
                painted = paint(small, ab)
                colourful = metrics.colourfulness(_planes(painted)).tolist()
                sepia = metrics.sepia_index(ab, true_ab).tolist()
            yield [
                Cell(
                    settings,
                    painted[i],
                    colourful[i],
                    None if small.is_monochrome else colourful[i] / max(original, 1e-6),
                    sepia[i],
                )
                for i, settings in enumerate(row)
            ]

    def frames(
        self, path: Path, variant: str, epochs: Sequence[int], longest: int
    ) -> list[np.ndarray]:
        """The photo after each epoch, (h, w, 3) uint8 of at most `longest` pixels a side."""
        with self.lock:
            small = self.photo(path).fitted(longest)
            return [paint(small, self.predict(path, Settings(variant, epoch))) for epoch in epochs]

    def metrics(self, settings: Settings) -> dict[str, float]:
        """What was measured when the checkpoint was made."""
        return self.colorizer(settings.variant, settings.epoch).info.metrics

    def folder(self, path: Path) -> Path:
        """Where the pictures made of a photo go; those of other photos go after an hour."""
        folder = self.pictures / _identity(path)
        if not folder.exists():
            folder.mkdir(parents=True)
            self._sweep()
        return folder

    def _sweep(self) -> None:
        for folder in self.pictures.iterdir():
            if _IDENTITY.fullmatch(folder.name) and folder.stat().st_mtime < time.time() - KEEP:
                shutil.rmtree(folder, ignore_errors=True)


@on_gpu
def network_output(colorizer: Colorizer, photo: Photo) -> Tensor:
    """`Colorizer.output`, alone in a function: ZeroGPU runs it in a process of its own."""
    return colorizer.output(photo)


def _monochrome(photo: Photo) -> str:
    return "black and white" if photo.is_grey else "toned" if photo.is_toned else ""


def _planes(rgb: np.ndarray) -> Tensor:
    """(..., H, W, 3) to (..., 3, H, W)."""
    return torch.from_numpy(rgb).movedim(-1, -3)


def colour_of(photo: Photo) -> Colour:
    """Measured on a small copy: the numbers hardly change."""
    colourfulness = metrics.colourfulness(_planes(photo.small.rgb)).item()
    return Colour(colourfulness, metrics.mean_chroma(photo.small.lab[1:]).item())


def _identity(path: Path) -> str:
    stat = path.stat()
    return hashlib.sha256(f"{path}:{stat.st_size}:{stat.st_mtime_ns}".encode()).hexdigest()[:16]


def file_stem(name: str) -> str:
    """What its owner calls the photo, as part of a file name."""
    stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in Path(name).stem)
    return stem.strip("-")[:60] or "photo"


class _Recent:
    """The most recently used values, computed when they are missing.

    size: what `weigh` may find in all of them together; the last one stays whatever it weighs.
    """

    def __init__(self, size: int, weigh: Callable[[Any], int] = lambda _: 1) -> None:
        self.size, self.weigh = size, weigh
        self._values: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        if key not in self._values:
            self._values[key] = compute()
            while len(self._values) > 1 and sum(map(self.weigh, self._values.values())) > self.size:
                self._values.popitem(last=False)
        self._values.move_to_end(key)
        return self._values[key]
