"""Measuring predictions over a set of photos: aggregation, reference rows, calibration."""

import csv
from dataclasses import replace

import numpy as np
import pytest
import torch
from helpers import colourful
from PIL import Image
from skimage import data

from colorizer import Colorizer, Photo, metrics
from colorizer.checkpoint import CheckpointInfo, load_checkpoint, save_checkpoint
from colorizer.decoding import TEMPERATURE, Decoding
from colorizer.lab import lab_to_rgb
from colorizer.network import NetworkSettings, build_network
from train.__main__ import main
from train.photos import PhotoSet
from train.study.evaluate import (
    Truth,
    averaging,
    evaluate_files,
    mean_ab,
    measure,
    predict_as_shown,
    reference_rows,
)
from train.study.measures import (
    ACCURACY,
    AMBIGUOUS,
    AVERAGING,
    COLOUR,
    MEASURES,
    RECOGNITION,
    SHOWN,
)


def as_batch(*photos) -> torch.Tensor:
    return torch.stack([torch.from_numpy(photo).permute(2, 0, 1) for photo in photos])


@pytest.fixture
def truth() -> Truth:
    dull = (colourful(1) // 8 + 100).astype("uint8")
    return Truth(as_batch(colourful(0), dull, colourful(2)))


def test_truth_is_the_middle_square():
    squares = as_batch(colourful(0, 18)).numpy()
    truth = Truth.of(
        PhotoSet(squares, ["a.png"] * len(squares), ["made-up"], grey=0, unreadable=0), size=16
    )
    assert torch.equal(truth.rgb, torch.from_numpy(squares)[:, :, 1:-1, 1:-1])


def test_the_true_colours_are_perfect(truth):
    found = measure(truth.ab, truth)
    assert tuple(found) == (*ACCURACY, *COLOUR)
    assert found["loss"] == 0
    assert found["ab_rmse"] == 0
    assert found["sepia_index"] == 0
    for name in ("ssim", "auc_raw", "auc_rebalanced", "colourfulness_ratio", "sharpness"):
        assert found[name] == pytest.approx(1, abs=1e-3), name
    assert found["delta_e_2000"] < 0.5  # 8-bit rounding


def test_loss_is_that_of_training(truth):
    # Half the true colour is off by half of it, in units of 110.
    expected = (truth.ab / 2 / 110).square().mean().item()
    assert measure(truth.ab / 2, truth)["loss"] == pytest.approx(expected)


def test_ratios_are_ratios_of_means(truth):
    # The dull photo painted as vividly as another: a mean of ratios would be far above 1.
    ab = truth.ab.clone()
    ab[1] = ab[0]
    found = measure(ab, truth)
    energy, true_energy = (metrics.gradient_energy(x) for x in (ab, truth.ab))
    assert found["sharpness"] == pytest.approx((energy.mean() / true_energy.mean()).item())
    assert found["sharpness"] < 2 < (energy / true_energy).mean().item()
    assert found["colourfulness_ratio"] < 2


def test_relative_sharpness_is_blind_to_pallor_and_sees_blur(truth):
    pale = measure(truth.ab / 2, truth)
    assert pale["sharpness"] == pytest.approx(0.25, abs=1e-3)
    assert pale["relative_sharpness"] == pytest.approx(1, abs=1e-3)
    photo = Truth(as_batch(data.astronaut()[:64, 200:264]))
    smooth = torch.nn.functional.avg_pool2d(photo.ab, 5, 1, 2, count_include_pad=False)
    assert measure(smooth, photo)["relative_sharpness"] < 0.5


def test_reference_rows(truth):
    training = Truth(as_batch(colourful(5), colourful(6)))
    rows = reference_rows(truth, training)
    assert list(rows) == ["grey", "constant", "original"]
    assert rows["grey"]["mean_chroma"] == 0
    assert rows["grey"]["colourfulness_ratio"] < 0.01
    a, b = training.ab[:, 0].mean().item(), training.ab[:, 1].mean().item()
    assert mean_ab(training).tolist() == pytest.approx([a, b], rel=1e-5)
    assert rows["constant"]["mean_chroma"] == pytest.approx((a * a + b * b) ** 0.5, rel=1e-5)
    assert rows["constant"]["hue_entropy"] == pytest.approx(0, abs=1e-6)
    assert rows["constant"]["sharpness"] == 0
    assert rows["original"]["colourfulness_ratio"] == 1
    assert "psnr" not in rows["original"]
    assert "mean_slope" not in rows["grey"]


def two_kinds_of_pixels() -> tuple[torch.Tensor, torch.Tensor]:
    """(predicted, true), (1, 2, 20, 100) each.

    In the upper half the truth is orange, (30, 40), or blue, (-24, -32), in turn; their mean is
    (3, 4). In the lower half it is always (0, 20).
    """
    true = torch.zeros(1, 2, 20, 100)
    true[0, :, :10, ::2] = torch.tensor([30.0, 40])[:, None, None]
    true[0, :, :10, 1::2] = torch.tensor([-24.0, -32])[:, None, None]
    true[0, 1, 10:] = 20
    mean = torch.zeros_like(true)
    mean[0, :, :10] = torch.tensor([3.0, 4])[:, None, None]
    mean[0, 1, 10:] = 20
    return mean, true


def test_averaging_at_the_conditional_mean():
    predicted, true = two_kinds_of_pixels()
    found = averaging(predicted, true)
    assert [*found] == [*dict.fromkeys((*AVERAGING, *AMBIGUOUS))]
    assert found["mean_slope"] == pytest.approx(1)
    # All chroma that is missing, 45 - 5 over half of the pixels, goes in the averaging.
    assert found["averaging_share"] == pytest.approx(1)
    assert found["ambiguous_pixels"] == pytest.approx(0.5)
    assert found["ambiguous_true_chroma"] == pytest.approx((50 + 40) / 2)
    assert found["ambiguous_mean_chroma"] == pytest.approx(5)
    assert found["ambiguous_chroma"] == pytest.approx(5)
    # Orange holds 50 of 90 units of chroma; the mean of orange and blue is orange.
    assert found["ambiguous_true_sepia"] == pytest.approx(50 / 90)
    assert found["ambiguous_mean_sepia"] == pytest.approx(1)
    assert found["ambiguous_sepia"] == pytest.approx(1)


@pytest.mark.parametrize("strength", [0.5, 2.0])
def test_calibration_tells_too_strong_from_too_weak(strength):
    mean, true = two_kinds_of_pixels()
    found = averaging(strength * mean, true)
    assert found["mean_slope"] == pytest.approx(1 / strength)
    # Chroma: true 32.5, its means 12.5, predicted 12.5 times the strength.
    expected = (32.5 - 12.5) / (32.5 - strength * 12.5)
    assert found["averaging_share"] == pytest.approx(expected)
    assert found["ambiguous_chroma"] == pytest.approx(5 * strength)


@pytest.fixture
def chooser(tmp_path):
    """A checkpoint of a network that chooses among bins, with random weights."""
    bins = ((-30, 0), (0, 0), (40, 30))
    settings = NetworkSettings(widths=(4, 8), batch_norm=True, head="bins", bins=bins)
    path = tmp_path / "epoch-003.safetensors"
    save_checkpoint(
        path, build_network(settings, seed=0), CheckpointInfo("rebalanced", 3, 16, settings)
    )
    return path


@pytest.mark.parametrize("size", [16, 48])
def test_a_checkpoint_is_measured_as_the_app_shows_it(chooser, truth, size):
    network, info = load_checkpoint(chooser)
    (ab,) = predict_as_shown(network, truth, size, [Decoding()])
    colorizer = Colorizer(network, replace(info, size=size))
    for i in range(len(ab)):
        photo = Photo(truth.rgb[i].permute(1, 2, 0).numpy())
        painted = lab_to_rgb(truth.lightness[i], ab[i]).permute(1, 2, 0).numpy()
        assert np.abs(painted.astype(int) - colorizer.colorize(photo).rgb).mean() < 0.5


def test_evaluate_prints_what_has_to_be_beaten(chooser, tmp_path, capsys):
    for index, folder in enumerate(["near/a", "near/b", "far/c"]):
        (tmp_path / "photos" / folder).mkdir(parents=True)
        Image.fromarray(colourful(index, 40)).save(tmp_path / "photos" / folder / "1.png")
    flags = ["evaluate", "--checkpoint", str(chooser), "--photos", str(tmp_path / "photos")]
    flags += ["--size", "32", "--cache", str(tmp_path / "cache")]
    assert main([*flags, "--temperature", "0.2", "1"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("3 photos at 32 px")
    names = [line.split("|")[1].strip() for line in out.splitlines() if line.startswith("|")]
    assert names[2:5] == ["grey", "constant", "original"]
    assert names[5:] == ["rebalanced 3, T 0.2, calm 0", "rebalanced 3, T 1, calm 0"]
    assert main([*flags, "--temperature", "1", "--gain", "1", "2"]) == 0
    rows = [line.split("|") for line in capsys.readouterr().out.splitlines() if line[:5] == "| reb"]
    assert float(rows[1][7]) > 1.3 * float(rows[0][7])  # chroma
    assert main([*flags, "--calm", "0.5"]) == 2
    assert "rarity" in capsys.readouterr().err
    assert main([*flags, "--only", "far"]) == 0
    assert capsys.readouterr().out.startswith("1 photos")
    assert main([*flags, "--hold-out", "far"]) == 0
    assert capsys.readouterr().out.startswith("2 photos")
    table, plot = tmp_path / "price.csv", tmp_path / "price.svg"
    assert main([*flags, "--csv", str(table), "--plot", str(plot)]) == 0
    with table.open(newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert list(rows)[:3] == ["grey", "constant", "original"]
    assert rows["original"]["psnr"] == ""
    assert f"| {float(rows['grey']['psnr']):.2f} |" in capsys.readouterr().out
    assert "grey" in plot.read_text()
    assert main([*flags, "--only", "nowhere"]) == 2
    assert "--only nowhere" in capsys.readouterr().err
    assert main([*flags[:2], str(tmp_path / "none.safetensors"), *flags[3:]]) == 2
    assert "no checkpoint" in capsys.readouterr().err


def test_an_l2_network_is_measured_as_it_is_shown(truth, tmp_path):
    path, settings = tmp_path / "made-up.safetensors", NetworkSettings(widths=(4, 8))
    network = build_network(settings, seed=0)
    save_checkpoint(path, network, CheckpointInfo("made-up", 1, 16, settings))
    rows = evaluate_files([path], truth, [TEMPERATURE])
    own, _ = load_checkpoint(path)
    (shown,) = predict_as_shown(own, truth, 16, [Decoding()])
    assert rows["made-up 1, L2"] == measure(shown, truth, slow=False)


def test_every_measure_has_one_title_and_belongs_to_a_table():
    groups = {*ACCURACY, *COLOUR, *RECOGNITION, *AVERAGING, *AMBIGUOUS}
    assert groups == {*MEASURES}
    assert {*SHOWN} <= groups
    titles = [measure.title for measure in MEASURES.values()]
    assert len({*titles}) == len(titles)
