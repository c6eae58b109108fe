"""When a question of the map is answered, and how: written down before there were results.

- In one regime a difference *holds*, is the *opposite*, is *unclear* or *undecided* by the first
  study's rule (`train.study.verdicts`): every one of at least three seeds has the claimed sign, and
  the mean lies at least two standard deviations from 0. Seeds are paired: seed s of two regimes of
  as many photos sees the same photos in the same order.
- A question asks for the same difference in every regime that can show it. It is answered
  **everywhere** if the difference holds in each regime that is decided, **nowhere** if it holds in
  none, **in some regimes** otherwise; **undecided** as long as no regime is. Regimes in which the
  opposite holds are named in any case.
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

Answer = Literal["everywhere", "in some regimes", "nowhere", "undecided"]
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
    def answer(self) -> Answer:
        held, decided = self.having("holds"), self.decided
        if not decided:
            return "undecided"
        if not held:
            return "nowhere"
        return "everywhere" if len(held) == len(decided) else "in some regimes"

    @property
    def strongest(self) -> Finding | None:
        """The largest mean difference of the claimed sign among the regimes that are decided."""
        return max(self.decided, key=lambda f: self.sign * f.part.difference.mean, default=None)

    @property
    def sentence(self) -> str:
        decided, held, against = self.decided, self.having("holds"), self.having("opposite")
        if not decided:
            return "Not decided: no regime has three seeds yet."
        text = f"It holds in {len(held)} of {_counted(len(decided), 'regime')}"
        most = sorted(held, key=lambda f: self.sign * f.part.difference.mean, reverse=True)[:_NAMED]
        text += f"{', most in' if len(held) > _NAMED else ':'} {_listed(most)}." if held else "."
        if against:
            text += f" The opposite holds in {len(against)}: {_listed(against)}."
        strongest = self.strongest
        if not held and strongest:
            if self.sign * strongest.part.difference.mean > 0:
                text += f" The strongest attempt is {strongest.sentence}, which is unclear."
            else:
                text += " In no regime does even the mean have the claimed sign."
        if len(held) == 1 and len(decided) > 1:
            text += f" One regime alone is what chance would give: one in {CHANCE} passes by it."
        return text


def _listed(findings: list[Finding]) -> str:
    return ", ".join(finding.sentence for finding in findings)


def _counted(count: int, noun: str) -> str:
    return f"{count} decided {noun}" + ("s" if count != 1 else "")
