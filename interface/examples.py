"""Example photographs, from scikit-image's own collection (its README names each one's source)."""

from pathlib import Path

import skimage.data

_FOLDER = Path(skimage.data.__file__).parent.resolve()
# The page opens with the first: black and white, and it comes out well. They stay where they were
# installed, which no clean-up of old files reaches.
EXAMPLES = [
    _FOLDER / name
    for name in ("camera.png", "astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")
]
