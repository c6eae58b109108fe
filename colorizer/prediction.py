"""From a photo and a checkpoint to a colour photo.

`Colorizer.output` is the heavy call: the network at its training scale. `Colorizer.decode` and
`paint` are the cheap ones: the first makes ab of it, the second enlarges ab to the photo's own size
and joins it with the photo's own lightness, so that no detail is lost to the network's small scale.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from colorizer.bins import TEMPERATURE
from colorizer.checkpoint import CheckpointInfo, load_checkpoint
from colorizer.lab import lab_to_rgb
from colorizer.network import ColorNetwork, dropout_layers
from colorizer.photo import Photo


class Colorizer:
    """A trained network, ready to colour photos.

    >>> colorizer = Colorizer.from_checkpoint("assets/checkpoints/batchnorm/epoch-010.safetensors")
    >>> picture = colorizer.colorize("photo.jpg")  # (H, W, 3) uint8
    """

    def __init__(self, network: ColorNetwork, info: CheckpointInfo) -> None:
        self.network = network.eval()
        self.info = info

    @classmethod
    def from_checkpoint(cls, path: str | os.PathLike) -> Self:
        """Raises CheckpointError unless every weight was loaded."""
        return cls(*load_checkpoint(path))

    @property
    def can_sample(self) -> bool:
        """Whether the network has dropout layers to sample with."""
        return bool(dropout_layers(self.network))

    @property
    def has_temperature(self) -> bool:
        """Whether the network chooses among bins, so that a temperature changes its colours."""
        return self.network.settings.head == "bins"

    @torch.inference_mode()
    def output(self, photo: Photo, samples: int = 1, seed: int = 0) -> Tensor:
        """What the network says of the photo, at its own scale: the heavy call.

        (C, h, w) float32 for `decode`: ab, or for a network that chooses among bins the logarithms
        of their probabilities.

        samples: 1 predicts with dropout off. More than 1 leaves dropout on and averages that many
        passes (MC dropout: Gal & Ghahramani 2016, arXiv:1506.02142), of bins the probabilities;
        batch norm keeps its running statistics. Sample i depends on `seed` and i alone, so more
        samples extend fewer. Raises ValueError for a network without dropout layers.
        """
        if samples < 1:
            raise ValueError(f"samples must be at least 1, not {samples}.")
        lightness = photo.network_input(self.info.size, self.network.settings.stride)
        if samples == 1:
            return self._pass(lightness)
        layers = dropout_layers(self.network)
        if not layers:
            raise ValueError(
                f"The {self.info.variant} variant has no dropout layers; it gives one sample only."
            )
        total = torch.zeros(())
        try:
            for layer in layers:
                layer.train()
            with torch.random.fork_rng(devices=[]):
                for index in range(samples):
                    torch.manual_seed(seed * 1_000_003 + index)
                    one = self._pass(lightness)
                    total = total + (one.exp() if self.has_temperature else one)
        finally:
            self.network.eval()
        mean = total / samples
        return mean.log() if self.has_temperature else mean

    def _pass(self, lightness: Tensor) -> Tensor:
        output = self.network(lightness)[0].float()
        return output.log_softmax(0) if self.has_temperature else output

    @torch.inference_mode()
    def decode(self, output: Tensor, temperature: float = TEMPERATURE) -> Tensor:
        """ab in Lab units, (2, h, w), of an `output`: the cheap call.

        temperature: safe at 1, vivid towards 0, for a network that chooses among bins; others
        ignore it (`bins.annealed_mean`).
        """
        return self.network.decode(output[None], temperature)[0]

    def predict(
        self, photo: Photo, samples: int = 1, seed: int = 0, temperature: float = TEMPERATURE
    ) -> Tensor:
        """ab at the network's own scale: (2, h, w) float32 in Lab units; see `output`, `decode`."""
        return self.decode(self.output(photo, samples, seed), temperature)

    def colorize(
        self,
        source: str | Path | bytes | Photo,
        samples: int = 1,
        seed: int = 0,
        temperature: float = TEMPERATURE,
    ) -> np.ndarray:
        """(H, W, 3) uint8 at the photo's own size, with the photo's own lightness."""
        photo = source if isinstance(source, Photo) else Photo.open(source)
        return paint(photo, self.predict(photo, samples, seed, temperature))


def enlarge(ab: Tensor, size: Sequence[int]) -> Tensor:
    """(N, 2, h, w) to (N, 2, *size), bilinearly."""
    return F.interpolate(ab, tuple(size), mode="bilinear", align_corners=False)


def paint(photo: Photo, ab: Tensor) -> np.ndarray:
    """Join the photo's lightness with ab of any size, enlarged bilinearly.

    ab: (2, h, w) in Lab units, or (N, 2, h, w) for N pictures. Returns (H, W, 3) or (N, H, W, 3)
    uint8 at the photo's size; colours outside the sRGB gamut are clipped, everywhere else L is the
    photo's to 8-bit rounding.
    """
    size = (photo.height, photo.width)
    full = enlarge(ab if ab.dim() == 4 else ab[None], size)
    pictures = lab_to_rgb(photo.lightness, full).permute(0, 2, 3, 1).contiguous().numpy()
    return pictures if ab.dim() == 4 else pictures[0]
