"""Checkpoints of a folder or of the Hub, through a stand-in."""

import shutil
import socket
from pathlib import Path

import numpy as np
import pytest
from helpers import assert_one_sentence, colourful
from hub_stand_in import HubStandIn
from huggingface_hub import constants

from colorizer import Colorizer, Photo, hub, paint
from colorizer.checkpoint import CheckpointInfo, file_name, save_checkpoint
from colorizer.hub import HubError, checkpoints_or_local, find_checkpoints
from colorizer.network import NetworkSettings, build_network

REPO = "someone/colours"
TINY = NetworkSettings(widths=(4, 8), batch_norm=True)
BINS = NetworkSettings(
    widths=(4, 8), batch_norm=True, head="bins", bins=((-40, 0), (0, 0.5), (40, 40))
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "made"
    for variant, epoch in (("batchnorm", 1), ("batchnorm", 2), ("rebalanced", 1)):
        settings = BINS if variant == "rebalanced" else TINY
        (folder / variant).mkdir(parents=True, exist_ok=True)
        network = build_network(settings, seed=epoch)
        info = CheckpointInfo(variant, epoch, 32, settings)
        save_checkpoint(folder / variant / file_name(epoch), network, info)
        # Different in each, because the cache keeps equal files once.
        (folder / variant / "history.csv").write_text(f"epoch\n{len(variant)}\n")
    (folder / "README.md").write_text("# Card\n")
    return folder


@pytest.fixture
def published(stand_in: HubStandIn, folder: Path) -> str:
    """The commit that holds `folder`, a picture and a script in the stand-in."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    extra = {"batchnorm/grid.png": b"picture", "run.py": b"print()", "model.safetensors": b"{}"}
    return stand_in.commit("model", REPO, {**files, **extra})


def painted(folder: Path, name: str) -> np.ndarray:
    photo = Photo(colourful(3, 40))
    return paint(photo, Colorizer.from_checkpoint(folder / name).predict(photo))


def assert_refused(place: str, says: str) -> None:
    with pytest.raises(HubError, match=says) as refused:
        find_checkpoints(place)
    assert_one_sentence(str(refused.value))
    found, notice = checkpoints_or_local(place)
    assert found == hub.LOCAL
    assert notice.startswith(str(refused.value))
    assert "come with it" in notice


def test_a_folder_the_variable_and_the_default(folder: Path, monkeypatch) -> None:
    monkeypatch.delenv("COLORIZER_CHECKPOINTS", raising=False)
    assert find_checkpoints() == hub.LOCAL
    monkeypatch.setenv("COLORIZER_CHECKPOINTS", str(folder))
    assert find_checkpoints() == folder
    assert find_checkpoints(str(hub.LOCAL)) == hub.LOCAL
    assert checkpoints_or_local() == (folder, "")


@pytest.mark.parametrize("revision", ["commit", "v1", "main"])
def test_what_was_published_paints_the_same(stand_in, folder, published, revision) -> None:
    stand_in.refs["model", REPO]["v1"] = published
    found = find_checkpoints(f"hf://{REPO}@{published if revision == 'commit' else revision}")
    assert found.name == published
    names = sorted(path.relative_to(found).as_posix() for path in found.rglob("*.*"))
    assert names == [
        "README.md",
        "batchnorm/epoch-001.safetensors",
        "batchnorm/epoch-002.safetensors",
        "batchnorm/history.csv",
        "rebalanced/epoch-001.safetensors",
        "rebalanced/history.csv",
    ]
    for name in ("batchnorm/epoch-002.safetensors", "rebalanced/epoch-001.safetensors"):
        np.testing.assert_array_equal(painted(found, name), painted(folder, name))


def test_the_cache_is_asked_before_the_network(stand_in, published) -> None:
    place = f"hf://{REPO}@main"
    found = find_checkpoints(place)
    stand_in.requests.clear()
    stand_in.commit("model", REPO, {})
    assert find_checkpoints(place) == found
    assert stand_in.requests == []


def test_a_download_broken_off_is_completed(stand_in, published) -> None:
    place = f"hf://{REPO}@{published}"
    stand_in.served["batchnorm/epoch-002.safetensors"] = None
    assert_refused(place, f"^{REPO}@{published} lacks a file that it lists; name another")
    stand_in.served.clear()
    assert len(list(find_checkpoints(place).glob("*/epoch-*.safetensors"))) == 3


def test_wrong_places(stand_in, published, tmp_path: Path) -> None:
    assert_refused("hf://someone/nothing@v1", "no repository someone/nothing .* check the name")
    assert_refused(
        f"hf://{REPO}@v9", f"^{REPO} has no revision v9; name one of its commits or tags"
    )
    assert_refused(f"hf://{REPO}@{'0' * 40}", "has no revision 000")
    assert_refused(f"hf://{REPO}", "names no fixed revision of a repository; write hf://USER/NAME@")
    assert_refused("hf://colours@v1", "write hf://USER/NAME@REVISION")
    assert_refused(
        str(tmp_path / "nowhere"), "There are no checkpoints in .*nowhere; name a folder"
    )
    assert_refused("https://example.com/x", "There are no checkpoints in https:.*; name a folder")
    commit = stand_in.commit("model", "someone/empty", {"README.md": b"# Nothing"})
    assert_refused(f"hf://someone/empty@{commit}", "holds no checkpoints; make some and publish")


@pytest.mark.parametrize("name", ["batchnorm/epoch-001.safetensors", "batchnorm/history.csv"])
def test_a_file_that_the_hub_sent_changed_is_refused(stand_in, published, name) -> None:
    content = stand_in.files("model", REPO)[name]
    stand_in.served[name] = content[:-1] + bytes([content[-1] ^ 1])
    assert_refused(
        f"hf://{REPO}@{published}", f"^{name} is not the file that the Hub lists; delete"
    )


def test_a_file_changed_in_the_cache_is_refused_until_deleted(stand_in, published) -> None:
    place = f"hf://{REPO}@{published}"
    found = find_checkpoints(place)
    file = found / "rebalanced" / "epoch-001.safetensors"
    damaged = bytearray(file.read_bytes())
    damaged[-1] ^= 1
    file.write_bytes(damaged)
    assert_refused(place, "^rebalanced/epoch-001.safetensors is not the file that the Hub lists")
    shutil.rmtree(found.parent.parent)
    assert find_checkpoints(place) == found


def test_without_cache_and_network_one_attempt_is_made(stand_in, monkeypatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        closed = busy.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{closed}")
    attempts = []
    connect = socket.create_connection
    monkeypatch.setattr(
        socket,
        "create_connection",
        lambda *args, **kw: attempts.append(args) or connect(*args, **kw),
    )
    with pytest.raises(HubError, match="not in the cache and the Hub cannot be reached") as refused:
        find_checkpoints(f"hf://{REPO}@v1")
    assert_one_sentence(str(refused.value))
    assert [address for (address, *_) in attempts] == [("127.0.0.1", closed)]


def test_offline_mode_uses_the_cache_and_says_when_it_is_empty(
    stand_in, published, monkeypatch
) -> None:
    found = find_checkpoints(f"hf://{REPO}@{published}")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert find_checkpoints(f"hf://{REPO}@{published}") == found
    assert_refused("hf://someone/else@v1", "not in the cache and the Hub cannot be reached")


def test_the_app_says_what_it_fell_back_from() -> None:
    from app import build_demo
    from interface.text import say

    folder, notice = checkpoints_or_local("hf://colours")
    components = build_demo(folder, bool(notice)).get_config_file()["components"]
    said = say("checkpoints_instead")
    assert said in [component["props"].get("value") for component in components]
