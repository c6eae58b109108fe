"""Colour profiles: from the numbers of a picture file to sRGB.

8-bit pictures go through LittleCMS (`Transform`). It takes no deeper ones, so that profiles made of
curves and a matrix are also read here (`Encoding`): 16-bit numbers become 8-bit ones after the
curve, which would otherwise merge dozens of dark shades. See the ICC specification ICC.1:2022.
"""

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image, ImageCms

_PROBE = np.stack(np.meshgrid(*[np.arange(0, 256, 51, dtype=np.uint8)] * 3), 3).reshape(36, 6, 3)
_ROUNDING = 2  # by how much of 255 sRGB's own profiles differ from each other
_CODES = 65536  # of 16 bits
_DATE = slice(24, 36)  # of a profile's header
# Columns: red, green and blue of sRGB as XYZ under D50, adapted as in the sRGB profiles.
_SRGB_TO_XYZ = np.array(
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ]
)
_XYZ_TO_SRGB = np.linalg.inv(_SRGB_TO_XYZ)
_D50 = np.array([0.9642, 1.0, 0.8249])
_SRGB_PRIMARIES = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def _without_date(profile: bytes) -> bytes:
    """LittleCMS writes the time of day, so that no two files would be the same."""
    return profile[: _DATE.start] + struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + profile[_DATE.stop :]


SRGB = _without_date(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
_SRGB = ImageCms.ImageCmsProfile(io.BytesIO(SRGB))

Transform = ImageCms.ImageCmsTransform


def transform_of(profile: bytes, mode: str) -> Transform | None:
    """From an embedded profile to sRGB, if the profile is usable and changes colours.

    mode: Pillow's, of the picture: L, RGB, CMYK or LAB.
    """
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(own, _SRGB, mode, "RGB")
        # Judged by its effect: names do not tell, and most photos are in sRGB already.
        changes = mode != "RGB" or _largest_change(transform) > _ROUNDING
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None  # a photo with a damaged profile is still a photo, read as sRGB
    return transform if changes else None


def through(image: Image.Image, transform: Transform | None) -> Image.Image:
    return image if transform is None else ImageCms.applyTransform(image, transform) or image


def _largest_change(transform: Transform) -> int:
    after = through(Image.fromarray(_PROBE), transform)
    return int(np.abs(np.asarray(after, np.int16) - _PROBE).max())


@dataclass(frozen=True)
class Encoding:
    """What the numbers of a picture mean, as curves and a matrix.

    curves: one for grey or three for RGB, each (65536,) float32: the light, in [0, 1], of every
    16-bit number. matrix: (3, 3), from that light to linear sRGB; None for sRGB's own primaries.
    """

    curves: tuple[np.ndarray, ...]
    matrix: np.ndarray | None = None

    @classmethod
    def of_profile(cls, profile: bytes, colours: int) -> "Encoding | None":
        """colours: 1 or 3, those of the picture. None for other kinds of profile and for sRGB."""
        try:
            return _parse(profile, colours)
        except (struct.error, ValueError, IndexError, KeyError):
            return None

    @classmethod
    def of_gamma(cls, gamma: float, primaries: Sequence[float] = ()) -> "Encoding":
        """Of a PNG's gAMA and cHRM chunks: the number is the light to the power of `gamma`.

        primaries: x and y of white, red, green and blue; none for sRGB's.
        """
        matrix = _from_primaries(primaries) if len(primaries) == 8 else None
        return cls((np.linspace(0, 1, _CODES, dtype=np.float32) ** np.float32(1 / gamma),), matrix)

    @cached_property
    def _codes(self) -> list[np.ndarray]:
        """sRGB's 8-bit number of every 16-bit number, for each curve."""
        return [_ENCODED[_quantised(curve)] for curve in self.curves]

    def to_srgb(self, codes: np.ndarray) -> np.ndarray:
        """(H, W, 1 or 3) uint16 to (H, W, 3) uint8 sRGB."""
        if codes.shape[2] == 1:
            return np.repeat(self._codes[0][codes], 3, axis=2)
        own = [0, 1, 2] if len(self.curves) == 3 else [0, 0, 0]
        if self.matrix is None:
            return np.stack([self._codes[i][codes[..., c]] for c, i in enumerate(own)], axis=2)
        light = np.stack([self.curves[i][codes[..., c]] for c, i in enumerate(own)], axis=2)
        return _ENCODED[_quantised(light @ self.matrix.T.astype(np.float32))]


def encode(light: np.ndarray) -> np.ndarray:
    """Light in [0, 1] to the numbers of sRGB in [0, 1]."""
    light = np.clip(light, 0, 1)
    return np.where(light > 0.0031308, 1.055 * light ** (1 / 2.4) - 0.055, 12.92 * light)


_ENCODED = (encode(np.linspace(0, 1, _CODES)) * 255 + 0.5).astype(np.uint8)


def _quantised(light: np.ndarray) -> np.ndarray:
    return (np.clip(light, 0, 1) * (_CODES - 1) + 0.5).astype(np.uint16)


def lab_to_srgb(lab: np.ndarray) -> np.ndarray:
    """(H, W, 3) CIELAB under D50, in Lab units, to (H, W, 3) uint8 sRGB."""
    f = (lab[..., 0] + 16) / 116
    steps = np.stack([f + lab[..., 1] / 500, f, f - lab[..., 2] / 200], axis=2)
    xyz = np.where(steps > 6 / 29, steps**3, 3 * (6 / 29) ** 2 * (steps - 4 / 29)) * _D50
    return _ENCODED[_quantised(xyz @ _XYZ_TO_SRGB.T)]


def _from_primaries(primaries: Sequence[float]) -> np.ndarray | None:
    """(3, 3), from linear light of these primaries to linear sRGB; None if they span nothing."""
    try:
        own, target = _to_d50(primaries), _to_d50(_SRGB_PRIMARIES)
        return np.linalg.inv(target) @ own
    except (np.linalg.LinAlgError, ZeroDivisionError):
        return None


def _to_d50(primaries: Sequence[float]) -> np.ndarray:
    """(3, 3), from linear light to XYZ under D50, adapted as Bradford's transform does."""
    white, *columns = (
        np.array([x / y, 1, (1 - x - y) / y])
        for x, y in zip(primaries[::2], primaries[1::2], strict=True)
    )
    matrix = np.array(columns).T
    matrix = matrix * np.linalg.solve(matrix, white)
    scale = np.diag((_BRADFORD @ _D50) / (_BRADFORD @ white))
    return np.linalg.inv(_BRADFORD) @ scale @ _BRADFORD @ matrix


def _parse(profile: bytes, colours: int) -> Encoding | None:
    space, connection = profile[16:20], profile[20:24]
    tags = _tags(profile)
    if colours == 1 and space == b"GRAY":
        light = _curve(tags[b"kTRC"])
        if connection == b"Lab ":
            light = np.where(light > 0.08, ((light * 100 + 16) / 116) ** 3, light * 100 / 903.3)
        return Encoding((light.astype(np.float32),))
    if colours == 3 and space == b"RGB " and connection == b"XYZ " and b"A2B0" not in tags:
        curves = tuple(_curve(tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC"))
        columns = [_xyz(tags[name]) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
        return Encoding(curves, _XYZ_TO_SRGB @ np.array(columns).T)
    return None


def _tags(profile: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", profile, 128)
    table = struct.iter_unpack(">4sII", profile[132 : 132 + 12 * min(count, 100)])
    return {name: profile[start : start + length] for name, start, length in table}


def _xyz(tag: bytes) -> Sequence[float]:
    return [number / 65536 for number in struct.unpack_from(">3i", tag, 8)]


def _curve(tag: bytes) -> np.ndarray:
    """(65536,) float32 of a `curv` or `para` tag (sections 10.6 and 10.18)."""
    x = np.linspace(0, 1, _CODES, dtype=np.float32)
    kind, (count,) = tag[:4], struct.unpack_from(">I", tag, 8)
    if kind == b"curv":
        if count < 2:
            return x ** np.float32(struct.unpack_from(">H", tag, 12)[0] / 256) if count else x
        table = np.frombuffer(tag, ">u2", count, 12) / 65535
        return np.interp(x, np.linspace(0, 1, count), table).astype(np.float32)
    function = count >> 16
    if kind != b"para" or function > 4:
        raise ValueError("not a curve")
    length = (1, 3, 4, 5, 7)[function]
    numbers = [number / 65536 for number in struct.unpack_from(f">{length}i", tag, 12)]
    return _parametric(x, function, numbers)


def _parametric(x: np.ndarray, function: int, numbers: Sequence[float]) -> np.ndarray:
    g, a, b, c, d, e, f = [*numbers, *(0,) * (7 - len(numbers))]
    if function == 0:
        return x**g
    if function in (1, 2):  # c is an offset here, and the threshold is where the base is 0
        c, d, e, f = 0, -b / a, c, c
    base = np.maximum(a * x + b, 0) ** g
    return np.where(x >= d, base + e, c * x + f).astype(np.float32)
