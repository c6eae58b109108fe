"""The story's trunk: 3x3 convolutions one after another, without skip connections."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from colorizer.dropout import ChannelDropout, State


class PlainTrunk(nn.ModuleList):
    """From lightness, (N, 1, H, W) in [0, 100], to the features that `head` turns into outputs.

    widths: channels at 1/2, 1/4, 1/8 ... of the size; dropout: rate after every convolution but
    the last, 0 for no dropout layers; bins: whether the outputs are logits of bins, at a quarter
    of the size, or ab, at half of it.
    """

    def __init__(
        self, widths: Sequence[int], batch_norm: bool, dropout: float, outputs: int, bins: bool
    ) -> None:
        super().__init__(_layers(widths, batch_norm, dropout, outputs, bins))
        at = (i for i, layer in enumerate(self) if isinstance(layer, ChannelDropout))
        self._first_dropout = next(at, 0)

    @property
    def head(self) -> nn.Module:
        """The last layer, a convolution: features to outputs of the same size."""
        return self[-1]

    def start(self, lightness: Tensor) -> State:
        """Everything before the first dropout layer."""
        x = lightness / 50 - 1
        for layer in list(self)[: self._first_dropout]:
            x = layer(x)
        return State(lightness, (x,))

    def finish(self, state: State) -> Tensor:
        """Features for `head`, from what `start` gave."""
        [x] = state.seen
        for layer in list(self)[self._first_dropout : -1]:
            x = layer(x)
        return x


def _layers(
    widths: Sequence[int], batch_norm: bool, dropout: float, outputs: int, bins: bool
) -> list[nn.Module]:
    layers: list[nn.Module] = []

    def convolve(inputs: int, outputs: int, stride: int = 1) -> None:
        layer = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        layers.append(layer)
        if batch_norm:
            layers.append(nn.BatchNorm2d(outputs))
        else:
            # Zero, as batch norm's own bias starts: drawing it would shift the random numbers
            # of all later layers, and the variants would not start from the same weights.
            layer.bias = nn.Parameter(torch.zeros(outputs))
        layers.append(nn.ReLU(inplace=True))
        if dropout:
            layers.append(ChannelDropout(dropout, outputs))

    channels = 1
    for width in widths:
        convolve(channels, width, stride=2)
        convolve(width, width)
        channels = width
    convolve(channels, channels)
    # Two hundred logits a pixel at half the size would cost more than the trunk that makes them.
    for width in reversed(widths[int(bins) : -1]):
        layers.append(nn.Upsample(scale_factor=2, mode="nearest"))
        convolve(channels, width)
        channels = width
    convolve(channels, channels)
    kernel = 1 if bins else 3
    layers.append(nn.Conv2d(channels, outputs, kernel, padding=kernel // 2))
    return layers
