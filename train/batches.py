"""Batches of uint8 squares: the same photos, order and augmentation for every variant of a seed."""

import zlib
from collections.abc import Callable

import numpy as np
import torch
from lightning import LightningDataModule
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, DistributedSampler
from torchvision.transforms import v2

from train.photos import PhotoSet


def cached_side(size: int) -> int:
    """Photos are kept an eighth larger than they are trained, as room for the random crop."""
    return size + size // 8


class Squares(Dataset):
    """Augmented crops of cached photos, fetched a batch at a time as (N, 3, size, size) uint8.

    zoom: crops cover at least this share of the photo and are scaled to `size`; 1 crops without
    scaling.
    """

    def __init__(
        self,
        squares: np.ndarray,
        size: int,
        seed: int,
        augment: bool,
        zoom: float = 1.0,
    ) -> None:
        self.squares, self.seed = squares, seed
        if not augment:
            self.transform: Callable[[Tensor], Tensor] = v2.CenterCrop(size)
        else:
            crop = v2.RandomResizedCrop(size, (zoom, 1)) if zoom < 1 else v2.RandomCrop(size)
            self.transform = v2.Compose([crop, v2.RandomHorizontalFlip()])

    def __len__(self) -> int:
        return len(self.squares)

    def __getitems__(self, indices: list[int]) -> Tensor:
        # Seeded by the batch itself: the augmentation neither depends on nor disturbs the global
        # generator, so a variant with dropout sees the same crops as one without.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(zlib.crc32(np.array([self.seed, *indices]).tobytes()))
            photos = torch.from_numpy(self.squares[indices])
            return torch.stack([self.transform(photo) for photo in photos])


class Batches(LightningDataModule):
    def __init__(
        self,
        train: PhotoSet,
        val: PhotoSet,
        size: int,
        batch_size: int,
        seed: int,
        zoom: float = 1.0,
        augment: bool = True,
    ) -> None:
        super().__init__()
        self.train, self.val = train, val
        self.size, self.batch_size, self.seed, self.zoom = size, batch_size, seed, zoom
        self.augment = augment

    def _dataset(self, photos: PhotoSet, training: bool) -> Squares:
        augment = training and self.augment
        return Squares(photos.squares, self.size, self.seed, augment, self.zoom)

    def sample(self, count: int) -> Tensor:
        """A training batch of `count` photos, the same each time; repeated where they are fewer."""
        dataset = self._dataset(self.train, training=True)
        return dataset.__getitems__([index % len(dataset) for index in range(count)])

    def _loader(self, photos: PhotoSet, training: bool) -> DataLoader:
        dataset = self._dataset(photos, training)
        world, rank = (
            (self.trainer.world_size, self.trainer.global_rank) if self.trainer else (1, 0)
        )
        # Its order depends only on seed and epoch; Lightning tells it the epoch.
        sampler = DistributedSampler(dataset, world, rank, shuffle=training, seed=self.seed)
        return DataLoader(
            dataset,
            self.batch_size,
            sampler=sampler,
            drop_last=training and len(dataset) >= self.batch_size * world,
            collate_fn=lambda batch: batch,  # __getitems__ gives it whole
        )

    def train_dataloader(self) -> DataLoader:
        return self._loader(self.train, training=True)

    def val_dataloader(self) -> DataLoader:
        return self._loader(self.val, training=False)
