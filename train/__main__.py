"""The commands of `python -m train`. Each has its flags in a dataclass beside it."""

import argparse
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any, get_type_hints

from train import TrainError
from train.flags import parse

# Name: module, function and help. The function takes one dataclass, `arguments`: its flags.
COMMANDS = {
    "fit": ("train.fit", "fit", "train one variant"),
    "evaluate": (
        "train.study.evaluate",
        "evaluate",
        "measure checkpoints on photos, beside a grey and a constant picture",
    ),
    "calibrate": (
        "train.study.calibrate",
        "calibrate",
        "compare the uncertainty with the error, and calibrate it",
    ),
    "hints": (
        "train.study.hints",
        "measure_hints",
        "measure what a few true colours are worth, and write a page about it, resumably",
    ),
    "alternatives": (
        "train.study.alternatives",
        "measure_alternatives",
        "measure several plausible pictures beside the one, and write a page about them",
    ),
    "study": (
        "train.study.run",
        "study",
        "train, time and measure every variant with several seeds, resumably",
    ),
    "map": (
        "train.map.run",
        "make_map",
        "when colour turns to sepia: the regimes of train/map/design.py, resumably",
    ),
    "seconds": (
        "train.map.seconds",
        "measure_seconds",
        "time an epoch with and without dropout, and what makes that time rise",
    ),
    "report": ("train.report", "report", "make the study's page, plots and data"),
    "ship": ("train.release.ship", "ship", "copy chosen epochs into the app, with their card"),
    "publish": (
        "train.release.publish",
        "publish",
        "upload the checkpoints to the Hugging Face Hub, or the app or page to a Space",
    ),
}


def main(argv: list[str] | None = None) -> int:
    _silence_advice()
    try:
        run, arguments = understand(sys.argv[1:] if argv is None else argv)
        run(arguments)
    except TrainError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def understand(argv: list[str]) -> tuple[Callable[[Any], Any], Any]:
    """A command's function and its arguments. Exits as argparse does; raises TrainError."""
    name = _parser().parse_args(argv[:1]).command
    module, function, description = COMMANDS[name]
    run = getattr(import_module(module), function)
    arguments = get_type_hints(run)["arguments"]
    return run, parse(arguments, argv[1:], f"python -m train {name}", description)


def _parser() -> argparse.ArgumentParser:
    """Of the command alone: its flags are parsed once its module is imported."""
    listed = "\n".join(f"  {name:10} {text}" for name, (_, _, text) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="python -m train",
        usage="python -m train COMMAND [--help] ...",
        description=f"commands:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help=argparse.SUPPRESS)
    return parser


def _silence_advice() -> None:
    # Advice for other set-ups: data comes from memory, so no worker processes are needed, and early
    # stopping may be left out of a resumed run.
    for advice in (
        ".*does not have many workers.*",
        ".*smaller than the logging interval.*",
        ".*callbacks used to create the checkpoint need to be provided.*",
        ".*LeafSpec.* is deprecated",  # torch, of how Lightning calls it
    ):
        warnings.filterwarnings("ignore", advice)


if __name__ == "__main__":
    sys.exit(main())
