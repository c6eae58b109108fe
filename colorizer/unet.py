"""A light U-Net decoder, and the trunk that joins it to an encoder.

The decoder climbs back to a quarter of the size with one convolution per scale and the encoder's
features beside it (Ronneberger et al. 2015, arXiv:1505.04597): colour is smooth, and each further
scale would cost as much as all before it.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorizer.alike import looks, share
from colorizer.dropout import ChannelDropout, State

HINT_CHANNELS = 3  # a, b, and where they are given


def pooled(hints: Tensor | None, like: Tensor) -> Tensor:
    """Hints at the size of `like`: the mean colour of those in each cell, and whether there is one.

    hints: (N, 3, H, W), ab in the network's own unit and 1 where a colour is given, zeros
    elsewhere; None for none at all. Returns (N, 3, h, w).
    """
    if hints is None:
        return like.new_zeros(len(like), HINT_CHANNELS, *like.shape[2:])
    height, width = like.shape[2:]
    mean = F.adaptive_avg_pool2d(hints, (height, width))
    given = mean[:, -1:]
    # Hints cover few pixels of a coarse cell: take their mean, not the cell's.
    return torch.where(given > 0, mean / given.clamp(min=1e-6), 0.0).to(like.dtype)


class Decoder(nn.Module):
    """From an encoder's features to those at a quarter of the size that `head` reads.

    channels: the encoder's, at 1/4, 1/8, 1/16 and 1/32 of the size; widths: the decoder's own at
    1/16, 1/8 and 1/4; dropout: rate after each of the three; context: whether the mean over the
    whole photo is added to the smallest features; hints: whether each scale also takes hints
    (`pooled`), with weights that start at zero.
    """

    def __init__(
        self,
        channels: Sequence[int],
        widths: Sequence[int],
        outputs: int,
        dropout: float,
        context: bool = False,
        hints: bool = False,
    ) -> None:
        super().__init__()
        *skips, inputs = channels
        self.context = nn.Conv2d(inputs, inputs, 1) if context else None
        self.takes_hints = hints
        self.stages = nn.ModuleList()
        self.dropout = nn.ModuleList()
        for width, skip in zip(widths, reversed(skips), strict=True):
            self.stages.append(
                nn.Sequential(
                    nn.Conv2d(
                        inputs + skip + HINT_CHANNELS * hints, width, 3, padding=1, bias=False
                    ),
                    nn.BatchNorm2d(width),
                    nn.ReLU(inplace=True),
                )
            )
            self.dropout.append(ChannelDropout(dropout, width) if dropout else nn.Identity())
            inputs = width
        self.head = nn.Conv2d(inputs, outputs, 1)
        if hints:
            for stage in self.stages:
                nn.init.zeros_(stage.get_parameter("0.weight")[:, -HINT_CHANNELS:])

    def forward(self, x: Tensor, skips: Sequence[Tensor], hints: Tensor | None = None) -> Tensor:
        """x: features at 1/32 of the size; skips: those at 1/16, 1/8 and 1/4; hints: see `pooled`.

        x may hold one photo and hints or dropout masks several.
        """
        if self.context is not None:
            x = x + self.context(x.mean((2, 3), keepdim=True))
        for stage, dropout, skip in zip(self.stages, self.dropout, skips, strict=True):
            parts = [F.interpolate(x, scale_factor=2, mode="nearest"), skip]
            if self.takes_hints:
                parts.append(pooled(hints, skip))
            count = max(map(len, parts))
            x = dropout(stage(torch.cat([part.expand(count, -1, -1, -1) for part in parts], dim=1)))
        return x


class UNetTrunk(nn.Module):
    """From lightness, (N, 1, H, W) in [0, 100], to features at a quarter of the size.

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
        """The encoder's part."""
        scaled = lightness / 50 - 1
        quarter, eighth, sixteenth, deepest = self.encoder(scaled)
        size = quarter.shape[-2:]
        return State(
            lightness,
            deepest,
            skips=(sixteenth, eighth, quarter),
            looks=looks([eighth, sixteenth], scaled, size) if self.alike else None,
        )

    def finish(self, state: State) -> Tensor:
        """Features for `head`, from what `start` gave."""
        x = self.decoder(state.x, state.skips, state.hints)
        return x if state.looks is None else share(x, state.looks, self.alike, state.weights)
