"""From a finished run to the checkpoints of the app and their model card."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from colorizer import list_checkpoints, read_info
from colorizer.checkpoint import CheckpointInfo, file_name, load_checkpoint, save_checkpoint
from colorizer.hub import LOCAL
from colorizer.network import VARIANTS, build_network
from train import TrainError
from train.recorder import COLUMNS, read_history, write_history
from train.release.card import write_card
from train.release.ship import ShipArguments, ship

DATA = {
    "sources": ["a.tar"],
    "photos": 8000,
    "grey_skipped": 3,
    "unreadable_skipped": 1,
    "validation_photos": 200,
}


FLAGS = {
    "variant": "batchnorm",
    "photos": ["a.tar"],
    "val": [],
    "epochs": 4,
    "patience": 5,
    "size": 32,
    "batch_size": 48,
    "lr": 0.003,
    "schedule": "cosine",
    "zoom": 0.25,
    "dropout": 0.0,
    "hold_out": ["fur"],
    "encoder": "seen.safetensors",
    "start": None,
    "freeze": True,
    "head": "ab",
    "rebalance": None,
    "alike": 0.0,
    "limit": None,
    "seed": 0,
    "precision": "auto",
    "devices": 1,
}


def write_checkpoint(folder, variant, data, head="ab"):
    """The only checkpoint of a variant, of a run whose metadata hold `data`."""
    bins = ((-20, 0), (0, 0), (20, 20)) if head == "bins" else ()
    settings = replace(VARIANTS[variant], widths=(4, 8), head=head, bins=bins)
    (folder / variant).mkdir(parents=True)
    row = dict.fromkeys(COLUMNS, 0.5) | {"epoch": 1}
    info = CheckpointInfo(variant, 1, 32, settings, row, data, 0, {"torch": "2.15"})
    save_checkpoint(folder / variant / file_name(1), build_network(settings), info)
    write_history(folder / variant, [row])


def card(folder) -> str:
    write_card(folder)
    return (folder / "README.md").read_text()


def section(text, name) -> str:
    return text.split(f"## {name}\n")[1].split("\n## ")[0]


def training(text) -> dict[str, list[str]]:
    """{what: cells} of the card's table of training."""
    lines = [line for line in section(text, "Training").splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name: cells for name, *cells in rows}


def test_the_card_says_what_the_checkpoints_say(tmp_path):
    data = {**DATA, "folders": {"": 1, "sky": 7999}, "arguments": FLAGS, "precision": "32-x"}
    write_checkpoint(tmp_path, "batchnorm", data)
    other = {**FLAGS, "lr": 0.01, "rebalance": 0.25, "encoder": None, "freeze": False}
    write_checkpoint(tmp_path, "rebalanced", {**data, "arguments": other}, head="bins")
    text = card(tmp_path)
    assert "Not recorded" not in text
    assert "not recorded" not in text
    rows = training(text)
    assert rows[""] == ["batchnorm", "rebalanced"]
    for name, cells in {
        "photos": ["8,000", "8,000"],
        "without the folders": ["fur", "fur"],
        "smallest crop (share of a photo)": ["0.25", "0.25"],
        "batch size": ["48", "48"],
        "loss": ["mean squared error of ab", "rebalanced cross-entropy over bins"],
        "lambda (0: rare colours count most, 1: all alike)": ["–", "0.25"],
        "learning rate": ["0.003", "0.01"],
        "its schedule": ["cosine", "cosine"],
        "encoder started from": ["seen.safetensors", "random weights"],
        "encoder frozen": ["yes", "no"],
        "precision": ["32-x", "32-x"],
        "`--epochs`": ["4", "4"],
    }.items():
        assert rows[name] == cells, name
    assert "over 3 bins of ab" in section(text, "Networks")


def test_a_flag_of_another_version_is_told_too(tmp_path):
    write_checkpoint(tmp_path, "batchnorm", {**DATA, "arguments": {**FLAGS, "hue_jitter": 0.5}})
    write_checkpoint(tmp_path, "baseline", {**DATA, "arguments": FLAGS})
    assert training(card(tmp_path))["`--hue-jitter`"] == ["not recorded", "0.5"]


def test_what_an_earlier_version_did_not_record_is_called_so(tmp_path):
    write_checkpoint(tmp_path, "rebalanced", DATA, head="bins")
    text = card(tmp_path)
    unsaid = " ".join(section(text, "Training").split("Not recorded: ")[1].split())
    for name in ("batch size", "learning rate", "lambda", "smallest crop", "encoder started from"):
        assert name in unsaid
    assert "0.5" not in section(text, "Training")
    assert "| `a.tar` | – | licence not stated | rebalanced |" in section(text, "Data")


def test_licences_come_from_the_file_beside_the_checkpoints(tmp_path):
    folders = {"sky": 7000, "fur": 1000}
    write_checkpoint(tmp_path, "batchnorm", {**DATA, "folders": folders, "arguments": FLAGS})
    write_checkpoint(tmp_path, "baseline", {**DATA, "hold_out": ["fur"]})
    unknown = section(card(tmp_path), "Data")
    assert "| `sky` | – | licence not stated | batchnorm (7,000) |" in unknown
    (tmp_path / "collections.csv").write_text(
        "folder,sources,collection,shows,licence\n"
        "sky,?.tar,Skies,clouds,CC0 1.0\n"
        "fur,?.tar,Cats,,\n"
        "sea,b.tar,Seas,waves,MIT\n"
    )
    known = section(card(tmp_path), "Data")
    assert "| Skies | clouds | CC0 1.0 | baseline, batchnorm (7,000) |" in known
    assert "| Cats | – | licence not stated | batchnorm (1,000) |" in known
    assert "Seas" not in known
    (tmp_path / "collections.csv").write_text("name,licence\nsky,MIT\n")
    with pytest.raises(TrainError, match="its columns are not folder, sources"):
        write_card(tmp_path)


def test_notes_are_somebodys_word_and_end_up_in_the_card(tmp_path):
    write_checkpoint(tmp_path, "baseline", DATA)
    assert "night sky" not in card(tmp_path)
    (tmp_path / "notes.md").write_text("## Notes\n\nThe night sky is purple.\n")
    assert "\n## Notes\n\nThe night sky is purple.\n\n## Metrics\n" in card(tmp_path)


def test_the_shipped_card_is_what_the_shipped_checkpoints_say(tmp_path):
    shipped = Path(shutil.copytree(LOCAL, tmp_path / "checkpoints"))
    assert card(shipped) == (LOCAL / "README.md").read_text()


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
    ship(ShipArguments(runs, out, [1, 2]))
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    names = ["epoch-001.safetensors", "epoch-002.safetensors", "epoch-004.safetensors"]
    assert files == [
        "README.md",
        *(f"{v}/{name}" for v in ("baseline", "batchnorm") for name in [*names, "history.csv"]),
    ]
    assert read_info(out / "batchnorm" / names[2]).epoch == 4
    assert len(read_history(out / "batchnorm")) == 4
    text = (out / "README.md").read_text()
    assert training(text)["photos"] == ["8,000", "8,000"]
    assert "| 2 | 2.01000 | 2.02000 |" in text
    assert "\n| 3 |" not in text

    ship(ShipArguments(runs, out, [3]))
    assert list(list_checkpoints(out)["baseline"]) == [3, 4]


def test_an_epoch_that_was_not_trained_is_named(runs, tmp_path):
    with pytest.raises(TrainError, match=r"^--epochs 9: baseline has no such epoch"):
        ship(ShipArguments(runs, tmp_path / "out", [1, 9]))
    assert not (tmp_path / "out").exists()
    with pytest.raises(TrainError, match="no checkpoints below it"):
        ship(ShipArguments(tmp_path / "out", tmp_path / "elsewhere", [1]))


def test_shipped_networks_are_decoded_as_chosen(runs, tmp_path):
    out = tmp_path / "out"
    ship(ShipArguments(runs, out, [1], gain=1.5))
    trained, _ = load_checkpoint(runs / "batchnorm" / file_name(4))
    shipped, info = load_checkpoint(out / "batchnorm" / file_name(4))
    assert info.decoding.gain == 1.5
    for name, weight in trained.state_dict().items():
        assert torch.equal(weight, shipped.state_dict()[name])
    assert "gain 1.5" in (out / "README.md").read_text()
    with pytest.raises(TrainError, match="--calm"):
        ship(ShipArguments(runs, out, [1], calm=0.5))
