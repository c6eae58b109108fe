"""Dropout by masks drawn beforehand."""

import numpy as np
import torch

from colorizer.dropout import ChannelDropout


def test_a_dropped_channel_is_zero_and_the_others_grow():
    layer = ChannelDropout(0.25, 400)
    layer.masks = (torch.rand(3, 400, 1, 1) >= 0.25).float() / 0.75
    out = layer(torch.ones(1, 400, 2, 2))
    assert out.shape == (3, 400, 2, 2)
    assert set(np.unique(out.numpy().round(4))) == {0, np.float32(1.3333)}
