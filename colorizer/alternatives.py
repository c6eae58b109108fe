"""Other plausible colours: several whole pictures, none of them the mean.

A grey photo has many true colourings, and the picture that a network paints is their mean. Here the
few things are found whose colour is least sure and of which the photo holds most. For each, a
colour is drawn from the network's own distribution, and given as a hint; what belongs to the thing
follows. PixColor (Guadarrama et al. 2017, arXiv:1705.07208) and ColTran (Kumar et al. 2021,
arXiv:2102.04432) draw all cells, one after the other, with far heavier networks.

The draws of a photo are the points of an additive recurrence (Roberts 2018, "The unreasonable
effectiveness of quasirandom sequences"), moved at random by the seed (Cranley & Patterson 1976).
So each of them is a fair draw, and any few of them lie apart.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from colorizer.affinity import Spots
from colorizer.hints import Hint
from colorizer.propagate import Cells
from colorizer.suggest import deviation

# Chosen on validation photos (docs/alternatives.md).
THINGS = 3  # more would hardly ever all be right
TEMPERATURE = 0.55
MARGIN = 30.0  # in L: nearer to black or white, a screen shows less and less colour
MOST = 64


@dataclass(frozen=True)
class Alternative:
    """One of several whole pictures of a photo.

    index: which of the draws it is, from 0; colour: as `Colorizer.predict` gives it; hints: the
    colours that were drawn, to which `predict` paints the same picture; likelihood: the mean
    logarithm of their probabilities, in nats, at most 0.
    """

    index: int
    colour: Tensor
    hints: tuple[Hint, ...]
    likelihood: float


@dataclass(frozen=True)
class Thing:
    """Cells that belong together, as far as the network knows.

    x, y: its spot, in the photo's pixels; chances: (Q,), logarithms of the probabilities of the
    bins, for all of it.
    """

    x: float
    y: float
    chances: Tensor

    @classmethod
    def of(cls, cells: Cells, index: int, weights: Tensor, log_chances: Tensor) -> Self:
        """index: of the cell of its spot; weights: (h w,), how far each cell belongs to it;
        log_chances: (Q, h w).
        """
        rows, columns = cells.lightness.shape[1:]
        row, column = divmod(index, columns)
        mean = log_chances @ weights / weights.sum()
        return cls(
            (column + 0.5) * cells.photo.width / columns,
            (row + 0.5) * cells.photo.height / rows,
            mean.log_softmax(0),
        )


@torch.inference_mode()
def find_things(
    cells: Cells, output: Tensor, bins: Tensor, hints: Sequence[Hint] = (), count: int = THINGS
) -> list[Thing]:
    """The things whose colours are drawn: each is unsure, and carries much beyond those before.

    output: (Q, h, w), logits of `bins`, (Q, 2) in Lab units; hints: what follows these is sure.
    """
    affinity = cells.affinity if cells.learnt is None else cells.learnt
    at = cells.sparse
    near = affinity(Spots.on(cells.lightness, at)).flatten(1)
    log_chances = output.log_softmax(0).flatten(1)
    weight = (deviation(output, bins) * _visible(cells.lightness[0])).square().flatten()
    left = torch.ones_like(weight)
    if hints:
        left *= (1 - affinity(Spots.of(hints, cells.photo)).flatten(1)).prod(0)
    things = []
    for _ in range(count):
        best = int(((near @ (weight * left)) * left[at]).argmax())
        weights = (near[best] * left).clamp(min=1e-6)
        things.append(Thing.of(cells, int(at[best]), weights, log_chances))
        left = left * (1 - near[best])
    return things


def draw(
    things: Sequence[Thing], bins: Tensor, indices: Sequence[int], seed: int, temperature: float
) -> list[tuple[tuple[Hint, ...], float]]:
    """Hints, and their likelihood, of each of the draws with these indices.

    temperature: 1 draws as likely as the network says, towards 0 the likeliest. A draw depends on
    its index and the seed alone.
    """
    by_hue = torch.atan2(bins[:, 1], bins[:, 0]).argsort()  # so that near shares are near colours
    shares = _shares(len(things), indices, seed)
    hints: list[list[Hint]] = [[] for _ in indices]
    chances = torch.zeros(len(indices), len(things))
    for number, thing in enumerate(things):
        sums = (thing.chances / temperature).softmax(0)[by_hue].cumsum(0)
        places = torch.searchsorted(sums, shares[:, number].contiguous())
        chosen = by_hue[places.clamp(max=len(bins) - 1)]
        chances[:, number] = thing.chances[chosen]
        for listed, ab in zip(hints, bins[chosen].tolist(), strict=True):
            listed.append(Hint(thing.x, thing.y, ab=(ab[0], ab[1]), source="network"))
    means = chances.mean(1).tolist()
    return [(tuple(listed), mean) for listed, mean in zip(hints, means, strict=True)]


def _visible(lightness: Tensor) -> Tensor:
    """In [0, 1]: how much colour can be seen at a lightness in [0, 100]."""
    return torch.minimum(lightness, 100 - lightness).div(MARGIN).clamp(0, 1)


def _shares(dimensions: int, indices: Sequence[int], seed: int) -> Tensor:
    """(n, dimensions) in [0, 1): points of the sequence."""
    root = 2.0
    for _ in range(50):  # the root above 1 of x^(dimensions + 1) = x + 1
        root = (1 + root) ** (1 / (dimensions + 1))
    steps = torch.tensor([math.pow(root, -power) for power in range(1, dimensions + 1)])
    start = torch.rand(dimensions, generator=torch.Generator().manual_seed(seed))
    return (start + torch.tensor(list(indices))[:, None] * steps) % 1
