"""`python -m train ship`: the checkpoints of a finished run into the app, and their model card."""

import shutil
from dataclasses import replace
from pathlib import Path

from colorizer.atomic import atomic_path
from colorizer.checkpoint import list_checkpoints, load_checkpoint, save_checkpoint
from train import TrainError
from train.recorder import HISTORY_FILE
from train.release.card import write_card


def ship(
    runs: Path,
    out: Path,
    epochs: list[int],
    calm: float | None = None,
    gain: float | None = None,
) -> None:
    """Copy the chosen epochs and the last one of every variant below `runs`, and write the card.

    calm, gain: how the shipped networks are decoded, if not as they were trained; their
    weights stay the same. Checkpoints in `out` that are no longer chosen are removed. Raises
    TrainError if a chosen epoch was not trained, or for an impossible setting.
    """
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
            _ship_one(trained[epoch], folder, calm, gain)
        _copy(runs / variant / HISTORY_FILE, folder)
    write_card(out)


def _ship_one(path: Path, folder: Path, calm: float | None, gain: float | None) -> None:
    if calm is gain is None:
        return _copy(path, folder)
    network, info = load_checkpoint(path)
    given = {"calm": calm, "gain": gain}
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        decoding = replace(info.decoding, **chosen)
    except ValueError as error:
        raise TrainError(f"--calm, --gain: {error}") from error
    save_checkpoint(folder / path.name, network, replace(info, decoding=decoding))


def _copy(path: Path, folder: Path) -> None:
    with atomic_path(folder / path.name) as temporary:
        shutil.copyfile(path, temporary)
