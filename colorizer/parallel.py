"""Independent pieces of work on all cores, each on a core of its own."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import torch

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(run: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """`run` of each item, in order, in as many threads as torch would use in this one.

    Torch itself divides every step among its threads and waits for all of them after each; on a
    busy machine it spends most of its time waiting, and steps as short as a small network's gain
    little. Here each thread takes a whole item. An error in `run` is raised once the items before
    it are done.
    """
    [results] = rows_in_parallel(run, [list(items)])
    return results


def rows_in_parallel(
    run: Callable[[Item], Result], rows: Sequence[Sequence[Item]]
) -> Generator[list[Result], None, None]:
    """`run` of each item, a row at a time; while a row is used, the next one is under way.

    As `in_parallel` otherwise. A caller that stops asking ends it: what has not begun never does.
    """
    threads = torch.get_num_threads()
    if threads == 1 or sum(map(len, rows)) <= 1:
        yield from (list(map(run, row)) for row in rows)
        return
    under_way: deque[list[Future[Result]]] = deque()
    pool = ThreadPoolExecutor(threads, "parallel", torch.set_num_threads, (1,))
    try:
        for row in rows:
            under_way.append([pool.submit(run, item) for item in row])
            if len(under_way) > 1:
                yield [future.result() for future in under_way.popleft()]
        for row in under_way:
            yield [future.result() for future in row]
    finally:
        pool.shutdown(cancel_futures=True)
        # Each thread has its own number of threads, but a later one inherits what was set last.
        torch.set_num_threads(threads)


@contextmanager
def alone() -> Iterator[None]:
    """Inside, torch keeps to this thread: for an answer that somebody waits for.

    On a busy machine a small network's pass takes a fifth of the time so, as the threads of each
    step wait for the last of them.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
