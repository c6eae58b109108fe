"""Memory and thread settings: return freed memory to the system, stop idle threads from spinning.

glibc keeps most of what is freed, in a pool for each thread; other systems are left as they are.
Import this module before anything that imports torch: libraries read some settings once.
"""

import ctypes
import os
from typing import Any

# MKL would keep the buffers of its products for good, a set for each thread that ever multiplied.
os.environ.setdefault("MKL_DISABLE_FAST_MM", "1")
# OpenMP's threads spin for over 10 ms after each parallel region, on a core that painting needs.
# So many turns take less than one.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")
# After each event Gradio would sum up all earlier ones, up to ten thousand, for a page that is
# switched off here.
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # of malloc.h
_LARGE = 16_000_000  # bytes: arrays of a large photo, not those that a network's pass uses


def _libc() -> Any:
    try:
        libc = ctypes.CDLL("libc.so.6")
        return libc if hasattr(libc, "malloc_trim") else None
    except OSError:
        return None


_LIBC = _libc()


def prefer_small() -> None:
    """One pool for all threads, and large arrays outside of it; once, before threads start."""
    if _LIBC:
        _LIBC.mallopt(_M_ARENA_MAX, 1)
        _LIBC.mallopt(_M_MMAP_THRESHOLD, _LARGE)
        # Or else what one step frees goes to the system, and the next has to ask for it again.
        _LIBC.mallopt(_M_TRIM_THRESHOLD, _LARGE)


def give_back() -> None:
    """What was freed, to the system."""
    if _LIBC:
        _LIBC.malloc_trim(0)
