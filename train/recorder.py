"""What an epoch leaves behind: a checkpoint, a row of history.csv, and the state to resume from."""

import csv
import json
import os
import platform
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.plugins.io import CheckpointIO
from safetensors import SafetensorError, safe_open

from colorizer.checkpoint import write_atomically
from train import TrainError

RESUME_FILE = "resume.safetensors"
HISTORY_FILE = "history.csv"
COLUMNS = [
    "epoch",
    "train_loss",
    "val_loss",
    "psnr",
    "colourfulness_ratio",
    "mean_chroma",
    "hue_entropy",
    "seconds",
    "cpu_seconds",
]


Saver = Callable[[Path, int, dict[str, float]], None]
# Within the run's folder: an epoch's files while they are being written, and once all are.
DRAFT, ENDED = ".epoch.tmp", ".epoch"


class EpochRecorder(Callback):
    """Writes each epoch's files, all or none of them, whenever the process is killed.

    columns: what a row of history.csv holds, of the numbers that the training logged; save: writes
    the checkpoint of an epoch into the folder it is given, with the epoch and its row.

    The files are written into a folder of their own, and renaming it ends the epoch: a run killed
    before that trains the epoch again, one killed after it only has to move them into place.
    """

    def __init__(self, folder: Path, columns: list[str], save: Saver) -> None:
        self.folder, self.columns, self.save = folder, columns, save

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.started = time.perf_counter(), time.process_time()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        epoch = trainer.current_epoch + 1
        # Read by every process: the first look is what gathers the means from all of them.
        seen = {name: float(value) for name, value in trainer.callback_metrics.items()}
        draft = self.folder / DRAFT
        if trainer.is_global_zero:
            if "colourfulness" in seen:
                seen["colourfulness_ratio"] = seen["colourfulness"] / seen["true_colourfulness"]
            seen["seconds"] = time.perf_counter() - self.started[0]
            seen["cpu_seconds"] = time.process_time() - self.started[1]
            row = {name: float(f"{seen[name]:.6g}") for name in self.columns[1:]}
            draft.mkdir(exist_ok=True)
            self.save(draft, epoch, row)
            write_history(draft, [*read_history(self.folder), {"epoch": epoch, **row}])
        trainer.save_checkpoint(draft / RESUME_FILE)
        if trainer.is_global_zero:
            os.rename(draft, self.folder / ENDED)
            _move_ended(self.folder)

    def on_exception(
        self, trainer: Trainer, pl_module: LightningModule, exception: BaseException
    ) -> None:
        if trainer.is_global_zero:
            shutil.rmtree(self.folder / DRAFT, ignore_errors=True)


def _move_ended(folder: Path) -> None:
    """Move the files of a completed epoch into place."""
    # There is none, or another process was faster.
    with suppress(FileNotFoundError, NotADirectoryError):
        for name in sorted(os.listdir(folder / ENDED)):
            with suppress(FileNotFoundError):
                os.replace(folder / ENDED / name, folder / name)
        os.rmdir(folder / ENDED)


def versions() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "lightning": lightning.__version__,
    }


def read_history(folder: Path) -> list[dict[str, float]]:
    """The rows of history.csv, epochs as int; empty if there is no such file."""
    path = folder / HISTORY_FILE
    if not path.exists():
        return []
    with path.open(newline="") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    return [{**row, "epoch": int(row["epoch"])} for row in rows]


def open_run(folder: Path, resume: bool) -> tuple[list[dict[str, float]], Path | None]:
    """The rows of a run and the state to resume from; neither for a run that starts.

    What a killed run left half done is finished or cleared. Raises TrainError if `folder` holds a
    run and `resume` is false, or if its state is gone.
    """
    _move_ended(folder)
    history, state = read_history(folder), folder / RESUME_FILE
    if resume:
        shutil.rmtree(folder / DRAFT, ignore_errors=True)
    if history and not resume:
        raise TrainError(
            f"--out: {folder} already has {len(history)} epochs; "
            "add --resume to continue, or choose another folder."
        )
    if history and not state.exists():
        raise TrainError(f"--resume: {state} is missing; choose another --out to start anew.")
    return history, state if history else None


def write_history(folder: Path, rows: list[dict[str, float]]) -> None:
    with (folder / HISTORY_FILE).open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


class SafetensorsIO(CheckpointIO):
    """Lightning's own training state (loops, optimiser, callbacks) without pickle.

    Tensors go into safetensors under numbered names; everything around them is JSON metadata.
    """

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | os.PathLike, storage_options: Any = None
    ) -> None:
        tensors: dict[str, torch.Tensor] = {}
        state = json.dumps(_encode(checkpoint, tensors))
        write_atomically(tensors, Path(path), {"state": state})

    def load_checkpoint(self, path: str | os.PathLike, *_: Any, **__: Any) -> dict[str, Any]:
        try:
            with safe_open(path, framework="pt", device="cpu") as file:
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
                state = file.metadata()["state"]
        except (SafetensorError, OSError) as error:
            raise TrainError(
                f"--resume: {path} is damaged; choose another --out to start anew."
            ) from error
        return _decode(json.loads(state), tensors)

    def remove_checkpoint(self, path: str | os.PathLike) -> None:
        Path(path).unlink(missing_ok=True)


def _encode(value: Any, tensors: dict[str, torch.Tensor]) -> Any:
    if isinstance(value, torch.Tensor):
        name = str(len(tensors))
        tensors[name] = value.detach().cpu().contiguous().clone()
        return {"tensor": name}
    if isinstance(value, dict):
        # Pairs, because JSON would turn the optimiser's integer keys into strings.
        return {"dict": [[key, _encode(item, tensors)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [_encode(item, tensors) for item in value]}
    assert value is None or isinstance(value, str | int | float | bool), type(value)
    return value


def _decode(value: Any, tensors: dict[str, torch.Tensor]) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "tensor":
        return tensors[content]
    if kind == "dict":
        return {key: _decode(item, tensors) for key, item in content}
    items = [_decode(item, tensors) for item in content]
    return tuple(items) if kind == "tuple" else items
