"""Parts of the pages that commands write."""

from collections.abc import Iterable
from pathlib import Path

BY_HAND = "<!-- By hand from here on; the command above keeps it. -->"


def table(header: list[str], rows: Iterable[list[str]], left: int = 2) -> str:
    """left: so many columns are aligned to the left, the others to the right."""
    rule = ["---" if place < left else "---:" for place in range(len(header))]
    return "\n".join("| " + " | ".join(row) + " |" for row in [header, rule, *rows])


def by_hand(page: Path) -> str:
    """The end of an earlier page, which somebody has written below the mark for that."""
    _, mark, text = (page.read_text() if page.exists() else "").partition(BY_HAND)
    return f"\n{mark}{text}" if mark else ""
