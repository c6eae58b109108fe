"""What the page remembers, and what it forgets first."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from interface.engine.cache import Recent


def test_the_one_used_least_recently_goes_first() -> None:
    made = []
    cache = Recent[str](2)
    for key in ("a", "b", "a", "c", "a", "b"):
        assert cache.get(key, lambda key=key: made.append(key) or key) == key
    assert made == ["a", "b", "c", "b"]


def test_a_value_heavier_than_all_may_be_is_kept_alone() -> None:
    cache = Recent[bytes](10, len)
    cache.get("small", lambda: b"1")
    assert len(cache.get("large", lambda: bytes(11))) == 11
    assert cache.get("large", lambda: b"made again") == bytes(11)
    assert cache.get("small", lambda: b"2") == b"2"


def test_threads_that_ask_together_wait_for_one_answer() -> None:
    made, both = [], threading.Barrier(2)
    cache = Recent[object](2)

    def slow() -> object:
        made.append(1)
        threading.Event().wait(0.05)
        return object()

    def ask(_: int) -> object:
        both.wait(90)
        return cache.get("key", slow)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(ask, range(2))
    assert first is second
    assert len(made) == 1


def test_one_value_does_not_wait_for_another() -> None:
    """The first is computed only once the second is there."""
    cache, other = Recent[str](2), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(cache.get, "first", lambda: str(other.wait(90)))
        assert cache.get("second", lambda: "there") == "there"
        other.set()
        assert first.result(90) == "True"


def test_what_failed_is_tried_again() -> None:
    cache = Recent[str](2)
    with pytest.raises(OSError, match="gone"):
        cache.get("key", lambda: (_ for _ in ()).throw(OSError("gone")))
    assert cache.get("key", lambda: "there") == "there"
