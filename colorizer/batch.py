"""Many photos to colour: which ones, under which names, and in how many threads.

The call that colours one photo is a `Painter`; `colour_all` maps it over threads, and
`scale.colour_on_ray` over machines.
"""

import copy
import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from colorizer.errors import PhotoError, one_line, printable
from colorizer.hints import HintError, as_json, read_hints
from colorizer.kinds import kind_of_file
from colorizer.photo import Photo
from colorizer.prediction import Colorizer
from colorizer.reading import EXTENSIONS, count_pages, digest
from colorizer.worksheet import SheetError, read_sheet

_JPEG = {".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".mpo"}
_LONGEST_NAME = 255  # bytes, on most file systems
# Folders of other programs, in small letters: Synology's and QNAP's thumbnails, waste baskets, ...
THUMBNAILS = {
    "@eadir",
    "#recycle",
    "@recycle",
    "@recently-snapshot",
    "__macosx",
    "$recycle.bin",
    "system volume information",
    "lost+found",
    "#snapshot",
}
_KEPT = {".jpg", ".jpeg", ".png"}  # endings that say what the result is


class UsageError(ValueError):
    """A call that cannot be carried out; its text is one sentence that says what to do."""


@dataclass(frozen=True)
class Job:
    """page: which picture of a file with several, from 0; alternative: which draw of other
    plausible colours, from 0, or None for the network's one picture.
    """

    photo: Path
    result: Path
    page: int = 0
    alternative: int | None = None


@dataclass(frozen=True)
class Plan:
    """jobs: what to colour; failed: paths that cannot be tried, and why; left_out: folders and
    files that are no photos of the person's own, and why.
    """

    jobs: list[Job]
    failed: dict[Path, str]
    left_out: dict[Path, str] = field(default_factory=dict)


def result_name(photo: str) -> str:
    """The name of a photo's result: the photo's own, if that says JPEG or PNG.

    A name that would be too long for a file system is cut, and ends on a hash of the whole.

    >>> result_name("a.jpg"), result_name("a.png"), result_name("a.tif"), result_name("a.jfif")
    ('a.jpg', 'a.png', 'a.tif.png', 'a.jfif.jpg')
    """
    ending = Path(photo).suffix.lower()
    if ending in _KEPT:
        return photo
    name = photo + (".jpg" if ending in _JPEG else ".png")
    if len(encoded := os.fsencode(name)) <= _LONGEST_NAME:
        return name
    mark = f"-{hashlib.sha256(encoded).hexdigest()[:8]}{name[-4:]}"
    stem = os.fsencode(photo)[: _LONGEST_NAME - len(mark)].decode(errors="ignore")
    return stem + mark


def plan(given: Sequence[Path], out: Path) -> Plan:
    """Which photos to colour, and where to. given: files, and folders with all below them.

    Results keep their photo's path below the innermost folder that holds everything given. Taken
    from a folder are files with a picture's content or suffix, also of linked folders; hidden files
    and `out` itself are not, and what network drives and systems keep there (`THUMBNAILS`) is left
    out and named. A file given by name is tried whatever it is. Raises UsageError if a result would
    replace a photo, or if there is nothing to do.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{printable(out)} is a file; give a folder as --out.")
    search = _Search(_real(out))
    for path in given:
        search.add(path)
    if not search.photos and not search.failed:
        places = " or ".join(map(printable, given))
        raise UsageError(f"There is no photo in {places}; give another.")
    jobs = _named(search, out)
    return Plan(jobs, search.failed, search.left_out)


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        raise UsageError(
            f"{printable(path)} is a link that leads nowhere; give another folder."
        ) from None


class _Search:
    """Collects photos from files and folders. photos: by their real paths, so that none is
    coloured twice; holders: the folders that hold everything given.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.photos: dict[Path, Path] = {}
        self.holders: list[Path] = []
        self.failed: dict[Path, str] = {}
        self.left_out: dict[Path, str] = {}
        self._seen: set[Path] = set()  # real paths of files and folders

    def add(self, path: Path) -> None:
        """A path that a person gave. Raises UsageError if it is the folder of the results."""
        if path.is_dir():
            real = _real(path)
            if real == self.out:
                raise UsageError(f"--out is {printable(path)} itself; give another folder.")
            self.holders.append(real)
            self._walk(path, real, real)
        elif path.exists():
            # A photo that is itself a link keeps its name.
            real = _real(path.parent) / path.name
            self.holders.append(real.parent)
            self._take(path, real)
        else:
            self.failed[path] = f"There is no photo at {printable(path)}; check the path."

    def _walk(self, folder: Path, shown: Path, real: Path) -> None:
        """shown: the place of the folder below what was given; real: where links lead."""
        if real in self._seen:  # a link back, or a folder given twice
            return
        self._seen.add(real)
        try:
            paths = [folder / name for name in os.listdir(folder) if not name.startswith(".")]
        except OSError as error:
            self.failed[folder] = f"This folder cannot be read ({error.strerror})."
            return
        for path in sorted(paths, key=lambda path: (os.path.isdir(path), path.name)):
            is_folder = os.path.isdir(path)  # of a link that leads nowhere, it is not
            if is_folder and path.name.casefold() in THUMBNAILS:
                self.left_out[path] = "a folder of thumbnails and deleted files"
            elif is_folder:
                below = Path(os.path.realpath(path))
                if below != self.out:
                    self._walk(path, shown / path.name, below)
            elif path.suffix.lower() in EXTENSIONS or kind_of_file(path):
                self._take(path, shown / path.name)

    def _take(self, path: Path, shown: Path) -> None:
        real = Path(os.path.realpath(path))
        if real not in self._seen or shown in self.photos:
            self._seen.add(real)
            self.photos.setdefault(shown, path)


def _named(search: _Search, out: Path) -> list[Job]:
    """Where the results go. Names what fails in `search.failed`."""
    jobs: list[Job] = []
    root = _common(search.holders) if search.holders else Path()
    taken: dict[str, Path] = {}
    for shown, photo in search.photos.items():
        below = shown.relative_to(root)
        name = below.with_name(result_name(shown.name))
        if search.out / name in search.photos:
            raise UsageError(
                f"The result of {printable(photo)} would replace the photo "
                f"{printable(out / name)}; give another folder as --out."
            )
        # Some disks do not tell a.jpg from A.JPG; and a.tif may have a neighbour a.tif.png.
        other = taken.setdefault(str(name).casefold(), photo)
        if other is not photo:
            search.failed[photo] = (
                f"Its result would have the same name as that of {printable(other)}; rename one."
            )
        else:
            jobs.append(Job(photo, out / name))
    return jobs


def per_page(jobs: Sequence[Job]) -> list[Job]:
    """A job for each page of each photo: a.tif with two gets a.tif-page-1.png and -page-2.png."""
    found = []
    for job in jobs:
        pages = 1
        with suppress(Exception):  # its own job will say what is wrong
            pages = count_pages(job.photo)
        each = [
            replace(job, result=_with_mark(job.result, f"page-{n + 1}"), page=n)
            for n in range(pages)
        ]
        found += [job] if pages == 1 else each
    return found


def per_alternative(jobs: Sequence[Job], count: int) -> list[Job]:
    """A job for each of the draws: a.jpg gets a-alternative-1.jpg and so on."""
    return [
        replace(job, result=_with_mark(job.result, f"alternative-{n + 1}"), alternative=n)
        for job in jobs
        for n in range(count)
    ]


def _with_mark(path: Path, mark: str) -> Path:
    return path.with_name(f"{path.stem}-{mark}{path.suffix}")


def pages_of(result: Path) -> int:
    """How many pages the photo of a result has, as far as its work sheet says; else 1."""
    with suppress(SheetError, KeyError, TypeError):
        original = read_sheet(result)["original"]
        return 1 if "-page-" in result.name else int(original["pages"])
    return 1


def check_writable(out: Path) -> None:
    """Make the folder of the results. Raises UsageError if nothing can be written there."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except (OSError, RuntimeError) as error:
        raise UsageError(
            f"Nothing can be written to {printable(out)} ({one_line(error)}); "
            "give another folder as --out."
        ) from None


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
    within: float | None = None  # Lab units, see `Colorizer.colorize`

    def __post_init__(self) -> None:
        if self.samples > 1 and not self.colorizer.can_sample:
            raise UsageError(
                f"The {self.colorizer.info.variant} variant has no dropout layers to sample with; "
                "leave out --samples or choose another --variant."
            )
        if self.within is not None and not self.colorizer.has_temperature:
            raise UsageError(
                f"The {self.colorizer.info.variant} variant does not say how sure it is; leave out "
                "--within, or choose --variant rebalanced or transfer."
            )

    def __call__(self, job: Job) -> str:
        """Returns "" once the result is there, complete, or else one sentence that says why not."""
        try:
            # Made since the run began: by a worker that was lost afterwards, or by a parallel run.
            if job.result.is_file() and not self.overwrite:
                return self.difference(job)
            photo = Photo.open(job.photo, job.page)
            hints = read_hints(self.hints, photo) if self.hints else []
            if job.alternative is not None:
                [other] = self.colorizer.alternatives(photo, 1, hints=hints, first=job.alternative)
                hints = [*hints, *other.hints]
            picture = self.colorizer.colorize(
                photo,
                self.samples,
                temperature=self.temperature,
                hints=hints,
                vividness=self.vividness,
                within=self.within,
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

    def difference(self, job: Job) -> str:
        """How an existing result differs from the one that would be made: a sentence, or ""."""
        try:
            sheet = read_sheet(job.result)
        except SheetError:  # of an earlier version, or of another program
            return ""
        if (found := sheet["original"]["sha256"]) and found != digest(job.photo):
            return (
                "Its result would replace that of another photo, or of an earlier state of it; "
                "give another folder as --out, or --overwrite."
            )
        if wrong := _differing(sheet, self._settings(job)):
            return f"Its result was made with another {wrong}; --overwrite makes it again."
        return ""

    def _settings(self, job: Job) -> dict[str, Any]:
        """What the work sheet of a result would record."""
        info, decoding = self.colorizer.info, self.colorizer.info.decoding.at(self.temperature)
        settings = {"samples": self.samples, "vividness": self.vividness}
        settings["within"] = self.within
        if self.colorizer.has_temperature:
            settings["temperature"] = decoding.temperature
        hints = None
        if self.hints:
            photo = Photo.open(job.photo)
            hints = json.loads(as_json(read_hints(self.hints, photo), photo))
        return {
            "variant": info.variant,
            "epoch": info.epoch,
            "checkpoint": self.colorizer.sha256,
            **settings,
            "colours by hand": hints,
            "JPEG quality": self.quality,
        }


def _differing(sheet: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """The names of the settings that a work sheet records otherwise."""
    made = sheet["checkpoint"]
    recorded = {
        "variant": made["variant"],
        "epoch": made["epoch"],
        "checkpoint": made["sha256"],
        **sheet["settings"],
        "colours by hand": _by_hand(sheet["hints"]),
        "JPEG quality": sheet.get("quality", settings["JPEG quality"]),
    }
    names = [name for name, value in settings.items() if recorded.get(name) != value]
    return " and ".join(names[:1] if names[:1] == ["variant"] else names)


def _by_hand(hints: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A sheet's hints without those that were drawn."""
    told = [hint for hint in hints["hints"] if "source" not in hint] if hints else []
    return {**hints, "hints": told} if hints and told else None


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
