"""The place that shows best why the mean of likely colours is brown."""

import torch

from colorizer.brown_mean import find_brown_mean
from colorizer.photo import Photo


def test_the_place_has_a_brown_mean_of_colours_that_are_not() -> None:
    photo = Photo(torch.full((40, 60, 3), 128, dtype=torch.uint8).numpy())
    bins = torch.tensor([(60.0, 10.0), (-10.0, 60.0), (0.0, 0.0), (0.0, -60.0)])
    output = torch.full((4, 4, 6), -20.0)
    output[2] = 0  # certainly grey
    output[:, 1, 4] = torch.tensor((0.0, 0.0, -20.0, -20.0))  # red or yellow: orange on average
    output[:, 2, 2] = torch.tensor((-20.0, 0.0, -20.0, 0.0))  # loses more, but to grey
    x, y = find_brown_mean(photo, bins, output)
    assert (x, y) == (4.5 / 6, 1.5 / 4)


def test_without_a_brown_mean_it_is_where_most_is_lost() -> None:
    photo = Photo(torch.full((40, 60, 3), 128, dtype=torch.uint8).numpy())
    bins = torch.tensor([(0.0, -60.0), (0.0, 0.0), (-60.0, 0.0)])
    output = torch.full((3, 4, 6), -20.0)
    output[1] = 0
    output[:, 3, 1] = torch.tensor((0.0, -20.0, 0.0))
    assert find_brown_mean(photo, bins, output) == (1.5 / 6, 3.5 / 4)
