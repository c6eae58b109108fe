"""What spots have in common with the rest of a photo."""

import numpy as np
import pytest
import torch

from colorizer import Hint, Photo
from colorizer.affinity import DISTANCES, LearntAffinity, Likeness, Spots, paths
from colorizer.hints import Reach


def _parted() -> Photo:
    """Two even grey fields of 40 x 19 pixels, and a black line between them."""
    grey = np.full((40, 40, 3), 140, np.uint8)
    grey[:, 19:21] = 10
    return Photo(grey)


def _affinity(photo: Photo, hint: Hint, distances=DISTANCES) -> torch.Tensor:
    lightness = photo.lightness_at(40, 40)
    likeness = Likeness.of(lightness, torch.zeros(2, 40, 40), distances=distances)
    return likeness(Spots.of([hint], photo))[0]


def test_the_way_with_the_least_change_counts():
    lightness = torch.zeros(1, 5, 5)
    lightness[0, :4, 2] = 50  # a wall with a gap at the bottom
    spot = Spots.on(lightness, torch.tensor([0]))
    assert paths(lightness, spot)[0, 0].tolist() == [0, 0, 50, 0, 0], "around the wall"
    lightness[0, 4, 2] = 30
    assert paths(lightness, spot)[0, 0].tolist() == [0, 0, 50, 60, 60], "over it where it is low"


def test_the_first_step_of_a_way_begins_at_the_spot_itself():
    photo = _parted()
    dark = paths(photo.lightness_at(40, 40), Spots.of([Hint(19.9, 20, ab=(0, 0))], photo))
    light = photo.lightness_at(40, 40)[0, 0, 0] - photo.lightness[0, 0, 19]
    torch.testing.assert_close(dark[0, 20, 5], light)


def test_spots_on_cells_are_spots_of_hints_there():
    photo = _parted()
    lightness = photo.lightness_at(40, 40)
    on, of = (
        Spots.on(lightness, torch.tensor([3 * 40 + 7])),
        Spots.of([Hint(7.5, 3.5, ab=(0, 0))], photo),
    )
    torch.testing.assert_close(on.places, of.places)
    torch.testing.assert_close(on.sample(lightness), lightness[:, 3, 7][None])


@pytest.mark.parametrize("reach", ["here", "thing", "alike"])
def test_how_far_a_colour_goes_is_for_the_person_to_say(reach):
    found = _affinity(_parted(), Hint(10, 20, ab=(0, 0), reach=reach))
    own, across = found[20, 2:18], found[20, 23:]
    assert found[20, 10] > 0.9
    if reach == "here":
        assert own[0] < 0.1
        assert across.max() < 0.01
    elif reach == "thing":
        assert own.min() > 0.8
        assert across.max() < 0.5 * own.min(), "the line parts two fields that look the same"
    else:
        assert own.min() > 0.95
        assert across.min() > 0.95
        assert found[20, 20] < 0.2, "another lightness"


def test_longer_distances_have_more_in_common():
    hint = Hint(10, 20, ab=(0, 0))
    near = _affinity(_parted(), hint)
    far = _affinity(_parted(), hint, DISTANCES.scaled(1.5))
    torch.testing.assert_close(far, near ** (1 / 1.5**2))


def _learnt(reach: Reach) -> torch.Tensor:
    """(20, 20): of a hint in the left half of two things whose embeddings are 3 apart."""
    embedding = torch.zeros(4, 20, 20)
    embedding[0, :, 10:] = 3
    spots = Spots.of([Hint(5, 20, ab=(0, 0), reach=reach)], Photo(np.zeros((40, 40, 3), np.uint8)))
    return LearntAffinity(embedding, 4.0)(spots)[0]


def test_what_is_learnt_goes_by_the_embedding_alone():
    found = _learnt("thing")
    assert found[:, :10].min() > 0.95
    assert found[:, 10:].max() < 0.05


def test_a_learnt_colour_goes_as_far_as_a_person_says():
    here, thing, alike = _learnt("here"), _learnt("thing"), _learnt("alike")
    assert here[10, 2] > 0.7
    assert here[0, 2] < 0.01, "the same thing, far away"
    assert (alike > thing).all()
