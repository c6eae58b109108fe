"""Does uncertainty show where the error is? Measures of one score per pixel against its error.

None of them asks whether the prediction is good: a useful score is high where the error is high.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from colorizer.calibration import SHARES, Calibration

Array = NDArray[np.floating]
FRACTIONS = np.linspace(0, 0.98, 50)  # shares of pixels that a sparsification curve takes away
NOMINAL = dict(enumerate(SHARES, start=1))  # shares within one and two standard deviations
GROUPS = 6  # of pixels by their predicted chroma, each with factors of its own


def spearman(score: Array, error: Array) -> float:
    """Rank correlation in [-1, 1] of two arrays of equal size; nan where one is constant."""
    if np.ptp(score) == 0 or np.ptp(error) == 0:
        return float("nan")
    return float(spearmanr(score, error)[0])  # pyright: ignore[reportArgumentType]


@dataclass(frozen=True)
class Sparsification:
    """Mean error of the pixels left after the most uncertain are taken away (Ilg et al. 2018,
    "Uncertainty estimates and multi-hypotheses networks for optical flow", arXiv:1802.07095),
    as shares of the mean error of all; one value for each of FRACTIONS.
    """

    by_score: Array
    by_error: Array  # the oracle: no score can do better

    @property
    def ause(self) -> float:
        """Area between score and oracle; 0 is perfect."""
        return float(np.trapezoid(self.by_score - self.by_error, FRACTIONS))

    @property
    def aurg(self) -> float:
        """Area gained over taking pixels away at random; 0 is no better than random."""
        return float(np.trapezoid(1 - self.by_score, FRACTIONS))


def sparsify(score: Array, error: Array) -> Sparsification:
    """score, error: (pixels,). Pixels of equal score go in the order they come in."""

    def curve(order: NDArray[np.intp]) -> Array:
        total = np.cumsum(error[order][::-1])  # of the pixels that go last
        left = np.maximum(1, np.round(len(error) * (1 - FRACTIONS)).astype(int))
        return total[left - 1] / left / error.mean()

    return Sparsification(curve(np.argsort(-score, kind="stable")), curve(np.argsort(-error)))


def coverage(deviation: Array, error: Array, times: float) -> float:
    """Share of pixels whose error, a distance in ab, is at most `times` their deviation."""
    return float((error <= times * deviation).mean())


def fit_calibration(spread: Array, chroma: Array, error: Array) -> Calibration:
    """The factors on `spread` that hold SHARES of these errors, by predicted chroma.

    All (pixels,) in Lab units. Group-balanced split conformal prediction (Angelopoulos & Bates
    2021, arXiv:2107.07511, section 4.1): in each of GROUPS of equal size the factor is a quantile
    of error / spread. The pixels of a photo resemble each other, so what is promised holds for
    pixels of photos like these on average, not for each photo.
    """
    ratio = error / np.maximum(spread, 1e-6)
    places, factors = [], []
    for group in np.array_split(np.argsort(chroma, kind="stable"), GROUPS):
        place = float(np.median(chroma[group]))
        if not places or place > places[-1]:
            places.append(place)
            factors.append(np.maximum(np.quantile(ratio[group], SHARES), 1e-6))
    once, twice = np.array(factors).T.tolist()
    return Calibration(places, once, twice)
