"""Photos to train on, decoded once into one array of squares.

A source is a folder tree of pictures, a tar of them, or `torchvision:NAME`. Decoding costs more
than a small network's training step, so it happens once: `load_photos` keeps the decoded squares in
a file of uint8 that is mapped into memory, named after what went into it.
"""

import hashlib
import inspect
import json
import tarfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image
from tqdm import tqdm

from colorizer.atomic import atomic_path
from colorizer.errors import one_line
from colorizer.photo import Photo
from colorizer.reading import EXTENSIONS, PhotoError, read_photo
from train import TrainError

DEFAULT_CACHE = Path(".cache/photos")
VALIDATION_SHARE = 30  # one photo in thirty, where no --val is given
_CACHE_VERSION = 3


def _top_folder(name: str) -> str:
    return name.partition("/")[0] if "/" in name else ""


@dataclass(frozen=True)
class Entry:
    """One photo of a source; `decode` gives (H, W, 3) uint8 or raises PhotoError."""

    name: str
    decode: Callable[[], np.ndarray]
    stamp: str = ""  # size and time of its file, so that another photo of that name is seen

    @property
    def digest(self) -> int:
        """A number in [0, 2^64) that depends only on the name: a fixed, uniform shuffle."""
        return int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:8], "big")

    @property
    def folder(self) -> str:
        """The top folder it lies in: `cats` of `cats/tabby/1.jpg`."""
        return _top_folder(self.name)


@dataclass(frozen=True)
class PhotoSet:
    """Decoded photos. squares: (N, 3, side, side) uint8."""

    squares: np.ndarray
    names: list[str]  # of the photos, as in their source
    sources: list[str]
    grey: int  # left out because they hold no colour
    unreadable: int

    @property
    def entries_seen(self) -> int:
        """So many entries, in the order of their hashes, were used or left out."""
        return len(self.squares) + self.grey + self.unreadable

    def describe(self) -> dict:
        """For a checkpoint's metadata: what was trained on, without paths of this machine.

        `folders` counts the photos of each top folder; `digest` tells two sets of names apart.
        """
        tops = Counter(map(_top_folder, self.names))
        return {
            "sources": self.sources,
            "photos": len(self.squares),
            "grey_skipped": self.grey,
            "unreadable_skipped": self.unreadable,
            "folders": {name: tops[name] for name in sorted(tops)},
            "digest": hashlib.sha256("\n".join(self.names).encode()).hexdigest()[:16],
        }


def choose_entries(
    sources: Iterable[str], hold_out: Iterable[str] = (), only: Iterable[str] = ()
) -> list[Entry]:
    """The photos of all sources, without those of the top folders in `hold_out`.

    only: if given, just the photos of these top folders. Raises TrainError for a folder that does
    not exist.
    """
    entries = [entry for source in sources for entry in list_photos(source)]
    found = {entry.folder for entry in entries}
    for flag, wanted in (("--hold-out", set(hold_out)), ("--only", set(only))):
        if unknown := sorted(wanted - found):
            known = ", ".join(sorted(found))
            raise TrainError(
                f"{flag} {unknown[0]}: there are no photos in such a folder; choose among {known}."
            )
    kept = set(only) or found
    return [entry for entry in entries if entry.folder in kept - set(hold_out)]


def list_photos(source: str) -> list[Entry]:
    """The photos of a folder, tar or `torchvision:NAME`. Raises TrainError if there are none."""
    if source.startswith("torchvision:"):
        entries = list(_torchvision_entries(source.removeprefix("torchvision:")))
    elif Path(source).is_dir():
        entries = list(_folder_entries(Path(source)))
    elif Path(source).is_file():
        entries = list(_tar_entries(Path(source)))
    else:
        raise TrainError(
            f"{source}: there is no such folder or tar file; check --photos and --val."
        )
    if not entries:
        raise TrainError(
            f"{source}: there are no pictures in it; give {', '.join(sorted(EXTENSIONS))} files."
        )
    return entries


def _folder_entries(folder: Path) -> Iterator[Entry]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in EXTENSIONS and path.is_file():
            status = path.stat()
            yield Entry(
                path.relative_to(folder).as_posix(),
                lambda path=path: read_photo(path),
                f"{status.st_size} {status.st_mtime_ns}",
            )


def _tar_entries(path: Path) -> Iterator[Entry]:
    def decode(offset: int, size: int) -> np.ndarray:
        with path.open("rb") as file:
            file.seek(offset)
            return read_photo(file.read(size))

    try:
        with tarfile.open(path, "r:") as tar:
            for member in tar:
                if member.isfile() and Path(member.name).suffix.lower() in EXTENSIONS:
                    place = member.offset_data, member.size
                    stamp = f"{member.size} {member.mtime}"
                    yield Entry(member.name, lambda place=place: decode(*place), stamp)
    except tarfile.TarError as error:
        raise TrainError(
            f"{path}: not an uncompressed tar file ({error}); unpack or re-pack it."
        ) from None


def _torchvision_entries(name: str) -> Iterator[Entry]:
    import torchvision.datasets

    factory = getattr(torchvision.datasets, name, None)
    if not inspect.isclass(factory):
        raise TrainError(f"torchvision:{name}: torchvision has no data set of that name.")
    known = inspect.signature(factory.__init__).parameters
    wanted = {"root": ".cache/torchvision", "download": True}
    try:
        dataset: Any = factory(**{key: value for key, value in wanted.items() if key in known})
        count = len(dataset)
    except Exception as error:  # download and format errors differ from data set to data set
        raise TrainError(f"torchvision:{name}: could not be opened ({one_line(error)}).") from error

    def decode(index: int) -> np.ndarray:
        try:
            image = dataset[index][0]
        except (OSError, ValueError) as error:
            raise PhotoError(str(error)) from error
        if not isinstance(image, Image.Image):
            raise PhotoError("not a picture")
        return np.array(image.convert("RGB"))

    for index in range(count):
        yield Entry(f"{name}/{index}", lambda index=index: decode(index))


def load_photos(
    entries: list[Entry],
    sources: Iterable[str],
    side: int,
    limit: int | None = None,
    cache: Path = DEFAULT_CACHE,
) -> PhotoSet:
    """Decode `entries` into squares of `side` pixels, or map the file that already holds them.

    limit: take that many photos, chosen by the hash of their names, so that a larger limit extends
    a smaller one. Grey and unreadable photos are left out and counted. Raises TrainError if no
    photo remains.
    """
    entries = sorted(entries, key=lambda entry: entry.digest)
    names = [Path(source).name for source in sources]
    key = hashlib.sha256(
        json.dumps([_CACHE_VERSION, side, limit, [(e.name, e.stamp) for e in entries]]).encode()
    ).hexdigest()[:16]
    array_path, report_path = cache / f"{key}.npy", cache / f"{key}.json"
    if not report_path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with atomic_path(array_path) as temporary:
            counts = _decode_all(entries, side, limit, temporary)
        with atomic_path(report_path) as temporary:
            temporary.write_text(json.dumps(asdict(counts)))
    counts = _Report(**json.loads(report_path.read_text()))
    squares = np.load(array_path, mmap_mode="r")
    if len(squares) == 0:
        raise TrainError(
            f"{' '.join(names)}: no colour photo is left among {len(entries)} pictures "
            f"({counts.grey} grey, {counts.unreadable} unreadable); give colour photos."
        )
    return PhotoSet(squares, counts.names, names, counts.grey, counts.unreadable)


def load_split(
    entries: list[Entry],
    sources: Iterable[str],
    side: int,
    limit: int | None = None,
    cache: Path = DEFAULT_CACHE,
    val_limit: int | None = None,
) -> tuple[PhotoSet, PhotoSet]:
    """Training and validation photos: a thirtieth, and at least one, is held back for validation.

    They are chosen by the hash of their names. limit: how many to use of either; val_limit: how
    many to validate on, whatever the limit. Raises TrainError if either set is empty.
    """
    sources = list(sources)
    entries = sorted(entries, key=lambda entry: entry.digest)
    share = max(1, len(entries) // VALIDATION_SHARE)
    val = load_photos(entries, sources, side, min(share, val_limit or limit or share), cache)
    if len(rest := entries[max(share, val.entries_seen) :]) == 0:
        raise TrainError(f"{' '.join(val.sources)}: one photo is too few to train and validate on.")
    return load_photos(rest, sources, side, limit, cache), val


def load_train_and_val(
    photos: list[str],
    val: list[str],
    hold_out: list[str],
    side: int,
    limit: int | None = None,
    cache: Path = DEFAULT_CACHE,
    val_limit: int | None = None,
) -> tuple[PhotoSet, PhotoSet]:
    """Training and validation photos by the flags of a run, decoded or taken from the cache."""
    entries = choose_entries(photos, hold_out)
    if not val:
        return load_split(entries, photos, side, limit, cache, val_limit)
    held = choose_entries(val, hold_out)
    return (
        load_photos(entries, photos, side, limit, cache),
        load_photos(held, val, side, val_limit or limit, cache),
    )


@dataclass
class _Report:
    grey: int = 0
    unreadable: int = 0
    names: list[str] = field(default_factory=list)  # of the photos that were kept


def _decode_all(entries: list[Entry], side: int, limit: int | None, path: Path) -> _Report:
    """Decode into an array file at `path`, a batch at a time, as it may not fit into memory."""
    counts = _Report()
    wanted = len(entries) if limit is None else min(limit, len(entries))
    remaining = iter(entries)
    with (
        path.open("wb") as file,
        ThreadPoolExecutor() as pool,
        tqdm(total=wanted, desc="Decoding", unit="photo", disable=wanted < 500) as bar,
    ):
        _write_header(file, side, wanted)
        while len(counts.names) < wanted and (batch := list(islice(remaining, 512))):
            squared = pool.map(lambda entry: _square_or_reason(entry, side), batch)
            for entry, square in zip(batch, squared, strict=True):
                if isinstance(square, str):
                    setattr(counts, square, getattr(counts, square) + 1)
                    continue
                file.write(square.tobytes())
                counts.names.append(entry.name)
                bar.update()
                if len(counts.names) == wanted:
                    break
        file.seek(0)
        _write_header(file, side, len(counts.names))
    return counts


def _write_header(file: BinaryIO, side: int, count: int) -> None:
    """NumPy's own, which has the same length for any count: it is padded."""
    shape = (count, 3, side, side)
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)


def _square_or_reason(entry: Entry, side: int) -> np.ndarray | str:
    """(3, side, side) uint8 from the middle of the photo, or why not: a field of _Report."""
    try:
        rgb = entry.decode()
    except PhotoError:
        return "unreadable"
    height, width = rgb.shape[:2]
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    box = (left, top, left + edge, top + edge)
    middle = Image.fromarray(rgb).resize((side, side), Image.Resampling.BICUBIC, box)
    square = np.array(middle)
    return "grey" if Photo(square).is_grey else np.ascontiguousarray(square.transpose(2, 0, 1))
