"""Averages that keep the edges of lightness."""

import torch

from colorizer.guided import smooth


def test_smoothing_joins_like_lightness_and_keeps_edges():
    """Noise within a surface goes, the step between two surfaces of different lightness stays."""
    guide = torch.full((1, 1, 24, 24), 30.0)
    guide[..., 12:] = 80
    clean = torch.where(guide < 50, -20.0, 20.0)
    noise = 5 * torch.randn(clean.shape, generator=torch.manual_seed(0))
    even = smooth(clean + noise, guide, 3)
    assert (even - clean).std() < 0.3 * noise.std()
    assert (even - clean)[..., 10:14].abs().max() < 5
    torch.testing.assert_close(smooth(clean + noise, guide, 0), clean + noise, atol=1e-3, rtol=0)
    flat = smooth(clean + noise, torch.zeros_like(guide), 3)
    assert (flat - clean)[..., 11:13].abs().mean() > 10  # nothing shows where the edge is
