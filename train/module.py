"""The training step: the loss of the network's head, and the numbers of an epoch."""

from typing import Any

import torch
from lightning import LightningModule
from torch import Tensor
from torch.nn import functional as F

from colorizer import metrics
from colorizer.decoding import Decoding
from colorizer.lab import lab_to_rgb, rgb_to_lab
from colorizer.network import AB_SCALE, ColorNetwork
from colorizer.painting import enlarge
from train import TrainError
from train.loss import RebalancedLoss
from train.trainer import one_cycle

WEIGHT_DECAY = 0.02  # of AdamW, under a one-cycle schedule


class ColorTraining(LightningModule):
    """Learns ab from L: by mean squared error in units of AB_SCALE, or by `loss` for bins.

    Batches are (N, 3, H, W) uint8 sRGB; Lab is computed on the training device.
    schedule: "constant" with Adam, "one-cycle" with AdamW. frozen: the encoder learns nothing.
    """

    def __init__(
        self,
        network: ColorNetwork,
        lr: float,
        seed: int,
        channels_last: bool,
        loss: RebalancedLoss | None = None,
        schedule: str = "constant",
        frozen: bool = False,
    ) -> None:
        super().__init__()
        self.loss, self.schedule, self.frozen = loss, schedule, frozen
        self.network = network.to(
            memory_format=torch.channels_last if channels_last else torch.contiguous_format
        )
        self.lr, self.seed = lr, seed
        self.memory_format = torch.channels_last if channels_last else torch.contiguous_format

    def configure_optimizers(self) -> Any:
        if self.frozen:
            self.network.get_submodule("trunk.encoder").requires_grad_(False)
        learning = [p for p in self.parameters() if p.requires_grad]
        if self.schedule == "one-cycle":
            optimizer = torch.optim.AdamW(learning, self.lr, weight_decay=WEIGHT_DECAY)
            return one_cycle(optimizer, self.lr, self.trainer)
        # Constant rate: with a schedule, epoch 10 of 25 would not be "trained for 10 epochs".
        return torch.optim.Adam(learning, self.lr)

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

    def _predict(self, rgb: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        lab = rgb_to_lab(rgb)
        lightness, ab = lab[:, :1], lab[:, 1:]
        output = self.network(lightness.contiguous(memory_format=self.memory_format)).float()
        if self.loss is None:
            return lightness, output, F.mse_loss(output / AB_SCALE, ab / AB_SCALE)
        return lightness, output, self.loss(output, ab)

    def training_step(self, rgb: Tensor) -> Tensor:
        _, _, loss = self._predict(rgb)
        self._log_mean("train_loss", loss, len(rgb), show=True)
        return loss

    def validation_step(self, rgb: Tensor) -> None:
        lightness, output, loss = self._predict(rgb)
        if not torch.isfinite(loss):
            raise TrainError("The training diverged, its loss is not finite; lower --lr.")
        ab = enlarge(Decoding().ab(output, self.network.bins), rgb.shape[-2:])
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
