"""The only owner of the networks: one call at a time, as all visitors share the cores."""

import functools
import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from colorizer import Hint, Photo, paint
from colorizer.brown_mean import find_brown_mean
from colorizer.hints import REACHES
from colorizer.metrics import mean_chroma
from colorizer.painting import enlarge_guided, scale_chroma
from colorizer.parallel import alone, rows_in_parallel
from colorizer.reading import digest
from colorizer.writing import jpeg, synthetic, write_picture
from interface.engine.cache import Recent
from interface.engine.checkpoints import Checkpoints
from interface.engine.errors import UserError
from interface.engine.files import Files, file_stem, fingerprint, write_once
from interface.engine.memory import give_back
from interface.engine.pixel_colours import PixelColours
from interface.engine.predictions import Predictions
from interface.engine.results import (
    Alternative,
    Cell,
    Colour,
    MeanPictures,
    Painting,
    Result,
    colour_of,
    paint_cells,
)
from interface.engine.settings import Settings
from interface.engine.subject import Subject, hint_mark, hint_notes
from interface.engine.suggestions import Chips, Spot, chips, shown_on, veil
from interface.engine.uncertainty import Maps, Uncertainty

_VEIL_SIDE = 320  # pixels of a veil's longer side
_STRIP_SIDE = 320  # pixels of an alternative's longer side
_STAND_INS = 10_000  # of which the original is known
_PATIENCE = 1.0  # seconds; what comes later is no longer ahead of the whole picture
Place = tuple[float, float]  # shares of a photo's width and height


class Engine:
    """checkpoints: a folder of `<variant>/epoch-010.safetensors`; pictures: where files go.

    Methods raise the errors of `EXPECTED_ERRORS`, UserError for settings that no network can meet.
    """

    def __init__(self, checkpoints: Path, pictures: Path) -> None:
        self.checkpoints = Checkpoints(checkpoints)
        self.files = Files(pictures)
        self._predictions = Predictions(self.checkpoints)
        self._maps = Maps(self._predictions, self.files)
        self._lock = threading.Lock()
        self._original_colours = Recent[Colour](64)

    @contextmanager
    def _network(self) -> Iterator[None]:
        """The lock, and what a large photo took of memory given back after it."""
        try:
            with self._lock:
                yield
        finally:
            give_back()

    # One photo

    def photo(self, subject: Subject) -> Photo:
        return self._predictions.photo(subject)

    def stand_in(self, subject: Subject) -> Path:
        """A PNG for the page to show in place of a photo; it is the original that is coloured."""
        photo = self.photo(subject)
        folder = self.files.folder_of_content(subject.path)
        file = folder / f"{file_stem(subject.name)}.png"
        write_picture(photo.rgb, file, "", photo.tags, alpha=photo.alpha)
        originals = self._predictions.originals
        originals[digest(file)] = subject.path
        if len(originals) > _STAND_INS:
            del originals[next(iter(originals))]
        return file

    def hints(self, subject: Subject) -> tuple[Hint, ...]:
        return self._predictions.hints(subject)

    def colorize(self, subject: Subject, settings: Settings) -> Result:
        """Colour the photo, and write the files that the page shows."""
        with self._network():
            started = time.perf_counter()
            painting = self._paint(subject, settings)
            seconds = time.perf_counter() - started
            return self._write(subject, painting, seconds)

    def paint(self, subject: Subject, settings: Settings) -> Painting:
        """Colour the photo for a file that `redo` makes again, byte for byte."""
        with self._network():
            return self._paint(subject, settings, again=True)

    def preview(self, subject: Subject, settings: Settings) -> bytes | None:
        """A JPEG of the result at the network's size; None if the network stays busy too long."""
        if not self._lock.acquire(timeout=_PATIENCE):
            return None
        try:
            with alone():
                ab = self._predictions.ab(subject, settings)
                small = self._predictions.photo(subject).small
                rgb = paint(small, scale_chroma(ab, settings.vividness / 100))
                hints = self._predictions.hints(subject)
        finally:
            self._lock.release()
        return jpeg(rgb, synthetic(settings, *hint_notes(hints)))

    def _paint(self, subject: Subject, settings: Settings, again: bool = False) -> Painting:
        photo, hints = self._predictions.photo(subject), self._predictions.hints(subject)
        colours = self._predictions.final_colours if again else self._predictions.colours
        ab, certainty = colours(subject, settings)
        rgb = paint(photo, scale_chroma(ab, settings.vividness / 100))
        stem = f"{settings.file_stem}{hint_mark(hints)}"
        note = synthetic(settings, *hint_notes(hints))
        own = {"tags": photo.tags, "alpha": photo.alpha}
        kept = certainty[str(settings.within)] if certainty and settings.limit else None
        own["sheet"] = self._predictions.worksheet(subject, settings, certainty)
        return Painting(rgb, note, **own, photo=photo, stem=stem, hints=hints, kept=kept)

    def _write(self, subject: Subject, painting: Painting, seconds: float) -> Result:
        photo, folder = painting.photo, self.files.folder(subject.path)
        stem, note = file_stem(subject.name), "The lightness of the photo."
        ends = "grayscale", painting.stem
        grayscale, colorized = (folder / f"{stem}-{end}.png" for end in ends)
        write_once(grayscale, lambda: write_picture(photo.grayscale, grayscale, note))
        write_once(colorized, lambda: painting.save(colorized))
        key = fingerprint(subject.path)
        original = self._original_colours.get(key, lambda: colour_of(photo))
        result = colour_of(Photo(painting.rgb))
        monochrome = "black and white" if photo.is_grey else "toned" if photo.is_toned else ""
        names = grayscale, colorized, (photo.width, photo.height), monochrome
        return Result(*names, original, result, seconds, painting.hints, painting.kept)

    # Many checkpoints

    def grid(
        self, subject: Subject, chosen: Sequence[Settings], longest: int = 128
    ) -> Iterator[list[Cell]]:
        """The photo through many checkpoints, a row of one variant at a time.

        The next row is under way while the caller has this one; the lock is free between rows.
        """
        rows = [list(row) for _, row in itertools.groupby(chosen, lambda one: one.variant)]
        with self._lock:
            photo = self._predictions.photo(subject)

        @functools.cache  # by the first row that needs it
        def fitted() -> Photo:
            small = photo.fitted(longest)
            small.remember_lightness()
            return small

        predict = partial(self._predictions.ab, subject)
        with closing(rows_in_parallel(predict, rows, partial(paint_cells, fitted))) as finished:
            for row in rows:
                with self._lock:
                    pictures = next(finished)
                yield [Cell(one, *picture) for one, picture in zip(row, pictures, strict=True)]

    def frames(self, subject: Subject, variant: str, longest: int) -> list[np.ndarray]:
        """The photo after each epoch, (h, w, 3) uint8 of at most `longest` pixels a side."""
        with self._lock:
            small = self._predictions.fitted(subject, longest)
            return [
                paint(small, self._predictions.ab(subject, Settings(variant, epoch)))
                for epoch in self.checkpoints.epochs(variant)
            ]

    # What a network does not know

    def uncertainty(
        self, subject: Subject, settings: Settings, part: str | None = None
    ) -> Uncertainty:
        """After all the samples of `settings`. part: as of `Maps.draw`."""
        with self._network():
            return self._maps.draw(subject, settings, part)

    def refine(
        self, subject: Subject, settings: Settings, part: str | None = None
    ) -> Iterator[Uncertainty]:
        """After 1, 2, 4, 8 ... samples, and after all; the lock is free in between."""
        counts = itertools.takewhile(lambda n: n < settings.samples, (2**k for k in range(99)))
        for count in (*counts, settings.samples):
            yield self.uncertainty(subject, replace(settings, samples=count), part)

    def contrasts(self, subject: Subject, settings: Settings, part: str) -> list[Path]:
        """Pictures that differ most, as of `Maps.contrasts`."""
        with self._network():
            return self._maps.contrasts(subject, settings, part)

    def pixel(self, subject: Subject, settings: Settings, place: Place) -> PixelColours:
        """What the samples drawn so far say of one pixel."""
        with self._lock:
            return self._maps.pixel(subject, settings, place)

    def find_brown_mean(self, subject: Subject, settings: Settings) -> Place:
        """The place where the mean of the likely colours is brown and loses most of them."""
        with self._lock:
            small = self._predictions.photo(subject).small
            bins = self._predictions.colorizer(settings).network.get_buffer("bins")
            output = self._predictions.output(subject, settings)
        return find_brown_mean(small, bins, output)

    # Colours by hand

    def chips(self, subject: Subject, settings: Settings, place: Place) -> Chips:
        """The colours to choose from at a place."""
        with self._lock:
            photo = self._predictions.photo(subject)
            colorizer = self._predictions.colorizer(settings)
            output = self._predictions.output(subject, settings)
            ab = colorizer.decode(output, settings.temperature)
            bins = colorizer.network.get_buffer("bins")
            self._predictions.state(subject, settings)  # the colour chosen here is met at once
        spot = Spot(photo, place, settings.vividness / 100)
        return chips(spot, spot.likely(output, bins) if len(bins) else [spot.of(ab[-2:])])

    def veils(
        self, subject: Subject, settings: Settings, place: Place, without: int = -1
    ) -> dict[str, bytes]:
        """For each reach, what covers all that would not take a colour given at a place.

        without: which of the hints it stands in for; -1: none. Each is as of `veil`, a PNG.
        """
        with self._lock:
            small = self._predictions.fitted(subject, _VEIL_SIDE)
            photo = self._predictions.photo(subject)
            spot = Spot(photo, place, 1)
            others = [h for i, h in enumerate(self._predictions.hints(subject)) if i != without]
            shares = self._predictions.colorizer(settings).influence(
                photo,
                [spot.hint(reach) for reach in REACHES],
                others,
                self._predictions.state(subject, settings),
            )
        planes = shares[:, None].expand(-1, 2, -1, -1)
        edged = enlarge_guided(planes, small.lightness_at(small.height, small.width)[None])[:, 0]
        return {reach: veil(share.clamp(0, 1)) for reach, share in zip(REACHES, edged, strict=True)}

    def alternatives(
        self, subject: Subject, settings: Settings, count: int, first: int = 0
    ) -> list[Alternative]:
        """Other plausible pictures, the draws from `first` on, with the subject's hints in all.

        Raises UserError for a network that names one colour, ValueError for draws beyond `MOST`.
        """
        if not self.checkpoints.has_temperature(settings.variant):
            raise UserError(
                f"{settings.variant} names one colour for each place, so there are no alternatives "
                "to draw; choose rebalanced or transfer."
            )
        with self._network(), alone():
            photo, told = self._predictions.photo(subject), self._predictions.hints(subject)
            small = self._predictions.fitted(subject, _STRIP_SIDE)

            def draw(colour: Tensor, hints: tuple[Hint, ...]) -> bytes:
                rgb = paint(small, scale_chroma(colour, settings.vividness / 100))
                return jpeg(rgb, synthetic(settings, *hint_notes([*told, *hints])))

            return [
                Alternative(
                    one.index,
                    one.likelihood,
                    one.hints,
                    shown_on(photo, one.hints),
                    draw(one.colour, one.hints),
                )
                for one in self._predictions.alternatives(subject, settings, count, first)
            ]

    def mean_pictures(
        self, subject: Subject, settings: Settings, counts: Sequence[int], shown: int
    ) -> MeanPictures:
        """The first `shown` of several plausible pictures, and the mean of each of `counts`."""
        with self._network(), alone():
            small = self._predictions.fitted(subject, _STRIP_SIDE)
            # As likely as the network says, rather than to be chosen from.
            found = self._predictions.alternatives(subject, settings, max(counts), temperature=1.0)
            drawn = torch.stack([one.colour for one in sorted(found, key=lambda one: one.index)])

            def draw(colour: Tensor, words: str) -> bytes:
                return jpeg(paint(small, colour), synthetic(settings, words))

            means = [drawn[:count].mean(0) for count in counts]
            return MeanPictures(
                [draw(colour, "drawn colours") for colour in drawn[:shown]],
                [
                    (draw(mean, f"mean of {count} drawn pictures"), mean_chroma(mean).item())
                    for count, mean in zip(counts, means, strict=True)
                ],
                mean_chroma(drawn).mean().item(),
            )

    def suggest(self, subject: Subject, settings: Settings, unknown: Sequence[Place]) -> Place:
        """Where another hint would help most. unknown: places that the visitor cannot tell."""
        with self._lock:
            photo = self._predictions.photo(subject)
            colorizer = self._predictions.colorizer(settings)
            spots = [(x * photo.width, y * photo.height) for x, y in unknown]
            hints, state = self.hints(subject), self._predictions.state(subject, settings)
            x, y = colorizer.suggest(photo, hints, spots, state)
        return x / photo.width, y / photo.height
