"""`python -m colorizer export`: a checkpoint for programs that do without Python's torch.

python -m colorizer export --onnx FILE [CHECKPOINT]
python -m colorizer export --web FILE.html [CHECKPOINT ...]
"""

import argparse
import os
import sys
from pathlib import Path

from colorizer.checkpoint import CheckpointError, list_checkpoints, look_up
from colorizer.errors import ExportError, one_line
from colorizer.hub import HubError, find_checkpoints

COMMAND = "export"


def main(argv: list[str]) -> int:
    arguments = parser().parse_args(argv)
    try:
        print(export_onnx(arguments) if arguments.onnx else export_web(arguments))
    except (ExportError, CheckpointError, HubError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        place = arguments.onnx or arguments.web
        print(
            f"error: {place} could not be written ({one_line(error)}); name another place.",
            file=sys.stderr,
        )
        return 2
    return 0


def export_onnx(arguments: argparse.Namespace) -> str:
    """Write the ONNX file; returns what to say of it. Raises ExportError, CheckpointError,
    HubError, OSError.
    """
    # Not at the start of the module: it needs packages that colouring does not.
    from colorizer.onnx_model import painted_psnr, write_onnx

    if len(arguments.checkpoints) > 1:
        raise ExportError("An ONNX file holds one checkpoint; name one only.")
    checkpoint = arguments.checkpoints[0] if arguments.checkpoints else look_up(_found(arguments))
    model = write_onnx(checkpoint, arguments.onnx, arguments.precision)
    sizes = [os.path.getsize(path) / 1000 for path in (arguments.onnx, checkpoint)]
    told = "{}: {:,.0f} KB, from a checkpoint of {:,.0f} KB".format(arguments.onnx, *sizes)
    if arguments.precision == "int8":
        loss = painted_psnr(model, checkpoint)
        told += f"; its pictures are {loss:.1f} dB from the checkpoint's"
    return f"{told}."


def export_web(arguments: argparse.Namespace) -> str:
    """Write the page; returns what to say of it. Raises as `export_onnx` does."""
    from colorizer.web_page import write_page

    checkpoints = arguments.checkpoints
    if not checkpoints:
        checkpoints = [epochs[max(epochs)] for epochs in _found(arguments).values()]
    digest = write_page(arguments.web, checkpoints)
    place = arguments.web
    files = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    return f"{place}: {size / 1e6:.1f} MB, {len(checkpoints)} networks, SHA-256 {digest}."


def _found(arguments: argparse.Namespace) -> dict[str, dict[int, Path]]:
    return list_checkpoints(find_checkpoints(arguments.place))


def parser() -> argparse.ArgumentParser:
    installed = Path(sys.argv[0]).stem == "colorizer"
    parser = argparse.ArgumentParser(
        prog=f"{'colorizer' if installed else 'python -m colorizer'} {COMMAND}",
        description="Writes checkpoints for programs without torch: as an ONNX file for any "
        "language (docs/onnx.md), or as a page for any browser (docs/browser.md).",
    )
    add = parser.add_argument
    add(
        "checkpoints",
        nargs="*",
        type=Path,
        metavar="CHECKPOINT",
        help="default: for --onnx the last epoch of transfer, else of batchnorm; for --web the "
        "last epoch of every variant",
    )
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--onnx", type=Path, metavar="FILE", help="write one network")
    target.add_argument(
        "--web",
        type=Path,
        metavar="FILE.html",
        help="write the page as one file; as plain files for a static host, if the name does not "
        "end in .html. Needs Node.js to build it",
    )
    add(
        "--precision",
        choices=("fp16", "fp32", "int8"),
        default="fp16",
        help="of the weights of --onnx; fp16 is as exact as the checkpoint, int8 half its size "
        "(default: fp16)",
    )
    add(
        "--checkpoints",
        dest="place",
        metavar="PLACE",
        help="where the default checkpoints are looked for: a folder or hf://USER/NAME@REVISION",
    )
    return parser
