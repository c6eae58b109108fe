"""Maps of uncertainty can be compared, and read in grey."""

import torch

from colorizer.lab import rgb_to_lab
from colorizer.uncertainty_map import draw_map


def test_a_map_has_a_fixed_scale() -> None:
    ramp = draw_map(torch.linspace(0, 40, 9)[None], 40)
    lab = rgb_to_lab(torch.from_numpy(ramp).permute(2, 0, 1))[:, 0]
    steps = lab.diff(dim=1).norm(dim=0)  # equal steps look equal
    assert steps.max() / steps.min() < 1.15  # 8 bits a channel
    assert (lab[0].diff() > 5).all()  # and are told apart by lightness alone
    assert (draw_map(torch.tensor([[99.0]]), 40) == ramp[:, -1]).all()
    assert (draw_map(torch.tensor([[5.0]]), 10) == ramp[:, 4]).all()
