"""All variants of a seed see the same photos, in the same order, cropped alike."""

import numpy as np
import torch
from helpers import colourful
from torch.utils.data import DistributedSampler

from train.batches import Batches, Squares, cached_side
from train.photos import PhotoSet

SIZE = 16


def _photos(count: int) -> PhotoSet:
    side = cached_side(SIZE)
    squares = np.stack([colourful(i, side).transpose(2, 0, 1) for i in range(count)])
    return PhotoSet(squares, [f"folder-{i % 2}/{i}.png" for i in range(count)], ["made up"], 0, 0)


def _epoch(seed: int, epoch: int = 0, batch_size: int = 4, count: int = 10) -> list[torch.Tensor]:
    loader = Batches(_photos(count), _photos(1), SIZE, batch_size, seed).train_dataloader()
    assert isinstance(loader.sampler, DistributedSampler)
    loader.sampler.set_epoch(epoch)
    return list(loader)


def _same(one: list[torch.Tensor], other: list[torch.Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_order_and_crops_depend_on_seed_and_epoch_alone():
    torch.manual_seed(1)
    first = _epoch(seed=0)
    torch.manual_seed(2)
    assert _same(first, _epoch(seed=0))
    assert not _same(first, _epoch(seed=1))
    assert not _same(first, _epoch(seed=0, epoch=1))


def test_augmentation_leaves_the_global_generator_alone():
    state = torch.get_rng_state()
    Squares(_photos(4).squares, SIZE, 0, augment=True).__getitems__([0, 1])
    assert torch.equal(torch.get_rng_state(), state)


def test_batches_are_whole_unless_there_is_only_one():
    assert [tuple(batch.shape) for batch in _epoch(seed=0)] == [(4, 3, SIZE, SIZE)] * 2
    assert [len(batch) for batch in _epoch(seed=0, batch_size=64)] == [10]
    assert _epoch(seed=0)[0].dtype == torch.uint8


def test_crops_are_pieces_of_the_photo_some_of_them_mirrored():
    squares = _photos(1).squares
    dataset = Squares(np.repeat(squares, 64, axis=0), SIZE, 0, augment=True)
    margin = squares.shape[-1] - SIZE
    pieces = {
        squares[0, :, y : y + SIZE, x : x + SIZE][..., ::step].tobytes(): step
        for y in range(margin + 1)
        for x in range(margin + 1)
        for step in (1, -1)
    }
    crops = [crop.numpy().tobytes() for crop in dataset.__getitems__(list(range(64)))]
    assert {pieces[crop] for crop in crops} == {1, -1}
    assert len(set(crops)) > 4


def test_validation_sees_the_middle_of_each_photo_in_order():
    photos = _photos(5)
    loader = Batches(_photos(1), photos, SIZE, 2, seed=0).val_dataloader()
    edge = (photos.squares.shape[-1] - SIZE) // 2
    middle = photos.squares[..., edge : edge + SIZE, edge : edge + SIZE]
    np.testing.assert_array_equal(torch.cat(list(loader)).numpy(), middle)


def test_without_augmentation_a_photo_is_the_same_middle_each_time(tmp_path):
    squares = np.random.default_rng(0).integers(0, 256, (3, 3, 18, 18), np.uint8)
    plain = Squares(squares, 16, seed=0, augment=False)
    for order in ([0, 1, 2], [2, 0]):
        got = plain.__getitems__(order)
        assert torch.equal(got, torch.from_numpy(squares[order])[..., 1:17, 1:17])
