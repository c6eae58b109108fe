"""The sliders of the Colorize tab: which settings they mean, and which of them are enabled."""

import html
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from colorizer.decoding import TEMPERATURE
from interface.checkpoints import Checkpoints
from interface.languages import say
from interface.parts import Updates
from interface.settings import Settings

MAX_SAMPLES = 32  # a slider to 64 would be too fine to set


@dataclass(frozen=True, eq=False)
class Sliders:
    """Variant and epoch count stops, not what these are called; `stops` writes that under them."""

    checkpoints: Checkpoints
    variant: gr.Slider
    epoch: gr.Slider
    epoch_stops: gr.HTML
    samples: gr.Slider
    samples_hint: gr.HTML
    medoid: gr.Radio
    temperature: gr.Slider
    temperature_hint: gr.HTML

    @property
    def inputs(self) -> list[Component]:
        """What `read` takes."""
        return [self.variant, self.epoch, self.samples, self.medoid, self.temperature]

    @property
    def outputs(self) -> list[Component]:
        """What `follow` and `place` may change."""
        return [
            self.variant, self.epoch, self.epoch_stops, self.samples, self.samples_hint,
            self.medoid, self.temperature, self.temperature_hint,
        ]  # fmt: skip

    def read(
        self, variant_at: float, epoch_at: float, samples: float, medoid: bool, temperature: float
    ) -> Settings:
        """The settings of these values; what the variant lacks keeps its default."""
        variant = self.checkpoints.variants[int(variant_at)]
        epochs = self.checkpoints.epochs(variant)
        several = samples > 1 and self.checkpoints.can_sample(variant)
        has_temperature = self.checkpoints.has_temperature(variant)
        return Settings(
            variant, epochs[min(int(epoch_at), len(epochs) - 1)],
            int(samples) if several else 1,
            round(temperature, 2) if has_temperature else TEMPERATURE,
            bool(medoid) and several,
        )  # fmt: skip

    def follow(self, settings: Settings) -> Updates:
        """Enables what the variant has, and disables what it lacks."""
        variant = settings.variant
        samples, samples_hint = _samples(self.checkpoints, variant)
        temperature, temperature_hint = _temperature(self.checkpoints, variant)
        several = settings.samples > 1
        return {
            self.epoch: gr.update(**_epoch(self.checkpoints, settings)),
            self.epoch_stops: stops("epoch", self.checkpoints.epochs(variant)),
            self.samples: gr.update(**samples),
            self.samples_hint: gr.update(value=samples_hint, visible=not several),
            self.medoid: gr.update(visible=several),
            self.temperature: gr.update(**temperature),
            self.temperature_hint: temperature_hint,
        }

    def place(self, settings: Settings) -> Updates:
        """The same, and moves each to what the settings say."""
        updates = self.follow(settings)
        updates[self.variant] = gr.update(value=_at(settings.variant, self.checkpoints.variants))
        if self.checkpoints.can_sample(settings.variant):
            updates[self.samples] |= {"value": min(settings.samples, MAX_SAMPLES)}
            updates[self.medoid] |= {"value": settings.medoid}
        if self.checkpoints.has_temperature(settings.variant):
            updates[self.temperature] |= {"value": settings.temperature}
        return updates


def build(checkpoints: Checkpoints, opening: Settings) -> Sliders:
    """Draws the sliders side by side, where `opening` says."""
    variants = checkpoints.variants
    samples_state, why_samples = _samples(checkpoints, opening.variant)
    temperature_state, why_temperature = _temperature(checkpoints, opening.variant)
    with gr.Row(elem_id="controls"):
        with gr.Column(scale=4, min_width=320):
            variant = gr.Slider(
                0, max(1, len(variants) - 1), _at(opening.variant, variants), step=1,
                label=say("model_variant"), interactive=len(variants) > 1,
                elem_id="variant", elem_classes="named", buttons=[],
            )  # fmt: skip
            gr.HTML(stops("variant", variants))
        with gr.Column(scale=2, min_width=200):
            epoch = gr.Slider(**_epoch(checkpoints, opening))
            epoch_stops = gr.HTML(stops("epoch", checkpoints.epochs(opening.variant)))
        with gr.Column(scale=2, min_width=200):
            samples = gr.Slider(
                1, MAX_SAMPLES, 1, step=1, label=say("samples"), elem_id="samples",
                buttons=[], **samples_state,
            )  # fmt: skip
            # One place for both: which of several samples is shown, or why there is only one.
            samples_hint = gr.HTML(why_samples, elem_id="samples-hint")
            medoid = gr.Radio(
                [(say("mean"), False), (say("medoid"), True)], value=False, container=False,
                show_label=False, label="Shown of the samples", elem_id="samples-show",
                visible=False,
            )  # fmt: skip
        with gr.Column(scale=2, min_width=200):
            temperature = gr.Slider(
                0.1, 1, TEMPERATURE, step=0.02, label=say("temperature"), elem_id="temperature",
                buttons=[], **temperature_state,
            )  # fmt: skip
            temperature_hint = gr.HTML(why_temperature, elem_id="temperature-hint")
    return Sliders(
        checkpoints, variant, epoch, epoch_stops, samples, samples_hint, medoid, temperature,
        temperature_hint,
    )  # fmt: skip


def stops(slider: str, names: list) -> str:
    """The names of a slider's stops, to stand under it."""
    gaps = max(1, len(names) - 1)
    marks = "".join(
        f'<span style="left:{100 * i / gaps:.2f}%">{html.escape(str(name))}</span>'
        for i, name in enumerate(names)
    )
    return f'<div class="stops" data-for="{slider}" aria-hidden="true">{marks}</div>'


def _at(item: Any, items: list) -> int:
    return items.index(item) if item in items else 0


def _epoch(checkpoints: Checkpoints, settings: Settings) -> dict[str, Any]:
    epochs = checkpoints.epochs(settings.variant)
    return {
        "minimum": 0, "maximum": max(1, len(epochs) - 1), "value": _at(settings.epoch, epochs),
        "step": 1, "label": say("epoch"), "interactive": len(epochs) > 1, "elem_id": "epoch",
        "elem_classes": "named", "buttons": [],
    }  # fmt: skip


def _samples(checkpoints: Checkpoints, variant: str) -> tuple[dict[str, Any], str]:
    """The state of the samples slider, and the words under it."""
    if checkpoints.can_sample(variant):
        return {"interactive": True}, say("samples_on")
    why = f"{html.escape(variant)}: {say('samples_off')}"
    return {"interactive": False, "value": 1}, why if variant else ""


def _temperature(checkpoints: Checkpoints, variant: str) -> tuple[dict[str, Any], str]:
    """The state of the temperature slider, and the words under it."""
    if checkpoints.has_temperature(variant):
        return {"interactive": True}, say("temperature_on")
    why = f"{html.escape(variant)}: {say('temperature_off')}"
    return {"interactive": False, "value": TEMPERATURE}, why if variant else ""
