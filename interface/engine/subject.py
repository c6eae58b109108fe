"""A photo with its hints: the colours that a visitor chose for spots of it."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from colorizer import Hint
from colorizer.hints import counted


@dataclass(frozen=True)
class Subject:
    """name: the owner's name for the photo; hints_json: a file of hints' content, or ""."""

    path: Path
    name: str = field(default="", compare=False)
    hints_json: str = ""

    @property
    def hints_digest(self) -> str:
        """A name for this list of hints, as the page's script gives it too; "" for none."""
        return f"h{zlib.crc32(self.hints_json.encode()):08x}" if self.hints_json else ""

    @property
    def without_hints(self) -> Self:
        return type(self)(self.path, self.name)


def hint_notes(hints: Sequence[Hint]) -> list[str]:
    """What the metadata of a picture says of its hints."""
    return [counted(hints)] if hints else []


def hint_mark(hints: Sequence[Hint]) -> str:
    """Part of a file's name that no other hints share."""
    if not hints:
        return ""
    digest = hashlib.sha256(repr(hints).encode()).hexdigest()[:8]
    return f"-{len(hints)}-hints-{digest}"
