"""The study's verdict on each claim of the story: a sentence and a plot; its figures on a click."""

from typing import Any

from interface.checkpoints import Checkpoints
from interface.languages import words_in
from interface.parts import spoken
from interface.pictures.curves import Line, draw_curves
from interface.study_words import found_in_short, translated

_VERDICTS = {"reproduced": "yes", "not reproduced": "no", "mixed": "partly"}
# What shows a claim best, of the curves of study.json.
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
    measure = PLOTS[claim["id"]]
    lines = curves_of(study, measure, checkpoints)
    notes = ["claims_picks"] * (measure == "colourfulness_ratio")
    notes += ["claims_other"] if any(line.other for line in lines) else []
    said = "".join(f'<small data-say="{note}"></small>' for note in notes)
    kind = _VERDICTS.get(claim["verdict"], "open")
    return (
        f'<li id="claim-{claim["id"]}"><div class="told"><b'
        f"{spoken(lambda language: translated(claim['claim'], language))}</b>"
        f'<p><span class="verdict {kind}"'
        f"{spoken(lambda language: translated(claim['verdict'], language))}</span> "
        f"<span{spoken(lambda language: found_in_short(claim, language))}</span></p>"
        f"{_figures(claim)}</div>"
        f'<div class="shown">{draw_curves(lines, f"curve_{measure}")}{said}</div></li>'
    )


def _figures(claim: dict[str, Any]) -> str:
    """The differences that have a vote, and what else there is to say of them."""
    voting = [part for part in claim["parts"] if part["role"] != "context"]
    rows = "".join(
        f"<tr><td{spoken(lambda code, f=finding: translated(f['says'], code))}</td>"
        f"<td{spoken(lambda code, f=finding: _figure(f, code))}</td>"
        f'<td data-say="{part["claimed"].replace(" ", "_")}"></td>'
        f'<td data-say="outcome_{part["outcome"]}"></td></tr>'
        for finding, part in zip(claim["findings"], voting, strict=False)
    )
    head = "".join(
        f'<th scope="col" data-say="figures_{name}"></th>'
        for name in ("found", "mean", "claimed", "outcome")
    )
    more = "".join(
        f"<p{spoken(lambda code, s=sentence: translated(s, code))}</p>"
        for sentence in claim["closing"]
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" * bool(rows)
    return (
        f'<details><summary><span data-say="figures"></span> <small>n = {claim["n"]}</small>'
        f'</summary><div class="scrolls">{table}</div>{more}</details>'
    )


def _figure(finding: dict[str, str], language: str) -> str:
    label = translated(finding["label"], language)
    return f"{label} {translated(finding['figure'], language)}"


def draw_answers(data: dict[str, Any]) -> str:
    """The questions of the map as a table; data: `map` of assets/study.json."""
    rows = "".join(
        f"<tr><td{spoken(lambda code, q=question: translated(q['title'], code))}</td>"
        f"<td{spoken(lambda code, q=question: _answer(q, code))}</td></tr>"
        for question in data["questions"]
    )
    return (
        '<details><summary data-say="map_answers"></summary><table><thead><tr>'
        '<th scope="col" data-say="map_question"></th><th scope="col" data-say="map_answer"></th>'
        f"</tr></thead><tbody>{rows}</tbody></table></details>"
    )


def _answer(question: dict[str, Any], language: str) -> str:
    answer = translated(question["answer"], language)
    if not question["decided"]:
        return answer
    counts = words_in(language, "map_counts", held=question["held"], decided=question["decided"])
    return f"{answer}: {counts}"
