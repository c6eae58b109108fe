"""Self-describing checkpoints: one safetensors file holds the weights and everything about them.

A folder of checkpoints is laid out as `<variant>/epoch-010.safetensors` and needs no registry: the
string metadata of each file names its variant, epoch, settings, decoding, calibration, metrics and
training data. Weights are stored in half precision, buffers in single; files are complete or
absent. Loading is strict: a file that lacks a tensor, has one too many or one of another shape
raises CheckpointError, and no network is returned.
"""

import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from colorizer.atomic import atomic_path
from colorizer.calibration import Calibration
from colorizer.decoding import Decoding
from colorizer.network import AB_SCALE, VARIANTS, ColorNetwork, NetworkSettings

FORMAT = "colorizer-1"
BEST = ("transfer", "batchnorm")  # the first of them that exists, else the last variant
_FILE_NAME = re.compile(r"epoch-(\d{3,})\.safetensors")


class CheckpointError(ValueError):
    """A checkpoint that cannot be used; its text is one sentence that says what to do."""


@dataclass(frozen=True)
class CheckpointInfo:
    """What a checkpoint says about itself."""

    variant: str
    epoch: int  # counted from 1
    size: int  # side in pixels of the squares it was trained on
    settings: NetworkSettings
    metrics: dict[str, float] = field(default_factory=dict)  # the epoch's row of history.csv
    data: dict[str, Any] = field(default_factory=dict)  # what it was trained on
    seed: int = 0
    versions: dict[str, str] = field(default_factory=dict)
    decoding: Decoding = field(default_factory=Decoding)
    calibration: Calibration = field(default_factory=Calibration)

    def __post_init__(self) -> None:
        if self.decoding.calm and len(self.decoding.rarity) != len(self.settings.bins):
            raise ValueError("calm needs the rarity of every bin.")

    @property
    def hint_unit(self) -> float:
        """Lab units that are 1 in the hints a network takes."""
        # What a network with an embedding takes over from a hint is multiplied by the gain when
        # decoded.
        return AB_SCALE * (self.decoding.gain if self.settings.embedding else 1)


def file_name(epoch: int) -> str:
    return f"epoch-{epoch:03d}.safetensors"


def save_checkpoint(path: str | os.PathLike, network: ColorNetwork, info: CheckpointInfo) -> None:
    """Write `network` and `info` to `path`, completely or not at all.

    Raises CheckpointError if a weight is not finite in half precision.
    """
    path = Path(path)
    tensors = stored_tensors(network, path.name)
    write_atomically(tensors, path, as_metadata(info))


def as_metadata(info: CheckpointInfo) -> dict[str, str]:
    """The string metadata of a checkpoint's file."""
    return {
        "format": FORMAT,
        "variant": info.variant,
        "epoch": str(info.epoch),
        "size": str(info.size),
        "settings": json.dumps(asdict(info.settings)),
        "decoding": json.dumps(asdict(info.decoding)),
        "calibration": json.dumps(asdict(info.calibration)),
        "metrics": json.dumps(info.metrics),
        "data": json.dumps(info.data),
        "seed": str(info.seed),
        "versions": json.dumps(info.versions),
    }


def stored_tensors(network: nn.Module, name: str) -> dict[str, torch.Tensor]:
    """The tensors of `network` for the file `name`: weights as float16, on the CPU.

    Buffers keep their precision: a running variance of batch norm may exceed float16's 65,504.
    Raises CheckpointError if one of them is not finite.
    """
    tensors = {}
    weights = {key for key, _ in network.named_parameters()}
    for key, tensor in network.state_dict().items():
        tensor = tensor.detach().cpu()
        tensors[key] = tensor.half().contiguous() if key in weights else tensor
        if not torch.isfinite(tensors[key]).all():
            raise CheckpointError(
                f"{name} was not written: its weights are not finite; "
                "the training diverged; lower --lr."
            )
    return tensors


def write_atomically(
    tensors: dict[str, torch.Tensor], path: Path, metadata: dict[str, str]
) -> None:
    """A safetensors file that is complete or absent, whenever the process is killed."""
    with atomic_path(path) as temporary:
        # Not save_file: it writes under a random name first, which a kill would leave for ever.
        temporary.write_bytes(save(tensors, metadata))


def read_info(path: str | os.PathLike) -> CheckpointInfo:
    """What a checkpoint says about itself, from its header alone. Raises CheckpointError."""
    with _opened(Path(path)) as file:
        return _parse_info(Path(path), file.metadata())


def load_checkpoint(path: str | os.PathLike) -> tuple[ColorNetwork, CheckpointInfo]:
    """The network in float32 and eval mode, and what the checkpoint says about itself.

    Raises CheckpointError with one sentence unless the file holds every tensor of the network and
    no other, all shapes agree and all values are finite.
    """
    path = Path(path)
    with _opened(path) as file:
        info = _parse_info(path, file.metadata())
        try:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except (SafetensorError, OSError, ValueError) as error:
            raise _damaged(path) from error
    network = ColorNetwork(info.settings)
    expected = network.state_dict()
    _compare(path, expected, tensors)
    network.load_state_dict({n: t.to(expected[n].dtype) for n, t in tensors.items()}, strict=True)
    return network.eval(), info


def _compare(path: Path, expected: dict, found: dict) -> None:
    if missing := sorted(expected.keys() - found.keys()):
        raise CheckpointError(
            f"{path.name} lacks {len(missing)} of its network's tensors, {missing[0]} first; "
            "use the file as it was trained, or train it again."
        )
    if extra := sorted(found.keys() - expected.keys()):
        raise CheckpointError(
            f"{path.name} holds {len(extra)} tensors that its network lacks, {extra[0]} first; "
            "use the file as it was trained, or train it again."
        )
    for name, tensor in found.items():
        if tensor.shape != expected[name].shape:
            raise CheckpointError(
                f"{path.name}: {name} has shape {tuple(tensor.shape)} where its network has "
                f"{tuple(expected[name].shape)}; "
                "use the file as it was trained, or train it again."
            )
        if not torch.isfinite(tensor).all():
            raise CheckpointError(
                f"{path.name}: {name} holds values that are not finite; "
                "use the file as it was trained, or train it again."
            )


def _damaged(path: Path) -> CheckpointError:
    return CheckpointError(f"{path.name} is cut short or damaged; fetch or train it again.")


def _opened(path: Path):
    try:
        with path.open("rb") as file:
            head = file.read(200)
    except OSError:
        raise CheckpointError(
            f"There is no checkpoint at {path}; train one with `python -m train fit`."
        ) from None
    if head.startswith(b"version https://git-lfs"):
        raise CheckpointError(
            f"{path.name} is a Git LFS pointer, not the weights; run `git lfs pull`."
        )
    # A safetensors file starts with the length of its header, then the header's "{".
    if head.startswith(b"PK\x03\x04") or (head.startswith(b"\x80") and head[8:9] != b"{"):
        raise CheckpointError(
            f"{path.name} is a pickle, which can run code when opened; only safetensors are read."
        )
    try:
        return safe_open(path, framework="pt", device="cpu")
    except (SafetensorError, OSError) as error:
        raise _damaged(path) from error


def _parse_info(path: Path, metadata: dict[str, str] | None) -> CheckpointInfo:
    metadata = metadata or {}
    if metadata.get("format") != FORMAT:
        found = metadata.get("format", "no format version")
        raise CheckpointError(
            f"{path.name} has {found}, but only {FORMAT} can be read; "
            "make checkpoints with this version's `python -m train fit`."
        )
    try:
        settings = json.loads(metadata["settings"])
        if settings.get("smooth") == 0:  # a setting of older files, which did nothing at 0
            del settings["smooth"]
        return CheckpointInfo(
            variant=metadata["variant"],
            epoch=int(metadata["epoch"]),
            size=int(metadata["size"]),
            settings=NetworkSettings(**settings),
            decoding=Decoding(**json.loads(metadata.get("decoding", "{}"))),
            calibration=Calibration(**json.loads(metadata.get("calibration", "{}"))),
            metrics=json.loads(metadata["metrics"]),
            data=json.loads(metadata["data"]),
            seed=int(metadata["seed"]),
            versions=json.loads(metadata["versions"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckpointError(
            f"The metadata of {path.name} cannot be read ({error}); fetch or train it again."
        ) from error


def list_checkpoints(folder: str | os.PathLike) -> dict[str, dict[int, Path]]:
    """The checkpoints below `folder`, as {variant: {epoch: path}}, epochs ascending.

    Variants come in the story's order, followed by unknown ones sorted by name.
    """
    found: dict[str, dict[int, Path]] = {}
    for path in Path(folder).glob("*/epoch-*.safetensors"):
        if match := _FILE_NAME.fullmatch(path.name):
            found.setdefault(path.parent.name, {})[int(match[1])] = path
    order = list(VARIANTS)
    rank = {name: (order.index(name) if name in order else math.inf, name) for name in found}
    return {name: dict(sorted(found[name].items())) for name in sorted(found, key=rank.__getitem__)}


def best(checkpoints: Mapping[str, Mapping[int, Path]]) -> tuple[str, int]:
    """The variant and epoch to colour with unless others are chosen: `BEST`, at its last epoch.

    checkpoints: as `list_checkpoints` gives them. Raises CheckpointError if there are none.
    """
    if not checkpoints:
        raise CheckpointError(
            "There are no checkpoints; give their folder as --checkpoints, or make some with "
            "`python -m train fit`."
        )
    variant = next((name for name in BEST if name in checkpoints), list(checkpoints)[-1])
    return variant, max(checkpoints[variant])


def look_up(
    checkpoints: Mapping[str, Mapping[int, Path]],
    variant: str | None = None,
    epoch: int | None = None,
) -> Path:
    """The path of a checkpoint: by default of the `best` variant, and of its last epoch.

    Raises CheckpointError, which names the choices, if it does not exist.
    """
    first, _ = best(checkpoints)
    variant = first if variant is None else variant
    if variant not in checkpoints:
        raise CheckpointError(
            f"There is no variant {variant!r}; choose among {', '.join(checkpoints)}."
        )
    epochs = checkpoints[variant]
    epoch = max(epochs) if epoch is None else epoch
    if epoch not in epochs:
        raise CheckpointError(
            f"{variant} has no checkpoint of epoch {epoch}; "
            f"choose among {', '.join(map(str, epochs))}."
        )
    return epochs[epoch]
