"""Photos per second of our training against the textbook way, on the same network.

    python -m benchmarks.training

Textbook: a data set that opens each photo, resizes it, flips it and converts it to Lab with
scikit-image every time it is asked for, and a float32 training step on contiguous tensors.
Ours: photos decoded once, augmented as uint8, Lab batched in torch, and the precision and memory
format that `python -m train fit` chooses on this machine. Both start from the same JPEG files.
"""

import tempfile
from collections.abc import Iterator
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
from train.batches import Squares, cached_side
from train.photos import list_photos, load_photos
from train.trainer import choose_precision

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


class Trainee:
    """One network and optimiser; a step is forward, loss, backward and update."""

    def __init__(self, memory_format: torch.memory_format, bf16: bool) -> None:
        network = build_network(VARIANTS["batchnorm"], seed=0)
        self.network = network.to(memory_format=memory_format)  # type: ignore[call-overload]
        self.memory_format, self.bf16 = memory_format, bf16
        self.optimizer = torch.optim.Adam(self.network.parameters(), 1e-3)

    def step(self, lightness: Tensor, ab: Tensor) -> None:
        lightness = lightness.contiguous(memory_format=self.memory_format)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            predicted = self.network(lightness)
        loss = F.mse_loss(predicted.float() / AB_SCALE, ab / AB_SCALE)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


def main() -> None:
    precision, reason = choose_precision()
    bf16 = precision == "bf16-mixed"
    layout = torch.channels_last if bf16 else torch.contiguous_format
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "photos"
        folder.mkdir()
        make_photos(folder, BATCH * STEPS)
        photos = load_photos(
            list_photos(str(folder)), [str(folder)], cached_side(SIZE), cache=Path(temporary)
        )
        ours_data = forever(
            DataLoader(
                Squares(photos.squares, SIZE, seed=0, augment=True), BATCH, shuffle=True,
                collate_fn=lambda batch: batch, drop_last=True,
            )
        )  # fmt: skip
        book_data = forever(DataLoader(Textbook(folder), BATCH, shuffle=True, drop_last=True))
        ours, book = Trainee(layout, bf16), Trainee(torch.contiguous_format, bf16=False)
        fixed = next(ours_data)

        def ours_epoch() -> None:
            for rgb in islice(ours_data, STEPS):
                lab = rgb_to_lab(rgb)
                ours.step(lab[:, :1], lab[:, 1:])

        def textbook_epoch() -> None:
            for lightness, ab in islice(book_data, STEPS):
                book.step(lightness, ab)

        def bare(trainee: Trainee) -> None:
            lab = rgb_to_lab(fixed)
            for _ in range(STEPS):
                trainee.step(lab[:, :1], lab[:, 1:])

        seconds = side_by_side(
            {
                "textbook": textbook_epoch,
                "ours": ours_epoch,
                "textbook, step alone": lambda: bare(book),
                "ours, step alone": lambda: bare(ours),
            },
            rounds=5,
        )
    rates = {name: BATCH * STEPS / value for name, value in seconds.items()}
    print(f"{precision}, because {reason}; {SIZE} px, batches of {BATCH}")
    for name, rate in rates.items():
        print(f"{name:22}{rate:8.0f} photos/s")
    print(f"ours / textbook: {rates['ours'] / rates['textbook']:.1f} x")
    print(f"step alone: {rates['ours, step alone'] / rates['textbook, step alone']:.1f} x")


if __name__ == "__main__":
    main()
