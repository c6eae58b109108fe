"""Captions and contact sheets leave the pictures as they are."""

import numpy as np
import skimage.data

from colorizer.captions import add_caption, draw_contact_sheet


def test_a_caption_stands_under_the_picture_and_tells_it_apart() -> None:
    photo = skimage.data.coffee()[:80, :120]
    one, other = add_caption(photo, "epoch 1"), add_caption(photo, "epoch 2")
    assert one.shape == (104, 120, 3)
    assert (one[:80] == photo).all()
    assert (one[80:] != other[80:]).any()


def test_a_contact_sheet_has_rows_columns_and_empty_places() -> None:
    red, blue = (
        np.full((20, 30, 3), (200, 0, 0), np.uint8),
        np.full((20, 30, 3), (0, 0, 200), np.uint8),
    )
    sheet = draw_contact_sheet({("b", 10): (red, ""), ("a", 2): (blue, "")})
    assert sheet.shape == (2 * 54 + 6, 2 * 36 + 6, 3)
    top, left = 6 + 28, 6
    assert (sheet[top : top + 20, left + 36 : left + 66] == red).all()  # first row, epoch 10 last
    assert (sheet[top + 54 : top + 74, left : left + 30] == blue).all()
    assert (sheet[:54, :36] == sheet[0, 0]).all()
