"""`python -m train fit` on made-up photos: what it leaves, how it resumes, what it refuses."""

import csv
import json
import os
import runpy
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from helpers import assert_one_sentence, colourful, write_photos
from PIL import Image
from safetensors.torch import load_file

from colorizer import metrics
from colorizer.checkpoint import load_checkpoint, read_info, save_checkpoint
from colorizer.lab import lab_to_rgb, rgb_to_lab
from colorizer.network import AB_SCALE, STORY
from train import recorder
from train.__main__ import main
from train.arguments import RECIPES, FitArguments
from train.batches import Squares, cached_side
from train.photos import list_photos, load_split
from train.recorder import COLUMNS, EpochRecorder, SafetensorsIO, read_history

ROOT = Path(__file__).parents[1]
SIZE = 16
PRECISION = "bf16-channels-last"  # not measured, as runs are compared bit by bit


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """A dozen photos: eleven to train on, in two batches of four, and one to validate on."""
    return write_photos(tmp_path_factory.mktemp("made-up") / "photos", 12)


def fit_flags(photos: Path, out: Path, variant: str, epochs: int) -> list[str]:
    """The command line of a fit that takes a second."""
    values = {
        "--variant": variant,
        "--photos": photos,
        "--out": out,
        "--epochs": epochs,
        "--size": SIZE,
        "--batch-size": 4,
        "--cache": photos.parent / "cache",
        "--precision": PRECISION,
    }
    return ["fit", *(str(word) for pair in values.items() for word in pair)]


@pytest.fixture
def flags(photos, tmp_path):
    def build(*more, variant="dropout", out="out", epochs=2) -> list[str]:
        return [*fit_flags(photos, tmp_path / out, variant, epochs), *map(str, more)]

    return build


def _files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _expected_files(epochs: int) -> set[str]:
    names = {f"epoch-{epoch:03d}.safetensors" for epoch in range(1, epochs + 1)}
    return names | {"history.csv", "resume.safetensors"}


def _assert_same_run(one: Path, other: Path) -> None:
    """The same files, weights and numbers, except for the time they took."""
    assert _files(one) == _files(other)
    for path in one.glob("epoch-*.safetensors"):
        tensors, others = load_file(path), load_file(other / path.name)
        assert all(torch.equal(tensors[name], others[name]) for name in tensors | others), path.name

    def timeless(folder: Path) -> list[dict[str, float]]:
        rows = read_history(folder)
        return [{k: v for k, v in row.items() if "seconds" not in k} for row in rows]

    assert timeless(one) == timeless(other)


@pytest.mark.parametrize("variant", STORY)
def test_two_epochs_leave_exactly_these_files(flags, tmp_path, variant):
    assert main(flags("--seed", 3, variant=variant)) == 0
    assert _files(tmp_path / "out") == {variant}
    folder = tmp_path / "out" / variant
    assert _files(folder) == _expected_files(2)

    with (folder / "history.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == [
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
    assert [row[0] for row in rows] == ["1", "2"]

    for row in read_history(folder):
        network, info = load_checkpoint(folder / f"epoch-{row['epoch']:03d}.safetensors")
        assert info.variant == variant
        assert info.epoch == row["epoch"]
        assert info.metrics == {name: row[name] for name in COLUMNS[1:]}
        assert info.settings == network.settings == STORY[variant]
        assert (info.size, info.seed) == (SIZE, 3)
        assert set(info.versions) == {"python", "torch", "lightning"}
        counted = {"photos": 11, "grey_skipped": 0, "unreadable_skipped": 0, "folders": {"": 11}}
        assert info.data.items() >= {"sources": ["photos"], "validation_photos": 1}.items()
        assert info.data.items() >= counted.items()
        assert info.data["precision"] == PRECISION


def test_a_checkpoint_records_every_flag_but_no_path(flags, photos, tmp_path):
    val = write_photos(tmp_path / "val", 1, first=90)
    more = "--val", val, "--seed", 3, "--lr", 0.01, "--zoom", 0.5, "--limit", 9, "--dropout", 0.3
    assert main(flags(*more, epochs=1)) == 0
    info = read_info(tmp_path / "out" / "dropout" / "epoch-001.safetensors")
    assert info.data["arguments"] == {
        "variant": "dropout",
        "photos": ["photos"],
        "val": ["val"],
        "epochs": 1,
        "patience": 5,
        "size": SIZE,
        "batch_size": 4,
        "lr": 0.01,
        "dropout": 0.3,
        "hold_out": [],
        "encoder": None,
        "start": None,
        "freeze": False,
        "head": "ab",
        "rebalance": None,
        "zoom": 0.5,
        "alike": 0.0,
        "embedding": 0,
        "limit": 9,
        "seed": 3,
        "precision": PRECISION,
        "devices": 1,
        "schedule": "constant",
        "weight_decay": 0.0,
        "average": 0.0,
        "anchor": 0.0,
        "film": False,
        "epoch_photos": None,
        "augment": "crops-and-flips",
        "width": 1,
        "val_limit": None,
    }
    assert str(photos.parent) not in json.dumps(info.data)


def test_history_agrees_with_the_checkpoint(flags, photos, tmp_path):
    """The numbers of an epoch, computed again from its checkpoint and the validation photo."""
    assert main(flags(variant="batchnorm")) == 0
    folder = tmp_path / "out" / "batchnorm"
    network, info = load_checkpoint(folder / "epoch-002.safetensors")
    _, val = load_split(
        list_photos(str(photos)), ["photos"], cached_side(SIZE), cache=photos.parent / "cache"
    )
    truth = Squares(val.squares, SIZE, seed=0, augment=False).__getitems__([0])
    lab = rgb_to_lab(truth)
    with torch.inference_mode():
        ab = network(lab[:, :1])
    painted = lab_to_rgb(lab[:, :1], ab)
    expected = {
        "val_loss": ((ab - lab[:, 1:]) / AB_SCALE).square().mean(),
        "psnr": metrics.psnr(painted, truth),
        "colourfulness_ratio": metrics.colourfulness(painted) / metrics.colourfulness(truth),
        "mean_chroma": metrics.mean_chroma(ab),
        "hue_entropy": metrics.hue_entropy(ab),
    }
    for name, value in expected.items():
        assert info.metrics[name] == pytest.approx(float(value), rel=0.03), name  # bf16


def test_it_learns_a_colour(flags, tmp_path):
    folder = tmp_path / "orange"
    folder.mkdir()
    for index in range(8):
        grey = colourful(index)[..., :1] / 255
        Image.fromarray((grey * [255, 160, 60]).astype("uint8")).save(folder / f"{index}.png")
    more = "--photos", folder, "--batch-size", 2, "--seed", 2, "--patience", 0
    assert main(flags(*more, variant="batchnorm", epochs=20)) == 0
    history = read_history(tmp_path / "out" / "batchnorm")
    assert history[-1]["val_loss"] < history[0]["val_loss"] / 4
    assert history[0]["colourfulness_ratio"] < 0.3
    assert history[-1]["colourfulness_ratio"] == pytest.approx(1, abs=0.4)


def test_resumed_run_equals_one_that_went_through(flags, tmp_path):
    assert main(flags(out="through", epochs=3)) == 0
    assert main(flags(out="in-parts", epochs=1)) == 0
    assert main(flags("--resume", out="in-parts", epochs=3)) == 0
    _assert_same_run(tmp_path / "in-parts" / "dropout", tmp_path / "through" / "dropout")


KILLED_IN_ITS_SECOND_EPOCH = """
import os, signal, sys
from train.__main__ import main
from train.module import ColorTraining

step = ColorTraining.training_step

def step_or_die(self, rgb):
    if self.global_step == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(self, rgb)

ColorTraining.training_step = step_or_die
main(sys.argv[1:])
"""


def _run(*command, **environment) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_killed_run_resumes_at_its_last_epoch(flags, tmp_path):
    folder = tmp_path / "killed" / "dropout"
    killed = _run("-c", KILLED_IN_ITS_SECOND_EPOCH, *flags(out="killed", epochs=3))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert _files(folder) == _expected_files(1)
    assert [row["epoch"] for row in read_history(folder)] == [1]

    # As if it had died while it wrote a checkpoint.
    (folder / recorder.DRAFT).mkdir()
    (folder / recorder.DRAFT / ".epoch-002.safetensors.tmp").write_bytes(b"half")
    assert main(flags("--resume", out="killed", epochs=3)) == 0
    assert main(flags(out="through", epochs=3)) == 0
    _assert_same_run(folder, tmp_path / "through" / "dropout")


def test_a_kill_at_any_write_costs_no_finished_epoch(flags, tmp_path, monkeypatch):
    folder = tmp_path / "through" / "baseline"
    moments = [tmp_path / "nothing" / "baseline"]  # what a kill would have left
    trained: list[int] = []

    def found(place: Path) -> list[tuple[Path, int]]:
        return sorted((path.relative_to(place), path.stat().st_size) for path in place.rglob("*"))

    def kept_after(write):
        def call(path, *args, **kwargs):
            result = write(path, *args, **kwargs)
            if folder in Path(path).parents and found(folder) != found(moments[-1]):
                place = tmp_path / str(len(moments)) / "baseline"
                moments.append(Path(shutil.copytree(folder, place)))
            return result

        return call

    with monkeypatch.context() as patch:
        for name in ("mkdir", "rename", "replace", "rmdir"):
            patch.setattr(os, name, kept_after(getattr(os, name)))
        patch.setattr(Path, "open", kept_after(Path.open))  # a file that nothing is in yet
        assert main(flags(variant="baseline", out="through")) == 0
    assert len(moments) > 2 * 8

    start = EpochRecorder.on_train_epoch_start

    def noted(self, trainer, *args):
        trained.append(trainer.current_epoch + 1)
        start(self, trainer, *args)

    monkeypatch.setattr(EpochRecorder, "on_train_epoch_start", noted)
    for place in moments:
        finished = max(len(read_history(place)), len(read_history(place / recorder.ENDED)))
        assert finished >= len(list(place.glob("epoch-*"))), place
        trained.clear()
        assert main(flags("--resume", variant="baseline", out=place.parent.name)) == 0
        assert trained == list(range(finished + 1, 3)), place
        _assert_same_run(place, folder)


def test_two_processes(flags, tmp_path):
    result = _run(
        "-m",
        "train",
        *flags("--devices", 2, "--precision", "auto"),
        CUDA_VISIBLE_DEVICES="",
        GLOO_SOCKET_IFNAME="lo",
    )
    assert result.returncode == 0, result.stderr
    assert "Starting with 2 processes" in result.stdout + result.stderr
    assert result.stdout.count("11 photos to train on") == 1
    folder = tmp_path / "out" / "dropout"
    assert _files(folder) == _expected_files(2)
    assert [row["epoch"] for row in read_history(folder)] == [1, 2]
    assert result.stdout.count("the fastest here; photos/s: ") == 1
    _, info = load_checkpoint(folder / "epoch-002.safetensors")
    assert f"Precision {info.data['precision']}, " in result.stdout


def test_early_stopping(flags, tmp_path, capsys):
    """A rate too small to change a weight: the first epoch stays the best."""
    still = "--lr", 1e-30, "--patience"
    folder = tmp_path / "out" / "baseline"
    assert main(flags(*still, 2, variant="baseline", epochs=9)) == 0
    assert len(read_history(folder)) == 3

    before = (folder / "resume.safetensors").stat().st_mtime_ns
    capsys.readouterr()
    assert main(flags(*still, 2, "--resume", variant="baseline", epochs=9)) == 0
    assert "finished at epoch 3" in capsys.readouterr().out
    assert (folder / "resume.safetensors").stat().st_mtime_ns == before
    assert _files(folder) == _expected_files(3)

    # More patience, then none needed: the flag of the resumed run counts.
    assert main(flags(*still, 4, "--resume", variant="baseline", epochs=9)) == 0
    assert len(read_history(folder)) == 5
    assert main(flags(*still, 0, "--resume", variant="baseline", epochs=7)) == 0
    assert len(read_history(folder)) == 7


def test_finished_run_is_not_trained_on(flags, tmp_path, monkeypatch, capsys):
    assert main(flags()) == 0
    monkeypatch.setattr("train.fit.prepare_photos", lambda _: pytest.fail("trained on"))
    assert main(flags("--resume")) == 0
    assert "finished at epoch 2" in capsys.readouterr().out


def _assert_refused(capsys, arguments: list[str], *expected: str) -> None:
    capsys.readouterr()
    assert main(arguments) == 2
    message = capsys.readouterr().err.splitlines()[-1]
    assert message.startswith("error: ")
    assert_one_sentence(message.removeprefix("error: "))
    for text in expected:
        assert text in message


@pytest.mark.parametrize(
    ("variant", "bad"),
    [
        ("vivid", []),
        ("batchnorm", ["--dropout", "0.5"]),
        ("dropout", ["--dropout", "0"]),
        ("dropout", ["--dropout", "1.5"]),
        ("dropout", ["--size", "20"]),
        ("dropout", ["--size", "8"]),
        ("dropout", ["--epochs", "0"]),
        ("dropout", ["--batch-size", "-4"]),
        ("dropout", ["--devices", "0"]),
        ("dropout", ["--num-nodes", "0"]),
        ("dropout", ["--lr", "0"]),
        ("dropout", ["--limit", "1"]),
        ("dropout", ["--patience", "-1"]),
    ],
)
def test_bad_flag(flags, tmp_path, capsys, variant, bad):
    flag = bad[0] if bad else f"--variant {variant}"
    _assert_refused(capsys, flags(*bad, variant=variant), flag)
    assert list(tmp_path.iterdir()) == []


def test_more_devices_than_gpus(flags, capsys, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    _assert_refused(capsys, flags("--devices", 3), "--devices 3")


@pytest.mark.parametrize("flag", ["--photos", "--val"])
def test_photos_that_cannot_be_trained_on(flags, tmp_path, capsys, flag):
    empty, grey = tmp_path / "empty", tmp_path / "grey"
    empty.mkdir()
    grey.mkdir()
    Image.fromarray(colourful(0)).convert("L").save(grey / "1.png")
    for source, expected in (("nowhere", flag), ("empty", "no pictures"), ("grey", "1 grey")):
        _assert_refused(capsys, flags(flag, tmp_path / source), source, expected)
    assert not (tmp_path / "out").exists()


def test_out_that_is_a_file(flags, tmp_path, capsys):
    (tmp_path / "out").write_text("in the way")
    _assert_refused(capsys, flags(), "--out", str(tmp_path / "out"))


def test_command_line_says_no_with_exit_code_2(flags, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["train", *flags("--size", 20)])
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(ROOT / "train" / "__main__.py"), run_name="__main__")
    assert left.value.code == 2
    said = capsys.readouterr()
    assert said.err.startswith("error: --size 20: ")
    assert said.out == ""


def test_a_run_is_not_overwritten(flags, tmp_path, capsys):
    assert main(flags(epochs=1)) == 0
    folder = tmp_path / "out" / "dropout"
    before = {path: path.read_bytes() for path in folder.iterdir()}
    _assert_refused(capsys, flags(), "--out", "--resume")
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("--seed", 1),
        ("--size", 24),
        ("--dropout", 0.5),
        ("--batch-size", 2),
        ("--lr", 0.01),
        ("--zoom", 0.5),
        ("--limit", 8),
        ("--head", "bins"),
        ("--devices", 2),
        ("--val", ROOT / "docs"),
        ("--precision", "32"),
    ],
)
def test_a_run_is_not_resumed_with_other_settings(begun, flags, tmp_path, capsys, flag, value):
    folder = Path(shutil.copytree(begun, tmp_path / "out" / "dropout"))
    for epochs in (1, 2):  # finished or not
        more = ["--resume", flag, value]
        shown = Path(value).name if flag == "--val" else str(value)
        _assert_refused(capsys, flags(*more, epochs=epochs), f"{flag} {shown}", "was started with")
    assert _files(folder) == _expected_files(1)


@pytest.fixture(scope="module")
def begun(photos, tmp_path_factory):
    """A run of one epoch, to be copied."""
    out = tmp_path_factory.mktemp("begun")
    assert main(fit_flags(photos, out, "dropout", 1)) == 0
    return out / "dropout"


def test_a_run_goes_on_where_nothing_of_the_result_changes(begun, flags, photos, tmp_path, capsys):
    folder = Path(shutil.copytree(begun, tmp_path / "out" / "dropout"))
    moved = shutil.copytree(photos, tmp_path / "elsewhere" / "photos")
    cache = tmp_path / "another-cache"
    # No --rebalance is mentioned: a mean squared error has none.
    more = "--photos", moved, "--cache", cache, "--patience", 9, "--precision", "auto"
    assert main(flags("--resume", *more, "--rebalance", 0)) == 0
    assert f"Precision {PRECISION}, as this run began" in capsys.readouterr().out
    assert read_info(folder / "epoch-002.safetensors").data["precision"] == PRECISION


def test_a_run_is_not_resumed_on_other_pictures(begun, flags, photos, tmp_path, capsys):
    shutil.copytree(begun, tmp_path / "out" / "dropout")
    more = Path(shutil.copytree(photos, tmp_path / "photos"))
    (more / "007.png").rename(more / "renamed.png")  # as many of them as before
    _assert_refused(capsys, flags("--resume", "--photos", more), "pictures of --photos")


def test_other_losses_and_schedules_are_not_resumed(photos, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(RECIPES, "transfer", replace(RECIPES["transfer"], schedule="cosine"))
    source = write_photos(tmp_path / "large", 6, side=72)
    command = [
        "fit",
        "--variant",
        "transfer",
        "--photos",
        source,
        "--batch-size",
        4,
        "--epochs",
        1,
        "--out",
        tmp_path / "out",
        "--cache",
        tmp_path / "cache",
        "--precision",
        "32-contiguous",
    ]
    command = [str(word) for word in command]
    assert main(command) == 0
    for flag, value in (("--rebalance", "0.0"), ("--epochs", "2"), ("--alike", "0.5")):
        _assert_refused(capsys, [*command, "--resume", flag, value], f"{flag} {value}")


def test_a_run_that_does_not_record_its_flags_is_not_resumed(begun, flags, tmp_path, capsys):
    folder = Path(shutil.copytree(begun, tmp_path / "out" / "dropout"))
    path = folder / "epoch-001.safetensors"
    network, info = load_checkpoint(path)
    data = {name: value for name, value in info.data.items() if name != "arguments"}
    save_checkpoint(path, network, replace(info, data=data))
    _assert_refused(capsys, flags("--resume"), "--resume", str(path), "does not record the flags")


def test_a_run_is_not_resumed_without_its_files(flags, tmp_path, capsys):
    assert main(flags()) == 0
    folder = tmp_path / "out" / "dropout"
    state = folder / "resume.safetensors"
    content = state.read_bytes()
    state.write_bytes(content[:1000])
    _assert_refused(capsys, flags("--resume", epochs=3), "--resume", str(state))
    state.unlink()
    _assert_refused(capsys, flags("--resume", epochs=3), "--resume", str(state))
    state.write_bytes(content)
    (folder / "epoch-002.safetensors").unlink()
    _assert_refused(capsys, flags("--resume", epochs=3), "--resume", "epoch-002.safetensors")


def test_diverging_run_ends_with_a_sentence(flags, tmp_path, capsys):
    _assert_refused(capsys, flags("--lr", 1e20, variant="baseline"), "diverged", "--lr")
    assert _files(tmp_path / "out" / "baseline") == set()


def test_training_state_round_trip(tmp_path):
    state = {
        "epoch": 3,
        "name": "fit",
        "nothing": None,
        "flags": [True, 0.5, (1, 2)],
        "optimizer_states": [{"state": {0: {"step": torch.tensor(4.0)}, 1: {}}}],
        "weights": {"half": torch.rand(3, 2).bfloat16(), "whole": torch.arange(5)[1:4]},
        "empty": [],
    }
    io, path = SafetensorsIO(), tmp_path / "resume.safetensors"
    io.save_checkpoint(state, path)
    assert _files(tmp_path) == {"resume.safetensors"}
    found = io.load_checkpoint(path)
    torch.testing.assert_close(found.pop("weights"), state.pop("weights"), rtol=0, atol=0)
    assert found == state  # a tensor of one number compares like that number
    assert isinstance(found["flags"][2], tuple)
    io.remove_checkpoint(path)
    assert _files(tmp_path) == set()


def test_metadata_is_read_without_the_weights(flags, tmp_path):
    assert main(flags(epochs=1)) == 0
    path = tmp_path / "out" / "dropout" / "epoch-001.safetensors"
    assert read_info(path) == load_checkpoint(path)[1]


def test_an_epoch_of_so_many_photos(flags, tmp_path, capsys):
    assert main(flags("--epoch-photos", 4, epochs=1)) == 0  # one batch
    said = read_info(tmp_path / "out" / "dropout" / "epoch-001.safetensors").data["arguments"]
    assert said["epoch_photos"] == 4
    _assert_refused(capsys, flags("--epoch-photos", 3, "--out", tmp_path / "b"), "at least 4")
    made = FitArguments("dropout", [], epoch_photos=1000, batch_size=64, devices=2)
    assert made.batches == 7


def test_a_head_of_rgb_learns_the_whole_picture(flags, tmp_path):
    assert main(flags("--head", "rgb", variant="batchnorm")) == 0
    network, info = load_checkpoint(tmp_path / "out" / "batchnorm" / "epoch-002.safetensors")
    assert info.settings.head == "rgb"
    assert network.paints_whole
    assert info.metrics["val_loss"] < 0.5  # of sRGB in [0, 1]: of black it would be about that


def test_four_times_as_wide_and_without_augmentation(flags, tmp_path):
    assert main(flags("--width", 4, "--augment", "none", variant="batchnorm", epochs=1)) == 0
    info = read_info(tmp_path / "out" / "batchnorm" / "epoch-001.safetensors")
    assert info.settings.widths == tuple(4 * width for width in STORY["batchnorm"].widths)
    assert info.data["arguments"]["augment"] == "none"
    again = flags("--width", 2, "--augment", "none", "--resume", variant="batchnorm", epochs=2)
    assert main(again) == 2


@pytest.mark.parametrize(
    "more", [("--width", 0), ("--width", 99), ("--augment", "mirrors"), ("--head", "cmyk")]
)
def test_widths_augmentations_and_heads_that_do_not_exist(flags, more, capsys):
    assert main(flags(*more, variant="batchnorm")) == 2
    assert_one_sentence(capsys.readouterr().err.strip())
