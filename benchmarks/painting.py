"""Colour along the photo's edges against bilinear colour: error near edges, and time.

    python -m benchmarks.painting

The error: a photograph's own ab, shrunk to the size networks predict, painted back at full size.
The time: `paint` alone, and from file to file.
"""

import tempfile
from pathlib import Path

import numpy as np
import skimage.data
import torch
from torch.nn import functional as F

from benchmarks.timing import side_by_side
from colorizer import Photo, paint
from colorizer.writing import write_picture

NAMES = ["astronaut", "chelsea", "coffee", "rocket", "motorcycle_left"]
SIDES = (32, 64)  # of ab: a quarter of 128 pixels, half of 128


def photograph(name: str) -> np.ndarray:
    """(H, W, 3) uint8: one of scikit-image's, grey ones included."""
    if name == "motorcycle_left":
        return skimage.data.stereo_motorcycle()[0]
    picture = getattr(skimage.data, name)()
    return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)


def near_edges(photo: Photo) -> torch.Tensor:
    """(H, W): within four pixels of the steepest tenth of all steps in lightness."""
    lightness = photo.lightness
    steps = torch.zeros_like(lightness)
    steps[..., :-1] += lightness.diff(dim=-1).square()
    steps[..., :-1, :] += lightness.diff(dim=-2).square()
    steep = (steps > np.quantile(steps.numpy(), 0.9)).float()
    return F.max_pool2d(steep, 9, 1, 4)[0].bool()


def main() -> None:
    print("Mean ab error near edges, Lab units: bilinear, guided")
    for side in SIDES:
        for name in NAMES:
            photo = Photo(photograph(name))
            edges = near_edges(photo)
            scale = side / min(photo.width, photo.height)
            small = [round(photo.height * scale), round(photo.width * scale)]
            ab = F.interpolate(photo.lab[None, 1:], small, mode="area")[0]
            errors = []
            for guided in (False, True):
                off = Photo(paint(photo, ab, guided)).lab[1:] - photo.lab[1:]
                errors.append(torch.hypot(*off)[edges].mean().item())
            print(f"{side} px {name:16} {errors[0]:5.2f} {errors[1]:5.2f}")

    with tempfile.TemporaryDirectory() as temporary:
        photo = Photo(np.ascontiguousarray(np.tile(photograph("coffee"), (4, 4, 1))))
        ab = F.interpolate(photo.lab[None, 1:], (32, 48), mode="area")[0]
        path = Path(temporary) / "photo.png"
        write_picture(photo.rgb, path, "benchmark")

        def whole(guided: bool) -> None:
            opened = Photo.open(path)
            write_picture(paint(opened, ab, guided), path.with_name("out.png"), "benchmark")

        seconds = side_by_side(
            {
                "bilinear, paint": lambda: paint(photo, ab, guided=False),
                "guided, paint": lambda: paint(photo, ab, guided=True),
                "bilinear, file to file": lambda: whole(guided=False),
                "guided, file to file": lambda: whole(guided=True),
            },
            rounds=7,
        )
    print(f"\n{photo.width} x {photo.height} pixels")
    for name, value in seconds.items():
        print(f"{name:24}{1000 * value:7.0f} ms")
    for part in ("paint", "file to file"):
        ratio = seconds[f"guided, {part}"] / seconds[f"bilinear, {part}"]
        print(f"guided / bilinear, {part}: {ratio:.2f} x")


if __name__ == "__main__":
    main()
