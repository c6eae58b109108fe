"""What a visitor chose: a checkpoint, and how its answer becomes one colour for each pixel."""

from dataclasses import dataclass
from typing import Any, Self

from colorizer.decoding import TEMPERATURE
from interface.engine.errors import UserError

USUAL_VIVIDNESS, MAX_VIVIDNESS = 100, 200  # per cent
MAX_SAMPLES = 64  # all visitors share one network, and each sample takes its time


@dataclass(frozen=True)
class Settings:
    """Raises UserError for what no slider of the page offers."""

    variant: str
    epoch: int
    samples: int = 1
    temperature: float = TEMPERATURE  # for networks that choose among bins; others ignore it
    medoid: bool = False  # of several samples, show the middle one in place of their mean
    vividness: int = USUAL_VIVIDNESS  # chroma, in per cent of what the network gives

    def __post_init__(self) -> None:
        if not 1 <= self.samples <= MAX_SAMPLES:
            raise UserError(f"samples must be 1 to {MAX_SAMPLES}, not {self.samples}.")
        if not 0 < self.temperature <= 1:
            raise UserError(f"temperature must be above 0 and at most 1, not {self.temperature:g}.")
        if not 0 <= self.vividness <= MAX_VIVIDNESS:
            raise UserError(f"vividness must be 0 to {MAX_VIVIDNESS}, not {self.vividness}.")

    @classmethod
    def asked(
        cls, variant: Any, epoch: Any, samples: Any, temperature: Any, medoid: bool = False,
        vividness: Any = None,
    ) -> Self:  # fmt: skip
        """From whatever a script or an address has sent; None: the usual. Raises UserError."""
        percent = USUAL_VIVIDNESS if vividness is None else vividness
        try:
            return cls(
                str(variant), int(epoch), int(samples), float(temperature), medoid, int(percent)
            )
        except UserError:
            raise
        except (TypeError, ValueError, OverflowError):
            raise UserError(
                "epoch, samples and vividness must be whole numbers, and temperature a number."
            ) from None

    def __str__(self) -> str:
        words = [self.variant, f"epoch {self.epoch}"]
        if self.samples > 1:
            words.append(f"{'medoid' if self.medoid else 'mean'} of {self.samples} samples")
        if self.temperature != TEMPERATURE:
            words.append(f"temperature {self.temperature:g}")
        if self.vividness != USUAL_VIVIDNESS:
            words.append(f"vividness {self.vividness} %")
        return " · ".join(words)

    @property
    def file_stem(self) -> str:
        """The same for the name of a file."""
        words = [self.variant, f"epoch-{self.epoch:03d}"]
        if self.samples > 1:
            words += [f"{self.samples}-samples", *["medoid"] * self.medoid]
        if self.temperature != TEMPERATURE:
            words.append(f"temperature-{self.temperature:g}")
        if self.vividness != USUAL_VIVIDNESS:
            words.append(f"vividness-{self.vividness}")
        return "-".join(words)
