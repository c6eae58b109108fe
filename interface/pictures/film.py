"""The training as a film of the visitor's own photo: one frame for each epoch."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from interface.service import Service, file_stem

LONGEST = 640
FRAME_MS = 700


def write_film(
    service: Service, path: Path, name: str, variant: str, epochs: Sequence[int]
) -> tuple[list[Path], Path]:
    """JPEG frames to show on the page, and one animated WebP to download with the epoch on it."""
    folder = service.folder(path)
    pictures = [Image.fromarray(rgb) for rgb in service.frames(path, variant, epochs, LONGEST)]
    frames = []
    for epoch, picture in zip(epochs, pictures, strict=True):
        frame = folder / f"{variant}-{epoch:03d}-{LONGEST}.jpg"
        picture.save(frame, quality=90)
        frames.append(frame)
    titled = [
        _titled(picture, f"{variant}, epoch {epoch}")
        for epoch, picture in zip(epochs, pictures, strict=True)
    ]
    film = folder / f"{file_stem(name)}-{variant}-epochs-{epochs[0]}-to-{epochs[-1]}.webp"
    titled[0].save(
        film, save_all=True, append_images=titled[1:], duration=FRAME_MS, loop=0, quality=85
    )
    return frames, film


def _titled(picture: Image.Image, words: str) -> Image.Image:
    """A strip under the picture says which epoch it is, so that no two frames are equal."""
    size = max(12, picture.width // 28)
    strip = 2 * size
    titled = Image.new("RGB", (picture.width, picture.height + strip), "#202020")
    titled.paste(picture)
    font = ImageFont.load_default(size)
    place = (picture.width // 2, picture.height + strip // 2)
    ImageDraw.Draw(titled).text(place, words, "#e5e5e5", font, anchor="mm")
    return titled
