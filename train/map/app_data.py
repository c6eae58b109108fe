"""What the app shows of the map, as JSON: a mean for each cell, and the answers.

A cell is a network after so many photos and epochs. The 8,192 photos of the first study are a row
of it; a cell of the design that no run has reached yet is there, too, of no runs.
"""

from pathlib import Path
from typing import Any

from train.map.design import BATCH, MEASURED, SEEDS, STAGES, STORY, Regime
from train.map.picture import HEADS, MAPS, PHOTOS, STORY_EPOCHS, STORY_PHOTOS
from train.map.questions import map_questions
from train.map.table import Table
from train.study.results import Results, Sample

_SHOWN = ("sepia_index", "colourfulness_ratio", "hue_entropy")


def map_data(csv: Path, first: Results) -> dict[str, Any]:
    """first: of the first study, whose checkpoints the app brings. Raises TrainError."""
    table = Table.read(csv)
    earlier = int(first.setting("training_photos"))
    cells = []
    for head in HEADS:
        for variant in STORY:
            for photos in PHOTOS:
                regime = Regime(photos, variant, head)
                for epoch in _epochs(table, regime):
                    of_measure = {m: table.sample(regime, m, epoch) for m in _SHOWN}
                    cells.append(_cell(regime, epoch, of_measure))
    for variant in STORY:
        for epoch in first.epochs("validation", variant, _SHOWN[0]):
            if epoch in MEASURED:
                of_measure = {m: first.sample("validation", variant, m, epoch) for m in _SHOWN}
                cells.append(_cell(Regime(earlier, variant), epoch, of_measure))
    return {
        "photos": sorted([*PHOTOS, earlier]),
        "epochs": list(MEASURED),
        "seeds": SEEDS,
        "batch_size": BATCH,
        "first": {"photos": earlier, "batch_size": int(first.setting("batch_size"))},
        "measures": {name: {"low": low, "high": high} for name, (_, low, high, _) in MAPS.items()},
        "story": {"epochs": list(STORY_EPOCHS), "photos": list(STORY_PHOTOS)},
        "cells": cells,
        "questions": [
            {
                "id": q.id,
                "letter": q.letter,
                "title": q.title,
                "sentence": q.sentence,
                "decided": len(q.decided),
                "held": len(q.having("holds")),
                "unclear": len(q.having("unclear")),
                "opposite": len(q.having("opposite")),
            }
            for q in map_questions(table)
        ],
    }


def _epochs(table: Table, regime: Regime) -> list[int]:
    """Those that were measured, and those that the design has still to reach."""
    last = max((stage.epochs for stage in STAGES if regime in stage.regimes), default=0)
    return sorted({*table.epochs(regime), *(epoch for epoch in MEASURED if epoch <= last)})


def _cell(regime: Regime, epoch: int, of_measure: dict[str, Sample]) -> dict[str, Any]:
    n = min(sample.n for sample in of_measure.values())
    means = {m: float(f"{s.mean:.3g}") if n else None for m, s in of_measure.items()}
    return {
        "head": regime.head,
        "variant": regime.variant,
        "photos": regime.photos,
        "epoch": epoch,
        "n": n,
        **means,
    }
