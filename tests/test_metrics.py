"""Every measure against a worked example, and against scikit-image where it has the same one."""

import math

import numpy as np
import pytest
import torch
from skimage import data
from skimage import metrics as reference
from skimage.color import rgb2lab
from torch.testing import assert_close

from colorizer import metrics
from colorizer.lab import rgb_to_lab


def pixels(*colours: tuple[float, float]) -> torch.Tensor:
    """(2, 1, N) float32 ab: one row of pixels."""
    return torch.tensor(colours, dtype=torch.float32).T[:, None]


def at_hue(degrees: float, chroma: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return chroma * math.cos(angle), chroma * math.sin(angle)


def one_colour(*rgb: int) -> torch.Tensor:
    """(3, 16, 16) uint8."""
    return torch.tensor(rgb, dtype=torch.uint8)[:, None, None].repeat(1, 16, 16)


def photo(name: str) -> torch.Tensor:
    """(3, H, W) uint8."""
    return torch.from_numpy(getattr(data, name)().copy()).permute(2, 0, 1)


def noisy(rgb: torch.Tensor) -> torch.Tensor:
    noise = torch.randint(-30, 31, rgb.shape, generator=torch.Generator().manual_seed(0))
    return (rgb.int() + noise).clamp(0, 255).to(torch.uint8)


def test_colourfulness_of_a_red_and_a_blue_pixel():
    rgb = torch.tensor([[255, 0, 0], [0, 0, 255]], dtype=torch.uint8).T[:, None]
    # rg is 255 and 0, yb is 127.5 and -255: signed, as with absolute values yb would vary less.
    spread = math.hypot(127.5, 191.25)
    offset = math.hypot(127.5, -63.75)
    assert metrics.colourfulness(rgb).item() == pytest.approx(spread + 0.3 * offset)


def test_colourfulness_of_grey_is_zero_and_of_one_colour_is_its_offset_alone():
    assert metrics.colourfulness(one_colour(90, 90, 90)).item() == 0
    # rg = 100, yb = 50 - 20 everywhere
    expected = 0.3 * math.hypot(100, 30)
    assert metrics.colourfulness(one_colour(100, 0, 20)).item() == pytest.approx(expected)


def test_mean_chroma():
    assert metrics.mean_chroma(pixels((3, 4), (0, 0), (-6, 8))).item() == pytest.approx(5)


def test_hue_entropy():
    four = pixels(*(at_hue(degrees, 20) for degrees in (5, 95, 185, 275)))
    assert metrics.hue_entropy(four).item() == pytest.approx(2)
    # Weighted by chroma: shares of 3/4 and 1/4.
    two = pixels(at_hue(5, 30), at_hue(185, 10))
    assert metrics.hue_entropy(two).item() == pytest.approx(2 - 0.75 * math.log2(3))
    every = pixels(*(at_hue(10 * step + 5, 7) for step in range(36)))
    assert metrics.hue_entropy(every).item() == pytest.approx(math.log2(36))
    assert metrics.hue_entropy(pixels((8, 8), (9, 9))).item() == pytest.approx(0)
    assert metrics.hue_entropy(pixels((0, 0), (0, 0))).item() == 0


@pytest.mark.parametrize(
    ("rgb", "hue", "inside"),
    [
        ((112, 66, 20), 65, True),  # sepia
        ((165, 42, 42), 32, True),  # brown
        ((160, 82, 45), 51, True),  # sienna
        ((139, 69, 19), 57, True),  # saddlebrown
        ((205, 133, 63), 66, True),  # peru
        ((255, 165, 0), 73, True),  # orange
        ((210, 180, 140), 78, True),  # tan
        ((255, 0, 0), 40, True),  # red, as the docstring warns
        ((255, 255, 0), 103, False),  # yellow
        ((0, 128, 0), 136, False),  # green
        ((0, 0, 255), 306, False),  # blue
        ((255, 192, 203), 7, False),  # pink
    ],
)
def test_the_sepia_sector_holds_the_named_browns(rgb, hue, inside):
    a, b = rgb2lab(np.array(rgb, np.uint8)[None, None])[0, 0, 1:]
    assert math.degrees(math.atan2(b, a)) % 360 == pytest.approx(hue, abs=1)
    share = metrics.sepia_share(rgb_to_lab(one_colour(*rgb))[1:])
    assert share.item() == pytest.approx(float(inside))


def test_sepia_share_is_weighted_by_chroma():
    ab = pixels(at_hue(60, 30), at_hue(200, 10), (0, 0))
    assert metrics.sepia_share(ab).item() == pytest.approx(0.75)


def test_sepia_index():
    original = pixels(at_hue(60, 10), at_hue(200, 10))  # half of it brown
    cases = [
        (pixels(at_hue(60, 30), at_hue(200, 10)), 0.25),  # 0.75 - 0.5
        (pixels(at_hue(60, 10), at_hue(70, 10)), 0.5),
        (original, 0),
        (pixels(at_hue(200, 10), at_hue(250, 10)), 0),  # less brown than the original
        (pixels((0, 0), (0, 0)), 0),
    ]
    for ab, expected in cases:
        assert metrics.sepia_index(ab, original).item() == pytest.approx(expected, abs=1e-6)
    brown, blue = pixels(at_hue(60, 9)), pixels(at_hue(250, 9))
    assert metrics.sepia_index(brown, brown).item() == 0
    assert metrics.sepia_index(brown, blue).item() == 1


def test_sepia_index_of_a_photo_its_greys_and_its_sepia():
    rgb = photo("astronaut")
    true_ab = rgb_to_lab(rgb)[1:]
    grey = rgb.float().mean(0, keepdim=True).to(torch.uint8).expand_as(rgb)
    assert metrics.sepia_index(rgb_to_lab(grey)[1:], true_ab).item() == 0
    sepia = (grey * torch.tensor([1.0, 0.8, 0.55])[:, None, None]).to(torch.uint8)
    room = 1 - metrics.sepia_share(true_ab).item()
    assert metrics.sepia_index(rgb_to_lab(sepia)[1:], true_ab).item() > 0.9 * room


def test_gradient_energy():
    ab = torch.zeros(2, 2, 3)
    ab[0] = torch.tensor([[0.0, 2, 2], [0, 2, 2]])  # steps across: 2, 0, 2, 0
    ab[1] = torch.tensor([[0.0, 0, 0], [3, 3, 3]])  # steps down: 3, 3, 3
    assert metrics.gradient_energy(ab).item() == pytest.approx(4 / 2 + 9)
    blurred = torch.nn.functional.avg_pool2d(rgb_to_lab(photo("coffee"))[1:], 5, 1, 2)
    assert metrics.gradient_energy(blurred) < metrics.gradient_energy(
        rgb_to_lab(photo("coffee"))[1:]
    )


def test_ab_variance():
    assert metrics.ab_variance(pixels((0, 1), (4, 3))).item() == pytest.approx(4 + 1)


def test_ab_rmse():
    ab, true_ab = pixels((1, 2), (3, 4)), pixels((1, 0), (0, 4))
    assert metrics.ab_rmse(ab, true_ab).item() == pytest.approx(math.sqrt((4 + 9) / 4))
    assert metrics.ab_rmse(ab, true_ab).item() == pytest.approx(
        math.sqrt(reference.mean_squared_error(true_ab.numpy(), ab.numpy()))
    )


def test_psnr():
    # An error of 25.5, a tenth of the peak, is 20 dB.
    rgb, truth = one_colour(100, 100, 100), one_colour(100, 100, 100)
    rgb[:, ::2], rgb[:, 1::2] = 125, 126
    error = (25**2 + 26**2) / 2
    assert metrics.psnr(rgb, truth).item() == pytest.approx(10 * math.log10(255**2 / error))
    assert metrics.psnr(rgb, truth).item() == pytest.approx(20, abs=0.01)
    assert metrics.psnr(truth, truth).item() == math.inf


def test_psnr_is_scikit_images(skimage_photo):
    truth = torch.from_numpy(skimage_photo.copy()).permute(2, 0, 1)
    rgb = noisy(truth)
    expected = reference.peak_signal_noise_ratio(truth.numpy(), rgb.numpy())
    assert metrics.psnr(rgb, truth).item() == pytest.approx(expected, abs=1e-4)


def test_ssim():
    # Two flat pictures differ in luminance alone: (2xy + C) / (x^2 + y^2 + C), C = (0.01 * 255)^2.
    flat = metrics.ssim(one_colour(100, 100, 100)[None], one_colour(150, 150, 150)[None])
    c = (0.01 * 255) ** 2
    assert flat.item() == pytest.approx((2 * 100 * 150 + c) / (100**2 + 150**2 + c), abs=1e-6)
    truth = photo("chelsea")[None, :, :64, :64]
    assert metrics.ssim(truth, truth).tolist() == pytest.approx([1])
    assert metrics.ssim(noisy(truth), truth).item() < 0.9


def test_delta_e_2000():
    # The first two pairs of the test data of Sharma, Wu & Dalal 2005.
    lab = torch.tensor([[50, 2.6772, -79.7751], [50, 3.1571, -77.2803]]).T[:, None]
    true = torch.tensor([[50, 0, -82.7485], [50, 0, -82.7485]]).T[:, None]
    assert metrics.delta_e_2000(lab, true).item() == pytest.approx((2.0425 + 2.8615) / 2, abs=1e-4)


def test_auc():
    true_ab = pixels((0, 0), (0, 0))
    assert metrics.auc(true_ab, true_ab).item() == 1
    assert metrics.auc(pixels((45, 60), (45, -60)), true_ab).item() == pytest.approx(0.5)
    assert metrics.auc(pixels((0, 0), (300, 0)), true_ab).item() == pytest.approx(0.5)


def test_auc_is_the_area_under_the_cumulative_histogram(skimage_photo):
    true_ab = rgb_to_lab(torch.from_numpy(skimage_photo.copy()).permute(2, 0, 1))[1:]
    error = true_ab.norm(dim=0).numpy()  # of a grey picture
    thresholds = np.arange(0, 150.05, 0.1)
    hit = np.searchsorted(np.sort(error, axis=None), thresholds, side="right") / error.size
    area = np.trapezoid(hit, thresholds) / 150
    grey = torch.zeros_like(true_ab)
    assert metrics.auc(grey, true_ab).item() == pytest.approx(area, abs=1e-3)


def test_rebalanced_auc_counts_every_colour_alike():
    true_ab = pixels((0, 0), (1, -2), (4, 4), (80, 60))  # three pixels of one cell, one of another
    ab = pixels((0, 0), (1, -2), (4, 4), (-80, -60))  # the last is off by 200
    prior = metrics.ab_prior(true_ab)
    assert sorted(prior[prior > 0].tolist()) == [0.25, 0.75]
    assert metrics.auc(ab, true_ab).item() == pytest.approx(0.75)
    assert metrics.auc(ab, true_ab, prior).item() == pytest.approx(0.5)
    # A prior that has not seen the last colour leaves it out.
    assert metrics.auc(ab, true_ab, metrics.ab_prior(true_ab[..., :3])).item() == pytest.approx(1)


def test_ab_prior_sums_to_one_over_cells_of_ten_units():
    prior = metrics.ab_prior(pixels((4.9, 0), (-4.9, 0), (5.1, 0), (200, -200)))
    assert prior.sum().item() == pytest.approx(1)
    assert sorted(prior[prior > 0].tolist()) == [0.25, 0.25, 0.5]


def test_measures_of_a_batch_are_those_of_its_photos():
    rgb = torch.stack([photo("astronaut")[:, :64, :64], photo("coffee")[:, 100:164, :64]])
    truth = noisy(rgb)
    ab, true_ab = rgb_to_lab(rgb)[:, 1:], rgb_to_lab(truth)[:, 1:]
    for measure, values in [
        (metrics.colourfulness, (rgb,)),
        (metrics.mean_chroma, (ab,)),
        (metrics.hue_entropy, (ab,)),
        (metrics.sepia_share, (ab,)),
        (metrics.gradient_energy, (ab,)),
        (metrics.ab_variance, (ab,)),
        (metrics.sepia_index, (ab, true_ab)),
        (metrics.ab_rmse, (ab, true_ab)),
        (metrics.psnr, (rgb, truth)),
        (metrics.delta_e_2000, (rgb_to_lab(rgb), rgb_to_lab(truth))),
    ]:
        together = measure(*values)
        assert together.shape == (2,), measure.__name__
        alone = torch.stack([measure(*(value[i] for value in values)) for i in range(2)])
        assert_close(together, alone, msg=measure.__name__)
    assert metrics.ssim(rgb, truth).shape == (2,)


def test_patchiness_counts_steps_between_neighbours_that_look_alike():
    lightness = torch.full((1, 64, 64), 50.0)
    ab = torch.zeros(2, 64, 64)
    assert metrics.patchiness(ab, lightness) == 0
    ab[0, :, 32:] = 20.0  # one edge of colour that no edge of lightness explains
    steps = 32 * 31 * 2
    assert metrics.patchiness(ab, lightness).item() == pytest.approx(32 * 20 / steps)
    lightness[..., 32:] = 80.0  # now one does
    assert metrics.patchiness(ab, lightness) == 0
    batch = metrics.patchiness(torch.stack([ab, ab]), torch.stack([lightness, lightness]))
    assert batch.shape == (2,)
