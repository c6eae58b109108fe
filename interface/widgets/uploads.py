"""The guard at the door: only files that visitors uploaded, and examples, are ever read."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from colorizer.hints import LARGEST
from interface.engine import FIELDS, PhotoGoneError, Settings, Subject, UserError
from interface.gradio_internals import is_ours, upload_folder


def read_upload(picture: Any, hints: Any = None) -> Subject:
    """An uploaded picture and its hints, from a raw `gr.Image` payload and what `hints.js` says.

    A client of the API can put any path of the server into the payload, and Gradio does not check
    it for images; so a path neither in the upload folder nor of an example is refused. Raises
    UserError.
    """
    if picture is None:
        raise UserError("There is no photo; drop one on the page first.")
    data = picture if isinstance(picture, dict) else picture.model_dump()
    folder = upload_folder().resolve()
    try:
        path = Path(data.get("path") or "").resolve()
        ours = (path.is_relative_to(folder) or is_ours(path)) and path.is_file()
    except (OSError, RuntimeError, ValueError):  # forbidden, links in a circle, a null byte
        ours = False
    if not ours:
        raise PhotoGoneError("This photo is no longer here; drop it on the page again.")
    return Subject(path, data.get("orig_name") or path.name, hints_about(path, hints))


def name_upload(picture: Any, hints: Any = None) -> Subject | None:
    """The same of a picture that may be gone, to say whose problem it is; never to be opened."""
    data = picture if isinstance(picture, dict) or picture is None else picture.model_dump()
    if not data or not isinstance(sent := data.get("path"), str):
        return None
    path = Path(os.path.abspath(sent))
    if not (path.is_relative_to(upload_folder()) or is_ours(path)):
        return None
    return Subject(path, str(data.get("orig_name") or path.name), hints_about(path, hints))


def read_question(sent: Any) -> tuple[Subject, Settings]:
    """Subject and settings of what a script asks past Gradio's queue, which anybody may send.

    sent: `about`, the positions of the controls (`render/freshness.py`), and `file`, of hints.
    Raises UserError.
    """
    about = sent.get("about") if isinstance(sent, dict) else None
    about = about if isinstance(about, dict) else {}
    subject = read_upload({"path": str(about.get("photo"))})
    values = {field.name: about.get(field.control) for field in FIELDS if field.name != "medoid"}
    file = str(sent.get("file") or "")[:LARGEST] if isinstance(sent, dict) else ""
    return replace(subject, hints_json=file), Settings.read(values)


def hints_about(path: Path, sent_hints: Any) -> str:
    """The content of a file of hints that are about this photo, or ""."""
    try:
        sent = json.loads(sent_hints or "{}")
    except (TypeError, ValueError, RecursionError):
        return ""
    if not isinstance(sent, dict) or sent.get("photo") != str(path):
        return ""
    return file if isinstance(file := sent.get("file"), str) else ""
