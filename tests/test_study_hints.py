"""The page on what a few true colours are worth."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers import assert_one_sentence, write_photos

from colorizer import Hint
from colorizer.checkpoint import CheckpointInfo, save_checkpoint
from colorizer.decoding import Decoding
from colorizer.network import NetworkSettings, build_network
from train import TrainError
from train.study import hints
from train.study.hints import HintsArguments, measure_hints
from train.study.levin import levin
from train.study.markdown import BY_HAND


def test_levins_colours_stop_at_an_edge():
    lightness = torch.full((1, 24, 32), 20.0)
    lightness[..., 16:] = 80
    ab = levin(lightness, [Hint(5, 5, ab=(30, -10), radius=2), Hint(25, 20, ab=(0, 40))])
    torch.testing.assert_close(ab[:, 3, 14], torch.tensor([30.0, -10.0]), atol=4, rtol=0)
    torch.testing.assert_close(ab[:, 20, 17], torch.tensor([0.0, 40.0]), atol=4, rtol=0)


def test_each_pixel_is_the_mean_of_its_neighbours_where_all_are_alike():
    ab = levin(torch.full((1, 9, 9), 50.0), [Hint(0, 0, ab=(10, 0)), Hint(8.9, 8.9, ab=(20, 5))])
    inner = ab[:, 4:7, 1:4].numpy()
    around = inner.sum((1, 2)) - inner[:, 1, 1]
    np.testing.assert_allclose(inner[:, 1, 1], around / 8, atol=1e-4)


@pytest.fixture
def arguments(tmp_path: Path) -> HintsArguments:
    settings = NetworkSettings(widths=(4, 8))
    path = tmp_path / "epoch-001.safetensors"
    info = CheckpointInfo("made-up", 1, 16, settings)
    save_checkpoint(path, build_network(settings, seed=0), info)
    for folder in ("near", "far"):
        write_photos(tmp_path / "photos" / folder, 2)
    return HintsArguments(
        path,
        [str(tmp_path / "photos")],
        [],
        ["far"],
        tmp_path / "hints.md",
        seeds=2,
        cache=tmp_path / "cache",
    )


def test_the_page_is_made_and_made_again_without_measuring(arguments, monkeypatch):
    monkeypatch.setattr(hints, "COUNTS", (0, 1, 4))
    measure_hints(arguments)
    page = arguments.out.read_text()
    assert "## Validation: 2 photos, 2 seeds" in page
    assert "## Elsewhere: 2 photos, 2 seeds" in page
    assert "<svg" in arguments.out.with_suffix(".svg").read_text()
    assert "### Elsewhere: 2 photos" in page[page.index("## A false colour") :]
    assert "<svg" in (arguments.out.parent / "hints-reach.svg").read_text()
    with arguments.out.with_suffix(".csv").open() as file:
        rows = list(csv.DictReader(file))
    # Three counts of two seeds of chance, the question and the oracle; two of Levin's, who needs
    # a hint.
    assert len(rows) == 4 * (3 * 4 + 2 * 2)

    def error(way: str, count: int) -> float:
        chosen = [r for r in rows if (r["way"], r["hints"]) == (way, str(count))]
        return float(np.mean([float(row["delta_e_2000"]) for row in chosen]))

    assert error("oracle", 4) < error("oracle", 1) < error("oracle", 0)
    assert error("random", 4) < error("random", 0)
    by_hand = f"\n{BY_HAND}\nWhat somebody saw.\n"
    arguments.out.write_text(f"An earlier page.\n{by_hand}")
    monkeypatch.setattr(hints, "levin", None)
    monkeypatch.setattr(hints.reach, "measured", None)
    measure_hints(arguments)
    assert arguments.out.read_text() == page + by_hand


def test_a_network_that_is_painted_more_vividly_is_measured_without_that_too(
    arguments, monkeypatch
):
    monkeypatch.setattr(hints, "COUNTS", (0, 1))
    settings = NetworkSettings(widths=(4, 8))
    info = CheckpointInfo("made-up", 1, 16, settings, decoding=Decoding(gain=2.5))
    save_checkpoint(arguments.checkpoint, build_network(settings, seed=0), info)
    measure_hints(replace(arguments, limit=1, seeds=1))
    page = arguments.out.read_text()
    assert "2.5 times as vivid" in page
    assert "with a gain of 1" in page
    with arguments.out.with_suffix(".csv").open() as file:
        error = {(r["set"], r["way"], r["hints"]): r["psnr"] for r in csv.DictReader(file)}
    for chosen in ("validation", "elsewhere"):
        assert error[chosen, "unforced", "0"] != error[chosen, "random", "0"]


def test_another_checkpoint_is_not_mixed_in(arguments, monkeypatch):
    monkeypatch.setattr(hints, "COUNTS", (0, 1))
    measure_hints(replace(arguments, limit=1, seeds=1))
    settings = NetworkSettings(widths=(4, 8))
    info = CheckpointInfo("made-up", 2, 16, settings)
    save_checkpoint(arguments.checkpoint, build_network(settings, seed=1), info)
    with pytest.raises(TrainError) as error:
        measure_hints(arguments)
    assert_one_sentence(str(error.value))
