"""What a network that names things makes of recoloured photos: how real they look to it.

EfficientNet-Lite2, trained on ImageNet in colour, which none of the colorizers stands on.

- Kernel distance (KID; Bińkowski et al. 2018, "Demystifying MMD GANs", arXiv:1801.01401): the
  squared maximum mean discrepancy of its last features under a cubic kernel, without bias: about 0
  for pictures that are as real as the photos.
- Names kept: the share of photos of which it names the same thing in the photo's own colours and in
  the painted ones.
"""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorizer.efficientnet import THINGS, EfficientNetEncoder
from train.encoders import read_classifier

SCALE = "lite2"
SIDE = 224  # pixels that a picture is enlarged to
SPLITS = 100  # random halves of the pictures, for the deviation
_BATCH = 16


class Recogniser(nn.Module):
    """(N, 3, H, W) uint8 to the features that ImageNet's classes are read from, (N, THINGS)."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = EfficientNetEncoder(SCALE, inputs=3, things=True)
        self.classes = nn.Linear(THINGS, 1000)

    @classmethod
    def load(cls) -> "Recogniser":
        """Raises TrainError where its weights are not installed."""
        recogniser = cls().eval()
        recogniser.load_state_dict(read_classifier(SCALE, recogniser.state_dict()))
        return recogniser

    @torch.inference_mode()
    def forward(self, rgb: Tensor) -> Tensor:
        features = []
        for batch in rgb.split(_BATCH):
            enlarged = F.interpolate(batch.float(), (SIDE, SIDE), mode="bilinear", antialias=True)
            features.append(self.encoder((enlarged - 127) / 128)[-1].mean((-2, -1)))
        return torch.cat(features)

    @torch.inference_mode()
    def names(self, features: Tensor) -> Tensor:
        """(N,) classes."""
        return self.classes(features).argmax(1)


@dataclass(frozen=True)
class Reality:
    """The photos in their own colours, as the recogniser sees them. rgb: (N, 3, H, W) uint8."""

    recogniser: Recogniser
    rgb: Tensor

    @cached_property
    def features(self) -> Tensor:
        return self.recogniser(self.rgb)

    def measure(self, rgb: Tensor) -> dict[str, float]:
        """The measures of the same photos in other colours, (N, 3, H, W) uint8."""
        features = self.recogniser(rgb)
        kept = self.recogniser.names(features) == self.recogniser.names(self.features)
        return {**_distances(features, self.features), "names_kept": kept.float().mean().item()}

    def floor(self) -> dict[str, float]:
        """Of one half of the photos against the other: the distance of what is real."""
        return _distances(self.features, self.features)


def _distances(features: Tensor, real: Tensor) -> dict[str, float]:
    """Mean and deviation over random halves: pictures of the one against photos of the other."""
    generator = torch.Generator().manual_seed(0)
    found = []
    for _ in range(SPLITS):
        order = torch.randperm(len(real), generator=generator)
        one, other = order.tensor_split(2)
        found.append(kernel_distance(features[one], real[other]))
    values = torch.stack(found)
    return {"kid": values.mean().item(), "kid_deviation": values.std().item()}


def kernel_distance(x: Tensor, y: Tensor) -> Tensor:
    """The unbiased squared discrepancy of (n, D) and (m, D), at least 2 each, times 1,000."""

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        return (a.double() @ b.double().T / a.shape[1] + 1) ** 3

    def within(a: Tensor) -> Tensor:
        values = kernel(a, a)
        return (values.sum() - values.trace()) / (len(a) * (len(a) - 1))

    return 1000 * (within(x) + within(y) - 2 * kernel(x, y).mean())
