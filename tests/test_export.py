"""`python -m colorizer export`: what it writes, what it says, and what it says of bad input."""

import sys
from pathlib import Path

import onnx
import pytest
from helpers import assert_one_sentence

from colorizer.__main__ import main
from colorizer.checkpoint import CheckpointInfo, save_checkpoint
from colorizer.network import STORY, build_network


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoints")
    (folder / "baseline").mkdir()
    for epoch in (1, 2):
        info = CheckpointInfo("baseline", epoch, 32, STORY["baseline"])
        network = build_network(STORY["baseline"], epoch)
        save_checkpoint(folder / "baseline" / f"epoch-00{epoch}.safetensors", network, info)
    return folder


def epoch_of(path: Path) -> str:
    return {entry.key: entry.value for entry in onnx.load(path).metadata_props}["epoch"]


def test_the_best_checkpoint_or_the_named_one_is_written(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.onnx"
    assert main(["export", "--onnx", str(out), "--checkpoints", str(checkpoints)]) == 0
    assert epoch_of(out) == "2"
    said = capsys.readouterr().out
    assert_one_sentence(said.strip().replace(str(out), "out"))
    assert "1,0" in said, "the sizes, in KB"
    first = checkpoints / "baseline" / "epoch-001.safetensors"
    assert main(["export", "--onnx", str(out), str(first), "--precision", "int8"]) == 0
    assert epoch_of(out) == "1"
    assert " dB from the checkpoint's." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--onnx", "{tmp}/out.onnx", "{tmp}/none.safetensors"], "There is no checkpoint at"),
        (["--onnx", "{tmp}/out.onnx", "{tmp}/bad.safetensors"], "cut short or damaged"),
        (["--onnx", "{tmp}/out.onnx", "--checkpoints", "nowhere"], "no checkpoints in nowhere"),
        (["--onnx", "{tmp}/no/out.onnx"], "could not be written"),
    ],
)
def test_bad_input_is_one_sentence(
    words: list[str],
    told: str,
    checkpoints: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "bad.safetensors").write_bytes(b"\x10")
    words = [word.format(tmp=tmp_path) for word in words]
    if "--checkpoints" not in words:
        words += ["--checkpoints", str(checkpoints)]
    assert main(["export", *words]) == 2
    said = capsys.readouterr().err.removeprefix("error: ").strip()
    assert told in said
    assert_one_sentence(said.replace(".safetensors", "").replace("out.onnx", "out"))
    assert not (tmp_path / "out.onnx").exists()


def test_without_its_packages_it_says_what_to_install(
    checkpoints: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "colorizer.onnx_model", raising=False)
    monkeypatch.setitem(sys.modules, "onnx_ir", None)
    assert main(["export", "--onnx", str(tmp_path / "a"), "--checkpoints", str(checkpoints)]) == 2
    said = capsys.readouterr().err.removeprefix("error: ").strip()
    assert "pip install onnx" in said
    assert_one_sentence(said)
