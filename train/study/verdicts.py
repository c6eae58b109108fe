"""How a claim is judged: the rule, written down before there were results.

- A difference *holds* if it has the claimed sign in every seed and its mean is at least SPREADS
  standard deviations from 0 (with three seeds, a one-sided paired t-test at p = 0.037). It is the
  *opposite* if the same is true of the other sign, and otherwise *unclear*. With fewer than
  MIN_SEEDS seeds nothing is decided.
- A claim rests on *points*, which are what it is about, on *conditions* it also states, and it is
  shown beside *context*, which has no vote. It is *reproduced* if all its points and conditions
  hold, *not reproduced* if none of its points does, *mixed* otherwise.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from train.study.results import Sample

MIN_SEEDS = 3
SPREADS = 2.0
Outcome = Literal["holds", "opposite", "unclear", "undecided"]
Verdict = Literal["reproduced", "not reproduced", "mixed", "undecided"]


class Finding(NamedTuple):
    """What one difference shows, as in "is browner (sepia index +0.213 ± 0.019)"."""

    says: str
    label: str
    figure: str


@dataclass(frozen=True)
class Part:
    """One difference of a claim, and what to say of it for each way it may fall."""

    name: str
    difference: Sample
    sign: Literal[1, -1]  # what is claimed: above or below 0
    digits: int
    unit: str = ""
    says: tuple[str, str, str] = ("", "", "")  # if it holds, is the opposite, is unclear
    role: Literal["point", "condition", "context"] = "point"
    label: str = ""  # of the figure within a sentence; the name up to its first comma if empty

    @property
    def outcome(self) -> Outcome:
        sample = self.difference
        if sample.n < MIN_SEEDS:
            return "undecided"
        signs = {np.sign(value) for value in sample.by_seed.values()}
        if len(signs) > 1 or 0 in signs or abs(sample.mean) < SPREADS * sample.sd:
            return "unclear"
        return "holds" if signs == {self.sign} else "opposite"

    @property
    def figure(self) -> str:
        """As in "+0.51 ± 0.10 bits"."""
        return signed(self.difference, self.digits) + (self.unit and f" {self.unit}")

    @property
    def finding(self) -> Finding:
        which = {"holds": 0, "opposite": 1, "unclear": 2}[self.outcome]
        label = self.label or self.name.partition(",")[0]
        return Finding(self.says[which], label, self.figure)


@dataclass(frozen=True)
class Claim:
    id: str
    title: str
    text: str  # the story's words, with the story's numbers
    lead: str  # begins the sentence on what was found
    parts: list[Part]  # two or more that have a vote
    closing: tuple[str, ...] = ()  # sentences

    @property
    def verdict(self) -> Verdict:
        voting = [part for part in self.parts if part.role != "context"]
        if any(part.outcome == "undecided" for part in voting):
            return "undecided"
        if all(part.outcome == "holds" for part in voting):
            return "reproduced"
        points = [part for part in voting if part.role == "point"]
        return "mixed" if any(part.outcome == "holds" for part in points) else "not reproduced"

    @property
    def n(self) -> int:
        return min(part.difference.n for part in self.parts if part.role != "context")

    @property
    def opening(self) -> str:
        """Begins the sentence on what was found; all there is to say where nothing is decided."""
        if self.verdict != "undecided":
            return self.lead
        needed = f"a verdict needs {MIN_SEEDS} runs trained this far"
        return f"Not decided: {needed}, and there are {self.n}."

    @property
    def findings(self) -> list[Finding]:
        if self.verdict == "undecided":
            return []
        return [part.finding for part in self.parts if part.role != "context"]

    @property
    def sentence(self) -> str:
        if self.verdict == "undecided":
            return self.opening
        *others, last = [f"{says} ({label} {figure})" for says, label, figure in self.findings]
        return " ".join([f"{self.opening} {', '.join(others)}, and {last}.", *self.closing])


def number(value: float, digits: int) -> str:
    """With a true minus sign, and without one before a zero."""
    text = f"{value:.{digits}f}"
    return text.replace("-", "" if float(text) == 0 else "\N{MINUS SIGN}")


def plain(sample: Sample, digits: int) -> str:
    """As in "0.42 ± 0.03"; the mean alone for one seed."""
    if sample.n < 2:
        return number(sample.mean, digits) if sample.n else "\N{EM DASH}"
    return f"{number(sample.mean, digits)} ± {number(sample.sd, digits)}"


def signed(sample: Sample, digits: int) -> str:
    text = plain(sample, digits)
    return "+" + text if float(f"{sample.mean:.{digits}f}") > 0 else text
