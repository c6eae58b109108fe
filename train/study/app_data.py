"""What the app shows of the study, as JSON: claims with verdicts, and curves against epoch."""

import math

from colorizer.network import STORY
from train.study.derived import early_stopping_picks, loss_gap, seconds_per_epoch
from train.study.measures import ACCURACY, COLOUR
from train.study.results import REFERENCES, Results, Sample
from train.study.verdicts import Claim, Part


def app_data(results: Results, claims: list[Claim]) -> dict:
    """What the app shows of the study: claims with verdicts, and curves against epoch."""
    sources = {
        "val_loss": "history",
        "train_loss": "history",
        "colourfulness_ratio": "history",
        "hue_entropy": "history",
        "sepia_index": "validation",
        "sharpness": "validation",
        "seconds": "interleaved",
    }
    return {
        "claims": [
            {
                "id": claim.id,
                "title": claim.title,
                "claim": claim.text,
                "verdict": claim.verdict,
                "n": claim.n,
                "sentence": claim.sentence,
                # The same in pieces, which the page says in other languages.
                "opening": claim.opening,
                "findings": [finding._asdict() for finding in claim.findings],
                "closing": list(claim.closing) if claim.findings else [],
                "parts": [_part_data(part) for part in claim.parts],
            }
            for claim in claims
        ],
        "curves": {
            variant: {
                **{
                    measure: _curve_data(results.curve(stage, variant, measure))
                    for measure, stage in sources.items()
                },
                "loss_gap": _curve_data(
                    {
                        epoch: loss_gap(results, variant, epoch)
                        for epoch in results.epochs("validation", variant, "loss")
                    }
                ),
            }
            for variant in STORY
        },
        "photos": int(results.setting("training_photos")),
        "epochs": int(results.setting("epochs")),
        "seeds": int(results.setting("seeds")),
        # Epochs that early stopping would have chosen, a run each.
        "picks": {
            variant: [pick.epoch for pick in early_stopping_picks(results, variant).values()]
            for variant in STORY
        },
        "seconds_per_epoch": {
            variant: _sample_data(seconds_per_epoch(results, variant)) for variant in STORY
        },
        "references": {
            row: {
                measure: value
                for measure in (*ACCURACY, *COLOUR)
                if (value := results.reference("validation", row, measure)) is not None
            }
            for row in REFERENCES
        },
    }


def _part_data(part: Part) -> dict:
    return {
        "name": part.name,
        "claimed": "above 0" if part.sign > 0 else "below 0",
        "role": part.role,
        "outcome": part.outcome,
        "unit": part.unit,
        "runs": [_significant(value) for value in part.difference.by_seed.values()],
        **_sample_data(part.difference),
    }


def _sample_data(sample: Sample) -> dict:
    return {"n": sample.n, "mean": _significant(sample.mean), "sd": _significant(sample.sd)}


def _curve_data(curve: dict[int, Sample]) -> dict:
    return {
        "epoch": list(curve),
        "mean": [_significant(sample.mean) for sample in curve.values()],
        "sd": [_significant(sample.sd) for sample in curve.values()],
    }


def _significant(value: float) -> float | None:
    """6 significant digits; None, which JSON can hold, for nan."""
    return None if math.isnan(value) else float(f"{value:.6g}")
