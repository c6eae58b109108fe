"""The learnt embedding of cells, what they share by it, and how hints spread by it."""

import pytest
import torch

from colorizer.embedding import ColourEmbedding, HintAttention, hinted_cells, squared_distance

BINS = torch.cartesian_prod(torch.arange(-4, 5), torch.arange(-4, 5)) / 11.0  # 10 Lab units apart


@pytest.fixture
def space():
    torch.manual_seed(0)
    return ColourEmbedding((2, 3, 4, 5), 6).eval()


def two_things(rows=4, columns=8):
    """(1, 6, h, w): the left half far from the right one."""
    embedded = torch.zeros(1, 6, rows, columns)
    embedded[..., columns // 2 :] = 3.0
    return embedded


def hint(ab, row, column, size=(4, 8)):
    hints = torch.zeros(1, 3, *size)
    hints[0, :, row, column] = torch.tensor([*ab, 1.0])
    return hints


def relayed(space, hints):
    attention = HintAttention()
    return attention, attention.relay(two_things(), hints, space)


def test_every_cell_of_a_quarter_of_the_size_gets_an_embedding(space):
    features = [torch.randn(2, n, 32 // 2**i, 48 // 2**i) for i, n in enumerate((2, 3, 4, 5))]
    embedded = space(features, torch.rand(2, 1, 128, 192))
    assert embedded.shape == (2, 6, 32, 48)
    assert embedded.dtype == torch.float32


def test_the_nearer_the_likelier_of_one_colour(space):
    cells = torch.tensor([[[0.0] * 6, [0.1] * 6, [3.0] * 6]])
    odds = space.log_odds(cells[:, :1], cells)[0, 0]
    assert odds[0] == space.reach
    assert odds[0] > odds[1] > 0 > odds[2]


def test_distances_by_a_product_are_distances():
    queries, keys = torch.randn(2, 5, 7), torch.randn(2, 3, 7)
    expected = torch.cdist(queries, keys).square()
    torch.testing.assert_close(squared_distance(queries, keys), expected, atol=1e-4, rtol=1e-4)


def test_cells_share_within_their_thing_only(space):
    x = torch.randn(1, 3, 8, 16)
    shared = space.share(x, two_things(8, 16))
    changed = x.clone()
    changed[..., 8:] = 0
    again = space.share(changed, two_things(8, 16))
    torch.testing.assert_close(again[..., :8], shared[..., :8])
    assert shared[..., :8].var() < x[..., :8].var()


def test_weights_that_were_kept_share_alike(space):
    x, embedded = torch.randn(1, 3, 8, 16), two_things(8, 16)
    kept = space.weights(embedded)
    torch.testing.assert_close(space.share(x, embedded, kept), space.share(x, embedded))
    two = torch.cat([x, -x])
    torch.testing.assert_close(space.share(two, embedded, kept)[:1], space.share(x, embedded))


def test_one_hint_reaches_its_thing_and_no_other(space):
    _, (target, influence) = relayed(space, hint((0.3, -0.2), 1, 1))
    assert influence[..., :4].min() > 0.9
    assert influence[..., 4:].max() < 0.1
    torch.testing.assert_close(target[0, :, 2, 2], torch.tensor([0.3, -0.2]))


def test_a_cell_without_a_hint_of_its_own_follows_the_nearest(space):
    hints = hint((0.3, 0.0), 1, 1) + hint((-0.3, 0.0), 1, 6)
    _, (target, _) = relayed(space, hints)
    torch.testing.assert_close(target[0, 0, 3, 0], torch.tensor(0.3), atol=1e-3, rtol=0)
    torch.testing.assert_close(target[0, 0, 3, 7], torch.tensor(-0.3), atol=1e-3, rtol=0)


def test_the_mixture_is_a_distribution_with_the_hints_colour(space):
    attention, (target, influence) = relayed(space, hint((2 / 11, -1 / 11), 1, 1))
    logits = torch.randn(1, len(BINS), 4, 8)
    mixed = attention.mix(logits, target, influence, BINS).exp()
    torch.testing.assert_close(mixed.sum(1), torch.ones(1, 4, 8))
    mean = torch.einsum("nqhw,qc->nchw", mixed, BINS)[0, :, 1, 1]
    torch.testing.assert_close(mean, torch.tensor([2 / 11, -1 / 11]), atol=0.02, rtol=0)
    untouched = logits.softmax(1)[..., 4:]
    torch.testing.assert_close(mixed[..., 4:], untouched, atol=0.05, rtol=0)


def test_hinted_cells_of_a_batch_are_padded():
    hints = torch.cat([hint((0.1, 0), 0, 3), hint((0.1, 0), 2, 1) + hint((0.1, 0), 3, 7)])
    index, present = hinted_cells(hints)
    assert present.sum(1).tolist() == [1, 2]
    assert set(index[1].tolist()) == {17, 31}
    assert index[0][present[0]].tolist() == [3]


def test_a_batch_of_hints_gives_each_photo_what_it_gets_alone(space):
    one, two = hint((0.3, 0), 1, 1), hint((-0.2, 0.1), 2, 6) + hint((0.1, 0.1), 0, 0)
    attention = HintAttention()
    embedded = two_things().expand(2, -1, -1, -1)
    both = attention.relay(embedded, torch.cat([one, two]), space)
    for index, hints in enumerate((one, two)):
        alone = attention.relay(embedded[:1], hints, space)
        for batched, single in zip(both, alone, strict=True):
            torch.testing.assert_close(batched[[index]], single)
