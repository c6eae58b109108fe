"""The training step: the loss of the network's head, and the numbers of an epoch."""

from dataclasses import dataclass
from typing import Any, Literal

import torch
from lightning import LightningModule
from torch import Tensor
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel

from colorizer import metrics
from colorizer.lab import lab_to_rgb, rgb_to_lab
from colorizer.network import AB_SCALE, ColorNetwork
from colorizer.painting import enlarge
from train import TrainError
from train.film import as_film, draw_hints
from train.rebalancing import RebalancedLoss
from train.run import one_cycle


@dataclass(frozen=True)
class Recipe:
    """How a variant is trained where no flag says otherwise."""

    lr: float = 1e-3
    schedule: Literal["constant", "one-cycle"] = "constant"
    zoom: float = 1.0
    weight_decay: float = 0.0
    average: float = 0.0  # decay of the moving average of the weights; 0: none
    anchor: float = 0.0  # weight of the mean's squared error, beside a head of bins
    film: bool = False  # whether half of the photos are fed as old film saw them


class ColorTraining(LightningModule):
    """Learns ab from L: by mean squared error in units of AB_SCALE, or by `loss` for bins.

    Batches are (N, 3, H, W) uint8 sRGB; Lab is computed on the training device.
    frozen: the encoder learns nothing. A network that takes hints is given some for every
    second photo.
    """

    def __init__(
        self,
        network: ColorNetwork,
        recipe: Recipe,
        seed: int,
        channels_last: bool,
        loss: RebalancedLoss | None = None,
        frozen: bool = False,
    ) -> None:
        super().__init__()
        self.loss, self.recipe, self.frozen = loss, recipe, frozen
        self.schedule, self.lr = recipe.schedule, recipe.lr
        self.network = network.to(
            memory_format=torch.channels_last if channels_last else torch.contiguous_format
        )
        self.seed = seed
        self.memory_format = torch.channels_last if channels_last else torch.contiguous_format
        self.average = None
        if recipe.average:
            self.average = AveragedModel(
                self.network, multi_avg_fn=self._averaged, use_buffers=True
            ).requires_grad_(False)

    @property
    def shown(self) -> ColorNetwork:
        """The network that is validated and saved: the average, where one is kept."""
        return self.network if self.average is None else self.average.module

    def _averaged(self, averages: Any, currents: Any, count: Any) -> None:
        # At first over few steps, or the random start would be remembered for an epoch.
        share = 1 - min(self.recipe.average, (1 + float(count)) / (10 + float(count)))
        if averages[0].is_floating_point():
            torch._foreach_lerp_(averages, currents, share)
        else:
            for average, current in zip(averages, currents, strict=True):
                average.copy_(current)

    def on_train_batch_end(self, *_: Any) -> None:
        if self.average is not None:
            self.average.update_parameters(self.network)

    def configure_optimizers(self) -> Any:
        if self.frozen:
            self.network.get_submodule("trunk.encoder").requires_grad_(False)
        learning = [p for p in self.parameters() if p.requires_grad]
        if self.schedule == "one-cycle":
            optimizer = torch.optim.AdamW(learning, self.lr, weight_decay=self.recipe.weight_decay)
            return one_cycle(optimizer, self.lr, self.trainer)
        # Constant rate: with a schedule, epoch 10 of 25 would not be "trained for 10 epochs".
        return torch.optim.AdamW(learning, self.lr, weight_decay=self.recipe.weight_decay)

    def on_train_epoch_start(self) -> None:
        if self.frozen:  # its batch norm keeps the statistics it came with
            self.network.get_submodule("trunk.encoder").eval()

    def on_train_start(self) -> None:
        if self.schedule != "constant":
            return
        # A resumed run brings its optimiser's old rate with it; the flag counts.
        for group in self.trainer.optimizers[0].param_groups:
            group["lr"] = self.lr

    def on_train_batch_start(self, batch: Tensor, batch_idx: int) -> None:
        # A resumed run draws the same dropout as one that was never stopped. Per batch, because
        # loaders draw from the same generator, and not alike when a run starts and goes on.
        torch.manual_seed((self.seed + 1) * 1_000_003 + self.global_step * 1009 + self.global_rank)

    def training_step(self, rgb: Tensor) -> Tensor:
        lab = rgb_to_lab(rgb)
        lightness, ab = lab[:, :1], lab[:, 1:]
        seen = as_film(rgb, lightness) if self.recipe.film else lightness
        hints = None
        if self.network.takes_hints:
            # For every second photo of a batch, not every second batch: batch norm's running
            # statistics then are those that it learns with.
            hints = draw_hints(ab, (rgb.shape[-2] // 4, rgb.shape[-1] // 4), AB_SCALE)
            hints[::2] = 0
        output = self.network(seen.contiguous(memory_format=self.memory_format), hints)
        loss = self._loss(output, ab)
        self._log_mean("train_loss", loss, len(rgb), show=True)
        return loss

    def _loss(self, output: Tensor, ab: Tensor) -> Tensor:
        if self.loss is None:
            return F.mse_loss(output.float() / AB_SCALE, ab / AB_SCALE)
        return self.loss(output, ab)

    def validation_step(self, rgb: Tensor) -> None:
        lab = rgb_to_lab(rgb)
        lightness, ab = lab[:, :1], lab[:, 1:]
        output = self.shown(lightness.contiguous(memory_format=self.memory_format))
        loss = self._loss(output, ab)
        if not torch.isfinite(loss):
            raise TrainError("The training diverged, its loss is not finite; lower --lr.")
        ab = enlarge(self.network.decode(output.float()), rgb.shape[-2:])
        painted = lab_to_rgb(lightness, ab)
        self._log_mean("val_loss", loss, len(rgb), show=True)
        for name, values in {
            "psnr": metrics.psnr(painted, rgb),
            "colourfulness": metrics.colourfulness(painted),
            "true_colourfulness": metrics.colourfulness(rgb),
            "mean_chroma": metrics.mean_chroma(ab),
            "hue_entropy": metrics.hue_entropy(ab),
        }.items():
            self._log_mean(name, values.mean(), len(rgb))

    def _log_mean(self, name: str, value: Tensor, count: int, show: bool = False) -> None:
        self.log(
            name, value, on_step=False, on_epoch=True, batch_size=count, sync_dist=True,
            prog_bar=show,
        )  # fmt: skip
