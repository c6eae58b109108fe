"""`python -m train fit`: one variant, from photos to checkpoints."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import lightning
import torch
from lightning.pytorch.callbacks import EarlyStopping, TQDMProgressBar
from lightning.pytorch.utilities import rank_zero_only

from colorizer.checkpoint import CheckpointError, CheckpointInfo, file_name, read_info
from colorizer.network import VARIANTS, NetworkSettings, build_network, parameter_count
from train import TrainError
from train.batches import Batches, cached_side
from train.photos import DEFAULT_CACHE, Entry, PhotoSet, list_photos, load_photos, load_split
from train.recorder import RESUME_FILE, EpochRecorder, SafetensorsIO, read_history
from train.training import ColorTraining

say = rank_zero_only(print)  # several processes, one voice


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
    lr: float = 1e-3
    dropout: float | None = None
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
        if self.dropout is not None and not VARIANTS[self.variant].dropout:
            raise TrainError(f"--dropout: the {self.variant} variant has no dropout layers.")
        if self.dropout is not None and not 0 < self.dropout < 1:
            raise TrainError(f"--dropout {self.dropout}: the rate must lie between 0 and 1.")
        stride = self.settings.stride
        if self.size < 2 * stride or self.size % stride:
            raise TrainError(
                f"--size {self.size}: the network takes multiples of {stride}, "
                f"at least {2 * stride}."
            )
        for flag in ("epochs", "batch_size", "devices", "num_nodes", "lr"):
            if getattr(self, flag) <= 0:
                raise TrainError(f"--{flag.replace('_', '-')} must be above 0.")
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
        settings = VARIANTS[self.variant]
        return settings if self.dropout is None else replace(settings, dropout=self.dropout)

    @property
    def folder(self) -> Path:
        return self.out / self.variant


def choose_precision() -> tuple[Literal["bf16-mixed", "32-true"], str]:
    """Lightning's precision flag for this machine, and why.

    bf16 autocast with channels_last where the hardware multiplies bf16, float32 elsewhere.
    """
    if torch.cuda.is_available():
        if torch.cuda.is_bf16_supported():
            return "bf16-mixed", "this GPU has bf16"
        return "32-true", "this GPU has no bf16"
    if torch.backends.mps.is_available():
        return "32-true", "bf16 autocast is not used on Apple GPUs"
    for flag, name in (("amx_bf16", "AMX"), ("avx512_bf16", "AVX-512 BF16")):
        if torch.cpu.get_capabilities().get(flag):
            return "bf16-mixed", f"this processor has {name}"
    return "32-true", "this processor has no bf16 instructions"


def prepare_photos(arguments: FitArguments) -> tuple[PhotoSet, PhotoSet]:
    """Training and validation photos, decoded or taken from the cache."""
    how = cached_side(arguments.size), arguments.limit, arguments.cache

    def entries(sources: list[str]) -> list[Entry]:
        return [entry for source in sources for entry in list_photos(source)]

    if not arguments.val:
        return load_split(entries(arguments.photos), arguments.photos, *how)
    return (
        load_photos(entries(arguments.photos), arguments.photos, *how),
        load_photos(entries(arguments.val), arguments.val, *how),
    )


def fit(arguments: FitArguments) -> list[dict[str, float]]:
    """Train, or go on with a killed run; returns the rows of history.csv.

    Raises TrainError if the folder already holds checkpoints and --resume is not given.
    """
    folder = arguments.folder
    state = folder / RESUME_FILE
    history = read_history(folder)
    if history and not arguments.resume:
        raise TrainError(
            f"--out {arguments.out}: {arguments.variant} already has {len(history)} epochs there; "
            "add --resume to go on, or choose another folder."
        )
    if arguments.resume and _is_finished(arguments, history):
        say(f"{arguments.variant}: finished at epoch {len(history)}; nothing left to do.")
        return history
    # The state is written last: a run killed in its first epoch may have left a row without it.
    if len(history) > 1 and not state.exists():
        raise TrainError(f"--resume: {state} is missing; choose another --out to start anew.")
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
    network = build_network(arguments.settings, arguments.seed)
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
        settings=arguments.settings,
        data={**train.describe(), "validation_photos": len(val.squares)},
        seed=arguments.seed,
    )
    callbacks: list[lightning.Callback] = [TQDMProgressBar(refresh_rate=10)]
    if arguments.patience:
        # After validation, not after the epoch: Lightning would count only once the state is saved.
        callbacks.append(
            _EarlyStopping("val_loss", patience=arguments.patience, check_on_train_epoch_end=False)
        )
    callbacks.append(EpochRecorder(folder, info))
    several = arguments.devices * arguments.num_nodes > 1
    trainer = lightning.Trainer(
        max_epochs=arguments.epochs,
        devices=arguments.devices,
        num_nodes=arguments.num_nodes,
        strategy="ddp" if several else "auto",
        precision=precision,
        callbacks=callbacks,
        plugins=[SafetensorsIO()],
        logger=False,
        enable_checkpointing=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
    )
    try:
        trainer.fit(
            ColorTraining(network, arguments.lr, arguments.seed, channels_last=fast),
            Batches(train, val, arguments.size, arguments.batch_size, arguments.seed),
            ckpt_path=state if history and state.exists() else None,
        )
    except CheckpointError as error:
        raise TrainError(str(error)) from error
    return read_history(folder)


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
