"""From a photo and a checkpoint to a colour photo.

`Colorizer.output` is the heavy call: the network at its training scale. `Colorizer.decode`, which
turns its output into ab, and `painting.paint`, which joins ab with the photo, are the cheap ones.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor

from colorizer.affinity import DISTANCES, Distances, LearntAffinity
from colorizer.alternatives import MOST, Alternative, draw, find_things
from colorizer.alternatives import TEMPERATURE as DRAWING
from colorizer.border import Border
from colorizer.checkpoint import CheckpointInfo, load_checkpoint
from colorizer.dropout import State
from colorizer.hints import Hint, as_cells, as_json, check, counted, moved
from colorizer.network import ColorNetwork
from colorizer.painting import fade, paint, scale_chroma, split_lab
from colorizer.photo import Photo
from colorizer.pretrained import Pretrained
from colorizer.propagate import Cells, follow, influence, uncertainty_left
from colorizer.reading import Source
from colorizer.sampling import Sampler, Samples, spread_of
from colorizer.suggest import deviation, least_sure
from colorizer.unet import UNetTrunk
from colorizer.windows import Window, joined, windows
from colorizer.worksheet import RADII, Sheet
from colorizer.writing import Picture, synthetic

_APART = 100.0  # of an embedding: like no cell of a photo
_CERTAIN = -50.0  # of a colour that is not thought possible: a logarithm of its probability


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
        self.sha256 = ""  # of the checkpoint's file

    @classmethod
    def from_checkpoint(cls, path: str | os.PathLike) -> Self:
        """Raises CheckpointError unless every weight was loaded."""
        colorizer = cls(*load_checkpoint(path))
        colorizer.sha256 = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        return colorizer

    @property
    def can_sample(self) -> bool:
        """Whether the network has dropout layers to sample with."""
        return self.network.can_sample

    @property
    def has_temperature(self) -> bool:
        """Whether the network chooses among bins, so that a temperature changes its colours."""
        return self.network.chooses

    @property
    def sees_hints(self) -> bool:
        """Whether hints are an input of the network. One that has learnt an embedding spreads them
        over its colours instead (`propagate`).
        """
        return self.network.takes_hints and self.network.embedding is None

    @torch.inference_mode()
    def start(self, photo: Photo) -> State:
        """What the network sees in the photo, whatever hints and samples come later.

        This is most of the work: keep it, and the photo, to colour with one hint after another.
        """
        photo.remember_lightness()
        state = self.network.start(self._input(photo))
        if len(parts := windows(photo)) > 1:
            return replace(state, windows=tuple(self.start(part.photo) for part in parts))
        trunk = self.network.trunk
        if state.looks is None or not isinstance(trunk, UNetTrunk):
            return state
        return replace(state, weights=trunk.weights(state.looks))

    def _border(self, photo: Photo) -> Border | None:
        """The border that the network does not see; one that paints pictures whole sees it."""
        return None if self.network.settings.head == "rgb" else photo.border

    def _input(self, photo: Photo) -> Tensor:
        seen = photo if self._border(photo) is None else photo.inside
        return seen.network_input(self.info.size, self.network.settings.stride)

    def _placed(
        self, photo: Photo, parts: Sequence[Window]
    ) -> Callable[[Sequence[Tensor]], Tensor]:
        """Puts outputs of the network, (N, C, h, w) of each window, where they belong."""
        places = [self._embedded(part.photo) for part in parts]

        def place(outputs: Sequence[Tensor]) -> Tensor:
            planes = [embed(output) for embed, output in zip(places, outputs, strict=True)]
            return joined(photo, [*zip(parts, planes, strict=True)])

        return place

    def _embedded(self, photo: Photo) -> Callable[[Tensor], Tensor]:
        """Puts outputs for the inside of a border, (N, C, h, w), where they belong in the photo."""
        border, bins = self._border(photo), self.network.bins
        if border is None:
            return lambda outputs: outputs
        grey: Tensor | float = 0.0
        if len(bins):  # the bin next to grey is certain there
            grey = torch.full((len(bins),), _CERTAIN)
            grey[bins.norm(dim=1).argmin()] = 0.0
        return lambda outputs: border.embed(outputs, grey)

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
        parts = windows(photo)
        views = [self._input(part.photo) for part in parts]
        place = self._placed(photo, parts)
        return Sampler(self.network, views, decoding, seed, keep, state, place)

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

        hints: given colours; a network that does not see them ignores them here, and `predict`
        spreads them. state: what `start` returned for this photo, to continue from.
        """
        if samples > 1 and not self.can_sample:
            raise ValueError(
                f"The {self.info.variant} variant has no dropout layers; it gives one sample only."
            )
        if hints and self.sees_hints:
            state = self.hinted(photo, hints, state or self.start(photo))
        sampler = self.sampler(photo, seed, keep=False, state=state)
        sampler.draw(samples)
        return sampler.output()

    def hinted(self, photo: Photo, hints: Sequence[Hint], state: State) -> State:
        """What `start` returned, with these hints, for a network that was trained to take them."""
        if state.windows:
            pairs = [*zip(windows(photo), state.windows, strict=True)]
            return replace(state, windows=tuple(self._hinted(hints, *pair) for pair in pairs))
        height, width = state.seen[-1].shape[-2:]
        if (border := self._border(photo)) is not None:
            hints, photo = moved(hints, border.left, border.top, photo.inside), photo.inside
        if not hints:
            return state
        cells = as_cells(hints, photo, (height, width), self.info.hint_unit)
        return replace(state, hints=cells)

    def _hinted(self, hints: Sequence[Hint], window: Window, state: State) -> State:
        inside = moved(hints, window.left, window.top, window.photo)
        return self.hinted(window.photo, inside, state)

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
        return self.predict_with_output(photo, samples, seed, temperature, hints, state=state)[1]

    def predict_with_output(
        self,
        photo: Photo,
        samples: int = 1,
        seed: int = 0,
        temperature: float | None = None,
        hints: Sequence[Hint] = (),
        medoid: bool = False,
        state: State | None = None,
        within: float | None = None,
    ) -> tuple[Tensor, Tensor]:
        """What the network predicts, as of `output`, and the colour that is painted, of `predict`.

        medoid, within: see `colorize`.
        """
        if medoid and not hints:
            sampler = self.sampler(photo, seed, temperature)
            sampler.draw(samples)
            output, best = sampler.output(), sampler.summary().medoid
            mean = self.decode(output, temperature)
            colour = mean if best is None else sampler.sample(best)
            return output, self.only_sure(photo, output, colour, within)
        if hints:
            check(hints, photo)
            state = state or self.start(photo)
        output = self.output(photo, samples, seed, hints, state)
        colour = self.decode(output, temperature)
        if hints and state is not None:
            colour = self.follow(photo, colour, hints, state)
        return output, self.only_sure(photo, output, colour, within, hints, state)

    @torch.inference_mode()
    def only_sure(
        self,
        photo: Photo,
        output: Tensor,
        colour: Tensor,
        within: float | None,
        hints: Sequence[Hint] = (),
        state: State | None = None,
    ) -> Tensor:
        """The colour, as of `decode`, without what may be further than `within` from the truth.

        The chroma turns to grey where the calibrated radius is larger (`painting.fade`); None: all
        colours stay. Raises ValueError as `radius` does.
        """
        if within is None:
            return colour
        return fade(colour, self.radius(photo, output, hints, state), within)

    @torch.inference_mode()
    def radius(
        self,
        photo: Photo,
        output: Tensor,
        hints: Sequence[Hint] = (),
        state: State | None = None,
    ) -> Tensor:
        """(h, w) in Lab units: how far from the colour the truth may be, as often as
        `calibration.SHARES` say first.

        output: as of `output`; state: what `start` returned for this photo. Raises ValueError for a
        network that names one colour, and so does not say how sure it is.
        """
        if not self.network.chooses:
            raise ValueError(
                f"The {self.info.variant} variant does not say how sure it is of a colour; choose "
                "rebalanced or transfer."
            )
        ab = self.decode(output)
        spread = spread_of(output.log_softmax(0), ab, self.network.bins)
        radius = self.info.calibration.radius(spread, ab)
        if not hints:
            return radius
        cells = self.cells(photo, state or self.start(photo), split_lab(ab)[1])
        return radius * uncertainty_left(hints, cells)

    def follow(self, photo: Photo, colour: Tensor, hints: Sequence[Hint], state: State) -> Tensor:
        """What the network has painted, moved so that it meets the hints (`spread`); as `decode`
        gives it.
        """
        lightness, ab = split_lab(colour)
        ab = follow(ab, hints, self.cells(photo, state, ab))
        return ab if lightness is None else torch.cat([lightness, ab])

    def cells(
        self, photo: Photo, state: State, ab: Tensor, distances: Distances = DISTANCES
    ) -> Cells:
        """What the spread of hints knows of the photo (`propagate`).

        state: what `start` returned for it; ab: (2, h, w) in Lab units, what the network says.
        """
        border, embedding, looks = self._border(photo), self.network.embedding, state.looks
        if border is not None and looks is not None:
            looks = border.embed(looks, 0.0 if embedding is None else _APART)
        if embedding is None or looks is None:
            features = None if looks is None else looks[:, :-1]  # the last is lightness again
            return Cells.of(photo, ab, features, distances=distances)
        learnt = LearntAffinity.of(looks[0], embedding)
        return Cells.of(photo, ab, looks, learnt, distances=distances)

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
        cells = self.cells(photo, state, split_lab(self.decode(output))[1])
        return least_sure(cells, deviation(output, self.network.bins), spots)

    question = suggest  # its name in version 1.0

    @torch.inference_mode()
    def alternatives(
        self,
        photo: Photo,
        count: int = 6,
        seed: int = 0,
        hints: Sequence[Hint] = (),
        first: int = 0,
        temperature: float = DRAWING,
        state: State | None = None,
    ) -> list[Alternative]:
        """Several whole pictures that are plausible, the likeliest first (`alternatives.py`).

        hints: colours that hold in all of them; first: the index of the first draw, so that six
        more follow six; temperature: 1 draws as likely as the network says, towards 0 the
        likeliest; state: what `start` returned for this photo. A draw depends on photo, hints,
        seed and its index alone. Raises ValueError for a network that names one colour, and for
        draws beyond `MOST`; HintError.
        """
        if not self.network.chooses:
            raise ValueError(
                f"The {self.info.variant} variant names one colour for each place, so there are no "
                "alternatives to draw; choose rebalanced or transfer."
            )
        if count < 1 or first < 0 or first + count > MOST:
            raise ValueError(f"Ask for 1 or more of the {MOST} alternatives that a photo has.")
        check(hints, photo)
        state = state or self.start(photo)
        output = self.output(photo, state=state)
        ab = self.decode(output)
        cells = self.cells(photo, state, ab)
        things = find_things(cells, output, self.network.bins, hints)
        indices = range(first, first + count)
        found = []
        drawn = draw(things, self.network.bins, indices, seed, temperature)
        for index, (own, likelihood) in zip(indices, drawn, strict=True):
            told = [*hints, *own]
            # As `predict`, which computes again what all of them have in common.
            painted = (
                self.predict(photo, hints=told, state=state)
                if self.sees_hints
                else follow(ab, told, cells)
            )
            found.append(Alternative(index, painted, own, likelihood))
        return sorted(found, key=lambda one: -one.likelihood)

    @torch.inference_mode()
    def influence(
        self,
        photo: Photo,
        choices: Sequence[Hint],
        hints: Sequence[Hint] = (),
        state: State | None = None,
    ) -> Tensor:
        """(n, h, w) in [0, 1]: how much of what a hint asks for each cell would take
        (`propagate.py`), for each of several to choose one from.

        hints: those that are there already; state: what `start` returned for this photo. Raises
        HintError.
        """
        check([*hints, *choices], photo)
        state = state or self.start(photo)
        _, ab = split_lab(self.decode(self.output(photo, state=state)))
        cells = self.cells(photo, state, ab)
        return torch.stack([influence(hint, hints, ab, cells) for hint in choices])

    def colorize(
        self,
        source: Source | Photo,
        samples: int = 1,
        seed: int = 0,
        temperature: float | None = None,
        hints: Sequence[Hint] = (),
        vividness: float = 100,
        medoid: bool = False,
        within: float | None = None,
    ) -> Picture:
        """At the photo's own size, with the photo's own lightness; a network with a head of `rgb`
        paints that, too.

        source: an open photo, or what `Photo.open` takes: a path, a file's content, an open file, a
        Pillow image or an array. hints: colours that are given for spots
        of the photo. vividness: chroma in per cent of what the network predicts; 0 is grey. medoid:
        paint the sample nearest to the mean instead of the mean, where there are no hints. within:
        leave grey what may be further from the truth than so many Lab units (`only_sure`).
        Raises PhotoError if it is not a picture, HintError for hints outside it or too many of
        them, ValueError as `output` and `only_sure` do, for a negative vividness, and for a
        `within` that is not above 0.
        """
        if vividness < 0:
            raise ValueError(f"vividness must be 0 or more per cent, not {vividness:g}.")
        if within is not None and within <= 0:
            raise ValueError(f"within must be above 0 Lab units, not {within:g}.")
        photo = source if isinstance(source, Photo) else Photo.open(source)
        output, colour = self.predict_with_output(
            photo, samples, seed, temperature, hints, medoid, within=within
        )
        rgb = paint(photo, scale_chroma(colour, vividness / 100))
        note = self._note(samples, temperature, hints, vividness, within)
        made = samples, seed, temperature, hints, vividness, medoid, within
        sheet = self.worksheet(photo, self.certainty(photo, output, hints, within=within), *made)
        return Picture(rgb, note, photo.tags, photo.alpha, sheet)

    def worksheet(
        self,
        photo: Photo,
        certainty: Mapping[str, float] | None,
        samples: int = 1,
        seed: int = 0,
        temperature: float | None = None,
        hints: Sequence[Hint] = (),
        vividness: float = 100,
        medoid: bool = False,
        within: float | None = None,
    ) -> Sheet:
        """How a picture was made, for its file: see docs/worksheet.md.

        certainty: as of `certainty`; the rest: as of `colorize`.
        """
        settings: dict[str, Any] = {"samples": samples, "seed": seed, "vividness": vividness}
        settings["threads"] = torch.get_num_threads()
        if medoid and not hints:
            settings["medoid"] = True
        if within is not None:
            settings["within"] = within
        if self.has_temperature:
            settings["temperature"] = self.info.decoding.at(temperature).temperature
        return {
            "checkpoint": {
                "variant": self.info.variant,
                "epoch": self.info.epoch,
                "sha256": self.sha256,
            },
            "settings": settings,
            "hints": json.loads(as_json(hints, photo)) if hints else None,
            "original": {
                "sha256": photo.origin.sha256,
                "width": photo.width,
                "height": photo.height,
                "page": photo.origin.page + 1,
                "pages": photo.origin.pages,
            },
            "certainty": certainty,
        }

    @torch.inference_mode()
    def certainty(
        self,
        photo: Photo,
        output: Tensor,
        hints: Sequence[Hint] = (),
        state: State | None = None,
        within: float | None = None,
    ) -> dict[str, float] | None:
        """The share of the picture whose true colour is expected within each of `RADII`, and
        `within`, as often as `calibration.SHARES` says; None for a network that names one colour.

        output, hints, state: as of `radius`.
        """
        if not self.network.chooses:
            return None
        radius = self.radius(photo, output, hints, state)
        limits: list[float] = sorted({*RADII, *([] if within is None else [within])})
        return {f"{r:g}": round((radius <= r).float().mean().item(), 3) for r in limits}

    def _note(
        self,
        samples: int,
        temperature: float | None,
        hints: Sequence[Hint],
        vividness: float,
        within: float | None,
    ) -> str:
        details = [self.info.variant, f"epoch {self.info.epoch}"]
        if samples > 1:
            details.append(f"mean of {samples} samples")
        if self.has_temperature:
            details.append(f"temperature {self.info.decoding.at(temperature).temperature:g}")
        if vividness != 100:
            details.append(f"vividness {vividness:g} %")
        if within is not None:
            details.append(f"only colours within {within:g} ab units")
        if hints:
            details.append(counted(hints))
        return synthetic(*details)
