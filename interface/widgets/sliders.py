"""The sliders of the Colorize tab: which settings they mean, and which of them are enabled."""

import html
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from interface.engine.checkpoints import Checkpoints
from interface.engine.settings import FIELD, Settings
from interface.render.html import Updates
from interface.text import say

CARD = "model-card"  # the page of the app that shows it
SAMPLES, TEMPERATURE, VIVIDNESS = (FIELD[n] for n in ("samples", "temperature", "vividness"))


@dataclass(frozen=True, eq=False)
class Sliders:
    """Variant and epoch count stops, not what these are called; `stops` writes that under them."""

    checkpoints: Checkpoints
    variant: gr.Slider
    variant_line: gr.HTML
    epoch: gr.Slider
    epoch_stops: gr.HTML
    samples: gr.Slider
    samples_hint: gr.HTML
    vividness: gr.Slider
    medoid: gr.Radio
    temperature: gr.Slider
    temperature_hint: gr.HTML

    @property
    def inputs(self) -> list[Component]:
        """What `asked` takes, after the photo's own."""
        return [
            self.variant,
            self.epoch,
            self.samples,
            self.medoid,
            self.temperature,
            self.vividness,
        ]

    @property
    def moved(self) -> list[Callable]:
        """The events of a hand that moves one, or leaves its number.

        Not `change`, which comes for each as a link or the server places several, and tells of
        some where they were before.
        """
        sliders = [self.variant, self.epoch, self.samples, self.temperature, self.vividness]
        return [
            *(slider.input for slider in sliders),
            *(slider.release for slider in sliders),
            self.medoid.input,
        ]

    @property
    def outputs(self) -> list[Component]:
        """What `follow` and `place` may change."""
        return [
            self.variant,
            self.variant_line,
            self.epoch,
            self.epoch_stops,
            self.samples,
            self.samples_hint,
            self.vividness,
            self.medoid,
            self.temperature,
            self.temperature_hint,
        ]

    def complete(self, values: Sequence[Any]) -> bool:
        """False while a number's field is empty, because another is about to be typed."""
        return None not in [*values[:3], *values[4:]]  # a radio that was never drawn is None

    def asked(
        self,
        before: Settings,
        stops_of: str,
        variant_at: float,
        epoch_at: float,
        samples: float,
        medoid: bool,
        temperature: float,
        vividness: float,
    ) -> Settings:
        """What these values ask for, also where the variant lacks it.

        before: what was asked until now; stops_of: the HTML of the stops under the epoch. If the
        epoch still stands where it was put because `before` was not shipped, that epoch is still
        the one asked for.
        """
        variants = self.checkpoints.variants
        variant = variants[_whole(variant_at, 0, len(variants) - 1)]
        owner = _owner(stops_of)
        owner = owner if self.checkpoints.epochs(owner) else variant
        epochs = self.checkpoints.epochs(owner)
        epoch = epochs[_whole(epoch_at, 0, len(epochs) - 1)]
        if self.checkpoints.nearest_epoch(owner, before.epoch) == epoch:
            epoch = before.epoch
        return Settings(
            variant,
            epoch,
            SAMPLES.nearest_step(samples),
            TEMPERATURE.nearest_step(temperature),
            bool(medoid),
            VIVIDNESS.nearest_step(vividness),
        )

    def possible(self, asked: Settings) -> Settings:
        """The nearest that has been shipped; what the variant lacks keeps its default."""
        variant = asked.variant
        several = asked.samples > 1 and self.checkpoints.can_sample(variant)
        has_temperature = self.checkpoints.has_temperature(variant)
        return Settings(
            variant,
            self.checkpoints.nearest_epoch(variant, asked.epoch),
            asked.samples if several else 1,
            asked.temperature if has_temperature else TEMPERATURE.default,
            asked.medoid and several,
            asked.vividness,
        )

    def follow(self, settings: Settings, stops_of: str, values: Sequence[Any]) -> Updates:
        """Enables what the variant has, and puts right what says something else.

        A slider that stays the same is left to the hand that moves it.
        """
        updates = self._state(settings)
        if _owner(stops_of) == settings.variant:
            del updates[self.epoch], updates[self.epoch_stops]
        at = self.checkpoints.variants.index(settings.variant)
        epoch_at = self.checkpoints.epochs(settings.variant).index(settings.epoch)
        whole = SAMPLES.nearest_step(values[2])
        right = [
            at,
            epoch_at,
            whole,
            values[3],
            TEMPERATURE.nearest_step(values[4]),
            VIVIDNESS.nearest_step(values[5]),
        ]
        for control, value, meant in zip(self.inputs, values, right, strict=True):
            if value != meant:
                updates[control] = {
                    "__type__": "update",
                    **updates.get(control, {}),
                    "value": meant,
                }
        return updates

    def place(self, settings: Settings) -> Updates:
        """Moves each to what the settings say."""
        updates = self._state(settings)
        updates[self.variant] = gr.update(value=_at(settings.variant, self.checkpoints.variants))
        updates[self.vividness] = gr.update(value=settings.vividness)
        if self.checkpoints.can_sample(settings.variant):
            updates[self.samples] |= {"value": min(settings.samples, int(SAMPLES.slider[1]))}
            updates[self.medoid] |= {"value": settings.medoid}
        if self.checkpoints.has_temperature(settings.variant):
            updates[self.temperature] |= {"value": settings.temperature}
        return updates

    def _state(self, settings: Settings) -> Updates:
        variant = settings.variant
        samples, samples_hint = _samples(self.checkpoints, variant)
        temperature, temperature_hint = _temperature(self.checkpoints, variant)
        several = settings.samples > 1
        return {
            self.variant_line: variant_line(self.checkpoints, variant),
            self.epoch: gr.update(**_epoch(self.checkpoints, settings)),
            self.epoch_stops: _epoch_stops(self.checkpoints, variant),
            self.samples: gr.update(**samples),
            self.samples_hint: samples_hint,
            self.medoid: gr.update(interactive=several),
            self.temperature: gr.update(**temperature),
            self.temperature_hint: temperature_hint,
        }


def build(checkpoints: Checkpoints, opening: Settings) -> Sliders:
    """Draws the sliders side by side, where `opening` says."""
    variants = checkpoints.variants
    samples_state, why_samples = _samples(checkpoints, opening.variant)
    temperature_state, why_temperature = _temperature(checkpoints, opening.variant)
    with gr.Row(elem_id="controls"):
        with gr.Column(scale=13, min_width=320):
            variant = gr.Slider(
                0,
                max(1, len(variants) - 1),
                _at(opening.variant, variants),
                step=1,
                label=say("model_variant"),
                interactive=len(variants) > 1,
                elem_id="variant",
                elem_classes="named",
                buttons=[],
            )
            gr.HTML(stops("variant", variants))
            line = gr.HTML(variant_line(checkpoints, opening.variant), elem_id="variant-line")
        with gr.Column(scale=6, min_width=200):
            epoch = gr.Slider(**_epoch(checkpoints, opening))
            epoch_stops = gr.HTML(_epoch_stops(checkpoints, opening.variant))
        with gr.Column(scale=6, min_width=200):
            samples = gr.Slider(
                *SAMPLES.slider[:2],
                1,
                step=1,
                label=say("samples"),
                elem_id="samples",
                buttons=[],
                **samples_state,
            )
            samples_hint = gr.HTML(why_samples, elem_id="samples-hint")
        with gr.Column(scale=6, min_width=200):
            vividness = gr.Slider(
                *VIVIDNESS.slider[:2],
                VIVIDNESS.default,
                step=VIVIDNESS.slider[2],
                label=say("vividness"),
                elem_id="vividness",
                buttons=[],
            )
            gr.HTML(say("vividness_means"), elem_id="vividness-hint")
    with gr.Accordion(say("more"), open=False, elem_id="more"), gr.Row():
        with gr.Column(min_width=200):
            temperature = gr.Slider(
                *TEMPERATURE.slider[:2],
                TEMPERATURE.default,
                step=TEMPERATURE.slider[2],
                label=say("temperature"),
                elem_id="temperature",
                buttons=[],
                **temperature_state,
            )
            temperature_hint = gr.HTML(why_temperature, elem_id="temperature-hint")
        with gr.Column(min_width=200):
            medoid = gr.Radio(
                [(say("mean"), False), (say("medoid"), True)],
                value=False,
                info=say("medoid_on"),
                label=say("shown_of_samples"),
                elem_id="samples-show",
                interactive=False,
            )
    return Sliders(
        checkpoints,
        variant,
        line,
        epoch,
        epoch_stops,
        samples,
        samples_hint,
        vividness,
        medoid,
        temperature,
        temperature_hint,
    )


def variant_line(checkpoints: Checkpoints, variant: str) -> str:
    """What the variant does to colour, and where it is described."""
    does = f'<span data-say="does_{html.escape(variant)}"></span>'
    if not checkpoints.card:
        return does
    return (
        f'{does} <a id="about-network" href="{CARD}#h-{html.escape(variant)}" target="_blank" '
        'data-say="about_network"></a>'
    )


def stops(slider: str, names: list, owner: str = "") -> str:
    """The names of a slider's stops, to stand under it; owner: the variant they belong to."""
    gaps = max(1, len(names) - 1)
    marks = "".join(
        f'<span style="left:{100 * i / gaps:.2f}%">{html.escape(str(name))}</span>'
        for i, name in enumerate(names)
    )
    whose = f' data-owner="{html.escape(owner)}"' if owner else ""
    return f'<div class="stops" data-for="{slider}"{whose} aria-hidden="true">{marks}</div>'


def _epoch_stops(checkpoints: Checkpoints, variant: str) -> str:
    return stops("epoch", checkpoints.epochs(variant), variant)


def _owner(stops_of: str) -> str:
    """The variant whose epochs these stops name."""
    found = re.search('data-owner="([^"]*)"', stops_of or "")
    return html.unescape(found[1]) if found else ""


def _whole(value: Any, lowest: int, highest: int) -> int:
    """The nearest stop, halves upwards, as the browser's own slider has it."""
    return int(min(max(math.floor(value + 0.5), lowest), highest))


def _at(item: Any, items: list) -> int:
    return items.index(item) if item in items else 0


def _epoch(checkpoints: Checkpoints, settings: Settings) -> dict[str, Any]:
    epochs = checkpoints.epochs(settings.variant)
    return {
        "minimum": 0,
        "maximum": max(1, len(epochs) - 1),
        "value": _at(settings.epoch, epochs),
        "step": 1,
        "label": say("epoch"),
        "interactive": len(epochs) > 1,
        "elem_id": "epoch",
        "elem_classes": "named",
        "buttons": [],
    }


def _samples(checkpoints: Checkpoints, variant: str) -> tuple[dict[str, Any], str]:
    """The state of the samples slider, and the words under it."""
    if checkpoints.can_sample(variant):
        return {"interactive": True}, say("samples_on")
    why = f"{html.escape(variant)}: {say('samples_off')}"
    return {"interactive": False}, why if variant else ""


def _temperature(checkpoints: Checkpoints, variant: str) -> tuple[dict[str, Any], str]:
    """The state of the temperature slider, and the words under it."""
    if checkpoints.has_temperature(variant):
        return {"interactive": True}, say("temperature_on")
    why = f"{html.escape(variant)}: {say('temperature_off')}"
    return {"interactive": False}, why if variant else ""
