"""What is worked out from the results of a study: differences, means over epochs, picks, times."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from train.study.results import Results, Sample

EARLY, LATE = 10, 25  # the story's epochs
PATIENCE = 5  # the story's early stopping
WINDOW = 5  # epochs that are averaged where single ones swing


def between(results: Results, measure: str, epoch: int, variant: str, against: str) -> Sample:
    return results.sample("validation", variant, measure, epoch) - results.sample(
        "validation", against, measure, epoch
    )


def later(results: Results, stage: str, variant: str, measure: str) -> Sample:
    return results.sample(stage, variant, measure, LATE) - results.sample(
        stage, variant, measure, EARLY
    )


def window_mean(results: Results, variant: str, measure: str, last: int) -> Sample:
    """Mean of the WINDOW epochs up to `last`; empty for a seed that lacks one of them."""
    epochs = range(last - WINDOW + 1, last + 1)
    runs = results.runs("history", variant, measure)
    return Sample(
        {
            seed: statistics.fmean(run[epoch] for epoch in epochs)
            for seed, run in runs.items()
            if run.keys() >= set(epochs)
        }
    )


def swing(results: Results, variant: str, measure: str) -> Sample:
    """Mean absolute step from one epoch to the next, from EARLY on."""
    return Sample(
        {
            seed: statistics.fmean(
                abs(run[epoch + 1] - run[epoch]) for epoch in run if EARLY <= epoch < max(run)
            )
            for seed, run in results.runs("history", variant, measure).items()
            if max(run) > EARLY
        }
    )


@dataclass(frozen=True)
class Pick:
    """What early stopping would have chosen in one run, and what the run had to offer."""

    epoch: int  # of the lowest validation loss before the stop
    stop: int  # the last epoch that would have been trained
    ratio: float  # colourfulness ratio at the epoch picked
    typical: float  # mean over all epochs of the run
    last: float  # at the last epoch of the run
    best_epoch: int  # the most colourful one
    best: float


def early_stop(losses: dict[int, float], patience: int = PATIENCE) -> tuple[int, int]:
    """(epoch picked, last epoch trained) for {epoch: validation loss}, epochs ascending."""
    best, picked, epoch = float("inf"), 0, 0
    for epoch, loss in losses.items():
        if loss < best:
            best, picked = loss, epoch
        elif epoch - picked >= patience:
            break
    return picked, epoch


def early_stopping_picks(results: Results, variant: str) -> dict[int, Pick]:
    """{seed: pick}."""
    picks = {}
    ratios = results.runs("history", variant, "colourfulness_ratio")
    for seed, losses in results.runs("history", variant, "val_loss").items():
        ratio = ratios[seed]
        picked, stop = early_stop(losses)
        best = max(ratio, key=ratio.__getitem__)
        picks[seed] = Pick(
            picked,
            stop,
            ratio[picked],
            statistics.fmean(ratio.values()),
            ratio[max(ratio)],
            best,
            ratio[best],
        )
    return picks


def mean_of_variants(samples: Iterable[Sample]) -> Sample:
    """Per seed, the mean over the variants: runs of one seed share their data and its order."""
    samples = list(samples)
    seeds = set.intersection(*(set(sample.by_seed) for sample in samples))
    return Sample({s: statistics.fmean(x.by_seed[s] for x in samples) for s in sorted(seeds)})


def rank_correlation(results: Results, variant: str) -> Sample:
    """Spearman's, over all epochs of each run: do lower losses come with more colour?"""
    losses = results.runs("history", variant, "val_loss")
    ratios = results.runs("history", variant, "colourfulness_ratio")

    def ranks(values: Iterable[float]) -> np.ndarray:
        return np.argsort(np.argsort(list(values)))

    return Sample(
        {
            seed: float(-np.corrcoef(ranks(run.values()), ranks(ratios[seed].values()))[0, 1])
            for seed, run in losses.items()
            if len(run) > 2
        }
    )


def seconds_per_epoch(results: Results, variant: str, stage: str = "interleaved") -> Sample:
    """Median over the epochs after the first, which pays for starting up."""
    runs = results.runs(stage, variant, "seconds")
    return Sample(
        {
            seed: statistics.median(value for epoch, value in run.items() if epoch > 1)
            for seed, run in runs.items()
            if len(run) > 1
        }
    )


def rise_per_epoch(seconds: dict[int, float]) -> float:
    """Least-squares slope over the epochs, in per cent of the mean epoch."""
    slope = statistics.linear_regression(list(seconds), list(seconds.values())).slope
    return 100 * slope / statistics.fmean(seconds.values())


def rise(results: Results, variant: str) -> Sample:
    runs = results.runs("straight", variant, "seconds")
    return Sample(
        {
            seed: rise_per_epoch({epoch: value for epoch, value in run.items() if epoch > 1})
            for seed, run in runs.items()
            if len(run) > 2
        }
    )


def loss_gap(results: Results, variant: str, epoch: int) -> Sample:
    """Validation minus training loss, both of the checkpoint in eval mode."""
    return results.sample("validation", variant, "loss", epoch) - results.sample(
        "training", variant, "loss", epoch
    )
