"""What a visitor takes home: the photo in several formats, and many photos."""

import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import numpy as np

from colorizer.atomic import atomic_path
from colorizer.batch import Job, Painter, colour_all, pages_of, result_name
from colorizer.captions import add_caption
from colorizer.photo import resize
from colorizer.reading import read_photo
from colorizer.writing import write_picture
from interface.engine.engine import Engine
from interface.engine.errors import UserError
from interface.engine.files import file_stem
from interface.engine.results import Painting
from interface.engine.settings import Settings
from interface.engine.subject import Subject

GUESSES = 16  # as many as the Uncertainty tab opens with
MOST_PHOTOS = 100  # in one ZIP: each visitor's wait for the same processor


def png(engine: Engine, subject: Subject, settings: Settings) -> Path:
    """The coloured photo as a PNG, at its own size."""
    return _save(engine, subject, settings, "png")


def jpeg(engine: Engine, subject: Subject, settings: Settings) -> Path:
    """The coloured photo as a JPEG, at its own size."""
    return _save(engine, subject, settings, "jpg")


def _save(engine: Engine, subject: Subject, settings: Settings, suffix: str) -> Path:
    painting = engine.paint(subject, settings)
    name = f"{file_stem(subject.name)}-{painting.stem}.{suffix}"
    return painting.save(engine.files.folder(subject.path) / name)


def before_and_after(engine: Engine, subject: Subject, settings: Settings) -> Path:
    """What the network saw and what it made of it, side by side in one JPEG."""
    painting = engine.paint(subject, settings)
    both = np.concatenate([painting.photo.grayscale, painting.rgb], axis=1)
    return _save_pair(engine, subject, painting, both, "before and after")


def with_certainty_map(
    engine: Engine, subject: Subject, settings: Settings, caption: str = ""
) -> Path:
    """The coloured photo, and beside it how sure the network is of each colour, in one JPEG.

    Of a network that has to be asked several times, after `GUESSES` at least. caption: what to
    write under them. Raises UserError for a network that cannot tell.
    """
    if not (parts := engine.checkpoints.uncertainties(settings.variant)):
        raise UserError(f"{settings.variant} has no uncertainty of that kind; choose another.")
    samples = settings.samples if parts[0] == "whole" else max(settings.samples, GUESSES)
    file = engine.uncertainty(subject, replace(settings, samples=samples), parts[0]).map
    painting = engine.paint(subject, settings)
    height, width, _ = painting.rgb.shape
    certainty = resize(read_photo(file), width, height)
    both = np.concatenate([painting.rgb, certainty], axis=1)
    both = add_caption(both, caption) if caption else both
    return _save_pair(engine, subject, painting, both, "with certainty map")


def _save_pair(
    engine: Engine, subject: Subject, painting: Painting, both: np.ndarray, what: str
) -> Path:
    """what: the pair's name in notes and, with hyphens, in that of the file."""
    name = f"{file_stem(subject.name)}-{painting.stem}-{what.replace(' ', '-')}.jpg"
    note = f"{what.capitalize()}. {painting.note}"
    sheet = painting.sheet and {**painting.sheet, "shows": what}
    file = engine.files.folder(subject.path) / name
    return write_picture(both, file, note, painting.photo.tags, sheet=sheet)


@dataclass(frozen=True)
class Progress:
    """done: how many photos so far; failed: names of the others, each with its reason; pages: names
    of files that hold several pictures, of which the first was coloured, each with their number.
    """

    done: int = 0
    failed: Sequence[tuple[str, str]] = ()
    pages: Sequence[tuple[str, int]] = ()
    ended: bool = False
    file: Path | None = None  # the ZIP, at the end, unless nothing could be coloured


def batch_zip(
    engine: Engine,
    photos: Sequence[Subject],
    settings: Settings,
    goes_on: Callable[[], bool] = lambda: True,
) -> Iterator[Progress]:
    """Colour several photos into a ZIP.

    Results bear their photo's name, as on the command line. The ZIP holds what was done when
    `goes_on` first said no. Raises UserError for more than MOST_PHOTOS.
    """
    if len(photos) > MOST_PHOTOS:
        raise UserError(f"These are {len(photos)} photos; choose at most {MOST_PHOTOS} at once.")
    if not photos:
        yield Progress(ended=True)
        return
    settings = replace(settings, medoid=False)  # of one photo at a time, on the page
    folder = engine.files.folder(photos[0].path)
    results = Path(mkdtemp(dir=folder))
    names = _result_names([photo.name for photo in photos])
    pairs = zip(photos, names, strict=True)
    jobs = {Job(photo.path, results / name): photo.name for photo, name in pairs}
    try:
        progress = Progress()
        yield progress
        for progress in _colour(_painter(engine, settings), jobs, goes_on):
            yield progress
        file = None
        if progress.done:
            name = f"colorizer-{settings.file_stem}-{progress.done}-photos.zip"
            file = _zip([job.result for job in jobs], folder / name)
        yield replace(progress, ended=True, file=file)
    finally:
        rmtree(results, ignore_errors=True)


def _painter(engine: Engine, settings: Settings) -> Painter:
    colorizer = engine.checkpoints.colorizer(settings.variant, settings.epoch)
    more: dict[str, Any] = {"vividness": settings.vividness, "within": settings.limit}
    return Painter(colorizer, settings.samples, settings.temperature, **more)


def _colour(
    painter: Painter, jobs: dict[Job, str], goes_on: Callable[[], bool]
) -> Iterator[Progress]:
    """After each photo. jobs: with what each photo is called by its owner."""
    stop = threading.Event()
    done, failed, several = 0, list[tuple[str, str]](), list[tuple[str, int]]()
    try:
        for job, reason in colour_all(painter, list(jobs), None, stop):
            if reason:
                failed.append((jobs[job], reason))
            else:
                done += 1
                if (pages := pages_of(job.result)) > 1:
                    several.append((jobs[job], pages))
            if not goes_on():
                stop.set()
            yield Progress(done, tuple(failed), tuple(several))
    finally:
        stop.set()


def _zip(files: Sequence[Path], file: Path) -> Path:
    """Those that are there; they are compressed already."""
    with atomic_path(file) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for one in files:
            if one.exists():
                archive.write(one, one.name)
    return file


def _result_names(photos: Sequence[str]) -> list[str]:
    """What their results are called; photos of one name, from several folders, get a number."""
    taken: set[str] = set()
    names = []
    for photo in photos:
        plain = Path(result_name(Path(photo).name))
        name, number = plain.name, 2
        while name.casefold() in taken:
            name, number = f"{plain.stem}-{number}{plain.suffix}", number + 1
        taken.add(name.casefold())
        names.append(name)
    return names
