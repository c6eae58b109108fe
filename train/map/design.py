"""Which regimes are trained, in which order, and why.

A regime is a number of photos, a variant, a head, an augmentation and a width. All of them together
would be 4 x 3 x 3 x 2 x 2 = 144, of three seeds each; most of these would answer nothing. So there
is a trunk of the design and branches off it, each of which changes one thing:

trunk       photos x the story's variants, ab on the photo's own lightness, no augmentation, width
            1: when does it turn brown (a), what does early stopping pick (b), does batch norm
            widen (c), what does dropout do (d). No augmentation, because the story had nothing
            against over-fitting.
painted     the same with a head of rgb, as the story painted: the same four questions, and the only
            regimes in which a picture can be out of focus.
augmented   batchnorm with crops and flips: photos that never come twice are more photos.
classes     batchnorm's trunk with a head of bins: the same over-fitting without the optimum of L2
            (f).
wide        four times the channels, sixteen times the weights: with 256 photos the least photos
            for a weight. It costs sixteen times as much, so baseline and batchnorm alone.
twins       an encoder of EfficientNet-Lite from scratch, from ImageNet and frozen, from ImageNet
            and tuned, with a head of ab, on 128 px: does transfer learning cure the sepia (g).

Batches are of 16 photos, so that 256 photos make 1,600 steps of 100 epochs: a network can learn
them by heart. Squares are of 64 px, as in the first study. 256 photos that no run is trained on and
256 of its own are measured after the epochs of MEASURED. Fewer photos are always part of the more.

STAGES are ordered so that stopping after any of them leaves a usable table: cheap regimes come
first, with all their seeds, and of expensive ones the epochs that the story mentions (25) before
the rest (100). A later stage continues where an earlier one stopped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from train.arguments import CROPS_AND_FLIPS, FitArguments

MEASURED = (1, 2, 5, 10, 15, 25, 50, 100)
SEEDS = 3
BATCH = 16
TWINS = ("scratch", "frozen", "tuned")
_ENCODER = "efficientnet-lite0"


@dataclass(frozen=True, order=True)
class Regime:
    """The conditions of training; with a seed they make a run."""

    photos: int
    variant: str  # of the story, or one of TWINS
    head: str = "ab"
    augment: str = "none"
    width: int = 1

    @property
    def name(self) -> str:
        """Also of its folder."""
        words = [str(self.photos), self.variant, self.head]
        words += ["augmented"] if self.augment != "none" else []
        return "-".join(words + ([f"width{self.width}"] if self.width > 1 else []))

    @property
    def size(self) -> int:
        """Side of its squares, in pixels. The encoder sees little in 64."""
        return 128 if self.variant in TWINS else 64

    def arguments(self, template: FitArguments, seed: int, epochs: int) -> FitArguments:
        """The flags of `fit` for one seed; template: the flags that all runs share."""
        twin = self.variant in TWINS
        return replace(
            template,
            variant="transfer" if twin else self.variant,
            head=self.head,
            augment=self.augment,
            width=self.width,
            size=self.size,
            limit=self.photos,
            batch_size=BATCH,
            encoder=_ENCODER if self.variant in ("frozen", "tuned") else None,
            freeze=self.variant == "frozen",
            out=template.out / self.name / f"seed-{seed}",
            seed=seed,
            epochs=epochs,
            patience=0,
            resume=True,
        )


@dataclass(frozen=True)
class Stage:
    name: str
    regimes: tuple[Regime, ...]
    epochs: int


STORY = ("baseline", "batchnorm", "dropout")


def _story(photos: int, head: str) -> tuple[Regime, ...]:
    return tuple(Regime(photos, variant, head) for variant in STORY)


def _augmented(photos: int) -> Regime:
    return Regime(photos, "batchnorm", augment=CROPS_AND_FLIPS)


def _classes(photos: int) -> Regime:
    return Regime(photos, "batchnorm", "bins")


STAGES = (
    Stage("256 photos", (*_story(256, "ab"), *_story(256, "rgb")), 25),
    Stage("256 photos, classes and augmented", (_classes(256), _augmented(256)), 25),
    Stage("1,024 photos", _story(1024, "ab"), 25),
    Stage("twins", tuple(Regime(1024, twin) for twin in TWINS), 10),
    Stage("256 photos, on", (*_story(256, "ab"), _classes(256), *_story(256, "rgb")), 100),
    Stage("1,024 photos, the other heads", (*_story(1024, "rgb"), _classes(1024)), 25),
    Stage("wide", tuple(Regime(256, v, width=4) for v in ("batchnorm", "baseline")), 25),
    Stage("4,096 photos", _story(4096, "ab"), 25),
    Stage("augmented", (_augmented(256), _augmented(1024)), 100),
    Stage("1,024 photos, on", (*_story(1024, "ab"), _classes(1024)), 100),
    Stage("4,096 photos, the other heads", (Regime(4096, "batchnorm", "rgb"), _classes(4096)), 25),
    Stage("wide, on", (Regime(256, "batchnorm", width=4),), 100),
    Stage("16,384 photos", _story(16384, "ab"), 10),
    Stage("4,096 photos, on", (Regime(4096, "batchnorm"),), 100),
    Stage("1,024 photos painted, on", _story(1024, "rgb"), 100),
    Stage("16,384 photos, on", _story(16384, "ab"), 25),
    Stage("16,384 photos, to the end", (Regime(16384, "batchnorm"),), 100),
)


def steps(stages: int | None = None) -> Iterator[tuple[Stage, Regime, int]]:
    """(stage, regime, seed) in training order, of the first `stages` stages or of all."""
    for stage in STAGES[:stages]:
        for seed in range(SEEDS):
            for regime in stage.regimes:
                yield stage, regime, seed


def regimes() -> list[Regime]:
    """All of them, once each, in the order of the design."""
    return list(dict.fromkeys(regime for stage in STAGES for regime in stage.regimes))
