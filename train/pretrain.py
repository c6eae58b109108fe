"""`python -m train pretrain`: an encoder that has learnt to tell apart what photos show.

It classifies grey photos by the folder they lie in, `source/class`; `fit --encoder` starts from it.
What it learns on the way, fur from foliage and sky from wall, is what a colour depends on.
"""

from dataclasses import dataclass, field
from pathlib import Path

import torch
from lightning import LightningModule
from torch import Tensor, nn
from torch.nn import functional as F

from colorizer.checkpoint import CheckpointError
from colorizer.lab import rgb_to_lab
from colorizer.network import VARIANTS
from colorizer.resnet import Encoder
from train import TrainError
from train.batches import Batches, cached_side
from train.encoders import save_encoder
from train.photos import DEFAULT_CACHE, load_train_and_val
from train.recorder import EpochRecorder, open_run, read_history, versions
from train.trainer import choose_precision, make_trainer, memory_format, one_cycle, say

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
    resume: bool = False
    cache: Path = DEFAULT_CACHE

    def __post_init__(self) -> None:
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


class LabelTraining(LightningModule):
    """Learns to name the folder of a photo from its lightness."""

    def __init__(self, widths: tuple[int, ...], classes: int, arguments: PretrainArguments) -> None:
        super().__init__()
        self.encoder = Encoder(widths)
        self.classifier = nn.Linear(widths[-1], classes)
        self.arguments = arguments
        self.layout = memory_format()
        self.encoder.to(memory_format=self.layout)

    def configure_optimizers(self):
        optimizer = torch.optim.AdamW(self.parameters(), self.arguments.lr, weight_decay=0.05)
        return one_cycle(optimizer, self.arguments.lr, self.trainer)

    def _loss(self, rgb: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        lightness = rgb_to_lab(rgb)[:, :1] / 50 - 1
        features = self.encoder(lightness.contiguous(memory_format=self.layout))[-1]
        scores = self.classifier(features.mean((2, 3)))
        return F.cross_entropy(scores.float(), labels, label_smoothing=0.1), scores

    def training_step(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        loss, _ = self._loss(*batch)
        self._log_mean("train_loss", loss, len(batch[1]))
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor]) -> None:
        loss, scores = self._loss(*batch)
        hits = (scores.argmax(1) == batch[1]).float()
        self._log_mean("val_loss", loss, len(hits))
        self._log_mean("accuracy", hits.mean(), len(hits))

    def _log_mean(self, name: str, value: Tensor, count: int) -> None:
        self.log(name, value, on_step=False, on_epoch=True, batch_size=count, prog_bar=True)


def pretrain(arguments: PretrainArguments) -> list[dict[str, float]]:
    """Train an encoder, or go on with a killed run; returns the rows of history.csv.

    Writes `encoder.safetensors` into `arguments.out` after every epoch. Raises TrainError for
    photos without folders to tell apart.
    """
    folder = arguments.out
    history, state = open_run(folder, arguments.resume)
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
    classes = sorted({*train.labels, *val.labels})
    if len(classes) < 2:
        raise TrainError(
            "--photos: they all lie in one folder; an encoder learns by telling two apart."
        )
    say(
        f"{len(train.squares)} photos of {len(classes)} classes, {len(val.squares)} to validate on."
    )

    widths = VARIANTS["transfer"].widths
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(arguments.seed)
        training = LabelTraining(widths, len(classes), arguments)
    precision, reason = choose_precision()
    say(f"Precision {precision}, because {reason}.")
    folder.mkdir(parents=True, exist_ok=True)

    def save(into: Path, epoch: int, row: dict[str, float]) -> None:
        about = {
            "epoch": epoch, "classes": len(classes), "size": arguments.size, "metrics": row,
            "data": train.describe(), "seed": arguments.seed, "versions": versions(),
        }  # fmt: skip
        save_encoder(into / FILE_NAME, training.encoder, widths, about)

    trainer = make_trainer(arguments.epochs, [EpochRecorder(folder, COLUMNS, save)])
    batches = Batches(
        train, val, arguments.size, arguments.batch_size, arguments.seed, arguments.zoom, classes
    )
    try:
        trainer.fit(training, batches, ckpt_path=state)
    except CheckpointError as error:
        raise TrainError(str(error)) from error
    return read_history(folder)
