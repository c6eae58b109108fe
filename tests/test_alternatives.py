"""Other plausible colours: whole pictures, drawn from the network's own distribution."""

import pytest
import torch
from helpers import colourful

from colorizer import Colorizer, Hint, HintError, Photo
from colorizer.alternatives import MOST, THINGS, Thing, draw
from colorizer.checkpoint import list_checkpoints
from colorizer.hints import as_json, from_json
from colorizer.hub import LOCAL

SHIPPED = list_checkpoints(LOCAL)
BINS = torch.tensor([[0.0, 0.0], [60.0, 0.0], [0.0, 60.0], [-60.0, 0.0]])


@pytest.fixture(scope="module", params=["rebalanced", "transfer"])
def colorizer(request) -> Colorizer:
    epochs = SHIPPED[request.param]
    return Colorizer.from_checkpoint(epochs[max(epochs)])


@pytest.fixture(scope="module")
def photo() -> Photo:
    return Photo(colourful(1, 96))


def _thing(*chances: float) -> Thing:
    return Thing(1.0, 1.0, torch.tensor(chances).log())


def test_each_is_a_whole_picture_that_its_hints_paint_again(colorizer, photo):
    found = colorizer.alternatives(photo, 3)
    assert sorted(one.index for one in found) == [0, 1, 2]
    for one in found:
        assert len(one.hints) == THINGS
        assert torch.equal(one.colour, colorizer.predict(photo, hints=one.hints))
    assert len({one.hints for one in found}) == 3


def test_more_extend_fewer_and_a_seed_repeats_them(colorizer, photo):
    by_index = {one.index: one.hints for one in colorizer.alternatives(photo, 6)}
    assert {o.index: o.hints for o in colorizer.alternatives(photo, 2, first=4)} == {
        index: by_index[index] for index in (4, 5)
    }
    other = {one.index: one.hints for one in colorizer.alternatives(photo, 6, seed=1)}
    assert other != by_index


def test_they_come_likeliest_first(colorizer, photo):
    likelihoods = [one.likelihood for one in colorizer.alternatives(photo, 6)]
    assert likelihoods == sorted(likelihoods, reverse=True)
    assert all(one <= 0 for one in likelihoods)


def test_colours_of_a_person_hold_in_all_of_them(colorizer, photo):
    told = Hint(20, 20, ab=(50.0, 30.0))
    for one in colorizer.alternatives(photo, 4, hints=[told]):
        assert all(hint.source == "network" for hint in one.hints)
        assert torch.equal(one.colour, colorizer.predict(photo, hints=[told, *one.hints]))
        assert all((hint.x, hint.y) != (told.x, told.y) for hint in one.hints)


def test_draws_are_as_frequent_as_their_chances():
    things = [_thing(0.5, 0.3, 0.15, 0.05), _thing(0.1, 0.2, 0.3, 0.4)]
    drawn = [hints for hints, _ in draw(things, BINS, range(400), 0, 1.0)]
    for number, thing in enumerate(things):
        counts = [sum(hints[number].ab == tuple(ab) for hints in drawn) for ab in BINS.tolist()]
        shares = torch.tensor(counts) / len(drawn)
        assert torch.allclose(shares, thing.chances.exp(), atol=0.02)


def test_a_low_temperature_draws_the_likeliest():
    things = [_thing(0.2, 0.6, 0.1, 0.1)]
    drawn = draw(things, BINS, range(10), 0, 0.05)
    assert {hints[0].ab for hints, _ in drawn} == {(60.0, 0.0)}
    assert drawn[0][1] == pytest.approx(torch.tensor(0.6).log().item())


def test_a_few_draws_differ_where_the_colour_is_open():
    things = [_thing(0.25, 0.25, 0.25, 0.25)]
    assert len({hints[0].ab for hints, _ in draw(things, BINS, range(5), 3, 1.0)}) == 4


@pytest.mark.parametrize(("count", "first"), [(0, 0), (1, -1), (MOST + 1, 0), (6, MOST - 5)])
def test_numbers_out_of_range_are_refused(colorizer, photo, count, first):
    with pytest.raises(ValueError, match=f"1 or more of the {MOST}"):
        colorizer.alternatives(photo, count, first=first)


def test_a_network_of_one_colour_has_none(photo):
    epochs = SHIPPED["batchnorm"]
    colorizer = Colorizer.from_checkpoint(epochs[max(epochs)])
    with pytest.raises(ValueError, match="choose rebalanced or transfer"):
        colorizer.alternatives(photo)


def test_a_hint_outside_the_photo_is_refused(colorizer, photo):
    with pytest.raises(HintError):
        colorizer.alternatives(photo, hints=[Hint(1000, 1, ab=(0, 0))])


def test_a_file_says_which_hints_were_drawn(photo):
    hints = [Hint(1, 2, ab=(3.0, 4.0), source="network"), Hint(5, 6, rgb=(7, 8, 9))]
    text = as_json(hints, photo)
    assert text.count("source") == 1
    assert from_json(text, photo) == hints
    with pytest.raises(HintError, match="person or network"):
        from_json(text.replace('"network"', '"chance"'), photo)
