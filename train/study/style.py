"""How all plots look: colours that colour-blind readers can tell apart, and plain axes."""

from typing import Any

from colorizer.network import STORY

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#777777")  # Okabe & Ito's, and a grey
COLOURS = dict(zip(STORY, PALETTE, strict=False))  # of the story's variants
OTHERS = (PALETTE[3], "#D55E00", "#56B4E9")  # of further ones, in any order
STYLE: Any = {
    "svg.hashsalt": "study",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "legend.frameon": False,
}
