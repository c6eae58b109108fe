"""The encoder of EfficientNet-Lite, which has learnt ImageNet elsewhere.

Tan & Le 2019, "EfficientNet" (arXiv:1905.11946), in its Lite form: no squeeze-and-excitation, ReLU6
for swish, and a first and last stage that do not grow. Its tensors are in the order in
which TensorFlow's weights were ported, so that those fit without a table of names.

Written out rather than taken from timm: the app needs it at run time, and a dependency that brings
a thousand networks to build one would cost more than these lines. The tests compare the two.
"""

import math

from torch import Tensor, nn
from torch.nn import functional as F

# Of B0: repeats, kernel, stride, expansion and channels of each stage.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_SEEN = (1, 2, 4, 6)  # the stages whose features are handed on, at 1/4 to 1/32 of the size
_STEM = 32
THINGS = 1280  # channels that the classes are read from
SCALES = {"lite0": (1.0, 1.0), "lite1": (1.0, 1.1), "lite2": (1.1, 1.2)}  # of width and depth


def feature_widths(scale: str) -> tuple[int, ...]:
    """Channels of the features at 1/4, 1/8, 1/16 and 1/32 of the size."""
    return tuple(_rounded(_STAGES[index][-1] * SCALES[scale][0]) for index in _SEEN)


class EfficientNetEncoder(nn.Module):
    """(N, inputs, H, W) to features at 1/4, 1/8, 1/16 and 1/32 of the size.

    scale: one of SCALES; inputs: 1 for lightness in [-1, 1], 3 for RGB as the weights were trained,
    (value in [0, 255] - 127) / 128; things: whether a fifth map follows, THINGS channels at 1/32,
    from which ImageNet's classes were read. H and W must be multiples of 32.
    """

    def __init__(self, scale: str, inputs: int = 1, things: bool = False) -> None:
        super().__init__()
        width, depth = SCALES[scale]
        self.stem, self.norm = SameConv2d(inputs, _STEM, 3, 2), _norm(_STEM)
        self.stages = nn.ModuleList()
        channels = _STEM
        for index, (repeats, kernel, stride, expansion, outputs) in enumerate(_STAGES):
            if 0 < index < len(_STAGES) - 1:
                repeats = math.ceil(repeats * depth)
            outputs = _rounded(outputs * width)
            blocks = []
            for block in range(repeats):
                step = stride if block == 0 else 1
                blocks.append(InvertedResidual(channels, outputs, kernel, step, expansion))
                channels = outputs
            self.stages.append(nn.Sequential(*blocks))
        self.last = nn.Sequential()
        if things:
            self.last = nn.Sequential(
                SameConv2d(channels, THINGS, 1), _norm(THINGS), nn.ReLU6(inplace=True)
            )

    def forward(self, x: Tensor) -> list[Tensor]:
        x = F.relu6(self.norm(self.stem(x)), inplace=True)
        features = []
        for index, stage in enumerate(self.stages):
            x = stage(x)
            if index in _SEEN:
                features.append(x)
        if self.last:
            features.append(self.last(x))
        return features


class InvertedResidual(nn.Module):
    """Widen, convolve each channel for itself, narrow (Sandler et al. 2018, arXiv:1801.04381)."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        middle = inputs * expansion
        self.widen = nn.Sequential()
        if expansion > 1:
            self.widen = nn.Sequential(
                SameConv2d(inputs, middle, 1), _norm(middle), nn.ReLU6(inplace=True)
            )
        self.depthwise = SameConv2d(middle, middle, kernel, stride, groups=middle)
        self.norm = _norm(middle)
        self.narrow = nn.Sequential(SameConv2d(middle, outputs, 1), _norm(outputs))
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu6(self.norm(self.depthwise(self.widen(x))), inplace=True)
        y = self.narrow(y)
        return x + y if self.residual else y


class SameConv2d(nn.Conv2d):
    """Padded as TensorFlow's "same" does, for inputs that the stride divides: more at the end."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1
    ) -> None:
        padding = kernel // 2 if stride == 1 else 0
        super().__init__(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
        before = (kernel - stride) // 2
        self.margin = (before, kernel - stride - before) * 2 if stride > 1 else None

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(F.pad(x, self.margin) if self.margin else x)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


def _rounded(channels: float) -> int:
    """To a multiple of 8 that is not more than a tenth smaller."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded
