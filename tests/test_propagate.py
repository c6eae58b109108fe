"""Colour spreads from hints to what looks alike, and stays where nothing does."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from skimage import data

from colorizer import Colorizer, Hint, HintError, Photo
from colorizer.affinity import LearntAffinity, Spots
from colorizer.checkpoint import CheckpointInfo
from colorizer.hints import REACHES
from colorizer.lab import rgb_to_lab
from colorizer.network import VARIANTS, NetworkSettings, build_network
from colorizer.photo import resize
from colorizer.propagate import Cells, Kernel, attend, follow, influence, uncertainty_left

PLAIN = NetworkSettings(widths=(4, 8))
UNET = replace(VARIANTS["transfer"], decoder=(8, 8, 8), head="ab")


def _colorizer(settings: NetworkSettings) -> Colorizer:
    network = build_network(settings, seed=0)
    return Colorizer(network, CheckpointInfo("made-up", 1, 64, settings))


@pytest.fixture(params=[PLAIN, UNET], ids=["plain", "unet"])
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


def test_uncertainty_goes_from_the_thing_that_was_named(colorizer):
    photo = _two_things()
    state = colorizer.start(photo)
    cells = colorizer.cells(photo, state, colorizer.predict(photo, state=state))
    left = uncertainty_left([Hint(20, 40, ab=(-20, 25))], cells)
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


def _cells(grey: np.ndarray, ab: torch.Tensor) -> Cells:
    """As seen by a network without an encoder, which is sure of `ab`."""
    photo = Photo(np.repeat(grey[..., None], 3, axis=2))
    return Cells.of(photo, ab)


def test_hints_that_find_a_photo_paler_pale_all_of_it():
    grey = np.linspace(40, 220, 128).astype(np.uint8)[None].repeat(128, 0)
    ab = torch.tensor([12.0, 16.0])[:, None, None].expand(2, 32, 32).contiguous()
    cells = _cells(grey, ab)
    places = [(10, 20), (14, 90), (40, 50)]
    paler = follow(ab, [Hint(x, y, ab=(6, 8)) for x, y in places], cells)[:, 16, 31]
    assert paler.norm() < 16, "the far and unlike right edge, 20 before"
    other = follow(ab, [Hint(x, y, ab=(-60, -50)) for x, y in places[:1]], cells)[:, 16, 31]
    assert (other - ab[:, 0, 0]).norm() < 2, "one of another colour is about its own thing"


def test_colours_reach_further_where_hints_bear_each_other_out():
    grey = np.linspace(40, 220, 128).astype(np.uint8)[None].repeat(128, 0)
    ab = torch.zeros(2, 32, 32)
    places = [(x, y) for x in range(4, 60, 17) for y in (20, 70, 110)]
    cells = _cells(grey, ab)
    near = replace(cells, kernel=replace(cells.kernel, reaches=(1.0,)))
    same = [Hint(x, y, ab=(0, 30)) for x, y in places]
    far = follow(ab, same, cells)[1, :, 28].mean()
    assert far > 1.5 * follow(ab, same, near)[1, :, 28].mean()
    random = np.random.default_rng(0)
    mixed = [Hint(x, y, ab=(0, float(random.uniform(-40, 40)))) for x, y in places]
    torch.testing.assert_close(follow(ab, mixed, cells), follow(ab, mixed, near))


def test_nothing_moves_further_than_a_hint_asks():
    grey = np.full((128, 128), 120, np.uint8)
    ab = torch.zeros(2, 32, 32)
    hints = [Hint(x, 64, ab=(0, b)) for x, b in ((8, 30), (16, -30), (24, 30))]
    assert follow(ab, hints, _cells(grey, ab))[1].abs().max() < 31


def test_a_colour_for_its_own_place_leaves_the_rest_as_it_was(colorizer):
    photo = _two_things()
    before = _ab(colorizer.colorize(photo).rgb)
    wanted = torch.tensor([-20.0, 25.0])
    after = _ab(colorizer.colorize(photo, hints=[Hint(20, 40, ab=(-20, 25), reach="here")]).rgb)
    assert (after[:, 40, 20] - wanted).norm() < 4
    assert (after - before).norm(dim=0)[:, 50:].max() < 2, "the same thing, further on"


def test_a_colour_for_all_that_is_alike_goes_past_an_edge():
    grey = np.full((128, 128), 120, np.uint8)
    grey[:, 60:68] = 5
    ab = torch.zeros(2, 32, 32)
    place = {"x": 30, "y": 64, "ab": (0, 30)}
    thing, alike = (
        follow(ab, [Hint(**place, reach=reach)], _cells(grey, ab))[1, 16]
        for reach in ("thing", "alike")
    )
    assert alike[20:].min() > 25
    assert thing[20:].max() < 0.6 * alike[20:].min()
    assert thing[3:12].min() > 20


def test_whatever_tells_what_is_alike_is_followed():
    def left_half(spots: Spots) -> torch.Tensor:
        return (torch.arange(32) < 16).float().expand(len(spots.places), 32, 32)

    ab = torch.zeros(2, 32, 32)
    cells = replace(_cells(np.full((128, 128), 120, np.uint8), ab), affinity=left_half)
    b = follow(ab, [Hint(20, 20, ab=(0, 60))], cells)[1]
    assert b[:, :16].min() > 50
    assert b[:, 16:].max() < 2


@pytest.mark.parametrize("reach", REACHES)
def test_the_influence_of_a_hint_is_what_its_colour_moves(colorizer, reach):
    """Beside others, and whatever the colour is."""
    photo = Photo(np.ascontiguousarray(data.astronaut()[::4, ::4]))
    state, ab = colorizer.start(photo), colorizer.predict(photo)[-2:]
    # Without what hints say of the photo as a whole, and with the reach of a single one.
    kernel = Kernel(strength=1e-6, cast=1e-6, reaches=(1.0,))
    cells = replace(colorizer.cells(photo, state, ab), kernel=kernel)
    hint = Hint(30, 90, ab=(60, -60), reach=reach)
    for others in ([], [Hint(100, 20, ab=(5, 5), reach="here")]):
        share = influence(hint, others, ab, cells)
        pair = [replace(hint, ab=colour) for colour in ((60, -60), (-60, 60))]
        one, two = (follow(ab, [*others, hint], cells) for hint in pair)
        moved = (one - two).norm(dim=0) / np.hypot(120, 120)
        assert (moved - share).abs().mean() < 0.03
        assert share.max() > 0.5
        (same,) = colorizer.influence(photo, [hint], others, state)
        assert (same - share).abs().max() < 1e-5


def test_an_influence_outside_the_photo_is_refused(colorizer):
    with pytest.raises(HintError):
        colorizer.influence(_two_things(), [Hint(500, 90, ab=(0, 0))])


@pytest.fixture
def learnt() -> Cells:
    """Of two things, as a network that has learnt to tell them apart sees them."""
    photo, ab = _two_things(), torch.zeros(2, 24, 32)
    embedding = torch.zeros(4, 24, 32)
    embedding[0, :, 16:] = 3
    return Cells.of(photo, ab, learnt=LearntAffinity(embedding, 3.0))


def test_learnt_attention_gives_a_thing_its_colour_and_no_other(learnt):
    ab = torch.zeros(2, 24, 32)
    hints = [Hint(20, 40, ab=(-20, 25))]
    assert learnt.learnt is not None
    attended = attend(ab, hints, learnt.photo, learnt.learnt)
    followed = follow(ab, hints, learnt)
    for colours in (attended, followed):
        assert (colours[:, :, :15] - torch.tensor([-20.0, 25.0])[:, None, None]).abs().max() < 3
        assert colours[:, :, 17:].norm(dim=0).max() < 1
    met = (followed[:, 10, 5] - torch.tensor([-20.0, 25.0])).norm()
    assert met < (attended[:, 10, 5] - torch.tensor([-20.0, 25.0])).norm(), "the process adds it"


def test_learnt_attention_is_the_influence_of_a_hint(learnt):
    ab = torch.zeros(2, 24, 32)
    hint = Hint(20, 40, ab=(30, 0))
    alone = influence(hint, [], ab, learnt)
    assert alone[:, :15].min() > 0.9
    assert alone[:, 17:].max() < 0.1
    beside = influence(hint, [Hint(24, 44, ab=(0, 30))], ab, learnt)
    torch.testing.assert_close(beside[:, :15], torch.full((24, 15), 0.5), atol=0.05, rtol=0)
