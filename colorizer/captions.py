"""Pictures with words: a caption under one, and a contact sheet of many."""

from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_GAP, _FONT = 6, 14
_PAPER, _INK = "#fafafa", "#262626"


def add_caption(picture: np.ndarray, words: str) -> np.ndarray:
    """The picture, (H, W, 3) uint8, with a dark strip of words under it."""
    height, width, _ = picture.shape
    size = max(12, width // 28)
    strip = 2 * size
    captioned = Image.new("RGB", (width, height + strip), "#202020")
    captioned.paste(Image.fromarray(picture))
    place = (width // 2, height + strip // 2)
    font = ImageFont.load_default(size)
    ImageDraw.Draw(captioned).text(place, words, "#e5e5e5", font, anchor="mm")
    return np.asarray(captioned)


def draw_contact_sheet(pictures: Mapping[tuple[str, int], tuple[np.ndarray, str]]) -> np.ndarray:
    """Pictures in rows and columns, each under its words, as one picture, (H, W, 3) uint8.

    pictures: by row, in this order, and by column, in ascending order; at least one, all of one
    size. The place of a missing one stays empty.
    """
    rows = list(dict.fromkeys(row for row, _ in pictures))
    columns = sorted({column for _, column in pictures})
    height, width, _ = next(iter(pictures.values()))[0].shape
    line = 2 * _FONT
    across, down = width + _GAP, height + line + _GAP
    size = len(columns) * across + _GAP, len(rows) * down + _GAP
    sheet = Image.new("RGB", size, _PAPER)
    font, draw = ImageFont.load_default(_FONT), ImageDraw.Draw(sheet)
    for (row, column), (picture, words) in pictures.items():
        left, top = _GAP + columns.index(column) * across, _GAP + rows.index(row) * down
        draw.text((left, top + line // 2), words, _INK, font, anchor="lm")
        sheet.paste(Image.fromarray(picture), (left, top + line))
    return np.asarray(sheet)
