"""Many photos to colour: which ones, under which names, and in how many threads.

The call that colours one photo is a `Painter`; `colour_all` maps it over threads, and
`scale.colour_on_ray` over machines.
"""

import copy
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import torch

from colorizer.errors import one_line
from colorizer.hints import HintError, read_hints
from colorizer.photo import Photo
from colorizer.prediction import Colorizer
from colorizer.reading import EXTENSIONS, PhotoError

_JPEG = {".jpg", ".jpeg", ".jfif"}
_KEPT = {".jpg", ".jpeg", ".png"}  # endings that say what the result is


class UsageError(ValueError):
    """A call that cannot be carried out; its text is one sentence that says what to do."""


@dataclass(frozen=True)
class Job:
    photo: Path
    result: Path


@dataclass(frozen=True)
class Plan:
    jobs: list[Job]
    failed: dict[Path, str]  # paths that were given but cannot be tried, and why


def result_name(photo: str) -> str:
    """The name of a photo's result: the photo's own, if that says JPEG or PNG.

    >>> result_name("a.jpg"), result_name("a.png"), result_name("a.tif"), result_name("a.jfif")
    ('a.jpg', 'a.png', 'a.tif.png', 'a.jfif.jpg')
    """
    ending = Path(photo).suffix.lower()
    if ending in _KEPT:
        return photo
    return f"{photo}.jpg" if ending in _JPEG else f"{photo}.png"


def plan(given: Sequence[Path], out: Path) -> Plan:
    """Which photos to colour, and where to. given: files, and folders with all below them.

    Results keep their photo's path below the innermost folder that holds everything given. Hidden
    files, files without a picture's extension and `out` itself are left out of a folder; a file
    given by name is tried whatever its extension. Raises UsageError if a result would replace a
    photo, or if there is nothing to do.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; give a folder as --out.")
    real_out = out.resolve()
    photos: dict[Path, Path] = {}  # by their real paths, so that none is coloured twice
    holders: list[Path] = []
    failed: dict[Path, str] = {}
    for path in given:
        # A photo that is itself a link keeps its name.
        real = path.resolve() if path.is_dir() else path.parent.resolve() / path.name
        if path.is_dir():
            if real == real_out:
                raise UsageError(f"--out is {path} itself; give another folder.")
            holders.append(real)
            for below in _walk(path, real, real_out, failed):
                photos.setdefault(real / below, path / below)
        elif path.exists():
            holders.append(real.parent)
            photos.setdefault(real, path)
        else:
            failed[path] = f"There is no photo at {path}; check the path."
    if not photos and not failed:
        raise UsageError(f"There is no photo in {' or '.join(map(str, given))}; give another.")
    jobs: list[Job] = []
    root = _common(holders) if holders else Path()
    taken: dict[str, Path] = {}
    for real, photo in photos.items():
        below = real.relative_to(root)
        name = below.with_name(result_name(real.name))
        if real_out / name in photos:
            raise UsageError(
                f"The result of {photo} would replace the photo {out / name}; "
                "give another folder as --out."
            )
        # Some disks do not tell a.jpg from A.JPG; and a.tif may have a neighbour a.tif.png.
        other = taken.setdefault(str(name).casefold(), photo)
        if other is not photo:
            failed[photo] = f"Its result would have the same name as that of {other}; rename one."
        else:
            jobs.append(Job(photo, out / name))
    return Plan(jobs, failed)


def _walk(folder: Path, real: Path, out: Path, failed: dict[Path, str]) -> Iterator[Path]:
    """The photos in a folder and below it, relative to it, sorted by name."""

    def name_it(error: OSError) -> None:
        failed[Path(error.filename)] = f"This folder cannot be read ({error.strerror})."

    for here, folders, files in os.walk(folder, onerror=name_it):
        below = Path(here).relative_to(folder)
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and real / below / name != out
        )
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in EXTENSIONS:
                yield below / name


def _common(folders: Sequence[Path]) -> Path:
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:  # drives of Windows
        raise UsageError("The photos are on several drives; run once for each.") from None


@dataclass(frozen=True)
class Painter:
    """Colours one photo after another, from file to file. Use it in one thread at a time."""

    colorizer: Colorizer
    samples: int = 1
    temperature: float | None = None  # the checkpoint's own
    quality: int = 95  # of JPEG
    overwrite: bool = False
    hints: Path | None = None  # a file of them
    vividness: float = 100  # per cent

    def __post_init__(self) -> None:
        if self.samples > 1 and not self.colorizer.can_sample:
            raise UsageError(
                f"The {self.colorizer.info.variant} variant has no dropout layers to sample with; "
                "leave out --samples or choose another --variant."
            )

    def __call__(self, job: Job) -> str:
        """Returns "" once the result is there, complete, or else one sentence that says why not."""
        # Made since the run began: by a worker that was lost afterwards, or by a parallel run.
        if job.result.is_file() and not self.overwrite:
            return ""
        try:
            photo = Photo.open(job.photo)
            hints = read_hints(self.hints, photo) if self.hints else []
            picture = self.colorizer.colorize(
                photo,
                self.samples,
                temperature=self.temperature,
                hints=hints,
                vividness=self.vividness,
            )
        except (PhotoError, HintError) as error:
            return str(error)
        except Exception as error:  # one photo of thousands must not stop the others
            return f"It could not be coloured ({one_line(error)})."
        try:
            job.result.parent.mkdir(parents=True, exist_ok=True)
            picture.save(job.result, self.quality)
        except Exception as error:
            return f"Its result could not be written ({one_line(error)})."
        return ""


def cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def colour_all(
    painter: Painter, jobs: Sequence[Job], workers: int | None, stop: threading.Event
) -> Iterator[tuple[Job, str]]:
    """Each job as it finishes, with "" or the reason why it failed, from several threads.

    Decoding, painting and encoding release Python's lock. workers: how many; None for one per core.
    stop: once it is set, photos that were begun are finished and no others are begun.
    """
    workers = max(1, min(workers or cores(), len(jobs)))
    own = threading.local()

    def begin() -> None:
        # A network that is being sampled carries its dropout masks: one for each thread.
        own.painter = copy.deepcopy(painter)
        # Threads of threads wait for each other, and for long on a busy machine.
        torch.set_num_threads(1)

    def run(job: Job) -> str | None:
        return None if stop.is_set() else own.painter(job)

    with ThreadPoolExecutor(workers, "painter", initializer=begin) as pool:
        futures = {pool.submit(run, job): job for job in jobs}
        try:
            for future in as_completed(futures):
                reason = future.result()
                if reason is not None:
                    yield futures[future], reason
        finally:
            pool.shutdown(cancel_futures=True)
