"""The page: the upload bar, the tabs in their order, opening by an address."""

from collections.abc import Sequence
from pathlib import Path

import gradio as gr

from interface.api import Endpoints
from interface.engine import Engine, share_link
from interface.engine.files import KEEP
from interface.examples import EXAMPLES
from interface.gradio_internals import calm_queue, event_data, upload_folder
from interface.render.study_page import ADDRESS, study_files, study_text
from interface.tabs.colorize import Colorize
from interface.tabs.epochs import Epochs
from interface.tabs.story import Story
from interface.tabs.tab import Tab
from interface.tabs.uncertainty import Uncertainty
from interface.text import describe, say, tell
from interface.widgets.batch_zip import BatchZip
from interface.widgets.events import NETWORK, QUIET, Updates
from interface.widgets.sliders import CARD
from interface.widgets.upload_bar import UploadBar, arrival

SWEEP = KEEP  # seconds between two looks for files that are older than that
TABS = (Epochs, Uncertainty, Story)  # after Colorize, whose photo and hints they show


class Page:
    """Draws everything; stand_in: whether these checkpoints stand in for others."""

    def __init__(self, engine: Engine, examples: Sequence[Path], stand_in: bool) -> None:
        self.engine, self.examples = engine, examples
        self.bar = UploadBar(engine, examples)
        batch = BatchZip(engine)
        if stand_in:
            gr.HTML(say("checkpoints_instead"), elem_id="notice")
        self.tabs: list[Tab] = []
        with gr.Tabs(overflow_behavior="wrap") as self.strip:
            with gr.Tab(say("tab_colorize"), id=Colorize.name):
                self.first = Colorize(engine, examples)
            self.tabs.append(self.first)
            for tab in TABS:
                with gr.Tab(say(f"tab_{tab.name}"), id=tab.name) as holder:
                    self.tabs.append(tab(engine, self.first, holder))
        Endpoints(engine)
        self.bar.listen(self.first.photo)
        batch.listen(self.first.buttons.answer)
        self.bar.bar.select(self.turn, None, self.strip, **QUIET)

    def listen(self, demo: gr.Blocks) -> None:
        restored = [control for tab in self.tabs for control in tab.restored]
        outputs = [self.bar.line, self.first.photo, *self.first.results, *restored]
        opened = demo.load(self.open, None, outputs, **NETWORK)
        opened.then(None, None, None, js="() => window.colorizerTurn()", **QUIET)

    def open(self, request: gr.Request) -> Updates:
        """The page under the settings of its address."""
        query = dict(request.query_params)
        updates = self.first.open(request, query)
        if query:  # otherwise all stands as it should, or where a hand has moved it by now
            for tab in self.tabs:
                updates |= tab.restore(query)
        checkpoints = self.engine.checkpoints
        settings = share_link.settings_from(query, checkpoints, checkpoints.best)
        # The tabs that draw many checkpoints say themselves which of them exist.
        if "tab" not in query and (lost := share_link.not_found(query, settings)):
            note = tell(request, "link_changed", asked=lost, shown=describe(request, settings))
            updates[self.bar.line] = arrival(0, note)
        return updates

    def turn(self, event: gr.EventData) -> Updates:
        """The tab that the address names; in `open` the browser would go through all tabs again."""
        name = event_data(event).get("tab")
        names = [tab.name for tab in TABS]
        return {self.strip: gr.update(selected=name)} if name in names else gr.skip()


def build_page(checkpoints: Path, stand_in: bool = False) -> gr.Blocks:
    """The app, to be launched. Arguments as of `Engine` and `Page`."""
    engine = Engine(checkpoints, upload_folder() / "colorizer")
    # Examples that were clicked would be deleted after an hour otherwise.
    gr.set_static_paths([*EXAMPLES, *study_files()])
    with gr.Blocks(title="Colorizer", analytics_enabled=False, delete_cache=(SWEEP, KEEP)) as demo:
        Page(engine, EXAMPLES, stand_in).listen(demo)
    if engine.checkpoints.card:
        with demo.route("Model card", CARD, show_in_navbar=False):
            gr.Markdown(engine.checkpoints.card, header_links=True)
    if study := study_text():
        with demo.route("The study", ADDRESS, show_in_navbar=False):
            gr.Markdown(study, header_links=True, elem_classes="study-text")
    demo.queue(max_size=32)
    calm_queue(demo)
    return demo
