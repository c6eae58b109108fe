"""When a question of the map is answered, and how: written down before there were results.

- In one regime a difference *holds*, is the *opposite*, is *unclear* or *undecided* by the first
  study's rule (`train.study.verdicts`): every one of at least three seeds has the claimed sign, and
  the mean lies at least two standard deviations from 0. Seeds are paired: seed s of two regimes of
  as many photos sees the same photos in the same order.
- A question asks for the same difference in every regime that can show it. Its answer is three
  counts: in how many of the decided regimes the difference holds, is unclear, and is the opposite.
  Unclear is not no. Regimes in which it holds, or the opposite does, are named.
- The rule lets one regime in twenty-seven pass by chance. With so many regimes, one that holds
  alone, with no neighbour on the map beside it, proves nothing, and the page says so.
- A ratio of photos to weights at which a question's answer changes is stated only if the ratio
  separates the regimes: if each decided regime in which it holds has fewer photos per weight than
  each in which it does not, or if each has more.
- If nothing holds, the strongest attempt is reported: the regime with the largest mean difference
  of the claimed sign.
"""

from dataclasses import dataclass
from typing import Literal

from train.map.design import Regime
from train.study.verdicts import Outcome, Part

_NAMED = 3  # regimes in which it holds; the rest are in the figure and the table
CHANCE = 27  # one in so many holds without cause: three seeds, two standard deviations


@dataclass(frozen=True)
class Finding:
    """One difference, in one regime. label: what the regime is called among the others."""

    regime: Regime
    label: str
    part: Part

    @property
    def outcome(self) -> Outcome:
        return self.part.outcome

    @property
    def sentence(self) -> str:
        return f"{self.label} ({self.part.figure})"


@dataclass(frozen=True)
class Question:
    id: str
    letter: str  # of the issue it answers
    title: str
    measured: str  # what the difference is, in words
    sign: Literal[1, -1]
    findings: list[Finding]

    def having(self, outcome: Outcome) -> list[Finding]:
        return [finding for finding in self.findings if finding.outcome == outcome]

    @property
    def decided(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.outcome != "undecided"]

    @property
    def strongest(self) -> Finding | None:
        """The largest mean difference of the claimed sign among the regimes that are decided."""
        return max(self.decided, key=lambda f: self.sign * f.part.difference.mean, default=None)

    @property
    def sentence(self) -> str:
        held, against = self.having("holds"), self.having("opposite")
        if not self.decided:
            return "Not decided: no regime has three runs yet."
        text = self.counts
        if held:
            most = sorted(held, key=lambda f: self.sign * f.part.difference.mean, reverse=True)
            text += f" It holds {'most ' * (len(held) > _NAMED)}in {_listed(most[:_NAMED])}."
        if against:
            text += f" The opposite holds in {_listed(against)}."
        strongest = self.strongest
        if not held and strongest:
            if self.sign * strongest.part.difference.mean > 0:
                text += f" The strongest attempt is {strongest.sentence}, which is unclear."
            else:
                text += " In no regime does even the mean have the claimed sign."
        if len(held) == 1 and len(self.decided) > 1:
            text += f" One regime alone is what chance would give: one in {CHANCE} passes by it."
        return text

    @property
    def counts(self) -> str:
        held, unclear, against = (
            len(self.having(outcome)) for outcome in ("holds", "unclear", "opposite")
        )
        regimes = len(self.decided)
        if regimes > 1:
            return (
                f"Of {regimes} regimes, it holds in {held}, is unclear in {unclear}, and the "
                f"opposite holds in {against}."
            )
        says = "it holds" if held else "the opposite holds" if against else "it is unclear"
        return f"One regime was tried, in which {says}."


def _listed(findings: list[Finding]) -> str:
    return ", ".join(finding.sentence for finding in findings)
