"""Averages that keep the edges of lightness."""

import pytest
import torch

from colorizer.guided import box, slopes


def test_means_over_a_window_count_only_what_is_inside():
    x = torch.arange(20.0).reshape(1, 1, 4, 5)
    found = box(x, 1)
    assert found[0, 0, 0, 0] == x[0, 0, :2, :2].mean()
    assert found[0, 0, 2, 2] == x[0, 0, 1:4, 1:4].mean()
    assert found.shape == x.shape


@pytest.mark.parametrize("radius", [0, 1, 3, 9])
def test_means_are_the_same_whatever_way_they_are_taken(radius):
    """By pooling where channels lie side by side and no gradient is wanted, or by products."""
    x = torch.randn(2, 3, 7, 9, generator=torch.manual_seed(0))
    found = box(x, radius)
    torch.testing.assert_close(box(x.to(memory_format=torch.channels_last), radius), found)
    torch.testing.assert_close(box(x.clone().requires_grad_(), radius).detach(), found)


def test_a_linear_function_of_lightness_passes_unchanged():
    guide = 100 * torch.rand(1, 1, 16, 16, generator=torch.manual_seed(0))
    slope, offset = slopes(0.5 * guide - 20, guide, 2)
    torch.testing.assert_close(slope * guide + offset, 0.5 * guide - 20, atol=2.0, rtol=0)
    assert (slope - 0.5).abs().max() < 0.1
    flat, level = slopes(torch.full_like(guide, 7.0), guide, 2)
    torch.testing.assert_close(flat * guide + level, torch.full_like(guide, 7.0))
