"""sRGB and CIE Lab (D65, 2 degree observer), batched in torch.

Same formulas and constants as `skimage.color.rgb2lab` / `lab2rgb` (CIE 15:2004, IEC 61966-2-1), so
that training, prediction and metrics share one conversion; the tests hold the two together.
"""

import torch
from torch import Tensor

_RGB_TO_XYZ = torch.tensor(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ],
    dtype=torch.float64,
)
_WHITE = torch.tensor([0.95047, 1.0, 1.08883], dtype=torch.float64)
# White point folded into the matrices: linear RGB <-> XYZ relative to white in one product.
_FROM_LINEAR = (_RGB_TO_XYZ / _WHITE[:, None]).float()
_TO_LINEAR = torch.linalg.inv(_RGB_TO_XYZ / _WHITE[:, None]).float()

# The 256 linear-light values of an 8-bit channel: a table replaces a power per pixel.
_CODES = torch.arange(256, dtype=torch.float64) / 255
_LINEAR_OF_CODE = torch.where(
    _CODES > 0.04045, ((_CODES + 0.055) / 1.055) ** 2.4, _CODES / 12.92
).float()


def rgb_to_lab(rgb: Tensor) -> Tensor:
    """Lab of 8-bit sRGB.

    rgb: (..., 3, H, W) uint8. Returns (..., 3, H, W) float32: L in [0, 100], a and b within
    about [-108, 108].
    """
    linear = _LINEAR_OF_CODE.to(rgb.device)[rgb.int()]
    relative = torch.einsum("ij,...jhw->...ihw", _FROM_LINEAR.to(rgb.device), linear)
    cube_root = relative.clamp(min=0).pow(1 / 3)
    f = torch.where(relative > 0.008856, cube_root, 7.787 * relative + 16 / 116)
    x, y, z = f.unbind(-3)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=-3)


def lab_to_rgb(lightness: Tensor, ab: Tensor) -> Tensor:
    """8-bit sRGB of Lab; colours outside the sRGB gamut are clipped channel by channel.

    lightness: (..., 1, H, W) in [0, 100]; ab: (..., 2, H, W) in Lab units; leading dimensions
    broadcast. Returns (..., 3, H, W) uint8.
    """
    y = (lightness + 16) / 116
    a, b = ab.narrow(-3, 0, 1), ab.narrow(-3, 1, 1)
    y = y.expand_as(a)
    f = torch.cat([y + a / 500, y, (y - b / 200).clamp(min=0)], dim=-3)
    relative = torch.where(f > 0.2068966, f**3, (f - 16 / 116) / 7.787)
    linear = torch.einsum("ij,...jhw->...ihw", _TO_LINEAR.to(ab.device), relative)
    curved = 1.055 * linear.clamp(min=0.0031308).pow(1 / 2.4) - 0.055
    srgb = torch.where(linear > 0.0031308, curved, 12.92 * linear)
    return (srgb * 255).round().clamp(0, 255).to(torch.uint8)
