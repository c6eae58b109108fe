"""Work on all cores: in order, an item a thread, and torch as it was before."""

import threading
from contextlib import suppress

import pytest
import torch

from colorizer.parallel import alone, in_parallel, rows_in_parallel


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_results_come_in_order_from_threads_that_torch_does_not_divide(two_threads):
    both = threading.Barrier(2)

    def run(item: int) -> tuple[int, int]:
        both.wait(90)  # for ever, were one item done after the other
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


def test_the_next_row_is_under_way_while_one_is_used(two_threads):
    begun = [threading.Event() for _ in range(6)]

    def run(item: int) -> tuple[int, int]:
        begun[item].set()
        return item, torch.get_num_threads()

    def then(row: list[tuple[int, int]]) -> tuple[int, list[tuple[int, int]]]:
        return torch.get_num_threads(), row

    rows = rows_in_parallel(run, [[0, 1], [2, 3], [4, 5]], then)
    assert next(rows) == (1, [(0, 1), (1, 1)])
    assert begun[2].wait(90)
    assert begun[3].wait(90)
    assert not begun[4].is_set()
    rows.close()  # nobody asks for more
    assert not begun[4].is_set()
    assert torch.get_num_threads() == 2


def test_rows_raise_their_errors_and_one_item_needs_no_thread(two_threads):
    rows = rows_in_parallel(int, [["1"], ["two", "3"]], sum)
    assert next(rows) == 1
    with pytest.raises(ValueError, match="invalid literal"):
        next(rows)
    assert torch.get_num_threads() == 2
    here = threading.current_thread()
    assert [*rows_in_parallel(lambda _: threading.current_thread(), [[0]], list)] == [[here]]


def test_alone_keeps_to_this_thread_for_as_long(two_threads):
    with suppress(ValueError), alone():
        assert torch.get_num_threads() == 1
        int("two")
    assert torch.get_num_threads() == 2
