"""Colorizer: how a convolutional network learns colour, and why it so often ends in sepia.

`python app.py` opens the page; a Hugging Face Space runs the same file.
"""

import argparse
import importlib.util
from pathlib import Path

import gradio as gr
from gradio.utils import get_upload_folder

import interface.engine.memory  # before anything that imports torch
from colorizer.hub import LOCAL, checkpoints_or_local
from interface.engine import share_link as link
from interface.engine.engine import Engine
from interface.engine.files import KEEP
from interface.examples import example_photos
from interface.render.html import QUIET, Updates, fill_in
from interface.tabs import colorize, epochs, story, uncertainty
from interface.text import I18N, describe, say, tell
from interface.theme import SCRIPT, STYLE, THEME
from interface.widgets import batch_zip as many
from interface.widgets import upload_bar as intake
from interface.widgets.sliders import CARD

ASSETS = Path(__file__).parent / "assets"
TABS = ("epochs", "uncertainty", "story")  # as written in an address; the first needs no name


def build_demo(checkpoints: Path = LOCAL, instead: bool = False) -> gr.Blocks:
    """instead: whether these checkpoints stand in for others, which visitors should know."""
    interface.engine.memory.prefer_small()
    pictures = Path(get_upload_folder()) / "colorizer"
    engine = Engine(checkpoints, pictures)
    examples = example_photos(pictures / "examples")
    with gr.Blocks(title="Colorizer", analytics_enabled=False, delete_cache=(KEEP, KEEP)) as demo:
        bar, arrival = intake.build(examples)
        several = many.build()
        if instead:
            gr.HTML(say("checkpoints_instead"), elem_id="notice")
        with gr.Tabs() as tabs:
            with gr.Tab(say("tab_colorize"), id="colorize"):
                coloured = colorize.build(engine, examples)
                photo, restores = coloured.photo, [coloured.restore]
            with gr.Tab(say("tab_epochs"), id="epochs") as tab:
                restores.append(epochs.build(engine, photo, coloured.given, tab))
            with gr.Tab(say("tab_uncertainty"), id="uncertainty") as tab:
                restores.append(uncertainty.build(engine, coloured, tab))
            with gr.Tab(say("tab_story"), id="story"):
                story.build(engine, photo, ASSETS / "study.json")

        intake.listen(bar, arrival, photo, engine, examples)
        many.listen(several, coloured.made, engine)

        def opened(request: gr.Request) -> Updates:
            query = dict(request.query_params)
            updates = coloured.first(request, examples[0], query)
            if query:  # otherwise all stands as it should, or where a hand has moved it by now
                for restore in restores:
                    updates |= restore.updates(query)
            shown = link.settings_of(query, engine.checkpoints, engine.checkpoints.best)
            # The tabs that draw many checkpoints say themselves which of them exist.
            if "tab" not in query and (asked := link.changed(query, shown)):
                words = describe(request, shown)
                note = tell(request, "link_changed", asked=asked, shown=words)
                updates[arrival] = intake.says(0, note)
            return updates

        controls = [control for restore in restores for control in restore.controls]
        demo.load(
            opened,
            None,
            [arrival, *coloured.results, *controls],
            concurrency_id="network",
            **QUIET,
        ).then(None, None, None, js="() => window.colorizerTurn()")

        def turn(event: gr.EventData) -> Updates:
            """To the tab that the address names. Not in `opened`: the browser goes through all
            that the tabs hold at each stage of an event that may change them."""
            tab = event._data.get("tab") if isinstance(event._data, dict) else None
            return {tabs: gr.update(selected=tab)} if tab in TABS else gr.skip()

        bar.select(turn, None, tabs, **QUIET)
    if engine.checkpoints.card:
        with demo.route("Model card", CARD, show_in_navbar=False):
            gr.Markdown(engine.checkpoints.card, header_links=True)
    fill_in(demo)
    demo.queue(max_size=32)
    # It would look for work a thousand times a second, which takes a twelfth of an idle core.
    demo._queue.sleep_when_free = 0.005
    return demo


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
