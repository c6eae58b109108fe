"""Makes a picture again from its work sheet and the original photo."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from colorizer.errors import printable
from colorizer.hints import from_json
from colorizer.parallel import threads_of_torch
from colorizer.photo import Photo
from colorizer.prediction import Colorizer
from colorizer.worksheet import VERSION, SheetError, read_sheet


def redo(
    file: Path,
    original: Path,
    checkpoints: Mapping[str, Mapping[int, Path]],
    target: Path | None = None,
) -> Path:
    """Colour `original` as the work sheet of `file` says, and write the picture.

    checkpoints: as `list_checkpoints` gives them. target: a path with the suffix of `file`, or a
    folder; default: beside `file`, with "-redone" in its name. The same version of Colorizer on the
    same kind of machine writes the same bytes. Returns the path. Raises SheetError if the photo or
    the checkpoint is not the one that the sheet names, PhotoError, CheckpointError, OSError.
    """
    sheet = read_sheet(file)
    if shows := sheet.get("shows"):
        raise SheetError(
            f"{printable(file)} shows more than the coloured photo ({shows}); "
            "give the photo's own result."
        )
    try:
        page = sheet["original"]["page"] - 1
        photo = Photo.open(original, page)
        if photo.origin.sha256 != sheet["original"]["sha256"]:
            raise SheetError(
                f"{printable(original)} is not the photo that {printable(file)} was made of; "
                "give the original file."
            )
        colorizer = _colorizer(sheet, checkpoints)
        settings = sheet["settings"]
        threads = int(settings.get("threads", 1))
        hints = from_json(json.dumps(sheet["hints"]), photo) if sheet["hints"] else []
        numbers = settings["samples"], settings["seed"], settings.get("temperature")
        vividness, medoid = settings["vividness"], bool(settings.get("medoid"))
        within = settings.get("within")
        with threads_of_torch(threads):  # so that sums have the same order
            picture = colorizer.colorize(photo, *numbers, hints, vividness, medoid, within)
        picture = replace(picture, note=sheet["note"])
    except (KeyError, TypeError):
        raise SheetError(
            f"The work sheet of {printable(file)} lacks what is needed to follow it; it was made "
            f"by version {sheet.get('version')}, and this is {VERSION}."
        ) from None
    return picture.save(_target(file, target), sheet.get("quality", 95))


def _target(file: Path, target: Path | None) -> Path:
    if target is None:
        return file.with_name(f"{file.stem}-redone{file.suffix}")
    return target / file.name if target.is_dir() else target


def _colorizer(
    sheet: Mapping[str, Any], checkpoints: Mapping[str, Mapping[int, Path]]
) -> Colorizer:
    made = sheet["checkpoint"]
    path = checkpoints.get(made["variant"], {}).get(made["epoch"])
    colorizer = Colorizer.from_checkpoint(path) if path else None
    if colorizer is None or colorizer.sha256 != made["sha256"]:
        raise SheetError(
            f"There is no checkpoint {made['variant']}, epoch {made['epoch']}, with the SHA-256 "
            f"{str(made['sha256'])[:16]}; give its folder as --checkpoints."
        )
    return colorizer
