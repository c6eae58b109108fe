"""The price of colour: what `evaluate` measured, as a CSV and as a plot of PSNR against colour."""

import csv
import itertools
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from colorizer.atomic import atomic_path
from train.study.measures import SHOWN
from train.study.style import COLOURS, OTHERS, STYLE

Rows = dict[str, dict[str, float]]


def write_csv(rows: Rows, path: Path) -> None:
    """A row for each picture or checkpoint; what was not measured is empty."""
    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", *SHOWN])
        for name, row in rows.items():
            writer.writerow([name, *(f"{row[m]:.5g}" if m in row else "" for m in SHOWN)])


def plot_price(rows: Rows, path: Path) -> None:
    """A line for each variant, a dot for each of its rows, above or below the grey picture's."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for name, row in rows.items():
        if "psnr" in row:
            variant = name.split(",")[0].split(" ")[0]
            lines.setdefault(variant, []).append((row["colourfulness_ratio"], row["psnr"]))
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(6.4, 4), facecolor="white", layout="constrained")
        axes = figure.subplots()
        if grey := lines.pop("grey", None):
            axes.axhline(grey[0][1], color="#777777", linestyle=":", label="grey")
        if constant := lines.pop("constant", None):
            axes.plot(*constant[0], "x", color="#777777", label="constant")
        others = itertools.cycle(OTHERS)
        for variant, places in lines.items():
            ratio, psnr = zip(*places, strict=True)
            colour = COLOURS.get(variant) or next(others)
            axes.plot(ratio, psnr, marker="o", markersize=4, color=colour, label=variant)
            if len(places) > 1:
                axes.annotate("last", places[-1], textcoords="offset points", xytext=(4, 4), size=7)
        axes.set(xlabel="colourfulness ratio (1: as much as the originals)", ylabel="PSNR, dB")
        axes.legend(fontsize=8)
        figure.savefig(path, metadata={"Date": None, "Creator": None})
