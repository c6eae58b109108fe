"""Work on all cores: in order, an item a thread, and torch as it was before."""

import threading
from contextlib import suppress

import pytest
import torch

from colorizer.parallel import alone, in_parallel


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_results_come_in_order_from_threads_that_torch_does_not_divide(two_threads):
    both = threading.Barrier(2)

    def run(item: int) -> tuple[int, int]:
        both.wait(10)  # for ever, were one item done after the other
        return item, torch.get_num_threads()

    assert in_parallel(run, range(4)) == [(item, 1) for item in range(4)]
    assert torch.get_num_threads() == 2


def test_one_item_needs_no_thread():
    here = threading.current_thread()
    assert in_parallel(lambda _: threading.current_thread() is here, [None]) == [True]
    assert in_parallel(str, []) == []


def test_an_error_is_raised_here(two_threads):
    with pytest.raises(ValueError, match="invalid literal"):
        in_parallel(int, ["1", "two", "3"])
    assert torch.get_num_threads() == 2


def test_alone_keeps_to_this_thread_for_as_long(two_threads):
    with suppress(ValueError), alone():
        assert torch.get_num_threads() == 1
        int("two")
    assert torch.get_num_threads() == 2
