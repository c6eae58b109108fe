"""The encoder in the shape of ResNet-18."""

import pytest
import torch
from torchvision.models import resnet18

from colorizer.resnet import Encoder

WIDTHS = (64, 128, 256, 512)  # torchvision's own


def test_features_come_at_four_sizes():
    features = Encoder((4, 6, 8, 10)).eval()(torch.rand(2, 1, 64, 96))
    assert [tuple(x.shape) for x in features] == [
        (2, 4, 16, 24), (2, 6, 8, 12), (2, 8, 4, 6), (2, 10, 2, 3),
    ]  # fmt: skip


def test_it_is_torchvisions_resnet_on_one_channel():
    theirs = resnet18().eval()
    state = {name: x for name, x in theirs.state_dict().items() if not name.startswith("fc.")}
    ours = Encoder(WIDTHS).eval()
    # A picture of three equal channels sees the sum of their weights.
    ours.load_state_dict({**state, "conv1.weight": state["conv1.weight"].sum(1, keepdim=True)})
    x = torch.rand(1, 1, 64, 64)
    with torch.no_grad():
        expected = theirs.maxpool(theirs.relu(theirs.bn1(theirs.conv1(x.expand(1, 3, -1, -1)))))
        for layer, found in zip(
            (theirs.layer1, theirs.layer2, theirs.layer3, theirs.layer4), ours(x), strict=True
        ):
            expected = layer(expected)
            torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("widths", [(4,), (4, 4, 8, 8, 16)])
def test_other_numbers_of_widths_are_refused(widths):
    with pytest.raises(ValueError, match="four widths"):
        Encoder(widths)
