"""Files that are complete or absent, whenever the process that writes them is killed."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where an open file cannot be replaced anyway
    fcntl = None

_LONGEST_NAME = 255  # bytes, on most file systems


@contextmanager
def atomic_path(path: str | os.PathLike) -> Iterator[Path]:
    """A path beside `path` to write to; at the end, the file written there replaces `path`.

    The temporary file is hidden and has the suffix of `path`. It is written in place: opened by
    name, never replaced by another file. Its name depends on `path` alone, so that whatever a
    killed process leaves behind is overwritten by the next one. A second writer of the same path,
    in another thread or process, waits for the first. If the block raises, the temporary file is
    deleted and an older file at `path` stays as it was. Raises OSError if nothing can be written.

    >>> with atomic_path("numbers.json") as temporary:
    ...     temporary.write_text("[1, 2]")
    """
    path = Path(path)
    temporary = path.with_name(_temporary_name(path))
    held = _hold(temporary)
    try:
        yield temporary
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    finally:
        os.close(held)


def _temporary_name(path: Path) -> str:
    name = f".{path.stem}.tmp{path.suffix}"
    if len(os.fsencode(name)) <= _LONGEST_NAME:
        return name
    return f".{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:32]}.tmp{path.suffix}"


def _hold(path: Path) -> int:
    """A descriptor of `path`, locked against other writers for as long as it is open."""
    while True:
        held = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if fcntl is None:
            return held
        with suppress(OSError):  # a file system without locks is left to a single writer
            fcntl.flock(held, fcntl.LOCK_EX)
        # The previous writer may have moved this very file into place while we waited.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(held), os.stat(path)):
                return held
        os.close(held)
