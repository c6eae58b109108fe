"""`python -m colorizer export`: a checkpoint for programs that do without Python's torch.

python -m colorizer export --onnx FILE [CHECKPOINT]
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
        print(export_onnx(arguments))
    except (ExportError, CheckpointError, HubError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def export_onnx(arguments: argparse.Namespace) -> str:
    """Write the ONNX file; returns what to say of it. Raises ExportError, CheckpointError,
    HubError.
    """
    # Not at the start of the module: it needs packages that colouring does not.
    from colorizer.onnx_model import painted_psnr, write_onnx

    checkpoint = arguments.checkpoint
    if checkpoint is None:
        checkpoint = look_up(list_checkpoints(find_checkpoints(arguments.checkpoints)))
    try:
        model = write_onnx(checkpoint, arguments.onnx, arguments.precision)
    except OSError as error:
        raise ExportError(
            f"{arguments.onnx} could not be written ({one_line(error)}); name another file."
        ) from error
    sizes = [os.path.getsize(path) / 1000 for path in (arguments.onnx, checkpoint)]
    told = "{}: {:,.0f} KB, from a checkpoint of {:,.0f} KB".format(arguments.onnx, *sizes)
    if arguments.precision == "int8":
        told += (
            f"; painted photos are {painted_psnr(model, checkpoint):.1f} dB from the checkpoint's"
        )
    return f"{told}."


def parser() -> argparse.ArgumentParser:
    installed = Path(sys.argv[0]).stem == "colorizer"
    parser = argparse.ArgumentParser(
        prog=f"{'colorizer' if installed else 'python -m colorizer'} {COMMAND}",
        description="Writes a checkpoint as an ONNX file, for programs in any language: "
        "docs/onnx.md describes its inputs and outputs.",
    )
    add = parser.add_argument
    add("checkpoint", nargs="?", type=Path, metavar="CHECKPOINT",
        help="default: the last epoch of transfer, else of batchnorm")  # fmt: skip
    add("--onnx", type=Path, required=True, metavar="FILE", help="the file to write")
    add("--precision", choices=("fp16", "fp32", "int8"), default="fp16",
        help="of the weights; fp16 is as exact as the checkpoint, int8 half its size "
        "(default: fp16)")  # fmt: skip
    add("--checkpoints", metavar="PLACE",
        help="where the default checkpoint is looked for: a folder or "
        "hf://USER/NAME@REVISION")  # fmt: skip
    return parser
