"""A cache that keeps what was used last, up to a size."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """The most recently used values, computed when they are missing.

    size: the most that `weigh` may find in all of them together; the last one stays whatever it
    weighs.
    """

    def __init__(self, size: int, weigh: Callable[[Value], int] = lambda _: 1) -> None:
        self.size, self.weigh = size, weigh
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._weight = 0  # of all values together
        self._lock = threading.RLock()

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """What threads ask for at the same time is computed once."""
        with self._lock:
            if key not in self._values:
                self._values[key] = compute()
                self._weight += self.weigh(self._values[key])
                while len(self._values) > 1 and self._weight > self.size:
                    _, oldest = self._values.popitem(last=False)
                    self._weight -= self.weigh(oldest)
            self._values.move_to_end(key)
            return self._values[key]
