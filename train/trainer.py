"""What every training run shares: the trainer, the schedule and its printed messages."""

from typing import Any

import lightning
import torch
from lightning import Trainer
from lightning.pytorch.callbacks import TQDMProgressBar
from lightning.pytorch.utilities import rank_zero_only

from train.recorder import SafetensorsIO

say = rank_zero_only(print)  # several processes, one of which prints


def make_trainer(
    epochs: int,
    callbacks: list[lightning.Callback],
    devices: int = 1,
    num_nodes: int = 1,
    batches: int | None = None,
) -> Trainer:
    """batches: of an epoch in each process; None for all that the photos give."""
    return Trainer(
        max_epochs=epochs,
        limit_train_batches=batches,
        devices=devices,
        num_nodes=num_nodes,
        strategy="ddp" if devices * num_nodes > 1 else "auto",
        callbacks=[TQDMProgressBar(refresh_rate=10), *callbacks],
        plugins=[SafetensorsIO()],
        logger=False,
        enable_checkpointing=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
    )


def cosine(optimizer: torch.optim.Optimizer, trainer: Trainer) -> Any:
    """Lightning's answer of `configure_optimizers`: down to zero over the run, along a cosine.

    Loshchilov & Hutter 2017, arXiv:1608.03983, without restarts. The rate first climbs over a
    hundredth of the run: Adam's first steps, before it knows the size of the gradients, cost a
    network that starts from a checkpoint about an epoch.
    """
    steps = max(int(trainer.estimated_stepping_batches), 2)
    climb = -(-steps // 100)
    schedule = torch.optim.lr_scheduler.SequentialLR(
        optimizer,
        [
            torch.optim.lr_scheduler.LinearLR(optimizer, 0.01, total_iters=climb),
            torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps - climb),
        ],
        [climb],
    )
    return {
        "optimizer": optimizer,
        "lr_scheduler": {"scheduler": schedule, "interval": "step"},
    }
