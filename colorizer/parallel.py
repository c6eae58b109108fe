"""Independent pieces of work on all cores, each on a core of its own."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import torch

Item = TypeVar("Item")
Result = TypeVar("Result")
Row = TypeVar("Row")


def in_parallel(run: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """`run` of each item, in order, in as many threads as torch would use in this one.

    Torch itself divides every step among its threads and waits for all of them after each; on a
    busy machine it spends most of its time waiting, and steps as short as a small network's gain
    little. Here each thread takes a whole item. An error in `run` is raised once the items before
    it are done.
    """
    [results] = rows_in_parallel(run, [list(items)], list)
    return results


def rows_in_parallel(
    run: Callable[[Item], Result],
    rows: Sequence[Sequence[Item]],
    then: Callable[[list[Result]], Row],
) -> Generator[Row, None, None]:
    """`then` of what `run` makes of a row's items, a row at a time, with the next one under way.

    `then` runs in one of the threads, too: in the caller's own it would be one thread too many. As
    `in_parallel` otherwise. A caller that stops asking ends it: what has not begun never does.
    """
    threads = torch.get_num_threads()
    if threads == 1 or sum(map(len, rows)) <= 1:
        yield from (then(list(map(run, row))) for row in rows)
        return

    def joined(parts: list[Future[Result]]) -> Row:
        return then([part.result() for part in parts])  # all of them were begun before

    under_way: deque[Future[Row]] = deque()
    pool = ThreadPoolExecutor(threads, "parallel", torch.set_num_threads, (1,))
    try:
        for row in rows:
            under_way.append(pool.submit(joined, [pool.submit(run, item) for item in row]))
            if len(under_way) > 1:
                yield under_way.popleft().result()
        yield from (row.result() for row in under_way)
    finally:
        pool.shutdown(cancel_futures=True)
        # Each thread has its own number of threads, but a later one inherits what was set last.
        torch.set_num_threads(threads)


@contextmanager
def alone() -> Iterator[None]:
    """Inside, torch keeps to this thread: for an answer that somebody waits for.

    On a busy machine a small network's pass takes a fifth of the time so, as the threads of each
    step wait for the last of them. And its sums have the same order on every machine.
    """
    with threads_of_torch(1):
        yield


@contextmanager
def threads_of_torch(count: int) -> Iterator[None]:
    """Inside, torch divides its steps among so many threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
