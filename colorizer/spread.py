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
    """How much of a colour two cells have in common, by how they look and where they lie."""

    features: float = 0.8  # distance of unit features at which they hardly count as alike
    lightness: float = 40.0  # the same in L
    place: float = 0.45  # the same of places, in the photo's short side
    everywhere: float = 0.1  # share in common of any two cells: a cast over the whole photo
    noise: float = 0.1  # variance of what a hint says, that of the field being 1


KERNEL = Kernel()


@dataclass(frozen=True)
class Cells:
    """Each cell of a network's grid as the kernel sees it.

    described: (D, h, w), features, lightness and place, in units of the kernel's distances;
    lightness: (1, h, w) in [0, 100].
    """

    photo: Photo
    described: Tensor
    lightness: Tensor
    kernel: Kernel = KERNEL

    @classmethod
    def of(cls, photo: Photo, state: State, size: Sequence[int], kernel: Kernel = KERNEL) -> Self:
        """state: what `ColorNetwork.start` made of the photo; size: h, w of the grid."""
        rows, columns = size
        lightness = photo.lightness_at(rows, columns)
        short = min(size)
        y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
        parts = [lightness / kernel.lightness, torch.stack([y, x]) / (short * kernel.place)]
        if features := state.skips[:2]:  # those that say what a thing is, not how it is lit
            parts.insert(0, looks(features, state.lightness, size)[0, :-1] / kernel.features)
        return cls(photo, torch.cat(parts), lightness, kernel)

    def alike(self, described: Tensor) -> Tensor:
        """(n, D) to (n, h, w): what spots have in common with every cell, in (0, 1]."""
        distance = torch.cdist(described, self.described.flatten(1).T).square()
        common = (-distance / 2).exp() * (1 - self.kernel.everywhere) + self.kernel.everywhere
        return common.view(-1, *self.lightness.shape[1:])


@torch.inference_mode()
def follow(ab: Tensor, hints: Sequence[Hint], cells: Cells) -> Tensor:
    """ab that meets the hints, and between them keeps what it was, moved as they move it.

    ab: (2, h, w) in Lab units, of the network; cells: of the same size. Returns (2, h, w). What is
    met is the colour that `painting.paint` makes of it at the hint's own spot.
    """
    spots = _Spots(hints, cells)
    columns = cells.alike(spots.sample(cells.described))
    in_common = spots.painted(columns)
    wanted = torch.tensor([hint.colour for hint in hints])
    noise = cells.kernel.noise * torch.eye(len(hints))
    weights = torch.linalg.solve(in_common + noise, wanted - spots.painted(ab))
    return ab + torch.einsum("nhw,nc->chw", columns, weights)


class _Spots:
    """Where hints are on the grid."""

    def __init__(self, hints: Sequence[Hint], cells: Cells) -> None:
        self.cells = cells
        photo = cells.photo
        places = [[2 * h.x / photo.width - 1, 2 * h.y / photo.height - 1] for h in hints]
        self.places = torch.tensor(places)[None, None]
        self.lightness = lightness_at(hints, photo)

    def sample(self, planes: Tensor) -> Tensor:
        """(C, h, w) to (n, C), bilinearly, as painting enlarges."""
        sampled = F.grid_sample(
            planes[None], self.places, padding_mode="border", align_corners=False
        )
        return sampled[0, :, 0].T

    def painted(self, planes: Tensor) -> Tensor:
        """The same of planes of ab, as they become along the photo's edges."""
        colour = LinearColour.fit(self.cells.lightness[None], planes[None])
        assert colour.slope is not None
        offset, slope = self.sample(colour.offset[0]), self.sample(colour.slope[0])
        return offset + slope * self.lightness[:, None]
