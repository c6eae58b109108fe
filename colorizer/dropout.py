"""Dropout that can be repeated: at random in training, by masks drawn beforehand when sampling.

With masks of N samples a batch of one becomes a batch of N at the first dropout layer, so that
everything before it is computed once for all samples.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class ChannelDropout(nn.Dropout2d):
    """Drops whole channels: neighbouring activations are correlated, so that dropping single ones
    hardly regularises (Tompson et al. 2015, arXiv:1411.4280).
    """

    masks: Tensor | None = None  # (N, channels, 1, 1): 0, or 1 / (1 - rate)

    def __init__(self, rate: float, channels: int) -> None:
        super().__init__(rate)
        self.channels = channels

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) if self.masks is None else x * self.masks


def dropout_layers(network: nn.Module) -> list[ChannelDropout]:
    """The dropout layers of a network; empty for a network that cannot be sampled."""
    return [m for m in network.modules() if isinstance(m, ChannelDropout)]


@contextmanager
def dropped(network: nn.Module, seed: int, indices: Sequence[int]) -> Iterator[None]:
    """Inside, the network's dropout layers drop what `seed` and these indices say, and no more.

    Sample i has the same masks whatever it is batched with. Nothing else of the network changes:
    batch norm keeps its running statistics, and no global random number is drawn.
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
