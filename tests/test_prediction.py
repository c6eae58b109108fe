"""From a photo and a network to a colour photo."""

import numpy as np
import pytest
import torch
from helpers import colourful
from PIL import Image
from skimage import data
from torch import nn

from colorizer import Colorizer, Photo
from colorizer.checkpoint import CheckpointInfo, save_checkpoint
from colorizer.network import NetworkSettings, build_network


def _colorizer(**settings) -> Colorizer:
    chosen = NetworkSettings(widths=(4, 8), **settings)
    info = CheckpointInfo(variant="made-up", epoch=1, size=16, settings=chosen)
    return Colorizer(build_network(chosen, seed=0), info)


@pytest.fixture
def photo():
    return Photo(colourful(0, 40))


@pytest.fixture
def sampler():
    return _colorizer(batch_norm=True, dropout=0.3)


def test_samples_depend_on_the_seed_alone(photo, sampler):
    torch.manual_seed(1)
    first = sampler.predict(photo, samples=4, seed=3)
    torch.manual_seed(2)
    assert torch.equal(first, sampler.predict(photo, samples=4, seed=3))
    assert not torch.equal(first, sampler.predict(photo, samples=4, seed=4))


def test_more_samples_extend_fewer(photo, sampler, monkeypatch):
    passes = []
    forward = type(sampler.network).forward

    def recorded(self, lightness):
        passes.append(forward(self, lightness))
        return passes[-1]

    monkeypatch.setattr(type(sampler.network), "forward", recorded)
    two = sampler.predict(photo, samples=2)
    three = sampler.predict(photo, samples=3)
    assert all(torch.equal(passes[i], passes[2 + i]) for i in range(2))
    assert not torch.equal(passes[0], passes[1])
    torch.testing.assert_close(two, torch.cat(passes[:2]).mean(0))
    torch.testing.assert_close(three, torch.cat(passes[2:]).mean(0))


def test_one_sample_is_the_network_without_dropout(photo, sampler):
    expected = sampler.network.eval()(photo.network_input(16, 4))[0]
    for seed in (0, 1):
        assert torch.equal(sampler.predict(photo, samples=1, seed=seed), expected)
    assert not torch.equal(sampler.predict(photo, samples=2), expected)


def test_sampling_leaves_no_trace(photo, sampler):
    before = {name: value.clone() for name, value in sampler.network.named_buffers()}
    assert before  # batch norm's running statistics
    plain = sampler.predict(photo)
    random_state = torch.get_rng_state()
    sampler.predict(photo, samples=3)
    assert torch.equal(torch.get_rng_state(), random_state)
    for name, value in sampler.network.named_buffers():
        assert torch.equal(value, before[name]), name
    assert not any(module.training for module in sampler.network.modules())
    assert torch.equal(sampler.predict(photo), plain)


def test_dropout_is_off_again_after_an_error(photo, sampler, monkeypatch):
    monkeypatch.setattr(nn.Upsample, "forward", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sampler.predict(photo, samples=2)
    assert not any(module.training for module in sampler.network.modules())


@pytest.mark.parametrize("settings", [{}, {"batch_norm": True}])
def test_samples_need_dropout(photo, settings):
    colorizer = _colorizer(**settings)
    assert not colorizer.can_sample
    assert colorizer.predict(photo).shape == (2, 16, 16)
    with pytest.raises(ValueError, match="no dropout layers"):
        colorizer.predict(photo, samples=2)


def test_samples_are_counted_from_one(photo, sampler):
    assert sampler.can_sample
    with pytest.raises(ValueError, match="at least 1"):
        sampler.predict(photo, samples=0)


def test_photographs_end_to_end(skimage_photo, tmp_path):
    """From a picture file and a checkpoint file; a bias towards red makes the result red."""
    settings = NetworkSettings(widths=(4, 8))
    network = build_network(settings, seed=0)
    with torch.no_grad():
        *_, weight, bias = network.parameters()
        weight.zero_()
        bias.copy_(torch.tensor([0.3, 0.2]))
    path = tmp_path / "epoch-001.safetensors"
    info = CheckpointInfo(variant="baseline", epoch=1, size=16, settings=settings)
    save_checkpoint(path, network, info)
    Image.fromarray(skimage_photo).save(tmp_path / "photo.png")

    colorizer = Colorizer.from_checkpoint(path)
    painted = colorizer.colorize(tmp_path / "photo.png")
    assert painted.shape == skimage_photo.shape
    np.testing.assert_array_equal(painted, colorizer.colorize(Photo(skimage_photo)))
    middle = Photo(painted).lab[:, (Photo(skimage_photo).lightness[0] - 50).abs() < 5]
    torch.testing.assert_close(middle[1:].mean(dim=1), torch.tensor([33.0, 22.0]), atol=0.5, rtol=0)


def test_a_black_and_white_photograph_gets_colour():
    camera = Photo(np.repeat(data.camera()[..., None], 3, axis=2))
    colorizer = _colorizer()
    painted = colorizer.colorize(camera)
    assert painted.shape == camera.rgb.shape
    assert not (painted == painted[..., :1]).all()
