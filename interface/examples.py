"""Example photographs, from scikit-image's own collection (its README names each one's source)."""

from pathlib import Path

import skimage.data

_FOLDER = Path(skimage.data.__file__).parent.resolve()
# Where they were installed, which no clean-up of old files reaches.
EXAMPLES = [
    _FOLDER / name
    for name in ("rocket.jpg", "chelsea.png", "coffee.png", "astronaut.png", "camera.png")
]
