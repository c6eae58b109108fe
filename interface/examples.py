"""Example photographs, from scikit-image's own collection (its README names each one's source)."""

from pathlib import Path

import skimage.data
from PIL import Image

from colorizer.atomic import atomic_path

NAMES = ["rocket", "chelsea", "coffee", "astronaut", "camera"]


def example_photos(folder: Path) -> list[Path]:
    """Writes the examples below `folder` as PNG, unless they are there; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in NAMES:
        path = folder / f"{name}.png"
        if not path.exists():
            with atomic_path(path) as temporary:
                Image.fromarray(getattr(skimage.data, name)()).save(temporary, compress_level=1)
        paths.append(path)
    return paths
