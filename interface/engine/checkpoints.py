"""The checkpoints that the page offers; each is opened once."""

import csv
from collections.abc import Sequence
from pathlib import Path

from colorizer import CheckpointError, Colorizer, list_checkpoints
from colorizer.checkpoint import best, look_up
from interface.engine.cache import Recent
from interface.engine.errors import UserError
from interface.engine.settings import Settings


class Checkpoints:
    """folder: holds `<variant>/epoch-010.safetensors`."""

    def __init__(self, folder: Path) -> None:
        self._paths = list_checkpoints(folder)
        card = folder / "README.md"
        self.card = card.read_text(encoding="utf-8") if card.is_file() else ""
        self._opened = Recent[Colorizer](64)

    @property
    def variants(self) -> list[str]:
        return list(self._paths)

    @property
    def best(self) -> Settings:
        """The last epoch of the best variant, on which the page opens."""
        return Settings(*best(self._paths)) if self._paths else Settings("", 0)

    def epochs(self, variant: str) -> list[int]:
        return list(self._paths.get(variant, {}))

    def nearest_epoch(self, variant: str, epoch: int) -> int:
        """The epoch of a variant nearest to this one, the earlier of two as near."""
        return min(self.epochs(variant), key=lambda e: (abs(e - epoch), e), default=epoch)

    @property
    def all_epochs(self) -> list[int]:
        """Of all variants together."""
        return sorted({epoch for epochs in self._paths.values() for epoch in epochs})

    @property
    def classifier(self) -> Settings | None:
        """A network that says how likely each colour is: the best one, or else the last."""
        able = [v for v in [*self.variants, self.best.variant] if v and self.has_temperature(v)]
        return Settings(able[-1], self.epochs(able[-1])[-1]) if able else None

    def uncertainties(self, variant: str) -> list[str]:
        """The maps of uncertainty that a variant has, keys of `SCALES`; none for most."""
        whole = ["whole"] if self.has_temperature(variant) else []
        return whole + ["weights"] * self.can_sample(variant)

    def history(self, variant: str, measure: str) -> dict[int, float]:
        """{epoch: value}; empty where the checkpoints came without it, or it was not recorded."""
        file = next(iter(self._paths[variant].values())).with_name("history.csv")
        if not file.exists():
            return {}
        with file.open(newline="") as lines:
            rows = csv.DictReader(lines)
            return {int(row["epoch"]): float(row[measure]) for row in rows if row.get(measure)}

    def colorizer(self, variant: str, epoch: int) -> Colorizer:
        """Raises CheckpointError for a checkpoint that is not there, or broken."""
        path = look_up(self._paths, variant, epoch)
        return self._opened.get(path, lambda: Colorizer.from_checkpoint(path))

    def can_sample(self, variant: str) -> bool:
        """Whether it has dropout layers."""
        return self._first_has(variant, "can_sample")

    def has_temperature(self, variant: str) -> bool:
        """Whether it chooses among bins of colour."""
        return self._first_has(variant, "has_temperature")

    def unused(self, variant: str) -> list[str]:
        """The settings without effect on a variant."""
        samples, temperature = self.can_sample(variant), self.has_temperature(variant)
        return ["samples"] * (not samples) + ["temperature", "within"] * (not temperature)

    def _first_has(self, variant: str, ability: str) -> bool:
        """False also for a variant whose checkpoint is broken; its picture says why."""
        try:
            return getattr(self.colorizer(variant, self.epochs(variant)[0]), ability)
        except (CheckpointError, IndexError):
            return False

    def chosen(self, variants: Sequence[str], epochs: Sequence[int] | None) -> list[Settings]:
        """Each checkpoint of these, a variant at a time. Raises CheckpointError or UserError."""
        for variant in variants:
            look_up(self._paths, variant)
        chosen = [
            Settings(variant, epoch)
            for variant in self.variants
            if variant in variants
            for epoch in self.epochs(variant)
            if epochs is None or epoch in epochs
        ]
        if not chosen:
            raise UserError("Choose at least one variant and one epoch that it has.")
        return chosen
