"""From a photo and a checkpoint to a colour photo.

`Colorizer.output` is the heavy call: the network at its training scale. `Colorizer.decode`, which
makes ab of it, and `painting.paint`, which joins ab with the photo, are the cheap ones.
"""

import os
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

from colorizer.checkpoint import CheckpointInfo, load_checkpoint
from colorizer.network import ColorNetwork
from colorizer.painting import paint
from colorizer.photo import Photo
from colorizer.pretrained import Pretrained
from colorizer.sampling import Sampler, Samples
from colorizer.writing import Picture, synthetic


class Colorizer(
    Pretrained,
    library_name="colorizer",
    license="mit",
    pipeline_tag="image-to-image",
    tags=["image-colorization"],
):
    """A trained network, ready to colour photos.

    >>> colorizer = Colorizer.from_checkpoint("assets/checkpoints/batchnorm/epoch-010.safetensors")
    >>> colorizer.colorize("photo.jpg").save("out.png")
    """

    def __init__(self, network: ColorNetwork, info: CheckpointInfo) -> None:
        super().__init__(network.eval(), info)

    @classmethod
    def from_checkpoint(cls, path: str | os.PathLike) -> Self:
        """Raises CheckpointError unless every weight was loaded."""
        return cls(*load_checkpoint(path))

    @property
    def can_sample(self) -> bool:
        """Whether the network has dropout layers to sample with."""
        return self.network.can_sample

    @property
    def has_temperature(self) -> bool:
        """Whether the network chooses among bins, so that a temperature changes its colours."""
        return self.network.chooses

    def sampler(
        self,
        photo: Photo,
        seed: int = 0,
        temperature: float | None = None,
        keep: bool = True,
    ) -> Sampler:
        """Draws MC-dropout samples of the photo, a few or more later; see `Sampler`."""
        lightness = photo.network_input(self.info.size, self.network.settings.stride)
        return Sampler(self.network, lightness, self.info.decoding.at(temperature), seed, keep)

    def predict_samples(
        self,
        photo: Photo,
        n: int,
        seed: int = 0,
        temperature: float | None = None,
        keep: bool = True,
    ) -> Samples:
        """The moments of `n` MC-dropout samples, and which of them is the medoid.

        keep: False holds running moments only: memory does not grow with n, there is no medoid.
        A network without dropout layers has one sample, of deviation 0.
        """
        sampler = self.sampler(photo, seed, temperature, keep)
        sampler.draw(n)
        return sampler.summary()

    def output(self, photo: Photo, samples: int = 1, seed: int = 0) -> Tensor:
        """What the network says of the photo, at its own scale: the heavy call.

        (C, h, w) float32 for `decode`: ab, sRGB, or for a network that chooses among bins the
        logarithms of their probabilities, calmed as the checkpoint's decoding says.

        samples: 1 predicts with dropout off. More than 1 leaves dropout on and averages that many
        passes, of bins the probabilities. Sample i depends on `seed` and i alone, so more samples
        extend fewer. Raises ValueError for a network without dropout layers.
        """
        if samples > 1 and not self.can_sample:
            raise ValueError(
                f"The {self.info.variant} variant has no dropout layers; it gives one sample only."
            )
        sampler = self.sampler(photo, seed, keep=False)
        sampler.draw(samples)
        return sampler.output()

    @torch.inference_mode()
    def decode(self, output: Tensor, temperature: float | None = None) -> Tensor:
        """ab in Lab units, (2, h, w), of an `output`: the cheap call. Of a network with a head of
        `rgb` it is Lab, (3, h, w).

        temperature: safe at 1, vivid towards 0, for a network that chooses among bins; others
        ignore it (`decoding.annealed_mean`). None: the checkpoint's own, here and below.
        """
        return self.info.decoding.at(temperature).ab(output[None], self.network.bins)[0]

    def predict(
        self, photo: Photo, samples: int = 1, seed: int = 0, temperature: float | None = None
    ) -> Tensor:
        """Colour at the network's own scale, float32 in Lab units, for `paint`: (2, h, w) ab, or
        (3, h, w) Lab; see `output`, `decode`.
        """
        return self.decode(self.output(photo, samples, seed), temperature)

    def colorize(
        self,
        source: str | Path | bytes | Photo,
        samples: int = 1,
        seed: int = 0,
        temperature: float | None = None,
    ) -> Picture:
        """At the photo's own size, with the photo's own lightness; a network with a head of `rgb`
        paints that, too.

        source: a path, a file's content or an open photo. Raises PhotoError for what is no picture,
        ValueError as `output` does.
        """
        photo = source if isinstance(source, Photo) else Photo.open(source)
        painted = paint(photo, self.predict(photo, samples, seed, temperature))
        return Picture(painted, self._note(samples, temperature), photo.tags)

    def _note(self, samples: int, temperature: float | None) -> str:
        details = [self.info.variant, f"epoch {self.info.epoch}"]
        if samples > 1:
            details.append(f"mean of {samples} samples")
        if self.has_temperature:
            details.append(f"temperature {self.info.decoding.at(temperature).temperature:g}")
        return synthetic(*details)
