"""The flags of `fit`, and how each variant is trained where no flag says otherwise."""

from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

import torch

from colorizer.efficientnet import feature_widths
from colorizer.network import HEADS, VARIANTS, NetworkSettings
from train import TrainError
from train.encoders import ENCODERS
from train.flags import flag
from train.loss import REBALANCE
from train.photos import DEFAULT_CACHE
from train.precision import AUTO, candidates

CROPS_AND_FLIPS = "crops-and-flips"
AUGMENTATIONS = ("none", CROPS_AND_FLIPS)
SCHEDULES = ("constant", "cosine")


@dataclass(frozen=True)
class Recipe:
    """How a variant is trained where no flag says otherwise."""

    lr: float = 1e-3
    schedule: Literal["constant", "cosine"] = "constant"
    zoom: float = 1.0
    weight_decay: float = 0.0
    average: float = 0.0  # decay of the moving average of the weights; 0: none
    anchor: float = 0.0  # weight of the mean's squared error, beside a head of bins
    film: bool = False  # whether half of the photos are fed as old film saw them


# The story's variants, and rebalanced beside them, share one recipe, so that they differ in one
# thing at a time. Transfer is meant to look right.
RECIPES = {
    "transfer": Recipe(zoom=0.4, weight_decay=0.02, average=0.999, anchor=30.0, film=True),
}

# Where files are on this machine, and how a run is started: nothing a checkpoint needs to record.
_UNRECORDED = {"out", "cache", "resume", "num_nodes"}


@dataclass(frozen=True)
class FitArguments:
    """The flags of `fit`, checked when built; the messages name the flag."""

    variant: str = flag(", ".join(VARIANTS))
    photos: list[str] = flag("folders of pictures, tar files, or torchvision:NAME", name="SOURCE")
    val: list[str] = flag(
        "validation photos; without it, one photo in thirty is held back", [], "SOURCE"
    )
    out: Path = flag("folder of the checkpoints", Path("assets/checkpoints"))
    epochs: int = flag("train for at most N epochs", 25, "N")
    patience: int = flag("stop after N epochs without a better validation loss; 0: never", 5, "N")
    size: int = flag("side of the training squares", 64)
    batch_size: int = flag("photos of a step, in each process", 64)
    lr: float | None = flag("learning rate; default: the variant's own", None)
    schedule: Literal["constant", "cosine"] | None = flag(
        "of the learning rate; default: the variant's own", None, "constant|cosine"
    )
    dropout: float | None = flag("rate of the dropout layers; default: the variant's own", None)
    hold_out: list[str] = flag(
        "leave out the photos of these top folders", [], "FOLDER,...", commas=True
    )
    encoder: str | None = flag("start from a pre-trained encoder", None, "|".join(ENCODERS))
    start: Path | None = flag(
        "start from all weights of a checkpoint, as a second stage of its training",
        None,
        "CHECKPOINT",
    )
    freeze: bool = flag("do not train the encoder", False)
    head: Literal["ab", "bins", "rgb"] | None = flag(
        "ab (mean squared error), bins (rebalanced classes), or rgb (the whole picture); "
        "default: the variant's own",
        None,
    )
    width: int = flag("factor on the variant's channels", 1)
    augment: Literal["none", "crops-and-flips"] = flag(
        "crops-and-flips, or none: the middle square", CROPS_AND_FLIPS
    )
    rebalance: float = flag("0: rare colours count most; 1: all alike", REBALANCE)
    zoom: float | None = flag(
        "crops cover at least this share of a photo and are scaled to --size; 1: no scaling; "
        "default: the variant's own",
        None,
    )
    alike: float | None = flag(
        "spread of sharing between similar cells; 0: none; default: the variant's own", None
    )
    embedding: int | None = flag(
        "learn an embedding of cells, by which they share and follow hints; 0: none; "
        "default: the variant's own",
        None,
        "CHANNELS",
    )
    limit: int | None = flag("use at most N photos", None, "N")
    val_limit: int | None = flag("validate on at most N photos; default: --limit", None, "N")
    epoch_photos: int | None = flag(
        "photos per epoch, another random choice each time; default: all of them", None, "N"
    )
    seed: int = flag("of the weights, the order and the augmentation", 0)
    precision: str = flag(
        "auto: the fastest, found by timing a few steps at the start; or 32 or bf16, each "
        "optionally with a layout, as in 32-contiguous or bf16-channels-last",
        AUTO,
    )
    resume: bool = flag("continue a run that was stopped", False)
    devices: int = flag("processes or GPUs (DDP)", 1)
    num_nodes: int = flag("machines (DDP)", 1)
    cache: Path = flag("folder of decoded photos", DEFAULT_CACHE)

    def __post_init__(self) -> None:
        if self.variant not in VARIANTS:
            raise TrainError(
                f"--variant {self.variant}: no such variant; choose one of {', '.join(VARIANTS)}."
            )
        if self.head not in (None, *HEADS):
            raise TrainError(f"--head {self.head}: choose ab, bins or rgb.")
        if self.schedule not in (None, *SCHEDULES):
            raise TrainError(f"--schedule {self.schedule}: choose {' or '.join(SCHEDULES)}.")
        if self.augment not in AUGMENTATIONS:
            raise TrainError(f"--augment {self.augment}: choose {' or '.join(AUGMENTATIONS)}.")
        if not 1 <= self.width <= 16:
            raise TrainError(f"--width {self.width}: the factor must lie between 1 and 16.")
        if self.width > 1 and (VARIANTS[self.variant].shape != "plain" or self.start):
            raise TrainError(
                f"--width {self.width}: an encoder or a --start brings widths of its own; "
                "leave it out."
            )
        if self.dropout is not None and not VARIANTS[self.variant].dropout:
            raise TrainError(f"--dropout: the {self.variant} variant has no dropout layers.")
        if self.dropout is not None and not 0 < self.dropout < 1:
            raise TrainError(f"--dropout {self.dropout}: the rate must lie between 0 and 1.")
        if self.alike is not None and not 0 <= self.alike <= 10:
            raise TrainError(f"--alike {self.alike}: the spread must lie between 0 and 10.")
        if self.alike and VARIANTS[self.variant].shape == "plain":
            raise TrainError(f"--alike: the {self.variant} variant has no encoder to compare by.")
        if self.embedding is not None and not 0 <= self.embedding <= 1024:
            raise TrainError(f"--embedding {self.embedding}: give 0 to 1,024 channels.")
        variant = VARIANTS[self.variant]
        if self.embedding and (variant.shape == "plain" or (self.head or variant.head) != "bins"):
            raise TrainError("--embedding: give a variant with an encoder, and --head bins.")
        if self.embedding and self.alike:
            raise TrainError("--embedding: cells share by it in place of --alike; leave that out.")
        if self.encoder and VARIANTS[self.variant].shape == "plain":
            raise TrainError(f"--encoder: the {self.variant} variant has no encoder to start from.")
        if self.encoder and self.encoder not in ENCODERS:
            raise TrainError(
                f"--encoder {self.encoder}: no such encoder; choose one of {', '.join(ENCODERS)}."
            )
        stride = self.settings.stride
        if self.size < 2 * stride or self.size % stride:
            raise TrainError(
                f"--size {self.size}: the network takes multiples of {stride}, "
                f"at least {2 * stride}."
            )
        for name in ("epochs", "batch_size", "devices", "num_nodes", "lr"):
            if getattr(self, name) is not None and getattr(self, name) <= 0:
                raise TrainError(f"--{name.replace('_', '-')} must be above 0.")
        if not 0 <= self.rebalance <= 1:
            raise TrainError(f"--rebalance {self.rebalance}: it must lie between 0 and 1.")
        if self.zoom is not None and not 0 < self.zoom <= 1:
            raise TrainError(f"--zoom {self.zoom}: it must be above 0 and at most 1.")
        if self.start and self.encoder:
            raise TrainError("--start: a checkpoint brings its own encoder; leave out --encoder.")
        if self.freeze and not (self.encoder or self.start):
            raise TrainError("--freeze: give an --encoder; a random one would stay random.")
        candidates(self.precision)
        if self.limit is not None and self.limit < 2:
            raise TrainError(f"--limit {self.limit}: at least 2 photos are needed.")
        if self.val_limit is not None and self.val_limit < 1:
            raise TrainError(f"--val-limit {self.val_limit}: at least 1 photo is needed.")
        if self.batches == 0:
            raise TrainError(
                f"--epoch-photos {self.epoch_photos}: give at least "
                f"{self.batch_size * self.devices * self.num_nodes}, a batch for each process."
            )
        if self.patience < 0:
            raise TrainError("--patience must be 0 (never stop early) or more.")
        if torch.cuda.is_available() and self.devices > torch.cuda.device_count():
            raise TrainError(
                f"--devices {self.devices}: this machine has {torch.cuda.device_count()} GPUs."
            )

    @property
    def settings(self) -> NetworkSettings:
        """As far as the flags determine them: bins are fitted to the photos later."""
        settings = VARIANTS[self.variant]
        if self.encoder:
            widths = feature_widths(self.encoder.removeprefix("efficientnet-"))
            settings = replace(settings, shape=self.encoder, widths=widths)
        if self.width > 1:
            widths = tuple(self.width * width for width in settings.widths)
            settings = replace(settings, widths=widths)
        if self.dropout is not None:
            settings = replace(settings, dropout=self.dropout)
        if self.alike is not None:
            settings = replace(settings, alike=self.alike)
        if self.head is not None:
            settings = replace(settings, head=self.head)
        if self.embedding is not None:
            settings = replace(settings, embedding=self.embedding)
        return settings

    @property
    def recipe(self) -> Recipe:
        given = {"lr": self.lr, "zoom": self.zoom, "schedule": self.schedule}
        chosen = {name: value for name, value in given.items() if value is not None}
        return replace(RECIPES.get(self.variant, Recipe()), **chosen)

    @property
    def batches(self) -> int | None:
        """Per epoch and process; None for as many as the photos give."""
        if self.epoch_photos is None:
            return None
        return self.epoch_photos // (self.batch_size * self.devices * self.num_nodes)

    @property
    def free(self) -> set[str]:
        """The flags that a resumed run may change, as they do not change what it learns.

        Patience and epochs only say when to stop, but a cosine schedule spans all epochs.
        --cache and --out may point elsewhere after files have moved, and so may the folders of
        photos, whose names are compared. Processes may be distributed over machines in any way,
        but their number counts: each takes a batch of its own. --precision is compared separately,
        as `auto` keeps the precision that was fastest when the run began.
        """
        free = {"patience", "precision"}
        return free if self.recipe.schedule == "cosine" else free | {"epochs"}

    def describe(self) -> dict[str, Any]:
        """What a checkpoint records of the flags: as they took effect, files by name, no path."""
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _UNRECORDED}
        for name in ("photos", "val"):
            values[name] = [Path(source).name for source in values[name]]
        values["start"] = self.start and self.start.name
        for name in ("dropout", "head", "alike", "embedding"):
            values[name] = getattr(self.settings, name)
        if self.settings.head != "bins":
            values["rebalance"] = None  # another loss, which does not know it
        return {**values, **asdict(self.recipe), "devices": self.devices * self.num_nodes}

    @property
    def folder(self) -> Path:
        return self.out / self.variant
