"""The last tab: what the blogger saw, on the visitor's own photo, and what we measured of it."""

import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pandas as pd

from interface.checkpoints import Checkpoints
from interface.languages import say
from interface.parts import Updates, words
from interface.pictures import mean_colour
from interface.pictures.regimes import draw_map
from interface.pictures.steps import CURE, Step, paint_steps, settings_of, shown_steps
from interface.problems import PROBLEMS
from interface.service import Service
from interface.settings import Settings
from interface.uploads import uploaded

_STATIC = Path(__file__).parents[1] / "static"
CURVES = {
    "colourfulness_ratio": ("Colourfulness, of the original's", "history"),
    "sepia_index": ("Sepia index, 0 none", "study"),
    "val_loss": ("Validation loss", "study"),
    "seconds": ("Seconds per epoch", "study"),
}
COLOURS = {
    "baseline": "#737373", "batchnorm": "#0d9488", "dropout": "#b45309", "rebalanced": "#6d28d9",
    "transfer": "#1d4ed8", "rgb": "#be123c",
}  # fmt: skip
_VERDICTS = {"reproduced": "yes", "not reproduced": "no", "mixed": "partly", "undecided": "open"}
_BESIDE = ("diagnosis",)  # claims that no picture of a photo shows
_WAITING = '<div class="waiting"></div>'


class Current:
    """Which photo a visitor's page shows: what is still being painted of another one is dropped."""

    path: Path | None = None


def build(service: Service, photo: gr.Image, study: Path) -> None:
    """study: `assets/study.json`, which `python -m train report` writes."""
    checkpoints = service.checkpoints
    data = json.loads(study.read_text()) if study.exists() else {}
    claims = {claim["id"]: claim for claim in data.get("claims", [])}
    steps = shown_steps(checkpoints)
    places: dict[Step, gr.HTML] = {}
    gr.Markdown(say("story_lead"), elem_id="story-lead")
    problem = gr.HTML(words(""), elem_id="story-problem")
    for number, step in enumerate(step for step in steps if step != CURE):
        places[step] = _step(step, number == 0)
        _claims([claims[name] for name in step.claims if name in claims])
    _claims([claims[name] for name in _BESIDE if name in claims])
    _curves(data.get("curves", {}), checkpoints)
    if "map" in data:
        _map(data["map"])
    gr.Markdown(say("why"), elem_id="why")
    mean = gr.HTML("", elem_id="mean-colour", apply_default_css=False)
    if CURE in steps:
        places[CURE] = _step(CURE, steps[0] == CURE)
    if not places:
        return
    chooser = _chooser(checkpoints)

    def paint(picture: Any, current: Current) -> Iterator[Updates]:
        try:
            path, _ = uploaded(picture)
            current.path = path
            for step, drawn in paint_steps(service, path, steps):
                if current.path != path:
                    return
                yield {places[step]: drawn}
            if chooser and (found := mean_colour.find(service, path, chooser)):
                yield {mean: mean_colour.draw(service, path, found)}
        except PROBLEMS as error:
            yield {problem: words(str(error), problem=True), **dict.fromkeys(places.values(), "")}

    def clear(picture: Any, current: Current) -> Updates:
        """The first place asks for pictures of the new photo as soon as it is seen."""
        path = Path(picture["path"]).resolve() if picture else None
        if path is not None and path == current.path:  # Gradio reports a change twice
            return gr.skip()
        current.path = path
        first, *others = places.values()
        return {first: _WAITING, mean: "", problem: words(""), **dict.fromkeys(others, "")}

    current = gr.State(Current())
    outputs = [problem, mean, *places.values()]
    next(iter(places.values())).click(
        paint, [photo, current], outputs, show_progress="hidden", preprocess=False,
        api_visibility="private", concurrency_id="network", concurrency_limit=1,
        trigger_mode="multiple",
    )  # fmt: skip
    photo.change(
        clear, [photo, current], outputs, show_progress="hidden", preprocess=False,
        api_visibility="private",
    )  # fmt: skip


def _step(step: Step, first: bool) -> gr.HTML:
    """Its words, and where its pictures go; the first place asks for those of all."""
    gr.Markdown(say(step.id), elem_classes="step-words")
    return gr.HTML(
        _WAITING if first else "", elem_id=step.id.replace("_", "-"), elem_classes="step",
        apply_default_css=False,
        js_on_load=(_STATIC / "story.js").read_text() if first else None,
    )  # fmt: skip


def _claims(claims: list[dict[str, Any]]) -> None:
    """What the story says, whether we found it, and on a click the figures."""
    for claim in claims:
        kind = _VERDICTS[claim["verdict"]]
        with gr.Row(elem_classes="claim"):
            gr.HTML(
                f'<span class="verdict {kind}">{say(f"verdict_{kind}")}</span>',
                elem_classes="claim-verdict", apply_default_css=False,
            )  # fmt: skip
            gr.Markdown(say("claim_" + claim["id"].replace("-", "_")), elem_classes="claim-words")
        with gr.Accordion(say("figures"), open=False, elem_classes="figures"):
            gr.HTML(_figures(claim), apply_default_css=False)


def _figures(claim: dict[str, Any]) -> str:
    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:+.4g}".replace("-", "\N{MINUS SIGN}")

    rows = "".join(
        f"<tr><td>{html.escape(part['name'])}</td><td>{number(part['mean'])} ± "
        f"{number(part['sd']).lstrip('+')} {html.escape(part['unit'])}</td>"
        f"<td>{part['claimed']}</td><td>{part['outcome']}</td></tr>"
        for part in claim["parts"]
    )
    return (
        f"<p>{html.escape(claim['sentence'])} <small>n = {claim['n']}</small></p>"
        '<div class="scrolls" tabindex="0"><table><thead><tr><th>difference</th>'
        "<th>mean ± sd</th><th>claimed</th><th>found</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _curves(curves: dict[str, Any], checkpoints: Checkpoints) -> None:
    frames = {
        name: _histories(checkpoints, name) if source == "history" else _study(curves, name)
        for name, (_, source) in CURVES.items()
    }
    names = [name for name, frame in frames.items() if len(frame)]
    if names:
        gr.Markdown(say("curves"), elem_classes="step-words")
    for first in range(0, len(names), 2):
        with gr.Row():
            for name in names[first : first + 2]:
                title = CURVES[name][0]
                gr.LinePlot(
                    frames[name], x="epoch", y="value", color="variant", color_map=COLOURS,
                    title=title, x_title="epoch", y_title=" ", tooltip="all", height=260,
                    min_width=300, buttons=[], elem_id=f"curve-{name.replace('_', '-')}",
                )  # fmt: skip


def _histories(checkpoints: Checkpoints, measure: str) -> pd.DataFrame:
    """As each variant of the app was trained, the one the page opens on, too."""
    frames = [
        pd.DataFrame({"variant": variant, "epoch": history["epoch"], "value": history[measure]})
        for variant in checkpoints.variants
        if (history := checkpoints.history(variant)) is not None and measure in history
    ]
    return pd.concat(frames) if frames else pd.DataFrame()


def _study(curves: dict[str, Any], measure: str) -> pd.DataFrame:
    """Means over the study's seeds. Losses of other heads are in other units."""
    frames = [
        pd.DataFrame({"variant": variant, "epoch": of[measure]["epoch"],
                      "value": of[measure]["mean"], "deviation": of[measure]["sd"]})
        for variant, of in curves.items()
    ]  # fmt: skip
    return pd.concat(frames) if frames else pd.DataFrame()


def _map(data: dict[str, Any]) -> None:
    gr.Markdown(say("map_lead"), elem_id="map-lead")
    measure = gr.Radio(
        [(say("sepia"), "sepia_index"), (say("colourfulness"), "colourfulness_ratio")],
        value="sepia_index", container=False, show_label=False, label="Measure",
        elem_id="map-measure",
    )  # fmt: skip
    drawn = gr.HTML(
        draw_map(data, "sepia_index"), elem_id="map", apply_default_css=False,
        js_on_load=(_STATIC / "regimes.js").read_text(),
    )  # fmt: skip
    measure.input(
        lambda name: draw_map(data, name if name in data["measures"] else "sepia_index"),
        measure, drawn, show_progress="hidden", api_visibility="private",
    )  # fmt: skip


def _chooser(checkpoints: Checkpoints) -> Settings | None:
    """A network that chooses among bins, the one of the cure that comes last."""
    able = [s for s in settings_of(CURE, checkpoints) if checkpoints.has_temperature(s.variant)]
    return able[-1] if able else None
