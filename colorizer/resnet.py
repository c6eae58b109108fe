"""An encoder in the shape of ResNet-18.

As in He et al. 2016, "Deep residual learning for image recognition" (arXiv:1512.03385), but with
free widths and one input channel. Its tensors have torchvision's names, so that weights trained
elsewhere fit without a table of translations.
"""

from torch import Tensor, nn
from torch.nn import functional as F


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
