"""The cost of a grid of 3 x 7 checkpoints against the bare forward passes of those checkpoints.

    python -m benchmarks.grid

The grid decodes a 512-pixel photo, predicts, paints 21 small pictures and measures their colour;
the bare passes feed the 21 networks with an input that is already there.
"""

import itertools
import os
import tempfile
from pathlib import Path

import skimage.data
import torch
from PIL import Image

from benchmarks.timing import side_by_side
from colorizer import Photo
from colorizer.checkpoint import CheckpointInfo, file_name, save_checkpoint
from colorizer.network import STORY, build_network
from interface.engine.engine import Engine
from interface.engine.settings import Settings
from interface.engine.subject import Subject

EPOCHS = range(1, 8)
SIZE = 64


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        for variant, settings in STORY.items():
            (root / variant).mkdir()
            for epoch in EPOCHS:
                info = CheckpointInfo(variant, epoch, SIZE, settings)
                save_checkpoint(
                    root / variant / file_name(epoch), build_network(settings, epoch), info
                )
        engine = Engine(root, root / "pictures")
        chosen = [Settings(variant, epoch) for variant in STORY for epoch in EPOCHS]
        networks = [engine.checkpoints.colorizer(s.variant, s.epoch).network for s in chosen]
        path = root / "photo.jpg"
        Image.fromarray(skimage.data.astronaut()).save(path, quality=92)
        lightness = Photo.open(path).network_input(SIZE, networks[0].settings.stride)
        turns = itertools.count(1)

        @torch.inference_mode()
        def bare() -> None:
            for network in networks:
                network(lightness)

        def grid() -> None:
            os.utime(path, (0, next(turns)))  # a new file: nothing is remembered from the last turn
            assert sum(map(len, engine.grid(Subject(path), chosen))) == len(chosen)

        seconds = side_by_side({"bare": bare, "grid": grid}, rounds=45)
    print(f"bare forward passes of {len(chosen)} checkpoints: {1000 * seconds['bare']:.0f} ms")
    print(f"grid, photo to {len(chosen)} pictures: {1000 * seconds['grid']:.0f} ms")
    print(f"grid / bare: {seconds['grid'] / seconds['bare']:.2f} x")


if __name__ == "__main__":
    main()
