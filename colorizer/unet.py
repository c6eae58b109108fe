"""A light U-Net decoder, and the trunk that joins it to an encoder.

The decoder climbs back to a quarter of the size with one convolution per scale and the encoder's
features beside it (Ronneberger et al. 2015, arXiv:1505.04597): colour is smooth, and every further
scale would cost as much as all before.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorizer.alike import looks, share
from colorizer.dropout import ChannelDropout
from colorizer.resnet import Encoder


class Decoder(nn.Module):
    """The encoder's features to (N, outputs, H/4, W/4).

    widths: channels at 1/16, 1/8 and 1/4 of the size; dropout: rate after each of the three.
    """

    def __init__(
        self, encoder: tuple[int, ...], widths: tuple[int, ...], outputs: int, dropout: float
    ) -> None:
        super().__init__()
        *skips, channels = encoder
        self.stages = nn.ModuleList()
        self.dropout = nn.ModuleList()
        for width, skip in zip(widths, reversed(skips), strict=True):
            self.stages.append(
                nn.Sequential(
                    nn.Conv2d(channels + skip, width, 3, padding=1, bias=False),
                    nn.BatchNorm2d(width),
                    nn.ReLU(inplace=True),
                )
            )
            self.dropout.append(ChannelDropout(dropout, width) if dropout else nn.Identity())
            channels = width
        self.head = nn.Conv2d(channels, outputs, 1)

    def start(self, features: list[Tensor]) -> list[Tensor]:
        """Up to the first dropout layer: what to go on with, and the features still to be used."""
        *skips, x = features
        return [_joined(x, skips.pop(), self.stages[0]), *skips]

    def finish(self, state: list[Tensor], before_head: Callable[[Tensor], Tensor]) -> Tensor:
        x, *skips = state
        x = self.dropout[0](x)
        for index in range(1, len(self.stages)):
            x = self.dropout[index](_joined(x, skips.pop(), self.stages[index]))
        return self.head(before_head(x))


def _joined(x: Tensor, skip: Tensor, stage: nn.Module) -> Tensor:
    x = F.interpolate(x, scale_factor=2, mode="nearest")
    return stage(torch.cat([x, skip.expand(len(x), -1, -1, -1)], dim=1))


class ResNetTrunk(nn.Module):
    """(N, 1, H, W) lightness in [-1, 1] to (N, outputs, H/4, W/4), in two halves.

    alike: spread of the sharing between cells that look alike (`alike.share`); 0: none.
    """

    def __init__(
        self,
        encoder: tuple[int, ...],
        decoder: tuple[int, ...],
        outputs: int,
        dropout: float,
        alike: float,
    ) -> None:
        super().__init__()
        self.encoder = Encoder(encoder)
        self.decoder = Decoder(encoder, decoder, outputs, dropout)
        self.alike = alike

    def start(self, lightness: Tensor) -> list[Tensor]:
        features = self.encoder(lightness)
        state = self.decoder.start(features)
        if self.alike:
            quarter, eighth, sixteenth, _ = features
            state.insert(0, looks([eighth, sixteenth], lightness, quarter.shape[-2:]))
        return state

    def finish(self, state: list[Tensor], before_head: Callable[[Tensor], Tensor]) -> Tensor:
        if not self.alike:
            return self.decoder.finish(state, before_head)
        look, *state = state
        return self.decoder.finish(state, lambda x: before_head(share(x, look, self.alike)))
