"""The encoder: its training on labels, and the way into a network that colours."""

import pytest
import torch
import torchvision
from helpers import colourful
from PIL import Image
from safetensors.torch import load_file

from colorizer.checkpoint import load_checkpoint
from colorizer.network import NetworkSettings, build_network
from colorizer.resnet import Encoder
from train import TrainError, encoders
from train.__main__ import main
from train.arguments import Recipe
from train.encoders import grey_resnet, load_encoder, read_encoder
from train.loss import MeanSquaredError
from train.module import ColorTraining
from train.recorder import read_history


@pytest.fixture
def photos(tmp_path):
    for index in range(12):
        folder = tmp_path / "photos" / f"source-{index % 3}" / f"class-{index % 2}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(colourful(index, 72)).save(folder / f"{index}.png")
    return tmp_path / "photos"


def _run(command: str, photos, *flags) -> int:
    cache = photos.parent / "cache"
    arguments = [command, "--photos", photos, "--cache", cache, "--batch-size", 4]
    arguments += ["--precision", "32-contiguous", *flags]
    return main([str(argument) for argument in arguments])


def test_an_encoder_sees_what_torchvisions_resnet_sees_in_grey():
    torch.manual_seed(0)
    theirs = torchvision.models.resnet18(weights=None).eval()
    theirs.get_buffer("bn1.running_mean").uniform_(-1, 1)
    tensors, widths = grey_resnet(theirs.state_dict())
    assert widths == (64, 128, 256, 512)
    ours = Encoder(widths).eval()
    load_encoder(ours, tensors, "imagenet")
    grey = torch.rand(1, 1, 64, 64)
    rgb = (grey - torch.tensor(encoders._IMAGENET_MEAN).view(1, 3, 1, 1)) / torch.tensor(
        encoders._IMAGENET_STD
    ).view(1, 3, 1, 1)
    with torch.inference_mode():
        first = theirs.bn1(theirs.conv1(rgb))
        same = ours.bn1(ours.conv1(grey * 2 - 1))
    # The rim sees padded zeros, which mean another grey to each of the two.
    inner = (..., slice(2, -2), slice(2, -2))
    torch.testing.assert_close(same[inner], first[inner], atol=1e-4, rtol=1e-4)


def test_imagenet_goes_through_torchvision(monkeypatch):
    plain = torchvision.models.resnet18
    monkeypatch.setattr(torchvision.models, "resnet18", lambda weights: plain(weights=None))
    assert read_encoder("imagenet")[1:] == ("resnet", (64, 128, 256, 512))

    def offline(weights):
        raise OSError("no network")

    monkeypatch.setattr(torchvision.models, "resnet18", offline)
    with pytest.raises(TrainError, match="could not fetch"):
        read_encoder("imagenet")


def test_pretrain_then_fit_then_frozen(photos, tmp_path):
    assert _run("pretrain", photos, "--epochs", 1, "--out", tmp_path / "labels") == 0
    files = {path.name for path in (tmp_path / "labels").iterdir()}
    assert files == {"encoder.safetensors", "history.csv", "resume.safetensors"}
    assert 0 <= read_history(tmp_path / "labels")[0]["accuracy"] <= 1
    encoder = tmp_path / "labels" / "encoder.safetensors"

    fit = ["--variant", "transfer", "--epochs", 1, "--encoder", encoder, "--patience", 0]
    assert _run("fit", photos, *fit, "--out", tmp_path / "tuned") == 0
    assert _run("fit", photos, *fit, "--freeze", "--out", tmp_path / "frozen") == 0
    before = load_file(encoder)
    name = "transfer/epoch-001.safetensors"
    frozen, tuned = load_file(tmp_path / "frozen" / name), load_file(tmp_path / "tuned" / name)
    assert all(torch.equal(before[n], frozen[f"trunk.encoder.{n}"]) for n in before)
    assert not all(torch.equal(before[n], tuned[f"trunk.encoder.{n}"]) for n in before)
    _, info = load_checkpoint(tmp_path / "frozen" / name)
    assert info.data["arguments"]["freeze"] is True
    assert len(info.decoding.rarity) == len(info.settings.bins)
    assert max(info.decoding.rarity) > 0 > min(info.decoding.rarity)
    assert info.data["arguments"]["encoder"] == "encoder.safetensors"


def test_a_second_stage_starts_from_a_checkpoint(photos, tmp_path, capsys):
    flags = ["--variant", "transfer", "--epochs", 1, "--out"]
    assert _run("fit", photos, *flags, tmp_path / "first") == 0
    path = tmp_path / "first" / "transfer" / "epoch-001.safetensors"
    second = [*flags, tmp_path / "second", "--size", 96, "--lr", 1e-9]
    second += ["--dropout", 0.3, "--smooth", 2, "--alike", 0.5]
    assert _run("fit", photos, *second, "--start", path) == 0
    before, first = load_checkpoint(path)
    network, info = load_checkpoint(tmp_path / "second" / "transfer" / "epoch-001.safetensors")
    for name, weight in network.named_parameters():  # at that rate they hardly move
        torch.testing.assert_close(weight, before.get_parameter(name), atol=1e-3, rtol=0)
    assert (info.size, info.settings.dropout, info.settings.bins) == (96, 0.3, first.settings.bins)
    assert (info.settings.smooth, info.settings.alike) == (2, 0.5)
    assert info.data["arguments"]["start"] == "epoch-001.safetensors"

    other = ["--variant", "rebalanced", "--start", path, "--out", tmp_path / "third"]
    assert _run("fit", photos, *other, "--epochs", 1) == 2
    assert "does not match" in capsys.readouterr().err


def test_pretrain_goes_on_and_knows_when_it_is_done(photos, tmp_path, capsys):
    flags = ["--out", tmp_path / "labels", "--epochs", 2]
    assert _run("pretrain", photos, *flags) == 0
    assert _run("pretrain", photos, *flags) == 2
    assert "--resume" in capsys.readouterr().err
    assert _run("pretrain", photos, *flags, "--resume") == 0
    assert "nothing left to do" in capsys.readouterr().out
    for flag, value in (("--seed", 1), ("--epochs", 3), ("--lr", 0.1), ("--zoom", 0.5)):
        assert _run("pretrain", photos, *flags, "--resume", flag, value) == 2
        assert f"not with {flag} {value}" in capsys.readouterr().err
    path = tmp_path / "labels" / "encoder.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    assert _run("pretrain", photos, *flags, "--resume") == 2
    assert "damaged" in capsys.readouterr().err


def test_held_out_folders_are_not_trained_on(photos, tmp_path, capsys):
    flags = ["--variant", "rebalanced", "--epochs", 1, "--size", 16, "--out", tmp_path / "out"]
    assert _run("fit", photos, *flags, "--hold-out", "source-1,source-2") == 0
    _, info = load_checkpoint(tmp_path / "out" / "rebalanced" / "epoch-001.safetensors")
    assert info.data["photos"] + info.data["validation_photos"] == 4
    assert info.data["arguments"]["hold_out"] == ["source-1", "source-2"]
    assert info.data["folders"] == {"source-0": info.data["photos"]}
    capsys.readouterr()
    assert _run("fit", photos, *flags, "--resume", "--hold-out", "source-1") == 2
    assert "with --hold-out source-1,source-2, not with --hold-out source-1" in (
        capsys.readouterr().err
    )
    assert _run("fit", photos, *flags[:-1], tmp_path / "b", "--hold-out", "nothing") == 2
    assert "--hold-out nothing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--variant", "baseline", "--encoder", "x"], "no encoder to start from"),
        (["--variant", "transfer", "--freeze"], "give an --encoder"),
        (["--variant", "transfer", "--encoder", "nowhere"], "cannot be read"),
        (["--variant", "transfer", "--start", "nowhere"], "no checkpoint at nowhere"),
        (["--variant", "transfer", "--start", "x", "--encoder", "y"], "leave out --encoder"),
        (["--variant", "transfer", "--head", "hsv"], "choose ab, bins or rgb"),
        (["--variant", "transfer", "--rebalance", 2], "--rebalance 2"),
        (["--variant", "transfer", "--zoom", 0], "--zoom 0"),
        (["--variant", "transfer", "--smooth", -1], "--smooth -1"),
        (["--variant", "transfer", "--alike", -1], "--alike -1"),
        (["--variant", "rebalanced", "--alike", 1], "no encoder to compare by"),
    ],
)
def test_flags_that_cannot_work_are_named(photos, tmp_path, capsys, flags, message):
    assert _run("fit", photos, *flags, "--out", tmp_path / "out", "--epochs", 1) == 2
    assert message in capsys.readouterr().err


def test_an_encoder_of_another_shape_is_refused():
    tensors = Encoder((4, 4, 8, 8)).state_dict()
    with pytest.raises(TrainError, match="does not fit"):
        load_encoder(Encoder((4, 4, 8, 16)), tensors, "file")
    encoder = Encoder((4, 4, 8, 8))
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    with pytest.raises(TrainError, match="does not fit"):
        load_encoder(encoder, {k: v for k, v in tensors.items() if "bn1" not in k}, "f")
    assert all(torch.equal(before[k], v) for k, v in encoder.state_dict().items())


def test_what_is_saved_is_the_average_of_the_weights():
    network = build_network(NetworkSettings(widths=(4, 8), batch_norm=True), seed=0)
    training = ColorTraining(network, MeanSquaredError(), Recipe(average=0.5), seed=0)
    name, weight = next(iter(network.named_parameters()))
    start = weight.detach().clone()
    training.on_train_batch_end()  # the average begins as the network
    with torch.no_grad():
        weight.add_(1)
    training.on_train_batch_end()
    shown = training.shown.get_parameter(name)
    # Its memory is short at first: of the second step, 2 / 11 is what was before.
    torch.testing.assert_close(shown, start + 9 / 11)
    assert not any(p.requires_grad for p in training.shown.parameters())


def test_a_frozen_encoder_is_out_of_the_gradients_before_there_is_an_optimiser():
    """Processes that train together agree then on what they will exchange."""
    settings = NetworkSettings(widths=(4, 8, 8, 8), decoder=(8, 8, 8), shape="resnet")
    network = build_network(settings, seed=0)
    ColorTraining(network, MeanSquaredError(), Recipe(), seed=0, frozen=True)
    learning = {name for name, p in network.named_parameters() if p.requires_grad}
    assert learning == {n for n, _ in network.named_parameters() if ".encoder." not in n}
