"""Many visitors at once, some with broken photos, some malicious; and what each of them is told.

    python -m endurance.load [--clients 24] [--requests 300]

The app runs in a process of its own on loopback, with the checkpoints of this repository. Each
client uploads a file, calls `/colorize` or `/uncertainty` over plain HTTP and fetches the picture.
An answer must be the right picture, pixel for pixel what the library makes of that photo; the
sentence that belongs to what was sent; or "queue is full", which the burst at the end must get at
least once. The server records every file it opens for reading. Exits with 1 if anything else
happened, or if the server died, grew by more than 200 MB, or opened a file it should not.
"""

import argparse
import collections
import io
import json
import os
import queue
import random
import re
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image

import interface.engine.memory  # noqa: F401 - before torch, as in app.py
from benchmarks.start import free_port, wait_for_page
from colorizer import Colorizer, Photo, list_checkpoints
from colorizer.decoding import TEMPERATURE

ROOT = Path(__file__).parents[1]
CHECKPOINTS = ROOT / "assets" / "checkpoints"
GROWTH = 200  # MB
BURST = 64  # requests at one moment, twice what the queue holds
# Longest sides; the largest has 12 megapixels and comes less often, for the client checks it too.
SIZES = {"chelsea": 300, "coffee": 640, "astronaut": 512, "rocket": 1600, "camera": 512}
FULL_SIZE = (4000, 3000)
GONE = "This photo is no longer here; drop it on the page again."


@dataclass(frozen=True)
class Case:
    """What a client sends, and what must come back."""

    kind: str
    name: str
    content: bytes = b""
    payload: dict[str, str] | None = None  # instead of an upload
    sentence: str = ""  # its beginning; a picture where there is none
    weight: int = 2


@dataclass(frozen=True)
class Request:
    case: Case
    endpoint: str
    variant: str
    epoch: int
    samples: int


class UnexpectedError(Exception):
    """An answer that is none of those allowed."""


def good_cases() -> list[Case]:
    import skimage.data

    cases = []
    for place, (name, longest) in enumerate(SIZES.items()):
        picture = Image.fromarray(getattr(skimage.data, name)())
        scale = longest / max(picture.size)
        width, height = (round(side * scale) for side in picture.size)
        kind = ["JPEG", "PNG", "WEBP"][place % 3]
        content = _encoded(picture.resize((width, height)), kind)
        cases.append(Case(f"{kind} of {width}x{height}", f"{name}.{kind.lower()}", content))
    large = Image.fromarray(skimage.data.coffee()).resize(FULL_SIZE)
    cases.append(Case("JPEG of 4000x3000", "large.jpg", _encoded(large, "JPEG"), weight=1))
    return cases


def bad_cases(outside: Path) -> list[Case]:
    """outside: a picture on the server's disk that no visitor has uploaded."""
    photo = good_cases()[0].content
    return [
        Case("text named .png", "notes.png", b"not a picture\n" * 99, None, "This file is not a"),
        Case("truncated JPEG", "half.jpg", photo[: len(photo) // 2], None, "This picture is dam"),
        Case("lying header", "huge.png", lying(10_000), None, "This picture has 100 megapixels;"),
        Case("bold lie", "bomb.png", lying(50_000), None, "This picture is too large; shrink it"),
        Case("empty file", "empty.jpg", b"", None, "This file is not a picture"),
        Case("path outside", "", b"", {"path": str(outside)}, GONE),
        Case("path upwards", "", b"", {"path": "../../../../etc/hostname"}, GONE),
    ]


def lying(side: int) -> bytes:
    """A PNG of a few bytes whose header claims a square of `side` pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = _chunk(b"IDAT", zlib.compress(b"0"))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + data


def _encoded(picture: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, quality=92)
    return file.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def plan(count: int, outside: Path, seed: int = 0) -> list[Request]:
    """Two good photos to one bad, an eighth of all to `/uncertainty`, in an order by `seed`."""
    draw = random.Random(seed)
    known = list_checkpoints(CHECKPOINTS)
    good, bad = good_cases(), bad_cases(outside)
    requests = []
    for place in range(count):
        cases = bad if place % 3 == 2 else good
        (case,) = draw.choices(cases, [case.weight for case in cases])
        uncertain = draw.random() < 1 / 8
        variant = "dropout" if uncertain else draw.choice(list(known))
        epoch = draw.choice(list(known[variant])[-2:])
        samples = 4 if uncertain else 1
        endpoint = "/uncertainty" if uncertain else "/colorize"
        requests.append(Request(case, endpoint, variant, epoch, samples))
    draw.shuffle(requests)
    return requests


class Expected:
    """What the library makes of a photo, to compare answers with."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._known: dict[Request, np.ndarray] = {}

    def check(self, request: Request, picture: np.ndarray) -> None:
        with self.lock:
            if request.endpoint == "/uncertainty":
                photo = Photo.open(request.case.content).fitted(640)
                right = picture.shape == photo.rgb.shape
            else:
                right = np.array_equal(picture, self._colorized(request))
        if not right:
            raise UnexpectedError(f"a wrong picture of {picture.shape} for {request.case.kind}")

    def _colorized(self, request: Request) -> np.ndarray:
        if request not in self._known:
            path = list_checkpoints(CHECKPOINTS)[request.variant][request.epoch]
            self._known[request] = (
                Colorizer.from_checkpoint(path).colorize(request.case.content).rgb
            )
        return self._known[request]


class Visitor:
    """One client, with connections of its own."""

    def __init__(self, url: str, expected: Expected) -> None:
        self.http = httpx.Client(base_url=url, timeout=600)
        self.expected = expected

    def ask(self, request: Request) -> str:
        """What came back: "picture", "sentence" or "queue is full". Raises UnexpectedError."""
        payload = request.case.payload or self.upload(request.case)
        event = self.join(request, payload)
        return "queue is full" if event is None else self.answer(request, event)

    def upload(self, case: Case) -> dict[str, Any]:
        sent = self.http.post("/gradio_api/upload", files={"files": (case.name, case.content)})
        if sent.status_code != 200:
            raise UnexpectedError(f"upload: {sent.status_code} {sent.text[:200]}")
        meta = {"_type": "gradio.FileData"}
        return {"path": sent.json()[0], "orig_name": case.name, "meta": meta}

    def join(self, request: Request, payload: dict[str, Any]) -> str | None:
        """The number drawn in the queue; None if it is full."""
        data = [payload, request.variant, request.epoch, request.samples, TEMPERATURE]
        joined = self.http.post(f"/gradio_api/call{request.endpoint}", json={"data": data})
        if joined.status_code == 503 and "queue is full" in joined.text.lower():
            return None
        if joined.status_code != 200:
            raise UnexpectedError(f"join: {joined.status_code} {joined.text[:200]}")
        return joined.json()["event_id"]

    def answer(self, request: Request, event: str) -> str:
        kind, data = "", None
        url = f"/gradio_api/call{request.endpoint}/{event}"
        with self.http.stream("GET", url) as stream:
            for line in stream.iter_lines():
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data: ") and kind != "heartbeat":
                    data = json.loads(line.removeprefix("data: "))
        if kind == "error":
            words = data.get("error") if isinstance(data, dict) else data
            begun = request.case.sentence
            if begun and re.fullmatch(rf"{re.escape(begun)}[^\n]*(?<=\.)", str(words)):
                return "sentence"
            raise UnexpectedError(f"{request.case.kind}: {data}")
        if kind != "complete" or not isinstance(data, list):
            raise UnexpectedError(f"{request.case.kind}: ended with {kind!r} {data}")
        if request.case.sentence:
            raise UnexpectedError(f"{request.case.kind} was coloured")
        picture = data[0 if request.endpoint == "/uncertainty" else 1]
        fetched = self.http.get(picture["url"])
        if fetched.status_code != 200:
            raise UnexpectedError(f"picture: {fetched.status_code} {fetched.text[:200]}")
        with Image.open(io.BytesIO(fetched.content)) as image:
            self.expected.check(request, np.array(image.convert("RGB")))
        return "picture"


class Tally:
    """Counts answers by kind; keeps the text of those that should not have come."""

    def __init__(self) -> None:
        self.counts: collections.Counter[str] = collections.Counter()
        self.wrong: list[str] = []

    def run(self, call: Callable[[], str]) -> None:
        try:
            self.counts[call()] += 1
        except (UnexpectedError, httpx.HTTPError, OSError, ValueError) as error:
            self.wrong.append(f"{type(error).__name__}: {error}")


def load(url: str, requests: list[Request], clients: int, expected: Expected) -> Tally:
    """`clients` at the same time, each sending its next request once it has an answer."""
    tally, todo = Tally(), queue.SimpleQueue()
    for request in requests:
        todo.put(request)

    def visit() -> None:
        visitor = Visitor(url, expected)
        while True:
            try:
                request = todo.get_nowait()
            except queue.Empty:
                return
            tally.run(lambda request=request: visitor.ask(request))

    with ThreadPoolExecutor(clients) as pool:
        for done in [pool.submit(visit) for _ in range(clients)]:
            done.result()
    return tally


def burst(url: str, expected: Expected) -> Tally:
    """More requests at one moment than the queue holds; those it took are answered all the same."""
    tally, visitor = Tally(), Visitor(url, expected)
    variant, epochs = next(iter(list_checkpoints(CHECKPOINTS).items()))
    request = Request(good_cases()[2], "/colorize", variant, next(iter(epochs)), 1)
    payload = visitor.upload(request.case)
    with ThreadPoolExecutor(BURST) as pool:
        events = list(pool.map(lambda _: visitor.join(request, payload), range(BURST)))
    for event in events:
        tally.run(
            lambda event=event: "queue is full" if event is None else visitor.answer(request, event)
        )
    return tally


def serve(opened: Path) -> None:
    """The app in this process; `opened` receives the path of each file it reads from then on."""
    import app

    demo = app.build_demo(CHECKPOINTS)
    log = os.open(opened, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT

    def note(event: str, arguments: tuple) -> None:
        if event == "open" and isinstance(arguments[0], str | bytes):
            path, _, flags = arguments
            if not (flags or 0) & writing:
                os.write(log, os.path.realpath(os.fsdecode(path)).encode() + b"\n")

    sys.addaudithook(note)
    demo.launch(**app.LAUNCH, quiet=True)


def strangers(opened: list[str], uploads: Path) -> tuple[int, set[str]]:
    """How many files of visitors the server read, and those that are neither theirs nor its own."""
    paths = set(opened)
    of_visitors = {path for path in paths if Path(path).is_relative_to(uploads)}
    code = [ROOT / "colorizer", ROOT / "interface", CHECKPOINTS, Path(sys.prefix).resolve()]
    code += [Path(sys.base_prefix).resolve(), Path("/proc"), Path("/sys"), Path("/dev")]
    rest = {path for path in paths - of_visitors if not path.endswith((".py", ".pyc"))}
    return len(of_visitors), {
        path for path in rest if not any(Path(path).is_relative_to(own) for own in code)
    }


def memory(process: subprocess.Popen) -> float:
    """Resident, in MB. Raises SystemExit if the process has ended."""
    if process.poll() is None:
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    raise SystemExit(f"The server ended with {process.returncode}.")


def trial(folder: Path, clients: int, count: int) -> list[str]:
    """Prints the figures; returns whatever went wrong. folder: for temporary files."""
    uploads, opened, outside = folder / "uploads", folder / "opened", folder / "private.png"
    Image.new("RGB", (321, 123), "purple").save(outside)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    here = {"GRADIO_SERVER_PORT": str(port), "GRADIO_TEMP_DIR": str(uploads)}
    with (folder / "output").open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "endurance.load", "--serve", str(opened)],
            cwd=ROOT,
            env=os.environ | here,
            stdout=output,
            stderr=output,
        )
    try:
        wait_for_page(server, f"{url}/")
        expected = Expected()
        requests = plan(count, outside)
        epoch = max(list_checkpoints(CHECKPOINTS)["dropout"])
        first = Request(good_cases()[2], "/colorize", "dropout", epoch, 1)
        warm = load(url, [first, replace(first, endpoint="/uncertainty", samples=4)], 1, expected)
        before, seen = memory(server), len(opened.read_text().splitlines())
        started = time.monotonic()
        done = load(url, requests, clients, expected)
        seconds = time.monotonic() - started
        after_load = memory(server)
        full = burst(url, expected)
        after = memory(server)
        known, foreign = strangers(opened.read_text().splitlines()[seen:], uploads)
    finally:
        server.kill()
        server.wait()
    good = sum(not request.case.sentence for request in requests)
    print(f"{clients} clients, {count} requests in {seconds:.0f} s")
    print(f"  {good} good photos, {count - good} bad: {dict(done.counts)}")
    print(f"a burst of {BURST}: {dict(full.counts)}")
    print(f"memory of the server: {before:.0f} MB, then {after_load:.0f}, {after:.0f} at the end")
    print(f"files read: {known} of visitors, {len(foreign)} that are none of its business")
    failed = [*warm.wrong, *done.wrong, *full.wrong, *(f"{path} was read" for path in foreign)]
    for wrong, words in (
        (not full.counts["queue is full"], "the queue has no bound"),
        (not known, "no read of an upload was seen, so none outside could have been"),
        (after - before > GROWTH, f"{after - before:.0f} MB more than at the start"),
    ):
        if wrong:
            failed.append(words)
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(description="Many visitors at once.")
    parser.add_argument("--clients", type=int, default=24)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        return serve(arguments.serve)
    with tempfile.TemporaryDirectory() as temporary:
        failed = trial(Path(temporary).resolve(), arguments.clients, arguments.requests)
    for words in failed:
        print(f"FAILED: {words}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
