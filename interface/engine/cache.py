"""A cache that keeps what was used last, up to a size."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Values by key; size: how much all may weigh together. The newest stays whatever it weighs."""

    def __init__(self, size: int, weigh: Callable[[Value], int] = lambda _: 1) -> None:
        self.size, self.weigh = size, weigh
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._pending: dict[Hashable, Future[Value]] = {}
        self._weight = 0  # of all values together
        self._lock = threading.Lock()  # never held while a value is computed

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """The value, computed once: threads that ask for the same one wait for the first."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            pending = self._pending.get(key)
            if first := pending is None:
                pending = self._pending[key] = Future()
        if not first:
            return pending.result()
        try:
            value = compute()
            with self._lock:
                self._keep(key, value)
            pending.set_result(value)
            return value
        except BaseException as error:
            pending.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._pending[key]

    def _keep(self, key: Hashable, value: Value) -> None:
        self._values[key] = value
        self._weight += self.weigh(value)
        while len(self._values) > 1 and self._weight > self.size:
            _, oldest = self._values.popitem(last=False)
            self._weight -= self.weigh(oldest)
