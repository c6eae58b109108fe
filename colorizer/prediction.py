"""From a photo and a checkpoint to a colour photo.

`Colorizer.output` is the heavy call: the network at its training scale. `Colorizer.decode`, which
turns its output into ab, and `painting.paint`, which joins ab with the photo, are the cheap ones.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

from colorizer.checkpoint import CheckpointInfo, load_checkpoint
from colorizer.dropout import State
from colorizer.hints import Hint, as_cells, check, counted
from colorizer.network import AB_SCALE, ColorNetwork
from colorizer.painting import paint, scale_chroma, split_lab
from colorizer.photo import Photo
from colorizer.pretrained import Pretrained
from colorizer.propagate import Cells, follow
from colorizer.sampling import Sampler, Samples
from colorizer.suggest import deviation, least_sure
from colorizer.unet import UNetTrunk
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
        # A seventh to a third less time than contiguous weights, with AVX2 as with AVX-512.
        network.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        super().__init__(network, info)

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

    @torch.inference_mode()
    def start(self, photo: Photo) -> State:
        """What the network sees in the photo, whatever hints and samples come later.

        This is most of the work: keep it, and the photo, to colour with one hint after another.
        """
        photo.remember_lightness()
        state = self.network.start(self._input(photo))
        trunk = self.network.trunk
        if state.looks is None or not isinstance(trunk, UNetTrunk):
            return state
        return replace(state, weights=trunk.weights(state.looks))

    def _input(self, photo: Photo) -> Tensor:
        return photo.network_input(self.info.size, self.network.settings.stride)

    def sampler(
        self,
        photo: Photo,
        seed: int = 0,
        temperature: float | None = None,
        keep: bool = True,
        state: State | None = None,
    ) -> Sampler:
        """Draws MC-dropout samples of the photo, a few or more later; see `Sampler`."""
        decoding = self.info.decoding.at(temperature)
        return Sampler(self.network, self._input(photo), decoding, seed, keep, state)

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

    def output(
        self,
        photo: Photo,
        samples: int = 1,
        seed: int = 0,
        hints: Sequence[Hint] = (),
        state: State | None = None,
    ) -> Tensor:
        """What the network predicts for the photo, at its own scale: the heavy call.

        (C, h, w) float32 for `decode`: ab, sRGB, or for a network that chooses among bins the
        logarithms of their probabilities, calmed as the checkpoint's decoding says.

        samples: 1 predicts with dropout off. More than 1 leaves dropout on and averages that many
        passes (for bins, their probabilities). Sample i depends on `seed` and i alone, so more
        samples extend fewer. Raises ValueError for a network without dropout layers.

        hints: given colours; a network that was not trained to take them ignores them here, and
        `predict` spreads them. state: what `start` returned for this photo, to continue from.
        """
        if samples > 1 and not self.can_sample:
            raise ValueError(
                f"The {self.info.variant} variant has no dropout layers; it gives one sample only."
            )
        if hints and self.network.takes_hints:
            state = self.hinted(photo, hints, state or self.start(photo))
        sampler = self.sampler(photo, seed, keep=False, state=state)
        sampler.draw(samples)
        return sampler.output()

    def hinted(self, photo: Photo, hints: Sequence[Hint], state: State) -> State:
        """What `start` returned, with these hints, for a network that was trained to take them."""
        height, width = state.seen[-1].shape[-2:]
        unit = AB_SCALE
        if self.network.settings.embedding:
            # What such a network takes over from a hint is multiplied by the gain when decoded.
            unit *= self.info.decoding.gain
        return replace(state, hints=as_cells(hints, photo, (height, width), unit))

    @torch.inference_mode()
    def decode(self, output: Tensor, temperature: float | None = None) -> Tensor:
        """ab in Lab units, (2, h, w), from an `output`: the cheap call. For a network with a head
        of `rgb` it is Lab, (3, h, w).

        temperature: safe at 1, vivid towards 0, for a network that chooses among bins; others
        ignore it (`decoding.annealed_mean`). None: the checkpoint's own, here and below.
        """
        return self.info.decoding.at(temperature).ab(output[None], self.network.bins)[0]

    def predict(
        self,
        photo: Photo,
        samples: int = 1,
        seed: int = 0,
        temperature: float | None = None,
        hints: Sequence[Hint] = (),
        state: State | None = None,
    ) -> Tensor:
        """Colour at the network's own scale, float32 in Lab units, for `paint`: (2, h, w) ab, or
        (3, h, w) Lab; see `output`, `decode`.

        hints: colours that are given for spots of the photo; the rest follows (`spread`). state:
        what `start` returned for this photo, to continue from. Raises HintError.
        """
        if not hints:
            return self.decode(self.output(photo, samples, seed, state=state), temperature)
        check(hints, photo)
        state = state or self.start(photo)
        colour = self.decode(self.output(photo, samples, seed, hints, state), temperature)
        return self.follow(photo, colour, hints, state)

    def follow(self, photo: Photo, colour: Tensor, hints: Sequence[Hint], state: State) -> Tensor:
        """What the network has painted, moved so that it meets the hints (`spread`); as `decode`
        gives it.
        """
        lightness, ab = split_lab(colour)
        ab = follow(ab, hints, Cells.of(photo, state, ab))
        return ab if lightness is None else torch.cat([lightness, ab])

    @torch.inference_mode()
    def suggest(
        self,
        photo: Photo,
        hints: Sequence[Hint] = (),
        asked: Sequence[tuple[float, float]] = (),
        state: State | None = None,
    ) -> tuple[float, float]:
        """x, y of the spot where another hint is expected to help most (`suggest.py`).

        asked: spots, x and y in the photo's pixels, whose colour a person could not tell.
        Raises HintError.
        """
        spots = [*hints, *(Hint(x, y, ab=(0, 0)) for x, y in asked)]
        check(spots, photo)
        state = state or self.start(photo)
        output = self.output(photo, state=state)
        _, ab = split_lab(self.decode(output))
        cells = Cells.of(photo, state, ab)
        return least_sure(cells, deviation(output, self.network.bins), spots)

    question = suggest  # its name in version 1.0

    def colorize(
        self,
        source: str | Path | bytes | Photo,
        samples: int = 1,
        seed: int = 0,
        temperature: float | None = None,
        hints: Sequence[Hint] = (),
        vividness: float = 100,
    ) -> Picture:
        """At the photo's own size, with the photo's own lightness; a network with a head of `rgb`
        paints that, too.

        source: a path, a file's content or an open photo. hints: colours that are given for spots
        of the photo. vividness: chroma in per cent of what the network predicts; 0 is grey.
        Raises PhotoError if it is not a picture, HintError for hints outside it or too many of
        them, ValueError as `output` does and for a negative vividness.
        """
        if vividness < 0:
            raise ValueError(f"vividness must be 0 or more per cent, not {vividness:g}.")
        photo = source if isinstance(source, Photo) else Photo.open(source)
        colour = self.predict(photo, samples, seed, temperature, hints)
        ab = scale_chroma(colour, vividness / 100)
        note = self._note(samples, temperature, len(hints), vividness)
        return Picture(paint(photo, ab), note, photo.tags)

    def _note(self, samples: int, temperature: float | None, hints: int, vividness: float) -> str:
        details = [self.info.variant, f"epoch {self.info.epoch}"]
        if samples > 1:
            details.append(f"mean of {samples} samples")
        if self.has_temperature:
            details.append(f"temperature {self.info.decoding.at(temperature).temperature:g}")
        if vividness != 100:
            details.append(f"vividness {vividness:g} %")
        if hints:
            details.append(counted(hints))
        return synthetic(*details)
