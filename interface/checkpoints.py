"""The checkpoints that the page offers; each is opened once."""

from collections.abc import Sequence
from pathlib import Path

from colorizer import CheckpointError, Colorizer, list_checkpoints
from interface.cache import Recent
from interface.problems import UserError
from interface.settings import Settings

MAKE_CHECKPOINTS = "python -m train fit --variant baseline --photos DIR"


class Checkpoints:
    """folder: holds `<variant>/epoch-010.safetensors`."""

    def __init__(self, folder: Path) -> None:
        self._paths = list_checkpoints(folder)
        self._opened = Recent[Colorizer](64)

    @property
    def variants(self) -> list[str]:
        return list(self._paths)

    def epochs(self, variant: str) -> list[int]:
        return list(self._paths.get(variant, {}))

    def colorizer(self, variant: str, epoch: int) -> Colorizer:
        """Raises UserError for a checkpoint that is not there, CheckpointError for a broken one."""
        self._known(variant)
        path = self._paths[variant].get(epoch)
        if path is None:
            known = ", ".join(map(str, self.epochs(variant)))
            raise UserError(f"{variant} has no checkpoint of epoch {epoch}; choose {known}.")
        return self._opened.get(path, lambda: Colorizer.from_checkpoint(path))

    def can_sample(self, variant: str) -> bool:
        """False also for a variant whose checkpoint is broken; its picture says why."""
        first = self._first(variant)
        return first is not None and first.can_sample

    def has_temperature(self, variant: str) -> bool:
        """False also for a variant whose checkpoint is broken."""
        first = self._first(variant)
        return first is not None and first.has_temperature

    def _first(self, variant: str) -> Colorizer | None:
        try:
            return self.colorizer(variant, self.epochs(variant)[0])
        except (CheckpointError, UserError, IndexError):
            return None

    def chosen(self, variants: Sequence[str], epochs: Sequence[int] | None) -> list[Settings]:
        """Each checkpoint of these variants and epochs (None: of all), a variant at a time.

        Raises UserError for a name that is not there, and where nothing is left.
        """
        for variant in variants:
            self._known(variant)
        found = [
            Settings(variant, epoch)
            for variant in self.variants
            if variant in variants
            for epoch in self.epochs(variant)
            if epochs is None or epoch in epochs
        ]
        if not found:
            raise UserError("Choose at least one variant and one epoch that it has.")
        return found

    def _known(self, variant: str) -> None:
        if not self._paths:
            raise UserError(f"There are no checkpoints yet; make them with `{MAKE_CHECKPOINTS}`.")
        if variant not in self._paths:
            raise UserError(
                f"There is no variant {variant!r}; choose {' or '.join(self.variants)}."
            )
