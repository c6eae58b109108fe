"""A client that may send anything to any event of the page, and what it sends."""

import io
import json
import uuid
from typing import Any

import httpx
from helpers import colourful
from PIL import Image

META = {"_type": "gradio.FileData"}


class Visitor:
    """A client that may send anything to any event, as the browser's own code could."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url.rstrip("/"), timeout=90)
        self.session = uuid.uuid4().hex
        self.config = self.http.get("/config").json()
        self.components = {part["id"]: part for part in self.config["components"]}
        self.events = {e["api_name"]: e for e in self.config["dependencies"] if e["backend_fn"]}

    def upload(self, content: bytes, name: str = "photo.png") -> dict[str, Any]:
        answer = self.http.post("/gradio_api/upload", files={"files": (name, content)})
        return {"path": answer.json()[0], "orig_name": name, "meta": META}

    def takes_photo(self, event: str) -> bool:
        first = self.events[event]["inputs"][:1]
        return [self.components[part]["type"] for part in first] == ["image"]

    def join(self, event: str, photo: object, values: list | None, **more) -> httpx.Response:
        """values: those after the photo; for what is missing, what the page opens with."""
        inputs = [self.components[part] for part in self.events[event]["inputs"]]
        own = [part["props"].get("value") for part in inputs[1:]]
        given = values or []
        body = {
            "fn_index": self.events[event]["id"],
            "session_hash": self.session,
            "data": [photo, *given, *own[len(given) :]] if inputs else [],
            **more,
        }
        return self.http.post("/gradio_api/queue/join", json=body)

    def ask(self, event: str, photo: object, values: list | None = None, **more) -> dict[str, Any]:
        """The output of the event, or its error."""
        assert self.join(event, photo, values, **more).status_code == 200
        return self.wait()

    def preview(self, sent: object) -> httpx.Response:
        """What the script of the hints asks for past the queue."""
        (hints,) = (i for i, c in self.components.items() if c["props"].get("elem_id") == "hints")
        body = {
            "data": sent,
            "component_id": hints,
            "fn_name": "preview",
            "session_hash": self.session,
        }
        return self.http.post("/gradio_api/component_server", json=body)

    def wait(self) -> dict[str, Any]:
        params = {"session_hash": self.session}
        with self.http.stream("GET", "/gradio_api/queue/data", params=params) as stream:
            for line in stream.iter_lines():
                message = json.loads(line.removeprefix("data:")) if line else {}
                if message.get("msg") == "process_completed":
                    return message["output"]
        raise AssertionError("the stream ended without an answer")


def small_photo() -> bytes:
    file = io.BytesIO()
    Image.fromarray(colourful(3, 32)).save(file, "PNG")
    return file.getvalue()


def settings(event: str) -> list | None:
    public = {
        "colorize": ["baseline", 1, 1, 1.0],
        "uncertainty": ["dropout", 1, 2, 1.0],
        "sample": ["dropout", 1, 2, "weights"],
    }
    return public.get(event)
