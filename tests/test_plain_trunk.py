"""The story's trunk: a list of layers in two halves."""

import pytest
import torch
from torch import nn

from colorizer.dropout import ChannelDropout
from colorizer.plain_trunk import PlainTrunk


def _trunk(dropout: float = 0.0, bins: bool = False) -> PlainTrunk:
    torch.manual_seed(0)
    return PlainTrunk((4, 8, 8), True, dropout, 5 if bins else 2, bins).eval()


def _whole(trunk: PlainTrunk, lightness: torch.Tensor) -> torch.Tensor:
    x = lightness / 50 - 1
    for layer in trunk:
        x = layer(x)
    return x


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("bins", [False, True])
def test_both_halves_and_the_head_are_the_whole(dropout, bins):
    trunk, lightness = _trunk(dropout, bins), 100 * torch.rand(2, 1, 32, 48)
    state = trunk.start(lightness)
    assert state.lightness is lightness
    found = trunk.head(trunk.finish(state))
    torch.testing.assert_close(found, _whole(trunk, lightness), rtol=0, atol=0)
    assert found.shape == ((2, 5, 8, 12) if bins else (2, 2, 16, 24))


def test_the_first_half_ends_before_dropout():
    trunk = _trunk(0.3)
    before = [type(layer) for layer in trunk][: trunk._first_dropout]
    assert before == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU]
    assert isinstance(trunk[trunk._first_dropout], ChannelDropout)


def test_tensors_keep_the_names_that_checkpoints_hold():
    names = list(_trunk().state_dict())
    assert names[:2] == ["0.weight", "1.weight"]
    assert names[-1] == f"{len(_trunk()) - 1}.bias"


def test_it_cannot_be_called_past_its_two_halves():
    with pytest.raises(NotImplementedError):
        _trunk()(torch.zeros(1, 1, 32, 32))
