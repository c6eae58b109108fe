"""Colorizer: how a convolutional network learns colour, and why it so often ends in sepia.

`python app.py` opens the page; a Hugging Face Space runs the same file.
"""

import argparse
import importlib.util
from pathlib import Path

import gradio as gr
from gradio.utils import get_upload_folder

import interface.memory  # before anything that imports torch
from colorizer.hub import LOCAL, checkpoints_or_local
from interface.examples import example_photos
from interface.files import KEEP
from interface.languages import LANGUAGES, say
from interface.parts import Updates
from interface.service import Service
from interface.tabs import colorize, epochs, story, uncertainty
from interface.theme import SCRIPT, STYLE, THEME

ASSETS = Path(__file__).parent / "assets"
TABS = ("epochs", "uncertainty", "story")  # as they stand in an address; the first needs no name


def build_demo(checkpoints: Path = LOCAL, notice: str = "") -> gr.Blocks:
    """notice: what a visitor should know of the checkpoints, if anything."""
    interface.memory.prefer_small()
    pictures = Path(get_upload_folder()) / "colorizer"
    service = Service(checkpoints, pictures)
    examples = example_photos(pictures / "examples")
    with gr.Blocks(title="Colorizer", analytics_enabled=False, delete_cache=(KEEP, KEEP)) as demo:
        gr.Markdown(say("heading"), elem_id="heading")
        if notice:
            gr.Markdown(notice, elem_id="notice")
        with gr.Tabs() as tabs:
            with gr.Tab(say("tab_colorize"), id="colorize"):
                photo, restore = colorize.build(service, examples)
                restores = [restore]
            with gr.Tab(say("tab_epochs"), id="epochs"):
                restores.append(epochs.build(service, photo))
            with gr.Tab(say("tab_uncertainty"), id="uncertainty"):
                restores.append(uncertainty.build(service, photo))
            with gr.Tab(say("tab_story"), id="story"):
                story.build(service, photo, ASSETS / "study.json")

        def opened(request: gr.Request) -> Updates:
            query = dict(request.query_params)
            updates: Updates = {photo: str(examples[0])}
            if query.get("tab") in TABS:
                updates[tabs] = gr.update(selected=query["tab"])
            for restore in restores:
                updates |= restore.updates(query)
            return updates

        controls = [control for restore in restores for control in restore.controls]
        demo.load(opened, None, [photo, tabs, *controls], api_visibility="private")
    return demo.queue(max_size=32)


LAUNCH = {
    "i18n": LANGUAGES,
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
        "--checkpoints", metavar="PLACE",
        help="a folder or hf://USER/NAME@REVISION; default: COLORIZER_CHECKPOINTS, then assets",
    )  # fmt: skip
    return parser


if __name__ == "__main__":
    folder, notice = checkpoints_or_local(parser().parse_args().checkpoints)
    print(notice or f"Checkpoints: {folder}")
    build_demo(folder, notice).launch(**LAUNCH)
