"""`python -m train fit`: one variant, from photos to checkpoints."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import lightning
import torch
from lightning.pytorch.callbacks import EarlyStopping

from colorizer.checkpoint import (
    CheckpointError,
    CheckpointInfo,
    file_name,
    load_checkpoint,
    read_info,
    save_checkpoint,
)
from colorizer.decoding import as_tensor
from colorizer.network import (
    VARIANTS,
    ColorNetwork,
    NetworkSettings,
    build_network,
    parameter_count,
)
from colorizer.resnet import Encoder
from train import TrainError
from train.batches import Batches, cached_side
from train.encoders import load_encoder, read_encoder
from train.loss import REBALANCE, RebalancedLoss, fit_bins
from train.module import ColorTraining
from train.photos import DEFAULT_CACHE, PhotoSet, load_train_and_val
from train.recorder import COLUMNS, EpochRecorder, open_run, read_history, versions
from train.trainer import choose_precision, make_trainer, say


@dataclass(frozen=True)
class Recipe:
    """How a variant is trained where no flag says otherwise."""

    lr: float = 1e-3
    schedule: Literal["constant", "one-cycle"] = "constant"
    zoom: float = 1.0


# The story's variants, and rebalanced beside them, share one recipe, so that they differ in one
# thing at a time. Transfer is there to look right.
RECIPES = {"transfer": Recipe(lr=2e-3, schedule="one-cycle", zoom=0.4)}


@dataclass(frozen=True)
class FitArguments:
    """The flags of `fit`, checked when built; the messages name the flag."""

    variant: str
    photos: list[str]
    val: list[str] = field(default_factory=list)
    out: Path = Path("assets/checkpoints")
    epochs: int = 25
    patience: int = 5  # epochs without a better validation loss; 0 never stops early
    size: int = 64
    batch_size: int = 64
    lr: float | None = None  # the variant's own
    dropout: float | None = None
    hold_out: list[str] = field(default_factory=list)
    encoder: str | None = None  # a file that `pretrain` wrote, or imagenet
    start: Path | None = None  # a checkpoint to go on from, as a second stage of its training
    freeze: bool = False
    head: Literal["ab", "bins"] | None = None  # the variant's own
    rebalance: float = REBALANCE
    zoom: float | None = None  # the variant's own
    smooth: int | None = None  # the variant's own
    alike: float | None = None  # the variant's own
    limit: int | None = None
    seed: int = 0
    resume: bool = False
    devices: int = 1
    num_nodes: int = 1
    cache: Path = DEFAULT_CACHE

    def __post_init__(self) -> None:
        if self.variant not in VARIANTS:
            raise TrainError(
                f"--variant {self.variant}: there is no such variant; choose {', '.join(VARIANTS)}."
            )
        if self.head not in (None, "ab", "bins"):
            raise TrainError(f"--head {self.head}: choose ab or bins.")
        if self.dropout is not None and not VARIANTS[self.variant].dropout:
            raise TrainError(f"--dropout: the {self.variant} variant has no dropout layers.")
        if self.dropout is not None and not 0 < self.dropout < 1:
            raise TrainError(f"--dropout {self.dropout}: the rate must lie between 0 and 1.")
        if self.smooth is not None and not 0 <= self.smooth <= 16:
            raise TrainError(f"--smooth {self.smooth}: the radius must lie between 0 and 16.")
        if self.alike is not None and not 0 <= self.alike <= 10:
            raise TrainError(f"--alike {self.alike}: the spread must lie between 0 and 10.")
        if self.alike and VARIANTS[self.variant].shape != "resnet":
            raise TrainError(f"--alike: the {self.variant} variant has no encoder to compare by.")
        stride = self.settings.stride
        if self.size < 2 * stride or self.size % stride:
            raise TrainError(
                f"--size {self.size}: the network takes multiples of {stride}, "
                f"at least {2 * stride}."
            )
        for flag in ("epochs", "batch_size", "devices", "num_nodes", "lr"):
            if getattr(self, flag) is not None and getattr(self, flag) <= 0:
                raise TrainError(f"--{flag.replace('_', '-')} must be above 0.")
        if not 0 <= self.rebalance <= 1:
            raise TrainError(f"--rebalance {self.rebalance}: it must lie between 0 and 1.")
        if self.zoom is not None and not 0 < self.zoom <= 1:
            raise TrainError(f"--zoom {self.zoom}: it must be above 0 and at most 1.")
        if self.encoder and self.settings.shape != "resnet":
            raise TrainError(f"--encoder: the {self.variant} variant has no encoder to start from.")
        if self.start and self.encoder:
            raise TrainError("--start: a checkpoint brings its own encoder; leave out --encoder.")
        if self.freeze and not (self.encoder or self.start):
            raise TrainError("--freeze: give an --encoder; a random one would stay random.")
        if self.limit is not None and self.limit < 2:
            raise TrainError(f"--limit {self.limit}: at least 2 photos are needed.")
        if self.patience < 0:
            raise TrainError("--patience must be 0 (never stop early) or more.")
        if torch.cuda.is_available() and self.devices > torch.cuda.device_count():
            raise TrainError(
                f"--devices {self.devices}: this machine has {torch.cuda.device_count()} GPUs."
            )

    @property
    def settings(self) -> NetworkSettings:
        """As far as the flags decide them: bins are fitted to the photos later."""
        settings = VARIANTS[self.variant]
        if self.dropout is not None:
            settings = replace(settings, dropout=self.dropout)
        if self.smooth is not None:
            settings = replace(settings, smooth=self.smooth)
        if self.alike is not None:
            settings = replace(settings, alike=self.alike)
        return settings if self.head is None else replace(settings, head=self.head)

    @property
    def recipe(self) -> Recipe:
        given = {"lr": self.lr, "zoom": self.zoom}
        chosen = {name: value for name, value in given.items() if value is not None}
        return replace(RECIPES.get(self.variant, Recipe()), **chosen)

    @property
    def folder(self) -> Path:
        return self.out / self.variant


def prepare_photos(arguments: FitArguments) -> tuple[PhotoSet, PhotoSet]:
    """Training and validation photos, decoded or taken from the cache."""
    return load_train_and_val(
        arguments.photos,
        arguments.val,
        arguments.hold_out,
        cached_side(arguments.size),
        arguments.limit,
        arguments.cache,
    )


def fit(arguments: FitArguments) -> list[dict[str, float]]:
    """Train, or go on with a killed run; returns the rows of history.csv.

    Raises TrainError if the folder already holds checkpoints and --resume is not given.
    """
    folder = arguments.folder
    history, state = open_run(folder, arguments.resume)
    if arguments.resume and _is_finished(arguments, history):
        say(f"{arguments.variant}: finished at epoch {len(history)}; nothing left to do.")
        return history
    if history:
        _check_same_run(arguments, history)

    train, val = prepare_photos(arguments)
    for photos, name in ((train, "train"), (val, "validate")):
        say(
            f"{len(photos.squares)} photos to {name} on "
            f"({photos.grey} grey and {photos.unreadable} unreadable ones skipped)."
        )
    precision, reason = choose_precision()
    fast = precision == "bf16-mixed"
    layout = "channels_last" if fast else "contiguous"
    network, loss = _network(arguments, train)
    say(f"{arguments.variant}: {parameter_count(network):,} parameters.")
    say(f"Precision {precision}, {layout}, because {reason}.")

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainError(f"--out {arguments.out}: cannot be written ({error.strerror}).") from error
    info = CheckpointInfo(
        variant=arguments.variant,
        epoch=0,
        size=arguments.size,
        settings=network.settings,
        data={
            **train.describe(),
            "validation_photos": len(val.squares),
            **_departures(arguments),
        },
        seed=arguments.seed,
    )
    info = replace(info, versions=versions())

    def save(into: Path, epoch: int, row: dict[str, float]) -> None:
        save_checkpoint(into / file_name(epoch), network, replace(info, epoch=epoch, metrics=row))

    callbacks: list[lightning.Callback] = []
    if arguments.patience:
        # After validation, not after the epoch: Lightning would count only once the state is saved.
        callbacks.append(
            _EarlyStopping("val_loss", patience=arguments.patience, check_on_train_epoch_end=False)
        )
    callbacks.append(EpochRecorder(folder, COLUMNS, save))
    trainer = make_trainer(arguments.epochs, callbacks, arguments.devices, arguments.num_nodes)
    recipe = arguments.recipe
    try:
        trainer.fit(
            ColorTraining(
                network, recipe.lr, arguments.seed, fast, loss, recipe.schedule, arguments.freeze
            ),
            Batches(train, val, arguments.size, arguments.batch_size, arguments.seed, recipe.zoom),
            ckpt_path=state,
        )
    except CheckpointError as error:
        raise TrainError(str(error)) from error
    return read_history(folder)


def _network(
    arguments: FitArguments, train: PhotoSet
) -> tuple[ColorNetwork, RebalancedLoss | None]:
    """A network of the run's settings on what it starts from, and the loss of a head of bins."""
    settings = arguments.settings
    before, encoder = None, None
    if arguments.start:
        try:
            before, info = load_checkpoint(arguments.start)
        except CheckpointError as error:
            raise TrainError(f"--start: {error}") from error
        settings = replace(settings, widths=info.settings.widths, bins=info.settings.bins)
    elif settings.head == "bins":
        settings = replace(settings, bins=fit_bins(train.squares))
    if arguments.encoder:
        encoder, widths = read_encoder(arguments.encoder)
        settings = replace(settings, widths=widths)
    loss = None
    if settings.head == "bins":
        loss = RebalancedLoss(as_tensor(settings.bins), train.squares, arguments.rebalance)
        settings = replace(settings, rarity=tuple(loss.weights.log().tolist()))
    network = build_network(settings, arguments.seed)
    if before is not None:
        try:
            network.load_state_dict(before.state_dict())
        except RuntimeError as error:
            raise TrainError(
                f"--start {arguments.start}: it is another network than this --variant and --head."
            ) from error
    if encoder is not None:
        part = network.get_submodule("trunk.encoder")
        assert isinstance(part, Encoder)
        load_encoder(part, encoder, str(arguments.encoder))
    return network, loss


def _departures(arguments: FitArguments) -> dict[str, Any]:
    """What a checkpoint says of a run beyond its photos, where it is not the plain one."""
    return {
        name: Path(value).name if name in ("encoder", "start") else value
        for name in ("hold_out", "encoder", "start", "freeze")
        if (value := getattr(arguments, name))
    }


class _EarlyStopping(EarlyStopping):
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        # The --patience of the resumed run counts, not the one it was started with.
        super().load_state_dict({**state_dict, "patience": self.patience})


def _check_same_run(arguments: FitArguments, history: list[dict[str, float]]) -> None:
    try:
        before = read_info(arguments.folder / file_name(len(history)))
    except CheckpointError as error:
        raise TrainError(f"--resume: {error}") from error
    for flag, was, wanted in (
        ("--size", before.size, arguments.size),
        ("--seed", before.seed, arguments.seed),
        ("--dropout", before.settings.dropout, arguments.settings.dropout),
        ("--alike", before.settings.alike, arguments.settings.alike),
        ("--smooth", before.settings.smooth, arguments.settings.smooth),
    ):
        if was != wanted:
            raise TrainError(
                f"--resume: this run was started with {flag} {was}, not {wanted}; "
                "give the same, or choose another --out."
            )


def _is_finished(arguments: FitArguments, history: list[dict[str, float]]) -> bool:
    if not history:
        return False
    if len(history) >= arguments.epochs:
        return True
    best = min(history, key=lambda row: row["val_loss"])
    return 0 < arguments.patience <= len(history) - best["epoch"]
