"""The guard at the door: only files that visitors uploaded are ever read."""

from pathlib import Path
from typing import Any

from gradio.utils import get_upload_folder

from interface.engine.errors import UserError


def uploaded(picture: Any) -> tuple[Path, str]:
    """Path and name of an uploaded picture, from a raw `gr.Image` payload.

    A client of the API can put any path of the server into the payload, and Gradio does not check
    it for images; so a path outside the upload folder is refused. Raises UserError.
    """
    if picture is None:
        raise UserError("There is no photo; drop one on the page first.")
    data = picture if isinstance(picture, dict) else picture.model_dump()
    folder = Path(get_upload_folder()).resolve()
    try:
        path = Path(data.get("path") or "").resolve()
        ours = path.is_relative_to(folder) and path.is_file()
    except (OSError, RuntimeError, ValueError):  # forbidden, links in a circle, a null byte
        ours = False
    if not ours:
        raise UserError("This photo is no longer here; drop it on the page again.")
    return path, data.get("orig_name") or path.name
