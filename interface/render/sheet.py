"""The grid of checkpoints as one picture: variants as rows, epochs as columns."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from interface.engine import Cell

_GAP, _FONT = 6, 14
_PAPER, _INK = "#fafafa", "#262626"


def draw_sheet(cells: Sequence[Cell]) -> np.ndarray:
    """(H, W, 3) uint8. cells: at least one, all of one size; a missing epoch stays empty."""
    rows = list(dict.fromkeys(cell.settings.variant for cell in cells))
    columns = sorted({cell.settings.epoch for cell in cells})
    height, width, _ = cells[0].picture.shape
    font = ImageFont.load_default(_FONT)
    line = 2 * _FONT
    picture = Image.new(
        "RGB",
        (len(columns) * (width + _GAP) + _GAP, len(rows) * (height + line + _GAP) + _GAP),
        _PAPER,
    )
    draw = ImageDraw.Draw(picture)
    for cell in cells:
        left = _GAP + columns.index(cell.settings.epoch) * (width + _GAP)
        top = _GAP + rows.index(cell.settings.variant) * (height + line + _GAP)
        draw.text((left, top + line // 2), str(cell.settings), _INK, font, anchor="lm")
        picture.paste(Image.fromarray(cell.picture), (left, top + line))
    return np.asarray(picture)
