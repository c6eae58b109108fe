"""A light U-Net decoder, and the trunk that joins it to an encoder.

The decoder climbs back to a quarter of the size with one convolution per scale and the encoder's
features beside it (Ronneberger et al. 2015, arXiv:1505.04597): colour is smooth, and each further
scale would cost as much as all before it.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorizer.dropout import ChannelDropout, State
from colorizer.embedding import ColourEmbedding, HintAttention
from colorizer.self_similarity import looks, share, weights_of

HINT_CHANNELS = 3  # a, b, and where they are given


def pooled(hints: Tensor, size: Sequence[int]) -> Tensor:
    """Hints on a coarser grid: the mean colour of those in each cell, and whether there is one.

    hints: (N, 3, H, W), ab in the network's own unit and 1 where a colour is given, zeros
    elsewhere; size: h and w, of which H and W are one multiple. Returns (N, 3, h, w).
    """
    mean = F.avg_pool2d(hints, hints.shape[-1] // size[-1])
    given = mean[:, -1:]
    # Hints cover few pixels of a coarse cell: take their mean, not the cell's.
    return torch.where(given > 0, mean / given.clamp(min=1e-6), 0.0)


class Decoder(nn.Module):
    """From an encoder's features to those at a quarter of the size that `head` reads.

    channels: the encoder's, at 1/4, 1/8, 1/16 and 1/32 of the size; widths: the decoder's own at
    1/16, 1/8 and 1/4; dropout: rate after each of the three; hints: whether each scale also takes
    hints (`pooled`), with weights that start at zero; things: channels of a further map of the
    encoder's at 1/32, 0 for none. The mean over the whole photo is added to the smallest features.
    """

    def __init__(
        self,
        channels: Sequence[int],
        widths: Sequence[int],
        outputs: int,
        dropout: float,
        hints: bool = False,
        things: int = 0,
    ) -> None:
        super().__init__()
        *skips, inputs = channels
        self.things = nn.Conv2d(things, inputs, 1) if things else None
        self.context = nn.Conv2d(inputs, inputs, 1)
        self.stages = nn.ModuleList()
        self.dropout = nn.ModuleList()
        for width, skip in zip(widths, reversed(skips), strict=True):
            joined = inputs + skip + HINT_CHANNELS * hints
            convolution = nn.Conv2d(joined, width, 3, padding=1, bias=False)
            if hints:
                nn.init.zeros_(convolution.weight[:, -HINT_CHANNELS:])
            self.stages.append(
                nn.Sequential(convolution, nn.BatchNorm2d(width), nn.ReLU(inplace=True))
            )
            self.dropout.append(ChannelDropout(dropout, width) if dropout else nn.Identity())
            inputs = width
        self.head = nn.Conv2d(inputs, outputs, 1)

    def start(
        self, x: Tensor, skips: Sequence[Tensor], things: Tensor | None = None
    ) -> tuple[Tensor, ...]:
        """What the convolutions at 1/16, 1/8 and 1/4 of the size make of the encoder's features.

        x: features at 1/32 of the size; skips: those at 1/16, 1/8 and 1/4; things: a further
        map at 1/32, for a decoder that takes one. A convolution of joined channels is a sum of
        convolutions, and this part of it is the same for all hints and dropout masks.
        """
        if self.things is not None:
            x = x + self.things(things)
        x = x + self.context(x.mean((2, 3), keepdim=True))
        coarsest, *finer = skips
        parts = [torch.cat([_twice(x), coarsest], dim=1), *finer]
        before = [0] + [len(stage.get_parameter("0.weight")) for stage in self.stages[:-1]]
        return tuple(map(_convolved, self.stages, parts, before))

    def forward(self, seen: Sequence[Tensor], hints: Tensor | None = None) -> Tensor:
        """seen: what `start` gave, of one photo or of several; hints: see `pooled`.

        `seen` may be of one photo where hints or dropout masks are several.
        """
        x = None
        for stage, dropout, total in zip(self.stages, self.dropout, seen, strict=True):
            if x is not None:
                total = total + _convolved(stage, _twice(x), 0)
            if hints is not None:
                given = pooled(hints, total.shape[2:]).to(total.dtype)
                total = total + _convolved(stage, given, -HINT_CHANNELS)
            _, norm, activation = stage.children()
            x = dropout(activation(norm(total)))
        assert x is not None
        return x


def _twice(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="nearest")


def _convolved(stage: nn.Module, x: Tensor, first: int) -> Tensor:
    """A stage's convolution of some of its channels, the first of them at this place."""
    weight = stage.get_parameter("0.weight")
    channels = range(weight.shape[1])[first:][: x.shape[1]]
    return F.conv2d(x, weight[:, channels.start : channels.stop], padding=1)


class UNetTrunk(nn.Module):
    """From lightness, (N, 1, H, W) in [0, 100], to features at a quarter of the size.

    encoder: (N, 1, H, W) lightness in [-1, 1] to features at 1/4, 1/8, 1/16 and 1/32 of the size,
    and of things, if the decoder takes them; alike: spread of the sharing between cells that look
    alike (`self_similarity.share`), 0 for none; embedding: what cells share by in its
    place, and attention: what hints spread by, of a network that has learnt both.
    """

    def __init__(
        self,
        encoder: nn.Module,
        decoder: Decoder,
        alike: float,
        embedding: ColourEmbedding | None = None,
        attention: HintAttention | None = None,
    ) -> None:
        super().__init__()
        self.encoder, self.decoder, self.alike = encoder, decoder, alike
        self.embedding, self.attention = embedding, attention

    @property
    def head(self) -> nn.Module:
        """The last layer, a convolution: features to outputs of the same size."""
        return self.decoder.head

    def start(self, lightness: Tensor) -> State:
        """The encoder's part, and what the decoder makes of it alone."""
        scaled = lightness / 50 - 1
        quarter, eighth, sixteenth, deepest, *things = self.encoder(scaled)
        seen = self.decoder.start(deepest, (sixteenth, eighth, quarter), *things)
        if self.embedding is not None:
            embedded = self.embedding([quarter, eighth, sixteenth, deepest], scaled)
            return State(lightness, seen, embedded)
        if self.training and not self.alike:
            return State(lightness, seen)
        return State(lightness, seen, looks([eighth, sixteenth], scaled, quarter.shape[-2:]))

    def finish(self, state: State) -> Tensor:
        """Features for `head`, from what `start` gave."""
        x = self.decoder(state.seen, state.hints if self.embedding is None else None)
        if self.embedding is not None:
            assert state.looks is not None
            return self.embedding.share(x, state.looks, state.weights)
        if not self.alike:
            return x
        assert state.looks is not None
        return share(x, state.looks, self.alike, state.weights)

    def weights(self, looks: Tensor) -> Tensor | None:
        """The weights that cells share with, for a photo that they share in many times."""
        if self.embedding is not None:
            return self.embedding.weights(looks)
        return weights_of(looks, self.alike) if self.alike else None
