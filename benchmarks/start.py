"""How soon the page is up: `python app.py` against importing what it cannot do without.

    python -m benchmarks.start [--rounds 7]

From starting Python to the first response 200 to a request for the page, in turns with
`python -c "import torch, gradio"`. The first turn, which fills the disk's cache and writes the
example photos, is not counted. Exits with 1 above 1.3 times.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.timing import side_by_side

ROOT = Path(__file__).parents[1]
LIMIT = 1.3
PATIENCE = 120  # seconds before giving up on the page


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_page(server: subprocess.Popen, url: str, patience: float = PATIENCE) -> None:
    """Until `url` answers 200. Raises SystemExit if the server ends or it takes too long."""
    deadline = time.monotonic() + patience
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=patience) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.01)
    raise SystemExit(f"The app did not answer at {url}; run `python app.py` to see why.")


def main() -> None:
    parser = argparse.ArgumentParser(description="How soon the page is up.")
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as temporary:

        def bare() -> None:
            subprocess.run([sys.executable, "-c", "import torch, gradio"], check=True, cwd=ROOT)

        def page() -> None:
            port = free_port()
            here = {"GRADIO_SERVER_PORT": str(port), "GRADIO_TEMP_DIR": temporary}
            server = subprocess.Popen(
                [sys.executable, "app.py"],
                cwd=ROOT,
                env=os.environ | here,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                wait_for_page(server, f"http://127.0.0.1:{port}/")
            finally:
                server.kill()
                server.wait()

        seconds = side_by_side({"imports": bare, "page": page}, rounds)
    ratio = seconds["page"] / seconds["imports"]
    print(f"import torch, gradio: {seconds['imports']:.2f} s")
    print(f"app.py to the first page: {seconds['page']:.2f} s")
    print(f"page / imports: {ratio:.2f} x, the limit is {LIMIT} x")
    if ratio > LIMIT:
        sys.exit(1)


if __name__ == "__main__":
    main()
