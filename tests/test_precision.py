"""The measured precision: which one is chosen, and that measuring leaves no trace."""

import copy
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from helpers import assert_one_sentence

from colorizer.network import VARIANTS, build_network
from train import TrainError, precision
from train.arguments import Recipe
from train.loss import MeanSquaredError
from train.module import ColorTraining
from train.precision import AUTO, PRECISIONS, candidates, fastest, measure

PLAIN, LAST, BF16, BF16_LAST = PRECISIONS


def batch_of(photos: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (photos, 3, 16, 16), dtype=torch.uint8, generator=generator)


@pytest.fixture
def training():
    network = build_network(replace(VARIANTS["dropout"], widths=(8, 8)), seed=0)
    return ColorTraining(network, MeanSquaredError(), Recipe(), 0)


def test_what_a_flag_leaves_to_choose_from():
    assert [p.name for p in candidates(AUTO)] == [
        "32-contiguous",
        "32-channels-last",
        "bf16-contiguous",
        "bf16-channels-last",
    ]
    assert candidates("32") == [PLAIN, LAST]
    assert candidates("bf16") == [BF16, BF16_LAST]
    assert candidates("bf16-contiguous") == [BF16]
    for wrong in ("16", "3", "bf16-", "channels-last", ""):
        with pytest.raises(TrainError) as error:
            candidates(wrong)
        assert_one_sentence(str(error.value))


@pytest.mark.parametrize(
    ("photos_per_second", "expected"),
    [
        ((247, 358, 200, 253), LAST),  # AVX-512 BF16 without AMX
        ((100, 120, 260, 410), BF16_LAST),  # AMX
        ((100, 102, 103, 104), PLAIN),  # nothing gained
        ((100, 200, 150, 205), LAST),  # nothing gained by fewer bits
    ],
)
def test_the_plainest_of_the_fastest(photos_per_second, expected):
    seconds = {p: 1 / rate for p, rate in zip(PRECISIONS, photos_per_second, strict=True)}
    assert fastest(seconds) == expected
    assert fastest(dict(reversed(seconds.items()))) == expected


class Clock:
    """Time that passes while a simulated step runs."""

    def __init__(self) -> None:
        self.now, self.batches = 0.0, []

    def step(self, seconds: float, hiccups: tuple[int, ...] = ()):
        calls = []

        def run(photos: int) -> None:
            calls.append(photos)
            self.batches.append(photos)
            self.now += seconds * photos * (9 if len(calls) in hiccups else 1)

        return run


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(precision, "time", SimpleNamespace(perf_counter=lambda: clock.now))
    return clock


def test_the_least_of_several_turns_counts(clock):
    steps = {PLAIN: clock.step(2e-3), LAST: clock.step(1e-3, hiccups=(2, 4, 6))}
    seconds = measure(steps, photos=64)
    assert seconds == pytest.approx({PLAIN: 2e-3, LAST: 1e-3})
    assert max(clock.batches) == 64


def test_a_slow_machine_measures_on_few_photos(clock):
    measure({p: clock.step(0.05) for p in PRECISIONS}, photos=64)
    assert max(clock.batches) < 64
    assert clock.now < 2 * precision.SECONDS


def test_small_batches_are_not_exceeded(clock):
    measure({p: clock.step(1e-6) for p in PRECISIONS}, photos=3)
    assert set(clock.batches) == {3}


def test_what_a_device_cannot_run_is_left_out(clock):
    def unable(photos: int) -> None:
        raise RuntimeError("no such kernel")

    seconds = measure({PLAIN: clock.step(1e-3), BF16: unable}, photos=4)
    assert list(seconds) == [PLAIN]
    with pytest.raises(RuntimeError, match="no such kernel"):
        measure({PLAIN: unable}, photos=4)


def test_measuring_leaves_no_trace(training, monkeypatch, capsys):
    """Neither in weights and statistics nor in the random numbers to come."""
    before = copy.deepcopy(training.state_dict())
    state = torch.get_rng_state()
    training.settle_precision(None, AUTO, batch_of, 4)
    assert torch.equal(torch.get_rng_state(), state)
    for name, tensor in training.state_dict().items():
        assert torch.equal(tensor, before[name]), name
        assert tensor.stride() == before[name].stride(), name
    assert all(p.grad is None and p.requires_grad for p in training.parameters())
    said = capsys.readouterr().out
    assert said.startswith(f"Precision {training.precision.name}, the fastest here; photos/s: ")
    assert all(p.name in said for p in PRECISIONS)


def test_the_steps_that_are_timed_learn(training, monkeypatch):
    """Real steps: they move weights, and each runs in the precision it is timed for."""
    seen = []
    loss_of = ColorTraining.loss_of

    def noted(self, batch):
        weight = self.network.get_parameter("trunk.0.weight")
        last = weight.is_contiguous(memory_format=torch.channels_last)
        seen.append((self.precision, last or weight.shape[1] == 1, weight.detach().clone()))
        return loss_of(self, batch)

    monkeypatch.setattr(ColorTraining, "loss_of", noted)
    training.settle_precision(None, "bf16", batch_of, 4)
    assert {p for p, _, _ in seen} == {BF16, BF16_LAST}
    for tried in (BF16, BF16_LAST):
        weights = [weight for p, _, weight in seen if p == tried]
        assert not torch.equal(weights[0], weights[-1])


def test_a_frozen_encoder_stays_as_it_is(monkeypatch):
    settings = replace(VARIANTS["transfer"], decoder=(8, 8, 8), head="ab")
    training = ColorTraining(build_network(settings), MeanSquaredError(), Recipe(), 0, frozen=True)
    before = copy.deepcopy(training.state_dict())
    wide = batch_of(4).repeat(1, 1, 4, 4)
    training.settle_precision(None, AUTO, lambda photos: wide[:photos], 4)
    assert all(torch.equal(before[name], t) for name, t in training.state_dict().items())


def test_a_given_or_recorded_precision_is_not_measured(training, monkeypatch, capsys):
    monkeypatch.setattr("train.module.measure", lambda *_: pytest.fail("measured"))
    training.settle_precision(None, "bf16-contiguous", batch_of, 4)
    assert training.precision == BF16
    training.settle_precision("32-channels-last", AUTO, batch_of, 4)
    assert training.precision == LAST
    assert capsys.readouterr().out.splitlines() == [
        "Precision bf16-contiguous, as --precision says.",
        "Precision 32-channels-last, as this run began.",
    ]


def test_all_processes_go_by_the_first_ones_word(training, monkeypatch):
    monkeypatch.setattr("train.module.measure", lambda *_: pytest.fail("measured"))
    monkeypatch.setattr("train.module.rank_zero_only.rank", 1)
    training.settle_precision(None, AUTO, batch_of, 4)
    training._trainer = SimpleNamespace(strategy=SimpleNamespace(broadcast=lambda mine: BF16_LAST))
    training.setup("fit")
    assert training.precision == BF16_LAST
    weight = max(training.network.parameters(), key=torch.Tensor.numel)
    assert weight.is_contiguous(memory_format=torch.channels_last)


def test_bf16_is_for_the_network_alone(training, monkeypatch):
    seen = {}
    monkeypatch.setattr(
        MeanSquaredError,
        "forward",
        lambda self, output, ab: seen.update(output=output, ab=ab) or output.mean(),
    )
    training.precision = BF16_LAST
    training.loss_of(batch_of(2))
    assert seen["output"].dtype == seen["ab"].dtype == torch.float32
    rounded = seen["output"].to(torch.bfloat16).float()
    assert torch.equal(rounded, seen["output"])  # which came out of bf16
    monkeypatch.setattr(training, "log_mean", lambda *_, **__: None)
    training.validation_step(batch_of(2))
    assert seen["output"].dtype == torch.float32
    training.precision = PLAIN
    training.loss_of(batch_of(2))
    assert not torch.equal(seen["output"].to(torch.bfloat16).float(), seen["output"])
