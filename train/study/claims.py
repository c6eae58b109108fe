"""The story's six claims, each broken into differences that are paired by seed, and the verdicts.

The rule, written down before there were results:

- A difference *holds* if it has the claimed sign in every seed and its mean is at least SPREADS
  standard deviations from 0 (with three seeds, a one-sided paired t-test at p = 0.037). It is the
  *opposite* if the same is true of the other sign, and otherwise *unclear*. With fewer than
  MIN_SEEDS seeds nothing is decided.
- A claim rests on *points*, which are what it is about, on *conditions* it also states, and it is
  shown beside *context*, which has no vote. It is *reproduced* if all its points and conditions
  hold, *not reproduced* if none of its points does, *mixed* otherwise.
"""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from colorizer.network import STORY
from train.study.results import Results, Sample

MIN_SEEDS = 3
SPREADS = 2.0
EARLY, LATE = 10, 25  # the story's epochs
PATIENCE = 5  # the story's early stopping
STORY_SECONDS = (353, 383, 447, 551)  # the story's epochs with dropout
WINDOW = 5  # epochs that are averaged where single ones swing
CALIBRATED = 0.1  # a slope of truth on prediction this close to 1 counts as the mean itself

Outcome = Literal["holds", "opposite", "unclear", "undecided"]
Verdict = Literal["reproduced", "not reproduced", "mixed", "undecided"]


@dataclass(frozen=True)
class Part:
    """One difference of a claim, and what to say of it for each way it may fall."""

    name: str
    difference: Sample
    sign: Literal[1, -1]  # what is claimed: above or below 0
    digits: int
    unit: str = ""
    says: tuple[str, str, str] = ("", "", "")  # if it holds, is the opposite, is unclear
    role: Literal["point", "condition", "context"] = "point"
    label: str = ""  # of the figure within a sentence; the name up to its first comma if empty

    @property
    def outcome(self) -> Outcome:
        sample = self.difference
        if sample.n < MIN_SEEDS:
            return "undecided"
        signs = {np.sign(value) for value in sample.by_seed.values()}
        if len(signs) > 1 or 0 in signs or abs(sample.mean) < SPREADS * sample.sd:
            return "unclear"
        return "holds" if signs == {self.sign} else "opposite"

    @property
    def figure(self) -> str:
        """As in "+0.51 ± 0.10 bits"."""
        return signed(self.difference, self.digits) + (self.unit and f" {self.unit}")

    @property
    def sentence(self) -> str:
        which = {"holds": 0, "opposite": 1, "unclear": 2}[self.outcome]
        label = self.label or self.name.partition(",")[0]
        return f"{self.says[which]} ({label} {self.figure})"


@dataclass(frozen=True)
class Claim:
    id: str
    title: str
    text: str  # the story's words, with the story's numbers
    lead: str  # begins the sentence on what was found
    parts: list[Part]  # two or more that have a vote
    closing: str = ""

    @property
    def verdict(self) -> Verdict:
        voting = [part for part in self.parts if part.role != "context"]
        if any(part.outcome == "undecided" for part in voting):
            return "undecided"
        if all(part.outcome == "holds" for part in voting):
            return "reproduced"
        points = [part for part in voting if part.role == "point"]
        return "mixed" if any(part.outcome == "holds" for part in points) else "not reproduced"

    @property
    def n(self) -> int:
        return min(part.difference.n for part in self.parts if part.role != "context")

    @property
    def sentence(self) -> str:
        if self.verdict == "undecided":
            return (
                f"Not decided: {self.n} of the {MIN_SEEDS} seeds that a verdict needs were "
                "trained far enough."
            )
        *others, last = [part.sentence for part in self.parts if part.role != "context"]
        found = f"{self.lead} {'; '.join(others)}; and {last}."
        return f"{found} {self.closing}".strip()


def number(value: float, digits: int) -> str:
    """With a true minus sign, and without one before a zero."""
    text = f"{value:.{digits}f}"
    return text.replace("-", "" if float(text) == 0 else "\N{MINUS SIGN}")


def plain(sample: Sample, digits: int) -> str:
    """As in "0.42 ± 0.03"; the mean alone for one seed."""
    if sample.n < 2:
        return number(sample.mean, digits) if sample.n else "\N{EM DASH}"
    return f"{number(sample.mean, digits)} ± {number(sample.sd, digits)}"


def signed(sample: Sample, digits: int) -> str:
    text = plain(sample, digits)
    return "+" + text if float(f"{sample.mean:.{digits}f}") > 0 else text


def study_claims(results: Results) -> list[Claim]:
    return [
        _range_of_colours(results),
        _browner_later(results),
        _early_stopping(results),
        _time(results),
        _fuzzier(results),
        _diagnosis(results),
    ]


def _between(results: Results, measure: str, epoch: int, variant: str, against: str) -> Sample:
    return results.sample("validation", variant, measure, epoch) - results.sample(
        "validation", against, measure, epoch
    )


def _later(results: Results, stage: str, variant: str, measure: str) -> Sample:
    return results.sample(stage, variant, measure, LATE) - results.sample(
        stage, variant, measure, EARLY
    )


def _window(results: Results, variant: str, measure: str, last: int) -> Sample:
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


def _swing(results: Results, variant: str, measure: str) -> Sample:
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


def _range_of_colours(results: Results) -> Claim:
    def difference(measure: str) -> Sample:
        return _between(results, measure, EARLY, "batchnorm", "baseline")

    def averaged(measure: str) -> Sample:
        with_norm, plain_net = (
            _window(results, variant, measure, EARLY) for variant in ("batchnorm", "baseline")
        )
        return with_norm - plain_net

    return Claim(
        id="range",
        title="Batch normalisation brings a wider range of colours",
        text=f"Batch normalisation brings a wider range of colours than the plain network at "
        f"{EARLY} epochs.",
        lead=f"At epoch {EARLY}, compared with the plain network, batch normalisation",
        parts=[
            Part(
                "hue entropy, batchnorm minus baseline", difference("hue_entropy"), 1, 2, "bits",
                ("paints more different hues", "paints fewer different hues",
                 "shows no difference in the variety of hues beyond that between seeds"),
            ),
            Part(
                "colourfulness ratio, batchnorm minus baseline",
                difference("colourfulness_ratio"), 1, 3, "",
                ("is more colourful", "is less colourful",
                 "shows no difference in colourfulness beyond that between seeds"),
            ),
            Part(f"hue entropy, the same for the mean of epochs {EARLY - WINDOW + 1} to {EARLY}",
                 averaged("hue_entropy"), 1, 2, "bits", role="context"),
            Part(
                f"colourfulness ratio, the same for the mean of epochs {EARLY - WINDOW + 1} to "
                f"{EARLY}", averaged("colourfulness_ratio"), 1, 3, role="context",
            ),
            Part("sepia index, batchnorm minus baseline", difference("sepia_index"), -1, 3,
                 role="context"),
        ],
    )  # fmt: skip


def _browner_later(results: Results) -> Claim:
    step = f"epoch {LATE} minus epoch {EARLY}"
    others = [variant for variant in STORY if variant != "batchnorm"]
    return Claim(
        id="browner",
        title=f"{LATE} epochs are browner than {EARLY}, while the losses improve",
        text=f"{LATE} epochs give a browner result than {EARLY}, while the losses still improve.",
        lead=f"From epoch {EARLY} to epoch {LATE} the network with batch normalisation",
        parts=[
            Part(
                f"sepia index, {step}",
                _later(results, "validation", "batchnorm", "sepia_index"), 1, 3, "",
                ("turns browner", "turns less brown",
                 "is neither browner nor less brown beyond the difference between seeds"),
            ),
            Part(
                f"training loss, {step}",
                _later(results, "history", "batchnorm", "train_loss"), -1, 5, "",
                ("its training loss improves", "its training loss gets worse",
                 "its training loss does not clearly change"), "condition",
            ),
            Part(
                f"validation loss, {step}",
                _later(results, "history", "batchnorm", "val_loss"), -1, 5, "",
                ("its validation loss improves", "its validation loss gets worse",
                 "its validation loss does not clearly change"), "condition",
            ),
            Part(f"colourfulness ratio, {step}",
                 _later(results, "history", "batchnorm", "colourfulness_ratio"), -1, 3,
                 role="context"),
            Part(
                f"colourfulness ratio, mean of epochs {LATE - WINDOW + 1} to {LATE} minus "
                f"{EARLY - WINDOW + 1} to {EARLY}",
                _window(results, "batchnorm", "colourfulness_ratio", LATE)
                - _window(results, "batchnorm", "colourfulness_ratio", EARLY), -1, 3,
                role="context",
            ),
            *(
                Part(f"sepia index of {variant}, {step}",
                     _later(results, "validation", variant, "sepia_index"), 1, 3, role="context")
                for variant in others
            ),
        ],
        closing="Single epochs swing: from one to the next the colourfulness ratio moves by "
        f"{plain(_swing(results, 'batchnorm', 'colourfulness_ratio'), 3)}.",
    )  # fmt: skip


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
            picked, stop, ratio[picked], statistics.fmean(ratio.values()), ratio[max(ratio)],
            best, ratio[best],
        )  # fmt: skip
    return picks


def _mean_of_variants(samples: Iterable[Sample]) -> Sample:
    """Per seed, the mean over the variants: runs of one seed share their data and its order."""
    samples = list(samples)
    seeds = set.intersection(*(set(sample.by_seed) for sample in samples))
    return Sample({s: statistics.fmean(x.by_seed[s] for x in samples) for s in sorted(seeds)})


def _early_stopping(results: Results) -> Claim:
    picks = {variant: early_stopping_picks(results, variant) for variant in STORY}

    def over_variants(value: Callable[[Pick], float]) -> Sample:
        return _mean_of_variants(
            Sample({seed: value(pick) for seed, pick in of_seed.items()})
            for of_seed in picks.values()
        )

    return Claim(
        id="early-stopping",
        title=f"Early stopping (patience {PATIENCE}) picks the more colourful epoch",
        text=f"Early stopping on the validation loss with patience {PATIENCE} picks, or does not "
        "pick, the more colourful epoch. Judged as: it does.",
        lead="Averaged over the three variants, the epoch that early stopping picks",
        parts=[
            Part(
                "colourfulness ratio, pick minus last epoch",
                over_variants(lambda pick: pick.ratio - pick.last), 1, 3, "",
                ("is more colourful than the last epoch", "is less colourful than the last epoch",
                 "does not clearly differ in colour from the last epoch"),
            ),
            Part(
                "colourfulness ratio, pick minus mean of the run",
                over_variants(lambda pick: pick.ratio - pick.typical), 1, 3, "",
                ("is more colourful than the run's average epoch",
                 "is less colourful than the run's average epoch",
                 "does not clearly differ in colour from the run's average epoch"),
            ),
            *(
                Part(f"rank correlation of colourfulness with low validation loss, {variant}",
                     _rank_correlation(results, variant), 1, 2, role="context")
                for variant in STORY
            ),
        ],
    )  # fmt: skip


def _rank_correlation(results: Results, variant: str) -> Sample:
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


def _rise(results: Results, variant: str) -> Sample:
    runs = results.runs("straight", variant, "seconds")
    return Sample(
        {
            seed: rise_per_epoch({epoch: value for epoch, value in run.items() if epoch > 1})
            for seed, run in runs.items()
            if len(run) > 2
        }
    )


def _time(results: Results) -> Claim:
    dropout, without = (seconds_per_epoch(results, name) for name in ("dropout", "batchnorm"))
    ratio = dropout.combine(without, lambda a, b: 100 * (a / b - 1))
    story = rise_per_epoch(dict(enumerate(STORY_SECONDS, start=1)))
    return Claim(
        id="time",
        title="Dropout adds time per epoch, and more with every epoch",
        text="Dropout between every Conv2D adds time per epoch: "
        f"{STORY_SECONDS[0]} s, then {STORY_SECONDS[1]}, {STORY_SECONDS[2]} and "
        f"{STORY_SECONDS[3]} s.",
        lead="Compared with the same network without it, dropout",
        parts=[
            Part(
                "seconds per epoch, dropout over batchnorm", ratio, 1, 1, "%",
                ("takes longer per epoch", "takes less time per epoch",
                 "does not clearly change the time per epoch"),
            ),
            Part(
                "rise per epoch with dropout", _rise(results, "dropout"), 1, 2, "%",
                ("its epochs get longer one after the other",
                 "its epochs get shorter one after the other",
                 "its epochs do not get longer one after the other"),
            ),
            *(
                Part(f"rise per epoch of {variant}", _rise(results, variant), 1, 2, "%",
                     role="context")
                for variant in STORY if variant != "dropout"
            ),
        ],
        closing=f"The story's four epochs rise by {number(story, 1)} % each.",
    )  # fmt: skip


def _fuzzier(results: Results) -> Claim:
    def difference(measure: str, epoch: int = LATE) -> Sample:
        return _between(results, measure, epoch, "dropout", "batchnorm")

    relative = difference("relative_sharpness")
    blurred = Part("", relative, -1, 3).outcome == "holds"

    def context(label: str, sample: Sample, sign: Literal[1, -1], digits: int = 3) -> Part:
        return Part(f"{label}, dropout minus batchnorm", sample, sign, digits, role="context")

    return Claim(
        id="fuzzier",
        title="With dropout the result is fuzzier, and browner",
        text="With dropout the result is fuzzier, and browner.",
        lead=f"At epoch {LATE}, compared with the same network without it, dropout",
        parts=[
            Part(
                "sharpness of the colour, dropout minus batchnorm", difference("sharpness"), -1, 4,
                "", ("gives fuzzier colour", "gives sharper colour",
                     "does not clearly change the sharpness of the colour"),
            ),
            Part(
                "sepia index, dropout minus batchnorm", difference("sepia_index"), 1, 3,
                "", ("is browner", "is less brown",
                     "does not clearly change how brown the result is"),
            ),
            context("relative sharpness", relative, -1),
            context("colourfulness ratio", difference("colourfulness_ratio"), -1),
            context(f"sharpness at epoch {EARLY}", difference("sharpness", EARLY), -1, 4),
            context(f"sepia index at epoch {EARLY}", difference("sepia_index", EARLY), 1),
        ],
        closing="For how much its colour varies at all it is "
        f"{'fuzzier, too' if blurred else 'not clearly fuzzier'} (relative sharpness "
        f"{signed(relative, 3)}); paler colour has smaller steps.",
    )  # fmt: skip


def loss_gap(results: Results, variant: str, epoch: int) -> Sample:
    """Validation minus training loss, both of the checkpoint in eval mode."""
    return results.sample("validation", variant, "loss", epoch) - results.sample(
        "training", variant, "loss", epoch
    )


def _diagnosis(results: Results) -> Claim:
    step = f"epoch {LATE} minus epoch {EARLY}"
    name = "batchnorm"

    def at_end(measure: str) -> Sample:
        return results.sample("validation", name, measure, LATE)

    slope = at_end("mean_slope")
    browning = _later(results, "validation", name, "sepia_index") - _later(
        results, "training", name, "sepia_index"
    )
    averaging = at_end("ambiguous_mean_sepia") - at_end("ambiguous_true_sepia")
    averaged = Part("brown share on ambiguous pixels, mean colour minus true colours", averaging,
                    1, 3, role="context")  # fmt: skip
    return Claim(
        id="diagnosis",
        title="The diagnosis: over-fitting, or the L2 optimum itself?",
        text="The network over-generalises (over-fits), and that is why it ends in sepia.",
        lead=f"From epoch {EARLY} to epoch {LATE} of the network with batch normalisation,",
        parts=[
            Part(
                f"validation minus training loss, {step}",
                loss_gap(results, name, LATE) - loss_gap(results, name, EARLY), 1, 5, "",
                ("the gap between validation and training loss widens, as over-fitting has it",
                 "the gap between validation and training loss narrows",
                 "the gap between validation and training loss does not clearly change"),
                "condition",
            ),
            Part(
                f"sepia index, validation minus training photos, {step}", browning, 1, 3, "",
                ("photos it never saw turn browner than those it was trained on",
                 "photos it never saw turn less brown than those it was trained on",
                 "photos it never saw turn no browner than those it was trained on"),
                label="sepia index, the one rise minus the other",
            ),
            Part(
                f"slope of truth on prediction at epoch {LATE}, minus {1 - CALIBRATED:.1f}",
                Sample({seed: value - (1 - CALIBRATED) for seed, value in slope.by_seed.items()}),
                -1, 3, "",
                ("its colours are stronger than unseen photos bear out",
                 "its colours are no stronger than unseen photos bear out",
                 "its colours are not clearly stronger than unseen photos bear out"),
                label=f"slope of truth on prediction, minus {1 - CALIBRATED:.1f}:",
            ),
            averaged,
        ],
        closing=_why_brown(slope, averaged, at_end),
    )  # fmt: skip


def _why_brown(slope: Sample, averaged: Part, at_end: Callable[[str], Sample]) -> str:
    """What the colours that the network cannot tell apart say about the L2 optimum."""
    if slope.n < MIN_SEEDS:
        return ""
    chroma, brown = (
        [plain(at_end(f"ambiguous_{which}{measure}"), digits) for which in ("true_", "mean_", "")]
        for measure, digits in (("chroma", 2), ("sepia", 3))
    )
    facts = (
        "Where the colours that the network cannot tell apart differ most (a share of "
        f"{plain(at_end('ambiguous_pixels'), 3)} of the pixels), the true colours have a chroma of "
        f"{chroma[0]} and a brown share of {brown[0]}; their mean has {chroma[1]} and {brown[1]}; "
        f"the network paints {chroma[2]} and {brown[2]}."
    )
    figure = f"slope of truth on prediction {plain(slope, 3)}"
    off = [value - 1 for value in slope.by_seed.values()]
    if all(value > CALIBRATED for value in off):
        return (
            f"{facts} The network's colours are weaker than that mean ({figure}): it has not yet "
            "learnt all the colour that L2 would let it paint."
        )
    if all(value < -CALIBRATED for value in off):
        return (
            f"{facts} The network's colours are stronger than that mean ({figure}): on unseen "
            "photos it is over-confident, not at the L2 optimum."
        )
    if all(abs(value) <= CALIBRATED for value in off):
        place = f"The network's colours are as strong as that mean ({figure}), as L2 asks for"
    else:
        place = (
            f"The network's colours are now stronger, now weaker than that mean ({figure}), "
            "seed by seed"
        )
    because = {
        "holds": "; taking the mean is what turns them pale and brown: the L2 optimum itself.",
        "opposite": "; but taking the mean makes them less brown, so the L2 optimum does not "
        "explain the sepia.",
    }.get(averaged.outcome, "; whether taking the mean makes them browner stays open.")
    return f"{facts} {place}{because}"
