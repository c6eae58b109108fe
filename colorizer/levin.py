"""Colours from a few given ones without any learning: Levin, Lischinski & Weiss 2004.

"Colorization using optimization" (ACM Transactions on Graphics 23:3): neighbours of like lightness
have like colours, so each pixel that is not given takes the mean of its neighbours' ab, weighted
by how alike they are.
"""

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

_VARIANCE_SHARE = 0.6  # of the variance in a window, as in the authors' own code
_LEAST_VARIANCE = 0.02  # of L in [0, 100], squared: a flat window has no scale of its own


def spread(lightness: np.ndarray, ab: np.ndarray, given: np.ndarray) -> np.ndarray:
    """ab of every pixel from those that are given.

    lightness: (H, W) in [0, 100]; ab: (2, H, W) in Lab units, of which only pixels with `given`
    (H, W) bool count. Returns (2, H, W) float32; zeros if none is given.
    """
    if not given.any():
        return np.zeros_like(ab, dtype=np.float32)
    height, width = lightness.shape
    rows, columns, weights = [], [], []
    place = np.arange(height * width).reshape(height, width)
    padded = np.pad(lightness.astype(np.float64), 1, constant_values=np.nan)
    offsets = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]
    neighbours = np.stack(
        [padded[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width] for dy, dx in offsets]
    )
    window = np.concatenate([neighbours, lightness[None]])
    variance = np.maximum(_VARIANCE_SHARE * np.nanvar(window, axis=0), _LEAST_VARIANCE)
    alike = np.exp(-((neighbours - lightness) ** 2) / variance)
    alike /= np.nansum(alike, axis=0)
    for (dy, dx), weight in zip(offsets, alike, strict=True):
        free = ~np.isnan(weight) & ~given
        rows.append(place[free])
        columns.append(place[free] + dy * width + dx)
        weights.append(-weight[free])
    everywhere = np.arange(place.size)
    matrix = coo_matrix(
        (
            np.concatenate([*weights, np.ones(place.size)]),
            (np.concatenate([*rows, everywhere]), np.concatenate([*columns, everywhere])),
        )
    ).tocsc()
    known = np.where(given, ab, 0).reshape(2, -1)
    return spsolve(matrix, known.T).T.reshape(ab.shape).astype(np.float32)
