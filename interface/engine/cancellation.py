"""Cancellation of long-running handlers, per browser session.

Gradio's own drops the events chained to the one cancelled, and loses a start during the cancelling.
"""

import itertools
from typing import NamedTuple


class Run(NamedTuple):
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
        """Whether it is still the newest; its handler asks at each stage."""
        return self._newest.get(run.visitor) == run

    def stop(self, visitor: str | None) -> None:
        self._newest.pop(visitor, None)

    def end(self, run: Run) -> None:
        if self.goes_on(run):
            del self._newest[run.visitor]
