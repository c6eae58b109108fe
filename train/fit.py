"""`python -m train fit`: one variant, from photos to checkpoints."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import lightning
from lightning.pytorch.callbacks import EarlyStopping

from colorizer.checkpoint import (
    CheckpointError,
    CheckpointInfo,
    file_name,
    load_checkpoint,
    save_checkpoint,
)
from colorizer.decoding import Decoding, as_tensor
from colorizer.network import ColorNetwork, build_network, parameter_count
from train import TrainError
from train.arguments import FitArguments
from train.batches import Batches, cached_side
from train.encoders import load_encoder, read_encoder
from train.loss import MeanSquaredError, RebalancedLoss, fit_bins
from train.module import ColorTraining
from train.photos import PhotoSet, load_train_and_val
from train.recorder import COLUMNS, EpochRecorder, open_run, read_history, versions
from train.resume import check_same_arguments, check_same_photos, check_same_precision, recorded_run
from train.trainer import make_trainer, say


def prepare_photos(arguments: FitArguments) -> tuple[PhotoSet, PhotoSet]:
    """Training and validation photos, decoded or taken from the cache."""
    return load_train_and_val(
        arguments.photos,
        arguments.val,
        arguments.hold_out,
        cached_side(arguments.size),
        arguments.limit,
        arguments.cache,
        arguments.val_limit,
    )


def fit(
    arguments: FitArguments,
    photos: tuple[PhotoSet, PhotoSet] | None = None,
    also: Sequence[lightning.Callback] = (),
) -> list[dict[str, float]]:
    """Train, or continue a killed run; returns the rows of history.csv.

    photos: what `prepare_photos` gives for the arguments, if many runs share them. also: further
    callbacks, after those of every run.
    Raises TrainError if the folder already holds checkpoints and --resume is not given, or if it is
    given with flags that would make it a different run.
    """
    folder = arguments.folder
    history, state = open_run(folder, arguments.resume)
    before: dict[str, Any] = {}
    if history:
        before = _same_run(arguments, folder / file_name(len(history)))
    if _is_finished(arguments, history):
        say(f"{arguments.variant}: finished at epoch {len(history)}; nothing left to do.")
        return history

    train, val = photos or prepare_photos(arguments)
    check_same_photos(before, train, val)
    for chosen, name in ((train, "train"), (val, "validate")):
        say(
            f"{len(chosen.squares)} photos to {name} on "
            f"({chosen.grey} grey and {chosen.unreadable} unreadable ones skipped)."
        )
    network, loss = _network(arguments, train)
    say(f"{arguments.variant}: {parameter_count(network):,} parameters.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainError(f"--out {arguments.out}: cannot be written ({error.strerror}).") from error

    recipe = arguments.recipe
    training = ColorTraining(network, loss, recipe, arguments.seed, arguments.freeze)
    batches = Batches(
        train,
        val,
        arguments.size,
        arguments.batch_size,
        arguments.seed,
        recipe.zoom,
        augment=arguments.augment != "none",
    )
    training.settle_precision(
        before.get("precision"), arguments.precision, batches.sample, arguments.batch_size
    )
    info = CheckpointInfo(
        variant=arguments.variant,
        epoch=0,
        size=arguments.size,
        settings=network.settings,
        decoding=_decoding(loss),
        data={
            **train.describe(),
            "validation_photos": len(val.squares),
            "arguments": arguments.describe(),
        },
        seed=arguments.seed,
        versions=versions(),
    )

    def save(into: Path, epoch: int, row: dict[str, float]) -> None:
        # Known only now: several processes agree on a precision when they start.
        data = {**info.data, "precision": training.precision.name}
        here = replace(info, epoch=epoch, metrics=row, data=data)
        save_checkpoint(into / file_name(epoch), training.shown, here)

    callbacks: list[lightning.Callback] = []
    if arguments.patience:
        # After validation, not after the epoch: Lightning would count only once the state is saved.
        callbacks.append(
            _EarlyStopping("val_loss", patience=arguments.patience, check_on_train_epoch_end=False)
        )
    callbacks += [EpochRecorder(folder, COLUMNS, save), *also]
    trainer = make_trainer(
        arguments.epochs,
        callbacks,
        arguments.devices,
        arguments.num_nodes,
        arguments.batches,
    )
    try:
        trainer.fit(training, batches, ckpt_path=state)
    except CheckpointError as error:
        raise TrainError(str(error)) from error
    return read_history(folder)


def _network(
    arguments: FitArguments, train: PhotoSet
) -> tuple[ColorNetwork, MeanSquaredError | RebalancedLoss]:
    """A network of the run's settings on what it starts from, and the loss that fits its head."""
    settings = arguments.settings
    before = None
    if arguments.start:
        try:
            before, info = load_checkpoint(arguments.start)
        except CheckpointError as error:
            raise TrainError(f"--start: {error}") from error
        same = ["widths", "bins"]
        if settings.shape != "plain":
            same += ["shape", "decoder", "embedding"]
        settings = replace(settings, **{name: getattr(info.settings, name) for name in same})
    elif settings.head == "bins":
        settings = replace(settings, bins=fit_bins(train.squares))
    loss = MeanSquaredError(1.0) if settings.head == "rgb" else MeanSquaredError()
    if settings.head == "bins":
        loss = RebalancedLoss(
            as_tensor(settings.bins), train.squares, arguments.rebalance, arguments.recipe.anchor
        )
    network = build_network(settings, arguments.seed)
    if before is not None:
        try:
            network.load_state_dict(before.state_dict())
        except RuntimeError as error:
            raise TrainError(
                f"--start {arguments.start}: its network does not match this --variant and --head."
            ) from error
    if arguments.encoder:
        part = network.get_submodule("trunk.encoder")
        load_encoder(
            part, read_encoder(arguments.encoder, bool(settings.embedding)), arguments.encoder
        )
    return network, loss


def _decoding(loss: MeanSquaredError | RebalancedLoss) -> Decoding:
    """How the network is decoded: as it was trained, with what calming it later would need."""
    return Decoding(rarity=loss.weights.log().tolist() if isinstance(loss, RebalancedLoss) else ())


class _EarlyStopping(EarlyStopping):
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        # The --patience of the resumed run counts, not the one it was started with.
        super().load_state_dict({**state_dict, "patience": self.patience})


def _same_run(arguments: FitArguments, last: Path) -> dict[str, Any]:
    """What a run's last checkpoint says about it. Raises TrainError if it is another run."""
    before = recorded_run(last)
    check_same_arguments(before["arguments"], arguments.describe(), arguments.free)
    if "precision" in before:
        check_same_precision(before["precision"], arguments.precision)
    return before


def _is_finished(arguments: FitArguments, history: list[dict[str, float]]) -> bool:
    if not history:
        return False
    if len(history) >= arguments.epochs:
        return True
    best = min(history, key=lambda row: row["val_loss"])
    return 0 < arguments.patience <= len(history) - best["epoch"]
