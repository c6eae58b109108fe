"""The hints that a network is trained with, and the loss of its embedding."""

import torch

from train.hints import draw_hints, embedding_loss, turn_hues


def first_cells(count):
    return torch.arange(count) % 16


def test_hints_are_colours_of_their_cells_and_the_first_is_among_them():
    ab = torch.randn(64, 2, 16, 16) * 20
    torch.manual_seed(0)
    hints = draw_hints(ab, first_cells(64), 110.0)
    mask = hints[:, 2:]
    assert set(mask.unique().tolist()) == {0.0, 1.0}
    assert mask.flatten(1)[torch.arange(64), first_cells(64)].all()
    cells = mask.sum((1, 2, 3))
    assert cells.min() == 1
    assert 15 < cells.max() <= 30
    assert cells.median() < 10
    torch.testing.assert_close(hints[:, :2], ab / 110 * mask)


def test_the_hue_of_a_thing_is_turned_and_nothing_else():
    ab = torch.zeros(400, 2, 8, 8)
    ab[:, 0, :, :4] = 40.0  # one thing
    ab[:, 1, :, 4:] = 40.0  # another
    torch.manual_seed(0)
    turned = turn_hues(ab, torch.zeros(400, dtype=torch.long))
    torch.testing.assert_close(turned.norm(dim=1), ab.norm(dim=1), atol=20.1, rtol=0)
    thing = (turned - ab)[..., :4].norm(dim=1).mean((1, 2)) > 5
    other = (turned - ab)[..., 4:].norm(dim=1).mean((1, 2)) > 5
    assert 0.3 < thing.float().mean() < 0.5
    assert not other.any()


def test_the_embedding_is_right_when_cells_of_one_colour_lie_together():
    ab = torch.zeros(1, 2, 4, 8)
    ab[:, 0, :, 4:] = 40.0
    lightness = torch.full((1, 1, 4, 8), 50.0)
    anchors = torch.tensor([[0, 7]])
    same = (ab[:, :1].flatten(2) == ab[:, 0].flatten(1)[:, [0, 7], None]).float()
    right = embedding_loss(8 * same - 4, ab, lightness, anchors)
    wrong = embedding_loss(4 - 8 * same, ab, lightness, anchors)
    assert right < 0.05
    assert wrong > 3


def test_pairs_that_are_neither_count_for_nothing():
    ab = torch.zeros(1, 2, 1, 3)
    ab[0, 0, 0] = torch.tensor([0.0, 15.0, 40.0])  # the second is neither of one colour nor of two
    lightness = torch.full((1, 1, 1, 3), 50.0)
    odds = torch.tensor([[[4.0, 0.0, -4.0]]])
    anchors = torch.zeros(1, 1, dtype=torch.long)
    other = odds.clone()
    other[..., 1] = 9.0
    assert embedding_loss(odds, ab, lightness, anchors) == embedding_loss(
        other, ab, lightness, anchors
    )
