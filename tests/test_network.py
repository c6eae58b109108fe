"""The variants are one trunk with different layers between the same convolutions."""

import pytest
import torch
from torch import nn

from colorizer.dropout import ChannelDropout, dropout_layers
from colorizer.network import (
    STORY,
    NetworkSettings,
    build_network,
    parameter_count,
)

BETWEEN = (nn.BatchNorm2d, ChannelDropout)


def _trunk(variant: str) -> list[nn.Module]:
    return list(build_network(STORY[variant], seed=0).trunk.children())


def _block(variant: str) -> list[type]:
    """The layers from the first convolution up to the second."""
    kinds = [type(layer) for layer in _trunk(variant)]
    return kinds[: kinds.index(nn.Conv2d, 1)]


def test_between_two_convolutions():
    assert _block("baseline") == [nn.Conv2d, nn.ReLU]
    assert _block("batchnorm") == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU]
    assert _block("dropout") == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU, ChannelDropout]


@pytest.mark.parametrize("variant", ["batchnorm", "dropout"])
def test_variants_differ_in_nothing_else(variant):
    plain = _trunk("baseline")
    other = [layer for layer in _trunk(variant) if not isinstance(layer, BETWEEN)]
    assert len(plain) == len(other)
    for ours, theirs in zip(plain, other, strict=True):
        assert type(ours) is type(theirs)
        if isinstance(ours, nn.Conv2d) and isinstance(theirs, nn.Conv2d):
            assert ours.stride == theirs.stride
            assert torch.equal(ours.weight, theirs.weight)  # of one seed


def test_another_seed_gives_other_weights():
    settings = NetworkSettings(widths=(4, 8))
    first, same, other = (build_network(settings, seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert not torch.equal(first["trunk.0.weight"], other["trunk.0.weight"])


def test_a_seeded_network_leaves_the_global_generator_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    build_network(NetworkSettings(widths=(4,)), seed=0)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("variant", STORY)
def test_size_of_the_trunk(variant):
    assert 0.5e6 < parameter_count(build_network(STORY[variant])) < 1.5e6


def test_dropout_stands_between_all_convolutions_but_the_last():
    network = build_network(STORY["dropout"])
    convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    assert len(dropout_layers(network)) == len(convolutions) - 1
    assert all(layer.p == STORY["dropout"].dropout for layer in dropout_layers(network))
    assert dropout_layers(build_network(STORY["batchnorm"])) == []


@pytest.mark.parametrize("variant", STORY)
def test_ab_has_the_size_of_the_lightness(variant):
    network = build_network(STORY[variant], seed=0).eval()
    assert network(torch.full((2, 1, 16, 24), 50.0)).shape == (2, 2, 16, 24)


@pytest.mark.parametrize(("height", "width"), [(16, 20), (12, 16)])
def test_sizes_off_the_stride_are_rejected(height, width):
    network = build_network(STORY["baseline"])
    assert network.settings.stride == 8
    with pytest.raises(ValueError, match=f"multiples of 8, not {width}x{height}"):
        network(torch.zeros(1, 1, height, width))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"widths": ()}, "widths"),
        ({"widths": (8, 0)}, "widths"),
        ({"dropout": 1.0}, "dropout"),
        ({"dropout": -0.1}, "dropout"),
    ],
)
def test_impossible_settings_are_rejected(values, message):
    with pytest.raises(ValueError, match=message):
        NetworkSettings(**values)
