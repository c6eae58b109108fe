"""The command: `python -m colorizer PHOTOS_OR_FOLDERS... --out DIR`, and `read` and `redo`.

Where the package is installed, it is called `colorizer`.
"""

import argparse
import json
import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from colorizer import export
from colorizer.alternatives import MOST
from colorizer.batch import (
    Job,
    Painter,
    UsageError,
    check_writable,
    colour_all,
    pages_of,
    per_alternative,
    per_page,
    plan,
)
from colorizer.checkpoint import CheckpointError, list_checkpoints, look_up
from colorizer.errors import PhotoError, printable
from colorizer.hints import HintError
from colorizer.hub import HubError, find_checkpoints
from colorizer.prediction import Colorizer
from colorizer.redo import redo
from colorizer.worksheet import SheetError, read_sheet

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
    left_out: dict[Path, str] = field(default_factory=dict)
    pages: dict[Path, int] = field(default_factory=dict)  # of photos whose first alone was coloured
    interrupted: bool = False
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        return 130 if self.interrupted else int(bool(self.failed))

    def __str__(self) -> str:
        words = f"{len(self.done)} coloured, {len(self.skipped)} there already"
        stopped = "Stopped: " if self.interrupted else ""
        lines = [f"{stopped}{words}, {len(self.failed)} failed, in {self.seconds:.1f} s."]
        lines += [f"Left out: {printable(path)} ({why})." for path, why in self.left_out.items()]
        lines += [
            f"{printable(photo)}: the first of {count} pages was coloured; --pages colours all."
            for photo, count in self.pages.items()
        ]
        return "\n".join(lines)

    def as_json(self) -> str:
        def pairs(jobs: list[Job]) -> list[dict[str, str]]:
            return [{"photo": str(job.photo), "result": str(job.result)} for job in jobs]

        failed = [{"photo": str(photo), "reason": why} for photo, why in self.failed.items()]
        return json.dumps(
            {
                "done": pairs(self.done),
                "skipped": pairs(self.skipped),
                "failed": failed,
                "left_out": {str(path): why for path, why in self.left_out.items()},
                "first_of_pages": {str(photo): count for photo, count in self.pages.items()},
                "interrupted": self.interrupted,
                "seconds": round(self.seconds, 3),
            }
        )


def run(argv: list[str] | None = None) -> int:
    words = sys.argv[1:] if argv is None else argv
    try:
        if words[:1] == [export.COMMAND]:
            return export.main(words[1:])
        if words[:1] == ["read"]:
            return _read(words[1:])
        if words[:1] == ["redo"]:
            return _redo(words[1:])
        arguments = _parser().parse_args(words)
        summary = colour(arguments)
    except (UsageError, CheckpointError, HubError, SheetError, PhotoError, HintError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(summary.as_json() if arguments.json else summary)
    return summary.exit_code


def colour(arguments: argparse.Namespace) -> Summary:
    """Colour photos. Raises UsageError, CheckpointError, HubError."""
    started = time.perf_counter()
    to_do = plan(arguments.photos, arguments.out)
    if arguments.hints and len(to_do.jobs) + len(to_do.failed) > 1:
        raise UsageError("--hints is for one photo; give a single PHOTO, or leave it out.")
    painter = _painter(arguments)
    if arguments.alternatives and not painter.colorizer.has_temperature:
        raise UsageError(
            f"The {painter.colorizer.info.variant} variant names one colour for each place; leave "
            "out --alternatives, or choose --variant rebalanced or transfer."
        )
    check_writable(arguments.out)
    jobs = per_page(to_do.jobs) if arguments.pages else to_do.jobs
    if arguments.alternatives:
        jobs = per_alternative(jobs, arguments.alternatives)
    summary, waiting = Summary(left_out=to_do.left_out), []
    with stopping() as stop, _progress(len(jobs)) as bar:
        for photo, reason in to_do.failed.items():
            _fail(summary, photo, reason)
        for job in jobs:
            if not job.result.is_file() or arguments.overwrite:
                waiting.append(job)
                continue
            _finish(summary, job, painter.difference(job), summary.skipped)
            bar.update()
        for job, reason in _map(arguments.ray)(painter, waiting, arguments.workers, stop):
            _finish(summary, job, reason, summary.done)
            bar.update()
        summary.interrupted = stop.is_set()
    summary.seconds = time.perf_counter() - started
    return summary


def _painter(arguments: argparse.Namespace) -> Painter:
    checkpoints = list_checkpoints(find_checkpoints(arguments.checkpoints))
    return Painter(
        Colorizer.from_checkpoint(look_up(checkpoints, arguments.variant, arguments.epoch)),
        arguments.samples,
        arguments.temperature,
        arguments.jpeg_quality,
        arguments.overwrite,
        arguments.hints,
        arguments.vividness,
        arguments.within,
    )


def _finish(summary: Summary, job: Job, reason: str, done: list[Job]) -> None:
    if reason:
        _fail(summary, job.photo, reason)
        return
    done.append(job)
    if not job.page and (pages := pages_of(job.result)) > 1:
        summary.pages[job.photo] = pages


def _read(words: list[str]) -> int:
    sheet = read_sheet(read_parser().parse_args(words).file)
    print(json.dumps(sheet, indent=2, ensure_ascii=False))
    return 0


def read_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"{_name()} read", description="Prints the work sheet of a picture made by Colorizer."
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    return parser


def redo_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"{_name()} redo",
        description="Makes a picture again, from the work sheet of FILE and the original photo.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("original", type=Path, metavar="ORIGINAL")
    parser.add_argument("--out", type=Path, help="the new file; default: FILE-redone beside FILE")
    _add_checkpoints(parser)
    return parser


def _redo(words: list[str]) -> int:
    arguments = redo_parser().parse_args(words)
    checkpoints = list_checkpoints(find_checkpoints(arguments.checkpoints))
    target = redo(arguments.file, arguments.original, checkpoints, arguments.out)
    same = target.read_bytes() == arguments.file.read_bytes()
    print(f"{printable(target)}: {'the same file, byte for byte' if same else 'the bytes differ'}.")
    return 0 if same else 1


def _map(ray: bool) -> Callable[..., Iterator[tuple[Job, str]]]:
    if not ray:
        return colour_all
    from colorizer.scale import colour_on_ray

    return colour_on_ray


class _Stderr:
    """stderr, whose reader may have gone: a message that nobody reads does not stop the work."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()

    def isatty(self) -> bool:
        return sys.stderr.isatty()

    def fileno(self) -> int:
        return sys.stderr.fileno()


def _fail(summary: Summary, photo: Path, reason: str) -> None:
    summary.failed[photo] = reason
    tqdm.write(f"{printable(photo)}: {reason}", file=_Stderr())


def _progress(photos: int) -> tqdm:
    # disable=None: silent where stderr is not a terminal.
    return tqdm(total=photos, unit="photo", file=_Stderr(), disable=None)


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


def _name() -> str:
    return "colorizer" if Path(sys.argv[0]).stem == "colorizer" else "python -m colorizer"


def _add_checkpoints(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--checkpoints",
        metavar="PLACE",
        help="a folder or hf://USER/NAME@REVISION; default: COLORIZER_CHECKPOINTS, else the "
        "checkpoints that come with Colorizer",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_name(),
        description="Colours photos, and folders of them.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("photos", nargs="+", type=Path, metavar="PHOTO_OR_FOLDER")
    add("--out", type=Path, required=True, metavar="DIR", help="where the results go")
    add("--variant", help="default: transfer, else batchnorm, else the last one there is")
    add("--epoch", type=int, metavar="N", help="default: the variant's last")
    add(
        "--samples",
        type=_at_least_one,
        default=1,
        metavar="N",
        help="take the mean of N MC-dropout samples, for a variant with dropout",
    )
    add(
        "--temperature",
        type=_positive,
        metavar="T",
        help="for a variant that chooses among colours: 1 paints their mean, towards 0 the "
        "likeliest one (default: the checkpoint's own)",
    )
    add(
        "--vividness",
        type=_vividness,
        default=100,
        metavar="P",
        help="how much colour, in per cent of what the network predicts, 0 to 200 (default: 100)",
    )
    add(
        "--within",
        type=_positive,
        metavar="U",
        help="leave grey what may be further from the truth than U ab units, as far as the network "
        "can tell; for a variant that chooses among colours",
    )
    add(
        "--hints",
        type=Path,
        metavar="FILE",
        help="colours for spots of one photo: a file saved by the page, or written as "
        "`colorizer/hints.py` describes",
    )
    add(
        "--alternatives",
        type=_alternatives,
        default=0,
        metavar="N",
        help="in place of the one picture, N other plausible ones of each photo, "
        f"a-alternative-1.jpg and so on, 1 to {MOST}; for a variant that chooses among colours",
    )
    add("--jpeg-quality", type=_quality, default=95, metavar="Q", help="1 to 100 (default: 95)")
    _add_checkpoints(parser)
    add(
        "--pages",
        action="store_true",
        help="colour all pages or frames of a file (default: the first)",
    )
    add(
        "--workers",
        type=_at_least_one,
        default=None,
        metavar="N",
        help="photos at a time (default: one for each processor core)",
    )
    add("--overwrite", action="store_true", help="make existing results again")
    add("--json", action="store_true", help="print a JSON object with the outcome of each photo")
    add(
        "--ray",
        action="store_true",
        help="run on the Ray cluster that RAY_ADDRESS names, or else on one started on this "
        "machine for the run; all its machines must see photos and --out under the same paths "
        "(needs pip install -r requirements-scale.txt)",
    )
    return parser


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of 1 or more")
    return int(text)


def _alternatives(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 to {MOST}")
    return int(text)


def _quality(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 to 100")
    return int(text)


def _positive(text: str) -> float:
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
