"""The measures: their names in the tables, how many digits are shown, and what they mean."""

import math
from dataclasses import dataclass

from colorizer import metrics


@dataclass(frozen=True)
class Measure:
    title: str
    digits: int
    meaning: str


MEASURES = {
    "loss": Measure("loss", 5, "mean square error of ab, in the network's unit; what is trained"),
    "psnr": Measure("PSNR, dB", 2, "of the picture in sRGB, higher is closer"),
    "ssim": Measure("SSIM", 4, "structural similarity (Wang et al. 2004), 1 is equal"),
    "delta_e_2000": Measure("ΔE2000", 2, "CIEDE2000 colour difference, lower is closer"),
    "ab_rmse": Measure("ab RMSE", 2, "root mean square error of ab, Lab units"),
    "auc_raw": Measure(
        "AuC",
        4,
        f"area under the cumulative histogram of ab error, thresholds 0 to "
        f"{metrics.AUC_LIMIT:.0f} (Zhang et al. 2016), 1 is equal",
    ),
    "auc_rebalanced": Measure(
        "AuC rebalanced",
        4,
        "the same, each colour of the photos counting alike (weight 1/p of "
        f"its {metrics.AB_CELL:.0f}-unit cell of ab)",
    ),
    "colourfulness_ratio": Measure(
        "colourfulness",
        3,
        "Hasler & Süsstrunk 2003 with signed channels, mean over the photos "
        "divided by the originals' mean",
    ),
    "mean_chroma": Measure("chroma", 2, "mean of √(a² + b²), Lab units"),
    "hue_entropy": Measure(
        "hue entropy, bits",
        2,
        f"of the chroma-weighted histogram over {metrics.HUE_BINS} bins of "
        f"hue; at most {math.log2(metrics.HUE_BINS):.2f}",
    ),
    "sepia_index": Measure(
        "sepia index",
        3,
        "s - s₀, at least 0; s the share of chroma whose Lab hue "
        f"lies between {metrics.SEPIA_SECTOR[0]:.0f}° and {metrics.SEPIA_SECTOR[1]:.0f}°, "
        "s₀ that of the original",
    ),
    "sharpness": Measure(
        "sharpness",
        4,
        "gradient energy of ab (squared difference of neighbouring pixels), mean "
        "over the photos divided by the originals' mean",
    ),
    "relative_sharpness": Measure(
        "relative sharpness",
        3,
        "sharpness divided by the ratio of the variances of ab: paler alone does not lower it",
    ),
    "kid": Measure(
        "KID, × 1000",
        2,
        "kernel distance (Bińkowski et al. 2018) of one half of the pictures from the other half "
        "of the photos, on the features of EfficientNet-Lite2, mean over 100 splits",
    ),
    "kid_deviation": Measure("± over the splits", 2, ""),
    "names_kept": Measure(
        "names kept",
        3,
        "share of photos of which EfficientNet-Lite2 names the same thing in both colours",
    ),
    "mean_slope": Measure(
        "slope",
        3,
        "least-squares slope of the true ab on the predicted: 1 where the network "
        "paints the mean of what it cannot tell apart, lower where its colours are too strong",
    ),
    "averaging_share": Measure(
        "averaging share",
        3,
        "of the chroma that is missing, the share that goes in taking the "
        "mean of what the network cannot tell apart",
    ),
    "ambiguous_pixels": Measure(
        "share of pixels",
        3,
        "pixels whose like-predicted peers have a mean colour with less than "
        "half of their mean chroma",
    ),
    "ambiguous_true_chroma": Measure("true chroma", 2, ""),
    "ambiguous_mean_chroma": Measure("chroma of their mean", 2, ""),
    "ambiguous_chroma": Measure("painted chroma", 2, ""),
    "ambiguous_true_sepia": Measure("true brown share", 3, ""),
    "ambiguous_mean_sepia": Measure("brown share of their mean", 3, ""),
    "ambiguous_sepia": Measure("painted brown share", 3, ""),
}
ACCURACY = ("loss", "psnr", "ssim", "delta_e_2000", "ab_rmse", "auc_raw", "auc_rebalanced")
COLOUR = (
    "colourfulness_ratio",
    "mean_chroma",
    "hue_entropy",
    "sepia_index",
    "sharpness",
    "relative_sharpness",
)
AVERAGING = ("mean_slope", "averaging_share", "ambiguous_pixels")
AMBIGUOUS = tuple(name for name in MEASURES if name.startswith("ambiguous_"))

RECOGNITION = ("kid", "kid_deviation", "names_kept")

# The columns of `evaluate`'s table.
SHOWN = (
    "psnr",
    "colourfulness_ratio",
    "auc_raw",
    "auc_rebalanced",
    "ab_rmse",
    "mean_chroma",
    "hue_entropy",
    "sepia_index",
)
