"""A contact sheet of one click on a garment, with each reach.

    python docs/make_hint_sheet.py docs/hints-sheet.jpg CHECKPOINT

A row for each photograph: the original, without a hint, and the same hint for only here, this
thing and everything alike. Photographs of scikit-image, and one of matplotlib (both public).
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.cbook import get_sample_data
from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.painting import photograph
from colorizer import Colorizer, Hint, Photo
from colorizer.hints import REACHES
from docs.make_contact_sheets import save_rows

HEIGHT, TITLE, GAP = 250, 22, 4
# Where the click goes, as shares of width and height, and the ab that is chosen there.
GREEN, BLUE = (-48.0, 42.0), (0.0, -46.0)
CLICKS = {
    "astronaut": (0.14, 0.72, GREEN),
    "grace_hopper": (0.3, 0.8, GREEN),
    "camera": (0.32, 0.55, BLUE),
}
TITLES = ("original", "without a hint", "only here", "this thing", "everything alike")


def main(out: str, checkpoint: str) -> None:
    colorizer = Colorizer.from_checkpoint(checkpoint)
    save_rows([draw_row(colorizer, name, *click) for name, click in CLICKS.items()], out)


def draw_row(
    colorizer: Colorizer, name: str, across: float, down: float, ab: tuple[float, float]
) -> Image.Image:
    photo = Photo(open_photograph(name)).fitted(480)
    x, y = across * photo.width, down * photo.height
    hints = [Hint(x, y, ab=ab, radius=2, reach=reach) for reach in REACHES]
    pictures = [photo.rgb, colorizer.colorize(photo).rgb]
    pictures += [colorizer.colorize(photo, hints=[hint]).rgb for hint in hints]
    width = round(HEIGHT * photo.width / photo.height)
    row = Image.new("RGB", ((width + GAP) * len(pictures), HEIGHT + TITLE), "white")
    draw, font = ImageDraw.Draw(row), ImageFont.load_default(14)
    for i, (rgb, title) in enumerate(zip(pictures, TITLES, strict=True)):
        left = i * (width + GAP)
        row.paste(Image.fromarray(rgb).resize((width, HEIGHT)), (left, TITLE))
        draw.text((left + 4, 3), title, "black", font)
        if i > 1:
            ring = left + across * width, TITLE + down * HEIGHT
            draw.circle(ring, 5, outline="black", width=3)
            draw.circle(ring, 5, outline="white", width=1)
    return row


def open_photograph(name: str) -> np.ndarray:
    if name != "grace_hopper":
        return photograph(name)
    with Image.open(get_sample_data("grace_hopper.jpg")) as picture:
        return np.asarray(picture.convert("RGB"))


if __name__ == "__main__":
    main(*sys.argv[1:])
