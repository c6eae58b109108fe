"""Where the pictures made of a visitor's photo lie, what they are called, and when they go."""

import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from colorizer.reading import digest
from interface.engine.errors import PhotoGoneError

KEEP = 3600  # seconds; a visitor's photo and what was made of it are deleted after an hour
_FINGERPRINT = re.compile("[0-9a-f]{16}")


def fingerprint(path: Path) -> str:
    """16 hexadecimal digits of a file's path, size and time: a changed file has others.

    Raises PhotoGoneError.
    """
    try:
        stat = path.stat()
    except FileNotFoundError:
        raise PhotoGoneError("This photo is no longer here; drop it on the page again.") from None
    return hashlib.sha256(f"{path}:{stat.st_size}:{stat.st_mtime_ns}".encode()).hexdigest()[:16]


def file_stem(name: str) -> str:
    """A photo's name as part of a file's name."""
    stem = "".join(c if c.isalnum() or c in "-_" else "-" for c in Path(name).stem)
    return stem.strip("-")[:60] or "photo"


def write_once(file: Path, write: Callable[[], object]) -> Path:
    """Whoever is shown a file that was there before can look at it for as long as at a new one."""
    try:
        os.utime(file)
    except FileNotFoundError:
        write()
    return file


class Files:
    """A folder below `root` for each photo."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, path: Path) -> Path:
        """Where the pictures made of a photo go; those last used an hour ago go."""
        return self._folder(fingerprint(path))

    def folder_of_content(self, path: Path) -> Path:
        """The same for what is to have the same path if the same file is sent again."""
        return self._folder(digest(path)[:16])

    def _folder(self, name: str) -> Path:
        folder = self.root / name
        try:
            os.utime(folder)
        except FileNotFoundError:
            folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
        return folder

    def _sweep(self) -> None:
        for folder in self.root.iterdir():
            if _FINGERPRINT.fullmatch(folder.name) and folder.stat().st_mtime < time.time() - KEEP:
                shutil.rmtree(folder, ignore_errors=True)
