"""What a visitor takes home besides the PNG that the page shows: other formats, and many photos."""

import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import numpy as np

from colorizer.atomic import atomic_path
from colorizer.batch import Job, Painter, colour_all, result_name
from colorizer.writing import write_picture
from interface.engine.engine import Service
from interface.engine.errors import UserError
from interface.engine.files import file_stem
from interface.engine.settings import Settings

MANY = 100  # photos at once: each visitor's wait for the same processor


def jpeg(service: Service, path: Path, name: str, settings: Settings, hints: str = "") -> Path:
    """The coloured photo as a JPEG, at its own size; arguments as of `Service.colorize`."""
    found = service.painted(path, settings, hints)
    file = service.files.folder(path) / f"{file_stem(name)}-{found.stem}.jpg"
    return write_picture(found.rgb, file, found.note, found.photo.tags)


def before_and_after(
    service: Service, path: Path, name: str, settings: Settings, hints: str = ""
) -> Path:
    """What the network saw and what it made of it, side by side in one JPEG; as `jpeg`."""
    found = service.painted(path, settings, hints)
    both = np.concatenate([found.photo.grayscale, found.rgb], axis=1)
    name = f"{file_stem(name)}-{found.stem}-before-and-after.jpg"
    return write_picture(
        both, service.files.folder(path) / name, f"Before and after. {found.note}", found.photo.tags
    )


@dataclass(frozen=True)
class Progress:
    """done and failed: how many photos so far, and by name why not."""

    done: int
    failed: dict[str, str]
    ended: bool = False
    file: Path | None = None  # the ZIP, at the end, unless nothing could be coloured


def many(
    service: Service,
    photos: Sequence[tuple[Path, str]],
    settings: Settings,
    goes_on: Callable[[], bool] = lambda: True,
) -> Iterator[Progress]:
    """Colour several photos, each a path and its owner's name for it, into a ZIP.

    Results bear their photo's name, as on the command line. The ZIP holds what was done when
    `goes_on` first said no. Raises UserError for more than MANY.
    """
    if len(photos) > MANY:
        raise UserError(f"These are {len(photos)} photos; choose at most {MANY} at once.")
    settings = replace(settings, medoid=False)  # of one photo at a time, on the page
    colorizer = service.checkpoints.colorizer(settings.variant, settings.epoch)
    painter = Painter(
        colorizer, settings.samples, settings.temperature, vividness=settings.vividness
    )
    folder = service.files.folder(photos[0][0])
    results = Path(mkdtemp(dir=folder))
    stop = threading.Event()
    done, failed = 0, dict[str, str]()
    try:
        names = _names([name for _, name in photos])
        jobs = [
            Job(path, results / result) for (path, _), result in zip(photos, names, strict=True)
        ]
        owners = dict(zip(jobs, (name for _, name in photos), strict=True))
        yield Progress(0, {})
        for job, reason in colour_all(painter, jobs, None, stop):
            if reason:
                failed[owners[job]] = reason
            else:
                done += 1
            if not goes_on():
                stop.set()
            yield Progress(done, dict(failed))
        if not done:
            yield Progress(done, failed, ended=True)
            return
        file = folder / f"colorizer-{settings.file_stem}-{done}-photos.zip"
        with atomic_path(file) as temporary, zipfile.ZipFile(temporary, "w") as archive:
            for job in jobs:
                if job.result.exists():
                    archive.write(job.result, job.result.name)  # compressed already
        yield Progress(done, failed, ended=True, file=file)
    finally:
        stop.set()
        rmtree(results, ignore_errors=True)


def _names(photos: Sequence[str]) -> list[str]:
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
