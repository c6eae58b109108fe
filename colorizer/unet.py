"""A light U-Net decoder, and the trunk that joins it to an encoder.

The decoder climbs back to a quarter of the size with one convolution per scale and the encoder's
features beside it (Ronneberger et al. 2015, arXiv:1505.04597): colour is smooth, and every further
scale would cost as much as all before.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorizer.alike import looks, share
from colorizer.dropout import ChannelDropout, State


class Decoder(nn.Module):
    """An encoder's features to those of a quarter of the size that `head` makes outputs of.

    channels: the encoder's, at 1/4, 1/8, 1/16 and 1/32 of the size; widths: the decoder's own at
    1/16, 1/8 and 1/4; dropout: rate after each of the three.
    """

    def __init__(
        self, channels: Sequence[int], widths: Sequence[int], outputs: int, dropout: float
    ) -> None:
        super().__init__()
        *skips, inputs = channels
        self.stages = nn.ModuleList()
        self.dropout = nn.ModuleList()
        for width, skip in zip(widths, reversed(skips), strict=True):
            self.stages.append(
                nn.Sequential(
                    nn.Conv2d(inputs + skip, width, 3, padding=1, bias=False),
                    nn.BatchNorm2d(width),
                    nn.ReLU(inplace=True),
                )
            )
            self.dropout.append(ChannelDropout(dropout, width) if dropout else nn.Identity())
            inputs = width
        self.head = nn.Conv2d(inputs, outputs, 1)

    def start(self, deepest: Tensor, skip: Tensor) -> Tensor:
        """The first scale, before its dropout layer. Features at 1/32 and 1/16 of the size."""
        return self._climb(0, deepest, skip)

    def finish(self, x: Tensor, skips: Sequence[Tensor]) -> Tensor:
        """From what `start` gave and the features still to be used, at 1/8 and 1/4 of the size."""
        x = self.dropout[0](x)
        for stage, skip in enumerate(skips, start=1):
            x = self.dropout[stage](self._climb(stage, x, skip))
        return x

    def _climb(self, stage: int, x: Tensor, skip: Tensor) -> Tensor:
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        return self.stages[stage](torch.cat([x, skip.expand(len(x), -1, -1, -1)], dim=1))


class UNetTrunk(nn.Module):
    """Lightness, (N, 1, H, W) in [0, 100], to features of a quarter of the size.

    encoder: (N, 1, H, W) lightness in [-1, 1] to features at 1/4, 1/8, 1/16 and 1/32 of the size;
    alike: spread of the sharing between cells that look alike (`alike.share`), 0 for none.
    """

    def __init__(self, encoder: nn.Module, decoder: Decoder, alike: float) -> None:
        super().__init__()
        self.encoder, self.decoder, self.alike = encoder, decoder, alike

    @property
    def head(self) -> nn.Module:
        """The last layer, a convolution: features to outputs of the same size."""
        return self.decoder.head

    def start(self, lightness: Tensor) -> State:
        """Everything before the first dropout layer."""
        scaled = lightness / 50 - 1
        quarter, eighth, sixteenth, deepest = self.encoder(scaled)
        size = quarter.shape[-2:]
        return State(
            lightness,
            self.decoder.start(deepest, sixteenth),
            skips=(eighth, quarter),
            looks=looks([eighth, sixteenth], scaled, size) if self.alike else None,
        )

    def finish(self, state: State) -> Tensor:
        """Features for `head`, from what `start` gave."""
        x = self.decoder.finish(state.x, state.skips)
        return x if state.looks is None else share(x, state.looks, self.alike)
