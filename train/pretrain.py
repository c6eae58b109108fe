"""`python -m train pretrain`: an encoder that learns to tell apart what photos show.

It classifies grey photos by the folder they lie in, `source/class`; `fit --encoder` starts from it.
What it learns on the way, to tell fur from foliage and sky from wall, is what colour depends on.
"""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorizer.checkpoint import CheckpointError
from colorizer.lab import rgb_to_lab
from colorizer.network import VARIANTS
from colorizer.resnet import Encoder
from train import TrainError
from train.batches import Batches, cached_side
from train.encoders import read_about, save_encoder
from train.module import Training
from train.photos import DEFAULT_CACHE, load_train_and_val
from train.precision import AUTO, candidates
from train.recorder import EpochRecorder, open_run, read_history, versions
from train.resume import check_same_arguments, check_same_photos, check_same_precision
from train.trainer import make_trainer, say

FILE_NAME = "encoder.safetensors"
COLUMNS = ["epoch", "train_loss", "val_loss", "accuracy", "seconds", "cpu_seconds"]
_STRIDE = 32


@dataclass(frozen=True)
class PretrainArguments:
    """The flags of `pretrain`, checked when built; the messages name the flag."""

    photos: list[str]
    val: list[str] = field(default_factory=list)
    hold_out: list[str] = field(default_factory=list)
    out: Path = Path("runs/pretrain")
    epochs: int = 8
    size: int = 64
    batch_size: int = 64
    lr: float = 2e-3
    zoom: float = 0.4
    limit: int | None = None
    seed: int = 0
    precision: str = AUTO
    resume: bool = False
    cache: Path = DEFAULT_CACHE

    def __post_init__(self) -> None:
        candidates(self.precision)
        if self.size < 2 * _STRIDE or self.size % _STRIDE:
            raise TrainError(
                f"--size {self.size}: the encoder takes multiples of {_STRIDE}, "
                f"at least {2 * _STRIDE}."
            )
        for flag in ("epochs", "batch_size", "lr"):
            if getattr(self, flag) <= 0:
                raise TrainError(f"--{flag.replace('_', '-')} must be above 0.")
        if not 0 < self.zoom <= 1:
            raise TrainError(f"--zoom {self.zoom}: it must be above 0 and at most 1.")

    def describe(self) -> dict[str, Any]:
        """What the encoder's file says of the flags: sources by name, without their path."""
        values = asdict(self)
        for name in ("out", "cache", "resume"):
            del values[name]
        for name in ("photos", "val"):
            values[name] = [Path(source).name for source in values[name]]
        return values


class LabelTraining(Training):
    """Learns to name the folder of a photo from its lightness."""

    def __init__(self, widths: tuple[int, ...], classes: int, lr: float) -> None:
        super().__init__(lr, schedule="one-cycle")
        self.encoder = Encoder(widths)
        self.classifier = nn.Linear(widths[-1], classes)

    def make_optimizer(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.parameters(), self.lr, weight_decay=0.05)

    def _predict(self, batch: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        """The loss and the scores of the classes."""
        rgb, labels = batch
        lightness = rgb_to_lab(rgb)[:, :1] / 50 - 1
        with self.precision.autocast(rgb.device):
            lightness = lightness.contiguous(memory_format=self.precision.memory_format)
            scores = self.classifier(self.encoder(lightness)[-1].mean((2, 3))).float()
        return F.cross_entropy(scores, labels, label_smoothing=0.1), scores

    def loss_of(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        return self._predict(batch)[0]

    def training_step(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        loss = self.loss_of(batch)
        self.log_mean("train_loss", loss, len(batch[1]), show=True)
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor]) -> None:
        loss, scores = self._predict(batch)
        hits = (scores.argmax(1) == batch[1]).float()
        self.log_mean("val_loss", loss, len(hits), show=True)
        self.log_mean("accuracy", hits.mean(), len(hits), show=True)


def pretrain(arguments: PretrainArguments) -> list[dict[str, float]]:
    """Train an encoder, or continue a killed run; returns the rows of history.csv.

    Writes `encoder.safetensors` into `arguments.out` after every epoch. Raises TrainError for
    photos without folders to tell apart.
    """
    folder = arguments.out
    history, state = open_run(folder, arguments.resume)
    before = read_about(folder / FILE_NAME) if history else {}
    # All flags count: the schedule is one-cycle, so even --epochs changes every step.
    check_same_arguments(before.get("arguments", {}), arguments.describe(), free={"precision"})
    if "precision" in before:
        check_same_precision(before["precision"], arguments.precision)
    if len(history) >= arguments.epochs:
        say(f"finished at epoch {len(history)}; nothing left to do.")
        return history
    train, val = load_train_and_val(
        arguments.photos,
        arguments.val,
        arguments.hold_out,
        cached_side(arguments.size),
        arguments.limit,
        arguments.cache,
    )
    check_same_photos(before.get("data", {}), train, val)
    classes = sorted({*train.labels, *val.labels})
    if len(classes) < 2:
        raise TrainError(
            "--photos: all of them lie in one folder; give two or more folders to tell apart."
        )
    say(
        f"{len(train.squares)} photos of {len(classes)} classes, {len(val.squares)} to validate on."
    )

    widths = VARIANTS["transfer"].widths
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(arguments.seed)
        training = LabelTraining(widths, len(classes), arguments.lr)
    batches = Batches(
        train, val, arguments.size, arguments.batch_size, arguments.seed, arguments.zoom, classes
    )
    training.settle_precision(
        before.get("precision"), arguments.precision, batches.sample, arguments.batch_size
    )
    folder.mkdir(parents=True, exist_ok=True)

    def save(into: Path, epoch: int, row: dict[str, float]) -> None:
        about = {
            "epoch": epoch, "classes": len(classes), "size": arguments.size, "metrics": row,
            "data": {**train.describe(), "validation_photos": len(val.squares)},
            "arguments": arguments.describe(), "precision": training.precision.name,
            "seed": arguments.seed, "versions": versions(),
        }  # fmt: skip
        save_encoder(into / FILE_NAME, training.encoder, widths, about)

    trainer = make_trainer(arguments.epochs, [EpochRecorder(folder, COLUMNS, save)])
    try:
        trainer.fit(training, batches, ckpt_path=state)
    except CheckpointError as error:
        raise TrainError(str(error)) from error
    return read_history(folder)
