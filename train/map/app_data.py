"""What the app shows of the map, as JSON: a mean for each cell that was measured, and the answers.

A cell is a network after so many photos and epochs. The 8,192 photos of the first study are rows
of it.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from train.map.design import BATCH, MEASURED, SEEDS, STORY, Regime
from train.map.picture import HEADS, SCALE, STORY_EPOCHS, STORY_PHOTOS
from train.map.questions import map_questions
from train.map.table import Table
from train.study.results import Results, Sample
from train.study.verdicts import Part

_SHOWN = ("sepia_index", "colourfulness_ratio", "hue_entropy")


def map_data(csv: Path, first: Results) -> dict[str, Any]:
    """first: of the first study, whose checkpoints the app brings. Raises TrainError."""
    table = Table.read(csv)
    earlier = int(first.setting("training_photos"))
    own = [regime for regime in table.regimes if regime == _plain(regime) and _is_on_page(regime)]
    samples = {regime: partial(table.sample, regime) for regime in own}
    for variant in STORY:
        samples[Regime(earlier, variant)] = partial(first.sample, "validation", variant)
    rows = sorted(samples, key=lambda r: (HEADS.index(r.head), r.variant, r.photos))
    return {
        "epochs": list(MEASURED),
        "seeds": SEEDS,
        "batch_size": BATCH,
        "first": {"photos": earlier, "batch_size": int(first.setting("batch_size"))},
        "scale": list(SCALE),  # of the sepia index
        "story": {"epochs": list(STORY_EPOCHS), "photos": list(STORY_PHOTOS)},
        "rows": [_row(regime, samples[regime]) for regime in rows],
        "cells": [
            cell
            for regime in rows
            for epoch in MEASURED
            for cell in _cells(regime, epoch, {m: samples[regime](m, epoch) for m in _SHOWN})
        ],
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


def _plain(regime: Regime) -> Regime:
    """Without what else may be changed."""
    return Regime(regime.photos, regime.variant, regime.head)


def _row(regime: Regime, sample: Callable[[str, int], Sample]) -> dict[str, Any]:
    """outcome: whether the story's later epoch is browner than its earlier one."""
    early, late = (sample("sepia_index", epoch) for epoch in STORY_EPOCHS)
    outcome = Part("sepia index", late - early, 1, 3).outcome
    return {**_names(regime), "outcome": outcome}


def _names(regime: Regime) -> dict[str, Any]:
    return {name: getattr(regime, name) for name in ("head", "variant", "photos")}


def _is_on_page(regime: Regime) -> bool:
    return regime.variant in STORY and regime.head in HEADS


def _cells(regime: Regime, epoch: int, of_measure: dict[str, Sample]) -> list[dict[str, Any]]:
    """One, or none where nothing was measured."""
    n = min(sample.n for sample in of_measure.values())
    if not n:
        return []
    means = {m: float(f"{sample.mean:.3g}") for m, sample in of_measure.items()}
    return [{**_names(regime), "epoch": epoch, "n": n, **means}]
