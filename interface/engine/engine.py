"""Between the page and the library: one picture, a grid of them, the frames of a film.

Knows files and settings, not Gradio. All calls that use a network go through one lock, because
the processor's cores are shared by all visitors anyway.
"""

import functools
import hashlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from colorizer import Hint, Photo, metrics, paint
from colorizer.hints import counted, from_json
from colorizer.painting import scale_chroma
from colorizer.parallel import alone, rows_in_parallel
from colorizer.writing import jpeg, synthetic, write_picture
from interface.engine.cache import Recent
from interface.engine.checkpoints import Checkpoints
from interface.engine.files import Files, file_stem, identity
from interface.engine.memory import give_back
from interface.engine.predictions import Predictions
from interface.engine.settings import Settings

_PATIENCE = 1.0  # seconds; what comes later is no longer ahead of the whole picture


@dataclass(frozen=True)
class Colour:
    """How much colour a picture has."""

    colourfulness: float
    chroma: float  # mean, in Lab units


@dataclass(frozen=True)
class ByHand:
    """The colours that a visitor gave for a photo."""

    hints: Sequence[Hint] = ()

    @property
    def notes(self) -> list[str]:
        """For the metadata of a picture."""
        return [counted(len(self.hints))] if self.hints else []

    @property
    def mark(self) -> str:
        """For the name of a file, which other hints must not share."""
        if not self.hints:
            return ""
        digest = hashlib.sha256(repr(self.hints).encode()).hexdigest()[:8]
        return f"-{len(self.hints)}-hints-{digest}"


NONE = ByHand()


@dataclass(frozen=True)
class Painted:
    """A photo in colours not its own, at its own size."""

    photo: Photo
    rgb: np.ndarray  # (H, W, 3) uint8 sRGB
    note: str  # for the file's metadata
    stem: str  # for the file's name: what made it
    hints: int  # how many colours were given by hand


@dataclass(frozen=True)
class Result:
    grayscale: Path
    colorized: Path
    monochrome: str  # what to call the original if its colours are not its own, or ""
    original: Colour
    result: Colour
    seconds: float
    hints: int  # how many colours were given by hand


@dataclass(frozen=True)
class Cell:
    """One checkpoint's picture of the photo, small, and its colour."""

    settings: Settings
    picture: np.ndarray  # (h, w, 3) uint8
    colourfulness: float
    ratio: float | None  # to the original's colourfulness; None for a black-and-white original
    sepia: float  # sepia index in [0, 1]


class Service:
    """checkpoints: a folder of `<variant>/epoch-010.safetensors`; pictures: where files go."""

    def __init__(self, checkpoints: Path, pictures: Path) -> None:
        self.checkpoints = Checkpoints(checkpoints)
        self.predictions = Predictions(self.checkpoints)
        self.files = Files(pictures)
        self.lock = threading.Lock()
        self._colours = Recent[Colour](64)  # of originals

    def colorize(self, path: Path, name: str, settings: Settings, hints: str = "") -> Result:
        """Colour the photo at `path`; `name` is what its owner calls it, for the file's name.

        hints: the content of a file of them (`colorizer/hints.py`), or nothing.
        """
        try:
            with self.lock:
                return self._colorize(path, name, settings, hints)
        finally:
            give_back()

    def painted(self, path: Path, settings: Settings, hints: str = "") -> Painted:
        """The same, for a file that is still to be written."""
        try:
            with self.lock:
                return self._paint(path, settings, hints)
        finally:
            give_back()

    def preview(self, path: Path, settings: Settings, hints: str = "") -> bytes | None:
        """The same at about the size it has on the page, for the moment until the whole is there.

        A JPEG; None where the network is busy for longer than anybody would look at this.
        """
        if not self.lock.acquire(timeout=_PATIENCE):
            return None
        try:
            with alone():
                given = self.by_hand(path, hints)
                ab = self.predictions.predict(path, settings, given.hints)
                small = self.predictions.photo(path).small
                rgb = paint(small, scale_chroma(ab, settings.vividness / 100))
        finally:
            self.lock.release()
        return jpeg(rgb, synthetic(settings, *given.notes))

    def by_hand(self, path: Path, text: str) -> ByHand:
        """Of the content of a file of hints, or of nothing. Raises HintError."""
        return ByHand(from_json(text, self.predictions.photo(path)) if text else [])

    def _paint(self, path: Path, settings: Settings, text: str) -> Painted:
        photo = self.predictions.photo(path)
        given = self.by_hand(path, text)
        ab = self.predictions.predict(path, settings, given.hints)
        rgb = paint(photo, scale_chroma(ab, settings.vividness / 100))
        stem = f"{settings.file_stem}{given.mark}"
        return Painted(photo, rgb, synthetic(settings, *given.notes), stem, len(given.hints))

    def _colorize(self, path: Path, name: str, settings: Settings, hints: str) -> Result:
        started = time.perf_counter()
        painted = self._paint(path, settings, hints)
        seconds = time.perf_counter() - started
        photo, folder, stem = painted.photo, self.files.folder(path), file_stem(name)
        grayscale = folder / f"{stem}-grayscale.png"
        if not grayscale.exists():
            write_picture(photo.grayscale, grayscale, "The lightness of the photo.")
        colorized = folder / f"{stem}-{painted.stem}.png"
        if not colorized.exists():
            write_picture(painted.rgb, colorized, painted.note, photo.tags)
        return Result(
            grayscale, colorized, _monochrome(photo),
            self._colours.get(identity(path), lambda: colour_of(photo)),
            colour_of(Photo(painted.rgb)), seconds, painted.hints,
        )  # fmt: skip

    def grid(
        self, path: Path, chosen: Sequence[Settings], longest: int = 128,
        hints: Sequence[Hint] = (),
    ) -> Iterator[list[Cell]]:  # fmt: skip
        """The photo through many checkpoints, a row of one variant at a time.

        What does not depend on the checkpoint is done once: decoding, the network's input, and
        the lightness of the small pictures; what does, for a whole row. While one row is waited
        for, the next is under way. The lock is free between rows.
        """
        rows = [list(row) for _, row in itertools.groupby(chosen, lambda one: one.variant)]
        with self.lock:
            photo = self.predictions.photo(path)

        @functools.cache  # by the first row that needs it
        def small() -> Photo:
            fitted = photo.fitted(longest)
            fitted.remember_lightness()
            return fitted

        predict = partial(self.predictions.predict, path, hints=hints)
        with closing(rows_in_parallel(predict, rows, partial(_painted, small))) as finished:
            for row in rows:
                with self.lock:
                    pictures = next(finished)
                yield [Cell(one, *picture) for one, picture in zip(row, pictures, strict=True)]

    def frames(
        self, path: Path, variant: str, epochs: Sequence[int], longest: int,
        hints: Sequence[Hint] = (),
    ) -> list[np.ndarray]:  # fmt: skip
        """The photo after each epoch, (h, w, 3) uint8 of at most `longest` pixels a side."""
        with self.lock:
            small = self.predictions.photo(path).fitted(longest)
            return [
                paint(small, self.predictions.predict(path, Settings(variant, epoch), hints))
                for epoch in epochs
            ]


def _monochrome(photo: Photo) -> str:
    return "black and white" if photo.is_grey else "toned" if photo.is_toned else ""


@torch.inference_mode()
def _painted(
    small: Callable[[], Photo], colours: list[Tensor]
) -> list[tuple[np.ndarray, float, float | None, float]]:
    """A picture of each colour, (2, h, w) or Lab, and its measures, as in `Cell`."""
    photo, ab = small(), torch.stack(colours)
    true_ab = F.interpolate(photo.lab[None, 1:], [*ab.shape[2:]], mode="area")
    painted = paint(photo, ab)
    colourful = metrics.colourfulness(_planes(painted))
    ratio: Sequence[float | None] = [None] * len(ab)
    if not photo.is_monochrome:
        full = metrics.colourfulness(_planes(photo.rgb)).clamp(min=1e-6)
        ratio = (colourful / full).tolist()
    sepia = metrics.sepia_index(ab[:, -2:], true_ab)
    return [*zip(painted, colourful.tolist(), ratio, sepia.tolist(), strict=True)]


def _planes(rgb: np.ndarray) -> Tensor:
    """(..., H, W, 3) to (..., 3, H, W)."""
    return torch.from_numpy(rgb).movedim(-1, -3)


def colour_of(photo: Photo) -> Colour:
    """Measured on a small copy: the numbers hardly change."""
    colourfulness = metrics.colourfulness(_planes(photo.small.rgb)).item()
    return Colour(colourfulness, metrics.mean_chroma(photo.small.lab[1:]).item())
