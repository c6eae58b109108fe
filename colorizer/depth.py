"""Numbers of any depth, integers and floating point, to 8-bit sRGB."""

import numpy as np

from colorizer.profile import Encoding

_BAND = 64  # rows
_DEEP = 65535


def to_srgb(
    values: np.ndarray, white: float, inverted: bool = False, encoding: Encoding | None = None
) -> np.ndarray:
    """(H, W, 1 or 3) numbers to (H, W, 3) uint8 sRGB, in bands of rows.

    white: the number that is white; inverted: white is 0, and `white` is black; encoding: what the
    numbers mean, None for sRGB. What is not a number is 0.
    """
    result = np.empty((*values.shape[:2], 3), np.uint8)
    for top in range(0, len(values), _BAND):
        band = values[top : top + _BAND]
        if encoding is not None:
            result[top : top + _BAND] = encoding.to_srgb(scaled(band, white, inverted, _DEEP))
        else:
            result[top : top + _BAND] = scaled(band, white, inverted, 255)
    return result


def scaled(values: np.ndarray, white: float, inverted: bool, largest: int) -> np.ndarray:
    """Numbers to whole ones from 0 to `largest`: uint8 for 255, else uint16."""
    dtype = np.uint8 if largest == 255 else np.uint16
    if values.dtype == np.uint16 and white == largest == _DEEP:
        return _DEEP - values if inverted else values
    precise = np.float64 if values.dtype.itemsize > 2 else np.float32
    share = np.clip(np.nan_to_num(values.astype(precise), posinf=white) / white, 0, 1)
    return ((1 - share if inverted else share) * largest + 0.5).astype(dtype)


def white_of(values: np.ndarray, depth: int = 0) -> float:
    """The number that is white in a picture.

    depth: bits of unsigned integers, whose largest number is white. Of floating point it is 1, and
    of signed integers of 8 or 16 bits the largest number, or the largest in the picture if that is
    more. Integers of 32 bits often hold 16-bit ones: white is their own largest number if the
    picture reaches half of it, else 65535 or the largest in the picture.
    """
    if values.dtype.kind == "u" and (depth or 8 * values.dtype.itemsize) <= 24:
        return 2.0 ** (depth or 8 * values.dtype.itemsize) - 1
    peak = _peak(values)
    if values.dtype.kind == "f":
        return max(1.0, peak)
    full = 2.0**depth - 1 if depth else float(np.iinfo(values.dtype).max)
    if values.dtype.itemsize < 4 or peak > full / 2 + 1:
        return full
    return max(65535.0, peak)


def _peak(values: np.ndarray) -> float:
    peak = 0.0
    for top in range(0, len(values), _BAND):
        band = values[top : top + _BAND]
        peak = max(peak, float(band.max(initial=0, where=np.isfinite(band))))
    return peak
