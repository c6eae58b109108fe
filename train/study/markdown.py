"""Tables of the pages that commands write."""

from collections.abc import Iterable


def table(header: list[str], rows: Iterable[list[str]], left: int = 2) -> str:
    """left: so many columns are aligned to the left, the others to the right."""
    rule = ["---" if place < left else "---:" for place in range(len(header))]
    return "\n".join("| " + " | ".join(row) + " |" for row in [header, rule, *rows])
