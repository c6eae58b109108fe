"""Colorizer: how a convolutional network learns colour, and why it so often ends in sepia.

`python app.py` opens the page; a Hugging Face Space runs the same file.
"""

import argparse
import importlib.util
from pathlib import Path

import gradio as gr

import interface.engine.memory  # before anything that imports torch
from colorizer.hub import LOCAL, checkpoints_or_local
from interface.page import build_page
from interface.text import I18N
from interface.theme import SCRIPT, STYLE, THEME

ASSETS = Path(__file__).parent / "assets"


def build_demo(checkpoints: Path = LOCAL, stand_in: bool = False) -> gr.Blocks:
    """stand_in: whether these checkpoints stand in for others, which visitors should know."""
    interface.engine.memory.prefer_small()
    return build_page(checkpoints, stand_in)


LAUNCH = {
    "i18n": I18N,
    "pwa": True,
    "favicon_path": ASSETS / "icon.svg",
    "mcp_server": importlib.util.find_spec("mcp") is not None,  # an extra: requirements-mcp.txt
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
        "--checkpoints",
        metavar="PLACE",
        help="a folder or hf://USER/NAME@REVISION; default: COLORIZER_CHECKPOINTS, then assets",
    )
    return parser


if __name__ == "__main__":
    folder, notice = checkpoints_or_local(parser().parse_args().checkpoints)
    print(notice or f"Checkpoints: {folder}")
    build_demo(folder, bool(notice)).launch(**LAUNCH)
