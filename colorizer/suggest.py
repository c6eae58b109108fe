"""Where a hint is expected to help most: the question worth asking a person next.

The colours of a photo are modelled as a Gaussian process, as in `propagate`, whose deviation at
each cell is that of the network's own distribution there. A hint at one cell removes part of the
variance of all cells that have something in common with it; the spot asked about is the one that
removes most, summed over the photo (Cohn, Ghahramani & Jordan 1996, "Active learning with
statistical models").
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from colorizer.hints import Hint
from colorizer.propagate import Cells, told_by

EVEN = 20.0  # deviation, in Lab units, of a network that predicts one colour and no distribution


def deviation(output: Tensor, bins: Tensor) -> Tensor:
    """(h, w) in Lab units, of ab under the network's distribution: sqrt(var a + var b).

    output: (Q, h, w), logits of `bins`, (Q, 2); or (2, h, w) ab of a network without bins, (0, 2),
    whose deviation is assumed to be the same everywhere.
    """
    if not len(bins):
        return output.new_full(output.shape[1:], EVEN)
    chances = output.float().softmax(0)
    mean = torch.einsum("qhw,qc->chw", chances, bins)
    squares = torch.einsum("qhw,q->hw", chances, bins.square().sum(1))
    return (squares - mean.square().sum(0)).clamp(min=0).sqrt()


@torch.inference_mode()
def least_sure(cells: Cells, deviation: Tensor, asked: Sequence[Hint] = ()) -> tuple[float, float]:
    """x, y in the photo's pixels of the spot where a hint is expected to help most.

    deviation: (h, w) in Lab units, of the cells; asked: the given hints, and spots whose colour a
    person could not tell, as hints of any colour: neither is asked about again.
    """
    gains = expected_gain(cells, deviation, asked)
    rows, columns = deviation.shape
    row, column = divmod(int(gains.argmax()), columns)
    return (column + 0.5) * cells.photo.width / columns, (row + 0.5) * cells.photo.height / rows


@torch.inference_mode()
def expected_gain(cells: Cells, deviation: Tensor, asked: Sequence[Hint] = ()) -> Tensor:
    """(h, w): the mean variance that a hint at each cell is expected to remove, in squared Lab
    units.

    Only one in every few cells is weighed; the rest are 0.
    """
    at, follows = followers(cells, asked)
    own = follows[torch.arange(len(at)), at].clamp(min=0) + cells.kernel.noise
    gains = torch.zeros(deviation.numel())
    gains[at] = (follows.square() @ deviation.flatten().square()) / own / deviation.numel()
    return gains.view_as(deviation)


def followers(cells: Cells, asked: Sequence[Hint] = ()) -> tuple[Tensor, Tensor]:
    """The cells that are weighed, (n,), and what each still has in common with all, (n, h w).

    That is the covariance of the spread's process, given the spots that were asked about.
    """
    at, follows = cells.candidates
    if not asked:
        return at, follows
    known, told = told_by(asked, cells)
    return at, follows - known[:, at].T @ told
