"""The sliders of the Colorize tab: which settings they mean, and which of them are enabled."""

import html
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from interface.engine import FIELD, FIELDS, Checkpoints, Settings
from interface.text import say
from interface.widgets.events import Updates

CARD = "model-card"  # the page of the app that shows it


class Sliders:
    """Draws the sliders at `opening`; details: those to be drawn elsewhere.

    Variant and epoch count stops, whose names stand under them.
    """

    def __init__(self, checkpoints: Checkpoints, opening: Settings) -> None:
        self.checkpoints = checkpoints
        samples, samples_hint = self._enabled("samples", opening.variant)
        temperature, temperature_hint = self._enabled("temperature", opening.variant)
        within, within_hint = self._enabled("within", opening.variant)
        with gr.Row(elem_id="controls"):
            self._draw_checkpoint(opening)
            with gr.Column(scale=6, min_width=200):
                self.samples = _slider("samples", **samples)
                self.samples_hint = _hint("samples", samples_hint)
            with gr.Column(scale=6, min_width=200):
                self.vividness = _slider("vividness")
                _hint("vividness", say("vividness_means"))
        with gr.Column(min_width=200, render=False) as self.details:
            self.temperature = _slider("temperature", **temperature)
            self.temperature_hint = _hint("temperature", temperature_hint)
            self.within = _slider("within", **within)
            self.within_hint = _hint("within", within_hint)
            self.medoid = gr.Radio(
                [(say("mean"), False), (say("medoid"), True)],
                value=False,
                info=say("medoid_on"),
                label=say("shown_of_samples"),
                elem_id=FIELD["medoid"].control,
                interactive=False,
            )

    def _draw_checkpoint(self, opening: Settings) -> None:
        variants = self.checkpoints.variants
        with gr.Column(scale=13, min_width=320):
            self.variant = _stop_slider(
                "variant", "model_variant", **_range(opening.variant, variants)
            )
            gr.HTML(stops("variant", variants))
            self.variant_line = gr.HTML(self._about(opening.variant), elem_id="variant-line")
        with gr.Column(scale=6, min_width=200):
            epochs = self.checkpoints.epochs(opening.variant)
            self.epoch = _stop_slider("epoch", "epoch", **_range(opening.epoch, epochs))
            self.epoch_stops = gr.HTML(stops("epoch", epochs, opening.variant))
            _hint("epoch", say("epoch_means"))

    @property
    def inputs(self) -> dict[str, Component]:
        """The components by name, whose values `wish` and `follow` take."""
        return {**self._controls, "stops": self.epoch_stops}

    @property
    def _controls(self) -> dict[str, Component]:
        return {field.name: getattr(self, field.name) for field in FIELDS}

    @property
    def moves(self) -> list[Callable]:
        """The events of a hand that moves one, or leaves its number.

        Not `change`, which also comes for each that a link or the server places.
        """
        controls: list[Any] = [*self._controls.values()]
        releases = [control.release for control in controls if control is not self.medoid]
        return [*(control.input for control in controls), *releases]

    @property
    def outputs(self) -> list[Component]:
        """The components that `follow` and `place` may change."""
        return [
            *self.inputs.values(),
            self.variant_line,
            self.samples_hint,
            self.temperature_hint,
            self.within_hint,
        ]

    def complete(self, values: Mapping[str, Any]) -> bool:
        """False while a number's field is empty, because another is about to be typed."""
        # A radio that was never drawn is None.
        numbers = (value for name, value in values.items() if name not in ("medoid", "stops"))
        return all(value is not None for value in numbers)

    def wish(self, before: Settings, values: Mapping[str, Any]) -> Settings:
        """The settings that these values stand for, also where the variant lacks them.

        The epoch of `before` is kept while the slider stands at the nearest one there is.
        """
        variants = self.checkpoints.variants
        variant = variants[_stop(values["variant"], len(variants))]
        owner = _owner(values["stops"])
        owner = owner if self.checkpoints.epochs(owner) else variant
        epochs = self.checkpoints.epochs(owner)
        epoch = epochs[_stop(values["epoch"], len(epochs))]
        if self.checkpoints.nearest_epoch(owner, before.epoch) == epoch:
            epoch = before.epoch
        return Settings(variant, epoch, **_steps(values), medoid=bool(values["medoid"]))

    def possible(self, wish: Settings) -> Settings:
        """The nearest that has been shipped; what the variant lacks keeps its default."""
        variant, values = wish.variant, vars(wish).copy()
        values["epoch"] = self.checkpoints.nearest_epoch(variant, wish.epoch)
        values |= {name: FIELD[name].default for name in self.checkpoints.unused(variant)}
        return Settings(**values)

    def follow(self, settings: Settings, values: Mapping[str, Any]) -> Updates:
        """Enables what the variant has, and moves only those that say something else."""
        updates = self._state(settings)
        if _owner(values["stops"]) == settings.variant:
            del updates[self.epoch], updates[self.epoch_stops]
        right = {
            **_steps(values),
            "variant": self.checkpoints.variants.index(settings.variant),
            "epoch": self.checkpoints.epochs(settings.variant).index(settings.epoch),
        }
        for name, value in right.items():
            if values[name] != value:
                control = self._controls[name]
                updates[control] = {**updates.get(control, gr.update()), "value": value}
        return updates

    def place(self, settings: Settings) -> Updates:
        """Moves all to the settings."""
        updates = self._state(settings)
        updates[self.variant] = gr.update(value=_at(settings.variant, self.checkpoints.variants))
        updates[self.vividness] = gr.update(value=settings.vividness)
        unused = self.checkpoints.unused(settings.variant)
        if "samples" not in unused:
            samples = min(settings.samples, FIELD["samples"].slider[1])
            updates[self.samples] |= {"value": samples}
            updates[self.medoid] |= {"value": settings.medoid}
        if "temperature" not in unused:
            updates[self.temperature] |= {"value": settings.temperature}
            updates[self.within] |= {"value": settings.within}
        return updates

    def _state(self, settings: Settings) -> Updates:
        epochs = self.checkpoints.epochs(settings.variant)
        samples, samples_hint = self._enabled("samples", settings.variant)
        temperature, temperature_hint = self._enabled("temperature", settings.variant)
        within, within_hint = self._enabled("within", settings.variant)
        return {
            self.variant_line: self._about(settings.variant),
            self.epoch: gr.update(**_range(settings.epoch, epochs)),
            self.epoch_stops: stops("epoch", epochs, settings.variant),
            self.samples: gr.update(**samples),
            self.samples_hint: samples_hint,
            self.medoid: gr.update(interactive=settings.samples > 1),
            self.temperature: gr.update(**temperature),
            self.temperature_hint: temperature_hint,
            self.within: gr.update(**within),
            self.within_hint: within_hint,
        }

    def _about(self, variant: str) -> str:
        """The line under the variant: its effect on colour, and a link to its description."""
        does = f'<span data-say="does_{html.escape(variant)}"></span>'
        if not self.checkpoints.card:
            return does
        return (
            f'{does} <a id="about-network" href="{CARD}#h-{html.escape(variant)}" target="_blank" '
            'data-say="about_network"></a>'
        )

    def _enabled(self, name: str, variant: str) -> tuple[dict[str, Any], str]:
        """The state of a slider that some variants lack, and the words under it."""
        if name not in self.checkpoints.unused(variant):
            return {"interactive": True}, say(f"{name}_on")
        why = f"{html.escape(variant)}: {say(f'{name}_off')}" if variant else ""
        return {"interactive": False}, why


def stops(slider: str, names: list, owner: str = "") -> str:
    """The names of a slider's stops, to stand under it; owner: the variant they belong to."""
    gaps = max(1, len(names) - 1)
    marks = "".join(
        f'<span style="left:{100 * i / gaps:.2f}%">{html.escape(str(name))}</span>'
        for i, name in enumerate(names)
    )
    whose = f' data-owner="{html.escape(owner)}"' if owner else ""
    return f'<div class="stops" data-for="{slider}"{whose} aria-hidden="true">{marks}</div>'


def _slider(name: str, **state: Any) -> gr.Slider:
    field = FIELD[name]
    lowest, highest, step = field.slider
    look: dict[str, Any] = {"label": say(name), "elem_id": field.control, "buttons": []}
    return gr.Slider(lowest, highest, field.default, step=step, **look, **state)


def _stop_slider(name: str, label: str, **state: Any) -> gr.Slider:
    look: dict[str, Any] = {"label": say(label), "elem_id": name, "elem_classes": "named"}
    return gr.Slider(step=1, buttons=[], **look, **state)


def _range(item: Any, items: list) -> dict[str, Any]:
    """The state of a slider that counts these items and stands at one of them."""
    last, value = max(1, len(items) - 1), _at(item, items)
    return {"minimum": 0, "maximum": last, "value": value, "interactive": len(items) > 1}


def _hint(name: str, words: str) -> gr.HTML:
    return gr.HTML(words, elem_id=f"{FIELD[name].control}-hint")


def _steps(values: Mapping[str, Any]) -> dict[str, Any]:
    """The nearest steps of the sliders that are numbers."""
    names = ("samples", "temperature", "vividness", "within")
    return {name: FIELD[name].nearest_step(values[name]) for name in names}


def _owner(stops_html: str) -> str:
    """The variant whose epochs these stops name."""
    match = re.search('data-owner="([^"]*)"', stops_html or "")
    return html.unescape(match[1]) if match else ""


def _stop(value: Any, count: int) -> int:
    """The nearest of so many stops, halves upwards, as the browser's own slider has it."""
    return int(min(max(math.floor(value + 0.5), 0), count - 1))


def _at(item: Any, items: list) -> int:
    return items.index(item) if item in items else 0
