"""The training step: L2 loss on ab, and the numbers of an epoch."""

import torch
from lightning import LightningModule
from torch import Tensor
from torch.nn import functional as F

from colorizer import metrics
from colorizer.lab import lab_to_rgb, rgb_to_lab
from colorizer.network import AB_SCALE, ColorNetwork
from train import TrainError


class ColorTraining(LightningModule):
    """Learns ab from L by mean squared error, in units of AB_SCALE.

    Batches are (N, 3, H, W) uint8 sRGB; Lab is computed on the training device.
    """

    def __init__(self, network: ColorNetwork, lr: float, seed: int, channels_last: bool) -> None:
        super().__init__()
        self.network = network.to(
            memory_format=torch.channels_last if channels_last else torch.contiguous_format
        )
        self.lr, self.seed = lr, seed
        self.memory_format = torch.channels_last if channels_last else torch.contiguous_format

    def configure_optimizers(self) -> torch.optim.Optimizer:
        # Constant rate: with a schedule, epoch 10 of 25 would not be "trained for 10 epochs".
        return torch.optim.Adam(self.parameters(), self.lr)

    def on_train_start(self) -> None:
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
        predicted = self.network(lightness.contiguous(memory_format=self.memory_format)).float()
        return lightness, predicted, F.mse_loss(predicted / AB_SCALE, ab / AB_SCALE)

    def training_step(self, rgb: Tensor) -> Tensor:
        _, _, loss = self._predict(rgb)
        self._log_mean("train_loss", loss, len(rgb), show=True)
        return loss

    def validation_step(self, rgb: Tensor) -> None:
        lightness, ab, loss = self._predict(rgb)
        if not torch.isfinite(loss):
            raise TrainError("The training diverged, its loss is not finite; lower --lr.")
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
