"""The same call as `batch.colour_all`, over the machines of a Ray cluster.

A lost worker is started again, with its photo. Nothing is lost or damaged by that: results are
complete or absent, and an existing one is not made twice.
"""

import logging
import os
import signal
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import torch

from colorizer.batch import Job, Painter, UsageError, cores
from colorizer.errors import one_line

TRIES = 3  # of a photo whose worker is lost; Ray itself would go on for ever
_LOST = "Its worker was lost each time, perhaps out of memory; try it alone with --workers 1."
_PATIENCE = 5  # seconds for a cluster to answer; Ray itself would wait for ever
_STORE = 100 * 2**20  # bytes of shared memory: only the network and paths travel through Ray


class _Ledger:
    """One per run, asked by all workers: which photos were begun, and how often."""

    def __init__(self) -> None:
        self.begun: Counter[int] = Counter()
        self.stopped = False

    def begin(self, index: int) -> int:
        """Which try of that photo this is; 0 if it is not to be tried."""
        if not self.stopped:
            self.begun[index] += 1
        return 0 if self.stopped else self.begun[index]

    def stop(self) -> set[int]:
        self.stopped = True
        return set(self.begun)


class _Worker:
    """In its own process: receives the painter once, then one photo after another."""

    def __init__(self, painter: Painter, ledger: Any) -> None:
        torch.set_num_threads(1)
        self.painter, self.ledger = painter, ledger

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        tries = cast(Any, import_module("ray")).get(self.ledger.begin.remote(row["index"]))
        if not 0 < tries <= TRIES:
            return {"index": row["index"], "reason": _LOST}
        job = Job(Path(row["photo"]), Path(row["result"]), row.get("page", 0))
        return {"index": row["index"], "reason": self.painter(job)}


def colour_on_ray(
    painter: Painter, jobs: Sequence[Job], workers: int | None, stop: threading.Event
) -> Iterator[tuple[Job, str]]:
    """Each job as it finishes, with "" or the reason why it failed, from a Ray cluster's workers.

    The cluster is the one named by the environment's RAY_ADDRESS, or else one that is started on
    this machine and ends with the call. All its machines must see photos and results under the
    same paths. workers: how many; None for one per core of the cluster. stop: once it is set,
    photos that were begun are finished and no others are begun. Raises UsageError without Ray.
    """
    if not jobs:
        return
    ray = _ray()
    with _cluster(ray, workers, len(jobs)) as size:
        ledger = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(_Ledger).remote()
        rows = [
            {
                "index": i,
                "photo": str(job.photo.absolute()),
                "result": str(job.result.absolute()),
                "page": job.page,
            }
            for i, job in enumerate(jobs)
        ]
        # One photo per block: what a lost worker did with others is not done again.
        outcomes = ray.data.from_items(rows, override_num_blocks=len(rows)).map(
            _Worker,
            fn_constructor_args=[painter, ledger],
            compute=ray.data.ActorPoolStrategy(size=size),
            num_cpus=1,
        )
        missing = set(range(len(jobs)))
        begun = None  # once the run was stopped
        try:
            for outcome in outcomes.iter_rows():
                index = outcome["index"]
                missing.remove(index)
                if begun is None or index in begun:
                    yield jobs[index], outcome["reason"]
                if begun is None and stop.is_set():
                    begun = ray.get(ledger.stop.remote())
                if begun is not None and not begun & missing:
                    return
        except ray.exceptions.RayError as error:
            why = one_line(getattr(error, "cause", None) or error)
            raise UsageError(
                f"The Ray cluster gave up ({why}); run the same command to continue."
            ) from error


def _ray() -> Any:
    # Read when Ray is imported: no usage reports to its makers, no warnings about its internals.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        ray = import_module("ray")
        import_module("ray.data")
    except ImportError:
        raise UsageError(
            "--ray needs Ray Data; run `pip install -r requirements-scale.txt`."
        ) from None
    return ray


@contextmanager
def _cluster(ray: Any, workers: int | None, photos: int) -> Iterator[int]:
    """A cluster to work on, and with how many workers. Raises UsageError if there is none."""
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    # Workers get this package from here; torch and Ray are theirs.
    package = {"py_modules": [str(Path(__file__).parent)]}
    common = {"runtime_env": package, "log_to_driver": False, "logging_level": logging.ERROR}
    address = os.environ.get("RAY_ADDRESS")
    on_term = signal.getsignal(signal.SIGTERM)
    with redirect_stdout(sys.stderr):  # stdout is for the summary
        try:
            if address:
                _knock(address)
                ray.init(**common)
                size = workers or int(ray.cluster_resources().get("CPU", 1))
            else:
                size = workers or cores()
                local = {"num_cpus": size, "object_store_memory": _STORE}
                ray.init("local", include_dashboard=False, **local, **common)
        except (OSError, RuntimeError, ValueError) as error:
            where, remedy = "on this machine", "try without --ray"
            if address:
                where, remedy = f"at {address}", "start it, or correct RAY_ADDRESS"
            raise UsageError(
                f"The Ray cluster {where} does not answer ({one_line(error)}); {remedy}."
            ) from error
        try:
            signal.signal(signal.SIGTERM, on_term)  # Ray's own handler would end the run at once
            yield min(size, photos)
        finally:
            ray.shutdown()


def _knock(address: str) -> None:
    """Raises OSError or ValueError unless someone listens there; knows nothing of `auto`."""
    place = urlsplit(address if "://" in address else f"//{address}")
    if place.port:
        socket.create_connection((place.hostname, place.port), _PATIENCE).close()
