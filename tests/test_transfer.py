"""An encoder trained on ImageNet, and its way into a network that colours."""

from dataclasses import replace

import pytest
import torch
from helpers import colourful
from PIL import Image
from safetensors.torch import load_file

from colorizer.checkpoint import load_checkpoint
from colorizer.efficientnet import EfficientNetEncoder
from colorizer.network import VARIANTS, NetworkSettings, build_network
from train import TrainError
from train.__main__ import main
from train.arguments import Recipe
from train.encoders import load_encoder, read_encoder
from train.loss import MeanSquaredError
from train.module import ColorTraining

LITE0 = "efficientnet-lite0"


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


def test_fit_from_an_encoder_trains_it_unless_it_is_frozen(photos, tmp_path):
    flags = ["--variant", "transfer", "--epochs", 1, "--encoder", LITE0, "--patience", 0]
    assert _run("fit", photos, *flags, "--out", tmp_path / "tuned") == 0
    assert _run("fit", photos, *flags, "--freeze", "--out", tmp_path / "frozen") == 0
    before = {name: tensor.half() for name, tensor in read_encoder(LITE0).items()}
    name = "transfer/epoch-001.safetensors"
    frozen, tuned = (
        {key: tensor.half() for key, tensor in load_file(tmp_path / run / name).items()}
        for run in ("frozen", "tuned")
    )
    assert all(torch.equal(before[n], frozen[f"trunk.encoder.{n}"]) for n in before)
    assert not all(torch.equal(before[n], tuned[f"trunk.encoder.{n}"]) for n in before)
    _, info = load_checkpoint(tmp_path / "frozen" / name)
    assert info.settings.shape == LITE0
    assert info.data["arguments"]["freeze"] is True
    assert len(info.decoding.rarity) == len(info.settings.bins)
    assert max(info.decoding.rarity) > 0 > min(info.decoding.rarity)
    assert info.data["arguments"]["encoder"] == LITE0


def test_a_network_that_follows_hints_is_trained_and_continued(photos, tmp_path):
    flags = ["--variant", "transfer", "--epochs", 1, "--patience", 0, "--freeze"]
    first = [*flags, "--encoder", LITE0, "--embedding", 4, "--schedule", "cosine"]
    assert _run("fit", photos, *first, "--out", tmp_path / "first") == 0
    path = tmp_path / "first" / "transfer" / "epoch-001.safetensors"
    _, info = load_checkpoint(path)
    assert info.settings.embedding == 4
    assert info.data["arguments"]["schedule"] == "cosine"
    assert _run("fit", photos, *flags, "--start", path, "--out", tmp_path / "second") == 0
    before, after = load_file(path), load_file(tmp_path / "second" / "transfer" / path.name)
    learnt = {name for name in before if not torch.equal(before[name], after[name])}
    assert not any(name.startswith("trunk.encoder.") for name in learnt)
    assert {"trunk.embedding.mix.4.weight", "trunk.attention.width"} <= learnt


def test_a_second_stage_starts_from_a_checkpoint(photos, tmp_path, capsys):
    flags = ["--variant", "transfer", "--epochs", 1, "--out"]
    assert _run("fit", photos, *flags, tmp_path / "first") == 0
    path = tmp_path / "first" / "transfer" / "epoch-001.safetensors"
    second = [*flags, tmp_path / "second", "--size", 96, "--lr", 1e-9]
    second += ["--dropout", 0.3, "--alike", 0.5]
    assert _run("fit", photos, *second, "--start", path) == 0
    before, first = load_checkpoint(path)
    network, info = load_checkpoint(tmp_path / "second" / "transfer" / "epoch-001.safetensors")
    for name, weight in network.named_parameters():  # at that rate they hardly move
        torch.testing.assert_close(weight, before.get_parameter(name), atol=1e-3, rtol=0)
    assert (info.size, info.settings.dropout, info.settings.bins) == (96, 0.3, first.settings.bins)
    assert info.settings.alike == 0.5
    assert info.data["arguments"]["start"] == "epoch-001.safetensors"

    other = ["--variant", "rebalanced", "--start", path, "--out", tmp_path / "third"]
    assert _run("fit", photos, *other, "--epochs", 1) == 2
    assert "does not match" in capsys.readouterr().err


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
        (
            ["--variant", "transfer", "--encoder", "efficientnet-b7"],
            "choose one of efficientnet-lite0",
        ),
        (["--variant", "transfer", "--start", "nowhere"], "no checkpoint at nowhere"),
        (["--variant", "transfer", "--start", "x", "--encoder", LITE0], "leave out --encoder"),
        (["--variant", "transfer", "--head", "hsv"], "choose ab, bins or rgb"),
        (["--variant", "transfer", "--rebalance", 2], "--rebalance 2"),
        (["--variant", "transfer", "--zoom", 0], "--zoom 0"),
        (["--variant", "transfer", "--alike", -1], "--alike -1"),
        (["--variant", "transfer", "--embedding", -1], "--embedding -1"),
        (["--variant", "batchnorm", "--embedding", 4], "a variant with an encoder"),
        (["--variant", "transfer", "--embedding", 4, "--head", "ab"], "and --head bins"),
        (["--variant", "transfer", "--embedding", 4, "--alike", 0.1], "in place of --alike"),
        (["--variant", "transfer", "--schedule", "linear"], "constant or cosine"),
        (["--variant", "rebalanced", "--alike", 1], "no encoder to compare by"),
    ],
)
def test_flags_that_cannot_work_are_named(photos, tmp_path, capsys, flags, message):
    assert _run("fit", photos, *flags, "--out", tmp_path / "out", "--epochs", 1) == 2
    assert message in capsys.readouterr().err


def test_an_encoder_of_another_shape_is_refused():
    tensors = EfficientNetEncoder("lite0").state_dict()
    with pytest.raises(TrainError, match="does not fit"):
        load_encoder(EfficientNetEncoder("lite2"), tensors, LITE0)
    encoder = EfficientNetEncoder("lite0")
    before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
    with pytest.raises(TrainError, match="does not fit"):
        load_encoder(encoder, {k: v for k, v in tensors.items() if "norm" not in k}, LITE0)
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
    network = build_network(replace(VARIANTS["transfer"], decoder=(8, 8, 8), head="ab"), seed=0)
    ColorTraining(network, MeanSquaredError(), Recipe(), seed=0, frozen=True)
    learning = {name for name, p in network.named_parameters() if p.requires_grad}
    assert learning == {n for n, _ in network.named_parameters() if ".encoder." not in n}
