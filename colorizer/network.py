"""The plain convolutional encoder-decoder of the story, and its variants.

One trunk of 3x3 convolutions, no skip connections, that maps lightness to ab. The variants differ
in nothing but the layers between the convolutions:

    baseline    conv - ReLU
    batchnorm   conv - BN - ReLU
    dropout     conv - BN - ReLU - dropout

Notable choices
- Down by stride, up by nearest neighbour: no checkerboard from transposed convolutions
  (Odena et al. 2016).
- ab is predicted at half the size and enlarged bilinearly: colour is smooth, and the last stage
  would cost as much as all others together.
- Dropout2d drops whole channels: neighbouring activations are correlated, so dropping single ones
  hardly regularises (Tompson et al. 2015, arXiv:1411.4280). It stands after batch norm, whose
  statistics it would shift otherwise (Li et al. 2019, arXiv:1801.05134).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

AB_SCALE = 110.0  # the network's own unit of ab, so that its targets lie in [-1, 1]


@dataclass(frozen=True)
class NetworkSettings:
    """Everything that decides the shape of a network; travels inside its checkpoint."""

    widths: tuple[int, ...] = (32, 64, 128)  # channels at 1/2, 1/4 and 1/8 of the size
    batch_norm: bool = False
    dropout: float = 0.0  # rate between the convolutions, in [0, 1); 0 builds no dropout layer

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))
        if len(self.widths) < 1 or any(w < 1 for w in self.widths):
            raise ValueError(f"widths must be one or more positive numbers, not {self.widths}.")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must be at least 0 and below 1, not {self.dropout}.")

    @property
    def stride(self) -> int:
        """Photos are fed at sizes that are multiples of this many pixels."""
        return 2 ** len(self.widths)


VARIANTS = {
    "baseline": NetworkSettings(),
    "batchnorm": NetworkSettings(batch_norm=True),
    "dropout": NetworkSettings(batch_norm=True, dropout=0.2),
}


class ColorNetwork(nn.Module):
    """Lightness to ab: (N, 1, H, W) in [0, 100] to (N, 2, H, W) in Lab units.

    H and W must be multiples of `settings.stride`.
    """

    def __init__(self, settings: NetworkSettings) -> None:
        super().__init__()
        self.settings = settings
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
                layers.append(nn.Dropout2d(settings.dropout))

        channels = 1
        for width in settings.widths:
            conv(channels, width, stride=2)
            conv(width, width)
            channels = width
        conv(channels, channels)
        for width in reversed(settings.widths[:-1]):
            layers.append(nn.Upsample(scale_factor=2, mode="nearest"))
            conv(channels, width)
            channels = width
        conv(channels, channels)
        layers.append(nn.Conv2d(channels, 2, 3, padding=1))
        layers.append(nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False))
        self.trunk = nn.Sequential(*layers)

    def forward(self, lightness: Tensor) -> Tensor:
        height, width = lightness.shape[-2:]
        stride = self.settings.stride
        if height % stride or width % stride:
            raise ValueError(
                f"This network takes sizes that are multiples of {stride}, not {width}x{height}."
            )
        return self.trunk(lightness / 50 - 1) * AB_SCALE


def dropout_layers(network: nn.Module) -> list[nn.Module]:
    """The dropout layers of a network; empty for a network that cannot be sampled."""
    return [m for m in network.modules() if isinstance(m, nn.Dropout2d)]


def parameter_count(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def build_network(settings: NetworkSettings, seed: int | None = None) -> ColorNetwork:
    """A fresh network; with a seed, the same initial weights for every variant of equal widths."""
    if seed is None:
        return ColorNetwork(settings)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return ColorNetwork(settings)
