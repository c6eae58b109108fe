"""sRGB and CIE Lab (D65, 2 degree observer), batched in torch.

Same formulas and constants as `skimage.color.rgb2lab` / `lab2rgb` (CIE 15:2004, IEC 61966-2-1);
training, prediction and metrics share this one conversion, and tests compare it with scikit-image.
"""

import numpy as np
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

# Below these the curves of Lab are straight lines, tangents of the cube root and of the cube.
_LINE_XYZ = 0.008856
_LINE_F = _LINE_XYZ ** (1 / 3)
_SLOPE = 7.787


def _linear_of_srgb(srgb: Tensor) -> Tensor:
    return torch.where(srgb > 0.04045, ((srgb + 0.055) / 1.055) ** 2.4, srgb / 12.92)


def _srgb_of_linear(linear: Tensor) -> Tensor:
    curved = 1.055 * linear.clamp(min=0.0031308) ** (1 / 2.4) - 0.055
    return torch.where(linear > 0.0031308, curved, 12.92 * linear)


# Tables replace a power per pixel: linear light of the 256 codes, and the code in the middle of
# each of 2^18 steps of linear light, off by at most 0.007 of a code before rounding.
_LINEAR_OF_CODE = _linear_of_srgb(torch.arange(256, dtype=torch.float64) / 255).float()
_STEPS = 2**18
_CODE_OF_STEP = (
    (_srgb_of_linear((torch.arange(_STEPS, dtype=torch.float64) + 0.5) / _STEPS) * 255)
    .round()
    .to(torch.uint8)
)
_TO_STEPS = (_TO_LINEAR.double() * _STEPS / _SLOPE).float()
# A channel is in the gamut up to so far from the middle; a third of a code at its darkest is not
# out of it.
_MIDDLE = _STEPS / 2
_SIDE = _MIDDLE + _STEPS * 1e-4
# Luminance of the 256 codes of each channel, in steps, and the lightness of every such step.
_LUMINANCE_OF_CODE = _RGB_TO_XYZ[1, :, None].float() * _LINEAR_OF_CODE * (_STEPS - 1)
_LUMINANCE = ((torch.arange(_STEPS, dtype=torch.float64) + 0.5) / (_STEPS - 1)).clamp(max=1)
_LIGHTNESS_OF_STEP = (
    torch.where(_LUMINANCE > _LINE_XYZ, 116 * _LUMINANCE ** (1 / 3) - 16, 116 * _SLOPE * _LUMINANCE)
).float()


def _lookup(table: Tensor, index: Tensor) -> Tensor:
    return table.to(index.device).index_select(0, index.flatten()).view(index.shape)


def _mix(matrix: Tensor, channels: Tensor) -> Tensor:
    """(3, 3) times (..., 3, H, W), in float32 even where a training step runs in bf16."""
    with torch.autocast(channels.device.type, enabled=False):
        return (matrix.to(channels.device) @ channels.flatten(-2)).view(channels.shape)


def rgb_to_lab(rgb: Tensor) -> Tensor:
    """Lab of 8-bit sRGB.

    rgb: (..., 3, H, W) uint8. Returns (..., 3, H, W) float32: L in [0, 100], a and b within
    about [-108, 108].
    """
    relative = _mix(_FROM_LINEAR, _lookup(_LINEAR_OF_CODE, rgb.int()))
    above = relative.clamp(min=_LINE_XYZ)
    f = above.pow(1 / 3) + _SLOPE * (relative - above)
    x, y, z = f.unbind(-3)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=-3)


def rgb_to_lightness(rgb: Tensor) -> Tensor:
    """L of 8-bit sRGB, by tables: a third of the time of `rgb_to_lab`, off by at most 0.002.

    rgb: (3, H, W) uint8. Returns (1, H, W) float32 in [0, 100].
    """
    return _lookup(_LIGHTNESS_OF_STEP, _luminance_step(rgb))[None]


def rgb_to_grey(rgb: Tensor) -> Tensor:
    """The grey of the same L, by tables. (3, H, W) uint8 to (1, H, W) uint8."""
    return _lookup(_CODE_OF_STEP, _luminance_step(rgb))[None]


def _luminance_step(rgb: Tensor) -> Tensor:
    """(3, H, W) uint8 to (H, W) int32: luminance in units of 1 / _STEPS."""
    red, green, blue = (
        _lookup(table, channel.int())
        for table, channel in zip(_LUMINANCE_OF_CODE, rgb, strict=True)
    )
    return red.add_(green).add_(blue).int()


@torch.no_grad()  # codes have no gradient
def lab_to_rgb(lightness: Tensor, ab: Tensor) -> Tensor:
    """8-bit sRGB of Lab.

    lightness: (..., 1, H, W) in [0, 100]; ab: (..., 2, H, W) in Lab units; leading dimensions
    broadcast. Returns (..., 3, H, W) uint8. A colour outside the sRGB gamut loses as much chroma as
    brings it inside, at its own L and hue.
    """
    f = ((lightness + 16) / 116).squeeze(-3)
    a, b = ab.unbind(-3)
    steps = _steps_of(f, a, b)
    excess = _excess(steps)
    # By numpy, as torch takes five times as long to compare and to count.
    beyond = torch.from_numpy(np.flatnonzero(excess.cpu().numpy() > 0)).to(excess.device)
    if len(beyond):
        flat = (plane.expand_as(excess).flatten() for plane in (f, a, b))
        colours = (plane.index_select(0, beyond) for plane in flat)
        with torch.autocast(f.device.type, enabled=False):  # it would round matrix products
            inside = _shrunk(*colours)
        for plane, channel in zip(steps.unbind(-3), inside, strict=True):
            plane.put_(beyond, channel)
    return _lookup(_CODE_OF_STEP, steps.clamp_(0, _STEPS - 1).int())


def _steps_of(f: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """(..., 3, H, W): linear red, green and blue in units of 1 / _STEPS.

    f, a, b: (..., H, W), f(Y) of Lab and its a and b.
    """
    y, a, b = torch.broadcast_tensors(f, a, b)
    xyz = torch.stack([y, y, y], -3)
    x, y, z = xyz.unbind(-3)
    x.add_(a, alpha=1 / 500)
    z.sub_(b, alpha=1 / 200)
    for plane in (x, y, z):  # one at a time, so that they stay in the processor's cache
        _curve(plane)
    return _mix(_TO_STEPS, xyz)


def _curve(f: Tensor) -> Tensor:
    """_SLOPE times what `f` is the f of; in its place."""
    above = f.clamp(min=_LINE_F)
    return f.sub_(above).add_(above.pow_(3), alpha=_SLOPE)


def _excess(steps: Tensor) -> Tensor:
    """By how much the worst of three channels is beyond the gamut; 0 and less is inside."""
    high, low = steps.amax(-3), steps.amin(-3)
    return torch.maximum(high.sub_(_MIDDLE + _SIDE), low.neg_().sub_(_SIDE - _MIDDLE), out=high)


def _shrunk(f: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """Linear light of colours moved towards the grey of their L until they are in the gamut.

    All (n,), in units of f(Y) and of Lab. Returns (3, n). Each channel is a cubic of the chroma
    that is left; by Newton's method each finds where it meets a side of the gamut, and the least
    chroma of the three is kept. After three steps less than one in a hundred is off by a code.
    """
    direction = torch.stack([a / 500, b / -200])  # of f(X) and f(Z); f(Y) stays
    of_x, of_y, of_z = _TO_STEPS.to(f.device).unbind(1)
    of_xz = torch.stack([of_x, of_z], 1)
    of_grey = _curve(f.clone()) * of_y[:, None] - _MIDDLE
    turn = direction * (3 * _SLOPE)
    chroma = torch.full_like(f, 0.5)
    for _ in range(3):
        xz = torch.addcmul(f, direction, chroma)
        above = xz.clamp(min=_LINE_F)
        square = above * above
        place = torch.addmm(of_grey, of_xz, xz.sub_(above).addcmul_(square, above, value=_SLOPE))
        speed = of_xz @ square.mul_(turn)
        # How far beyond the side it moves to each channel is, in chroma.
        beyond = (speed.sign() * place).sub_(_SIDE).div_(speed.abs())
        change = (chroma - beyond.amax(0)).clamp_(0, 1).sub_(chroma)
        chroma += change
    return place.addcmul_(speed, change).add_(_MIDDLE)


def draw_ab_plane(lightness: float, reach: float, side: int) -> np.ndarray:
    """All colours of one lightness, (side, side, 4) uint8: a to the right, b upwards, to `reach`.

    lightness: in [0, 100]; reach: in Lab units. Transparent beyond the gamut of sRGB.
    """
    axis = torch.linspace(-reach, reach, side)
    b, a = torch.meshgrid(-axis, axis, indexing="ij")
    ab = torch.stack([a, b])
    rgb = lab_to_rgb(torch.full((1, side, side), lightness), ab)
    inside = (rgb_to_lab(rgb)[1:] - ab).norm(dim=0) < 3
    alpha = (inside * 255).to(torch.uint8)[None]
    return torch.cat([rgb, alpha]).permute(1, 2, 0).contiguous().numpy()
