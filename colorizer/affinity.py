"""What spots of a photo have in common with each of its cells: along this, colour spreads.

`Affinity` is all that the spread of colour knows of likeness. `Likeness` computes it from what any
network sees; `LearntAffinity` is what a network with an embedding has learnt about it.

Two cells have much in common where they look alike, lie near, and can be joined by a way on which
lightness hardly changes: a hand and a sleeve of equal lightness are parted by the edge between
them. Such a way is a geodesic of the image (Criminisi, Sharp & Blake 2008, "GeoS: geodesic image
segmentation").
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

import torch
from torch import Tensor
from torch.nn import functional as F

from colorizer.embedding import ColourEmbedding
from colorizer.hints import Hint, lightness_at
from colorizer.painting import enlarge
from colorizer.photo import Photo

# Factors on the learnt threshold, chosen on validation photos (docs/log.md).
KNEE = 0.8
FURTHER = 1.5  # as well, for a colour that is to go everywhere alike
_SWEEPS = 3  # over rows and over columns; more find hardly any shorter way


@dataclass(frozen=True)
class Spots:
    """Places on a photo, with what their hints say of how far a colour goes.

    places: (n, 2), x and y as shares of the photo's width and height; lightness: (n,) in [0, 100];
    here, alike: (n,) bool, the hints whose reach is that.
    """

    places: Tensor
    lightness: Tensor
    here: Tensor
    alike: Tensor

    @classmethod
    def of(cls, hints: Sequence[Hint], photo: Photo) -> Self:
        places = [[hint.x / photo.width, hint.y / photo.height] for hint in hints]
        here, alike = ([h.reach == reach for h in hints] for reach in ("here", "alike"))
        return cls(
            torch.tensor(places),
            lightness_at(hints, photo),
            torch.tensor(here),
            torch.tensor(alike),
        )

    @classmethod
    def on(cls, lightness: Tensor, cells: Tensor) -> Self:
        """The centres of cells, (n,) indices, of the grid of lightness, (1, h, w)."""
        rows, columns = lightness.shape[1:]
        x, y = (cells % columns + 0.5) / columns, (cells // columns + 0.5) / rows
        no = torch.zeros(len(cells), dtype=torch.bool)
        return cls(torch.stack([x, y], 1), lightness.flatten()[cells], no, no)

    def sample(self, planes: Tensor) -> Tensor:
        """(C, h, w) to (n, C), bilinearly, as painting enlarges."""
        places = 2 * self.places[None, None] - 1
        sampled = F.grid_sample(planes[None], places, padding_mode="border", align_corners=False)
        return sampled[0, :, 0].T


class Affinity(Protocol):
    """What spots have in common with every cell of a photo's grid: (n, h, w) in [0, 1]."""

    def __call__(self, spots: Spots) -> Tensor: ...


@dataclass(frozen=True)
class Distances:
    """How far apart two cells are that have exp(-1) in common.

    Chosen on 60 validation photos that no table uses (docs/log.md).
    """

    features: float = 1.8  # of the encoder's, each cell's of length 1
    colour: float = 20.0  # of the network's prediction, in Lab units: what it thinks they are
    lightness: float = 21.0  # in L
    place: float = 1.8  # in the photo's short side
    path: float = 100.0  # in L, up and down on the way from one to the other
    here: float = 0.06  # in the photo's short side, of a colour for its own place only

    def scaled(self, factor: float) -> Self:
        """All of them this many times as long, but for those of a colour for its own place."""
        return replace(
            self,
            features=factor * self.features,
            colour=factor * self.colour,
            lightness=factor * self.lightness,
            place=factor * self.place,
            path=factor**2 * self.path,  # the others are squared
        )


DISTANCES = Distances()


@dataclass(frozen=True)
class Likeness:
    """The affinity of what looks alike, lies near and is joined.

    looks: (D, h, w), features, colour and lightness, and place: (2, h, w), in units of the
    distances; lightness: (1, h, w) in [0, 100].
    """

    looks: Tensor
    place: Tensor
    lightness: Tensor
    distances: Distances

    @classmethod
    def of(
        cls,
        lightness: Tensor,
        ab: Tensor,
        features: Tensor | None = None,
        distances: Distances = DISTANCES,
    ) -> Self:
        """lightness: (1, h, w); ab: (2, h, w) in Lab units, what the network says; features:
        (1, D, ., .), of an encoder.
        """
        size = ab.shape[-2:]
        looks = [ab / distances.colour, lightness / distances.lightness]
        if features is not None:
            seen = features if features.shape[-2:] == size else enlarge(features, size)
            looks.append(seen[0] / distances.features)
        place = _places(lightness) / distances.place
        return cls(torch.cat(looks), place, lightness, distances)

    def __call__(self, spots: Spots) -> Tensor:
        unlike = _squares(spots.sample(self.looks), self.looks)
        far = _squares(spots.sample(self.place), self.place)
        apart = far + paths(self.lightness, spots) / self.distances.path
        apart += (
            far * (spots.here * (self.distances.place / self.distances.here) ** 2)[:, None, None]
        )
        return (unlike + apart * ~spots.alike[:, None, None]).neg_().exp_()


@dataclass(frozen=True)
class LearntAffinity:
    """The affinity of cells whose embeddings lie near: the probability of one colour.

    embedding: (D, h, w); threshold: the squared distance at which it is a half.
    """

    embedding: Tensor
    threshold: float

    @classmethod
    def of(cls, embedding: Tensor, space: ColourEmbedding) -> Self:
        """embedding: of a photo, that `space` made."""
        return cls(embedding, learnt_threshold(space))

    def scaled(self, factor: float) -> Self:
        """With a threshold this many times as far."""
        return replace(self, threshold=factor * self.threshold)

    def __call__(self, spots: Spots) -> Tensor:
        apart = _squares(spots.sample(self.embedding), self.embedding)
        threshold = self.threshold * (1 + (FURTHER - 1) * spots.alike)
        near = torch.sigmoid(threshold[:, None, None] - apart)
        if not spots.here.any():  # what follows takes longer than all before
            return near
        place = _places(self.embedding) / DISTANCES.here
        far = _squares(spots.sample(place), place)
        return torch.where(spots.here[:, None, None], near * far.neg().exp(), near)


def learnt_threshold(space: ColourEmbedding) -> float:
    """The squared distance at which it is a half likely that two cells have one colour."""
    return KNEE * space.reach.item()


def _places(planes: Tensor) -> Tensor:
    """(2, h, w): the y and x of the cells of (C, h, w), in short sides."""
    size = planes.shape[-2:]
    sides = (torch.arange(side) / min(size) for side in size)
    return torch.stack(torch.meshgrid(*sides, indexing="ij"))


def _squares(spots: Tensor, planes: Tensor) -> Tensor:
    """Squared distances of (n, D) from (D, h, w): (n, h, w)."""
    cells = planes.flatten(1)
    # By one product: `torch.cdist` takes ten times as long for few spots.
    lengths = spots.square().sum(1)[:, None] + cells.square().sum(0)
    return torch.addmm(lengths, spots, cells, alpha=-2).clamp_(min=0).view(-1, *planes.shape[1:])


def paths(lightness: Tensor, spots: Spots) -> Tensor:
    """(n, h, w): how far lightness goes up and down on the way from each spot to each cell where
    it does so least, in L.

    lightness: (1, h, w). Ways go along rows and columns, and turn a few times at most.
    """
    rows, columns = lightness.shape[1:]
    length = lightness.new_full((len(spots.places), rows, columns), 1e6)
    x, y = (spots.places * torch.tensor([columns, rows]) - 0.5).clamp(min=0).unbind(1)
    each = torch.arange(len(length))
    # The first step is to one of the cells around.
    for row in (y.floor().long(), y.ceil().long().clamp(max=rows - 1)):
        for column in (x.floor().long(), x.ceil().long().clamp(max=columns - 1)):
            length[each, row, column] = (lightness[0, row, column] - spots.lightness).abs()
    across, down = (_climbed(plane) for plane in (lightness[0], lightness[0].T))
    for _ in range(_SWEEPS):
        length = _swept(length, across)
        length = _swept(length.mT.contiguous(), down).mT.contiguous()
    return length


def _climbed(plane: Tensor) -> Tensor:
    """(h, w): all changes from a row's first cell up to each."""
    return F.pad(plane.diff(dim=-1).abs().cumsum(-1), (1, 0))


def _swept(length: Tensor, climbed: Tensor) -> Tensor:
    """Lengths of ways that may also come along the row, from the one side or the other."""
    right = (length - climbed).cummin(-1).values + climbed
    left = (length + climbed).flip(-1).cummin(-1).values.flip(-1) - climbed
    return torch.minimum(right, left)
