"""ONNX files: the same colours as torch's, and all that a stranger needs to use them."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import onnx
import pytest
import torch

from colorizer.checkpoint import (
    CheckpointInfo,
    as_metadata,
    list_checkpoints,
    load_checkpoint,
    read_info,
    save_checkpoint,
)
from colorizer.decoding import Decoding
from colorizer.efficientnet import SCALES
from colorizer.errors import ExportError
from colorizer.hub import LOCAL
from colorizer.network import STORY, VARIANTS, NetworkSettings, build_network
from colorizer.onnx_model import (
    Graph,
    _compare,
    difference,
    example,
    first_output,
    onnx_model,
    painted_psnr,
    session,
    write_onnx,
)

SHIPPED = {variant: epochs[max(epochs)] for variant, epochs in list_checkpoints(LOCAL).items()}
BINS = ((-40.0, 0.0), (0.0, 0.0), (40.0, 40.0), (0.0, -40.0))
TINY = {
    "ab": replace(STORY["dropout"], widths=(4, 8)),
    "bins": replace(VARIANTS["rebalanced"], widths=(4, 8), bins=BINS),
}


@pytest.fixture(scope="module", params=SHIPPED)
def shipped(
    request: pytest.FixtureRequest, exported: Callable[[Path], onnx.ModelProto]
) -> tuple[onnx.ModelProto, Path]:
    """A shipped network, and its checkpoint."""
    path = SHIPPED[request.param]
    return exported(path), path


def tiny(folder: Path, settings: NetworkSettings, decoding: Decoding | None = None) -> Path:
    path = folder / "epoch-001.safetensors"
    info = CheckpointInfo("tiny", 1, 32, settings, decoding=decoding or Decoding())
    save_checkpoint(path, build_network(settings, 1), info)
    return path


def graph_of(path: Path) -> Graph:
    network, info = load_checkpoint(path)
    return Graph(network, info.decoding)


def test_every_shipped_network_gives_the_colours_of_torch(shipped) -> None:
    """At three sizes and aspects, with hints and without, to a thousandth of a Lab unit."""
    model, path = shipped
    graph, runtime = graph_of(path), session(model.SerializeToString())
    random = np.random.default_rng(5)
    for high, wide in ((5, 5), (5, 8), (20, 5)):
        feeds = example(graph, high, wide, random)
        assert difference(runtime, graph, feeds) < 1e-3
        without = {name: value for name, value in feeds.items() if name != "hints"}
        assert difference(runtime, graph, without) < 1e-3
        if "hints" in feeds:
            with_hints = first_output(runtime, graph, feeds)
            assert np.abs(with_hints - first_output(runtime, graph, without)).max() > 1


def test_hints_that_spread_by_attention_are_exported_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An encoder of all kinds of layers, but each stage once.
    monkeypatch.setitem(SCALES, "lite0", (1.0, 0.25))
    settings = replace(VARIANTS["transfer"], bins=BINS, embedding=8)
    path = tiny(tmp_path, settings)
    model, graph = onnx_model(path), graph_of(path)  # compares them, with hints and without
    feeds = example(graph, 3, 4, np.random.default_rng(1))
    assert difference(session(model.SerializeToString()), graph, feeds) < 1e-3


def test_a_file_is_as_large_as_its_checkpoint_and_describes_itself(shipped) -> None:
    model, path = shipped
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    said = len(metadata["model_card"].encode())
    assert model.ByteSize() - said < 1.03 * path.stat().st_size
    info = read_info(path)
    assert as_metadata(info).items() <= metadata.items()
    assert json.loads(metadata["bins"]) == [list(pair) for pair in info.settings.bins]
    assert metadata["stride"] == str(info.settings.stride)
    assert "MIT" in metadata["license"]
    assert ("Apache License 2.0" in metadata["license"]) == bool(info.settings.scale)
    assert all(value.doc_string for value in [*model.graph.input, *model.graph.output])
    assert not any(node.doc_string or node.metadata_props for node in model.graph.node)


def test_padding_is_explicit(shipped) -> None:
    model, _ = shipped
    convolutions = [node for node in model.graph.node if node.op_type == "Conv"]
    assert len(convolutions) > 5
    for node in convolutions:
        for attribute in node.attribute:
            assert attribute.name != "auto_pad" or attribute.s == b"NOTSET"


def test_temperature_and_gain_are_inputs(tmp_path: Path) -> None:
    path = tiny(tmp_path, TINY["bins"], Decoding(temperature=0.5, gain=1.5))
    graph, runtime = graph_of(path), session(onnx_model(path).SerializeToString())
    feeds = {"lightness": example(graph, 4, 4, np.random.default_rng(0))["lightness"]}

    def run(**more: float) -> list[np.ndarray]:
        values = {name: np.array(value, np.float32) for name, value in more.items()}
        return cast(list[np.ndarray], runtime.run(None, {**feeds, **values}))

    usual, _ = run()
    np.testing.assert_array_equal(run(temperature=0.5)[0], usual)
    np.testing.assert_allclose(run(gain=3)[0], 2 * usual, rtol=1e-5)
    bold, logits = run(temperature=1e-4)
    likeliest = np.array(BINS)[logits[0].argmax(0)]
    np.testing.assert_allclose(bold[0].transpose(1, 2, 0), 1.5 * likeliest, atol=0.01)


def test_only_lightness_is_required(tmp_path: Path) -> None:
    path = tiny(tmp_path, TINY["bins"])
    runtime = session(onnx_model(path).SerializeToString())
    assert [value.name for value in runtime.get_inputs()] == ["lightness"]
    optional = [value.name for value in runtime.get_overridable_initializers()]
    assert optional == ["temperature", "gain"]


def test_fp16_is_exact_and_int8_half_the_size() -> None:
    path = SHIPPED["batchnorm"]
    graph, sizes, colours = graph_of(path), {}, {}
    feeds = example(graph, 8, 8, np.random.default_rng(0))
    for precision in ("fp32", "fp16", "int8"):
        model = onnx_model(path, precision)
        del model.metadata_props[:]
        sizes[precision] = model.ByteSize()
        colours[precision] = first_output(session(model.SerializeToString()), graph, feeds)
    np.testing.assert_array_equal(colours["fp16"], colours["fp32"])
    assert sizes["fp16"] < 0.52 * sizes["fp32"]
    assert sizes["int8"] < 0.55 * sizes["fp16"]
    assert 0.01 < np.abs(colours["int8"] - colours["fp32"]).max() < 10
    assert 30 < painted_psnr(model, path) < 60


def test_a_file_with_other_colours_is_refused(tmp_path: Path) -> None:
    path = tiny(tmp_path, TINY["ab"])
    model, graph = onnx_model(path), graph_of(path)
    _compare(model, graph)
    with torch.no_grad():
        next(graph.network.parameters()).mul_(1.1)
    with pytest.raises(ExportError, match="would differ"):
        _compare(model, graph)


def test_files_are_complete_or_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, out = tiny(tmp_path, TINY["ab"]), tmp_path / "out.onnx"
    write_onnx(path, out)
    before = out.read_bytes()
    monkeypatch.setattr("colorizer.onnx_model.TOLERANCE", -1.0)
    with pytest.raises(ExportError):
        write_onnx(path, out)
    assert out.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["epoch-001.safetensors", "out.onnx"]
