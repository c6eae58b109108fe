"""Entry point of `python -m colorizer` and of the installed command, `colorizer`."""

import os
import signal
import sys

INTERRUPTED = 130  # what shells expect after Ctrl-C


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    _open_streams()
    before = signal.signal(signal.SIGINT, _leave)
    try:
        from colorizer.command import run  # takes seconds, in which a person may change their mind
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        return run(argv)
    except KeyboardInterrupt:
        return _say_stopped()


def _leave(*_: object) -> None:
    # At once: an exception amid an import would be taken for one of the imported module's.
    os._exit(_say_stopped())


def _say_stopped() -> int:
    print("Stopped before anything was coloured.", file=sys.stderr, flush=True)
    return INTERRUPTED


def _open_streams() -> None:
    """Give a process without standard streams, started by a scheduler, ones that lead nowhere.

    Otherwise the next file that it opens takes their numbers, and gets what libraries print.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115


if __name__ == "__main__":
    sys.exit(main())
