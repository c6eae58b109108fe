"""The study's long form, `docs/study.md`, as a page of its own."""

import re
from pathlib import Path

from interface.render.html import file_url

STUDY = Path(__file__).parents[2] / "docs" / "study.md"
ADDRESS = "study"  # of its page
_FILE = re.compile(r"(?<=\]\()[\w-]+\.(?:svg|csv)(?=\))")


def study_files() -> list[Path]:
    """The plots that it shows, and the tables that it names."""
    return [STUDY.parent / name for name in _FILE.findall(_text())]


def study_text() -> str:
    """Markdown, with the addresses at which the app serves its files; "" without the study."""
    return _FILE.sub(lambda found: file_url(STUDY.parent / found[0]), _text())


def _text() -> str:
    return STUDY.read_text(encoding="utf-8") if STUDY.exists() else ""
