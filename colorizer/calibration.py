"""How far a colour may be from the truth: a network's own spread, scaled to its actual errors.

A network's distribution says how far apart the colours lie that it thinks possible, but not in
units that can be trusted. Photos that it was not trained on show by which factor the spread has to
be multiplied for the truth to lie within it as often as promised (split conformal
prediction; Angelopoulos & Bates 2021, arXiv:2107.07511, sections 1 and 4.1, with the predicted
chroma as the group).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

# Within one and two standard deviations of a two-dimensional Gaussian, sqrt(var a + var b) being
# one: 1 - exp(-k^2).
SHARES = (0.632, 0.982)


@dataclass(frozen=True)
class Calibration:
    """Factors on the spread of a network; travels in its checkpoint.

    chroma: ascending, where the factors were found, in Lab units; between them they change
    linearly. once, twice: the factors within which SHARES of the true colours lie. All empty for a
    network that was not calibrated. Raises ValueError for impossible numbers.
    """

    chroma: Sequence[float] = ()
    once: Sequence[float] = ()
    twice: Sequence[float] = ()

    def __post_init__(self) -> None:
        for name in ("chroma", "once", "twice"):
            object.__setattr__(self, name, tuple(float(x) for x in getattr(self, name)))
        if not len(self.chroma) == len(self.once) == len(self.twice):
            raise ValueError("a calibration needs as many factors as places.")
        factors = [*self.once, *self.twice]
        if list(self.chroma) != sorted({*self.chroma}) or min(factors, default=1) <= 0:
            raise ValueError("a calibration's places ascend and its factors are above 0.")

    def __bool__(self) -> bool:
        return bool(self.chroma)

    def radius(self, spread: Tensor, ab: Tensor, times: int = 1) -> Tensor:
        """The distance from `ab` within which the truth lies as often as SHARES say.

        spread: (..., h, w) in Lab units (`Samples.spread`); ab: (..., 2, h, w), the colour painted,
        or (..., 3, h, w) Lab; times: 1 or 2, which of SHARES. Returns the shape of spread; the
        spread itself, `times` over, of a network that was not calibrated.
        """
        if not self:
            return spread * times
        places, once, twice = torch.tensor([self.chroma, self.once, self.twice]).to(spread)
        chroma = ab[..., -2:, :, :].norm(dim=-3)
        return spread * _between(places, once if times == 1 else twice, chroma)


def _between(places: Tensor, values: Tensor, x: Tensor) -> Tensor:
    """Linear between the places, constant beyond the first and the last."""
    if len(places) == 1:
        return values.expand(x.shape)
    above = torch.searchsorted(places, x.contiguous()).clamp(1, len(places) - 1)
    low, high = places[above - 1], places[above]
    share = ((x - low) / (high - low)).clamp(0, 1)
    return torch.lerp(values[above - 1], values[above], share)
