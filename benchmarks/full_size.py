"""A photo at full size, file to file, against the textbook pipeline with the same network.

    python -m benchmarks.full_size

Textbook: scikit-image's rgb2lab, ab enlarged bilinearly, lab2rgb, saved by Pillow. Both read the
same JPEG and write the same kind of file, once JPEG and once PNG. Each contestant runs in a process
of its own, which also reports its peak memory; times exclude starting Python and loading the
network.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from colorizer import Colorizer
from colorizer.checkpoint import CheckpointInfo, save_checkpoint
from colorizer.network import STORY, build_network

KINDS = ("jpg", "png")
SIZES = {"12 megapixels": (4000, 3000), "512 x 384": (512, 384)}
ROUNDS = 5


def textbook(colorizer: Colorizer, photo: Path, out: Path) -> None:
    from skimage.color import lab2rgb, rgb2lab
    from skimage.io import imread
    from skimage.transform import resize

    rgb = imread(photo)
    lab = rgb2lab(rgb)
    height, width = rgb.shape[:2]
    size, stride = colorizer.info.size, colorizer.network.settings.stride
    scale = size / min(height, width)
    shape = [max(1, round(side * scale / stride)) * stride for side in (height, width)]
    lightness = resize(lab[..., 0], shape, anti_aliasing=True)
    with torch.inference_mode():
        ab = colorizer.network(torch.from_numpy(lightness).float()[None, None])[0]
    lab[..., 1:] = resize(ab.permute(1, 2, 0).numpy(), (height, width), order=1)
    painted = np.round(255 * lab2rgb(lab)).astype(np.uint8)
    Image.fromarray(painted).save(out, quality=95, subsampling=0)  # PNG ignores these


def ours(colorizer: Colorizer, photo: Path, out: Path) -> None:
    colorizer.colorize(photo).save(out)


CONTESTANTS = {"textbook": textbook, "ours": ours}


def _alone(name: str, checkpoint: str, photo: str, out: str) -> None:
    """In a process of its own: prints the median seconds and the peak of memory in MB."""
    colorizer = Colorizer.from_checkpoint(checkpoint)
    seconds = []
    for _ in range(ROUNDS if name == "ours" else 3):
        started = time.perf_counter()
        CONTESTANTS[name](colorizer, Path(photo), Path(out))
        seconds.append(time.perf_counter() - started)
    print(json.dumps([sorted(seconds)[len(seconds) // 2], peak()]))


def peak(process: int | str = "self") -> float:
    """MB. (getrusage would report the process that started this one, if it was larger.)"""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise SystemExit("Peak memory is read from /proc, which this system does not have.")


def main() -> None:
    import skimage.data

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        settings = STORY["batchnorm"]
        checkpoint = folder / "epoch-001.safetensors"
        info = CheckpointInfo("batchnorm", 1, 64, settings)
        save_checkpoint(checkpoint, build_network(settings, 0), info)
        for words, size in SIZES.items():
            photo = folder / "photo.jpg"
            large = Image.fromarray(skimage.data.coffee()).resize(size, Image.Resampling.LANCZOS)
            grain = np.random.default_rng(0).normal(0, 4, (*size[::-1], 1))  # as from a camera
            noisy = np.clip(np.asarray(large) + grain, 0, 255).astype(np.uint8)
            Image.fromarray(noisy).save(photo, quality=92)
            for kind in KINDS:
                compare(f"{words}, JPEG to {kind}", checkpoint, photo, folder / f"out.{kind}")


def compare(words: str, checkpoint: Path, photo: Path, out: Path) -> None:
    found = {}
    for name in CONTESTANTS:
        files = [str(checkpoint), str(photo), str(out)]
        command = [sys.executable, "-m", "benchmarks.full_size", name, *files]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found[name] = json.loads(done.stdout)
        size = out.stat().st_size / 1e6
        seconds, memory = found[name]
        print(f"{words}, {name}: {seconds:.3f} s, {memory:.0f} MB, a file of {size:.2f} MB")
    time_ratio, memory_ratio = (
        ours / book for ours, book in zip(found["ours"], found["textbook"], strict=True)
    )
    print(f"{words}: {time_ratio:.2f} x the time, {memory_ratio:.2f} x the memory\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _alone(*sys.argv[1:])
    else:
        main()
