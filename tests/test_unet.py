"""The U-Net trunk: an encoder, a decoder, and where dropout stands."""

from dataclasses import replace

from colorizer.dropout import dropout_layers
from colorizer.network import VARIANTS, build_network

BINS = ((-20, 0), (0, 0), (20, 20))
TINY = replace(VARIANTS["transfer"], widths=(4, 4, 8, 8), decoder=(8, 4, 4), bins=BINS)


def test_dropout_stands_in_the_decoder_alone():
    network = build_network(TINY)
    assert len(dropout_layers(network)) == 3
    assert dropout_layers(network.get_submodule("trunk.encoder")) == []
