"""An encoder in the shape of ResNet-18 with a light U-Net decoder on top.

The encoder is the one of He et al. 2016, "Deep residual learning for image recognition"
(arXiv:1512.03385), with free widths and one input channel. Its tensors bear torchvision's names, so
that weights trained elsewhere fit without a table of translations. The decoder climbs back to a
quarter of the size with one convolution per scale and the encoder's features beside it
(Ronneberger et al. 2015, arXiv:1505.04597): colour is smooth, and every further scale would cost as
much as all before.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorizer.alike import looks, share
from colorizer.dropout import ChannelDropout
from colorizer.efficientnet import EfficientNetEncoder, feature_widths

HINT_CHANNELS = 3  # a, b and where they are given


def pooled(hints: Tensor | None, like: Tensor) -> Tensor:
    """Hints at the size of `like`: the mean colour of those in each cell, and whether there is one.

    hints: (N, 3, H, W), ab and 1 where a colour is given, zeros elsewhere; None for none at all.
    """
    if hints is None:
        return like.new_zeros(len(like), HINT_CHANNELS, *like.shape[2:])
    mean = F.adaptive_avg_pool2d(hints, like.shape[2:])
    given = mean[:, -1:]
    return torch.where(given > 0, mean / given.clamp(min=1e-6), 0.0).to(like.dtype)


class BasicBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = (
            nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )
            if stride > 1 or inputs != outputs
            else None
        )

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.downsample is None else self.downsample(x)
        x = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return F.relu(self.bn2(self.conv2(x)) + shortcut, inplace=True)


class Encoder(nn.Module):
    """(N, 1, H, W) lightness in [-1, 1] to features at 1/4, 1/8, 1/16 and 1/32 of the size.

    widths: the channels of these four.
    """

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        if len(widths) != 4:
            raise ValueError(f"an encoder has four widths, not {len(widths)}.")
        self.conv1 = nn.Conv2d(1, widths[0], 7, 2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        channels = widths[0]
        for index, width in enumerate(widths, start=1):
            stride = 1 if index == 1 else 2
            blocks = BasicBlock(channels, width, stride), BasicBlock(width, width, 1)
            self.add_module(f"layer{index}", nn.Sequential(*blocks))
            channels = width

    def forward(self, lightness: Tensor) -> list[Tensor]:
        x = F.relu(self.bn1(self.conv1(lightness)), inplace=True)
        x = F.max_pool2d(x, 3, 2, padding=1)
        features = []
        for index in (1, 2, 3, 4):
            x = self.get_submodule(f"layer{index}")(x)
            features.append(x)
        return features


class Decoder(nn.Module):
    """The encoder's features to (N, outputs, H/4, W/4).

    widths: channels at 1/16, 1/8 and 1/4 of the size; dropout: rate after each of the three;
    context: whether the mean over the whole photo is added to the smallest features; hints:
    whether each of the three also takes hints (`pooled`), by weights that start at zero.
    """

    def __init__(
        self,
        encoder: tuple[int, ...],
        widths: tuple[int, ...],
        outputs: int,
        dropout: float,
        context: bool = False,
        hints: bool = False,
    ) -> None:
        super().__init__()
        *skips, channels = encoder
        self.context = nn.Conv2d(channels, channels, 1) if context else None
        self.hints = hints
        self.stages = nn.ModuleList()
        self.dropout = nn.ModuleList()
        for width, skip in zip(widths, reversed(skips), strict=True):
            self.stages.append(
                nn.Sequential(
                    nn.Conv2d(
                        channels + skip + HINT_CHANNELS * hints, width, 3, padding=1, bias=False
                    ),
                    nn.BatchNorm2d(width),
                    nn.ReLU(inplace=True),
                )
            )
            self.dropout.append(ChannelDropout(dropout, width) if dropout else nn.Identity())
            channels = width
        self.head = nn.Conv2d(channels, outputs, 1)
        if hints:
            for stage in self.stages:
                nn.init.zeros_(stage.get_submodule("0").weight[:, -HINT_CHANNELS:])

    def forward(
        self,
        features: list[Tensor],
        hints: Tensor | None,
        before_head: Callable[[Tensor], Tensor],
    ) -> Tensor:
        """hints: (N, 3, H/4, W/4), see `pooled`, or None; only for a decoder that takes them."""
        *skips, x = features
        if self.context is not None:
            x = x + self.context(x.mean((2, 3), keepdim=True))
        for stage, dropout in zip(self.stages, self.dropout, strict=True):
            skip = skips.pop()
            if self.hints:
                skip = torch.cat([skip, pooled(hints, skip)], dim=1)
            x = dropout(_joined(x, skip, stage))
        return self.head(before_head(x))

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


class EfficientNetTrunk(nn.Module):
    """(N, 1, H, W) lightness in [-1, 1] to (N, outputs, H/4, W/4), in two halves."""

    def __init__(
        self, scale: str, decoder: tuple[int, ...], outputs: int, dropout: float, alike: float
    ) -> None:
        super().__init__()
        self.encoder = EfficientNetEncoder(scale)
        self.decoder = Decoder(
            feature_widths(scale), decoder, outputs, dropout, context=True, hints=True
        )
        self.alike = alike

    def start(self, lightness: Tensor) -> list[Tensor]:
        features = self.encoder(lightness)
        if self.alike:
            quarter, eighth, sixteenth, _ = features
            return [looks([eighth, sixteenth], lightness, quarter.shape[-2:]), *features]
        return features

    def finish(
        self,
        state: list[Tensor],
        before_head: Callable[[Tensor], Tensor],
        hints: Tensor | None = None,
    ) -> Tensor:
        if not self.alike:
            return self.decoder(state, hints, before_head)
        look, *state = state
        return self.decoder(state, hints, lambda x: before_head(share(x, look, self.alike)))


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
