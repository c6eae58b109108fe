"""From a photo and a checkpoint to a colour photo.

`Colorizer.predict` is the heavy call: the network at its training scale. `paint` is the cheap one:
it enlarges ab to the photo's own size and joins it with the photo's own lightness, so that no
detail is lost to the network's small scale.
"""

import os
from pathlib import Path
from typing import Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

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

    @torch.inference_mode()
    def predict(self, photo: Photo, samples: int = 1, seed: int = 0) -> Tensor:
        """ab at the network's own scale: (2, h, w) float32 in Lab units.

        samples: 1 predicts with dropout off. More than 1 leaves dropout on and averages that many
        passes (MC dropout: Gal & Ghahramani 2016, arXiv:1506.02142); batch norm keeps its running
        statistics. Sample i depends on `seed` and i alone, so more samples extend fewer.
        Raises ValueError for a network without dropout layers.
        """
        if samples < 1:
            raise ValueError(f"samples must be at least 1, not {samples}.")
        lightness = photo.network_input(self.info.size, self.network.settings.stride)
        if samples == 1:
            return self.network(lightness)[0].float()
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
                    total = total + self.network(lightness)[0].float()
        finally:
            self.network.eval()
        return total / samples

    def colorize(
        self, source: str | Path | bytes | Photo, samples: int = 1, seed: int = 0
    ) -> np.ndarray:
        """(H, W, 3) uint8 at the photo's own size, with the photo's own lightness."""
        photo = source if isinstance(source, Photo) else Photo.open(source)
        return paint(photo, self.predict(photo, samples, seed))


def paint(photo: Photo, ab: Tensor) -> np.ndarray:
    """Join the photo's lightness with ab of any size, enlarged bilinearly.

    ab: (2, h, w) in Lab units, or (N, 2, h, w) for N pictures. Returns (H, W, 3) or (N, H, W, 3)
    uint8 at the photo's size; colours outside the sRGB gamut are clipped, everywhere else L is the
    photo's to 8-bit rounding.
    """
    size = (photo.height, photo.width)
    several = ab if ab.dim() == 4 else ab[None]
    full = F.interpolate(several, size, mode="bilinear", align_corners=False)
    pictures = lab_to_rgb(photo.lightness, full).permute(0, 2, 3, 1).contiguous().numpy()
    return pictures if ab.dim() == 4 else pictures[0]
