"""The Story's pictures: the visitor's photo by the checkpoints that show each of its steps."""

import html
from collections.abc import Iterator
from dataclasses import dataclass

from colorizer.writing import synthetic, write_picture
from interface.engine import Cell, Checkpoints, Engine, Settings, Subject
from interface.engine.files import write_once
from interface.render import freshness
from interface.render.grid import colour_words
from interface.render.html import file_url
from interface.text import Request, describe

EARLY, LATE, LAST = 10, 25, 10_000  # the story's epochs, and whichever is a variant's last
SIDE = 384  # of a picture's longer edge, in pixels


@dataclass(frozen=True)
class Step:
    """id: of its words on the page."""

    id: str
    pairs: tuple[tuple[str, int], ...]  # variants and epochs; of those not there the nearest

    def settings(self, checkpoints: Checkpoints) -> list[Settings]:
        """Its checkpoints, each once; none of a variant that is not there."""
        there = [(name, epoch) for name, epoch in self.pairs if checkpoints.epochs(name)]
        nearest = checkpoints.nearest_epoch
        return list(dict.fromkeys(Settings(name, nearest(name, epoch)) for name, epoch in there))


STEPS = (
    Step("step_longer", (("batchnorm", EARLY), ("batchnorm", LATE))),
    Step("step_norm", (("baseline", LATE), ("batchnorm", LATE))),
    Step("step_dropout", (("batchnorm", LATE), ("dropout", LATE))),
    Step("step_painted", (("batchnorm", LATE), ("rgb", LATE))),
    Step("step_cure", (("batchnorm", LATE), ("rebalanced", LAST), ("transfer", LAST))),
)


def shown_steps(checkpoints: Checkpoints) -> list[Step]:
    """The steps with two pictures or more to compare."""
    return [step for step in STEPS if len(step.settings(checkpoints)) > 1]


def paint_steps(request: Request, engine: Engine, subject: Subject) -> Iterator[str]:
    """All steps as HTML, first without pictures, then with those of one more step each time."""
    steps = shown_steps(engine.checkpoints)
    done: dict[Settings, Cell] = {}
    yield draw_steps(request, engine, subject, steps, done)
    for step in steps:
        missing = [s for s in step.settings(engine.checkpoints) if s not in done]
        for row in engine.grid(subject, missing, SIDE):
            done |= {cell.settings: cell for cell in row}
        yield draw_steps(request, engine, subject, steps, done)


def draw_steps(
    request: Request,
    engine: Engine,
    subject: Subject | None,
    steps: list[Step],
    done: dict[Settings, Cell],
) -> str:
    """subject: None while nothing is painted, as the page opens."""
    shape = ""
    if subject:
        photo = engine.photo(subject)
        shape = f' style="aspect-ratio:{photo.width / photo.height:.4f}"'
    parts = []
    for step in steps:
        figures = "".join(
            draw_cell(request, engine, subject, done[settings])
            if subject and settings in done
            else f'<figure><div class="place"{shape}></div><figcaption>'
            f"<b>{_unbroken(describe(request, settings))}</b><br>&nbsp;</figcaption></figure>"
            for settings in step.settings(engine.checkpoints)
        )
        parts.append(
            f'<section id="{step.id.replace("_", "-")}"><h3 data-say="{step.id}_name"></h3>'
            f'<p data-say="{step.id}"></p><div class="painted">{figures}</div></section>'
        )
    whose = freshness.attributes(subject.path, {}, ["steps"]) if subject else ""
    return f'<div class="steps"{whose}>{freshness.line("making_steps", "")}{"".join(parts)}</div>'


def draw_cell(request: Request, engine: Engine, subject: Subject, cell: Cell) -> str:
    """One picture with what made it and how much colour it has."""
    file = engine.files.folder(subject.path) / f"{cell.settings.file_stem}-step.jpg"
    note = synthetic(cell.settings)
    write_once(file, lambda: write_picture(cell.picture, file, note, quality=90))
    name = describe(request, cell.settings)
    colour = " · ".join(colour_words(request, cell))
    return (
        f'<figure><img src="{file_url(file)}" alt="{html.escape(name)}"><figcaption>'
        f"<b>{_unbroken(name)}</b><br>{_unbroken(colour)}</figcaption></figure>"
    )


def _unbroken(words: str) -> str:
    """As HTML whose lines end after a dot, never between a word and its number."""
    return " · ".join(f"<span>{html.escape(part)}</span>" for part in words.split(" · "))
