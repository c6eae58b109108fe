"""Which cells of a photo have the same colour, learnt; and how hints spread by it.

Each cell gets an embedding, and the nearer two embeddings lie, the likelier it is that their cells
have one colour. That probability, the affinity, does two things. Cells share what the decoder made
of them (non-local means, Buades et al. 2005, in the form of attention: Wang et al. 2018,
arXiv:1711.07971), so that one sky gets one colour. And hints spread by it: every cell attends to
the hints (compare iColoriT, Yun et al. 2023, arXiv:2207.06831), or to none of them.

The embedding is made of the encoder's features alone, so it is the same for all hints and dropout
samples of a photo.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorizer.hints import LIMIT

KEYS = 32  # rows and columns of keys at most, or a long panorama's weights would fill the memory


class ColourEmbedding(nn.Module):
    """Embeds cells so that those of one colour lie together.

    widths: channels of the encoder's features, at 1/4 to 1/32 of the size; channels: of the
    embedding, of which one is spare for the squared length.
    """

    def __init__(self, widths: Sequence[int], channels: int) -> None:
        super().__init__()
        hidden = 64
        self.laterals = nn.ModuleList(
            nn.Sequential(nn.Conv2d(width, hidden, 1, bias=False), nn.BatchNorm2d(hidden))
            for width in widths
        )
        self.place = nn.Conv2d(3, hidden, 1)
        self.mix = nn.Sequential(
            nn.ReLU(inplace=True),
            nn.Conv2d(hidden, hidden, 3, padding=1, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ReLU(inplace=True),
            nn.Conv2d(hidden, channels, 1),
        )
        self.reach = nn.Parameter(torch.tensor(4.0))  # log-odds that a cell is like itself
        self.focus = nn.Parameter(torch.tensor(1.0))  # factor on the log-odds, for sharing

    def forward(self, features: Sequence[Tensor], lightness: Tensor) -> Tensor:
        """(N, channels, h, w) float32 at a quarter of the size.

        features: the encoder's; lightness: (N, 1, H, W) in [-1, 1].
        """
        size = features[0].shape[-2:]
        light = F.interpolate(lightness, size, mode="area")
        axes = [torch.linspace(-1, 1, side, device=light.device) for side in size]
        # Places in units of half the short side, so that a panorama is long, not dense.
        # Tensors, as numbers would be those of one photo in an exported network.
        *sides, short = (
            torch.scalar_tensor(side, device=light.device) for side in (*size, torch.sym_min(*size))
        )
        scale = [side / short for side in sides]
        y, x = torch.meshgrid(axes[0] * scale[0], axes[1] * scale[1], indexing="ij")
        place = torch.stack([y, x]).to(light.dtype).expand(len(light), -1, -1, -1)
        total = self.place(torch.cat([light, place], dim=1))
        for lateral, feature in zip(self.laterals, features, strict=True):
            total = total + F.interpolate(
                lateral(feature), size, mode="bilinear", align_corners=False
            )
        return self.mix(total).float()

    def log_odds(self, queries: Tensor, keys: Tensor) -> Tensor:
        """(N, n, k): the logarithm of the odds that two cells have one colour.

        queries, keys: embeddings, (N, n, channels) and (N, k, channels).
        """
        return self.reach - squared_distance(queries, keys)

    def share(self, x: Tensor, embedding: Tensor, weights: Tensor | None = None) -> Tensor:
        """x, of which each cell has taken half from the cells of its own colour.

        x: (N, C, h, w); embedding: of one photo or of N; weights: what `weights` gave for it, if
        that was kept. Returns the shape of x.
        """
        # All samples of one photo share alike: their channels side by side need one set of weights.
        values = pooled(x.reshape(len(embedding), -1, *x.shape[2:]))
        means = (self.weights(embedding) if weights is None else weights) @ values
        return (x + means.mT.reshape(x.shape)) / 2

    def weights(self, embedding: Tensor) -> Tensor:
        """(N, h w, keys): of the means that `share` takes."""
        queries, keys = self._compared(embedding)
        return (queries @ keys.mT).softmax(-1)

    def _compared(self, embedding: Tensor) -> tuple[Tensor, Tensor]:
        """(N, h w, D + 1) queries and (N, keys, D + 1), whose products are squared distances, times
        the focus, up to what softmax ignores.
        """
        keys = pooled(embedding)
        keys = torch.cat([2 * keys, -keys.square().sum(-1, keepdim=True)], dim=-1) * self.focus
        return F.pad(embedding.flatten(2).mT, (0, 1), value=1.0), keys


class HintAttention(nn.Module):
    """Makes a distribution over bins follow the hints.

    Each cell attends to the hints by its affinity to them, or to none. The share that goes to
    hints, its influence, replaces that much of the network's own distribution by one around the
    hints' colour.
    """

    def __init__(self) -> None:
        super().__init__()
        # Of the distribution around a hint's colour, in units of the network's ab.
        self.width = nn.Parameter(torch.tensor(-3.1))  # logarithm; 5 Lab units at first

    def relay(
        self, embedding: Tensor, hints: Tensor, space: ColourEmbedding
    ) -> tuple[Tensor, Tensor]:
        """The hints' colour at every cell, and their influence there.

        embedding: (N, D, h, w), of one photo or N; hints: (1 or N, 3, h, w), as `ColorNetwork`
        takes them. Returns (N, 2, h, w) and (N, 1, h, w) in [0, 1].
        """
        size = hints.shape[-2:]
        index, present = hinted_cells(hints)
        colour = at(hints[:, :2].flatten(2).mT, index)

        # Squared distances by a product need all of float32's digits.
        with torch.autocast(hints.device.type, enabled=False):
            attention = self.attend(space, embedding, index, present)
            influence = attention.sum(-1, keepdim=True)
            target = attention @ colour / influence.clamp(min=1e-4)
        return target.mT.unflatten(2, size), influence.mT.unflatten(2, size)

    def mix(self, logits: Tensor, target: Tensor, influence: Tensor, bins: Tensor) -> Tensor:
        """(N, Q, h, w) float32 logarithms of probabilities: the network's, and a distribution
        around the hints' colour by their influence.

        logits: (N, Q, h, w); target, influence: of `relay`; bins: (Q, 2) in the network's unit.
        """
        size = logits.shape[-2:]
        target, influence = target.float().flatten(2).mT, influence.float().flatten(2).mT
        with torch.autocast(logits.device.type, enabled=False):
            distance = squared_distance(target, bins.expand(len(target), -1, -1))
        around = (distance * (-0.5 * (-2 * self.width).exp())).softmax(-1)
        mixed = torch.lerp(classes_last(logits).float().softmax(-1), around, influence)
        return mixed.clamp(min=1e-12).log().mT.unflatten(2, size)

    def attend(
        self, space: ColourEmbedding, embedding: Tensor, index: Tensor, present: Tensor
    ) -> Tensor:
        """(N, h w, k) in [0, 1]: how much each cell attends to each hinted cell.

        For a single hint it is the affinity itself.
        """
        cells = embedding.flatten(2).mT
        cells = cells.expand(max(len(cells), len(index)), -1, -1)
        score = space.log_odds(cells, at(cells, index))
        score = score.masked_fill(~present[:, None], -torch.inf)
        return F.pad(score, (1, 0)).softmax(-1)[..., 1:]


def hinted_cells(hints: Tensor) -> tuple[Tensor, Tensor]:
    """(N, k) the hinted cells' places, row by row; and whether there is one, for fewer than k."""
    mask = hints[:, 2].flatten(1) > 0
    # An exported network, which cannot count, has room for all that a photo may have.
    count = LIMIT if torch.compiler.is_exporting() else max(int(mask.sum(1).max()), 1)
    present, index = mask.float().topk(count)
    return index, present > 0


def at(x: Tensor, index: Tensor) -> Tensor:
    """(N, cells, C) and (1 or N, k) to (N, k, C)."""
    index = index.expand(len(x), -1)
    return x.expand(len(index), -1, -1).gather(1, index[..., None].expand(-1, -1, x.shape[-1]))


def squared_distance(queries: Tensor, keys: Tensor) -> Tensor:
    """(N, n, D) and (N, k, D) to (N, n, k), by one product."""
    lengths = queries.square().sum(-1, keepdim=True) + keys.square().sum(-1)[:, None]
    return torch.baddbmm(lengths, queries, keys.mT, alpha=-2).clamp(min=0)


def pooled(x: Tensor) -> Tensor:
    """(N, C, h, w) to (N, keys, C).

    A quarter as many keys each way: neighbours are alike anyway.
    """
    height, width = x.shape[2:]
    # Not `min`, whose answer for one photo would become part of an exported network.
    grid = torch.sym_min(height // 4, KEYS), torch.sym_min(width // 4, KEYS)
    return F.adaptive_avg_pool2d(x, grid).flatten(2).mT  # pyright: ignore[reportArgumentType]


def classes_last(logits: Tensor) -> Tensor:
    """(N, Q, h, w) to (N, h w, Q), as they lie in memory where channels_last is used."""
    return logits.permute(0, 2, 3, 1).flatten(1, 2)
