"""The last tab: the story's claims, what our own training says of them, and the curves."""

import html
import json
from pathlib import Path

import gradio as gr
import pandas as pd

from interface.languages import say

CURVES = {
    "val_loss": ("Validation loss", "It falls …"),
    "colourfulness_ratio": ("Colourfulness ratio", "… and what does colour do?"),
    "sepia_index": ("Sepia index", "0 none, 1 all brown"),
    "seconds": ("Seconds per epoch", "variants timed in turn on one machine"),
}
COLOURS = {"baseline": "#8a8a8a", "batchnorm": "#0d9488", "dropout": "#b45309"}

_VERDICTS = {"reproduced": "yes", "not reproduced": "no", "mixed": "partly"}


def build(study: Path) -> None:
    """Draws the tab from `assets/study.json`, which `python -m train report` writes."""
    if not study.exists():
        gr.Markdown(
            "The study has not been run yet. Make it with `python -m train study --photos DIR`, "
            "then `python -m train report`."
        )
        return
    data = json.loads(study.read_text())
    gr.Markdown(say("story_lead"), elem_id="story-lead")
    gr.HTML(_claims(data["claims"]), elem_id="claims", apply_default_css=False)
    gr.Markdown(say("why"), elem_id="why")
    frame = _curves(data["curves"])
    names = [name for name in CURVES if name in frame["measure"].unique()]
    for first in range(0, len(names), 2):
        with gr.Row():
            for name in names[first : first + 2]:
                title, words = CURVES[name]
                gr.LinePlot(
                    frame.query("measure == @name"), x="epoch", y="mean", color="variant",
                    color_map=COLOURS, title=f"{title}: {words}", x_title="epoch", y_title=title,
                    tooltip="all", height=260, min_width=300, buttons=[],
                    elem_id=f"curve-{name.replace('_', '-')}",
                )  # fmt: skip


def _claims(claims: list[dict]) -> str:
    rows = "".join(
        f'<li><span class="verdict {_VERDICTS.get(claim["verdict"], "open")}">'
        f"{html.escape(claim['verdict'])}</span>"
        f"<div><b>{html.escape(claim['claim'])}</b>"
        f"<p>{html.escape(claim['sentence'])} <small>n = {claim['n']}</small></p></div></li>"
        for claim in claims
    )
    return f"<ol>{rows}</ol>"


def _curves(curves: dict[str, dict[str, dict[str, list]]]) -> pd.DataFrame:
    """One row for each variant, measure and epoch: mean over the seeds, and its deviation."""
    return pd.concat(
        pd.DataFrame({"variant": variant, "measure": measure, **points})
        for variant, measures in curves.items()
        for measure, points in measures.items()
    )
