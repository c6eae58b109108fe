"""The commands: `python -m train fit | evaluate | calibrate | hints | study | map |
seconds | report | ship | publish`."""

import argparse
import sys
import warnings
from pathlib import Path
from typing import Any

from colorizer.decoding import TEMPERATURE
from colorizer.network import VARIANTS
from train import TrainError
from train.precision import AUTO

ZOOM = "crops cover at least this share of a photo and are scaled to --size; 1: no scaling"


def main(argv: list[str] | None = None) -> int:
    arguments = vars(_parser().parse_args(argv))
    run = arguments.pop("run")
    try:
        run(**arguments)
    except TrainError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _fit(**flags) -> None:
    from train.arguments import FitArguments
    from train.fit import fit

    _quieten()
    fit(FitArguments(**flags))


def _quieten() -> None:
    # Advice for other set-ups: data comes from memory, so no worker processes are needed, and early
    # stopping may be left out of a resumed run.
    for advice in (
        ".*does not have many workers.*",
        ".*smaller than the logging interval.*",
        ".*callbacks used to create the checkpoint need to be provided.*",
        ".*LeafSpec.* is deprecated",  # torch, of how Lightning calls it
    ):
        warnings.filterwarnings("ignore", advice)


def _study(*, seeds: int, csv: Path, timing_photos: int, timing_epochs: int, **flags: Any) -> None:
    from train.arguments import FitArguments
    from train.study.run import run_study

    _quieten()
    for flag, value, least in (
        ("--seeds", seeds, 1),
        ("--timing-photos", timing_photos, 2),
        ("--timing-epochs", timing_epochs, 1),
    ):
        if value < least:
            raise TrainError(f"{flag} {value}: must be {least} or more.")
    template = FitArguments(variant="baseline", patience=0, **flags)
    run_study(template, seeds, csv, timing_photos, timing_epochs)


def _map(*, csv: Path, stages: int | None, minutes: float | None, **flags: Any) -> None:
    from train.arguments import FitArguments
    from train.map.run import run_map

    if minutes is not None and minutes <= 0:
        raise TrainError("--minutes must be above 0.")
    _quieten()
    run_map(FitArguments(variant="baseline", patience=0, **flags), csv, stages, minutes)


def _evaluate(
    checkpoint: list[Path],
    photos: list[str],
    only: list[str],
    hold_out: list[str],
    size: int,
    limit: int | None,
    temperature: list[float],
    calm: list[float],
    gain: list[float],
    cache: Path,
    csv: Path | None,
    plot: Path | None,
) -> None:
    from colorizer.checkpoint import CheckpointError
    from train.photos import choose_entries, load_photos
    from train.study.evaluate import Truth, as_table, evaluate_files
    from train.study.price import plot_price, write_csv

    if size < 11 or min(temperature) <= 0:
        raise TrainError("--size must be 11 or more, --temperature above 0.")
    chosen = load_photos(choose_entries(photos, hold_out, only), photos, size, limit, cache)
    print(f"{len(chosen.squares)} photos at {size} px\n")
    try:
        truth = Truth.of(chosen, size)
        rows = evaluate_files(checkpoint, truth, temperature, calm, gain)
        print(as_table(rows))
        if csv:
            write_csv(rows, csv)
        if plot:
            plot_price(rows, plot)
    except (CheckpointError, ValueError) as error:
        raise TrainError(str(error)) from error


def _calibrate(**flags) -> None:
    from train.study.calibrate import CalibrateArguments, calibrate

    calibrate(CalibrateArguments(**flags))


def _hints(**flags) -> None:
    from train.study.hints import HintsArguments, measure_hints

    measure_hints(HintsArguments(**flags))


def _seconds(out: Path, photos: int, epochs: int, seeds: int) -> None:
    from train.map.seconds import time_loops

    if photos < 1 or epochs < 3 or seeds < 1:
        raise TrainError("--photos and --seeds must be 1 or more, --epochs 3 or more.")
    time_loops(out, photos, epochs, seeds)


def _report(csv: Path, map: Path, out: Path, json: Path) -> None:
    from train.report import write_report

    write_report(csv, out, json, map if map.exists() else None)


def _ship(**flags) -> None:
    from train.release.ship import ship

    ship(**flags)


def _publish(
    repo: str | None,
    space: str | None,
    page: str | None,
    checkpoints: Path,
    revision: str | None,
    dry_run: bool,
) -> None:
    from train.release.publish import publish_checkpoints, publish_page, publish_space

    if repo:
        publish_checkpoints(repo, checkpoints, revision, dry_run)
    elif page:
        publish_page(page, checkpoints, dry_run)
    else:
        assert space, "argparse requires one of the three"
        publish_space(space, dry_run=dry_run)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m train", description=__doc__)
    commands = parser.add_subparsers(required=True)

    command = commands.add_parser("fit", help="train one variant")
    command.add_argument("--variant", required=True, help=", ".join(VARIANTS))
    _photo_flags(command)
    command.add_argument("--out", type=Path, default=Path("assets/checkpoints"))
    command.add_argument("--epochs", type=int, default=25)
    command.add_argument(
        "--patience",
        type=int,
        default=5,
        help="stop after N epochs without progress; 0: never",
        metavar="N",
    )
    command.add_argument("--dropout", type=float, help="rate of the dropout variant")
    command.add_argument("--lr", type=float, help="default: the variant's own")
    command.add_argument(
        "--epoch-photos", type=int, metavar="N",
        help="photos per epoch, another random choice each time; default: all of them",
    )  # fmt: skip
    command.add_argument("--zoom", type=float, help=ZOOM)
    command.add_argument(
        "--schedule", metavar="constant|cosine", help="of the learning rate; default: the variant's"
    )
    command.add_argument(
        "--alike", type=float, help="spread of sharing between similar cells; 0: none"
    )
    command.add_argument(
        "--embedding", type=int, metavar="CHANNELS",
        help="learn an embedding of cells, by which they share and follow hints; 0: none",
    )  # fmt: skip
    command.add_argument(
        "--encoder",
        metavar="efficientnet-lite0|-lite1|-lite2",
        help="start transfer from a pre-trained encoder",
    )
    command.add_argument(
        "--start",
        type=Path,
        metavar="CHECKPOINT",
        help="start from all its weights",
    )
    command.add_argument("--freeze", action="store_true", help="do not train the encoder")
    command.add_argument(
        "--head",
        help="ab (mean squared error), bins (rebalanced classes), or rgb (the whole picture)",
    )
    command.add_argument("--width", type=int, default=1, help="factor on the variant's channels")
    command.add_argument(
        "--augment", default="crops-and-flips", help="crops-and-flips, or none: the middle square"
    )
    command.add_argument(
        "--val-limit", type=int, help="validate on at most N photos; default: --limit", metavar="N"
    )
    command.add_argument(
        "--rebalance", type=float, default=0.5, help="0: rare colours count most; 1: all alike"
    )
    _hold_out_flag(command)
    command.add_argument("--seed", type=int, default=0)
    _precision_flag(command)
    command.add_argument("--resume", action="store_true", help="continue a run that was stopped")
    command.add_argument("--devices", type=int, default=1, help="processes or GPUs (DDP)")
    command.add_argument("--num-nodes", type=int, default=1, help="machines (DDP)")
    command.set_defaults(run=_fit)

    command = commands.add_parser(
        "evaluate", help="measure checkpoints on photos, beside a grey and a constant picture"
    )
    command.add_argument("--checkpoint", type=Path, nargs="+", required=True, metavar="FILE")
    command.add_argument("--photos", nargs="+", required=True, metavar="SOURCE")
    command.add_argument(
        "--only", type=_names, default=[], metavar="FOLDER,...",
        help="the photos of these top folders alone",
    )  # fmt: skip
    _hold_out_flag(command)
    command.add_argument("--size", type=int, default=128, help="side of the squares compared")
    command.add_argument("--limit", type=int, help="use at most N photos", metavar="N")
    command.add_argument(
        "--temperature", type=float, nargs="+", default=[TEMPERATURE],
        help="a row for each, for networks that choose among bins",
    )  # fmt: skip
    command.add_argument(
        "--calm", type=float, nargs="+", default=[],
        help="shares of the weighting of rare colours to undo; default: the checkpoint's own",
    )  # fmt: skip
    command.add_argument(
        "--gain",
        type=float,
        nargs="+",
        default=[],
        help="factors on ab; default: the checkpoint's own",
    )
    command.add_argument("--csv", type=Path, help="also write the table to this file")
    command.add_argument(
        "--plot", type=Path, metavar="SVG", help="plot PSNR against colourfulness in this file"
    )
    command.add_argument("--cache", type=Path, default=Path(".cache/photos"))
    command.set_defaults(run=_evaluate)

    command = commands.add_parser(
        "calibrate", help="compare the uncertainty with the error, and calibrate it"
    )
    command.add_argument("--checkpoint", type=Path, nargs="+", required=True, metavar="FILE")
    command.add_argument(
        "--also", type=Path, nargs="+", default=[], metavar="FILE",
        help="checkpoints to calibrate as well, without a section on the page",
    )  # fmt: skip
    command.add_argument("--photos", nargs="+", required=True, metavar="SOURCE")
    _hold_out_flag(command)
    command.add_argument(
        "--elsewhere", type=_names, default=[], metavar="FOLDER,...",
        help="do not calibrate on the photos of these top folders; check the result on them",
    )  # fmt: skip
    command.add_argument("--out", type=Path, default=Path("docs/uncertainty.md"))
    command.add_argument("--samples", type=int, default=32)
    command.add_argument("--limit", type=int, default=256, help="photos")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--cache", type=Path, default=Path(".cache/photos"))
    command.set_defaults(run=_calibrate)

    command = commands.add_parser(
        "hints",
        help="measure what a few true colours are worth, and write a page about it, resumably",
    )
    command.add_argument("--checkpoint", type=Path, required=True, metavar="FILE")
    command.add_argument("--photos", nargs="+", required=True, metavar="SOURCE")
    _hold_out_flag(command)
    command.add_argument(
        "--elsewhere", type=_names, default=[], metavar="FOLDER,...",
        help="measure the photos of these top folders separately",
    )  # fmt: skip
    command.add_argument("--out", type=Path, default=Path("docs/hints.md"))
    command.add_argument("--limit", type=int, default=30, help="photos per set")
    command.add_argument("--seeds", type=int, default=3)
    command.add_argument("--cache", type=Path, default=Path(".cache/photos"))
    command.set_defaults(run=_hints)

    command = commands.add_parser(
        "study", help="train, time and measure every variant with several seeds, resumably"
    )
    _photo_flags(command)
    command.add_argument("--seeds", type=int, default=3)
    command.add_argument("--epochs", type=int, default=25)
    command.add_argument("--lr", type=float, default=1e-3)
    _precision_flag(command)
    command.add_argument("--out", type=Path, default=Path("runs/study"))
    command.add_argument("--csv", type=Path, default=Path("docs/study.csv"))
    command.add_argument(
        "--timing-photos", type=int, default=2048, help="photos per epoch when timing"
    )
    command.add_argument("--timing-epochs", type=int, default=6)
    command.set_defaults(run=_study)

    command = commands.add_parser(
        "map", help="when colour turns to sepia: the regimes of train/map/design.py, resumably"
    )
    command.add_argument("--photos", nargs="+", required=True, metavar="SOURCE")
    command.add_argument("--val", nargs="+", required=True, metavar="SOURCE")
    command.add_argument("--val-limit", type=int, default=256, help="validation photos")
    command.add_argument("--cache", type=Path, default=Path(".cache/photos"))
    command.add_argument("--precision", default="32-channels-last", help="the same for all runs")
    command.add_argument("--out", type=Path, default=Path("runs/map"))
    command.add_argument("--csv", type=Path, default=Path("docs/map.csv"))
    command.add_argument("--stages", type=int, help="only the first N stages", metavar="N")
    command.add_argument(
        "--minutes",
        type=float,
        help="stop at the end of the epoch in which they are over; can be resumed",
    )
    command.set_defaults(run=_map)

    command = commands.add_parser(
        "seconds", help="time an epoch with and without dropout, and what makes that time rise"
    )
    command.add_argument("--out", type=Path, default=Path("docs/seconds.csv"))
    command.add_argument("--photos", type=int, default=256, help="photos per epoch")
    command.add_argument("--epochs", type=int, default=10)
    command.add_argument("--seeds", type=int, default=3)
    command.set_defaults(run=_seconds)

    command = commands.add_parser("report", help="make the study's page, plots and data")
    command.add_argument("--csv", type=Path, default=Path("docs/study.csv"))
    command.add_argument(
        "--map", type=Path, default=Path("docs/map.csv"), help="left out if it does not exist"
    )
    command.add_argument("--out", type=Path, default=Path("docs/study.md"))
    command.add_argument("--json", type=Path, default=Path("assets/study.json"))
    command.set_defaults(run=_report)

    command = commands.add_parser("ship", help="copy chosen epochs into the app, with their card")
    command.add_argument("--runs", type=Path, default=Path("runs/study/seed-0"))
    command.add_argument("--out", type=Path, default=Path("assets/checkpoints"))
    command.add_argument("--epochs", type=int, nargs="+", default=[1, 2, 5, 10, 15, 20])
    command.add_argument(
        "--calm", type=float, help="decoding: share of the rare colours' weight to undo"
    )
    command.add_argument("--gain", type=float, help="decoding: factor on ab")
    command.set_defaults(run=_ship)

    command = commands.add_parser(
        "publish",
        help="upload the checkpoints to the Hugging Face Hub, or the app or page to a Space",
    )
    target = command.add_mutually_exclusive_group(required=True)
    target.add_argument("--repo", metavar="USER/NAME", help="a model repository")
    target.add_argument("--space", metavar="USER/NAME", help="a Space for the app")
    target.add_argument(
        "--page", metavar="USER/NAME", help="a static Space for the page that needs no server"
    )
    command.add_argument("--checkpoints", type=Path, default=Path("assets/checkpoints"))
    command.add_argument("--revision", metavar="TAG", help="tag what is uploaded to --repo")
    command.add_argument(
        "--dry-run", action="store_true", help="list what would be sent, and send nothing"
    )
    command.set_defaults(run=_publish)
    return parser


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _hold_out_flag(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--hold-out", type=_names, default=[], metavar="FOLDER,...",
        help="leave out the photos of these top folders",
    )  # fmt: skip


def _precision_flag(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--precision", default=AUTO,
        help="auto: the fastest, found by timing a few steps at the start; or 32 or bf16, each "
        "optionally with a layout, as in 32-contiguous or bf16-channels-last",
    )  # fmt: skip


def _photo_flags(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--photos", nargs="+", required=True, metavar="SOURCE",
        help="folders of pictures, tar files, or torchvision:NAME",
    )  # fmt: skip
    command.add_argument(
        "--val", nargs="+", default=[], metavar="SOURCE",
        help="validation photos; without it, one photo in thirty is held back",
    )  # fmt: skip
    command.add_argument("--size", type=int, default=64, help="side of the training squares")
    command.add_argument("--batch-size", type=int, default=64)
    command.add_argument("--limit", type=int, help="use so many photos only")
    command.add_argument("--cache", type=Path, default=Path(".cache/photos"))


if __name__ == "__main__":
    sys.exit(main())
