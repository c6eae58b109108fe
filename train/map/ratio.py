"""Whether the number of photos for a thousand weights decides where a question's answer holds."""

from collections.abc import Callable
from typing import Literal

from train.map.design import Regime
from train.map.rules import Question
from train.map.table import Table

Side = Literal["few", "many"]


def photos_per_thousand(table: Table, regime: Regime) -> float:
    """Photos that a network is trained on, for each thousand of its weights."""
    return 1000 * regime.photos / table.sample(regime, "parameters", 1).mean


def parted_at(
    question: Question, ratio_of: Callable[[Regime], float]
) -> tuple[float, float, Side] | None:
    """(low, high, side) where it holds below `low` and not above `high`, for few photos; or the
    other way round, for many. None where it holds in all of them, in none, or on both sides.
    """
    held = [ratio_of(f.regime) for f in question.having("holds")]
    others = [ratio_of(f.regime) for f in question.decided if f.outcome != "holds"]
    if not held or not others:
        return None
    if max(held) < min(others):
        return max(held), min(others), "few"
    if max(others) < min(held):
        return max(others), min(held), "many"
    return None


def ratio_sentence(table: Table, question: Question) -> str:
    """Empty as long as it is the same for all regimes that are decided."""
    if len(question.having("holds")) in (0, len(question.decided)):
        return ""
    parted = parted_at(question, lambda regime: photos_per_thousand(table, regime))
    if parted is None:
        return "No ratio of photos to weights tells the regimes apart in which it holds."
    low, high, side = (f"{parted[0]:.2g}", f"{parted[1]:.2g}", parted[2])
    if side == "few":
        return (
            f"It holds up to {low} photos for a thousand weights, and from {high} on it does not."
        )
    return f"It holds from {high} photos for a thousand weights on, and up to {low} it does not."
