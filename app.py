"""Colorizer: how a convolutional network learns colour, and why it so often ends in sepia.

`python app.py` opens the page; a Hugging Face Space runs the same file.
"""

import argparse
from pathlib import Path

import gradio as gr
from gradio.utils import get_upload_folder

from colorizer.hub import LOCAL, checkpoints_or_local
from interface import colorize_tab, doubt_tab, epochs_tab, story_tab
from interface.examples import example_photos
from interface.service import KEEP, Service
from interface.theme import SCRIPT, STYLE, THEME

ASSETS = Path(__file__).parent / "assets"


def build_demo(checkpoints: Path = LOCAL, notice: str = "") -> gr.Blocks:
    """notice: what a visitor should know of the checkpoints, if anything."""
    pictures = Path(get_upload_folder()) / "colorizer"
    service = Service(checkpoints, pictures)
    examples = example_photos(pictures / "examples")
    with gr.Blocks(title="Colorizer", analytics_enabled=False, delete_cache=(KEEP, KEEP)) as demo:
        gr.Markdown(
            "# Colorizer\nA small network guesses the colours of your photo. "
            "Slide through how it was built and how long it learnt.",
            elem_id="heading",
        )
        if notice:
            gr.Markdown(notice, elem_id="notice")
        with gr.Tab("Colorize"):
            photo = colorize_tab.build(service, examples)
        with gr.Tab("Epochs"):
            epochs_tab.build(service, photo)
        with gr.Tab("Uncertainty"):
            doubt_tab.build(service, photo)
        with gr.Tab("Story"):
            story_tab.build(ASSETS / "study.json")
        demo.load(lambda: str(examples[0]), outputs=photo, api_visibility="private")
    return demo.queue(max_size=32)


LAUNCH = {
    "theme": THEME,
    "css_paths": STYLE,
    "head": SCRIPT,
    "footer_links": ["api"],
    "run_history": False,
    "enable_monitoring": False,
    "ssr_mode": False,
    "max_file_size": 100_000_000,  # bytes, as "100mb" is 104.9 million and the page names it
    # A script opens a session with each request, and each keeps a fifth of a megabyte.
    "state_session_capacity": 128,
}


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python app.py", description="Opens the page.")
    parser.add_argument(
        "--checkpoints", metavar="PLACE",
        help="a folder or hf://USER/NAME@REVISION; default: COLORIZER_CHECKPOINTS, then assets",
    )  # fmt: skip
    return parser


if __name__ == "__main__":
    folder, notice = checkpoints_or_local(parser().parse_args().checkpoints)
    print(notice or f"Checkpoints: {folder}")
    build_demo(folder, notice).launch(**LAUNCH)
