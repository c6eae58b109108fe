"""What every training run shares: precision, the trainer, the schedule, one voice."""

from typing import Any, Literal

import lightning
import torch
from lightning import Trainer
from lightning.pytorch.callbacks import TQDMProgressBar
from lightning.pytorch.utilities import rank_zero_only

from train.recorder import SafetensorsIO

say = rank_zero_only(print)  # several processes, one voice


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


def memory_format() -> torch.memory_format:
    """channels_last wherever bf16 is used: the two are fast together."""
    fast = choose_precision()[0] == "bf16-mixed"
    return torch.channels_last if fast else torch.contiguous_format


def make_trainer(
    epochs: int, callbacks: list[lightning.Callback], devices: int = 1, num_nodes: int = 1
) -> Trainer:
    return Trainer(
        max_epochs=epochs,
        devices=devices,
        num_nodes=num_nodes,
        strategy="ddp" if devices * num_nodes > 1 else "auto",
        precision=choose_precision()[0],
        callbacks=[TQDMProgressBar(refresh_rate=10), *callbacks],
        plugins=[SafetensorsIO()],
        logger=False,
        enable_checkpointing=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
    )


def one_cycle(optimizer: torch.optim.Optimizer, lr: float, trainer: Trainer) -> Any:
    """Lightning's answer of `configure_optimizers`: up for a fifth of the run, then down to zero.

    Smith & Topin 2017, arXiv:1708.07120.
    """
    steps = int(trainer.estimated_stepping_batches)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, lr, total_steps=max(steps, 2), pct_start=0.2, cycle_momentum=False
    )
    return {
        "optimizer": optimizer,
        "lr_scheduler": {"scheduler": schedule, "interval": "step"},
    }
