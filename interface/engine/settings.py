"""Settings of a colouring; `FIELDS` is the one table of ranges, defaults, sliders and names."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from colorizer.decoding import TEMPERATURE
from interface.engine.errors import UserError

ALL_COLOURS = 40  # Lab units of error that nobody minds
MAX_SAMPLES = 64  # all visitors share one network, and each sample takes its time


@dataclass(frozen=True)
class Field:
    """One setting. `phrase`, `stem` and `text` are formatted with all the settings."""

    name: str  # the attribute of `Settings`, and the parameter of an endpoint
    read: Callable[[Any], Any]
    default: Any = None
    limits: tuple[float, float] | None = None  # lowest and highest
    above_lowest: bool = False  # whether the lowest itself is not allowed
    slider: tuple[float, float, float] = (0, 0, 1)  # its ends and its step
    phrase: str = ""  # in a picture's metadata
    stem: str = ""  # in a file's name
    text: str = ""  # the page's words for it, as a key of `interface/text/`
    link: str = ""  # its key in a link; "": its name
    control: str = ""  # the element id of its control on the Colorize tab; "": its name

    def __post_init__(self) -> None:
        for same in ("link", "control"):
            object.__setattr__(self, same, getattr(self, same) or self.name)

    def value(self, sent: Any) -> Any:
        """Raises TypeError, ValueError or OverflowError for what cannot be read."""
        return self.default if sent is None and self.default is not None else self.read(sent)

    def check(self, value: Any) -> None:
        """Raises UserError for a value out of range."""
        if self.limits is None:
            return
        name, (lowest, highest) = self.name, (f"{limit:g}" for limit in self.limits)
        if self.above_lowest and not self.limits[0] < value <= self.limits[1]:
            raise UserError(f"{name} must be above {lowest} and at most {highest}, not {value:g}.")
        if not self.limits[0] <= value <= self.limits[1]:
            raise UserError(f"{name} must be {lowest} to {highest}, not {value}.")

    def nearest_step(self, value: float) -> Any:
        """The slider's nearest step, halves upwards, as the browser's own slider has it."""
        lowest, highest, step = self.slider
        steps = math.floor((min(max(value, lowest), highest) - lowest) / step + 0.5)
        return self.read(round(lowest + step * steps, 2))


def _is_medoid(value: Any) -> bool:
    return value == "medoid" if isinstance(value, str) else bool(value)


FIELDS = (
    Field("variant", str, phrase="{variant}", stem="{variant}", link="variant", control="variant"),
    Field("epoch", int, phrase="epoch {epoch}", stem="epoch-{epoch:03d}", text="epoch_of"),
    Field(
        "samples",
        int,
        default=1,
        limits=(1, MAX_SAMPLES),
        slider=(1, 32, 1),  # one to 64 would be too fine to set
        phrase="{average} of {samples} samples",
        stem="{samples}-samples",
        text="{average}_of",
    ),
    Field(
        "medoid",  # of several samples, show the middle one in place of their mean
        _is_medoid,
        default=False,
        stem="medoid",
        link="show",
        control="samples-show",
    ),
    Field(
        "temperature",  # for networks that choose among bins; others ignore it
        float,
        default=TEMPERATURE,
        limits=(0, 1),
        above_lowest=True,
        slider=(0.1, 1, 0.02),
        phrase="temperature {temperature:g}",
        stem="temperature-{temperature:g}",
        text="temperature_of",
    ),
    Field(
        "vividness",  # chroma, in per cent of what the network gives
        int,
        default=100,
        limits=(0, 200),
        slider=(0, 200, 5),
        phrase="vividness {vividness} %",
        stem="vividness-{vividness}",
        text="vividness_of",
    ),
    Field(
        "within",  # Lab units: what may be further from the truth stays grey, but at ALL_COLOURS
        int,
        default=ALL_COLOURS,
        limits=(2, ALL_COLOURS),
        slider=(4, ALL_COLOURS, 2),
        phrase="only colours within {within} ab units",
        stem="within-{within}",
        text="within_of",
    ),
)
FIELD = {field.name: field for field in FIELDS}


@dataclass(frozen=True)
class Settings:
    """The values of `FIELDS`. Raises UserError for what no slider of the page offers."""

    variant: str
    epoch: int
    samples: int = FIELD["samples"].default
    temperature: float = FIELD["temperature"].default
    medoid: bool = FIELD["medoid"].default
    vividness: int = FIELD["vividness"].default
    within: int = FIELD["within"].default

    def __post_init__(self) -> None:
        for field in FIELDS:
            field.check(getattr(self, field.name))
        if self.samples == 1:
            object.__setattr__(self, "medoid", False)  # one sample is its own mean

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """From a script's or an address's values by name; None: the default. Raises UserError."""
        try:
            known = {field.name: field.value(values.get(field.name)) for field in FIELDS}
        except (TypeError, ValueError, OverflowError):
            raise UserError(
                "epoch, samples, vividness and within must be whole numbers, temperature a number."
            ) from None
        return cls(**known)

    @property
    def limit(self) -> int | None:
        """`within`, for `Colorizer.colorize`."""
        return None if self.within == ALL_COLOURS else self.within

    @property
    def average(self) -> str:
        return "medoid" if self.medoid else "mean"

    @property
    def unusual(self) -> Iterator[Field]:
        """Variant and epoch, and what differs from its default."""
        return (field for field in FIELDS if getattr(self, field.name) != field.default)

    def formatted(self, form: str) -> str:
        return form.format(**vars(self), average=self.average)

    def __str__(self) -> str:
        return " · ".join(self.formatted(f.phrase) for f in self.unusual if f.phrase)

    @property
    def file_stem(self) -> str:
        """The same for the name of a file."""
        return "-".join(self.formatted(field.stem) for field in self.unusual)

    @property
    def link(self) -> dict[str, object]:
        """The same for an address."""
        return {
            field.link: self.average if field.name == "medoid" else getattr(self, field.name)
            for field in self.unusual
        }
