"""A contact sheet of scikit-image's photographs through checkpoints.

    python docs/make_contact_sheets.py docs/contact-sheet.jpg CHECKPOINT [CHECKPOINT@0.6 ...]

A row for each photograph: the original, then each checkpoint; `@0.6` decodes at temperature 0.6.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.painting import photograph
from colorizer import Colorizer, Photo
from colorizer.decoding import TEMPERATURE
from colorizer.writing import synthetic, write_picture

NAMES = ["astronaut", "chelsea", "coffee", "rocket", "motorcycle_left", "camera"]
HEIGHT, TITLE = 220, 22


def main(out: str, *chosen: str) -> None:
    columns: list[tuple[str, Colorizer, float]] = []
    for choice in chosen:
        path, _, temperature = choice.partition("@")
        colorizer = Colorizer.from_checkpoint(path)
        words = f"{colorizer.info.variant} {colorizer.info.epoch}"
        words += f", T {temperature}" * bool(temperature)
        columns.append((words, colorizer, float(temperature or TEMPERATURE)))
    font = ImageFont.load_default(14)
    rows = []
    for name in NAMES:
        photo = Photo(photograph(name)).fitted(480)
        pictures = [photo.rgb] + [c.colorize(photo, temperature=t).rgb for _, c, t in columns]
        width = round(HEIGHT * photo.width / photo.height)
        row = Image.new("RGB", (width * len(pictures), HEIGHT + TITLE), "white")
        for i, (rgb, words) in enumerate(
            zip(pictures, [name, *(w for w, _, _ in columns)], strict=True)
        ):
            row.paste(Image.fromarray(rgb).resize((width, HEIGHT)), (i * width, TITLE))
            ImageDraw.Draw(row).text((i * width + 4, 3), words, "black", font)
        rows.append(row)
    save_rows(rows, out)


def save_rows(rows: list[Image.Image], out: str) -> None:
    """Write pictures below one another as one."""
    sheet = Image.new("RGB", (max(r.width for r in rows), sum(r.height for r in rows)), "white")
    top = 0
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height
    write_picture(np.asarray(sheet), out, synthetic(), quality=88)


if __name__ == "__main__":
    main(*sys.argv[1:])
