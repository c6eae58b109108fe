"""The transfer network at 256 pixels against a plain network of 11 GFLOP: in float32, as the app
runs it, and in bf16 with channels_last, which suits processors with AMX.

python -m benchmarks.network
"""

from dataclasses import replace
from functools import partial

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.timing import side_by_side
from colorizer import VARIANTS
from colorizer.network import build_network

SIDE = 256


def plain() -> nn.Module:
    """3x3 convolutions down to a quarter and up again, about 11 GFLOP at 256 pixels."""
    layers: list[nn.Module] = []
    channels = 1
    for width, stride in (
        (32, 1),
        (64, 2),
        (64, 1),
        (128, 2),
        (128, 1),
        (128, 1),
        (128, 1),
        (128, 1),
        (128, 1),
    ):
        layers += [nn.Conv2d(channels, width, 3, stride, 1), nn.ReLU(inplace=True)]
        channels = width
    layers += [nn.Upsample(scale_factor=2), nn.Conv2d(channels, 64, 3, 1, 1), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, nn.Conv2d(64, 2, 3, 1, 1))


def gflop(network: nn.Module, x: torch.Tensor) -> float:
    """Multiplications and additions counted one by one."""
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        network(x)
    return counter.get_total_flops() / 1e9


def main() -> None:
    bins = tuple((float(i), 0.0) for i in range(190))
    ours = build_network(replace(VARIANTS["transfer"], bins=bins), 0)
    x = torch.full((1, 1, SIDE, SIDE), 50.0)
    networks = {"plain": plain().eval(), "transfer": ours.eval()}
    for name, network in networks.items():
        print(f"{name}: {gflop(network, x):.1f} GFLOP at {SIDE} px")

    @torch.inference_mode()
    def run(name: str, bf16: bool) -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            networks[name](x)

    for precision, layout in {
        "float32": torch.contiguous_format,
        "bf16": torch.channels_last,
    }.items():
        for network in networks.values():
            network.to(memory_format=layout)  # type: ignore[call-overload]
        seconds = side_by_side(
            {name: partial(run, name, precision == "bf16") for name in networks}, rounds=15
        )
        for name, value in seconds.items():
            print(f"{precision}, {name}: {1000 * value:.1f} ms")
        print(f"{precision}, transfer / plain: {seconds['transfer'] / seconds['plain']:.2f} x")


if __name__ == "__main__":
    main()
