"""32 MC-dropout samples against 32 single predictions, and against their bare forward passes.

python -m benchmarks.sampling
"""

from dataclasses import replace

import numpy as np
import skimage.data
import torch

from benchmarks.timing import side_by_side
from colorizer import VARIANTS, Colorizer, Photo
from colorizer.checkpoint import CheckpointInfo
from colorizer.dropout import dropped
from colorizer.network import build_network

SAMPLES, BATCH = 32, 8
SIZES = {"dropout": 64, "transfer": 128}


def main() -> None:
    draw = np.random.default_rng(0)
    bins = tuple((float(a), float(b)) for a, b in draw.uniform(-80, 80, (190, 2)))
    photo = Photo(skimage.data.coffee())
    for variant, size in SIZES.items():
        settings = VARIANTS[variant]
        if settings.head == "bins":
            settings = replace(settings, bins=bins)
        network = build_network(settings, 0).eval()
        colorizer = Colorizer(network, CheckpointInfo(variant, 1, size, settings))
        lightness = photo.network_input(size, settings.stride)
        batch = lightness.expand(BATCH, -1, -1, -1).contiguous(memory_format=torch.channels_last)

        @torch.inference_mode()
        def bare(network=network, batch=batch) -> None:
            for start in range(0, SAMPLES, BATCH):
                with dropped(network, 0, range(start, start + BATCH)):
                    network(batch)

        def singles(colorizer=colorizer) -> None:
            for _ in range(SAMPLES):
                colorizer.predict(photo)

        def moments(colorizer=colorizer) -> None:
            colorizer.predict_samples(photo, SAMPLES, keep=False)

        seconds = side_by_side({"bare": bare, "singles": singles, "moments": moments}, rounds=9)
        print(f"{variant}, {SAMPLES} samples of a photo fed at {size} px")
        for name, value in seconds.items():
            print(f"  {name:8}{1000 * value:7.0f} ms")
        print(f"  moments / 32 single predictions: {seconds['moments'] / seconds['singles']:.2f} x")
        print(f"  moments / bare forward passes: {seconds['moments'] / seconds['bare']:.2f} x")


if __name__ == "__main__":
    main()
