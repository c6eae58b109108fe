"""Photos as old film saw them: what a network is fed, while its targets stay as they are.

A network that has only seen the lightness of digital photos mistakes a dark mouth for shadow. Old
plates were blind to red (orthochromatic film) and prints have faded, so half of the photos are
shown to the network as such material would have recorded them.
"""

import torch
from torch import Tensor
from torchvision.transforms.v2.functional import gaussian_blur

SHARE = 0.5  # of the photos that are changed at all


def as_film(rgb: Tensor, lightness: Tensor) -> Tensor:
    """Lightness that film might have recorded of these photos, by the global random generator.

    rgb: (N, 3, H, W) uint8; lightness: (N, 1, H, W) in [0, 100], what it really is. Returns the
    shape of lightness, in [0, 100].
    """
    count = len(rgb)

    def draw(low: float, high: float) -> Tensor:
        return torch.empty(count, 1, 1, 1).uniform_(low, high).to(lightness.device)

    # Which mixture of red, green and blue is grey: the eye's, or any, or almost without red.
    mixture = -torch.rand(count, 3).clamp(min=1e-3).log()
    mixture[: count // 4, 0] *= 0.1
    mixture = (mixture / mixture.sum(1, keepdim=True))[torch.randperm(count)].to(rgb.device)
    # Powers in place of the exact curves of sRGB and L: near enough for what is random anyway.
    linear = (rgb.float() / 255).pow(2.2)
    luminance = torch.einsum("nchw,nc->nhw", linear, mixture)[:, None]
    film = torch.where(draw(0, 1) < 0.5, 100 * luminance.clamp(min=1e-6).pow(1 / 2.4), lightness)
    # Contrast, and blacks and whites that have faded.
    film = 100 * (film / 100).clamp(0, 1).pow(draw(-0.4, 0.4).exp())
    black, white = draw(0, 12), draw(85, 100)
    film = black + (white - black) * film / 100
    film = torch.where(draw(0, 1) < 0.25, gaussian_blur(film, [5, 5], [1.0, 1.0]), film)
    film = film + torch.randn_like(film) * draw(0, 1).square() * 6
    return torch.where(draw(0, 1) < SHARE, film.clamp(0, 100), lightness)
