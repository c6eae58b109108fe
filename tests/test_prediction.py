"""From a photo and a network to a colour photo."""

import numpy as np
import pytest
import torch
from helpers import colourful
from PIL import Image
from skimage import data

from colorizer import Colorizer, Photo
from colorizer.checkpoint import CheckpointInfo, save_checkpoint
from colorizer.hints import Hint
from colorizer.network import NetworkSettings, build_network


def _colorizer(**settings) -> Colorizer:
    chosen = NetworkSettings(widths=(4, 8), **settings)
    info = CheckpointInfo(variant="made-up", epoch=1, size=16, settings=chosen)
    return Colorizer(build_network(chosen, seed=0), info)


@pytest.fixture
def photo():
    return Photo(colourful(0, 40))


@pytest.fixture
def sampler():
    return _colorizer(batch_norm=True, dropout=0.3)


@pytest.mark.parametrize("settings", [{}, {"batch_norm": True}])
def test_samples_need_dropout(photo, settings):
    colorizer = _colorizer(**settings)
    assert not colorizer.can_sample
    assert colorizer.predict(photo).shape == (2, 16, 16)
    with pytest.raises(ValueError, match="no dropout layers"):
        colorizer.predict(photo, samples=2)


def test_samples_are_counted_from_one(photo, sampler):
    assert sampler.can_sample
    with pytest.raises(ValueError, match="at least 1"):
        sampler.predict(photo, samples=0)


def test_photographs_end_to_end(skimage_photo, tmp_path):
    """From a picture file and a checkpoint file; a bias towards red makes the result red."""
    settings = NetworkSettings(widths=(4, 8))
    network = build_network(settings, seed=0)
    with torch.no_grad():
        *_, weight, bias = network.parameters()
        weight.zero_()
        bias.copy_(torch.tensor([0.3, 0.2]))
    path = tmp_path / "epoch-001.safetensors"
    info = CheckpointInfo(variant="baseline", epoch=1, size=16, settings=settings)
    save_checkpoint(path, network, info)
    Image.fromarray(skimage_photo).save(tmp_path / "photo.png")

    colorizer = Colorizer.from_checkpoint(path)
    painted = colorizer.colorize(tmp_path / "photo.png").rgb
    assert painted.shape == skimage_photo.shape
    np.testing.assert_array_equal(painted, colorizer.colorize(Photo(skimage_photo)).rgb)
    saved = colorizer.colorize(tmp_path / "photo.png").save(tmp_path / "out.png")
    with Image.open(saved) as image:
        np.testing.assert_array_equal(np.array(image), painted)
        assert image.info["Description"] == "Synthetic colours by Colorizer, baseline, epoch 1."
    middle = Photo(painted).lab[:, (Photo(skimage_photo).lightness[0] - 50).abs() < 5]
    torch.testing.assert_close(middle[1:].mean(dim=1), torch.tensor([33.0, 22.0]), atol=0.5, rtol=0)


def test_a_black_and_white_photograph_gets_colour():
    camera = Photo(np.repeat(data.camera()[..., None], 3, axis=2))
    colorizer = _colorizer()
    painted = colorizer.colorize(camera).rgb
    assert painted.shape == camera.rgb.shape
    assert not (painted == painted[..., :1]).all()


def test_a_network_that_paints_whole_pictures_takes_no_lightness_from_the_photo(photo):
    colorizer = _colorizer(head="rgb")
    assert colorizer.predict(photo).shape == (3, 16, 16)
    assert colorizer.colorize(photo).rgb.shape == photo.rgb.shape
    grey, plain = (Photo(colorizer.colorize(photo, vividness=v).rgb) for v in (0, 100))
    assert grey.is_grey
    assert (grey.lightness - plain.lightness).abs().mean() < 2  # the chroma alone is scaled
    lightness = plain.lightness
    assert (lightness - photo.lightness).abs().mean() > 1


def test_samples_of_a_network_that_paints_whole_pictures_spread_in_lightness_too(photo):
    colorizer = _colorizer(batch_norm=True, dropout=0.3, head="rgb")
    samples = colorizer.predict_samples(photo, 4)
    assert samples.mean.shape == (3, 16, 16)
    assert samples.deviation.shape == (16, 16)
    assert samples.deviation.mean() > 0


def test_a_hint_reaches_a_picture_that_is_painted_whole(photo):
    colorizer = _colorizer(head="rgb")
    before, hint = colorizer.predict(photo), Hint(20, 20, rgb=(200, 30, 30))
    after = colorizer.predict(photo, hints=[hint])
    assert torch.equal(after[0], before[0])  # the painted lightness stays
    red = torch.tensor(hint.colour)
    middle = after[1:, 7:9, 7:9].mean((1, 2))
    assert (middle - red).norm() < 0.5 * (before[1:, 7:9, 7:9].mean((1, 2)) - red).norm()
    colorizer.suggest(photo, [hint])


def test_vividness_scales_the_chroma_and_says_so(photo):
    colorizer = _colorizer()
    grey, half, plain = (colorizer.colorize(photo, vividness=v) for v in (0, 50, 100))
    assert Photo(grey.rgb).is_grey
    chroma = [Photo(picture.rgb).lab[1:].norm(dim=0).mean().item() for picture in (half, plain)]
    assert chroma[0] == pytest.approx(chroma[1] / 2, rel=0.1)
    assert plain.note == "Synthetic colours by Colorizer, made-up, epoch 1."
    assert half.note == "Synthetic colours by Colorizer, made-up, epoch 1, vividness 50 %."
    with pytest.raises(ValueError, match="vividness must be 0 or more"):
        colorizer.colorize(photo, vividness=-1)
