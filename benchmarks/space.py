"""A rehearsal of a deploy: what a Space would be sent, in a fresh environment, within 2 GB.

    python -m benchmarks.space [--environment DIR]

Copies what `python -m train publish --space` uploads to an empty folder, installs its
requirements.txt and nothing else into a new virtual environment, starts `python app.py` there with
SPACE_ID set, and sends each endpoint a photo of 12 megapixels. Prints how long the page took to
appear and the app's peak memory. Exits with 1 above 2 GB or without an answer.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import skimage.data
from gradio_client import Client, handle_file
from PIL import Image

from benchmarks.full_size import peak
from benchmarks.start import free_port, wait_for_page
from train.release.publish import copy_space

ROOT = Path(__file__).parents[1]
LIMIT = 2000  # MB
SIZE = 4000, 3000


def install(environment: Path, requirements: Path) -> Path:
    """The Python of a new virtual environment with these requirements."""
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    command = [python, "-m", "pip", "install", "--quiet", "--requirement", requirements]
    subprocess.run(command, check=True)
    return python


def main() -> None:
    parser = argparse.ArgumentParser(description="A rehearsal of a Space.")
    parser.add_argument(
        "--environment", type=Path, help="keep it in this folder for the next rehearsal"
    )
    chosen = parser.parse_args().environment
    with tempfile.TemporaryDirectory() as temporary:
        app = Path(temporary) / "app"
        app.mkdir()
        copy_space(ROOT, app)
        environment = (chosen or Path(temporary) / "environment").absolute()
        python = environment / "bin" / "python"
        if not python.exists():
            python = install(environment, app / "requirements.txt")

        photo = Path(temporary) / "photo.jpg"
        Image.fromarray(skimage.data.coffee()).resize(SIZE).save(photo, quality=92)
        port = free_port()
        here = {
            "SPACE_ID": "someone/colorizer",
            "GRADIO_SERVER_NAME": "0.0.0.0",
            "GRADIO_SERVER_PORT": str(port),
            "GRADIO_TEMP_DIR": f"{temporary}/uploads",
        }
        started = time.perf_counter()
        server = subprocess.Popen(
            [python, "app.py"], cwd=app, env=os.environ | here, stdout=subprocess.DEVNULL
        )
        try:
            url = f"http://127.0.0.1:{port}/"
            wait_for_page(server, url)
            print(f"page: after {time.perf_counter() - started:.1f} s, {peak(server.pid):.0f} MB")
            client = Client(url, verbose=False)
            for endpoint in ("/colorize", "/compare_epochs", "/uncertainty"):
                picture = client.predict(handle_file(photo), api_name=endpoint)[0]
                with Image.open(picture) as opened:
                    size = "{} x {}".format(*opened.size)
                print(f"{endpoint}: {size} pixels; at most {peak(server.pid):.0f} MB so far")
            most = peak(server.pid)
        finally:
            server.kill()
            server.wait()
    print(f"memory: {most:.0f} MB, the limit is {LIMIT} MB")
    if most > LIMIT:
        sys.exit(1)


if __name__ == "__main__":
    main()
