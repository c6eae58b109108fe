"""Only what the network is sure of: elsewhere the picture stays grey."""

import pytest
import torch
from helpers import assert_one_sentence, colourful
from PIL import Image

from colorizer import Colorizer, Hint, Photo, metrics
from colorizer.__main__ import main
from colorizer.checkpoint import list_checkpoints
from colorizer.hub import LOCAL
from colorizer.painting import FADED, fade
from colorizer.worksheet import read_sheet

SHIPPED = list_checkpoints(LOCAL)


def _load(variant: str) -> Colorizer:
    return Colorizer.from_checkpoint(SHIPPED[variant][max(SHIPPED[variant])])


@pytest.fixture(scope="module")
def photo() -> Photo:
    return Photo(colourful(1, 96))


def test_chroma_is_whole_within_the_limit_and_none_beyond():
    ab = torch.full((2, 1, 4), 30.0)
    radius = torch.tensor([[5.0, 10.0, 12.5, 10 * FADED]])
    assert torch.allclose(fade(ab, radius, 10.0)[0], torch.tensor([[30.0, 30.0, 15.0, 0.0]]))
    lab = torch.cat([torch.full((1, 1, 4), 50.0), ab])
    assert (fade(lab, radius, 10.0)[0] == 50).all()


def test_a_smaller_limit_keeps_less(photo):
    colorizer = _load("transfer")
    output, colour = colorizer.predict_with_output(photo)
    radius = colorizer.radius(photo, output)
    low, middle, high = torch.quantile(radius, torch.tensor([0.1, 0.5, 1.0])).tolist()
    high *= 1.01  # beyond rounding
    chroma = [
        metrics.mean_chroma(colorizer.only_sure(photo, output, colour, limit)).item()
        for limit in (low, middle, high)
    ]
    assert chroma == sorted(chroma)
    assert chroma[0] < chroma[2]
    assert torch.equal(colorizer.only_sure(photo, output, colour, high), colour)
    assert colorizer.only_sure(photo, output, colour, None) is colour


def test_what_a_person_has_told_keeps_its_colour(photo):
    colorizer = _load("transfer")
    hint = Hint(40, 40, ab=(40.0, 20.0))
    state = colorizer.start(photo)
    output, colour = colorizer.predict_with_output(photo, hints=[hint], state=state)
    limit = colorizer.radius(photo, output).min().item() / 2  # nothing is as sure by itself
    kept = colorizer.only_sure(photo, output, colour, limit, [hint], state)
    row, column = (int(40 / 96 * side) for side in kept.shape[1:])
    assert kept[:, row, column].norm() > 0.9 * colour[:, row, column].norm()
    share = colorizer.certainty(photo, output, [hint], state, limit)
    assert share
    assert share[f"{limit:g}"] > 0


def test_the_command_leaves_grey_what_is_unsure_and_redo_repeats_it(tmp_path, capsys):
    source = tmp_path / "a.png"
    Image.fromarray(colourful(1, 64)).save(source)
    words = [str(source), "--workers", "1", "--variant", "rebalanced"]
    assert main([*words, "--out", str(tmp_path / "all")]) == 0
    assert main([*words, "--out", str(tmp_path / "sure"), "--within", "8"]) == 0
    sheet = read_sheet(tmp_path / "sure" / "a.png")
    assert sheet["settings"]["within"] == 8
    assert "8" in sheet["certainty"]
    assert "only colours within 8 ab units" in sheet["note"]
    chroma = [
        Photo.open(tmp_path / folder / "a.png").lab[1:].norm(dim=0).mean().item()
        for folder in ("all", "sure")
    ]
    assert chroma[1] < chroma[0]
    assert main(["redo", str(tmp_path / "sure" / "a.png"), str(source)]) == 0
    capsys.readouterr()
    assert main([*words, "--out", str(tmp_path / "sure")]) == 1
    assert "another within" in capsys.readouterr().err
    words[-1] = "batchnorm"
    assert main([*words, "--out", str(tmp_path / "none"), "--within", "8"]) == 2
    assert_one_sentence(capsys.readouterr().err.removeprefix("error: ").strip())


@pytest.mark.parametrize("within", [0, -3])
def test_impossible_limits_are_refused(photo, within):
    with pytest.raises(ValueError, match="above 0"):
        _load("rebalanced").colorize(photo, within=within)


def test_a_network_of_one_colour_does_not_say_how_sure_it_is(photo):
    with pytest.raises(ValueError, match="choose rebalanced or transfer"):
        _load("batchnorm").colorize(photo, within=10)
