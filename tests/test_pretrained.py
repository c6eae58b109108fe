"""A single network in the Hub's own layout: saved, published, and loaded as strictly as any."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from helpers import assert_one_sentence, colourful
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from colorizer import Colorizer, Photo
from colorizer.checkpoint import CheckpointError, CheckpointInfo
from colorizer.decoding import Decoding
from colorizer.hub import HubError
from colorizer.network import NetworkSettings, build_network

REPO = "someone/colours"
TINY = NetworkSettings(widths=(4, 8), batch_norm=True)
BINS = NetworkSettings(
    widths=(4, 8), batch_norm=True, head="bins", bins=((-40, 0), (0, 0.5), (40, 40))
)
FILE = "model.safetensors"


def _colorizer(settings: NetworkSettings = TINY, **decoding: Any) -> Colorizer:
    network = build_network(settings, seed=1).half().float()  # what a checkpoint can hold
    info = CheckpointInfo("made-up", 4, 32, settings, decoding=Decoding(**decoding))
    return Colorizer(network, info)


@pytest.mark.parametrize("settings", [TINY, BINS], ids=["ab", "bins"])
def test_what_was_saved_paints_the_same(tmp_path: Path, settings: NetworkSettings) -> None:
    """At its training size, with its own temperature and gain."""
    colorizer = _colorizer(settings, temperature=0.3, gain=1.5)
    colorizer.save_pretrained(tmp_path / "saved")
    assert {path.name for path in (tmp_path / "saved").iterdir()} == {
        "README.md",
        "config.json",
        FILE,
    }
    again = Colorizer.from_pretrained(tmp_path / "saved")
    assert again.info == colorizer.info
    assert not again.network.training
    photo = Photo(colourful(3, 50))
    np.testing.assert_array_equal(again.colorize(photo).rgb, colorizer.colorize(photo).rgb)
    assert json.loads((tmp_path / "saved" / "config.json").read_text())["size"] == 32


def _drop(tensors: dict) -> None:
    tensors.popitem()


def _add(tensors: dict) -> None:
    tensors["extra"] = torch.zeros(1)


def _reshape(tensors: dict) -> None:
    name = max(tensors, key=lambda name: tensors[name].dim())
    tensors[name] = tensors[name][None]


@pytest.mark.parametrize("change", [_drop, _add, _reshape])
def test_weights_that_do_not_fit_are_refused(tmp_path: Path, change) -> None:
    _colorizer().save_pretrained(tmp_path)
    with safe_open(tmp_path / FILE, "pt") as file:
        metadata = file.metadata()
    tensors = load_file(tmp_path / FILE)
    change(tensors)
    save_file(tensors, tmp_path / FILE, metadata)
    with pytest.raises(CheckpointError, match="its network") as refused:
        Colorizer.from_pretrained(tmp_path)
    assert_one_sentence(str(refused.value))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, f"No {FILE} could be fetched from .* name a folder"),
        (b"\x08", "cut short or damaged"),
        (b"\x80\x02}q\x00.", "is a pickle"),
    ],
)
def test_a_damaged_folder_is_refused(tmp_path: Path, content: bytes | None, says: str) -> None:
    _colorizer().save_pretrained(tmp_path)
    (tmp_path / FILE).unlink()
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    with pytest.raises((HubError, CheckpointError), match=says) as refused:
        Colorizer.from_pretrained(tmp_path)
    assert_one_sentence(str(refused.value))


def test_tensors_alone_are_no_network(tmp_path: Path) -> None:
    save_file(build_network(TINY).state_dict(), tmp_path / FILE)
    with pytest.raises(CheckpointError, match="no format version"):
        Colorizer.from_pretrained(tmp_path)


def test_push_to_hub_and_back(stand_in) -> None:
    colorizer = _colorizer(BINS, gain=1.25)
    colorizer.push_to_hub(REPO)
    again = Colorizer.from_pretrained(REPO, revision="main")
    assert again.info == colorizer.info
    for name, tensor in colorizer.network.state_dict().items():
        torch.testing.assert_close(again.network.state_dict()[name], tensor, rtol=0, atol=0)
    for place in ("someone/else", "not a name at all/"):
        with pytest.raises(HubError, match="No model") as refused:
            Colorizer.from_pretrained(place)
        assert_one_sentence(str(refused.value))
