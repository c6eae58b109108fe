"""The U-Net trunk: any encoder, a decoder, and where dropout stands."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from colorizer.dropout import dropout_layers
from colorizer.network import VARIANTS, build_network
from colorizer.unet import Decoder, UNetTrunk, pooled

BINS = ((-20, 0), (0, 0), (20, 20))
SMALL = replace(VARIANTS["transfer"], decoder=(8, 4, 4), bins=BINS)
LEARNT = replace(SMALL, embedding=4)


class _Pyramid(nn.Module):
    """An encoder of another kind: the picture itself, smaller and smaller."""

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        return [nn.functional.avg_pool2d(x, side) for side in (4, 8, 16, 32)]


def test_dropout_stands_in_the_decoder_alone():
    network = build_network(SMALL)
    assert len(dropout_layers(network)) == 3
    assert dropout_layers(network.get_submodule("trunk.encoder")) == []


def test_tensors_keep_the_names_that_checkpoints_hold():
    names = set(build_network(LEARNT).state_dict())
    assert {
        "trunk.encoder.stem.weight",
        "trunk.encoder.stages.6.0.narrow.1.running_var",
        "trunk.encoder.last.0.weight",
        "trunk.decoder.things.weight",
        "trunk.decoder.context.weight",
        "trunk.decoder.stages.0.0.weight",
        "trunk.decoder.stages.2.1.bias",
        "trunk.decoder.head.weight",
        "trunk.embedding.laterals.3.1.running_var",
        "trunk.embedding.mix.4.bias",
        "trunk.attention.width",
    } <= names


@pytest.mark.parametrize("alike", [0.0, 0.2])
def test_any_encoder_with_features_at_four_sizes_will_do(alike):
    trunk = UNetTrunk(_Pyramid(), Decoder((1, 1, 1, 1), (6, 5, 4), 7, 0.1), alike).eval()
    state = trunk.start(100 * torch.rand(2, 1, 64, 96))
    assert [x.shape[-2:] for x in state.seen] == [(4, 6), (8, 12), (16, 24)]
    assert state.looks is not None
    assert trunk.train().start(state.lightness).looks is None or alike
    assert trunk.head(trunk.finish(state)).shape == (2, 7, 16, 24)


def test_samples_of_one_photo_use_its_features():
    """A batch of samples in the second half goes with one photo of the first."""
    trunk = UNetTrunk(_Pyramid(), Decoder((1, 1, 1, 1), (8, 4, 4), 3, 0.0), 0.2).eval()
    state = trunk.start(100 * torch.rand(1, 1, 64, 64))
    three = replace(state, seen=(state.seen[0].expand(3, -1, -1, -1), *state.seen[1:]))
    torch.testing.assert_close(trunk.finish(three), trunk.finish(state).expand(3, -1, -1, -1))


def test_hints_say_nothing_until_they_are_learnt():
    torch.manual_seed(0)
    decoder = Decoder((1, 1, 1, 1), (8, 4, 4), 3, 0.0, hints=True)
    trunk = UNetTrunk(_Pyramid(), decoder, 0.0).eval()
    state = trunk.start(100 * torch.rand(1, 1, 64, 64))
    hints = torch.zeros(1, 3, 16, 16)
    hints[..., 3, 5] = torch.tensor([0.4, -0.2, 1.0])
    hinted = replace(state, hints=hints)
    torch.testing.assert_close(trunk.finish(hinted), trunk.finish(state))
    torch.nn.init.ones_(decoder.stages[0].get_parameter("0.weight"))
    assert not torch.allclose(trunk.finish(hinted), trunk.finish(state))


def test_a_coarse_cell_has_the_mean_of_its_hints():
    hints = torch.zeros(1, 3, 8, 8)
    hints[0, :, 0, 0] = torch.tensor([0.4, 0.2, 1.0])
    hints[0, :, 1, 3] = torch.tensor([0.0, 0.4, 1.0])
    found = pooled(hints, (2, 2))
    torch.testing.assert_close(found[0, :, 0, 0], torch.tensor([0.2, 0.3, 1.0]))
    assert not found[0, :, 1].any()
