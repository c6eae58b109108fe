"""Uncertainty against error: the measures, and the page made of them."""

import numpy as np
import pytest
import torch
from helpers import colourful
from PIL import Image

from colorizer.checkpoint import CheckpointInfo, read_info, save_checkpoint
from colorizer.network import NetworkSettings, build_network
from train.__main__ import main
from train.study.calibration import NOMINAL, coverage, fit_calibration, sparsify, spearman


@pytest.fixture
def error():
    return np.random.default_rng(0).gamma(2, 5, 20_000)


def test_a_perfect_score_is_the_oracle(error):
    found = sparsify(error**2, error)
    assert found.ause == pytest.approx(0, abs=1e-9)
    assert found.aurg > 0.3
    assert spearman(error**2, error) == pytest.approx(1)


def test_a_random_score_gains_nothing(error):
    score = np.random.default_rng(1).random(len(error))
    found = sparsify(score, error)
    assert found.aurg == pytest.approx(0, abs=0.02)
    assert found.ause == pytest.approx(sparsify(error, error).aurg, abs=0.02)
    assert abs(spearman(score, error)) < 0.03


def test_an_upside_down_score_is_worse_than_random(error):
    assert sparsify(-error, error).aurg < -0.2
    assert spearman(-error, error) == pytest.approx(-1)


def test_a_constant_score_orders_nothing(error):
    assert np.isnan(spearman(np.zeros(len(error)), error))


def test_what_is_left_at_a_half():
    error = np.array([1.0, 2.0, 3.0, 4.0] * 25)
    found = sparsify(error, error)
    half = np.searchsorted(np.linspace(0, 0.98, 50), 0.5)
    assert found.by_score[0] == pytest.approx(1)
    assert found.by_score[half] == pytest.approx(1.5 / 2.5, abs=0.03)


def test_gaussian_errors_are_covered_as_they_should():
    errors = np.hypot(*np.random.default_rng(0).normal(0, 3, (2, 100_000)))
    deviation = np.full(100_000, 3 * np.sqrt(2))
    for times, share in NOMINAL.items():
        assert coverage(deviation, errors, times) == pytest.approx(share, abs=0.01)


def test_factors_hold_what_they_promise_on_other_pixels():
    """Errors that the spread foretells too small, the more so the more vivid the colour."""
    draw = np.random.default_rng(0)
    chroma = draw.uniform(0, 40, 60_000)
    spread = draw.uniform(2, 10, 60_000)
    error = np.hypot(*draw.normal(0, 1, (2, 60_000))) * spread * (0.5 + chroma / 20)
    found = fit_calibration(spread[::2], chroma[::2], error[::2])
    ab = torch.tensor(np.stack([chroma, 0 * chroma]))[:, None]
    for times, share in NOMINAL.items():
        radius = found.radius(torch.tensor(spread)[None], ab, times)[0].numpy()
        for third in np.array_split(np.argsort(chroma), 3):
            assert (error <= radius)[third][1::2].mean() == pytest.approx(share, abs=0.03)


@pytest.fixture
def photos(tmp_path):
    (tmp_path / "photos").mkdir()
    for index in range(4):
        Image.fromarray(colourful(index, 40)).save(tmp_path / "photos" / f"{index}.png")
    return tmp_path / "photos"


def _checkpoint(tmp_path, **settings):
    chosen = NetworkSettings(widths=(4, 8), batch_norm=True, **settings)
    path = tmp_path / "epoch-002.safetensors"
    save_checkpoint(path, build_network(chosen, 0), CheckpointInfo("made-up", 2, 32, chosen))
    return path


@pytest.mark.parametrize("head", ["ab", "bins"])
def test_the_page(photos, tmp_path, head):
    bins = ((-20, 0), (0, 0), (30, 30)) if head == "bins" else ()
    path = _checkpoint(tmp_path, dropout=0.2, head=head, bins=bins)
    out = tmp_path / "docs" / "uncertainty.md"
    flags = ["--photos", photos, "--cache", tmp_path / "cache", "--out", out, "--samples", 6]
    assert main([str(f) for f in ["calibrate", "--checkpoint", path, *flags]]) == 0
    page = out.read_text()
    assert "4 photos at 32 px, 6 samples, dropout rate 0.2" in page
    assert "| predicted chroma |" in page
    assert "The spread of the weights is " in page
    assert "| random |" in page
    for word in ("| entropy |", "| whole spread |", "### Calibrated"):
        assert (word in page) == (head == "bins"), word
    assert bool(read_info(path).calibration) == (head == "bins")
    assert "0.2 (as trained)" in page
    for count in (1, 2, 4, 6):
        assert f"\n| {count} |" in page
    assert (tmp_path / "docs" / "uncertainty-made-up-002.svg").read_text().count("<path") > 5


def test_a_network_without_dropout_is_refused(photos, tmp_path, capsys):
    flags = ["--photos", str(photos), "--cache", str(tmp_path / "cache")]
    assert main(["calibrate", "--checkpoint", str(_checkpoint(tmp_path)), *flags]) == 2
    assert "no dropout layers" in capsys.readouterr().err
