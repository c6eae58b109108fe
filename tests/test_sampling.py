"""MC dropout: which samples, their moments, and what sampling leaves alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from helpers import colourful
from torch import nn

from colorizer import Colorizer, Photo
from colorizer.checkpoint import CheckpointInfo
from colorizer.dropout import ChannelDropout, dropout_layers
from colorizer.efficientnet import feature_widths
from colorizer.network import NetworkSettings, build_network
from colorizer.sampling import spread_of

BINS = tuple((float(a), float(b)) for a in (-40, 0, 40) for b in (-40, 0, 40))
UNET = {
    "widths": feature_widths("lite0"),
    "batch_norm": True,
    "dropout": 0.3,
    "shape": "efficientnet-lite0",
    "decoder": (8, 6, 4),
    "head": "bins",
    "bins": BINS,
}
KINDS = {
    "plain": {"widths": (4, 8), "batch_norm": True, "dropout": 0.3},
    "plain bins": {
        "widths": (4, 8),
        "batch_norm": True,
        "dropout": 0.3,
        "head": "bins",
        "bins": BINS,
    },
    "unet bins": UNET,
    "unet bins, shared": {**UNET, "alike": 0.2},
}


def _colorizer(**settings) -> Colorizer:
    chosen = NetworkSettings(**settings)
    network = build_network(chosen, seed=0)
    for module in network.modules():  # as after training: the statistics are not the first ones
        if isinstance(module, nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 2, torch.Generator().manual_seed(1))
    return Colorizer(network, CheckpointInfo("made-up", 1, 64, chosen))


@pytest.fixture(params=list(KINDS))
def sampler(request):
    return _colorizer(**KINDS[request.param])


@pytest.fixture
def photo():
    return Photo(colourful(0, 80))


def test_same_seed_same_samples_other_seed_others(photo, sampler):
    torch.manual_seed(1)
    first = sampler.predict_samples(photo, 4, seed=3)
    torch.manual_seed(2)
    again = sampler.predict_samples(photo, 4, seed=3)
    other = sampler.predict_samples(photo, 4, seed=4)
    assert torch.equal(first.mean, again.mean)
    assert torch.equal(first.deviation, again.deviation)
    assert not torch.equal(first.mean, other.mean)


def test_batches_of_any_size_give_the_same_samples(photo, sampler):
    one, many = sampler.sampler(photo, seed=1), sampler.sampler(photo, seed=1)
    one.draw(7, batch=1)
    many.draw(3, batch=2)
    many.draw(7, batch=64)
    # To the last bits of float32 and the half precision they are kept in.
    torch.testing.assert_close(one.outputs(7), many.outputs(7), atol=2e-2, rtol=2e-3)
    torch.testing.assert_close(one.summary().mean, many.summary().mean, atol=1e-2, rtol=1e-3)
    assert one.summary().medoid == many.summary().medoid


def test_more_samples_draw_the_difference_only(photo, sampler, monkeypatch):
    drawn, shared = [], []
    network = type(sampler.network)
    start, finish = network.start, network.finish
    monkeypatch.setattr(network, "start", lambda self, x: shared.append(len(x)) or start(self, x))
    monkeypatch.setattr(
        network,
        "finish",
        lambda self, state: drawn.append(len(out := finish(self, state))) or out,
    )
    ours = sampler.sampler(photo)
    ours.draw(16)
    ours.draw(32)
    ours.draw(8)
    assert sum(drawn) == 32
    assert shared == [1]  # before the first dropout layer: one photo, once
    fewer = ours.summary(16)
    assert sum(drawn) == 32
    expected = sampler.predict_samples(photo, 16)
    torch.testing.assert_close(fewer.mean, expected.mean, atol=0.05, rtol=1e-2)
    torch.testing.assert_close(fewer.deviation, expected.deviation, atol=0.05, rtol=1e-2)


def test_moments_are_those_of_the_samples(photo, sampler):
    ours = sampler.sampler(photo)
    ours.draw(6)
    found = ours.summary()
    ab = torch.stack([ours.sample(i) for i in range(6)])
    expected = ab.var(0).sum(0).sqrt()  # unbiased, both channels
    torch.testing.assert_close(found.deviation, expected, atol=0.05, rtol=1e-2)
    assert found.count == 6
    assert found.chroma == pytest.approx(torch.hypot(*ab.unbind(1)).mean().item(), rel=1e-2)
    assert (found.deviation > 0).any()
    if not sampler.has_temperature:
        torch.testing.assert_close(found.mean, ab.mean(0), atol=0.02, rtol=1e-2)
        assert found.entropy is None
        assert found.mutual_information is None
        return
    chances = ours.outputs(6).float().softmax(1)
    mean = chances.mean(0)
    torch.testing.assert_close(found.output.exp(), mean, atol=1e-3, rtol=1e-2)
    torch.testing.assert_close(found.mean, sampler.decode(mean.log()), atol=0.1, rtol=1e-2)
    entropies = -(chances * chances.log()).sum(1)
    total = -(mean * mean.log()).sum(0)
    assert found.entropy is not None
    assert found.mutual_information is not None
    torch.testing.assert_close(found.entropy, total, atol=1e-2, rtol=0)
    torch.testing.assert_close(
        found.mutual_information, total - entropies.mean(0), atol=1e-2, rtol=0
    )


def test_the_medoid_is_nearest_to_all_others(photo, sampler):
    ours = sampler.sampler(photo)
    ours.draw(9)
    ab = torch.stack([ours.sample(i) for i in range(9)])
    distance = (ab[:, None] - ab[None]).square().sum((2, 3, 4))
    assert ours.summary().medoid == int(distance.sum(1).argmin())
    assert sampler.predict_samples(photo, 9, keep=False).medoid is None


def test_keeping_nothing_gives_the_same_moments(photo, sampler):
    kept, passing = (sampler.predict_samples(photo, 9, keep=keep) for keep in (True, False))
    assert torch.equal(kept.mean, passing.mean)
    assert torch.equal(kept.deviation, passing.deviation)
    ours = sampler.sampler(photo, keep=False)
    ours.draw(4)
    with pytest.raises(ValueError, match="draw and keep"):
        ours.summary(2)


def test_another_temperature_draws_nothing(photo, sampler, monkeypatch):
    ours = sampler.sampler(photo)
    ours.draw(5)
    monkeypatch.setattr(type(sampler.network), "finish", lambda *_: 1 / 0)
    hot = ours.summary(temperature=1.0)
    assert hot.count == 5
    assert torch.equal(hot.mean, ours.summary().mean) != sampler.has_temperature
    cold = ours.sample(0, temperature=0.1)
    assert torch.equal(cold, ours.sample(0)) != sampler.has_temperature


def test_one_sample_is_the_network_without_dropout(photo, sampler):
    expected = sampler.network(photo.network_input(64, sampler.network.settings.stride))
    for seed in (0, 1):
        one = sampler.predict_samples(photo, 1, seed)
        torch.testing.assert_close(one.mean, sampler.decode(expected[0]))
        assert (one.deviation == 0).all()
    assert not torch.equal(sampler.predict_samples(photo, 2).mean, one.mean)


def test_sampling_leaves_no_trace(photo, sampler):
    before = {name: value.clone() for name, value in sampler.network.state_dict().items()}
    assert any("running_mean" in name for name in before)
    plain = sampler.predict(photo)
    random_state = torch.get_rng_state()
    sampler.predict_samples(photo, 5)
    assert torch.equal(torch.get_rng_state(), random_state)
    for name, value in sampler.network.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert not any(module.training for module in sampler.network.modules())
    assert torch.equal(sampler.predict(photo), plain)


def test_masks_are_gone_after_an_error(photo, sampler, monkeypatch):
    ours = sampler.sampler(photo)
    monkeypatch.setattr(ChannelDropout, "forward", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ours.draw(2)
    assert all(layer.masks is None for layer in dropout_layers(sampler.network))


@pytest.mark.parametrize(
    "settings", [{}, {"batch_norm": True}, {"batch_norm": True, "head": "bins", "bins": BINS}]
)
def test_without_dropout_there_is_nothing_to_spread(photo, settings):
    colorizer = _colorizer(widths=(4, 8), **settings)
    found = colorizer.predict_samples(photo, 16)
    assert (found.count, found.medoid) == (1, None)
    assert (found.deviation == 0).all()
    assert torch.equal(found.mean, colorizer.predict(photo))


MEMORY = """
import numpy as np
from colorizer import Colorizer, Photo
from colorizer.checkpoint import CheckpointInfo
from colorizer.efficientnet import feature_widths
from colorizer.network import STORY, build_network
def peak():  # getrusage would tell the peak of the process that started this one, if larger
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
settings = STORY["dropout"]
colorizer = Colorizer(build_network(settings, 0), CheckpointInfo("dropout", 1, 192, settings))
photo = Photo(np.random.default_rng(0).integers(0, 256, (512, 512, 3), dtype=np.uint8))
colorizer.predict(photo)
start = peak()
for samples in (8, 64):
    colorizer.predict_samples(photo, samples, keep=False)
    print(peak() - start)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read there")
def test_memory_does_not_grow_with_samples_when_only_moments_are_asked_for():
    done = subprocess.run(
        [sys.executable, "-c", MEMORY],
        # What is freed goes back at once: the peak is what is in use, not the heap's history.
        env={**os.environ, "MALLOC_MMAP_THRESHOLD_": "65536"},
        capture_output=True,
        text=True,
        check=True,
    )
    # Kilobytes beyond those of a plain prediction of the same photo.
    few, many = map(int, done.stdout.split())
    assert few > 10_000  # there is something to compare
    assert many <= 1.5 * few  # 3.7 times, were the samples kept


def test_spread_is_the_distance_of_what_is_thought_possible():
    """Two bins 20 apart, the second three times as likely, and a colour painted between them."""
    bins = torch.tensor([[0.0, 0.0], [20.0, 0.0]])
    log_chances = torch.tensor([0.25, 0.75]).log().view(2, 1, 1)
    painted = torch.tensor([15.0, 0.0]).view(2, 1, 1)
    expected = (0.25 * 15**2 + 0.75 * 5**2) ** 0.5
    torch.testing.assert_close(spread_of(log_chances, painted, bins), torch.tensor([[expected]]))
