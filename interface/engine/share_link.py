"""Settings as the page's address, the share link; the photo is never part of it.

Each result carries its part as `data-link`; the page's script joins those of the open tab.
"""

from collections.abc import Mapping

from interface.engine.checkpoints import Checkpoints
from interface.engine.errors import UserError
from interface.engine.settings import FIELDS, Settings

Query = Mapping[str, str]


def settings_from(query: Query, checkpoints: Checkpoints, default: Settings) -> Settings:
    """The settings an address names: the nearest epoch there is, and `default` for the rest."""
    variant = query.get("variant", default.variant)
    if variant not in checkpoints.variants:
        return default
    named = integers(query.get("epoch", str(default.epoch)))
    epoch = checkpoints.nearest_epoch(variant, (named or [default.epoch])[0])
    sent = {f.name: query.get(f.link, getattr(default, f.name)) for f in FIELDS}
    try:
        return Settings.read({**sent, "epoch": epoch, "medoid": query.get("show")})
    except UserError:
        return Settings(variant, epoch)


def not_found(query: Query, settings: Settings) -> str:
    """What an address names and does not get, as it is written there; "" if it gets all."""
    lost = [
        f"{field.link}={query[field.link][:40]}"
        for field in FIELDS
        if field.name != "medoid"
        and field.link in query
        and not _same(query[field.link], getattr(settings, field.name))
    ]
    return ", ".join(lost)


def _same(text: str, value: object) -> bool:
    try:
        return float(text) == float(str(value))
    except ValueError:
        return text == value


def listed(text: str) -> list[str]:
    """What stands between the commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def integers(text: str) -> list[int]:
    """The whole numbers among what is listed; of more than nine digits Python may refuse some."""
    words = (word for word in listed(text) if len(word) < 10)
    return [int(word) for word in words if word.isascii() and word.isdigit()]
