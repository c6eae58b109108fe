"""The page on several plausible pictures beside the one."""

from dataclasses import replace
from pathlib import Path

import pytest
from helpers import assert_one_sentence, write_photos

from colorizer.checkpoint import CheckpointInfo, save_checkpoint
from colorizer.network import NetworkSettings, build_network
from train import TrainError
from train.study import alternatives
from train.study.alternatives import AlternativesArguments, measure_alternatives
from train.study.markdown import BY_HAND

BINS = ((-40.0, 0.0), (0.0, 0.0), (40.0, 40.0), (0.0, -40.0))


def _checkpoint(path: Path, settings: NetworkSettings) -> Path:
    save_checkpoint(
        path, build_network(settings, seed=0), CheckpointInfo("made-up", 1, 32, settings)
    )
    return path


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch) -> AlternativesArguments:
    monkeypatch.setattr(alternatives, "SIDE", 48)
    settings = NetworkSettings(widths=(4, 8), dropout=0.2, head="bins", bins=BINS)
    for folder in ("near", "far"):
        write_photos(tmp_path / "photos" / folder, 2, side=48)
    return AlternativesArguments(
        _checkpoint(tmp_path / "epoch-001.safetensors", settings),
        [str(tmp_path / "photos")],
        [],
        ["far"],
        tmp_path / "alternatives.md",
        seeds=2,
        cache=tmp_path / "cache",
    )


def test_the_page_compares_all_ways_and_keeps_what_was_written_by_hand(arguments):
    arguments.out.write_text(f"An earlier page.\n{BY_HAND}\nWhat somebody saw.\n")
    measure_alternatives(arguments)
    page = arguments.out.read_text()
    assert "An earlier page" not in page
    assert page.endswith("What somebody saw.\n")
    for part in ("## Validation: 2 photos, 2 series", "## Elsewhere: 2 photos, 2 series"):
        assert part in page
    for way in alternatives.WAYS.values():
        assert page.count(f"\n| {way} |") >= 2
    best = [float(cell.split(" ± ")[0]) for cell in _row(page, "alternatives")[1:6]]
    assert best[1:] == sorted(best[1:])  # more can only help


def _row(page: str, name: str) -> list[str]:
    line = next(line for line in page.splitlines() if line.startswith(f"| {name} |"))
    return [cell.strip() for cell in line.split("|")[2:-1]]


def test_a_network_that_draws_nothing_is_refused(arguments, tmp_path):
    plain = _checkpoint(tmp_path / "epoch-002.safetensors", NetworkSettings(widths=(4, 8)))
    with pytest.raises(TrainError) as raised:
        measure_alternatives(replace(arguments, checkpoint=plain))
    assert_one_sentence(str(raised.value))
    with pytest.raises(TrainError, match="--limit 0"):
        replace(arguments, limit=0)
