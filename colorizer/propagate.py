"""Colour from a few spots to what looks alike and lies near: regression by a Gaussian process.

What a network leaves of a hint, the hint's colour less the network's own there, is taken for a
sample of a random field that covers the whole photo: how much two of its cells have in common is
for `affinity` to say. Its mean, given the hints, is added to the network's colour
(Rasmussen & Williams 2006, "Gaussian Processes for Machine Learning", equation 2.23). So a hint
meets its own spot, the nearer and more alike of two hints counts more, and far from all of them the
network's colour stays.

Two things are learnt from the hints themselves. What they say about the photo as a whole, that it
is paler than the network thinks or has a cast, holds for all of it; a hint far from the network's
colour is about its own thing instead, and has no say. And how far a colour reaches follows from how
well the hints predict one another: of several reaches the likeliest is taken (equation 5.8). A hint
whose reach a person has chosen keeps it, and one for its own place says nothing of the photo.

A network that has learnt which cells have one colour (`embedding`) spreads the hints by that first:
every cell attends to them, or to none. The process then adds what that leaves of the hints, where
they have any say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import torch
from torch import Tensor

from colorizer.affinity import (
    DISTANCES,
    Affinity,
    Distances,
    LearntAffinity,
    Likeness,
    Spots,
)
from colorizer.hints import Hint
from colorizer.painting import LinearColour
from colorizer.photo import Photo


@dataclass(frozen=True)
class Kernel:
    """How far a colour moves what it reaches; how far it reaches is `affinity.Distances`."""

    deviation: float = 15.0  # of the field, in Lab units
    noise: float = 0.01  # variance of what a hint says, that of the field being 1
    strength: float = 2.0  # deviation of the factor by which all of a photo is more or less vivid
    cast: float = 9.0  # deviation, in Lab units, of what is added to all of a photo
    typical: float = 18.0  # Lab units: hints this far from the network's colour have little say
    steepness: float = 4.0  # with which that say ends, an exponent
    reaches: tuple[float, ...] = (1.0, 1.4, 2.0, 2.8)  # factors on the distances, to choose from


KERNEL = Kernel()
CANDIDATES = 24  # rows and columns of spots where a hint may be asked for, at most


@dataclass(frozen=True)
class Cells:
    """The cells of a network's grid as hints see them.

    lightness: (1, h, w) in [0, 100]; affinity: what spots have in common with the cells, for the
    process; learnt: for attention, of a network with an embedding.
    """

    photo: Photo
    lightness: Tensor
    affinity: Affinity
    kernel: Kernel
    learnt: LearntAffinity | None = None

    @classmethod
    def of(
        cls,
        photo: Photo,
        ab: Tensor,
        features: Tensor | None = None,
        learnt: LearntAffinity | None = None,
        kernel: Kernel = KERNEL,
        distances: Distances = DISTANCES,
    ) -> Self:
        """ab: (2, h, w) in Lab units, what the network says; features: (1, D, ., .), of an encoder,
        if it has one.
        """
        lightness = photo.lightness_at(*ab.shape[-2:])
        likeness = Likeness.of(lightness, ab, features, distances)
        return cls(photo, lightness, likeness, kernel, learnt)

    @property
    def sparse(self) -> Tensor:
        """One cell in every few, (n,), where a hint may be asked for or a colour drawn."""
        rows, columns = self.lightness.shape[1:]
        step = max(1, -(-max(rows, columns) // CANDIDATES))
        index = torch.arange(rows * columns).view(rows, columns)
        return index[step // 2 :: step, step // 2 :: step].flatten()

    @cached_property
    def candidates(self) -> tuple[Tensor, Tensor]:
        """The `sparse` cells, and what these have in common with all, (n, h w)."""
        at = self.sparse
        return at, self.affinity(Spots.on(self.lightness, at)).flatten(1)


@torch.inference_mode()
def follow(ab: Tensor, hints: Sequence[Hint], cells: Cells) -> Tensor:
    """ab that meets the hints, and elsewhere stays as it was, shifted as far as they shift it.

    ab: (2, h, w) in Lab units, of the network; cells: of the same size. Returns (2, h, w). What
    meets a hint is the colour that `painting.paint` makes of ab at the hint's own spot.
    """
    if cells.learnt is None:
        return _regress(ab, hints, cells)
    near = cells.learnt(Spots.of(hints, cells.photo))
    attended = _attend(ab, hints, near)
    return torch.lerp(attended, _regress(attended, hints, cells), near.amax(0))


@torch.inference_mode()
def attend(ab: Tensor, hints: Sequence[Hint], photo: Photo, learnt: LearntAffinity) -> Tensor:
    """ab of which each cell has taken the hints' colour, as far as it is likely to be its own.

    The part of `follow` that is the network's. ab: (2, h, w) in Lab units. Returns (2, h, w).
    """
    return _attend(ab, hints, learnt(Spots.of(hints, photo)))


def _attend(ab: Tensor, hints: Sequence[Hint], near: Tensor) -> Tensor:
    weights = _attention(near)
    colours = torch.tensor([hint.colour for hint in hints])
    return ab * (1 - weights.sum(0)) + torch.einsum("nhw,nc->chw", weights, colours)


def _attention(near: Tensor) -> Tensor:
    """(n, h, w): how much each cell attends to each hint; the rest of 1 is for none of them.

    near: (n, h, w), the probability that a hint's colour is the cell's, were it the only one.
    """
    odds = near / (1 - near).clamp(min=1e-4)
    return odds / (1 + odds.sum(0))


def _regress(ab: Tensor, hints: Sequence[Hint], cells: Cells) -> Tensor:
    """ab, (2, h, w), with the mean of the process, given the hints."""
    columns, fit, _ = _likeliest(ab, hints, cells)
    shift = torch.einsum("nhw,nc->chw", columns, fit.weights)
    # Between hints that disagree the process overshoots: nothing moves further than asked.
    least, most = fit.left.aminmax(dim=0)
    shift = shift.clamp(least.clamp(max=0)[:, None, None], most.clamp(min=0)[:, None, None])
    return ab * fit.strength + fit.cast[:, None, None] + shift


def _likeliest(ab: Tensor, hints: Sequence[Hint], cells: Cells) -> tuple[Tensor, "_Fit", float]:
    """What the hints have in common with all cells, (n, h, w), how they are explained with it, and
    with which reach: the one under which they are likeliest.
    """
    kernel, spots = cells.kernel, Spots.of(hints, cells.photo)
    wanted = torch.tensor([hint.colour for hint in hints])
    # A single hint says nothing about how far its colour reaches.
    reaches = kernel.reaches if len(hints) > 1 else kernel.reaches[:1]
    columns = _columns(cells.affinity(spots), spots, reaches)
    painted = _painted(torch.cat([ab, columns.flatten(0, 1)]), spots, cells)
    said, in_common = painted[:, :2], painted[:, 2:].unflatten(1, columns.shape[:2])
    fits = _Fit.of(said, wanted, in_common.movedim(1, 0).contiguous(), ~spots.here, kernel)
    # Of two that are as likely, the shorter.
    index = int((fits.likelihood - torch.tensor(reaches).log()).argmax())
    return columns[index], fits[index], reaches[index]


def _columns(near: Tensor, spots: Spots, reaches: Sequence[float]) -> Tensor:
    """(r, n, h, w): what hints have in common with all cells, with each of the reaches.

    A person has said how far it is for those that are not about a thing.
    """
    chosen = (spots.here | spots.alike)[:, None, None]
    return torch.stack([torch.where(chosen, near, near ** (1 / reach**2)) for reach in reaches])


def _painted(planes: Tensor, spots: Spots, cells: Cells) -> Tensor:
    """(C, h, w) of ab to (n, C): at the spots, after painting along the photo's edges."""
    colour = LinearColour.fit(cells.lightness[None], planes[None])
    assert colour.slope is not None
    offset, slope = spots.sample(colour.offset[0]), spots.sample(colour.slope[0])
    return offset + slope * spots.lightness[:, None]


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
    def of(
        cls, said: Tensor, wanted: Tensor, in_common: Tensor, general: Tensor, kernel: Kernel
    ) -> Self:
        """said, wanted: (n, 2), the network's colours at the hints and theirs; in_common:
        (r, n, n), of the hints; general: (n,) bool, those that may say something of all the photo.
        """
        in_common = in_common + kernel.noise * torch.eye(len(said))
        strength, cast = _as_a_whole(said, wanted, in_common, general, kernel)
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
    said: Tensor, wanted: Tensor, in_common: Tensor, general: Tensor, kernel: Kernel
) -> tuple[Tensor, Tensor]:
    """The factor on ab, (r,), and the cast to add, (r, 2), that hints suggest for all of a photo.

    said, wanted, in_common, general: see `_Fit.of`. Both are posterior means of a Bayesian linear
    regression of what the network leaves of the hints, whose errors are the field.
    """
    left = (wanted - said) * general[:, None]
    left *= (left.norm(dim=1, keepdim=True) / kernel.typical).pow(kernel.steepness).neg().exp()
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


@torch.inference_mode()
def influence(hint: Hint, others: Sequence[Hint], ab: Tensor, cells: Cells) -> Tensor:
    """(h, w) in [0, 1]: how much of what a hint asks for each cell takes, beside other hints.

    Whatever its colour: this is the attention to the hint, where that is learnt; else its weight in
    the mean of the field, which reaches as far as the others say. ab: (2, h, w) in Lab units, of
    the network.
    """
    spots = Spots.of([*others, hint], cells.photo)
    if cells.learnt is not None:
        return _attention(cells.learnt(spots))[-1]
    reach = _likeliest(ab, others, cells)[2] if others else cells.kernel.reaches[0]
    (known,) = _columns(cells.affinity(spots), spots, [reach])
    told = _explained(known, spots, cells)
    return told[-1].clamp(0, 1).view(cells.lightness.shape[1:])


def told_by(hints: Sequence[Hint], cells: Cells) -> tuple[Tensor, Tensor]:
    """What the field has in common with the hints, and the weights that predict it from them, both
    (n, h w): the covariance that hints explain is the product of the one, transposed, and the
    other.
    """
    spots = Spots.of(hints, cells.photo)
    known = cells.affinity(spots)
    return known.flatten(1), _explained(known, spots, cells)


def _explained(known: Tensor, spots: Spots, cells: Cells) -> Tensor:
    """The weights, (n, h w), that predict all cells from spots that have this in common with them,
    (n, h, w).
    """
    noise = cells.kernel.noise * torch.eye(len(known))
    return torch.linalg.solve(spots.sample(known) + noise, known.flatten(1))
