"""The last tab: the story's claims, what our own training says of them, and the curves."""

import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pandas as pd

from interface import link
from interface.languages import say, tell
from interface.parts import Updates
from interface.study_words import found, translated

CURVES = ("val_loss", "colourfulness_ratio", "sepia_index", "seconds")
COLOURS = {"baseline": "#8a8a8a", "batchnorm": "#0d9488", "dropout": "#b45309"}

_VERDICTS = {"reproduced": "yes", "not reproduced": "no", "mixed": "partly"}


def build(study: Path) -> dict[str, gr.LinePlot]:
    """Draws the tab from `assets/study.json`, which `python -m train report` writes.

    Returns the plots, for `plot_words`: what they draw, a browser's own words do not reach.
    """
    if not study.exists():
        gr.HTML('<div class="empty" data-say="no_study"></div>', apply_default_css=False)
        return {}
    data = json.loads(study.read_text())
    with gr.Row(elem_id="story-head"):
        gr.Markdown(say("story_lead"), elem_id="story-lead")
        gr.Button(say("copy"), elem_classes="copy-link", size="sm", min_width=140, scale=0)
    gr.HTML(_claims(data["claims"]), elem_id="claims", apply_default_css=False)
    gr.Markdown(say("why"), elem_id="why")
    frame = _curves(data["curves"])
    names = [name for name in CURVES if name in frame["measure"].unique()]
    plots = {}
    for first in range(0, len(names), 2):
        with gr.Row():
            for name in names[first : first + 2]:
                with gr.Column(min_width=300):
                    # Not the plot's own title, which does not wrap on a phone.
                    heading = f'<h2 class="name" data-say="curve_{name}"></h2>'
                    gr.HTML(heading, apply_default_css=False)
                    plots[name] = gr.LinePlot(
                        frame.query("measure == @name"), x="epoch", y="mean", color="variant",
                        color_map=COLOURS, **_titles(None, name), height=240, buttons=[],
                        tooltip=["variant", "epoch", "mean"],
                        elem_id=f"curve-{name.replace('_', '-')}",
                    )  # fmt: skip
    return plots


def plot_words(request: gr.Request, plots: dict[str, gr.LinePlot]) -> Updates:
    """The words of their axes in the language of the browser that asks."""
    return {plot: gr.update(**_titles(request, name)) for name, plot in plots.items()}


def _titles(request: gr.Request | None, name: str) -> dict[str, Any]:
    return {
        "y_title": tell(request, f"axis_{name}"),
        "x_title": tell(request, "epoch"),
        "color_title": tell(request, "variant"),
    }


def _claims(claims: list[dict]) -> str:
    rows = "".join(
        f'<li><span class="verdict {_VERDICTS.get(claim["verdict"], "open")}"'
        f"{_said(lambda language, claim=claim: translated(claim['verdict'], language))}</span>"
        f"<div><b{_said(lambda language, claim=claim: translated(claim['claim'], language))}</b>"
        f"<p><span{_said(lambda language, claim=claim: found(claim, language))}</span> "
        f"<small>n = {claim['n']}</small></p></div></li>"
        for claim in claims
    )
    return f"<ol{link.attribute(tab='story')}>{rows}</ol>"


def _said(words: Callable[[str], str]) -> str:
    """The rest of a tag and its text: English, and what the page's script puts in its place."""
    others = "".join(f' data-{code}="{html.escape(words(code))}"' for code in ("de", "fr"))
    return f"{others}>{html.escape(words('en'))}"


def _curves(curves: dict[str, dict[str, dict[str, list]]]) -> pd.DataFrame:
    """One row for each variant, measure and epoch: mean over the seeds, and its deviation."""
    return pd.concat(
        pd.DataFrame({"variant": variant, "measure": measure, **points})
        for variant, measures in curves.items()
        for measure, points in measures.items()
    )
