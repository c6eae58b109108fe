"""The training as a film of the visitor's own photo: one frame for each epoch."""

import html
import json
from collections.abc import Sequence
from pathlib import Path

from colorizer.captions import add_caption
from colorizer.writing import synthetic, write_film, write_picture
from interface.engine import Engine, Settings, Subject, hint_mark, hint_notes
from interface.engine.files import file_stem
from interface.text import Request, describe, tell

LONGEST = 640
FRAME_MS = 700


def make_film(
    request: Request, engine: Engine, subject: Subject, variant: str
) -> tuple[list[Path], Path]:
    """JPEG frames to show on the page, and one animated WebP to download with the epoch on it."""
    folder, hints = engine.files.folder(subject.path), engine.hints(subject)
    notes, mark = hint_notes(hints), hint_mark(hints)
    epochs = engine.checkpoints.epochs(variant)
    pictures = engine.frames(subject, variant, LONGEST)
    frames, captioned = [], []
    for epoch, picture in zip(epochs, pictures, strict=True):
        settings = Settings(variant, epoch)
        frame = folder / f"{variant}-{epoch:03d}{mark}-{LONGEST}.jpg"
        frames.append(write_picture(picture, frame, synthetic(settings, *notes), quality=90))
        captioned.append(add_caption(picture, describe(request, settings)))
    span = f"epochs {epochs[0]} to {epochs[-1]}"
    film = folder / f"{file_stem(subject.name)}-{variant}-{span.replace(' ', '-')}{mark}.webp"
    return frames, write_film(captioned, film, synthetic(variant, span, *notes), FRAME_MS)


def player(request: Request, variant: str, epochs: Sequence[int], frames: Sequence[Path]) -> str:
    """The frames for `film.js`, which starts at the last one."""
    data = [
        {"url": f"gradio_api/file={frame}", "label": describe(request, Settings(variant, epoch))}
        for epoch, frame in zip(epochs, frames, strict=True)
    ]
    last = data[-1]
    return (
        f'<div class="player" data-frames="{html.escape(json.dumps(data))}">'
        f'<img src="{html.escape(last["url"])}" alt="{html.escape(last["label"])}">'
        '<div class="bar">'
        f'<button type="button" class="play" aria-label="{tell(request, "play")}">▶</button>'
        f'<input type="range" min="0" max="{len(data) - 1}" value="{len(data) - 1}" step="1" '
        f'aria-label="{tell(request, "film_epoch")}">'
        f"<output>{html.escape(last['label'])}</output></div></div>"
    )
