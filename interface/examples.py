"""Example photographs, from scikit-image's own collection (its README names each one's source)."""

from pathlib import Path

import skimage.data
from PIL import Image

NAMES = ["rocket", "chelsea", "coffee", "astronaut", "camera"]


def example_photos(folder: Path) -> list[Path]:
    """Writes the examples below `folder` as PNG, unless they are there; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in NAMES:
        path = folder / f"{name}.png"
        if not path.exists():
            Image.fromarray(getattr(skimage.data, name)()).save(path, compress_level=1)
        paths.append(path)
    return paths
