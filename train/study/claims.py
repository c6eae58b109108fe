"""The story's six claims, each broken into differences that are paired by seed."""

from collections.abc import Callable
from typing import Literal

from colorizer.network import STORY
from train.study.derived import (
    EARLY,
    LATE,
    PATIENCE,
    WINDOW,
    Pick,
    between,
    early_stopping_picks,
    later,
    loss_gap,
    mean_of_variants,
    rank_correlation,
    rise,
    rise_per_epoch,
    seconds_per_epoch,
    swing,
    window_mean,
)
from train.study.results import Results, Sample
from train.study.verdicts import MIN_SEEDS, Claim, Part, number, plain, signed

STORY_SECONDS = (353, 383, 447, 551)  # the story's epochs with dropout
NEAR = 0.1  # a slope of truth on prediction this close to 1 counts as the mean itself


def study_claims(results: Results) -> list[Claim]:
    return [
        _range_of_colours(results),
        _browner_later(results),
        _early_stopping(results),
        _time(results),
        _fuzzier(results),
        _diagnosis(results),
    ]


def _range_of_colours(results: Results) -> Claim:
    def difference(measure: str) -> Sample:
        return between(results, measure, EARLY, "batchnorm", "baseline")

    def averaged(measure: str) -> Sample:
        with_norm, plain_net = (
            window_mean(results, variant, measure, EARLY) for variant in ("batchnorm", "baseline")
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
                "hue entropy, batchnorm minus baseline",
                difference("hue_entropy"),
                1,
                2,
                "bits",
                (
                    "paints more different hues",
                    "paints fewer different hues",
                    "does not clearly change the variety of hues",
                ),
            ),
            Part(
                "colourfulness ratio, batchnorm minus baseline",
                difference("colourfulness_ratio"),
                1,
                3,
                "",
                (
                    "is more colourful",
                    "is less colourful",
                    "does not clearly change the colourfulness",
                ),
            ),
            Part(
                f"hue entropy, the same for the mean of epochs {EARLY - WINDOW + 1} to {EARLY}",
                averaged("hue_entropy"),
                1,
                2,
                "bits",
                role="context",
            ),
            Part(
                f"colourfulness ratio, the same for the mean of epochs {EARLY - WINDOW + 1} to "
                f"{EARLY}",
                averaged("colourfulness_ratio"),
                1,
                3,
                role="context",
            ),
            Part(
                "sepia index, batchnorm minus baseline",
                difference("sepia_index"),
                -1,
                3,
                role="context",
            ),
        ],
    )


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
                later(results, "validation", "batchnorm", "sepia_index"),
                1,
                3,
                "",
                (
                    "turns browner",
                    "turns less brown",
                    "is neither clearly browner nor clearly less brown",
                ),
            ),
            Part(
                f"training loss, {step}",
                later(results, "history", "batchnorm", "train_loss"),
                -1,
                5,
                "",
                (
                    "its training loss improves",
                    "its training loss gets worse",
                    "its training loss does not clearly change",
                ),
                "condition",
            ),
            Part(
                f"validation loss, {step}",
                later(results, "history", "batchnorm", "val_loss"),
                -1,
                5,
                "",
                (
                    "its validation loss improves",
                    "its validation loss gets worse",
                    "its validation loss does not clearly change",
                ),
                "condition",
            ),
            Part(
                f"colourfulness ratio, {step}",
                later(results, "history", "batchnorm", "colourfulness_ratio"),
                -1,
                3,
                role="context",
            ),
            Part(
                f"colourfulness ratio, mean of epochs {LATE - WINDOW + 1} to {LATE} minus "
                f"{EARLY - WINDOW + 1} to {EARLY}",
                window_mean(results, "batchnorm", "colourfulness_ratio", LATE)
                - window_mean(results, "batchnorm", "colourfulness_ratio", EARLY),
                -1,
                3,
                role="context",
            ),
            *(
                Part(
                    f"sepia index of {variant}, {step}",
                    later(results, "validation", variant, "sepia_index"),
                    1,
                    3,
                    role="context",
                )
                for variant in others
            ),
        ],
        closing=(
            "Single epochs swing: from one to the next the colourfulness ratio moves by "
            f"{plain(swing(results, 'batchnorm', 'colourfulness_ratio'), 3)}.",
        ),
    )


def _early_stopping(results: Results) -> Claim:
    picks = {variant: early_stopping_picks(results, variant) for variant in STORY}

    def over_variants(value: Callable[[Pick], float]) -> Sample:
        return mean_of_variants(
            Sample({seed: value(pick) for seed, pick in of_seed.items()})
            for of_seed in picks.values()
        )

    return Claim(
        id="early-stopping",
        title=f"Early stopping (patience {PATIENCE}) chooses the more colourful epoch",
        text="Early stopping on the validation loss chooses the more colourful epoch. (The story "
        f"leaves open whether it does; patience {PATIENCE}.)",
        lead="Averaged over the three variants, the epoch that early stopping chooses",
        parts=[
            Part(
                "colourfulness ratio, chosen epoch minus last epoch",
                over_variants(lambda pick: pick.ratio - pick.last),
                1,
                3,
                "",
                (
                    "is more colourful than the last epoch",
                    "is less colourful than the last epoch",
                    "does not clearly differ in colour from the last epoch",
                ),
            ),
            Part(
                "colourfulness ratio, chosen epoch minus mean of the run",
                over_variants(lambda pick: pick.ratio - pick.typical),
                1,
                3,
                "",
                (
                    "is more colourful than the run's average epoch",
                    "is less colourful than the run's average epoch",
                    "does not clearly differ in colour from the run's average epoch",
                ),
            ),
            *(
                Part(
                    f"rank correlation of colourfulness with low validation loss, {variant}",
                    rank_correlation(results, variant),
                    1,
                    2,
                    role="context",
                )
                for variant in STORY
            ),
        ],
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
                "seconds per epoch, dropout over batchnorm",
                ratio,
                1,
                1,
                "%",
                (
                    "takes longer per epoch",
                    "takes less time per epoch",
                    "does not clearly change the time per epoch",
                ),
            ),
            Part(
                "rise per epoch with dropout",
                rise(results, "dropout"),
                1,
                2,
                "%",
                (
                    "its epochs get longer one after the other",
                    "its epochs get shorter one after the other",
                    "its epochs do not clearly get longer or shorter",
                ),
            ),
            *(
                Part(
                    f"rise per epoch of {variant}",
                    rise(results, variant),
                    1,
                    2,
                    "%",
                    role="context",
                )
                for variant in STORY
                if variant != "dropout"
            ),
        ],
        closing=(f"The story's four epochs rise by {number(story, 1)} % each.",),
    )


def _fuzzier(results: Results) -> Claim:
    def difference(measure: str, epoch: int = LATE) -> Sample:
        return between(results, measure, epoch, "dropout", "batchnorm")

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
                "sharpness of the colour, dropout minus batchnorm",
                difference("sharpness"),
                -1,
                4,
                "",
                (
                    "gives fuzzier colour",
                    "gives sharper colour",
                    "does not clearly change the sharpness of the colour",
                ),
            ),
            Part(
                "sepia index, dropout minus batchnorm",
                difference("sepia_index"),
                1,
                3,
                "",
                ("is browner", "is less brown", "does not clearly change how brown the result is"),
            ),
            context("relative sharpness", relative, -1),
            context("colourfulness ratio", difference("colourfulness_ratio"), -1),
            context(f"sharpness at epoch {EARLY}", difference("sharpness", EARLY), -1, 4),
            context(f"sepia index at epoch {EARLY}", difference("sepia_index", EARLY), 1),
        ],
        closing=(
            "Relative to how much its colour varies, the result is "
            f"{'fuzzier as well' if blurred else 'not clearly fuzzier'} (relative sharpness "
            f"{signed(relative, 3)}). Paler colour has smaller steps, which also look blurred.",
        ),
    )


def _diagnosis(results: Results) -> Claim:
    step = f"epoch {LATE} minus epoch {EARLY}"
    name = "batchnorm"

    def at_end(measure: str) -> Sample:
        return results.sample("validation", name, measure, LATE)

    slope = at_end("mean_slope")
    browning = later(results, "validation", name, "sepia_index") - later(
        results, "training", name, "sepia_index"
    )
    averaging = at_end("ambiguous_mean_sepia") - at_end("ambiguous_true_sepia")
    averaged = Part(
        "brown share on ambiguous pixels, mean colour minus true colours",
        averaging,
        1,
        3,
        role="context",
    )
    return Claim(
        id="diagnosis",
        title="The diagnosis: over-fitting, or the L2 optimum itself?",
        text="The network over-generalises (over-fits), and that is why it ends in sepia.",
        lead=f"From epoch {EARLY} to epoch {LATE} of the network with batch normalisation,",
        parts=[
            Part(
                f"validation minus training loss, {step}",
                loss_gap(results, name, LATE) - loss_gap(results, name, EARLY),
                1,
                5,
                "",
                (
                    "the gap between validation and training loss widens, as over-fitting has it",
                    "the gap between validation and training loss narrows",
                    "the gap between validation and training loss does not clearly change",
                ),
                "condition",
            ),
            Part(
                f"sepia index, validation minus training photos, {step}",
                browning,
                1,
                3,
                "",
                (
                    "photos it never saw turn browner than those it was trained on",
                    "photos it never saw turn less brown than those it was trained on",
                    "photos it never saw do not clearly turn browner than those it was trained on",
                ),
                label="sepia index, the one rise minus the other",
            ),
            Part(
                f"slope of truth on prediction at epoch {LATE}, minus {1 - NEAR:.1f}",
                Sample({seed: value - (1 - NEAR) for seed, value in slope.by_seed.items()}),
                -1,
                3,
                "",
                (
                    "its colours are stronger than unseen photos bear out",
                    "its colours are no stronger than unseen photos bear out",
                    "its colours are not clearly stronger than unseen photos bear out",
                ),
                label=f"slope of truth on prediction, minus {1 - NEAR:.1f}:",
            ),
            averaged,
        ],
        closing=_why_brown(slope, averaged, at_end),
    )


def _why_brown(slope: Sample, averaged: Part, at_end: Callable[[str], Sample]) -> tuple[str, ...]:
    """What the colours that the network cannot tell apart say about the L2 optimum."""
    if slope.n < MIN_SEEDS:
        return ()
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
    if all(value > NEAR for value in off):
        return facts, (
            f"The network's colours are weaker than that mean ({figure}): it has not yet learnt "
            "all the colour that L2 would let it paint."
        )
    if all(value < -NEAR for value in off):
        return facts, (
            f"The network's colours are stronger than that mean ({figure}): on unseen photos it "
            "is over-confident, not at the L2 optimum."
        )
    if all(abs(value) <= NEAR for value in off):
        place = f"The network's colours are as strong as that mean ({figure}), as L2 asks for"
    else:
        place = (
            "The network's colours are stronger than that mean in some runs and weaker in others "
            f"({figure})"
        )
    because = {
        "holds": "; taking the mean is what turns them pale and brown: the L2 optimum itself.",
        "opposite": "; but taking the mean makes them less brown, so the L2 optimum does not "
        "explain the sepia.",
    }.get(averaged.outcome, "; whether taking the mean makes them browner stays open.")
    return facts, place + because
