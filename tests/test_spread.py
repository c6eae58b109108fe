"""Colour spreads from hints to what looks alike, and stays where nothing does."""

import numpy as np
import pytest
import torch
from skimage import data

from colorizer import Colorizer, Hint, HintError, Photo
from colorizer.checkpoint import CheckpointInfo
from colorizer.lab import rgb_to_lab
from colorizer.network import NetworkSettings, build_network
from colorizer.photo import resize
from colorizer.spread import Cells, doubt_left

PLAIN = NetworkSettings(widths=(4, 8))
RESNET = NetworkSettings(widths=(4, 8, 12, 16), decoder=(8, 8, 8), shape="resnet", batch_norm=True)


def _colorizer(settings: NetworkSettings) -> Colorizer:
    network = build_network(settings, seed=0)
    return Colorizer(network, CheckpointInfo("made-up", 1, 64, settings))


@pytest.fixture(params=[PLAIN, RESNET], ids=["plain", "resnet"])
def colorizer(request) -> Colorizer:
    return _colorizer(request.param)


def _two_things() -> Photo:
    """A dark half and a light one, each of them even."""
    grey = np.full((96, 128, 3), 70, np.uint8)
    grey[:, 64:] = 190
    return Photo(grey)


def _ab(picture: np.ndarray) -> torch.Tensor:
    return rgb_to_lab(torch.from_numpy(picture).permute(2, 0, 1))[1:]


def test_a_thing_takes_its_colour_and_its_neighbour_keeps_its_own(colorizer):
    photo = _two_things()
    before = _ab(colorizer.colorize(photo).rgb)
    after = _ab(colorizer.colorize(photo, hints=[Hint(20, 40, ab=(-20, 25))]).rgb)
    moved = (after - before).norm(dim=0)
    wanted = torch.tensor([-20.0, 25.0])[:, None, None]
    assert (after - wanted).norm(dim=0)[40, 20] < 3
    assert (after - wanted).norm(dim=0)[:, 4:56].mean() < 8, "all of the dark half follows"
    assert moved[:, 72:].mean() < 3


def test_doubt_goes_from_the_thing_that_was_named(colorizer):
    photo = _two_things()
    state = colorizer.start(photo)
    cells = Cells.of(photo, state, colorizer.predict(photo, state=state))
    left = doubt_left([Hint(20, 40, ab=(-20, 25))], cells)
    _, rows, columns = cells.lightness.shape
    assert left[int(40 / 96 * rows), int(20 / 128 * columns)] < 0.3
    assert left[:, : columns // 2 - 1].mean() < 0.8
    assert left[:, columns // 2 + 1 :].min() > 0.95


def test_hints_that_disagree_share_by_distance(colorizer):
    hints = [Hint(10, 48, ab=(30, 0)), Hint(50, 48, ab=(-30, 0))]
    a = _ab(colorizer.colorize(_two_things(), hints=hints).rgb)[0, 48]
    assert a[10] > 22
    assert a[50] < -22
    assert (a[10:51].diff() < 2).all(), "from one to the other"


def test_the_same_hints_give_the_same_picture(colorizer):
    photo, hints = Photo(data.chelsea()), [Hint(100, 50, rgb=(0, 90, 0), radius=5)]
    first = colorizer.colorize(photo, hints=hints).rgb
    np.testing.assert_array_equal(first, colorizer.colorize(photo, hints=hints).rgb)
    state = colorizer.start(photo)
    torch.testing.assert_close(
        colorizer.predict(photo, hints=hints, state=state), colorizer.predict(photo, hints=hints)
    )


def test_another_size_of_the_photo_gives_the_same_colours(colorizer):
    large = Photo(data.chelsea())
    small = Photo(resize(large.rgb, large.width // 2, large.height // 2))
    hints = [Hint(100, 50, ab=(30, 20), radius=5), Hint(300.5, 200, ab=(-10, -30))]
    halved = [
        hint.at_scale(small.width / large.width, small.height / large.height) for hint in hints
    ]
    found = colorizer.predict(large, hints=hints) - colorizer.predict(small, hints=halved)
    assert found.abs().mean() < 1


@pytest.mark.parametrize("count", [2, 200])
def test_many_in_one_place_are_met_by_their_mean(colorizer, count):
    hints = [Hint(20, 40, ab=(10.0 * (i % 2), 20)) for i in range(count)]
    ab = _ab(colorizer.colorize(_two_things(), hints=hints).rgb)[:, 40, 20]
    torch.testing.assert_close(ab, torch.tensor([5.0, 20.0]), atol=2, rtol=0)


def test_what_lies_outside_is_refused(colorizer):
    with pytest.raises(HintError, match="outside"):
        colorizer.colorize(_two_things(), hints=[Hint(128, 0, ab=(0, 0))])
