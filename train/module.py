"""The training step: a loss in the run's precision, and the numbers of an epoch."""

import copy
from collections.abc import Callable
from functools import cache
from typing import Any, cast

import torch
from lightning import LightningModule
from lightning.pytorch.utilities import rank_zero_only
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel

from colorizer import metrics
from colorizer.decoding import Decoding
from colorizer.embedding import ColourEmbedding, HintAttention, at
from colorizer.lab import rgb_to_lab
from colorizer.network import AB_SCALE, ColorNetwork
from colorizer.painting import enlarge, join, split_lab
from colorizer.unet import UNetTrunk
from train import TrainError
from train.arguments import Recipe
from train.film import as_film
from train.hints import draw_hints, embedding_loss, turn_hues
from train.precision import Precision, accelerator, candidates, fastest, measure
from train.trainer import cosine, say

ANCHORS = 16  # cells of each photo that the embedding's loss compares with all others


class ColorTraining(LightningModule):
    """Learns ab from L with `loss`, a module of train.loss that fits the network's head.

    Batches are (N, 3, H, W) uint8 sRGB; Lab is computed on the training device.
    frozen: the encoder is not trained. A network that takes hints gets some for every second photo.
    """

    def __init__(
        self,
        network: ColorNetwork,
        loss: nn.Module,
        recipe: Recipe,
        seed: int,
        frozen: bool = False,
    ) -> None:
        super().__init__()
        self.recipe = recipe
        self.precision = Precision(bf16=False, channels_last=False)
        self.network, self.loss = network, loss
        self.seed, self.frozen = seed, frozen
        if frozen:  # now, for several processes agree on what learns before there is an optimiser
            network.get_submodule("trunk.encoder").requires_grad_(False)
        self.average = None
        if recipe.average:
            self.average = AveragedModel(
                network, multi_avg_fn=_Decay(recipe.average), use_buffers=True
            ).requires_grad_(False)

    @property
    def shown(self) -> ColorNetwork:
        """The network that is validated and saved: the average, where one is kept."""
        return self.network if self.average is None else cast(ColorNetwork, self.average.module)

    def on_train_batch_end(self, *_: Any) -> None:
        if self.average is not None:
            self.average.update_parameters(self.network)

    def make_optimizer(self) -> torch.optim.Optimizer:
        learning = [p for p in self.parameters() if p.requires_grad]
        # Without decay this is Adam, which the story's variants are trained by.
        return torch.optim.AdamW(learning, self.recipe.lr, weight_decay=self.recipe.weight_decay)

    def configure_optimizers(self) -> Any:
        optimizer = self.make_optimizer()
        if self.recipe.schedule == "cosine":
            return cosine(optimizer, self.trainer)
        return optimizer

    def settle_precision(
        self, recorded: str | None, wanted: str, batch_of: Callable[[int], Any], photos: int
    ) -> None:
        """Take the precision that a resumed run `recorded`, or else the fastest of those `wanted`.

        It is measured on copies, so that the training starts as if nothing had been measured.
        wanted: see `candidates`; batch_of: makes a batch of a given size; photos: batch size.
        Raises TrainError for a precision that does not exist.
        """
        found = candidates(recorded or wanted)
        self.precision = found[0]
        if len(found) == 1:
            why = "as this run began" if recorded else "as --precision says"
            say(f"Precision {self.precision.name}, {why}.")
        elif rank_zero_only.rank == 0:  # whose word counts, see `setup`
            seconds = _measured(self, found, batch_of, photos)
            self.precision = fastest(seconds)
            rates = ", ".join(f"{p.name} {1 / value:,.0f}" for p, value in seconds.items())
            say(f"Precision {self.precision.name}, the fastest here; photos/s: {rates}.")

    def setup(self, stage: str) -> None:
        # One process has measured; all have to use its result.
        self.precision = self.trainer.strategy.broadcast(self.precision)
        self.to(memory_format=self.precision.memory_format)  # type: ignore[call-overload]

    def on_train_epoch_start(self) -> None:
        if self.frozen:  # its batch norm keeps the statistics it came with
            self.network.get_submodule("trunk.encoder").eval()

    def on_train_batch_start(self, batch: Tensor, batch_idx: int) -> None:
        # A resumed run draws the same dropout as one that was never stopped. Per batch, because
        # loaders draw from the same generator, and not alike when a run starts and goes on.
        torch.manual_seed((self.seed + 1) * 1_000_003 + self.global_step * 1009 + self.global_rank)

    def loss_of(self, batch: Tensor) -> Tensor:
        lab = rgb_to_lab(batch)
        lightness, ab = lab[:, :1], lab[:, 1:]
        seen = as_film(batch, lightness) if self.recipe.film else lightness
        if self.network.settings.embedding:
            return self._hinted_loss(seen, lab)
        return self.loss(self._output(self.network, seen), self._target(batch, ab))

    def _hinted_loss(self, seen: Tensor, lab: Tensor) -> Tensor:
        """The loss without hints, that with hints, and that of the embedding.

        seen: (N, 1, H, W) lightness as the network is fed; lab: (N, 3, H, W), the truth.
        """
        size = lab.shape[-2] // 4, lab.shape[-1] // 4
        lightness, ab = F.adaptive_avg_pool2d(lab, size).split((1, 2), dim=1)
        first = torch.randint(size[0] * size[1], (len(ab),)).to(ab.device)
        turned = turn_hues(ab, first)
        hints = draw_hints(turned, first, AB_SCALE)

        # Every second cell each way: neighbours teach much the same, and most of the time goes
        # into distributions over bins.
        row, column = torch.randint(2, (2,)).tolist()
        some = (..., slice(row, None, 2), slice(column, None, 2))
        plain, hinted, embedded = self._with_hints(seen, hints, some)

        anchors = torch.randint(size[0] * size[1], (len(ab), ANCHORS)).to(ab.device)
        log_odds = self._learnt[0].log_odds(at(embedded, anchors), embedded)
        of_pairs = embedding_loss(log_odds, ab, lightness, anchors)
        return self.loss(plain, ab[some]) + self.loss(hinted, turned[some]) + of_pairs

    def _with_hints(
        self, seen: Tensor, hints: Tensor, some: tuple
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of some cells without hints and with them, and the embedding of all cells."""
        trunk, (embedding, attention) = self.network.trunk, self._learnt
        seen = seen.contiguous(memory_format=self.precision.memory_format)
        bins = self.network.bins / AB_SCALE
        with self.precision.autocast(seen.device):
            state = self.network.start(seen)
            assert state.looks is not None
            plain = trunk.head(trunk.finish(state)[some]).float()
            target, influence = attention.relay(state.looks, hints, embedding)
            # The decoder knows nothing of hints, so turned hues have nothing to teach it.
            hinted = attention.mix(plain.detach(), target[some], influence[some], bins)
        return plain, hinted, state.looks.flatten(2).mT

    @property
    def _learnt(self) -> tuple[ColourEmbedding, HintAttention]:
        trunk = cast(UNetTrunk, self.network.trunk)
        return cast(ColourEmbedding, trunk.embedding), cast(HintAttention, trunk.attention)

    def _target(self, rgb: Tensor, ab: Tensor) -> Tensor:
        """What the loss compares with: ab, or sRGB in [0, 1] for a network that paints it whole."""
        return rgb / 255 if self.network.paints_whole else ab

    def _output(
        self, network: ColorNetwork, lightness: Tensor, hints: Tensor | None = None
    ) -> Tensor:
        """Float32, of a network that runs in the precision of the training."""
        lightness = lightness.contiguous(memory_format=self.precision.memory_format)
        with self.precision.autocast(lightness.device):
            return network(lightness, hints).float()

    def training_step(self, rgb: Tensor) -> Tensor:
        loss = self.loss_of(rgb)
        self.log_mean("train_loss", loss, len(rgb), show=True)
        return loss

    def validation_step(self, rgb: Tensor) -> None:
        lab = rgb_to_lab(rgb)
        lightness, ab = lab[:, :1], lab[:, 1:]
        output = self._output(self.shown, lightness)
        loss = self.loss(output, self._target(rgb, ab))
        if not torch.isfinite(loss):
            raise TrainError("The training diverged: its loss is not finite; lower --lr.")
        colour = enlarge(Decoding().ab(output, self.network.bins), rgb.shape[-2:])
        painted = join(lightness, colour)
        _, ab = split_lab(colour)
        self.log_mean("val_loss", loss, len(rgb), show=True)
        for name, values in {
            "psnr": metrics.psnr(painted, rgb),
            "colourfulness": metrics.colourfulness(painted),
            "true_colourfulness": metrics.colourfulness(rgb),
            "mean_chroma": metrics.mean_chroma(ab),
            "hue_entropy": metrics.hue_entropy(ab),
        }.items():
            self.log_mean(name, values.mean(), len(rgb))

    def log_mean(self, name: str, value: Tensor, count: int, show: bool = False) -> None:
        """The mean over an epoch's photos; `count` of them are in this batch."""
        self.log(
            name,
            value,
            on_step=False,
            on_epoch=True,
            batch_size=count,
            sync_dist=True,
            prog_bar=show,
        )


def _measured(
    training: ColorTraining,
    precisions: list[Precision],
    batch_of: Callable[[int], Any],
    photos: int,
) -> dict[Precision, float]:
    """Seconds per photo in each of `precisions`; leaves the random state unchanged."""
    device, batch_of = accelerator(), cache(batch_of)
    with torch.random.fork_rng([device.index] if device.type == "cuda" else []):
        return measure({p: _trial(training, p, device, batch_of) for p in precisions}, photos)


def _trial(
    training: ColorTraining,
    precision: Precision,
    device: torch.device,
    batch_of: Callable[[int], Any],
) -> Callable[[int], None]:
    """A training step of a copy: forward, loss, backward and update."""
    twin = copy.deepcopy(training).to(device).train()
    twin.precision = precision
    twin.to(memory_format=precision.memory_format)  # type: ignore[call-overload]
    twin.on_train_epoch_start()
    optimizer = twin.make_optimizer()

    def step(photos: int) -> None:
        batch = training.transfer_batch_to_device(batch_of(photos), device, 0)
        optimizer.zero_grad()
        loss = twin.loss_of(batch)
        loss.backward()
        optimizer.step()
        loss.item()  # waits for a GPU

    return step


class _Decay:
    """An exponential moving average, short while there is little to average."""

    def __init__(self, decay: float) -> None:
        self.decay = decay

    def __call__(self, averages: Any, currents: Any, count: Any) -> None:
        share = 1 - min(self.decay, (1 + float(count)) / (10 + float(count)))
        for average, current in zip(averages, currents, strict=True):
            if average.is_floating_point():
                average.lerp_(current, share)
            else:
                average.copy_(current)
