"""The work sheet: how a coloured picture was made, as JSON inside its file.

It is a property of the XMP packet, beside IPTC's digital source type, and holds all that is needed
to make the same picture again. Its fields are described in docs/worksheet.md.
"""

import json
import os
from collections.abc import Mapping
from typing import Any

from PIL import Image

from colorizer.tags import IPTC_EXT, OURS, SPACE, XMP, read_property

VERSION = "1.0.0"  # of Colorizer
FORMAT = "colorizer-worksheet-1"
# The vocabulary's "Edited using Generative AI": an original that was augmented by a trained model.
# "Algorithmically-altered media" is for corrections; here most of what is seen was made up.
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
RADII = (5, 10, 20, 40)  # Lab units
_SHEET = f"{{{SPACE}}}sheet"

Sheet = Mapping[str, Any]


class SheetError(ValueError):
    """A work sheet that is missing or cannot be followed; its text is one sentence."""


def properties(note: str, sheet: Sheet | None, quality: int | None) -> dict[str, str]:
    """XMP properties of a picture, by `{namespace}name`. quality: of its format, if it has one.

    A picture whose note does not say that its colours are synthetic gets none.
    """
    if OURS not in note:
        return {}
    found = {
        f"{{{XMP}}}CreatorTool": f"Colorizer {VERSION}",
        f"{{{IPTC_EXT}}}DigitalSourceType": SOURCE_TYPE,
        f"{{{IPTC_EXT}}}AISystemUsed": "Colorizer",
        f"{{{IPTC_EXT}}}AISystemVersionUsed": VERSION,
    }
    if sheet is not None:
        whole = {"format": FORMAT, "note": note, "tool": "Colorizer", "version": VERSION, **sheet}
        if quality is not None:
            whole["quality"] = quality
        found[_SHEET] = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    return found


def read_sheet(path: str | os.PathLike) -> dict[str, Any]:
    """The work sheet of a picture. Raises SheetError if there is none that can be read."""
    try:
        with Image.open(path, formats=("JPEG", "PNG", "WEBP", "TIFF")) as image:
            if image.format == "PNG":
                image.load()  # texts may follow the pixels
            text = read_property(image, _SHEET)
    except Exception:
        raise SheetError(f"{path} cannot be opened as a picture; check the path.") from None
    try:
        sheet = json.loads(text)
    except (ValueError, RecursionError):
        sheet = None
    if not isinstance(sheet, dict) or sheet.get("format") != FORMAT:
        raise SheetError(f"{path} has no work sheet; only pictures made by Colorizer have one.")
    return sheet
