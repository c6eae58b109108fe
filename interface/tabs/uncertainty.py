"""The third tab: what the network does not know, and why the mean of its guesses is brown."""

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from interface import link
from interface.languages import say
from interface.parts import (
    PROBLEMS,
    add_endpoint,
    file_url,
    picture_input,
    settings_inputs,
    words,
)
from interface.pictures.ab_plane import PixelColours, draw
from interface.pictures.uncertainty import SCALE, SINGLES, Doubt, pixel, refine, scale_colours, show
from interface.service import MAX_SAMPLES, Service, Settings, UserError
from interface.uploads import uploaded

_EMPTY = f'<div class="empty">{say("uncertainty_empty")}</div>'
_MEANING = (
    "Bright where the <i>weights</i> disagree: other channels dropped, another colour. It is not a "
    "list of the colours the thing may truly have."
)


Shown = tuple[Path, Settings] | None


def build(service: Service, photo: gr.Image) -> link.Restore:
    """Draws the tab inside the surrounding Blocks; `photo` is the input of the first tab."""
    variants = service.variants
    opening = _opening(service)
    epochs = service.epochs(opening)
    default = Settings(opening, epochs[-1] if epochs else 0, 16)
    gr.Markdown(say("uncertainty_lead"))
    with gr.Row(elem_id="doubt-choose"):
        variant = gr.Radio(
            variants,
            value=opening or None,
            label=say("variant"),
            elem_id="doubt-of",
            min_width=520,
            scale=2,
        )
        epoch = gr.Dropdown(
            epochs, value=default.epoch or None, label=say("epoch"), elem_id="doubt-epoch",
            min_width=110, scale=0,
        )  # fmt: skip
        samples = gr.Slider(
            1, MAX_SAMPLES, default.samples, step=1, label=say("samples"), elem_id="doubt-samples",
            buttons=[], min_width=200, **_slider(service, opening),
        )  # fmt: skip
        start = gr.Button(
            say("sample"), variant="primary", elem_id="doubt-start", scale=0, min_width=110
        )
        stop = gr.Button(
            say("stop"), elem_id="doubt-stop", scale=0, min_width=90, interactive=False
        )
    progress = gr.HTML(words(_why_off(service, opening)), elem_id="doubt-progress")
    with gr.Row(elem_id="doubt-row"):
        with gr.Column(scale=2, min_width=320):
            pictures = gr.HTML(
                _EMPTY, elem_id="doubt", apply_default_css=False,
                js_on_load=(Path(__file__).parents[1] / "static" / "uncertainty.js").read_text(),
            )  # fmt: skip
        with gr.Column(scale=1, min_width=300):
            plane = gr.HTML("", elem_id="doubt-plane", apply_default_css=False)
    singles = gr.HTML("", elem_id="doubt-singles", apply_default_css=False)
    shown = gr.State(None)  # path of the photo and Settings of what the pictures show
    asked = gr.State(None)  # what the address asked for; a new value starts the sampling
    place = gr.State((0.5, 0.5))  # of the pixel, as shares of width and height

    def sample(
        picture: Any, variant: str | None, epoch: int | None, count: float
    ) -> Iterator[list[Any]]:
        """[progress, pictures, singles, shown, stop] after 1, 2, 4 ... samples."""
        try:
            path, _ = uploaded(picture)
            if variant is None or epoch is None:
                raise UserError("Choose a variant and one of its epochs.")
            settings = Settings(variant, int(epoch), _possible(service, variant, count))
            for found in refine(service, path, settings):
                yield _state(found, settings.samples, path)
        except PROBLEMS as error:
            yield [words(str(error), problem=True), _EMPTY, "", None, gr.update(interactive=False)]

    def sample_asked(
        picture: Any, variant: str, epoch: int, count: float, asked: Settings | None
    ) -> Iterator[list[Any]]:
        """A state changes when the page opens, too, whatever the address says."""
        yield from sample(picture, variant, epoch, count) if asked else [[gr.skip()] * 5]

    def stopped(shown: Shown) -> list[Any]:
        count = shown[1].samples if shown else 0
        return [
            words(f"Stopped after {_count(count)}. Sample goes on from there."),
            gr.update(interactive=False),
        ]

    def look(picture: Any, shown: Shown, place: tuple[float, float]) -> str:
        if shown is None or picture is None:
            return ""
        try:
            path, _ = uploaded(picture)
            return _pixel(pixel(service, path, shown[1], place), shown[1])
        except PROBLEMS as error:
            return words(str(error), problem=True)

    def clear(picture: Any, shown: Shown) -> list[Any]:
        """For a new photo; one that an address opened may have been sampled by now."""
        if shown and picture and Path(picture["path"]).resolve() == shown[0]:
            return [gr.skip()] * 5
        return [words(""), _EMPTY, "", None, ""]

    def point(event: gr.EventData) -> tuple[float, float]:
        return float(event._data["x"]), float(event._data["y"])

    def choose(variant: str) -> list[Any]:
        epochs = service.epochs(variant)
        return [
            gr.update(choices=epochs, value=epochs[-1]),
            gr.update(**_slider(service, variant)),
            words(_why_off(service, variant)),
        ]

    network = {"concurrency_id": "network", "concurrency_limit": 1, "api_visibility": "private"}
    quiet = {"show_progress": "hidden", "preprocess": False}
    variant.input(choose, variant, [epoch, samples, progress], show_progress="hidden",
                  api_visibility="private")  # fmt: skip
    inputs, outputs = [photo, variant, epoch, samples], [progress, pictures, singles, shown, stop]
    runs = [
        start.click(sample, inputs, outputs, **quiet, **network, trigger_mode="multiple"),
        asked.change(sample_asked, [*inputs, asked], outputs, **quiet, **network),
    ]
    seen = [photo, shown, place]
    for run in runs:
        run.then(look, seen, plane, **quiet, **network)
    stop.click(stopped, shown, [progress, stop], cancels=[*runs], api_visibility="private").then(
        look, seen, plane, **quiet, **network
    )
    pictures.click(point, None, place, show_progress="hidden", api_visibility="private").then(
        look, seen, plane, **quiet, **network
    )
    photo.change(
        clear, [photo, shown], [progress, pictures, singles, shown, plane],
        show_progress="hidden", preprocess=False, api_visibility="private",
    )  # fmt: skip

    def restore(query: link.Query) -> list[Any]:
        """Updates of [variant, epoch, samples, progress, asked]."""
        if query.get("tab") != "uncertainty":
            return [*[gr.skip()] * 4, None]
        settings = link.settings_of(query, service, default)
        return [
            settings.variant, gr.update(choices=service.epochs(settings.variant),
                                        value=settings.epoch),
            gr.update(value=settings.samples, **_slider(service, settings.variant)),
            words(_why_off(service, settings.variant)), settings,
        ]  # fmt: skip

    _add_endpoint(service, default)
    return link.Restore([variant, epoch, samples, progress, asked], restore)


def _opening(service: Service) -> str:
    able = [variant for variant in service.variants if service.can_sample(variant)]
    return able[-1] if able else (service.variants or [""])[-1]


def _slider(service: Service, variant: str) -> dict[str, Any]:
    return {"interactive": service.can_sample(variant)}


def _possible(service: Service, variant: str, count: float) -> int:
    return int(count) if service.can_sample(variant) else 1


def _why_off(service: Service, variant: str) -> str:
    if not variant or service.can_sample(variant):
        return ""
    return f"{variant} has no dropout layers: one guess, and no spread."


def _state(found: Doubt, wanted: int, path: Path) -> list[Any]:
    done = found.settings.samples == wanted
    count = found.settings.samples
    progress = _count(count) if done else f"{count} of {_count(wanted)} …"
    return [
        words(progress), _pictures(found), _singles(found), (path, found.settings),
        gr.update(interactive=not done),
    ]  # fmt: skip


def _count(samples: int) -> str:
    return "1 sample" if samples == 1 else f"{samples} samples"


def _pictures(found: Doubt) -> str:
    bar = ", ".join(scale_colours())
    name = html.escape(str(found.settings))
    cross = '<i class="cross-hair" style="left:50%;top:50%"></i>'
    shared = link.attribute(
        tab="uncertainty", variant=found.settings.variant, epoch=found.settings.epoch,
        samples=found.settings.samples,
    )  # fmt: skip
    keys = "Click or use the arrow keys to choose a pixel."
    return (
        f'<div class="pair"{shared}><figure>'
        f'<div class="frame" tabindex="0" role="group" aria-label="Mean. {keys}">'
        f'<img src="{file_url(found.mean)}" alt="Mean of the samples, {name}">{cross}</div>'
        f"<figcaption><b>Mean</b> of {_count(found.settings.samples)}</figcaption></figure>"
        f'<figure><div class="frame" tabindex="0" role="group" aria-label="Spread. {keys}">'
        f'<img src="{file_url(found.deviation_map)}" alt="Map of the standard deviation of ab">'
        f"{cross}</div><figcaption><b>Spread σ</b> "
        f'<span class="bar" style="background:linear-gradient(90deg,{bar})"></span>'
        f"0 to {SCALE:g} Lab units, here {found.deviation:.1f} on average. {_MEANING}"
        "</figcaption></figure></div>"
    )


def _singles(found: Doubt) -> str:
    if not found.singles:
        return ""
    cells = "".join(
        f'<figure class="{"medoid" if index == found.medoid else ""}">'
        f'<img src="{file_url(path)}" alt="Sample {index + 1}" loading="lazy">'
        f"<figcaption>{index + 1}{' · medoid' if index == found.medoid else ''}</figcaption>"
        "</figure>"
        for index, path in found.singles
    )
    mean, single = found.chroma
    less = round(100 * (1 - mean / max(single, 1e-6)))
    paler = (
        f", {less} % less: averaging guesses takes colour away" if less > 0
        else ": here they agree, and averaging them takes nothing away"
    )  # fmt: skip
    some = f" (the first {SINGLES} are shown)" if found.settings.samples > SINGLES else ""
    doubt = ""
    if found.entropy is not None and found.mutual_information is not None:
        doubt = (
            f" Doubt per pixel: {found.entropy:.2f} nats, of which the weights' disagreement is "
            f"{found.mutual_information:.2f}; the rest is colour that lightness does not tell."
        )
    return (
        f"<h2>One by one{some}</h2>"
        f"<p>A single sample has a mean chroma of {single:.1f}; their mean has {mean:.1f}{paler}. "
        f"The medoid is the sample in their middle.{doubt}"
        f'</p><div class="strip">{cells}</div>'
    )


def _pixel(found: PixelColours, shown: Settings) -> str:
    if found.chances is not None:
        what = (
            "Each circle is a colour the network holds possible here, its area how likely. Their "
            "mean lies between them, where little is likely: of many colours, that is brown."
        )
    elif found.samples:
        what = "Each dot is what one sample painted here; painted is their mean."
    else:
        what = "This network names one colour, the mean of all it cannot tell apart."
    spread = f" σ {found.deviation:.1f} Lab units." if shown.samples > 1 else ""
    return f"<h2>Why brown? This pixel's colours</h2>{draw(found)}<p>{what}{spread}</p>"


def _add_endpoint(service: Service, default: Settings) -> None:
    mean = gr.Image(visible=False, label="mean")
    spread = gr.Image(visible=False, label="spread")
    numbers = gr.JSON(visible=False, label="numbers")

    def uncertainty(
        photo: Any, variant: str, epoch: int, samples: int, temperature: float
    ) -> tuple:
        path, _ = uploaded(photo)
        found = show(service, path, Settings.asked(variant, epoch, samples, temperature))
        chroma_mean, chroma_single = found.chroma
        return str(found.mean), str(found.deviation_map), {
            "samples": found.settings.samples, "deviation": found.deviation,
            "chroma_of_mean": chroma_mean, "chroma_of_a_sample": chroma_single,
            "entropy": found.entropy, "mutual_information": found.mutual_information,
            "medoid": found.medoid,
        }  # fmt: skip

    uncertainty.__doc__ = f"""Colour a photo many times with dropout on: what is it unsure of?

        Returns the mean of the samples, the map of their spread (dark to bright, 0 to {SCALE:g} Lab
        units) and their numbers.

        Args:
            photo: The photo to colour, black and white or not.
            variant: Which network; one with dropout layers, as dropout or transfer.
            epoch: How many epochs it had learnt.
            samples: How many, 1 to {MAX_SAMPLES}.
            temperature: From 0.1, vivid, to 1, safe; only for transfer.
    """
    inputs = [picture_input(), *settings_inputs(default)]
    add_endpoint(uncertainty, inputs, [mean, spread, numbers])
