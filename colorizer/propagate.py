"""Colour from a few spots to what looks alike and lies near: regression by a Gaussian process.

What a network leaves of a hint, the hint's colour less the network's own there, is taken for a
sample of a random field that covers the whole photo: the more alike two cells look and the nearer
they lie, the more they have in common. Its mean, given the hints, is added to the network's colour
(Rasmussen & Williams 2006, "Gaussian Processes for Machine Learning", equation 2.23). So a hint
meets its own spot, the nearer and more alike of two hints counts more, and far from all of them the
network's colour stays.

Two things are learnt from the hints themselves. What they say about the photo as a whole, that it
is paler than the network thinks or has a cast, holds for all of it; a hint far from the network's
colour is about its own thing instead, and has no say. And how far a colour reaches follows from how
well the hints predict one another: of several reaches the likeliest is taken (equation 5.8).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor
from torch.nn import functional as F

from colorizer.dropout import State
from colorizer.hints import Hint, lightness_at
from colorizer.painting import LinearColour, enlarge
from colorizer.photo import Photo


@dataclass(frozen=True)
class Kernel:
    """How much of a colour two cells have in common: the distances at which it is exp(-1).

    Chosen on 30 validation photos and 30 of unsplash and sports (docs/log.md); wider distances gain
    a little accuracy, but let a single hint reach what it is not about.
    """

    features: float = 2.0  # of the encoder's, each cell's of length 1
    colour: float = 20.0  # of the network's prediction, in Lab units: what it thinks they are
    lightness: float = 21.0  # in L
    place: float = 1.2  # in the photo's short side
    deviation: float = 15.0  # of the field, in Lab units
    noise: float = 0.01  # variance of what a hint says, that of the field being 1
    strength: float = 0.8  # deviation of the factor by which all of a photo is more or less vivid
    cast: float = 5.0  # deviation, in Lab units, of what is added to all of a photo
    typical: float = 20.0  # Lab units: hints this far from the network's colour have little say
    reaches: tuple[float, ...] = (1.0, 1.4, 2.0, 2.8)  # factors on the distances, to choose from


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
        if state.looks is not None:
            seen = state.looks if state.looks.shape[-2:] == size else enlarge(state.looks, size)
            parts.append(seen[0, :-1] / kernel.features)  # the last is lightness again
        return cls(photo, torch.cat(parts), lightness, kernel)

    def alike(self, described: Tensor) -> Tensor:
        """(n, D) to (n, h, w): what spots have in common with every cell, in (0, 1]."""
        cells = self.described.flatten(1)
        # Squared distances by one product: `torch.cdist` takes ten times as long for few spots.
        lengths = described.square().sum(1)[:, None] + cells.square().sum(0)
        distance = torch.addmm(lengths, described, cells, alpha=-2).clamp_(min=0)
        return distance.neg_().exp_().view(-1, *self.lightness.shape[1:])


@torch.inference_mode()
def follow(ab: Tensor, hints: Sequence[Hint], cells: Cells) -> Tensor:
    """ab that meets the hints, and elsewhere stays as it was, shifted as far as they shift it.

    ab: (2, h, w) in Lab units, of the network; cells: of the same size. Returns (2, h, w). What
    meets a hint is the colour that `painting.paint` makes of ab at the hint's own spot.
    """
    kernel, spots = cells.kernel, Spots(hints, cells)
    wanted = torch.tensor([hint.colour for hint in hints])
    # A single hint says nothing about how far its colour reaches.
    reaches = kernel.reaches if len(hints) > 1 else kernel.reaches[:1]
    near = cells.alike(spots.described())
    columns = torch.stack([near ** (1 / reach**2) for reach in reaches])
    painted = spots.painted(torch.cat([ab, columns.flatten(0, 1)]))
    said, in_common = painted[:, :2], painted[:, 2:].unflatten(1, columns.shape[:2])
    fits = _Fit.of(said, wanted, in_common.movedim(1, 0).contiguous(), kernel)
    # Of two that are as likely, the shorter.
    index = int((fits.likelihood - torch.tensor(reaches).log()).argmax())
    fit = fits[index]
    shift = torch.einsum("nhw,nc->chw", columns[index], fit.weights)
    # Between hints that disagree the process overshoots: nothing moves further than asked.
    least, most = fit.left.aminmax(dim=0)
    shift = shift.clamp(least.clamp(max=0)[:, None, None], most.clamp(min=0)[:, None, None])
    return ab * fit.strength + fit.cast[:, None, None] + shift


@dataclass(frozen=True)
class _Fit:
    """The hints explained, with one reach, or with each of several, (r, ...).

    strength: (), the factor on all of ab; cast: (2,), added to all of it; left: (n, 2), what these
    leave of the hints to the field; weights: (n, 2), of the columns; likelihood: (), its logarithm,
    but for a constant.
    """

    strength: Tensor
    cast: Tensor
    left: Tensor
    weights: Tensor
    likelihood: Tensor

    @classmethod
    def of(cls, said: Tensor, wanted: Tensor, in_common: Tensor, kernel: Kernel) -> Self:
        """said, wanted: (n, 2), the network's colours at the hints and theirs; in_common:
        (r, n, n), of the hints.
        """
        in_common = in_common + kernel.noise * torch.eye(len(said))
        strength, cast = _as_a_whole(said, wanted, in_common, kernel)
        left = wanted - said * strength[:, None, None] - cast[:, None]
        weights = torch.linalg.solve(in_common, left)
        explained = (left * weights).sum((1, 2)) / (2 * kernel.deviation**2)
        likelihood = -explained - torch.linalg.slogdet(in_common).logabsdet
        return cls(strength, cast, left, weights, likelihood)

    def __getitem__(self, index: int) -> Self:
        """One of several."""
        parts = self.strength, self.cast, self.left, self.weights, self.likelihood
        return type(self)(*(part[index] for part in parts))


def _as_a_whole(
    said: Tensor, wanted: Tensor, in_common: Tensor, kernel: Kernel
) -> tuple[Tensor, Tensor]:
    """The factor on ab, (r,), and the cast to add, (r, 2), that hints suggest for all of a photo.

    said, wanted: (n, 2), the network's colours at the hints and theirs; in_common: (r, n, n). Both
    are posterior means of a Bayesian linear regression of what the network leaves of the hints,
    whose errors are the field.
    """
    left = wanted - said
    left *= (left.norm(dim=1, keepdim=True) / kernel.typical).square().neg().exp()
    regressors = torch.cat(
        [said.T.flatten()[:, None], torch.eye(2).repeat_interleave(len(said), 0)], 1
    )
    prior = torch.tensor([kernel.strength, kernel.cast, kernel.cast]).square()
    field = kernel.deviation**2 * torch.kron(torch.eye(2), in_common)
    errors = torch.linalg.solve(
        field + regressors * prior @ regressors.T, left.T.flatten()[:, None]
    )
    found = prior * (regressors.T @ errors).squeeze(-1)
    return 1 + found[:, 0].clamp(min=-1), found[:, 1:]


@torch.inference_mode()
def uncertainty_left(hints: Sequence[Hint], cells: Cells) -> Tensor:
    """(h, w) in [0, 1]: the share of each cell's deviation that these hints do not take away.

    The deviation of the field, given the hints (equation 2.24 of the same book): near 0 at their
    spots, 1 where nothing follows them.
    """
    known, told = told_by(hints, cells)
    return (1 - (known * told).sum(0)).clamp(0, 1).sqrt().view(cells.lightness.shape[1:])


def told_by(hints: Sequence[Hint], cells: Cells) -> tuple[Tensor, Tensor]:
    """What the field has in common with the hints, and the weights that predict it from them, both
    (n, h w): the covariance that hints explain is the product of the one, transposed, and the
    other.
    """
    spots = Spots(hints, cells)
    known = cells.alike(spots.described())
    noise = cells.kernel.noise * torch.eye(len(hints))
    told = torch.linalg.solve(spots.sample(known) + noise, known.flatten(1))
    return known.flatten(1), told


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
