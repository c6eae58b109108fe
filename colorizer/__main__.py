"""Colours photos, and folders of them: `python -m colorizer PHOTOS_OR_FOLDERS... --out DIR`.

Where the package is installed, the command is `colorizer`.
"""

import argparse
import json
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from colorizer import export
from colorizer.batch import Job, Painter, UsageError, colour_all, plan
from colorizer.checkpoint import CheckpointError, list_checkpoints, look_up
from colorizer.hub import HubError, find_checkpoints
from colorizer.prediction import Colorizer

INTERRUPTED = 130  # what shells expect after Ctrl-C

_EPILOG = """\
names of the results:
  Each keeps its photo's path below the folder given, or below the innermost folder that holds
  everything given. JPEG stays JPEG; everything else becomes PNG. a.jpg, a.jpeg and a.png keep
  their names, others get a suffix: a.tif becomes a.tif.png.

Existing results are kept, so an interrupted run picks up where it stopped; --overwrite makes them
again. Hidden files, and --out itself, are never taken from a folder.

Networks for programs in other languages: see export --help.

exit code: 0 every photo has its result, 1 some failed, 2 wrong usage, 130 stopped by Ctrl-C
"""


@dataclass
class Summary:
    done: list[Job] = field(default_factory=list)
    skipped: list[Job] = field(default_factory=list)  # their result was there before
    failed: dict[Path, str] = field(default_factory=dict)
    interrupted: bool = False
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        return INTERRUPTED if self.interrupted else int(bool(self.failed))

    def __str__(self) -> str:
        words = f"{len(self.done)} coloured, {len(self.skipped)} there already"
        stopped = "Stopped: " if self.interrupted else ""
        return f"{stopped}{words}, {len(self.failed)} failed, in {self.seconds:.1f} s."

    def as_json(self) -> str:
        def pairs(jobs: list[Job]) -> list[dict[str, str]]:
            return [{"photo": str(job.photo), "result": str(job.result)} for job in jobs]

        failed = [{"photo": str(photo), "reason": why} for photo, why in self.failed.items()]
        return json.dumps(
            {
                "done": pairs(self.done),
                "skipped": pairs(self.skipped),
                "failed": failed,
                "interrupted": self.interrupted,
                "seconds": round(self.seconds, 3),
            }
        )


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == [export.COMMAND]:
        return export.main(argv[1:])
    arguments = _parser().parse_args(argv)
    try:
        summary = colour(arguments)
    except (UsageError, CheckpointError, HubError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(summary.as_json() if arguments.json else summary)
    return summary.exit_code


def colour(arguments: argparse.Namespace) -> Summary:
    """What the command does. Raises UsageError, CheckpointError, HubError."""
    started = time.perf_counter()
    to_do = plan(arguments.photos, arguments.out)
    if arguments.hints and len(to_do.jobs) + len(to_do.failed) > 1:
        raise UsageError("--hints is for one photo; give a single PHOTO, or leave it out.")
    checkpoints = list_checkpoints(find_checkpoints(arguments.checkpoints))
    checkpoint = look_up(checkpoints, arguments.variant, arguments.epoch)
    painter = Painter(
        Colorizer.from_checkpoint(checkpoint),
        arguments.samples,
        arguments.temperature,
        arguments.jpeg_quality,
        arguments.overwrite,
        arguments.hints,
        arguments.vividness,
    )
    summary, waiting = Summary(), []
    for job in to_do.jobs:
        there = job.result.is_file() and not arguments.overwrite
        (summary.skipped if there else waiting).append(job)
    for photo, reason in to_do.failed.items():
        _fail(summary, photo, reason)
    with stopping() as stop, _progress(len(to_do.jobs), len(summary.skipped)) as bar:
        for job, reason in _map(arguments.ray)(painter, waiting, arguments.workers, stop):
            if reason:
                _fail(summary, job.photo, reason)
            else:
                summary.done.append(job)
            bar.update()
        summary.interrupted = stop.is_set()
    summary.seconds = time.perf_counter() - started
    return summary


def _map(ray: bool) -> Callable[..., Iterator[tuple[Job, str]]]:
    if not ray:
        return colour_all
    from colorizer.scale import colour_on_ray

    return colour_on_ray


def _fail(summary: Summary, photo: Path, reason: str) -> None:
    summary.failed[photo] = reason
    tqdm.write(f"{photo}: {reason}", file=sys.stderr)


def _progress(photos: int, there: int) -> tqdm:
    # disable=None: silent where stderr is not a terminal.
    return tqdm(total=photos, initial=there, unit="photo", file=sys.stderr, disable=None)


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """Set by the first Ctrl-C or SIGTERM, so that photos begun are finished; the second kills."""
    stop = threading.Event()
    before = {}

    def on_signal(*_: object) -> None:
        stop.set()
        for number, handler in before.items():
            signal.signal(number, handler)

    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, on_signal)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _parser() -> argparse.ArgumentParser:
    installed = Path(sys.argv[0]).stem == "colorizer"
    parser = argparse.ArgumentParser(
        prog="colorizer" if installed else "python -m colorizer",
        description="Colours photos, and folders of them.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("photos", nargs="+", type=Path, metavar="PHOTO_OR_FOLDER")
    add("--out", type=Path, required=True, metavar="DIR", help="where the results go")
    add("--variant", help="default: transfer, else batchnorm, else the last one there is")
    add("--epoch", type=int, metavar="N", help="default: the variant's last")
    add("--samples", type=_at_least_one, default=1, metavar="N",
        help="take the mean of N MC-dropout samples, for a variant with dropout")  # fmt: skip
    add("--temperature", type=_temperature, metavar="T",
        help="for a variant that chooses among colours: 1 paints their mean, towards 0 the "
        "likeliest one (default: the checkpoint's own)")  # fmt: skip
    add("--vividness", type=_vividness, default=100, metavar="P",
        help="how much colour, in per cent of what the network predicts, 0 to 200 "
        "(default: 100)")  # fmt: skip
    add("--hints", type=Path, metavar="FILE",
        help="colours for spots of one photo: a file saved by the page, or written as "
        "`colorizer/hints.py` describes")  # fmt: skip
    add("--jpeg-quality", type=_quality, default=95, metavar="Q", help="1 to 100 (default: 95)")
    add("--checkpoints", metavar="PLACE",
        help="a folder or hf://USER/NAME@REVISION; default: COLORIZER_CHECKPOINTS, else the "
        "checkpoints that come with Colorizer")  # fmt: skip
    add("--workers", type=_at_least_one, default=None, metavar="N",
        help="photos at a time (default: one for each processor core)")  # fmt: skip
    add("--overwrite", action="store_true", help="make existing results again")
    add("--json", action="store_true", help="print a JSON object with the outcome of each photo")
    add("--ray", action="store_true",
        help="run on the Ray cluster that RAY_ADDRESS names, or else on one started on this "
        "machine for the run; all its machines must see photos and --out under the same paths "
        "(needs pip install -r requirements-scale.txt)")  # fmt: skip
    return parser


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of 1 or more")
    return int(text)


def _quality(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 to 100")
    return int(text)


def _temperature(text: str) -> float:
    value = _number(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return value


def _vividness(text: str) -> float:
    value = _number(text)
    if not 0 <= value <= 200:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to 200")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


if __name__ == "__main__":
    sys.exit(main())
