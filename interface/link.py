"""Settings as the page's address, so that what is shown can be shared; the photo never is.

Whatever is shown carries its share of the address as `data-link`; the page's script joins those of
the open tab. Where the checkpoints do not have what an address asks for, the nearest epoch or else
the default is shown, and the page says so.
"""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from gradio.components import Component

from colorizer.decoding import TEMPERATURE
from interface.engine.checkpoints import Checkpoints
from interface.engine.errors import UserError
from interface.engine.settings import USUAL_VIVIDNESS, Settings
from interface.parts import Updates

Query = Mapping[str, str]


@dataclass(frozen=True)
class Restore:
    """How a tab takes the settings of an address: `updates` says what becomes of `controls`."""

    controls: Sequence[Component]
    updates: Callable[[Query], Updates]


def attribute(**values: object) -> str:
    """` data-link="..."` for an element that shows what these values chose."""
    return f' data-link="{html.escape(urlencode(values, safe=",/"))}"'


def values_of(settings: Settings) -> dict[str, object]:
    """What the address says of them: variant and epoch, and what else is not as usual."""
    values: dict[str, object] = {"variant": settings.variant, "epoch": settings.epoch}
    if settings.samples > 1:
        values["samples"] = settings.samples
        if settings.medoid:
            values["show"] = "medoid"
    if settings.temperature != TEMPERATURE:
        values["temperature"] = settings.temperature
    if settings.vividness != USUAL_VIVIDNESS:
        values["vividness"] = settings.vividness
    return values


def settings_of(query: Query, checkpoints: Checkpoints, default: Settings) -> Settings:
    """The settings an address names, and `default` for what it does not name or nobody has."""
    variant = query.get("variant", default.variant)
    if variant not in checkpoints.variants:
        return default
    named = integers(query.get("epoch", str(default.epoch)))
    epoch = nearest((named or [default.epoch])[0], checkpoints.epochs(variant))
    try:
        return Settings.asked(
            variant, epoch, query.get("samples", default.samples),
            query.get("temperature", default.temperature), query.get("show") == "medoid",
            query.get("vividness", default.vividness),
        )  # fmt: skip
    except UserError:
        return Settings(variant, epoch)


def changed(query: Query, settings: Settings) -> str:
    """What an address named of one checkpoint and did not get, as it was written there, or ""."""
    meant = {"samples": settings.samples, **values_of(settings)}
    meant.setdefault("temperature", settings.temperature)
    meant.setdefault("vividness", settings.vividness)
    lost = [
        f"{key}={query[key][:40]}"
        for key in ("variant", "epoch", "samples", "temperature", "vividness")
        if key in query and not _same(query[key], meant[key])
    ]
    return ", ".join(lost)


def _same(text: str, value: object) -> bool:
    try:
        return float(text) == float(str(value))
    except ValueError:
        return text == value


def nearest(asked: int, epochs: Sequence[int]) -> int:
    """The epoch of `epochs` nearest to the one asked for, the earlier of two as near."""
    return min(epochs, key=lambda epoch: (abs(epoch - asked), epoch), default=asked)


def listed(text: str) -> list[str]:
    """What stands between the commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def integers(text: str) -> list[int]:
    """The whole numbers among what is listed; of more than nine digits Python may refuse some."""
    words = (word for word in listed(text) if len(word) < 10)
    return [int(word) for word in words if word.isascii() and word.isdigit()]
