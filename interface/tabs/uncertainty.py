"""The third tab: what the network does not know, and which colours it thinks possible."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from interface.engine import Engine, Place, Subject
from interface.engine.cancellation import Runs
from interface.engine.errors import EXPECTED_ERRORS, UserError
from interface.engine.settings import MAX_SAMPLES, Settings
from interface.engine.share_link import Query, settings_from
from interface.engine.uncertainty import Uncertainty as Samples
from interface.gradio_internals import event_data
from interface.render.html import message, problem
from interface.render.uncertainty import (
    Question,
    draw_contrasts,
    draw_empty,
    draw_maps,
    draw_singles,
    draw_spot,
)
from interface.tabs.colorize import Colorize
from interface.tabs.tab import Tab
from interface.text import say, tell
from interface.widgets.bare_html import bare_html
from interface.widgets.events import EACH, LOOK, NETWORK, NEWEST, ONCE, QUIET, RAW, Updates
from interface.widgets.uploads import hints_about, read_upload

# What experts choose, behind one click; drawn all the time, as `freshness.js` reads it.
_DISCLOSE = (
    '<button type="button" class="disclosure" aria-expanded="false" '
    'aria-controls="uncertainty-choose" data-say="uncertainty_details"></button>'
)
_DISCLOSED = """
element.addEventListener("click", (event) => {
  const button = event.target.closest(".disclosure");
  if (button) button.ariaExpanded = `${button.ariaExpanded !== "true"}`;
});
"""


class Uncertainty(Tab):
    """Samples the first tab's photo, with its hints, and follows its variant and epoch."""

    name = "uncertainty"

    def __init__(self, engine: Engine, first: Colorize, tab: gr.Tab) -> None:
        self.engine, self.checkpoints = engine, engine.checkpoints
        self.photo, self.hints = first.photo, first.hints
        self.default = replace(self.checkpoints.best, samples=16)
        self.runs = Runs()
        gr.Markdown(say("uncertainty_lead"), elem_classes="lead")
        self._draw_pictures()
        self._draw_choice()
        self.question = gr.State(None)  # the Question that the pictures answer
        self.wish = gr.State(None)  # the Settings of the address; new ones start the sampling
        # Variant and epoch of the first tab when they were last taken over: what is chosen here
        # since then stays.
        self.followed = gr.State((self.default.variant, self.default.epoch))
        self.cleared = gr.State("")  # for which photo
        self.place = gr.State((0.5, 0.5))  # of the pixel, as shares of width and height
        choice = [self.variant, self.epoch, self.samples, self.part]
        self.restored = [*choice, self.wish, self.followed]
        self._listen_to_samples(tab)
        self._listen_to_choice(first)

    def _draw_choice(self) -> None:
        variant, epoch = self.default.variant, self.default.epoch
        names, epochs = self.checkpoints.variants, self.checkpoints.epochs(variant)
        able = self.checkpoints.can_sample(variant)

        def look(name: str, width: int, scale: int | None = 0) -> dict[str, Any]:
            return {"elem_id": f"uncertainty-{name}", "min_width": width, "scale": scale}

        bare_html(_DISCLOSE, js_on_load=_DISCLOSED)
        with gr.Row(elem_id="uncertainty-choose"):
            self.variant = gr.Radio(
                names, value=variant or None, label=say("variant"), **look("of", 520, 2)
            )
            self.epoch = gr.Dropdown(
                epochs, value=epoch or None, label=say("epoch"), **look("epoch", 110)
            )
            samples: dict[str, Any] = {"step": 1, "label": say("samples"), "interactive": able}
            samples |= {"buttons": [], **look("samples", 200, None)}
            self.samples = gr.Slider(1, MAX_SAMPLES, self.default.samples, **samples)
            self.start = gr.Button(say("sample"), variant="primary", **look("start", 110))
            self.stop = gr.Button(say("stop"), interactive=False, **look("stop", 90))

    def _draw_pictures(self) -> None:
        variant = self.default.variant
        parts = [(say(f"part_{part}"), part) for part in ("whole", "weights")]
        both = len(self.checkpoints.uncertainties(variant)) > 1
        part: dict[str, Any] = {"label": say("part"), "elem_id": "uncertainty-part"}
        with gr.Row(elem_id="uncertainty-row"):
            with gr.Column(scale=2, min_width=320):
                self.part = gr.Radio(parts, value="whole", visible=both, **part)
                empty = self._place_holder(variant)
                self.pictures = bare_html(empty, "uncertainty.js", elem_id="uncertainty")
                self.progress = gr.HTML(elem_id="uncertainty-progress")
                gr.Button(say("copy"), elem_classes="copy-link", size="sm")
            with gr.Column(scale=1, min_width=300):
                self.spot = bare_html(elem_id="uncertainty-plane")
                self.contrasts = bare_html(elem_id="uncertainty-contrasts")
        self.singles = bare_html(elem_id="uncertainty-singles")

    def _place_holder(self, variant: str) -> str:
        """The words in place of the pictures, until they are drawn or because none can be."""
        if variant and not self.checkpoints.uncertainties(variant):
            return draw_empty("nothing_to_ask", variant)
        return draw_empty("uncertainty_empty", waiting=True)

    @property
    def _outputs(self) -> list[Component]:
        """The components that show an answer, or that there is none."""
        pictures = [self.pictures, self.contrasts, self.singles, self.spot]
        return [self.progress, *pictures, self.question]

    def _listen_to_samples(self, tab: gr.Tab) -> None:
        source = {"part": self.part, "hints": self.hints}
        sampled = {"samples": self.samples, **source}
        choice = {"variant": self.variant, "epoch": self.epoch, **sampled}
        outputs = [*self._outputs, self.stop, self.samples]
        updated = [self.epoch, self.samples, self.part, *self._outputs]
        newest: dict[str, Any] = {**QUIET, "trigger_mode": "always_last"}
        more: dict[str, Any] = {**NETWORK, **EACH}
        wish, before = [self.photo, self.wish], [self.photo, self.question]
        chosen = self.variant.input(self.choose, [self.variant, self.question], updated, **newest)
        new: dict[str, Any] = {"fn": self.sample_new, "inputs": before, "outputs": outputs}
        new |= {"inputs_kwargs": choice, **NETWORK}
        runs = [
            self.start.click(self.sample, self.photo, outputs, inputs_kwargs=choice, **more),
            self.wish.change(self.sample_wish, wish, outputs, inputs_kwargs=source, **ONCE),
            tab.select(**new, trigger_mode="always_last"),
            self.pictures.select(**new, trigger_mode="always_last"),
            self.epoch.input(**new, trigger_mode="always_last"),
            chosen.then(**new, trigger_mode="always_last"),
        ]
        look = [*before, self.place]
        for run in runs:
            run.then(self.look, look, self.spot, **LOOK, trigger_mode="always_last")
        self.stop.click(self.stop_sampling, None, [self.stop], **QUIET, queue=False)

    def _listen_to_choice(self, first: Colorize) -> None:
        choice = [self.epoch, self.samples, self.part, *self._outputs]
        wish, followed = [first.wish, self.followed, self.variant], [self.variant, self.followed]
        first.wish.change(self.follow, wish, [*followed, *choice], **QUIET, queue=False)
        answer = [self.photo, self.question]
        self.pictures.click(self.look_there, answer, [self.place, self.spot], **LOOK, **EACH)
        part = [self.question, self.samples, self.part]
        shown = [self.progress, self.pictures, self.contrasts]
        self.part.input(self.show_part, part, shown, **NEWEST)
        clear = [*answer, self.cleared, self.variant]
        self.photo.change(self.clear, clear, [self.cleared, *self._outputs], **RAW)

    # Sampling

    def sample(self, picture: Any, request: gr.Request, **choice: Any) -> Iterator[Updates]:
        """The pictures after 1, 2, 4 ... samples, until all are there or Stop was pressed."""
        run = self.runs.begin(request.session_hash)
        no_stop = {self.stop: gr.update(interactive=False)}
        variant, epoch = choice["variant"], choice["epoch"]
        try:
            subject = read_upload(picture, choice["hints"])
            if variant is None or epoch is None:
                raise UserError("Choose a variant and one of its epochs.")
            parts = self.checkpoints.uncertainties(variant)
            if not parts:
                yield {**self._empty(variant), **no_stop}
                return
            settings = Settings(variant, int(epoch), self._possible(variant, choice["samples"]))
            if choice["samples"] != settings.samples and self.checkpoints.can_sample(variant):
                yield {self.samples: settings.samples}
            part = choice["part"] if choice["part"] in parts else parts[0]
            for stage in self.engine.refine(subject, settings, part):
                goes_on = self.runs.goes_on(run)
                yield self._stage(request, Question(subject, settings), stage, goes_on)
                if not goes_on:
                    return
            yield self._contrasts(request, Question(subject, settings), part)
        except EXPECTED_ERRORS as error:
            said = problem(request, error, "uncertainty-start")
            failed = {self.progress: said, self.pictures: draw_empty("uncertainty_empty")}
            yield {**self._empty(""), **failed, **no_stop}
        finally:
            self.runs.end(run)

    def _stage(self, request: gr.Request, goal: Question, now: Samples, goes_on: bool) -> Updates:
        """goal: with all samples; now: what there is of them."""
        count, total = now.settings.samples, goal.settings.samples
        more = count < total
        key = "sampling" if more and goes_on else "uncertainty_stopped" if more else "sampled"
        question = Question(goal.subject, now.settings)
        return {
            self.progress: message(tell(request, key, count=count, wanted=total)),
            self.pictures: draw_maps(request, question, now, total),
            self.singles: draw_singles(request, now),
            self.question: question,
            self.stop: gr.update(interactive=more and goes_on),
        }

    def _contrasts(self, request: gr.Request, question: Question, part: str) -> Updates:
        pictures = self.engine.contrasts(question.subject, question.settings, part)
        return {self.contrasts: draw_contrasts(request, question, part, pictures)}

    def _possible(self, variant: str, samples: float | None) -> int:
        """The number of samples that can be drawn, nearest to whatever was typed."""
        if not self.checkpoints.can_sample(variant):
            return 1
        return min(max(int((samples or 1) + 0.5), 1), MAX_SAMPLES)

    def sample_wish(
        self, picture: Any, wish: Settings | None, request: gr.Request, **source: Any
    ) -> Iterator[Updates]:
        """A state changes when the page opens, too, whatever the address says."""
        if wish is None:
            yield gr.skip()
        else:
            yield from self.sample(picture, request, **source, **vars(wish))

    def sample_new(
        self, picture: Any, question: Question | None, request: gr.Request, **choice: Any
    ) -> Iterator[Updates]:
        """For a tab in sight whose pictures answer another photo, other hints or checkpoint."""
        settings = question and question.settings
        checkpoint = choice["variant"], choice["epoch"]
        same = (
            question
            and _is_photo(picture, question.subject)
            and (question.subject.hints_json == hints_about(question.subject.path, choice["hints"]))
        )
        if (
            picture is None
            or None in checkpoint
            or (settings and same and checkpoint == (settings.variant, settings.epoch))
        ):
            yield gr.skip()
        else:
            yield from self.sample(picture, request, **choice)

    def stop_sampling(self, request: gr.Request) -> Updates:
        """The run itself says where it stopped, after the samples that it is drawing."""
        self.runs.stop(request.session_hash)
        return {self.stop: gr.update(interactive=False)}

    # What was sampled

    def look(
        self, picture: Any, question: Question | None, place: Place, request: gr.Request
    ) -> str:
        """The colours of one spot."""
        if question is None or picture is None:
            return ""
        try:
            if read_upload(picture).path != question.subject.path:
                return ""
            pixel = self.engine.pixel(question.subject, question.settings, place)
            return draw_spot(request, question, pixel, place)
        except EXPECTED_ERRORS as error:
            return problem(request, error, "uncertainty-start")

    def look_there(
        self, event: gr.EventData, picture: Any, question: Question | None, request: gr.Request
    ) -> Updates:
        sent = event_data(event)
        place = float(sent["x"]), float(sent["y"])
        return {self.place: place, self.spot: self.look(picture, question, place, request)}

    def show_part(
        self, question: Question | None, samples: float | None, part: str, request: gr.Request
    ) -> Iterator[Updates]:
        """The other map of the samples, then the pictures that differ most in it."""
        if question is None:
            yield gr.skip()
            return
        settings = question.settings
        try:
            uncertainty = self.engine.uncertainty(question.subject, settings, part)
            total = self._possible(settings.variant, samples)
            maps = draw_maps(request, question, uncertainty, total)
            yield {self.pictures: maps, self.contrasts: ""}
            yield self._contrasts(request, question, part)
        except EXPECTED_ERRORS as error:
            yield {self.progress: problem(request, error, "uncertainty-start")}

    def clear(
        self, picture: Any, question: Question | None, cleared: str, variant: str | None
    ) -> Updates:
        """For a new photo, once, as Gradio reports it twice; it may have been sampled by now."""
        path = str(picture.get("path")) if isinstance(picture, dict) else ""
        if path == cleared or (question and path and _is_photo(picture, question.subject)):
            return gr.skip()
        updates = self._empty(variant or "") | {self.cleared: path}
        return updates if path else {**updates, self.pictures: draw_empty("uncertainty_empty")}

    def _empty(self, variant: str) -> Updates:
        blank = {self.progress: message(""), self.pictures: self._place_holder(variant)}
        rest = (self.contrasts, self.singles, self.spot)
        return {**blank, self.question: None, **dict.fromkeys(rest, "")}

    # What to sample

    def choose(self, variant: str, question: Question | None, request: gr.Request) -> Updates:
        self.runs.stop(request.session_hash)
        updates = self._choice(variant, self.checkpoints.epochs(variant)[-1])
        if question is None or not self.checkpoints.uncertainties(variant):
            updates |= self._empty(variant)
        return updates

    def follow(self, wish: Settings, followed: tuple[str, int], variant: str | None) -> Updates:
        """Takes over what is chosen on the first tab."""
        if (wish.variant, wish.epoch) == followed or not wish.variant:
            return gr.skip()
        epoch = self.checkpoints.nearest_epoch(wish.variant, wish.epoch)
        updates = self._choice(wish.variant, epoch)
        updates |= {self.variant: wish.variant, self.followed: (wish.variant, wish.epoch)}
        return updates | (self._empty(wish.variant) if wish.variant != variant else {})

    def _choice(self, variant: str, epoch: int) -> Updates:
        able = self.checkpoints.can_sample(variant)
        several = len(self.checkpoints.uncertainties(variant)) > 1
        return {
            self.epoch: gr.update(choices=self.checkpoints.epochs(variant), value=epoch),
            self.samples: gr.update(interactive=able),
            self.part: gr.update(visible=several),
        }

    def restore(self, query: Query) -> Updates:
        if query.get("tab") != self.name:
            return {self.wish: None}
        settings = settings_from(query, self.checkpoints, self.default)
        updates = self._choice(settings.variant, settings.epoch)
        updates[self.samples] |= {"value": settings.samples}
        updates[self.part] |= {"value": "weights" if query.get("part") == "weights" else "whole"}
        updates[self.followed] = settings.variant, settings.epoch
        return {**updates, self.variant: settings.variant, self.wish: settings}


def _is_photo(picture: Any, subject: Subject) -> bool:
    """Whether a raw payload names the photo of a subject."""
    path = picture.get("path") if isinstance(picture, dict) else None
    return bool(path) and Path(path).resolve() == subject.path
