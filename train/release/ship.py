"""`python -m train ship`: the checkpoints of a finished run into the app, and their model card."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from colorizer.atomic import atomic_path
from colorizer.checkpoint import list_checkpoints, load_checkpoint, save_checkpoint
from train import TrainError
from train.flags import flag
from train.recorder import HISTORY_FILE
from train.release.card import write_card


@dataclass(frozen=True)
class ShipArguments:
    """The flags of `ship`."""

    runs: Path = flag("folder of the runs of one seed", Path("runs/study/seed-0"))
    out: Path = flag("folder of the app's checkpoints", Path("assets/checkpoints"))
    epochs: list[int] = flag(
        "chosen epochs, beside the last one (default: 1 2 5 10 15 20)", [1, 2, 5, 10, 15, 20]
    )
    calm: float | None = flag("decoding: share of the rare colours' weight to undo", None)
    gain: float | None = flag("decoding: factor on ab", None)


def ship(arguments: ShipArguments) -> None:
    """Copy the chosen epochs and the last one of every variant below `runs`, and write the card.

    calm and gain say how the shipped networks are decoded, if not as they were trained; their
    weights stay the same. Checkpoints in `out` that are no longer chosen are removed. Raises
    TrainError if a chosen epoch was not trained, or for an impossible setting.
    """
    runs, out, epochs = arguments.runs, arguments.out, arguments.epochs
    found = list_checkpoints(runs)
    if not found:
        raise TrainError(
            f"--runs {runs}: no checkpoints below it; run `python -m train fit` first."
        )
    for variant, trained in found.items():
        if missing := [epoch for epoch in epochs if epoch not in trained]:
            raise TrainError(f"--epochs {missing[0]}: {variant} has no such epoch in {runs}.")
    for variant, trained in found.items():
        wanted = sorted({*epochs, max(trained)})
        folder = out / variant
        folder.mkdir(parents=True, exist_ok=True)
        for stale in list_checkpoints(out).get(variant, {}).values():
            stale.unlink()
        for epoch in wanted:
            _ship_one(trained[epoch], folder, arguments)
        _copy(runs / variant / HISTORY_FILE, folder)
    write_card(out)


def _ship_one(path: Path, folder: Path, arguments: ShipArguments) -> None:
    values = {"calm": arguments.calm, "gain": arguments.gain}
    chosen = {name: value for name, value in values.items() if value is not None}
    if not chosen:
        return _copy(path, folder)
    network, info = load_checkpoint(path)
    try:
        decoding = replace(info.decoding, **chosen)
    except ValueError as error:
        raise TrainError(f"--calm, --gain: {error}") from error
    save_checkpoint(folder / path.name, network, replace(info, decoding=decoding))


def _copy(path: Path, folder: Path) -> None:
    with atomic_path(folder / path.name) as temporary:
        shutil.copyfile(path, temporary)
