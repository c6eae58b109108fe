"""Dropout by masks drawn beforehand."""

import numpy as np
import pytest
import torch
from torch import nn

from colorizer.dropout import ChannelDropout, State, dropout_layers, dropped


def test_a_dropped_channel_is_zero_and_the_others_grow():
    layer = ChannelDropout(0.25, 400)
    layer.masks = (torch.rand(3, 400, 1, 1) >= 0.25).float() / 0.75
    out = layer(torch.ones(1, 400, 2, 2))
    assert out.shape == (3, 400, 2, 2)
    assert set(np.unique(out.numpy().round(4))) == {0, np.float32(1.3333)}


def _network() -> nn.Sequential:
    return nn.Sequential(ChannelDropout(0.25, 3), nn.ReLU(), ChannelDropout(0.5, 5)).eval()


def test_layers_in_their_order():
    network = _network()
    assert dropout_layers(network) == [network[0], network[2]]
    assert dropout_layers(nn.ReLU()) == []


def _masks(seed: int, *indices: int) -> list[torch.Tensor]:
    network = _network()
    with dropped(network, seed, indices):
        return [torch.as_tensor(layer.masks) for layer in dropout_layers(network)]


def test_a_sample_has_its_masks_whatever_it_is_batched_with():
    alone, together = _masks(7, 2), _masks(7, 0, 1, 2)
    for one, many, rate in zip(alone, together, (0.25, 0.5), strict=True):
        assert torch.equal(one[0], many[2])
        kept = torch.tensor(1 / (1 - rate))
        assert torch.isclose(many, kept).logical_or(many == 0).all()
    assert not all(map(torch.equal, alone, _masks(8, 2)))


def test_no_global_random_number_is_drawn_and_nothing_is_left_after_an_error():
    network = _network()
    before = torch.get_rng_state()

    def fail():
        with dropped(network, 0, [0]):
            raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"):
        fail()
    assert torch.equal(torch.get_rng_state(), before)
    assert all(layer.masks is None for layer in dropout_layers(network))


@pytest.mark.parametrize("looks", [None, torch.rand(1, 6, 4, 4)])
def test_a_state_with_its_channels_last_holds_the_same_values(looks):
    state = State(torch.rand(1, 1, 8, 8), (torch.rand(1, 3, 4, 4), torch.rand(1, 5, 4, 4)), looks)
    last = state.channels_last()
    assert torch.equal(last.lightness, state.lightness)
    for moved, seen in zip(last.seen, state.seen, strict=True):
        assert moved.is_contiguous(memory_format=torch.channels_last)
        assert torch.equal(moved, seen)
    assert last.looks is None if looks is None else torch.equal(torch.as_tensor(last.looks), looks)
