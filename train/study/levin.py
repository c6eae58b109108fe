"""Colorization by optimisation (Levin, Lischinski & Weiss 2004, "Colorization Using Optimization").

What hints do without any network: neighbours of similar lightness have similar colours. It is the
baseline that the network with hints has to beat.
"""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sparse
import torch
from scipy.sparse.linalg import spsolve
from torch import Tensor

from colorizer.guided import box
from colorizer.hints import Hint

# As in the authors' published code: a share of the window's variance, and what it is at least, of
# lightness in [0, 1].
_SHARE, _LEAST = 0.6, 2e-6


def levin(lightness: Tensor, hints: Sequence[Hint]) -> Tensor:
    """ab of a photo from hints alone: (2, H, W) in Lab units.

    lightness: (1, H, W) in [0, 100]; hints: at least one, in pixels of it; the pixels of a hint's
    spot have its colour. Every other pixel has the mean of its eight neighbours', weighted by how
    near their lightness is to its own.
    """
    grey = lightness / 100
    height, width = grey.shape[1:]
    variance = box(grey[None] ** 2, 1) - box(grey[None], 1) ** 2
    scale = (_SHARE * variance[0, 0].double().numpy()).clip(_LEAST)
    light = grey[0].double().numpy()
    index = np.arange(height * width).reshape(height, width)
    known = np.zeros(height * width, bool)
    colours = np.zeros((height * width, 2))
    y, x = np.mgrid[:height, :width]
    for hint in hints:
        spot = (y + 0.5 - hint.y) ** 2 + (x + 0.5 - hint.x) ** 2 <= hint.radius**2
        spot[int(hint.y), int(hint.x)] = True
        known[spot.ravel()], colours[spot.ravel()] = True, hint.colour
    rows, columns, weights = [], [], []
    for down, across in ((0, 1), (1, -1), (1, 0), (1, 1)):
        here = index[: height - down, max(0, -across) : width - max(0, across)].ravel()
        there = index[down:, max(0, across) : width + min(0, across)].ravel()
        apart = (light.flat[here] - light.flat[there]) ** 2
        for centre, neighbour in ((here, there), (there, here)):
            rows.append(centre)
            columns.append(neighbour)
            # Never quite 0, or a pixel would be cut off from all hints.
            weights.append(np.exp(-apart / scale.flat[centre]) + 1e-6)
    places = np.concatenate(rows), np.concatenate(columns)
    size = (height * width, height * width)
    affinity = sparse.csr_array((np.concatenate(weights), places), size)
    affinity = sparse.diags_array(np.where(known, 0, 1) / affinity.sum(axis=1)) @ affinity
    solved = spsolve((sparse.eye_array(height * width) - affinity).tocsc(), colours)
    return torch.from_numpy(solved.T.reshape(2, height, width)).float()
