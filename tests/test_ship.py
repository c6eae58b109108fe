"""From a finished run to the checkpoints of the app and their model card."""

from dataclasses import replace

import pytest
import torch

from colorizer import list_checkpoints, read_info
from colorizer.checkpoint import CheckpointInfo, file_name, load_checkpoint, save_checkpoint
from colorizer.network import VARIANTS, build_network
from train import TrainError
from train.recorder import COLUMNS, read_history, write_history
from train.release.ship import ship

DATA = {
    "sources": ["a.tar"], "photos": 8000, "grey_skipped": 3, "unreadable_skipped": 1,
    "validation_photos": 200,
}  # fmt: skip


@pytest.fixture
def runs(tmp_path):
    folder = tmp_path / "runs"
    for variant in ("baseline", "batchnorm"):
        settings = replace(VARIANTS[variant], widths=(4, 8))
        (folder / variant).mkdir(parents=True)
        rows = []
        for epoch in range(1, 5):
            row = {name: epoch + place / 100 for place, name in enumerate(COLUMNS)}
            rows.append({**row, "epoch": epoch})
            info = CheckpointInfo(variant, epoch, 32, settings, row, DATA, 0, {"torch": "2.15"})
            network = build_network(settings, seed=epoch)
            save_checkpoint(folder / variant / file_name(epoch), network, info)
        write_history(folder / variant, rows)
        (folder / variant / "resume.safetensors").write_bytes(b"state")
    return folder


def test_chosen_epochs_the_last_one_history_and_card(runs, tmp_path):
    out = tmp_path / "out"
    ship(runs, out, [1, 2])
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    names = ["epoch-001.safetensors", "epoch-002.safetensors", "epoch-004.safetensors"]
    assert files == [
        "README.md",
        *(f"{v}/{name}" for v in ("baseline", "batchnorm") for name in [*names, "history.csv"]),
    ]
    assert read_info(out / "batchnorm" / names[2]).epoch == 4
    assert len(read_history(out / "batchnorm")) == 4
    card = (out / "README.md").read_text()
    assert "8,000 photos" in card
    assert "| 2 | 2.01000 | 2.02000 |" in card
    assert "| 3 |" not in card

    ship(runs, out, [3])
    assert list(list_checkpoints(out)["baseline"]) == [3, 4]


def test_an_epoch_that_was_not_trained_is_named(runs, tmp_path):
    with pytest.raises(TrainError, match=r"^--epochs 9: baseline has no such epoch"):
        ship(runs, tmp_path / "out", [1, 9])
    assert not (tmp_path / "out").exists()
    with pytest.raises(TrainError, match="no checkpoints below it"):
        ship(tmp_path / "out", tmp_path / "elsewhere", [1])


def test_shipped_networks_are_decoded_as_chosen(runs, tmp_path):
    out = tmp_path / "out"
    ship(runs, out, [1], gain=1.5)
    trained, _ = load_checkpoint(runs / "batchnorm" / file_name(4))
    shipped, info = load_checkpoint(out / "batchnorm" / file_name(4))
    assert info.decoding.gain == 1.5
    for name, weight in trained.state_dict().items():
        assert torch.equal(weight, shipped.state_dict()[name])
    assert "gain 1.5" in (out / "README.md").read_text()
    with pytest.raises(TrainError, match="--calm"):
        ship(runs, out, [1], calm=0.5)
