"""Colour from a few spots to what looks alike and lies near: regression by a Gaussian process.

What a network leaves of a hint, the hint's colour less the network's own there, is taken for a
sample of a random field that covers the whole photo: the more alike two cells look and the nearer
they lie, the more they have in common. Its mean, given the hints, is added to the network's colour
(Rasmussen & Williams 2006, "Gaussian Processes for Machine Learning", equation 2.23). So a hint
meets its own spot, the nearer and more alike of two hints counts more, and far from all of them the
network's colour stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor
from torch.nn import functional as F

from colorizer.alike import looks
from colorizer.dropout import State
from colorizer.hints import Hint, lightness_at
from colorizer.painting import LinearColour
from colorizer.photo import Photo


@dataclass(frozen=True)
class Kernel:
    """How much of a colour two cells have in common: the distances at which it is exp(-1).

    Chosen on eight validation photos and eight from elsewhere, then by hand (docs/log.md); wider
    distances gain a little accuracy, but let a hint reach what it is not about.
    """

    features: float = 2.0  # of the encoder's, each cell's of length 1
    colour: float = 20.0  # of the network's prediction, in Lab units: what it thinks they are
    lightness: float = 21.0  # in L
    place: float = 0.8  # in the photo's short side
    everywhere: float = 0.03  # share that any two cells have in common: a cast over the whole photo
    noise: float = 0.01  # variance of what a hint says, that of the field being 1


KERNEL = Kernel()


@dataclass(frozen=True)
class Cells:
    """Each cell of a network's grid as the kernel sees it.

    described: (D, h, w), features, colour, lightness and place, in units of the kernel's
    distances; lightness: (1, h, w) in [0, 100].
    """

    photo: Photo
    described: Tensor
    lightness: Tensor
    kernel: Kernel

    @classmethod
    def of(cls, photo: Photo, state: State, ab: Tensor, kernel: Kernel = KERNEL) -> Self:
        """state: what `ColorNetwork.start` made of the photo; ab: (2, h, w) in Lab units, what the
        network says.
        """
        size = ab.shape[-2:]
        lightness = photo.lightness_at(*size)
        y, x = torch.meshgrid(*(torch.arange(side) / min(size) for side in size), indexing="ij")
        parts = [
            ab / kernel.colour,
            lightness / kernel.lightness,
            torch.stack([y, x]) / kernel.place,
        ]
        if features := state.skips[:2]:  # those that say what a thing is, not how it is lit
            parts.append(looks(features, state.lightness, size)[0, :-1] / kernel.features)
        return cls(photo, torch.cat(parts), lightness, kernel)

    def alike(self, described: Tensor) -> Tensor:
        """(n, D) to (n, h, w): what spots have in common with every cell, in (0, 1]."""
        distance = torch.cdist(described, self.described.flatten(1).T).square_()
        common = distance.neg_().exp_() * (1 - self.kernel.everywhere) + self.kernel.everywhere
        return common.view(-1, *self.lightness.shape[1:])


@torch.inference_mode()
def follow(ab: Tensor, hints: Sequence[Hint], cells: Cells) -> Tensor:
    """ab that meets the hints, and elsewhere stays as it was, shifted as far as they shift it.

    ab: (2, h, w) in Lab units, of the network; cells: of the same size. Returns (2, h, w). What
    meets a hint is the colour that `painting.paint` makes of ab at the hint's own spot.
    """
    spots = Spots(hints, cells)
    columns = cells.alike(spots.described())
    in_common = spots.painted(columns)
    wanted = torch.tensor([hint.colour for hint in hints])
    noise = cells.kernel.noise * torch.eye(len(hints))
    weights = torch.linalg.solve(in_common + noise, wanted - spots.painted(ab))
    return ab + torch.einsum("nhw,nc->chw", columns, weights)


@torch.inference_mode()
def doubt_left(hints: Sequence[Hint], cells: Cells) -> Tensor:
    """(h, w) in [0, 1]: the share of each cell's deviation that these hints do not take away.

    The deviation of the field, given the hints (equation 2.24 of the same book): near 0 at their
    spots, 1 where nothing follows them.
    """
    spots = Spots(hints, cells)
    columns = cells.alike(spots.described())
    noise = cells.kernel.noise * torch.eye(len(hints))
    told = torch.linalg.solve(spots.sample(columns) + noise, columns.flatten(1)).view_as(columns)
    return (1 - (columns * told).sum(0)).clamp(0, 1).sqrt()


class Spots:
    """Where hints are on the grid."""

    def __init__(self, hints: Sequence[Hint], cells: Cells) -> None:
        self.cells = cells
        photo = cells.photo
        places = [[2 * h.x / photo.width - 1, 2 * h.y / photo.height - 1] for h in hints]
        self.places = torch.tensor(places)[None, None]
        self.lightness = lightness_at(hints, photo)

    def described(self) -> Tensor:
        """(n, D): the spots as the kernel sees them."""
        return self.sample(self.cells.described)

    def sample(self, planes: Tensor) -> Tensor:
        """(C, h, w) to (n, C), bilinearly, as painting enlarges."""
        sampled = F.grid_sample(
            planes[None], self.places, padding_mode="border", align_corners=False
        )
        return sampled[0, :, 0].T

    def painted(self, planes: Tensor) -> Tensor:
        """The same for planes of ab, after painting along the photo's edges."""
        colour = LinearColour.fit(self.cells.lightness[None], planes[None])
        assert colour.slope is not None
        offset, slope = self.sample(colour.offset[0]), self.sample(colour.slope[0])
        return offset + slope * self.lightness[:, None]
