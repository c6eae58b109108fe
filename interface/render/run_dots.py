"""What each run of the study found for a claim: a dot on a strip for each of its differences."""

from typing import Any

_REACH = 44  # percent of a strip from its middle to the run that is farthest from 0


def draw_strip(part: dict[str, Any]) -> str:
    """The runs of a difference; on the right of the middle are those that agree with the claim.

    part: of a claim of assets/study.json, with its `runs`.
    """
    sign = 1 if part["claimed"] == "above 0" else -1
    farthest = max(map(abs, part["runs"])) or 1
    dots = "".join(
        f'<i style="left:{50 + _REACH * sign * value / farthest:.1f}%"></i>'
        for value in part["runs"]
    )
    return f'<div class="run-strip {part["outcome"]}" aria-hidden="true">{dots}</div>'
