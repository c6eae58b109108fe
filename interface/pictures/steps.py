"""The Story's pictures: the visitor's photo by the checkpoints that show each of its steps."""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from colorizer.writing import synthetic, write_picture
from interface.checkpoints import Checkpoints
from interface.parts import file_url
from interface.service import Cell, Service
from interface.settings import Settings

EARLY, LATE = 10, 25  # the story's epochs
_SIDE = 384  # of a picture's longer edge, in pixels


@dataclass(frozen=True)
class Step:
    """id: of its words on the page; claims: those of the study that its pictures show."""

    id: str
    wanted: tuple[tuple[str, int], ...]  # variants and epochs; of those not there the nearest
    claims: tuple[str, ...] = ()


STEPS = (
    Step("step_norm", (("baseline", EARLY), ("batchnorm", EARLY)), ("range",)),
    Step("step_longer", (("batchnorm", EARLY), ("batchnorm", LATE)), ("browner", "early-stopping")),
    Step("step_dropout", (("batchnorm", LATE), ("dropout", LATE)), ("fuzzier", "time")),
    Step("step_whole", (("batchnorm", LATE), ("rgb", LATE))),
)
CURE = Step("step_cure", (("batchnorm", LATE), ("rebalanced", LATE), ("transfer", LATE)))


def settings_of(step: Step, checkpoints: Checkpoints) -> list[Settings]:
    """The checkpoints of a step; none of a variant that is not there."""
    return [
        Settings(variant, min(epochs, key=lambda e: (abs(e - epoch), e)))
        for variant, epoch in step.wanted
        if (epochs := checkpoints.epochs(variant))
    ]


def shown_steps(checkpoints: Checkpoints) -> list[Step]:
    """Those whose variants are all there, and the cure, whatever of it is."""
    able = [s for s in STEPS if len(settings_of(s, checkpoints)) == len(s.wanted)]
    return [*able, *([CURE] if len(settings_of(CURE, checkpoints)) > 1 else [])]


def paint_steps(service: Service, path: Path, steps: list[Step]) -> Iterator[tuple[Step, str]]:
    """Each step with its pictures as HTML, as soon as they are made."""
    done: dict[Settings, Cell] = {}
    for step in steps:
        wanted = settings_of(step, service.checkpoints)
        missing = sorted({*wanted} - done.keys(), key=lambda s: (s.variant, s.epoch))
        for row in service.grid(path, missing, _SIDE):
            done |= {cell.settings: cell for cell in row}
        figures = "".join(_figure(service, path, done[settings]) for settings in wanted)
        yield step, f'<div class="pair">{figures}</div>'


def _figure(service: Service, path: Path, cell: Cell) -> str:
    file = service.files.folder(path) / f"{cell.settings.file_stem}-step.jpg"
    if not file.exists():
        write_picture(cell.picture, file, synthetic(cell.settings), quality=90)
    colour = f"colourfulness {cell.colourfulness:.0f}"
    if cell.ratio is not None:
        colour = f"colour {cell.ratio:.2f} of the original's"
    name = html.escape(str(cell.settings))
    return (
        f'<figure><img src="{file_url(file)}" alt="{name}"><figcaption><b>{name}</b><br>'
        f"{colour}, sepia {cell.sepia:.2f}</figcaption></figure>"
    )
