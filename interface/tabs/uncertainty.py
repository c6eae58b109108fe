"""The third tab: what the network does not know, and why the mean of its guesses is brown."""

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

from interface import link
from interface.checkpoints import Checkpoints
from interface.languages import say
from interface.parts import Updates, add_endpoint, file_url, picture_input, settings_inputs, words
from interface.pictures.ab_plane import PixelColours, draw
from interface.pictures.uncertainty import SINGLES, Uncertainty, pixel, refine, show
from interface.pictures.uncertainty_map import SCALE, scale_colours
from interface.problems import PROBLEMS, UserError
from interface.service import Service
from interface.settings import MAX_SAMPLES, Settings
from interface.uploads import uploaded

_EMPTY = f'<div class="empty">{say("uncertainty_empty")}</div>'
_MEANING = (
    "Bright where the <i>weights</i> disagree: drop other channels, and the colour changes. It "
    "does not show which colours the thing may really have."
)


Shown = tuple[Path, Settings] | None


def build(service: Service, photo: gr.Image) -> link.Restore:
    """Draws the tab inside the surrounding Blocks; `photo` is the input of the first tab."""
    checkpoints = service.checkpoints
    variants = checkpoints.variants
    opening = _opening(checkpoints)
    epochs = checkpoints.epochs(opening)
    default = Settings(opening, epochs[-1] if epochs else 0, 16)
    gr.Markdown(say("uncertainty_lead"))
    with gr.Row(elem_id="uncertainty-choose"):
        variant = gr.Radio(
            variants,
            value=opening or None,
            label=say("variant"),
            elem_id="uncertainty-of",
            min_width=520,
            scale=2,
        )
        epoch = gr.Dropdown(
            epochs, value=default.epoch or None, label=say("epoch"), elem_id="uncertainty-epoch",
            min_width=110, scale=0,
        )  # fmt: skip
        samples = gr.Slider(
            1, MAX_SAMPLES, default.samples, step=1, label=say("samples"),
            elem_id="uncertainty-samples", buttons=[], min_width=200,
            **_slider(checkpoints, opening),
        )  # fmt: skip
        start = gr.Button(
            say("sample"), variant="primary", elem_id="uncertainty-start", scale=0, min_width=110
        )
        stop = gr.Button(
            say("stop"), elem_id="uncertainty-stop", scale=0, min_width=90, interactive=False
        )
    progress = gr.HTML(words(_why_off(checkpoints, opening)), elem_id="uncertainty-progress")
    with gr.Row(elem_id="uncertainty-row"):
        with gr.Column(scale=2, min_width=320):
            pictures = gr.HTML(
                _EMPTY, elem_id="uncertainty", apply_default_css=False,
                js_on_load=(Path(__file__).parents[1] / "static" / "uncertainty.js").read_text(),
            )  # fmt: skip
        with gr.Column(scale=1, min_width=300):
            plane = gr.HTML("", elem_id="uncertainty-plane", apply_default_css=False)
    singles = gr.HTML("", elem_id="uncertainty-singles", apply_default_css=False)
    shown = gr.State(None)  # path of the photo and Settings of what the pictures show
    asked = gr.State(None)  # what the address asked for; a new value starts the sampling
    place = gr.State((0.5, 0.5))  # of the pixel, as shares of width and height

    def sample(
        picture: Any, variant: str | None, epoch: int | None, count: float
    ) -> Iterator[Updates]:
        """The pictures after 1, 2, 4 ... samples."""
        try:
            path, _ = uploaded(picture)
            if variant is None or epoch is None:
                raise UserError("Choose a variant and one of its epochs.")
            settings = Settings(variant, int(epoch), _possible(checkpoints, variant, count))
            for found in refine(service, path, settings):
                yield sampled(path, found, settings.samples)
        except PROBLEMS as error:
            yield {
                progress: words(str(error), problem=True), pictures: _EMPTY, singles: "",
                shown: None, stop: gr.update(interactive=False),
            }  # fmt: skip

    def sampled(path: Path, found: Uncertainty, wanted: int) -> Updates:
        count = found.settings.samples
        return {
            progress: words(_count(count) if count == wanted else f"{count} of {_count(wanted)} …"),
            pictures: _pictures(found),
            singles: _singles(found),
            shown: (path, found.settings),
            stop: gr.update(interactive=count < wanted),
        }

    def sample_asked(picture: Any, asked: Settings | None) -> Iterator[Updates]:
        """A state changes when the page opens, too, whatever the address says."""
        if asked is None:
            yield gr.skip()
        else:
            yield from sample(picture, asked.variant, asked.epoch, asked.samples)

    def stopped(shown: Shown) -> Updates:
        count = shown[1].samples if shown else 0
        return {
            progress: words(f"Stopped after {_count(count)}. Press Sample to carry on."),
            stop: gr.update(interactive=False),
        }

    def look(picture: Any, shown: Shown, place: tuple[float, float]) -> str:
        if shown is None or picture is None:
            return ""
        try:
            path, _ = uploaded(picture)
            return _pixel(pixel(service, path, shown[1], place), shown[1])
        except PROBLEMS as error:
            return words(str(error), problem=True)

    def clear(picture: Any, before: Shown) -> Updates:
        """For a new photo; one that an address opened may have been sampled by now."""
        if before and picture and Path(picture["path"]).resolve() == before[0]:
            return gr.skip()
        return {progress: words(""), pictures: _EMPTY, singles: "", shown: None, plane: ""}

    def point(event: gr.EventData) -> tuple[float, float]:
        return float(event._data["x"]), float(event._data["y"])

    def choose(name: str) -> Updates:
        epochs = checkpoints.epochs(name)
        return {
            epoch: gr.update(choices=epochs, value=epochs[-1]),
            samples: gr.update(**_slider(checkpoints, name)),
            progress: words(_why_off(checkpoints, name)),
        }

    network = {"concurrency_id": "network", "concurrency_limit": 1, "api_visibility": "private"}
    quiet = {"show_progress": "hidden", "preprocess": False}
    variant.input(choose, variant, [epoch, samples, progress], show_progress="hidden",
                  api_visibility="private")  # fmt: skip
    inputs, outputs = [photo, variant, epoch, samples], [progress, pictures, singles, shown, stop]
    runs = [
        start.click(sample, inputs, outputs, **quiet, **network, trigger_mode="multiple"),
        # Gradio reports the change twice, first before the controls have followed.
        asked.change(
            sample_asked, [photo, asked], outputs, **quiet, **network, trigger_mode="once"
        ),
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

    def restore(query: link.Query) -> Updates:
        if query.get("tab") != "uncertainty":
            return {asked: None}
        settings = link.settings_of(query, checkpoints, default)
        epochs = checkpoints.epochs(settings.variant)
        return {
            variant: settings.variant,
            epoch: gr.update(choices=epochs, value=settings.epoch),
            samples: gr.update(value=settings.samples, **_slider(checkpoints, settings.variant)),
            progress: words(_why_off(checkpoints, settings.variant)),
            asked: settings,
        }

    _add_endpoint(service, default)
    return link.Restore([variant, epoch, samples, progress, asked], restore)


def _opening(checkpoints: Checkpoints) -> str:
    able = [variant for variant in checkpoints.variants if checkpoints.can_sample(variant)]
    return able[-1] if able else (checkpoints.variants or [""])[-1]


def _slider(checkpoints: Checkpoints, variant: str) -> dict[str, Any]:
    return {"interactive": checkpoints.can_sample(variant)}


def _possible(checkpoints: Checkpoints, variant: str, count: float) -> int:
    return int(count) if checkpoints.can_sample(variant) else 1


def _why_off(checkpoints: Checkpoints, variant: str) -> str:
    if not variant or checkpoints.can_sample(variant):
        return ""
    return f"{variant} has no dropout layers: all its guesses are the same."


def _count(samples: int) -> str:
    return "1 sample" if samples == 1 else f"{samples} samples"


def _pictures(found: Uncertainty) -> str:
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
        f'<figure><div class="frame" tabindex="0" role="group" aria-label="Uncertainty. {keys}">'
        f'<img src="{file_url(found.map)}" alt="Map of the uncertainty">'
        f"{cross}</div><figcaption><b>Uncertainty</b> "
        f'<span class="bar" style="background:linear-gradient(90deg,{bar})"></span>'
        f"0 to {SCALE:g} Lab units, here {found.deviation:.1f} on average. {_MEANING}"
        "</figcaption></figure></div>"
    )


def _singles(found: Uncertainty) -> str:
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
    uncertainty = ""
    if found.entropy is not None and found.mutual_information is not None:
        uncertainty = (
            f" Uncertainty per pixel: {found.entropy:.2f} nats. The weights' disagreement makes up "
            f"{found.mutual_information:.2f} of it; the rest is colour that lightness cannot tell."
        )
    return (
        f"<h2>One by one{some}</h2>"
        f"<p>A single sample has a mean chroma of {single:.1f}; their mean has {mean:.1f}{paler}. "
        f"The medoid is the sample in their middle.{uncertainty}"
        f'</p><div class="strip">{cells}</div>'
    )


def _pixel(found: PixelColours, shown: Settings) -> str:
    if found.chances is not None:
        what = (
            "Each circle is a colour the network thinks possible here; its area says how likely. "
            "Their mean lies between them, where little is likely: the mean of many is brown."
        )
    elif found.samples:
        what = "Each dot is what one sample painted here; painted is their mean."
    else:
        what = "This network names one colour, the mean of all it cannot tell apart."
    uncertainty = f" Uncertainty: {found.deviation:.1f} Lab units." if shown.samples > 1 else ""
    return f"<h2>Why brown? This pixel's colours</h2>{draw(found)}<p>{what}{uncertainty}</p>"


def _add_endpoint(service: Service, default: Settings) -> None:
    mean = gr.Image(visible=False, label="mean")
    uncertainty_map = gr.Image(visible=False, label="uncertainty")
    numbers = gr.JSON(visible=False, label="numbers")

    def uncertainty(
        photo: Any, variant: str, epoch: int, samples: int, temperature: float
    ) -> tuple:
        path, _ = uploaded(photo)
        found = show(service, path, Settings.asked(variant, epoch, samples, temperature))
        chroma_mean, chroma_single = found.chroma
        return str(found.mean), str(found.map), {
            "samples": found.settings.samples, "deviation": found.deviation,
            "chroma_of_mean": chroma_mean, "chroma_of_a_sample": chroma_single,
            "entropy": found.entropy, "mutual_information": found.mutual_information,
            "medoid": found.medoid,
        }  # fmt: skip

    uncertainty.__doc__ = f"""Colour a photo many times with dropout on: what is it unsure of?

        Returns the mean of the samples, the map of the uncertainty (dark to bright, 0 to {SCALE:g}
        Lab units) and their numbers.

        Args:
            photo: The photo to colour, black and white or not.
            variant: Which network; one with dropout layers, such as dropout or transfer.
            epoch: After how many epochs of training.
            samples: How many, 1 to {MAX_SAMPLES}.
            temperature: From 0.1, vivid, to 1, safe; only for transfer.
    """
    inputs = [picture_input(), *settings_inputs(default)]
    add_endpoint(uncertainty, inputs, [mean, uncertainty_map, numbers])
