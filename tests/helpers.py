"""Made-up pictures, and what every message to a person must look like."""

import re
from pathlib import Path

import numpy as np
from PIL import Image


def colourful(seed: int, side: int = 24) -> np.ndarray:
    """(side, side, 3) uint8: a smooth blend of four random saturated colours."""
    corners = np.random.default_rng(seed).permuted([[230, 40, 20]] * 4, axis=1).reshape(2, 2, 3)
    small = Image.fromarray(corners.astype(np.uint8))
    return np.array(small.resize((side, side), Image.Resampling.BILINEAR))


def write_photos(folder: Path, count: int, side: int = 24, first: int = 0) -> Path:
    """`count` different colourful pictures as PNG files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(first, first + count):
        Image.fromarray(colourful(index, side)).save(folder / f"{index:03d}.png")
    return folder


def assert_one_sentence(text: str) -> None:
    assert re.fullmatch(r"[^\n]*[^.\s]\.", text), text
    assert not re.search(r"[.!?]\s", text), text
