"""From a network's output to one colour per pixel.

A network with a head of bins predicts for each pixel how likely each bin of the ab plane is (Zhang
et al. 2016, "Colorful Image Colorization", arXiv:1603.08511). So it can say "red or green, never
brown", which the mean that L2 learns cannot.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from colorizer.lab import rgb_to_lab

# Zhang et al. (section 2.3) use 0.38. On held-out collections, a higher temperature with a gain on
# the colour is more accurate at the same colourfulness.
TEMPERATURE = 0.6


@dataclass(frozen=True)
class Decoding:
    """How a network's output becomes a colour; stored beside its settings in a checkpoint.

    No weight depends on it: another decoding is another number, not another network. Heads of `ab`
    and `rgb` use only the gain. Raises ValueError for impossible numbers.
    """

    temperature: float = TEMPERATURE  # above 0: safe at 1, vivid towards 0
    gain: float = 1.0  # factor on the ab that is painted, in (0, 4]
    calm: float = 0.0  # share of `rarity` taken back from the logits, in [0, 1]
    rarity: Sequence[float] = ()  # of each bin: the logarithm of its weight in the training loss

    def __post_init__(self) -> None:
        object.__setattr__(self, "rarity", tuple(float(r) for r in self.rarity))
        if not self.temperature > 0:
            raise ValueError(f"temperature must be above 0, not {self.temperature}.")
        if not 0 <= self.calm <= 1 or not 0 < self.gain <= 4:
            raise ValueError(
                f"calm must be in [0, 1] and gain in (0, 4], not {self.calm} and {self.gain}."
            )
        if self.calm and not self.rarity:
            raise ValueError("calm needs the rarity of every bin.")

    def at(self, temperature: float | None) -> Self:
        """The same at another temperature; None: at its own."""
        return self if temperature is None else replace(self, temperature=temperature)

    def calmed(self, output: Tensor) -> Tensor:
        """A network's output, (N, C, h, w), with part of its training's weighting undone.

        A loss that favours rare colours makes them likelier than they are (logit adjustment:
        Menon et al. 2021, arXiv:2007.07314).
        """
        if not self.calm:
            return output
        shift = self.calm * torch.tensor(self.rarity, device=output.device)
        return output - shift[:, None, None]

    def ab(self, output: Tensor, bins: Tensor) -> Tensor:
        """ab in Lab units, (N, 2, h, w) float32; of a network that paints the whole picture Lab,
        (N, 3, h, w), which `painting.paint` tells apart.

        output: (N, Q, h, w) as `calmed` gives it, logits of `bins`; or of a network without them
        (N, 2, h, w) ab, or (N, 3, h, w) sRGB of about [0, 1].
        bins: (Q, 2) their centres in Lab units; (0, 2) for none.
        """
        if len(bins):
            return annealed_mean(output, bins, self.temperature) * self.gain
        if output.shape[1] == 2:
            return output.float() * self.gain
        lightness, ab = rgb_to_lab(as_codes(output)).split((1, 2), dim=1)
        return torch.cat([lightness, ab * self.gain], dim=1)


def as_codes(rgb: Tensor) -> Tensor:
    """sRGB of about [0, 1] as uint8; what lies outside is clipped."""
    return (rgb.float().clamp(0, 1) * 255).round().to(torch.uint8)


def annealed_mean(logits: Tensor, bins: Tensor, temperature: float | Tensor) -> Tensor:
    """The colour of a distribution over bins: its mean after sharpening.

    softmax(logits / temperature) weighs the bins' centres. Temperature 1 gives the mean, which is
    pale and safe; towards 0 it becomes the likeliest bin, vivid and spotty. (Zhang et al.,
    equation 5.)

    logits: (N, Q, h, w); bins: (Q, 2) in Lab units; temperature above 0. Returns (N, 2, h, w)
    float32 in Lab units.
    """
    weights = (logits.float() / temperature).softmax(dim=1)
    return torch.einsum("nqhw,qc->nchw", weights, bins.float())


def as_tensor(bins: Sequence[Sequence[float]]) -> Tensor:
    """(Q, 2) float32 in Lab units."""
    return torch.tensor(bins, dtype=torch.float32).reshape(-1, 2)
