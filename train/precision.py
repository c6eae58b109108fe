"""Number format and memory layout of a training, chosen by timing a few real steps.

Which of them is fastest depends on the processor, its libraries and the network, and cannot be told
from a list of instructions: with AMX it is bf16 in channels_last; with AVX-512 BF16 alone, float32
in channels_last was a good third faster. On a busy machine, the busy machine is what is measured.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch

from train import TrainError

AUTO = "auto"
SECONDS = 3.0  # that a measurement is meant to take
ROUNDS = 5  # steps timed per candidate; the fastest counts, as other work only ever slows a step
CLOSE = 1.05  # of the fastest time: no reason to prefer it to a plainer candidate
_FIRST_PHOTOS, _GROWTH = 4, 4  # batches of 4, 16, 64, ... photos


@dataclass(frozen=True)
class Precision:
    """bf16: the network runs under bf16 autocast, its weights stay float32."""

    bf16: bool
    channels_last: bool

    @property
    def name(self) -> str:
        """As `--precision` takes it and checkpoints record it."""
        number = "bf16" if self.bf16 else "32"
        return f"{number}-{'channels-last' if self.channels_last else 'contiguous'}"

    @property
    def memory_format(self) -> torch.memory_format:
        return torch.channels_last if self.channels_last else torch.contiguous_format

    def autocast(self, device: torch.device) -> torch.autocast:
        return torch.autocast(device.type, torch.bfloat16, enabled=self.bf16)


# The plainest first.
PRECISIONS = [Precision(bf16, last) for bf16 in (False, True) for last in (False, True)]


def candidates(wanted: str) -> list[Precision]:
    """What `--precision` leaves to choose from.

    wanted: `auto`, a number format (`32`, `bf16`), or one with its layout (`32-channels-last`).
    Raises TrainError.
    """
    found = [p for p in PRECISIONS if wanted in (AUTO, p.name, p.name.partition("-")[0])]
    if not found:
        names = ", ".join([AUTO, "32", "bf16", *(p.name for p in PRECISIONS)])
        raise TrainError(f"--precision {wanted}: choose one of {names}.")
    return found


def accelerator() -> torch.device:
    """The device that Lightning trains on."""
    if torch.cuda.is_available():
        return torch.device("cuda", 0)
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


Step = Callable[[int], None]  # takes the number of photos to train on


def measure(steps: Mapping[Precision, Step], photos: int) -> dict[Precision, float]:
    """Seconds that each step takes for a photo, side by side; the least of up to ROUNDS.

    steps: a training step for each candidate, returning once it is done; photos: batch size of the
    run, approached from below for as long as SECONDS allow. A candidate that this device cannot
    run is left out; raises RuntimeError if it can run none.
    """
    deadline = time.perf_counter() + SECONDS
    batch = min(photos, _FIRST_PHOTOS)
    while True:
        steps = _warm_up(steps, batch)  # kernels are chosen anew for each shape
        seconds = _round(steps, batch)
        next_takes = 2 * _GROWTH * batch * sum(seconds.values())
        if batch == photos or time.perf_counter() + next_takes > deadline:
            break
        batch = min(photos, _GROWTH * batch)
    for _ in range(ROUNDS - 1):
        if time.perf_counter() > deadline:
            break
        again = _round(steps, batch)
        seconds = {precision: min(seconds[precision], again[precision]) for precision in steps}
    return seconds


def _warm_up(steps: Mapping[Precision, Step], photos: int) -> dict[Precision, Step]:
    able, failure = {}, None
    for precision, step in steps.items():
        try:
            step(photos)
        except RuntimeError as error:  # as of bf16 convolutions on GPUs that have none
            failure = error
        else:
            able[precision] = step
    if failure and not able:
        raise failure
    return able


def _round(steps: Mapping[Precision, Step], photos: int) -> dict[Precision, float]:
    seconds = {}
    for precision, step in steps.items():
        started = time.perf_counter()
        step(photos)
        seconds[precision] = (time.perf_counter() - started) / photos
    return seconds


def fastest(seconds: Mapping[Precision, float]) -> Precision:
    """The plainest of those that are about as fast as the fastest."""
    enough = CLOSE * min(seconds.values())
    return next(p for p in PRECISIONS if p in seconds and seconds[p] <= enough)
