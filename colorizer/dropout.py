"""Dropout that can be repeated: random in training, with masks drawn beforehand when sampling.

With the masks of N samples, a batch of one becomes a batch of N at the first dropout layer, so that
everything before it is computed only once.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor, nn


class ChannelDropout(nn.Dropout2d):
    """Drops whole channels: neighbouring activations are correlated, so dropping single ones
    hardly regularises (Tompson et al. 2015, arXiv:1411.4280).
    """

    masks: Tensor | None = None  # (N, channels, 1, 1): 0, or 1 / (1 - rate)

    def __init__(self, rate: float, channels: int) -> None:
        super().__init__(rate)
        self.channels = channels

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) if self.masks is None else x * self.masks


@dataclass(frozen=True)
class State:
    """What a network has made of a photo, before dropout and hints; all samples share it.

    lightness: (N, 1, H, W) in [0, 100], the network's input; seen: what it continues with, one
    tensor, or of a decoder one for each scale (`unet.Decoder.start`); looks: how each cell looks
    to an encoder (`self_similarity.looks`), and weights (`self_similarity.weights_of`), if cells
    share and these are kept for passes to come; hints: the given colours (`unet.pooled`), which
    can be replaced while all else stays; windows: the same of each window of a long photo, which
    is coloured by these (`windows.windows`).
    """

    lightness: Tensor
    seen: tuple[Tensor, ...]
    looks: Tensor | None = None
    hints: Tensor | None = None
    weights: Tensor | None = None
    windows: tuple["State", ...] = ()

    def channels_last(self) -> Self:
        """The same values, laid out in memory with the channels of a pixel side by side."""

        def last(x: Tensor) -> Tensor:
            return x.contiguous(memory_format=torch.channels_last)

        return type(self)(
            last(self.lightness),
            tuple(map(last, self.seen)),
            None if self.looks is None else last(self.looks),
            None if self.hints is None else last(self.hints),
            self.weights,
            tuple(window.channels_last() for window in self.windows),
        )


def dropout_layers(network: nn.Module) -> list[ChannelDropout]:
    """The dropout layers of a network; empty for a network that cannot be sampled."""
    return [m for m in network.modules() if isinstance(m, ChannelDropout)]


@contextmanager
def dropped(network: nn.Module, seed: int, indices: Sequence[int]) -> Iterator[None]:
    """Inside, the network's dropout layers drop exactly what `seed` and these indices determine.

    Sample i has the same masks whatever it is batched with. Nothing else changes: batch norm uses
    its running statistics, and no global random number is drawn.
    """
    layers = dropout_layers(network)
    channels = [layer.channels for layer in layers]
    draws = torch.stack(
        [
            torch.rand(sum(channels), generator=torch.Generator().manual_seed(seed * 1_000_003 + i))
            for i in indices
        ]
    )
    try:
        for layer, draw in zip(layers, draws.split(channels, dim=1), strict=True):
            layer.masks = (draw >= layer.p).float()[..., None, None] / (1 - layer.p)
        yield
    finally:
        for layer in layers:
            layer.masks = None
