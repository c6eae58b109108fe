"""Long answers that a visitor may stop.

Gradio can cancel an event, but then drops what was chained to it, and loses a new start that comes
while the cancelling is under way. A run that is told to stop ends by itself at its next stage.
"""

import itertools
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    visitor: str | None
    number: int


class Runs:
    """The newest run of each visitor; one that begins stops the one before."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._newest: dict[str | None, Run] = {}

    def begin(self, visitor: str | None) -> Run:
        """visitor: the session that asks."""
        run = self._newest[visitor] = Run(visitor, next(self._numbers))
        return run

    def goes_on(self, run: Run) -> bool:
        """Whether it is still wanted."""
        return self._newest.get(run.visitor) == run

    def stop(self, visitor: str | None) -> None:
        self._newest.pop(visitor, None)

    def end(self, run: Run) -> None:
        if self.goes_on(run):
            del self._newest[run.visitor]
