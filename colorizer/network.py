"""The networks: lightness in, ab or a distribution over bins of ab out.

The story's variants are one trunk of 3x3 convolutions without skip connections. They differ in
nothing but the layers between the convolutions:

    baseline    conv - ReLU
    batchnorm   conv - BN - ReLU
    dropout     conv - BN - ReLU - dropout

Beyond the story:

    rebalanced  batchnorm's trunk with a class head over bins of ab
    transfer    an encoder trained on another task first (`resnet.py`), the same head

Notable choices
- Down by stride, up by nearest neighbour: no checkerboard from transposed convolutions
  (Odena et al. 2016).
- ab is predicted at half the size, bins at a quarter: colour is smooth, and the last stage would
  cost as much as all others together.
- Dropout stands after batch norm, whose statistics it would shift otherwise (Li et al. 2019,
  arXiv:1801.05134).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorizer.decoding import TEMPERATURE, annealed_mean, as_tensor
from colorizer.dropout import ChannelDropout
from colorizer.guided import smooth
from colorizer.hub import Pretrained
from colorizer.unet import ResNetTrunk

AB_SCALE = 110.0  # the network's own unit of ab, so that its targets lie in [-1, 1]


@dataclass(frozen=True)
class NetworkSettings:
    """Everything that decides the shape of a network; travels inside its checkpoint."""

    widths: tuple[int, ...] = (32, 64, 128)  # channels at 1/2, 1/4 and 1/8 of the size
    batch_norm: bool = False
    dropout: float = 0.0  # rate between the convolutions, in [0, 1); 0 builds no dropout layer
    shape: Literal["plain", "resnet"] = "plain"
    decoder: tuple[int, ...] = ()  # a resnet's channels at 1/16, 1/8 and 1/4, on the way up
    head: Literal["ab", "bins"] = "ab"
    bins: tuple[tuple[float, float], ...] = ()  # centres in Lab units, fitted to training photos
    rarity: tuple[float, ...] = ()  # of each bin: the logarithm of its weight in the training loss
    calm: float = 0.0  # share of `rarity` taken back from the logits, in [0, 1]
    gain: float = 1.0  # factor on the ab that is painted
    smooth: int = 0  # radius, in cells, of neighbours whose features are averaged; 0: each its own
    alike: float = 0.0  # a resnet's spread of sharing between like cells (`alike.py`); 0: none

    def __post_init__(self) -> None:
        object.__setattr__(self, "rarity", tuple(float(r) for r in self.rarity))
        object.__setattr__(self, "widths", tuple(self.widths))
        object.__setattr__(self, "decoder", tuple(self.decoder))
        object.__setattr__(self, "bins", tuple((float(a), float(b)) for a, b in self.bins))
        if len(self.widths) < 1 or any(w < 1 for w in (*self.widths, *self.decoder)):
            raise ValueError(f"widths must be one or more positive numbers, not {self.widths}.")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must be at least 0 and below 1, not {self.dropout}.")
        if self.shape not in ("plain", "resnet") or self.head not in ("ab", "bins"):
            raise ValueError(f"there is no {self.shape} network with a head of {self.head}.")
        if self.shape == "resnet" and (len(self.widths), len(self.decoder)) != (4, 3):
            raise ValueError("a resnet needs four widths on its way down and three on its way up.")
        if not 0 <= self.calm <= 1 or not 0 < self.gain <= 4:
            raise ValueError(f"calm lies in [0, 1], gain in (0, 4]; not {self.calm}, {self.gain}.")
        if not 0 <= self.smooth <= 16:
            raise ValueError(f"smooth is 0 to 16 cells, not {self.smooth}.")
        if not 0 <= self.alike <= 10 or (self.alike and self.shape != "resnet"):
            raise ValueError(f"alike is 0 to 10, and for a resnet alone; not {self.alike}.")
        if self.calm and not 0 < len(self.bins) == len(self.rarity):
            raise ValueError("calm needs the rarity of every bin.")

    @property
    def stride(self) -> int:
        """Photos are fed at sizes that are multiples of this many pixels."""
        return 2 ** (len(self.widths) + (self.shape == "resnet"))


STORY = {
    "baseline": NetworkSettings(),
    "batchnorm": NetworkSettings(batch_norm=True),
    "dropout": NetworkSettings(batch_norm=True, dropout=0.2),
}
VARIANTS = {
    **STORY,
    "rebalanced": NetworkSettings(batch_norm=True, head="bins"),
    "transfer": NetworkSettings(
        widths=(32, 64, 128, 256),
        batch_norm=True,
        dropout=0.1,
        shape="resnet",
        decoder=(96, 64, 48),
        head="bins",
        smooth=3,
        alike=0.2,
    ),
}


class ColorNetwork(
    nn.Module,
    Pretrained,
    library_name="colorizer",
    license="mit",
    pipeline_tag="image-to-image",
    tags=["image-colorization"],
):
    """Lightness to ab, or to the logits of bins of ab.

    (N, 1, H, W) in [0, 100] to (N, 2, H, W) in Lab units with a head of `ab`, to (N, Q, H/4, W/4)
    with a head of `bins`; `decode` turns either into ab. H and W must be multiples of
    `settings.stride`. Raises ValueError where a head of bins has none.
    """

    def __init__(self, settings: NetworkSettings) -> None:
        super().__init__()
        if settings.head == "bins" and not settings.bins:
            raise ValueError("a head of bins needs settings.bins, the centres to choose among.")
        self.settings = settings
        outputs = len(settings.bins) if settings.head == "bins" else 2
        self.trunk: PlainTrunk | ResNetTrunk = (
            ResNetTrunk(
                settings.widths, settings.decoder, outputs, settings.dropout, settings.alike
            )
            if settings.shape == "resnet"
            else PlainTrunk(*_plain_layers(settings, outputs))
        )
        # Not in the checkpoint's tensors: its settings hold them already.
        self.register_buffer("bins", as_tensor(settings.bins), persistent=False)
        shift = settings.calm * torch.tensor(settings.rarity)[:, None, None]
        self.register_buffer("shift", shift, persistent=False)

    def forward(self, lightness: Tensor) -> Tensor:
        return self.finish(self.start(lightness))

    def start(self, lightness: Tensor) -> list[Tensor]:
        """Everything before the first dropout layer, which all samples have in common."""
        height, width = lightness.shape[-2:]
        stride = self.settings.stride
        if height % stride or width % stride:
            raise ValueError(
                f"This network takes sizes that are multiples of {stride}, not {width}x{height}."
            )
        return [lightness, *self.trunk.start(lightness / 50 - 1)]

    def finish(self, state: list[Tensor]) -> Tensor:
        """What `forward` gives, from what `start` gave."""
        lightness, *state = state
        radius = self.settings.smooth

        def even(features: Tensor) -> Tensor:
            # One thing has one colour: without it, even surfaces break up into patches. Before a
            # linear layer it does what it would do after it, on fewer channels.
            if not radius:
                return features
            guide = F.interpolate(lightness, features.shape[-2:], mode="area")
            return smooth(features.float(), guide, radius)

        output = self.trunk.finish(state, even)
        if self.chooses:
            # A loss that weighs rare colours up makes them likelier than they are; this takes part
            # of that back (logit adjustment: Menon et al. 2021, arXiv:2007.07314).
            return output - self.get_buffer("shift") if self.settings.calm else output
        scale = 4 if self.settings.shape == "resnet" else 2
        return AB_SCALE * F.interpolate(
            output, scale_factor=scale, mode="bilinear", align_corners=False
        )

    @property
    def can_sample(self) -> bool:
        """Whether it has dropout layers to sample with."""
        return bool(self.settings.dropout)

    @property
    def chooses(self) -> bool:
        """Whether it gives a distribution over bins, not one colour."""
        return self.settings.head == "bins"

    def decode(self, output: Tensor, temperature: float = TEMPERATURE) -> Tensor:
        """ab in Lab units, (N, 2, h, w) float32, of what `forward` gave.

        temperature: see `decoding.annealed_mean`; a head of `ab` has none and ignores it.
        """
        if not self.chooses:
            return output.float() * self.settings.gain
        return annealed_mean(output, self.get_buffer("bins"), temperature) * self.settings.gain


class PlainTrunk(nn.Sequential):
    """(N, 1, H, W) lightness in [-1, 1] through one layer after another, in two halves."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__(*layers)
        dropout = (i for i, layer in enumerate(layers) if isinstance(layer, ChannelDropout))
        self._first_dropout = next(dropout, 0)

    def start(self, lightness: Tensor) -> list[Tensor]:
        for layer in list(self)[: self._first_dropout]:
            lightness = layer(lightness)
        return [lightness]

    def finish(self, state: list[Tensor], before_head: Callable[[Tensor], Tensor]) -> Tensor:
        (x,) = state
        *layers, head = list(self)[self._first_dropout :]
        for layer in layers:
            x = layer(x)
        return head(before_head(x))


def _plain_layers(settings: NetworkSettings, outputs: int) -> list[nn.Module]:
    layers: list[nn.Module] = []

    def conv(inputs: int, outputs: int, stride: int = 1) -> None:
        layer = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        layers.append(layer)
        if settings.batch_norm:
            layers.append(nn.BatchNorm2d(outputs))
        else:
            # Zero, as batch norm's own bias starts: drawing it would shift the random numbers
            # of all later layers, and the variants would not start from the same weights.
            layer.bias = nn.Parameter(torch.zeros(outputs))
        layers.append(nn.ReLU(inplace=True))
        if settings.dropout:
            layers.append(ChannelDropout(settings.dropout, outputs))

    channels = 1
    for width in settings.widths:
        conv(channels, width, stride=2)
        conv(width, width)
        channels = width
    conv(channels, channels)
    # Two hundred logits a pixel at half the size would cost more than the trunk that makes them.
    last = 0 if settings.head == "ab" else 1
    for width in reversed(settings.widths[last:-1]):
        layers.append(nn.Upsample(scale_factor=2, mode="nearest"))
        conv(channels, width)
        channels = width
    conv(channels, channels)
    kernel = 3 if settings.head == "ab" else 1
    layers.append(nn.Conv2d(channels, outputs, kernel, padding=kernel // 2))
    return layers


def decoding_as(
    network: ColorNetwork,
    calm: float | None = None,
    gain: float | None = None,
    smooth: int | None = None,
) -> ColorNetwork:
    """The same weights with other settings; None: its own. Raises ValueError."""
    asked = {"calm": calm, "gain": gain, "smooth": smooth}
    changes = {name: value for name, value in asked.items() if value is not None}
    twin = ColorNetwork(replace(network.settings, **changes))
    twin.load_state_dict(network.state_dict())
    return twin.train(network.training)


def parameter_count(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def build_network(settings: NetworkSettings, seed: int | None = None) -> ColorNetwork:
    """A fresh network; with a seed, the same initial weights for every variant of equal widths."""
    if seed is None:
        return ColorNetwork(settings)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return ColorNetwork(settings)
