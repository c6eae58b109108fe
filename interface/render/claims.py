"""The study's verdict on each claim of the story: a sentence and its runs; figures on a click."""

import re
from functools import partial
from typing import Any

from interface.engine import Checkpoints
from interface.render.curves import Line, draw_curves
from interface.render.html import in_each_language
from interface.render.run_dots import draw_strip
from interface.render.study_page import ADDRESS
from interface.text import LANGUAGES, tell_in, translate

_VERDICTS = {"reproduced": "yes", "not reproduced": "no", "mixed": "partly"}
# What shows a claim over the epochs, of the curves of study.json.
PLOTS = {
    "range": "hue_entropy",
    "browner": "sepia_index",
    "early-stopping": "colourfulness_ratio",
    "time": "seconds",
    "fuzzier": "sharpness",
    "diagnosis": "loss_gap",
}
# Those that a history of any network records in one unit: a loss, or a time, it does not.
_OF_ALL = ("hue_entropy", "colourfulness_ratio")


def draw_claims(study: dict[str, Any], checkpoints: Checkpoints) -> str:
    """study: assets/study.json."""
    return f"<ol>{''.join(_claim(study, claim, checkpoints) for claim in study['claims'])}</ol>"


def curves_of(study: dict[str, Any], measure: str, checkpoints: Checkpoints) -> list[Line]:
    """Of the study's variants over their runs, and of the page's others as each was trained."""
    lines = []
    for variant, curves in study["curves"].items():
        curve = curves[measure]
        marks = study["picks"][variant] if measure == "colourfulness_ratio" else []
        lines.append(Line(variant, curve["epoch"], curve["mean"], curve["sd"], marks=marks))
    if measure in _OF_ALL:
        for variant in checkpoints.variants:
            history = checkpoints.history(variant, measure)
            if variant not in study["curves"] and history:
                lines.append(Line(variant, [*history], [*history.values()], other=True))
    return lines


def _claim(study: dict[str, Any], claim: dict[str, Any], checkpoints: Checkpoints) -> str:
    kind = _VERDICTS.get(claim["verdict"], "open")
    figures = _figures(claim, _curves(study, PLOTS[claim["id"]], checkpoints))
    return (
        f'<li id="claim-{claim["id"]}"><div class="told"><b{_said(claim["claim"])}</b>'
        f'<p><span class="verdict {kind}"{_said(claim["verdict"])}</span> '
        f"<span{in_each_language(partial(summarize, claim))}</span></p>{figures}</div>"
        f'<div class="shown">{_runs(claim)}</div></li>'
    )


def _voting(claim: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The findings of the differences that have a vote; none as long as nothing is decided."""
    voting = [part for part in claim["parts"] if part["role"] != "context"]
    return [*zip(claim["findings"], voting, strict=False)]


def _runs(claim: dict[str, Any]) -> str:
    """Each finding above the runs that it rests on."""
    rows = "".join(
        f"<p{_said(finding['says'])}</p>{draw_strip(part)}" for finding, part in _voting(claim)
    )
    if not rows:
        return ""
    return f'<figure class="runs"><figcaption data-say="runs_agree"></figcaption>{rows}</figure>'


def _curves(study: dict[str, Any], measure: str, checkpoints: Checkpoints) -> str:
    lines = curves_of(study, measure, checkpoints)
    notes = ["claims_picks"] * (measure == "colourfulness_ratio")
    notes += ["claims_other"] if any(line.other for line in lines) else []
    words = "".join(f'<small data-say="{note}"></small>' for note in notes)
    return f"{draw_curves(lines, f'curve_{measure}')}{words}"


def _said(*english: str) -> str:
    """Pieces of what the study says, in each language, as the rest of a tag and its text."""
    return in_each_language(lambda code: " ".join(say_in(code, piece) for piece in english))


def _figures(claim: dict[str, Any], curves: str) -> str:
    """The differences that have a vote, what else there is to say of them, and the epochs."""
    rows = "".join(
        f"<tr><td{_said(finding['says'])}</td><td{_said(finding['label'], finding['figure'])}</td>"
        f'<td data-say="{part["claimed"].replace(" ", "_")}"></td>'
        f'<td data-say="outcome_{part["outcome"]}"></td></tr>'
        for finding, part in _voting(claim)
    )
    names = ("found", "mean", "claimed", "outcome")
    head = "".join(f'<th scope="col" data-say="figures_{name}"></th>' for name in names)
    more = "".join(f"<p{_said(sentence)}</p>" for sentence in claim["closing"])
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" * bool(rows)
    return (
        f'<details><summary><span data-say="figures"></span> <small>n = {claim["n"]}</small>'
        f'</summary><div class="scrolls">{table}</div>{more}{curves}</details>'
    )


def draw_answers(data: dict[str, Any]) -> str:
    """The questions of the map as a table, and the way to the whole study.

    data: `map` of assets/study.json.
    """
    rows = "".join(
        f"<tr><td{_said(question['title'])}</td>"
        f"<td{in_each_language(partial(_answer, question))}</td></tr>"
        for question in data["questions"]
    )
    return (
        '<details><summary data-say="map_answers"></summary><table><thead><tr>'
        '<th scope="col" data-say="map_question"></th><th scope="col" data-say="map_answer"></th>'
        f"</tr></thead><tbody>{rows}</tbody></table></details>"
        f'<p><a href="{ADDRESS}" target="_blank" data-say="whole_study"></a></p>'
    )


def _answer(question: dict[str, Any], language: str) -> str:
    """How many regimes say yes, nothing clear, or the opposite: unclear is not no."""
    if not question["decided"]:
        return say_in(language, "undecided")
    counts = {name: question[name] for name in ("held", "unclear", "opposite")}
    return tell_in(language, "map_counts", **counts)


def say_in(language: str, english: str) -> str:
    """A piece of what the study says, its numbers as that language writes them."""
    sign = LANGUAGES[language]["number"]["decimal"]
    return re.sub(r"(\d)\.(\d)", rf"\1{sign}\2", translate(english, language, "study"))


def summarize(claim: dict[str, Any], language: str) -> str:
    """The study's findings on a claim of `study.json`, as one sentence without figures."""
    findings = [say_in(language, finding["says"]) for finding in claim["findings"]]
    return join(claim, language, findings)


def join(claim: dict[str, Any], language: str, findings: list[str]) -> str:
    """The opening of a claim and its findings as one sentence."""
    opening = say_in(language, claim["opening"])
    if not findings:
        return opening
    study = LANGUAGES[language]["study"]
    *others, last = findings
    return f"{opening} {study['and_last'].join([study['and'].join(others), last])}."
