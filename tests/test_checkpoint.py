"""A checkpoint is loaded completely or not at all, and says what it is."""

import json
import pickle
import struct
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from helpers import assert_one_sentence, colourful
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from colorizer import Colorizer, Photo
from colorizer.checkpoint import (
    CheckpointError,
    CheckpointInfo,
    best,
    file_name,
    list_checkpoints,
    load_checkpoint,
    look_up,
    read_info,
    save_checkpoint,
)
from colorizer.decoding import Decoding
from colorizer.hub import LOCAL
from colorizer.lab import rgb_to_lab
from colorizer.network import NetworkSettings, build_network

SETTINGS = NetworkSettings(widths=(4, 8), batch_norm=True, dropout=0.25)
INFO = CheckpointInfo(
    variant="dropout",
    epoch=3,
    size=16,
    settings=SETTINGS,
    metrics={"val_loss": 0.25, "psnr": 21.5},
    data={"sources": ["photos"], "photos": 12},
    seed=7,
    versions={"torch": torch.__version__},
    decoding=Decoding(temperature=0.5, gain=1.25),
)


@pytest.fixture
def good(tmp_path):
    path = tmp_path / file_name(3)
    save_checkpoint(path, build_network(SETTINGS, seed=0), INFO)
    return path


def _metadata(path) -> dict[str, str]:
    with safe_open(path, "pt") as file:
        return file.metadata()


def _rewrite(path, tensors=None, **metadata) -> None:
    """The same file with other tensors, or other metadata (None removes a key)."""
    merged = {**_metadata(path), **metadata}
    tensors = load_file(path) if tensors is None else tensors
    save_file(tensors, path, {key: value for key, value in merged.items() if value is not None})


def _assert_refused(path, expected: str) -> None:
    """One sentence, and no network, however it is asked for."""
    for load in (load_checkpoint, Colorizer.from_checkpoint):
        with pytest.raises(CheckpointError, match=expected) as caught:
            load(path)
        assert_one_sentence(str(caught.value))
        assert path.name in str(caught.value)


def test_round_trip(good):
    network, info = load_checkpoint(good)
    assert info == INFO
    assert read_info(good) == INFO
    assert not network.training
    expected = build_network(SETTINGS, seed=0).state_dict()
    for name, tensor in network.state_dict().items():
        assert tensor.dtype == expected[name].dtype
        assert torch.equal(tensor, expected[name].half().to(tensor.dtype)), name


def test_a_setting_of_older_files_that_did_nothing_is_left_out(good):
    stored = json.loads(_metadata(good)["settings"])
    _rewrite(good, settings=json.dumps({**stored, "smooth": 0}))
    network, info = load_checkpoint(good)
    assert info == read_info(good) == INFO
    assert all(
        map(
            torch.equal,
            network.parameters(),
            build_network(SETTINGS, seed=0).half().float().parameters(),
        )
    )
    _rewrite(good, settings=json.dumps({**stored, "smooth": 2}))
    _assert_refused(good, "smooth.*train it again")


SHIPPED = list_checkpoints(LOCAL)


@pytest.mark.parametrize("variant", SHIPPED)
def test_shipped_checkpoints_paint_as_they_did(variant):
    """What stands in the files, read here as the first version of the library read it."""
    path = SHIPPED[variant][max(SHIPPED[variant])]
    stored = {**json.loads(_metadata(path)["settings"])}
    decoding = json.loads(_metadata(path).get("decoding", "{}"))
    gain, calm, rarity = (
        decoding.get(name, stored.get(name, default))
        for name, default in (("gain", 1.0), ("calm", 0.0), ("rarity", ()))
    )
    temperature = decoding.get("temperature", 0.6)
    colorizer = Colorizer.from_checkpoint(path)
    photo = Photo(colourful(1, 80))
    network = colorizer.network
    with torch.inference_mode():
        output = network(photo.network_input(colorizer.info.size, network.settings.stride))
        if stored.get("bins"):
            if calm:
                output = output - calm * torch.tensor(rarity)[:, None, None]
            likely = (output.log_softmax(1) / temperature).softmax(1)
            output = torch.einsum("nqhw,qc->nchw", likely, torch.tensor(stored["bins"]))
        if stored.get("head") == "rgb":
            output = rgb_to_lab((output.clamp(0, 1) * 255).round().byte())
    torch.testing.assert_close(colorizer.predict(photo), output[0] * gain)


def test_weights_are_stored_in_half_precision_and_readable_by_all(good):
    tensors = load_file(good)
    assert tensors["trunk.0.weight"].dtype == torch.float16
    assert tensors["trunk.1.num_batches_tracked"].dtype == torch.int64
    assert good.stat().st_mode & 0o777 == 0o644
    assert json.loads(_metadata(good)["metrics"]) == INFO.metrics


def test_running_statistics_beyond_half_precision_are_kept(tmp_path):
    network = build_network(INFO.settings)
    path = tmp_path / "epoch-001.safetensors"
    network.get_buffer("trunk.1.running_var").fill_(7e4)  # float16 ends at 65,504
    save_checkpoint(path, network, INFO)
    assert (load_checkpoint(path)[0].get_buffer("trunk.1.running_var") == 7e4).all()


def test_missing_tensor(good):
    tensors = load_file(good)
    del tensors["trunk.0.weight"]
    _rewrite(good, tensors)
    _assert_refused(good, r"lacks 1 .* trunk\.0\.weight first")
    del tensors["trunk.1.bias"]
    _rewrite(good, tensors)
    _assert_refused(good, "lacks 2 of its")


def test_extra_tensor(good):
    _rewrite(good, {**load_file(good), "head.weight": torch.zeros(1)})
    _assert_refused(good, r"holds 1 .* head\.weight first")


def test_wrong_shape(good):
    _rewrite(good, {**load_file(good), "trunk.0.weight": torch.zeros(5, 1, 3, 3)})
    _assert_refused(good, r"trunk\.0\.weight has shape \(5, 1, 3, 3\)")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite(good, value):
    tensors = load_file(good)
    tensors["trunk.0.weight"][0, 0, 1, 1] = value
    _rewrite(good, tensors)
    _assert_refused(good, "not finite")


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.999])
def test_truncated_file(good, share):
    content = good.read_bytes()
    good.write_bytes(content[: int(share * len(content))])
    _assert_refused(good, "cut short or damaged")


def test_header_that_is_no_json(good):
    good.write_bytes(struct.pack("<Q", 64) + b"{" + b"x" * 200)
    _assert_refused(good, "cut short or damaged")


def test_git_lfs_pointer(good):
    good.write_text(
        "version https://git-lfs.github.com/spec/v1\n"
        "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
        "size 12345\n"
    )
    _assert_refused(good, "git lfs pull")


def test_pickles_are_never_opened(good):
    state = build_network(SETTINGS).state_dict()
    torch.save(state, good)
    _assert_refused(good, "pickle")
    torch.save(state, good, _use_new_zipfile_serialization=False)
    _assert_refused(good, "pickle")
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        good.write_bytes(pickle.dumps({"weight": [0.0] * 500}, protocol))
        _assert_refused(good, "pickle")


def test_absent_file(tmp_path):
    _assert_refused(tmp_path / file_name(1), "python -m train fit")
    tmp_path.joinpath(file_name(2)).mkdir()
    _assert_refused(tmp_path / file_name(2), "python -m train fit")


def test_other_format_version(good):
    _rewrite(good, format="colorizer-99")
    _assert_refused(good, "colorizer-99")
    _rewrite(good, format=None)
    _assert_refused(good, "no format version")
    save_file(load_file(good), good)  # no metadata at all, like a file of another project
    _assert_refused(good, "no format version")


@pytest.mark.parametrize(
    "broken",
    [
        {"variant": None},
        {"epoch": "ten"},
        {"metrics": "{"},
        {"settings": '{"widths": [4, 8], "skip": true}'},
        {"settings": '{"widths": "48"}'},
        {"settings": '{"widths": [4, 8], "dropout": 1.5}'},
        {"settings": "null"},
        {"settings": '"gain"', "decoding": None},
        {"decoding": '{"calm": 0.5}'},
        {"decoding": '{"temperature": 0}'},
        {"decoding": '{"vividness": 1}'},
        {"decoding": "[]"},
    ],
)
def test_broken_metadata(good, broken):
    _rewrite(good, **broken)
    _assert_refused(good, "metadata")
    with pytest.raises(CheckpointError):
        read_info(good)


def test_settings_that_do_not_fit_the_weights(good):
    _rewrite(good, settings='{"widths": [4, 16], "batch_norm": true, "dropout": 0.25}')
    _assert_refused(good, "has shape")
    _rewrite(good, settings='{"widths": [4, 8]}')
    _assert_refused(good, "tensors")


def test_checkpoints_are_listed_in_the_order_of_the_story(tmp_path):
    for variant, epoch in [
        ("dropout", 2),
        ("zebra", 1),
        ("baseline", 100),
        ("baseline", 9),
        ("aardvark", 1),
        ("batchnorm", 1),
        ("baseline", 10),
    ]:
        path = tmp_path / variant / file_name(epoch)
        path.parent.mkdir(exist_ok=True)
        path.touch()
    for name in ("resume.safetensors", ".epoch-011.safetensors.tmp", "epoch-x.safetensors"):
        (tmp_path / "baseline" / name).touch()
    listed = list_checkpoints(tmp_path)
    assert list(listed) == ["baseline", "batchnorm", "dropout", "aardvark", "zebra"]
    assert list(listed["baseline"]) == [9, 10, 100]
    assert listed["baseline"][100] == tmp_path / "baseline" / "epoch-100.safetensors"
    assert list_checkpoints(tmp_path / "nowhere") == {}


@pytest.fixture
def listed(tmp_path):
    """Checkpoints by variant and epoch; nobody opens them."""
    variants = {"baseline": [1, 10], "batchnorm": [2, 10], "dropout": [1], "transfer": [1, 3]}
    return {
        variant: {epoch: tmp_path / variant / file_name(epoch) for epoch in epochs}
        for variant, epochs in variants.items()
    }


def test_the_best_is_transfer_then_batchnorm_then_the_last(listed):
    assert best(listed) == ("transfer", 3)
    assert look_up(listed) == listed["transfer"][3]
    del listed["transfer"]
    assert best(listed) == ("batchnorm", 10)
    del listed["batchnorm"]
    assert best(listed) == ("dropout", 1)


def test_a_checkpoint_is_looked_up_by_variant_and_epoch(listed):
    assert look_up(listed, "batchnorm", 2) == listed["batchnorm"][2]
    assert look_up(listed, "baseline") == listed["baseline"][10]
    assert look_up(listed, epoch=1) == listed["transfer"][1]


def test_what_is_not_there_is_answered_by_the_choices(listed):
    for found, variant, epoch, words in (
        (listed, "sepia", 1, "'sepia'; choose among baseline, batchnorm, dropout, transfer"),
        (listed, "baseline", 3, "baseline has no checkpoint of epoch 3; choose among 1, 10"),
        ({}, None, None, "python -m train fit"),
    ):
        with pytest.raises(CheckpointError, match=words) as error:
            look_up(found, variant, epoch)
        assert_one_sentence(str(error.value))


def test_failed_write_leaves_the_old_file_alone(good, monkeypatch):
    before = good.read_bytes()

    def fail_half_way(path, data):
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail_half_way)
    with pytest.raises(OSError, match="space"):
        save_checkpoint(good, build_network(SETTINGS, seed=1), replace(INFO, epoch=4))
    assert list(good.parent.iterdir()) == [good]
    assert good.read_bytes() == before


def test_weights_that_diverged_are_not_written(tmp_path):
    network = build_network(SETTINGS)
    with torch.no_grad():
        next(network.parameters())[0] = 1e6  # finite, but not in half precision
    with pytest.raises(CheckpointError, match="--lr") as caught:
        save_checkpoint(tmp_path / file_name(1), network, INFO)
    assert_one_sentence(str(caught.value))
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_brings_its_bins_along(tmp_path):
    settings = NetworkSettings(head="bins", bins=((-20, 0), (0, 0), (20, 20)))
    network = build_network(settings, seed=0).eval()
    path = tmp_path / "epoch-001.safetensors"
    save_checkpoint(path, network, CheckpointInfo("rebalanced", 1, 64, settings))
    loaded, info = load_checkpoint(path)
    assert info.settings == settings
    lightness = torch.rand(1, 1, 64, 64) * 100
    one, other = (info.decoding.ab(n(lightness), n.bins) for n in (network, loaded))
    torch.testing.assert_close(one, other, atol=0.2, rtol=0)  # half precision
