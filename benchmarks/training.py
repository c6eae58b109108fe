"""Photos per second of our training against the textbook way, on the same network.

    python -m benchmarks.training

Textbook: a data set that opens each photo, resizes it, flips it and converts it to Lab with
scikit-image every time it is asked for, and a float32 training step on contiguous tensors.
Ours: photos decoded once, augmented as uint8, Lab batched in torch, and the precision and memory
format that `python -m train fit` measures to be the fastest on this machine. Both start from the
same JPEG files. "Step alone" leaves the photos out: one batch, again and again.
"""

import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import skimage.color
import skimage.data
import skimage.io
import skimage.transform
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

from benchmarks.timing import side_by_side
from colorizer.lab import rgb_to_lab
from colorizer.network import AB_SCALE, VARIANTS, build_network
from train.arguments import Recipe
from train.batches import Batches, cached_side
from train.loss import MeanSquaredError
from train.module import ColorTraining
from train.photos import list_photos, load_photos
from train.precision import AUTO

SIZE, BATCH, STEPS, PHOTO_SIDE = 64, 64, 4, 256


def make_photos(folder: Path, count: int) -> None:
    """JPEGs with a short side of 256 pixels, as image data sets have them, from scikit-image's."""
    rng = np.random.default_rng(0)
    pictures = [
        Image.fromarray(getattr(skimage.data, name)())
        for name in ("astronaut", "chelsea", "coffee", "rocket")
    ]
    for index in range(count):
        picture = pictures[index % len(pictures)]
        width, height = PHOTO_SIDE * 5 // 4, PHOTO_SIDE
        left = int(rng.integers(0, picture.width - width))
        top = int(rng.integers(0, picture.height - height))
        cut = picture.crop((left, top, left + width, top + height))
        cut.save(folder / f"{index:04d}.jpg", quality=90)


class Textbook(Dataset):
    def __init__(self, folder: Path) -> None:
        self.paths = sorted(folder.glob("*.jpg"))

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        picture = skimage.io.imread(self.paths[index])
        picture = skimage.transform.resize(picture, (SIZE, SIZE), anti_aliasing=True)
        if np.random.rand() < 0.5:
            picture = picture[:, ::-1]
        lab = torch.from_numpy(skimage.color.rgb2lab(picture)).float().permute(2, 0, 1)
        return lab[:1], lab[1:]


def forever(loader: DataLoader) -> Iterator:
    while True:
        yield from loader


def ours_step(training: ColorTraining) -> Callable[[Tensor], None]:
    """The step of `fit` without Lightning around it, on (N, 3, H, W) uint8."""
    optimizer = training.make_optimizer()
    training.to(memory_format=training.precision.memory_format)  # type: ignore[call-overload]

    def step(rgb: Tensor) -> None:
        loss = training.loss_of(rgb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def textbook_step() -> Callable[[Tensor, Tensor], None]:
    """The step of a plain script: float32, contiguous."""
    network = build_network(VARIANTS["batchnorm"], seed=0)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)

    def step(lightness: Tensor, ab: Tensor) -> None:
        loss = F.mse_loss(network(lightness) / AB_SCALE, ab / AB_SCALE)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "photos"
        folder.mkdir()
        make_photos(folder, BATCH * STEPS)
        photos = load_photos(
            list_photos(str(folder)), [str(folder)], cached_side(SIZE), cache=Path(temporary)
        )
        batches = Batches(photos, photos, SIZE, BATCH, seed=0)
        training = ColorTraining(
            build_network(VARIANTS["batchnorm"], seed=0), MeanSquaredError(), Recipe(), seed=0
        )
        training.settle_precision(None, AUTO, batches.sample, BATCH)
        ours, book = ours_step(training), textbook_step()
        ours_data = forever(batches.train_dataloader())
        book_data = forever(DataLoader(Textbook(folder), BATCH, shuffle=True, drop_last=True))
        rgb = batches.sample(BATCH)
        textbook_batch = rgb_to_lab(rgb).tensor_split([1], dim=1)

        def ours_epoch() -> None:
            for batch in islice(ours_data, STEPS):
                ours(batch)

        def textbook_epoch() -> None:
            for batch in islice(book_data, STEPS):
                book(*batch)

        seconds = side_by_side(
            {
                "textbook": textbook_epoch,
                "ours": ours_epoch,
                "textbook, step alone": lambda: [book(*textbook_batch) for _ in range(STEPS)],
                "ours, step alone": lambda: [ours(rgb) for _ in range(STEPS)],
            },
            rounds=7,
        )
    rates = {name: BATCH * STEPS / value for name, value in seconds.items()}
    print(f"{SIZE} px, batches of {BATCH}")
    for name, rate in rates.items():
        print(f"{name:22}{rate:8.0f} photos/s")
    print(f"ours / textbook: {rates['ours'] / rates['textbook']:.1f} x")
    print(f"step alone: {rates['ours, step alone'] / rates['textbook, step alone']:.1f} x")


if __name__ == "__main__":
    main()
