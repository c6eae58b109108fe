"""The networks: lightness in; ab, a distribution over bins of ab, or a whole picture out.

The story's variants are one trunk of 3x3 convolutions without skip connections. They differ only in
the layers between the convolutions:

    baseline    conv - ReLU
    batchnorm   conv - BN - ReLU
    dropout     conv - BN - ReLU - dropout

Beyond the story:

    rebalanced  batchnorm's trunk with a class head over bins of ab
    transfer    an encoder trained on ImageNet first (`efficientnet.py`), the same head
    rgb         batchnorm's trunk that paints the whole picture, lightness included

Notable choices
- Down by stride, up by nearest neighbour: no checkerboard from transposed convolutions
  (Odena et al. 2016).
- ab is predicted at half the size, bins at a quarter: colour is smooth, and the last stage would
  cost as much as all others together.
- Dropout comes after batch norm, whose statistics it would otherwise shift (Li et al. 2019,
  arXiv:1801.05134).
"""

from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from colorizer.decoding import as_tensor
from colorizer.dropout import State
from colorizer.efficientnet import SCALES, THINGS, EfficientNetEncoder, feature_widths
from colorizer.embedding import ColourEmbedding, HintAttention
from colorizer.plain_trunk import PlainTrunk
from colorizer.unet import Decoder, UNetTrunk

HEADS = ("ab", "bins", "rgb")
SHAPES = ("plain", *(f"efficientnet-{scale}" for scale in SCALES))
AB_SCALE = 110.0  # the network's own unit of ab, so that its targets lie in [-1, 1]


@dataclass(frozen=True)
class NetworkSettings:
    """What determines a network's tensors and its computation; stored in its checkpoint.

    How its output becomes a colour is `decoding.Decoding`. Raises ValueError for impossible values.
    """

    widths: tuple[int, ...] = (32, 64, 128)  # channels at 1/2, 1/4 and 1/8 of the size
    batch_norm: bool = False
    dropout: float = 0.0  # rate between the convolutions, in [0, 1); 0 builds no dropout layer
    shape: str = "plain"  # one of SHAPES
    decoder: tuple[int, ...] = ()  # an encoder's way back up: channels at 1/16, 1/8 and 1/4
    head: Literal["ab", "bins", "rgb"] = "ab"
    bins: tuple[tuple[float, float], ...] = ()  # centres in Lab units, fitted to training photos
    embedding: int = 0  # channels of the learnt embedding (`embedding.py`); 0: none
    alike: float = 0.0  # spread of sharing between like cells (`self_similarity.py`); 0: none

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))
        object.__setattr__(self, "decoder", tuple(self.decoder))
        object.__setattr__(self, "bins", tuple((float(a), float(b)) for a, b in self.bins))
        if len(self.widths) < 1 or any(w < 1 for w in (*self.widths, *self.decoder)):
            raise ValueError(f"widths must be one or more positive numbers, not {self.widths}.")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must be at least 0 and below 1, not {self.dropout}.")
        if self.shape not in SHAPES or self.head not in HEADS:
            raise ValueError(f"there is no {self.shape} network with a head of {self.head}.")
        if self.shape != "plain" and (len(self.widths), len(self.decoder)) != (4, 3):
            raise ValueError("an encoder needs four widths on its way down and three up again.")
        if self.scale and self.widths != feature_widths(self.scale):
            raise ValueError(f"{self.shape} has widths of {feature_widths(self.scale)}.")
        if not 0 <= self.alike <= 10 or (self.alike and self.shape == "plain"):
            raise ValueError(f"alike is 0 to 10, and 0 without an encoder; not {self.alike}.")

        if self.embedding < 0 or (self.embedding and (not self.scale or self.head != "bins")):
            raise ValueError("embedding is 0 or more, and needs an encoder and a head of bins.")
        if self.embedding and self.alike:
            raise ValueError("cells share by an embedding or by what is alike, not by both.")

    @property
    def stride(self) -> int:
        """Photos are fed at sizes that are multiples of this many pixels."""
        return 2 ** len(self.widths) if self.shape == "plain" else 32

    @property
    def scale(self) -> str:
        """The encoder's size, a key of `efficientnet.SCALES`; "" without an encoder."""
        return "" if self.shape == "plain" else self.shape.removeprefix("efficientnet-")


STORY = {
    "baseline": NetworkSettings(),
    "batchnorm": NetworkSettings(batch_norm=True),
    "dropout": NetworkSettings(batch_norm=True, dropout=0.2),
}
VARIANTS = {
    **STORY,
    "rgb": NetworkSettings(batch_norm=True, head="rgb"),
    "rebalanced": NetworkSettings(batch_norm=True, head="bins"),
    "transfer": NetworkSettings(
        widths=feature_widths("lite0"),
        batch_norm=True,
        dropout=0.1,
        shape="efficientnet-lite0",
        decoder=(160, 96, 64),
        head="bins",
    ),
}


class ColorNetwork(nn.Module):
    """From lightness to ab, to the logits of bins of ab, or to sRGB.

    (N, 1, H, W) in [0, 100] to (N, 2, H, W) in Lab units with a head of `ab`, to (N, Q, H/4, W/4)
    with a head of `bins`, to (N, 3, H, W) sRGB of about [0, 1] with a head of `rgb`; `Decoding.ab`
    makes colours of each. H and W must be multiples of
    `settings.stride`. hints: (N, 3, H/4, W/4), colours that are given (`unet.pooled`), for a
    network that `takes_hints`. Raises ValueError where a head of bins has none.
    """

    bins: Tensor  # (Q, 2) centres in Lab units; (0, 2) with a head of `ab`

    def __init__(self, settings: NetworkSettings) -> None:
        super().__init__()
        if settings.head == "bins" and not settings.bins:
            raise ValueError("a head of bins needs settings.bins, the centres to choose among.")
        self.settings = settings
        self.trunk = _trunk(settings)
        # Not in the checkpoint's tensors: its settings hold them already.
        self.register_buffer("bins", as_tensor(settings.bins), persistent=False)

    def forward(self, lightness: Tensor, hints: Tensor | None = None) -> Tensor:
        return self.finish(replace(self.start(lightness), hints=hints))

    def start(self, lightness: Tensor) -> State:
        """Everything before the first dropout layer, which all samples have in common."""
        height, width = lightness.shape[-2:]
        stride = self.settings.stride
        if height % stride or width % stride:
            raise ValueError(
                f"This network takes sizes that are multiples of {stride}, not {width}x{height}."
            )
        return self.trunk.start(lightness)

    def finish(self, state: State) -> Tensor:
        """What `forward` gives, from what `start` gave.

        Raises ValueError for hints to a network that was not trained to follow them.
        """
        if state.hints is not None and not self.takes_hints:
            raise ValueError(f"a network of shape {self.settings.shape} takes no hints.")
        output = self.trunk.head(self.trunk.finish(state))
        if self.chooses:
            return self.follow(output, state)
        size = state.lightness.shape[-2:]
        output = F.interpolate(output, size, mode="bilinear", align_corners=False)
        # A picture is learnt from the middle grey on, as ab is from none.
        return 0.5 + output if self.paints_whole else AB_SCALE * output

    def follow(self, logits: Tensor, state: State) -> Tensor:
        """The logits after the hints, of a network with an embedding."""
        trunk = self.trunk
        if state.hints is None or not isinstance(trunk, UNetTrunk) or trunk.attention is None:
            return logits
        assert trunk.embedding is not None
        assert state.looks is not None
        bins = self.bins / AB_SCALE
        target, influence = trunk.attention.relay(state.looks, state.hints, trunk.embedding)
        return trunk.attention.mix(logits, target, influence, bins)

    @property
    def embedding(self) -> ColourEmbedding | None:
        """What it has learnt about which cells have one colour, if it has."""
        return self.trunk.embedding if isinstance(self.trunk, UNetTrunk) else None

    @property
    def can_sample(self) -> bool:
        """Whether it has dropout layers to sample with."""
        return bool(self.settings.dropout)

    @property
    def takes_hints(self) -> bool:
        """Whether it was trained to follow colours that are given for single cells."""
        return self.settings.shape != "plain"

    @property
    def chooses(self) -> bool:
        """Whether it predicts a distribution over bins, not one colour."""
        return self.settings.head == "bins"

    @property
    def paints_whole(self) -> bool:
        """Whether it paints the whole picture, so that none of the photo's own detail is left."""
        return self.settings.head == "rgb"


def _trunk(settings: NetworkSettings) -> PlainTrunk | UNetTrunk:
    outputs = {"ab": 2, "bins": len(settings.bins), "rgb": 3}[settings.head]
    if settings.shape == "plain":
        bins = settings.head == "bins"
        return PlainTrunk(settings.widths, settings.batch_norm, settings.dropout, outputs, bins)
    encoder = EfficientNetEncoder(settings.scale, things=bool(settings.embedding))
    decoder = Decoder(
        settings.widths,
        settings.decoder,
        outputs,
        settings.dropout,
        hints=not settings.embedding,
        things=THINGS if settings.embedding else 0,
    )
    embedding = attention = None
    if settings.embedding:
        embedding = ColourEmbedding(settings.widths, settings.embedding)
        attention = HintAttention()
    return UNetTrunk(encoder, decoder, settings.alike, embedding, attention)


def parameter_count(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def build_network(settings: NetworkSettings, seed: int | None = None) -> ColorNetwork:
    """A fresh network; with a seed, the same initial weights for every variant of equal widths."""
    if seed is None:
        return ColorNetwork(settings)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return ColorNetwork(settings)
