"""`python -m train study`: every variant with several seeds, measured, in one tidy CSV."""

from dataclasses import replace
from pathlib import Path

from colorizer.network import VARIANTS
from train.fit import FitArguments, fit


def train_grid(template: FitArguments, seeds: int, out: Path) -> None:
    """Seeds by variants, resumable, without early stopping: the study itself asks what it picks.

    Seed s of every variant sees the same photos in the same order, from the same initial weights.
    """
    for seed in range(seeds):
        for variant in VARIANTS:
            fit(
                replace(
                    template,
                    variant=variant,
                    seed=seed,
                    out=out / f"seed-{seed}",
                    patience=0,
                    resume=True,
                )
            )
