"""The first tab: original, grayscale and colorized side by side, and the sliders under them."""

import html
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from colorizer import Photo
from interface.engine import FIELDS, Checkpoints, Engine, Result, Settings, Subject
from interface.engine.errors import EXPECTED_ERRORS
from interface.engine.share_link import Query, settings_from
from interface.render import freshness
from interface.render.html import gone, link_attribute, message
from interface.tabs.tab import Tab
from interface.text import describe, describe_hints, explain, number, say, tell
from interface.widgets import compare_view
from interface.widgets.alternatives import Alternatives
from interface.widgets.bare_html import bare_html
from interface.widgets.events import NEWEST, Updates
from interface.widgets.export_buttons import BUTTONS, Answer, ExportButtons
from interface.widgets.hint_editor import HintEditor
from interface.widgets.pin import Pin
from interface.widgets.sliders import Sliders
from interface.widgets.uploads import name_upload, read_upload

_serial = itertools.count()  # tells the page that a caption is new even if its words are not
_PICTURE: dict[str, Any] = {
    "interactive": False,
    "elem_classes": "picture",
    "buttons": [],
    "show_label": False,
    "format": "png",
}


class Colorize(Tab):
    """photo, hints: of the page; wish: the settings that the hands chose, used or not."""

    name = "colorize"

    def __init__(self, engine: Engine, examples: Sequence[Path]) -> None:
        self.engine, self.checkpoints, self.examples = engine, engine.checkpoints, examples
        self.default = self.checkpoints.best
        self._draw_pictures(examples[0])
        with gr.Row(elem_id="under-pictures"):
            self.editor = HintEditor(engine)
            self.hints = self.editor.hints
            self.caption = gr.HTML(_notice(self.checkpoints), elem_id="caption")
        Alternatives(engine)
        self.sliders = Sliders(self.checkpoints, self.default)
        with gr.Row(elem_id="take-home"):
            self.buttons = ExportButtons(engine)
        with gr.Accordion(say("more"), open=False, elem_id="more"), gr.Row():
            self.sliders.details.render()
            self.readout = bare_html(elem_id="readout")
        self.wish = gr.State(self.default)
        self.restored = [self.wish, *self.sliders.outputs]
        self._listen()

    def _draw_pictures(self, example: Path) -> None:
        """The pictures under their names, in the photo's shape from the first paint."""
        first = Photo.open(example)
        shape = f"<style>:root {{ --shape: {first.width / first.height:.4f}; }}</style>"
        gr.HTML(shape, visible=True, padding=False)
        with gr.Row(equal_height=True, elem_id="pictures"):
            with gr.Column(min_width=240):
                self.heading = bare_html(
                    _original("original_black_and_white" if first.is_grey else "original"),
                    elem_id="photo-label",
                )
                photo: dict[str, Any] = {"type": "filepath", "alt_text": say("alt_photo")}
                self.photo = gr.Image(str(example), elem_id="photo", **photo, **_PICTURE)
            with gr.Column(min_width=240):
                self.grayscale = _picture("grayscale")
            # Where the result was when it was pinned: the next one stands to its right.
            self.pin = Pin(**_PICTURE)
            with gr.Column(min_width=240):
                self.colorized = _picture("colorized")

    def _listen(self) -> None:
        gr.on(
            [self.photo.change, self.hints.input, *self.sliders.moves],
            self.refresh,
            [self.photo, self.buttons.answer, self.wish],
            [*self.results, self.wish, *self.sliders.outputs],
            inputs_kwargs={**self.sliders.inputs, "hints": self.hints},
            **NEWEST,
        )
        self.pin.listen(self.buttons, self.photo)
        names = ("original", "grayscale", "colorized", "pinned")
        pictures = (self.photo, self.grayscale, self.colorized, self.pin.image)
        compare_view.build(dict(zip(names, pictures, strict=True)))
        self.editor.listen(self.buttons.answer)

    @property
    def results(self) -> list:
        """The components that `open` changes."""
        pictures = [self.heading, self.grayscale, self.colorized, self.caption, self.readout]
        return [*pictures, *self.buttons.outputs]

    def refresh(
        self, picture: Any, answer: Answer | None, wish: Settings, request: gr.Request, **sent: Any
    ) -> Updates:
        """Follows the hands: the sliders, and the picture under the settings they say now."""
        hints = sent.pop("hints")
        if not self.checkpoints.variants or not self.sliders.complete(sent):
            return gr.skip()
        wish = self.sliders.wish(wish, sent)
        settings = self.sliders.possible(wish)
        updates = {self.wish: wish, **self.sliders.follow(settings, sent)}
        if picture is None:
            blank = self._draw_caption("", None, settings)
            labels = {self.heading: _original("original"), self.caption: blank}
            return {**updates, **self._empty(request), **labels}
        subject = None
        try:
            subject = read_upload(picture, hints)
            if answer and (answer.subject, answer.settings) == (subject, settings):
                return updates
            return {**updates, **self._answer(request, subject, settings)}
        except EXPECTED_ERRORS as error:
            subject = subject or name_upload(picture, hints)
            problem = self._problem(request, error, subject, settings)
            return {**updates, **self._empty(request), **problem}

    def open(self, request: gr.Request, query: Query) -> Updates:
        """The result for the example that an address names, under its settings."""
        named = (path for path in self.examples if path.stem == query.get("photo"))
        example = next(named, self.examples[0])
        settings = settings_from(query, self.checkpoints, self.default)
        settings = self.sliders.possible(settings)
        subject = Subject(example.resolve(), example.name)
        photo = {} if example == self.examples[0] else {self.photo: str(example)}
        try:
            return {**photo, **self._answer(request, subject, settings, " data-opening")}
        except EXPECTED_ERRORS as error:
            return {**photo, **self._problem(request, error, subject, settings)}

    def restore(self, query: Query) -> Updates:
        settings = settings_from(query, self.checkpoints, self.default)
        return {self.wish: settings, **self.sliders.place(settings)}

    def _answer(
        self, request: gr.Request, subject: Subject, settings: Settings, more: str = ""
    ) -> Updates:
        """The pictures, and all that stands around them; more: attributes of the caption."""
        result = self.engine.colorize(subject, settings)
        answer = Answer(subject, settings, result.colorized, result.size)
        words = [describe(request, settings), *describe_hints(request, result.hints)]
        if result.kept is not None:
            share = number(request, 100 * result.kept, ".0f")
            words.append(tell(request, "kept", share=share, within=settings.within))
        words += [f"{number(request, result.seconds, '.2f')} s"]
        heading = f"original_{result.monochrome.replace(' ', '_')}".rstrip("_")
        return {
            self.heading: _original(heading),
            self.grayscale: str(result.grayscale),
            self.colorized: str(result.colorized),
            self.caption: self._draw_caption(
                " · ".join(words), subject, settings, len(result.hints), more=more
            ),
            self.readout: _draw_readout(request, result),
            **self.buttons.switch(request, answer),
        }

    def _empty(self, request: gr.Request) -> Updates:
        pictures = {self.grayscale: None, self.colorized: None, self.readout: ""}
        return {**pictures, **self.buttons.switch(request, None)}

    def _problem(
        self, request: gr.Request, error: Exception, subject: Subject | None, settings: Settings
    ) -> Updates:
        words = explain(request, error)
        return {self.caption: self._draw_caption(words, subject, settings, error=error)}

    def _controls(self, subject: Subject | None, settings: Settings) -> dict[str, object]:
        """The positions of the controls that count, for `render/freshness.py`."""
        unused = self.checkpoints.unused(settings.variant)
        unused += ["medoid"] if settings.samples == 1 else []
        used = [field for field in FIELDS if field.name not in unused]
        values = {field.control: getattr(settings, field.name) for field in used}
        return {**values, "hints": subject.hints_digest if subject else ""}

    def _draw_caption(
        self,
        words: str,
        subject: Subject | None,
        settings: Settings,
        hints: int = 0,
        error: Exception | None = None,
        more: str = "",
    ) -> str:
        """hints: how many were followed; more: further attributes."""
        path, controls = subject and subject.path, self._controls(subject, settings)
        shows = ("grayscale", "colorized", "readout")
        whose = freshness.attributes(path, controls, shows, BUTTONS)
        previewed = freshness.previewed("vividness", "colorized")
        example = {"photo": path.stem} if path and path in self.examples[1:] else {}
        shared = link_attribute(**settings.link, **({"hints": hints} if hints else {}), **example)
        attributes = f' data-serial="{next(_serial)}"{whose}{previewed}{shared}{gone(error)}{more}'
        line = freshness.line("making_colour", html.escape(words))
        return message("", error is not None, attributes, line)


def _picture(name: str) -> gr.Image:
    """A picture under its name."""
    words = f'<span><span data-say="{name}"></span>{_meaning(name)}</span>'
    bare_html(f'<div class="name">{words}{compare_view.button(name)}</div>')
    return gr.Image(elem_id=name, alt_text=say(f"alt_{name}"), **_PICTURE)


def _meaning(name: str) -> str:
    """What is to be known of a picture, after its name."""
    seen = ("grayscale", "original_black_and_white")  # of which the page shows one
    return '<span data-say="grayscale_means"></span>' if name in seen else ""


def _original(name: str) -> str:
    """The original's name, a closer look, and a way to take it off the page."""
    words = f'<span><span data-say="{name}"></span>{_meaning(name)}</span>'
    return (
        f'<div class="name">{words}{compare_view.button("original")}'
        '<button type="button" id="remove-photo" data-say="remove"></button></div>'
    )


def _notice(checkpoints: Checkpoints) -> str:
    if checkpoints.variants:
        return message("", attributes=' data-serial=""')
    return message("", problem=True, attributes=' data-say="no_checkpoints"')


def _draw_readout(request: gr.Request, result: Result) -> str:
    """A table of how much colour the result has, and the original if it has any of its own."""
    columns = ("result",) if result.monochrome else ("original", "result", "ratio")

    def row(name: str) -> str:
        before, after = getattr(result.original, name), getattr(result.result, name)
        values = {"original": before, "result": after, "ratio": after / max(before, 1e-6)}
        forms = {"ratio": ".2f"}
        cells = [number(request, values[one], forms.get(one, ".1f")) for one in columns]
        meaning = html.escape(tell(request, f"{name}_means"))
        numbers = "".join(f"<td>{cell}</td>" for cell in cells)
        return f'<tr><td title="{meaning}">{tell(request, name)}</td>{numbers}</tr>'

    heads = "".join(f"<th>{tell(request, f'of_{name}')}</th>" for name in columns)
    rows = row("colourfulness") + row("chroma")
    return f"<table><thead><tr><td></td>{heads}</tr></thead>{rows}</table>"
