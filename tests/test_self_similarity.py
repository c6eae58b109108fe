"""Sharing between cells that look alike."""

from dataclasses import replace

import pytest
import torch

from colorizer.network import VARIANTS
from colorizer.self_similarity import KEYS, looks, share, weights_of

BINS = ((-40.0, 0.0), (0.0, 0.0), (40.0, 40.0))


def _two_things() -> tuple[torch.Tensor, torch.Tensor]:
    """Features that tell two things apart, stripe by stripe, and a photo of one lightness."""
    first = (torch.arange(16) // 4 % 2 == 0).float().expand(16, 16)
    return torch.stack([first, 1 - first])[None], torch.zeros(1, 1, 64, 64)


def test_like_cells_share_wherever_they_lie():
    features, lightness = _two_things()
    first = features[0, 0].bool()
    clean = torch.where(first, 3.0, -3.0)
    noise = torch.randn(16, 16, generator=torch.manual_seed(0))
    shared = share((clean + noise)[None, None], looks([features], lightness, (16, 16)), 0.1)[0, 0]
    assert (shared - clean).abs().max() < 0.5 < (noise).abs().max()
    assert shared[first].std() < 0.1 * noise.std()


def test_a_step_in_lightness_parts_cells_of_the_same_features():
    _, lightness = _two_things()
    lightness[..., 32:] = 1
    x = torch.where(torch.arange(16) < 8, 1.0, -1.0).expand(1, 1, 16, 16)
    same = torch.ones(1, 2, 8, 8)
    shared = share(x, looks([same], lightness, (16, 16)), 0.2)
    torch.testing.assert_close(shared, x, atol=0.01, rtol=0)
    even = share(x, looks([same], lightness * 0, (16, 16)), 0.2)
    assert even.abs().max() < 0.01


def test_weights_are_the_softmax_of_likeness():
    """As `share` puts it in one attention, so the formula, cell by cell."""
    generator = torch.manual_seed(0)
    features = [torch.randn(2, 5, 4, 4, generator=generator)]
    lightness = torch.rand(2, 1, 32, 32, generator=generator) * 2 - 1
    x = torch.randn(2, 3, 8, 8, generator=generator)
    look = looks(features, lightness, (8, 8))
    keys = torch.nn.functional.avg_pool2d(look, 2).flatten(2)
    values = torch.nn.functional.avg_pool2d(x, 2).flatten(2)
    query = look.flatten(2)
    alike = torch.einsum("ncp,ncq->npq", query[:, :-1], keys[:, :-1])
    apart = (query[:, -1, :, None] - keys[:, -1, None, :]) ** 2 / 2
    weights = ((alike - apart) / 0.3).softmax(-1)
    expected = torch.einsum("npq,ncq->ncp", weights, values).reshape(x.shape)
    torch.testing.assert_close(share(x, look, 0.3), expected)
    torch.testing.assert_close(weights_of(look, 0.3), weights)
    torch.testing.assert_close(share(x, look, 0.3, weights), expected)


def test_samples_of_one_photo_share_as_each_would_alone():
    look = looks([torch.rand(1, 4, 4, 4)], torch.rand(1, 1, 32, 32), (8, 8))
    x = torch.rand(3, 2, 8, 8)
    alone = torch.cat([share(sample[None], look, 0.3) for sample in x])
    torch.testing.assert_close(share(x, look, 0.3), alone)


def test_a_long_panorama_has_no_more_keys(monkeypatch):
    attention, keys = torch.nn.functional.scaled_dot_product_attention, []

    def spy(query, key, value, scale):
        keys.append(key.shape[-2])
        return attention(query, key, value, scale=scale)

    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", spy)
    look = looks([torch.rand(1, 4, 4, 400)], torch.zeros(1, 1, 32, 3200), (8, 800))
    x = torch.rand(1, 2, 8, 800)
    assert share(x, look, 0.2).shape == x.shape
    assert keys == [4 * KEYS]


def test_spreads_that_cannot_be_are_refused():
    for wrong in ({"shape": "plain", "alike": 0.2}, {"alike": -1.0}, {"alike": 11.0}):
        with pytest.raises(ValueError, match="alike"):
            replace(VARIANTS["transfer"], **wrong)
