"""The variants are one trunk with different layers between the same convolutions."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from colorizer.checkpoint import CheckpointInfo, save_checkpoint
from colorizer.decoding import Decoding
from colorizer.dropout import ChannelDropout, dropout_layers
from colorizer.lab import rgb_to_lab
from colorizer.network import (
    STORY,
    VARIANTS,
    NetworkSettings,
    build_network,
    parameter_count,
)

BINS = ((-40.0, 0.0), (0.0, 0.0), (40.0, 40.0))
PLAIN = NetworkSettings(batch_norm=True, head="bins", bins=BINS)
SMALL = replace(VARIANTS["transfer"], decoder=(8, 4, 4), bins=BINS)
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
        ({"shape": "resnet"}, "there is no resnet network"),
        ({"shape": "efficientnet-lite0"}, "four widths"),
        ({"shape": "efficientnet-lite0", "widths": (4,) * 4, "decoder": (8,) * 3}, "has widths"),
    ],
)
def test_impossible_settings_are_rejected(values, message):
    with pytest.raises(ValueError, match=message):
        NetworkSettings(**values)


def test_logits_come_at_a_quarter_of_the_size_and_decode_to_ab():
    for settings in (SMALL, PLAIN):
        network = build_network(settings, seed=0).eval()
        logits = network(torch.full((2, 1, 64, 96), 50.0))
        assert logits.shape == (2, 3, 16, 24)
        assert Decoding().ab(logits, network.bins).shape == (2, 2, 16, 24)


def test_a_head_of_bins_needs_bins():
    with pytest.raises(ValueError, match="bins"):
        build_network(VARIANTS["rebalanced"])


def test_shipped_size_is_within_ten_megabytes(tmp_path):
    settings = replace(VARIANTS["transfer"], bins=tuple((float(i), 0.0) for i in range(220)))
    path = tmp_path / "epoch-001.safetensors"
    save_checkpoint(path, build_network(settings), CheckpointInfo("transfer", 1, 64, settings))
    assert path.stat().st_size < 10e6


def test_a_network_that_shares_calls_one_thing_by_one_colour():
    rough = build_network(SMALL, seed=0).eval()
    shared = build_network(replace(SMALL, alike=0.2), seed=0).eval()
    shared.load_state_dict(rough.state_dict())  # it has no weights of its own
    lightness = 50 + torch.rand(1, 1, 64, 128, generator=torch.manual_seed(0))
    spread = [n(lightness).softmax(1).std((2, 3)).mean() for n in (rough, shared)]
    assert spread[1] < 0.6 * spread[0]


def test_hints_are_refused_where_none_were_learnt():
    network = build_network(PLAIN, seed=0).eval()
    with pytest.raises(ValueError, match="takes no hints"):
        network(torch.full((1, 1, 64, 64), 50.0), torch.zeros(1, 3, 16, 16))


def test_hints_go_into_a_network_that_takes_them():
    network = build_network(replace(VARIANTS["transfer"], bins=BINS), seed=0).eval()
    lightness, hints = torch.full((1, 1, 64, 64), 50.0), torch.zeros(1, 3, 16, 16)
    hints[..., 4, 4] = 1
    with torch.inference_mode():
        assert torch.equal(network(lightness, hints), network(lightness))
        network.get_parameter("trunk.decoder.stages.2.0.weight").add_(0.1)
        assert not torch.equal(network(lightness, hints), network(lightness))


def test_a_head_of_rgb_begins_at_the_middle_grey_and_paints_the_whole_picture():
    network = build_network(VARIANTS["rgb"], seed=0).eval()
    assert network.paints_whole
    *_, weight, bias = network.trunk.parameters()
    with torch.inference_mode():
        weight.zero_()
        bias.zero_()
        grey = network(torch.rand(2, 1, 32, 48) * 100)
        assert grey.shape == (2, 3, 32, 48)
        torch.testing.assert_close(grey, torch.full_like(grey, 0.5))
        bias.copy_(torch.tensor([0.3, 0.0, -0.3]))
        lab = Decoding().ab(network(torch.zeros(1, 1, 32, 32)), network.bins)
    true = rgb_to_lab(torch.tensor([204, 128, 51], dtype=torch.uint8).view(1, 3, 1, 1))
    torch.testing.assert_close(lab[:, :, :1, :1], true, atol=0.5, rtol=0)


def test_heads_differ_in_nothing_but_the_last_layer():
    ab, rgb = (build_network(replace(STORY["batchnorm"], head=h), seed=0) for h in ("ab", "rgb"))
    pairs = list(zip(ab.trunk.parameters(), rgb.trunk.parameters(), strict=True))
    assert all(torch.equal(a, b) for a, b in pairs[:-2])
    assert [len(b) - len(a) for a, b in pairs[-2:]] == [1, 1]
