"""The questions of the map, each as one difference in every regime that can show it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal

from train.map.design import TWINS, Regime
from train.map.rules import Finding, Question
from train.map.table import Table
from train.study.results import Sample
from train.study.verdicts import Part

EARLY, LATE, LAST = 10, 25, 100  # the story's two numbers of epochs, and four times its longer one
TWINS_LAST = 10
Sign = Literal[1, -1]


def map_questions(table: Table) -> list[Question]:
    def at(regime: Regime, measure: str, epoch: int, part: str = "validation") -> Sample:
        return table.sample(regime, measure, epoch, part)

    def later(measure: str, first: int, last: int, part: str = "validation"):
        return lambda regime: at(regime, measure, last, part) - at(regime, measure, first, part)

    def against(other: Callable[[Regime], Regime], measure: str, epoch: int):
        return lambda regime: at(regime, measure, epoch) - at(other(regime), measure, epoch)

    def as_variant(variant: str) -> Callable[[Regime], Regime]:
        return lambda regime: replace(regime, variant=variant)

    def as_ab(regime: Regime) -> Regime:
        return replace(regime, head="ab")

    def as_trained_plainly(regime: Regime) -> Regime:
        return replace(regime, augment="none")

    def as_wide_as_shipped(regime: Regime) -> Regime:
        return replace(regime, width=1)

    def sharpness(regime: Regime) -> Sample:
        measure = "lightness_sharpness" if regime.head == "rgb" else "sharpness"
        return against(as_variant("batchnorm"), measure, LATE)(regime)

    def early_minus_best(regime: Regime) -> Sample:
        return table.marked(regime, "picked") - table.marked(regime, "most-colourful")

    every = [regime for regime in table.regimes if regime.variant not in TWINS]
    norm = [regime for regime in every if regime.variant == "batchnorm" and regime.head != "bins"]
    drop = [regime for regime in every if regime.variant == "dropout"]
    augmented = [regime for regime in every if regime.augment != "none"]
    wide = [regime for regime in every if regime.width > 1]
    painted = [regime for regime in every if regime.head == "rgb"]
    classes = [regime for regime in every if regime.head == "bins"]
    twins = [regime for regime in table.regimes if regime.variant in ("frozen", "tuned")]

    def ask(
        id: str,
        letter: str,
        title: str,
        measured: str,
        sign: Sign,
        digits: int,
        difference: Callable[[Regime], Sample],
        among: Iterable[Regime],
        unit: str = "",
    ) -> Question:
        findings = []
        for regime in among:
            sample = difference(regime)
            if sample.n:
                findings.append(
                    Finding(regime, label(regime), Part(measured, sample, sign, digits, unit))
                )
        return Question(id, letter, title, measured, sign, findings)

    return [
        ask(
            "turn",
            "a",
            f"Are {LATE} epochs browner than {EARLY}?",
            f"sepia index, epoch {LATE} minus {EARLY}, validation photos",
            1,
            3,
            later("sepia_index", EARLY, LATE),
            every,
        ),
        ask(
            "turn-late",
            "a",
            f"Are {LAST} epochs browner than {LATE}?",
            f"sepia index, epoch {LAST} minus {LATE}, validation photos",
            1,
            3,
            later("sepia_index", LATE, LAST),
            every,
        ),
        ask(
            "turn-training",
            "a",
            "Do the training photos turn brown, too?",
            f"sepia index, epoch {LATE} minus {EARLY}, training photos",
            1,
            3,
            later("sepia_index", EARLY, LATE, "training"),
            every,
        ),
        ask(
            "fade",
            "a",
            "Does colour fade with longer training?",
            f"colourfulness ratio, epoch {LATE} minus {EARLY}, validation photos",
            -1,
            3,
            later("colourfulness_ratio", EARLY, LATE),
            every,
        ),
        ask(
            "painted",
            "a",
            "Is a picture that is painted whole browner?",
            f"sepia index at epoch {LATE}, rgb minus ab",
            1,
            3,
            against(as_ab, "sepia_index", LATE),
            painted,
        ),
        ask(
            "augmented",
            "a",
            "Do crops and flips make it less brown?",
            f"sepia index at epoch {LATE}, crops and flips minus none",
            -1,
            3,
            against(as_trained_plainly, "sepia_index", LATE),
            augmented,
        ),
        ask(
            "wide",
            "a",
            "Is a wider network browner?",
            f"sepia index at epoch {LATE}, four times the width minus the width as shipped",
            1,
            3,
            against(as_wide_as_shipped, "sepia_index", LATE),
            wide,
        ),
        ask(
            "early-stopping",
            "b",
            "Does early stopping stop before the most colourful epoch?",
            "epoch that patience 5 chooses minus the most colourful epoch",
            -1,
            1,
            early_minus_best,
            every,
            "epochs",
        ),
        ask(
            "range",
            "c",
            "Does batch normalisation widen the range of colours?",
            f"hue entropy at epoch {EARLY}, batchnorm minus baseline",
            1,
            2,
            against(as_variant("baseline"), "hue_entropy", EARLY),
            norm,
            "bits",
        ),
        ask(
            "colour",
            "c",
            "Does batch normalisation bring more colour?",
            f"colourfulness ratio at epoch {EARLY}, batchnorm minus baseline",
            1,
            3,
            against(as_variant("baseline"), "colourfulness_ratio", EARLY),
            norm,
        ),
        ask(
            "fuzzier",
            "d",
            "Is the result fuzzier with dropout?",
            f"sharpness at epoch {LATE} (of the lightness where it is painted, else of the colour),"
            " dropout minus batchnorm",
            -1,
            3,
            sharpness,
            drop,
        ),
        ask(
            "browner",
            "d",
            "Is the result browner with dropout?",
            f"sepia index at epoch {LATE}, dropout minus batchnorm",
            1,
            3,
            against(as_variant("batchnorm"), "sepia_index", LATE),
            drop,
        ),
        ask(
            "helps",
            "d",
            "Does dropout bring the colours nearer to the truth?",
            f"loss on validation photos at epoch {LATE}, dropout minus batchnorm",
            -1,
            5,
            against(as_variant("batchnorm"), "loss", LATE),
            drop,
        ),
        ask(
            "classes",
            "f",
            "Is a network that chooses among colours less brown?",
            f"sepia index at epoch {LATE}, bins minus ab",
            -1,
            3,
            against(as_ab, "sepia_index", LATE),
            classes,
        ),
        ask(
            "gap",
            "f",
            "Does the gap between training and validation loss widen?",
            f"validation minus training loss, epoch {LATE} minus {EARLY}",
            1,
            5,
            lambda regime: (
                (at(regime, "loss", LATE) - at(regime, "loss", LATE, "training"))
                - (at(regime, "loss", EARLY) - at(regime, "loss", EARLY, "training"))
            ),
            every,
        ),
        ask(
            "transfer",
            "g",
            "Does a pretrained encoder make it less brown?",
            f"sepia index at epoch {TWINS_LAST}, from ImageNet minus from scratch",
            -1,
            3,
            against(as_variant("scratch"), "sepia_index", TWINS_LAST),
            twins,
        ),
        ask(
            "transfer-colour",
            "g",
            "Does a pretrained encoder bring more colour?",
            f"colourfulness ratio at epoch {TWINS_LAST}, from ImageNet minus from scratch",
            1,
            3,
            against(as_variant("scratch"), "colourfulness_ratio", TWINS_LAST),
            twins,
        ),
    ]


def label(regime: Regime) -> str:
    """As in "batchnorm, 256 photos, rgb"; what is as in most regimes is not said."""
    words = [regime.variant, f"{regime.photos:,} photos"]
    words += [regime.head] if regime.head != "ab" else []
    words += ["crops and flips"] if regime.augment != "none" else []
    words += [f"width {regime.width}"] if regime.width > 1 else []
    return ", ".join(words)
