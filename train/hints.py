"""The hints that a network is trained with, and targets that only a hint can tell."""

import torch
from torch import Tensor
from torch.nn import functional as F

MOST = 30  # hints of a photo
SAME, APART = 8.0, 25.0  # Lab units of ab: one colour, or clearly two
SAME_LIGHTNESS = 15.0  # in L: of one colour's cells that are to lie together
TURNED = 0.4  # share of the photos in which a thing's hue is turned
THING = 12.0  # Lab units of ab around a cell's colour: its thing


def draw_hints(ab: Tensor, first: Tensor, unit: float) -> Tensor:
    """1 to 30 cells of each photo whose colour is told.

    ab: (N, 2, h, w) in Lab units, at the cells; first: (N,) a cell that is always among them.
    Returns (N, 3, h, w): ab / unit and 1 where a colour is told, zeros elsewhere.
    """
    count, _, height, width = ab.shape
    mask = torch.zeros(count, height * width)
    mask[torch.arange(count), first.cpu()] = 1
    for index in range(count):
        # People give few hints: the logarithm of their number is uniform.
        number = int((MOST + 1) ** torch.rand(()).item())
        mask[index, torch.randint(height * width, (number - 1,))] = 1
    mask = mask.view(count, 1, height, width).to(ab.device)
    return torch.cat([ab / unit * mask, mask], dim=1)


def turn_hues(ab: Tensor, first: Tensor) -> Tensor:
    """ab of which, in some photos, the hue of a thing is turned.

    So obeying a hint is the only way to be right, and the likeliest colour is no excuse. ab:
    (N, 2, h, w) in Lab units; first: (N,) a cell of the thing. Returns the shape of ab.
    """
    count = len(ab)
    centre = ab.flatten(2).gather(2, first[:, None, None].expand(-1, 2, 1))[..., None]
    share = torch.sigmoid((THING - (ab - centre).norm(dim=1, keepdim=True)) / 2)
    share = share * (torch.rand(count, 1, 1, 1).to(ab.device) < TURNED)
    angle = (1 + 2 * torch.rand(count, 1, 1).to(ab.device)) * torch.pi / 3  # 60 to 180 degrees
    angle = torch.where(torch.rand(count, 1, 1).to(ab.device) < 0.5, angle, -angle)
    a, b = ab.unbind(1)
    turned = torch.stack(
        [a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], dim=1
    )
    return torch.lerp(ab, turned, share)


def embedding_loss(log_odds: Tensor, ab: Tensor, lightness: Tensor, anchors: Tensor) -> Tensor:
    """Cross-entropy of whether pairs of cells have one colour, of pairs where that is clear.

    log_odds: (N, n, h w), of anchors and all cells; ab, lightness: (N, 2 or 1, h, w) in Lab units;
    anchors: (N, n) cells. Pairs of one colour and pairs of two count alike.
    """
    apart = torch.hypot(*(_differences(plane, anchors) for plane in ab.unbind(1)))
    close = _differences(lightness[:, 0], anchors).abs() < SAME_LIGHTNESS
    same, other = (apart < SAME) & close, apart > APART
    losses = F.softplus(torch.where(same, -log_odds, log_odds))
    parts = [losses[pairs].mean() for pairs in (same, other) if pairs.any()]
    return torch.stack(parts).mean()


def _differences(plane: Tensor, anchors: Tensor) -> Tensor:
    """(N, h, w) and (N, n) cells to (N, n, h w): between anchors and all cells."""
    values = plane.flatten(1)
    return values.gather(1, anchors)[..., None] - values[:, None]
