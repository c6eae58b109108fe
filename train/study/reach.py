"""How far one false colour goes: to the rest of its thing (reach), and to other things (leak).

A true colour cannot tell: wherever it goes, the photo is likely to hold much like it. So a spot is
given its own colour with the hue turned, and whatever takes it has followed the hint.
"""

import math
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import matplotlib
import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from colorizer import Colorizer, Hint, Photo, paint
from colorizer.affinity import DISTANCES
from colorizer.dropout import State
from colorizer.lab import rgb_to_lab
from colorizer.propagate import attend, follow
from train.study.markdown import table
from train.study.style import PALETTE, STYLE

TURN = 120.0  # degrees
LEAST = 20.0  # chroma of a spot, in Lab units; turning a grey's hue asks for next to nothing
RADIUS = 2.0  # pixels, of the spot
NEAR, FAR = 5.0, 20.0  # ΔE2000 from the spot's true colour
ASIDE = 20.0  # Lab units of ab alone: another colour, be it as light as the spot
AROUND = 0.25  # of the photo's short side: as far as a colour is expected to reach
FOLLOWED, MOVED = 0.5, 10.0  # of what the hint asks for; Lab units
_ENOUGH = 100  # pixels, for a share of them to say something
SCALES = (0.5, 0.7, 0.85, 1.0, 1.2, 1.5)  # of the distances, for the frontier

WAYS = {
    "both": "network and spread",
    "spread": "spread alone",
    "network": "network alone",
}
FIELDS = (
    "checkpoint",
    "set",
    "photo",
    "seed",
    "way",
    "scale",
    "reach",
    "leak",
    "leak_beside",
)


@dataclass(frozen=True)
class Spot:
    """Where the false colour is given, and which pixels ought to follow, and not.

    near, far, beside: (H, W) bool; see `reach_and_leak`.
    """

    hint: Hint
    near: Tensor
    far: Tensor
    beside: Tensor

    @classmethod
    def choose(cls, photo: Photo, seed: int) -> "Spot | None":
        """By chance, among those that have a hue to turn; None if there are hardly any."""
        random = np.random.default_rng(seed)
        for x, y in (random.random((200, 2)) * [photo.width, photo.height]).tolist():
            spot = cls.at(photo, x, y)
            if spot is not None:
                return spot
        return None

    @classmethod
    def at(cls, photo: Photo, x: float, y: float) -> "Spot | None":
        """None where there is no hue to turn."""
        rows = torch.arange(photo.height)[:, None] + 0.5 - y
        columns = torch.arange(photo.width) + 0.5 - x
        apart = rows.square() + columns.square()
        true = photo.lab[:, apart <= RADIUS**2].mean(1)
        colour = complex(*true[1:].tolist())
        if abs(colour) < LEAST:
            return None
        turned = colour * complex(math.cos(math.radians(TURN)), math.sin(math.radians(TURN)))
        unlike = _delta_e(photo.lab, true)
        around = apart <= (AROUND * min(photo.width, photo.height)) ** 2
        aside = (photo.lab[1:] - true[1:, None, None]).norm(dim=0) > ASIDE
        hint = Hint(x, y, ab=(turned.real, turned.imag), radius=RADIUS)
        return cls(hint, (unlike < NEAR) & around, unlike > FAR, aside & around)


def _delta_e(lab: Tensor, colour: Tensor) -> Tensor:
    """(H, W): CIEDE2000 of each pixel of (3, H, W) from one colour, (3,)."""
    from skimage.color import deltaE_ciede2000

    apart = deltaE_ciede2000(colour.numpy()[None, None], lab.permute(1, 2, 0).numpy())
    return torch.from_numpy(np.asarray(apart, np.float32))


def reach_and_leak(before: Tensor, after: Tensor, spot: Spot) -> tuple[float, float, float]:
    """Reach: the share of pixels that are near in truth and around the spot, of those that go at
    least half of the way that the hint asks its own spot to go. Leak: the share of pixels far from
    the spot in truth that move; and the same for those of another colour around it.

    before, after: (2, H, W), ab in Lab units, painted without the hint and with it. A share of few
    pixels is nan.
    """
    moved = after - before
    asked = torch.tensor(spot.hint.colour) - before[:, int(spot.hint.y), int(spot.hint.x)]
    follows = torch.einsum("chw,c->hw", moved, asked) >= FOLLOWED * asked.square().sum()
    moves = moved.norm(dim=0) > MOVED
    return _share(follows, spot.near, 1), _share(moves, spot.far), _share(moves, spot.beside)


def _share(found: Tensor, among: Tensor, enough: int = _ENOUGH) -> float:
    return found[among].float().mean().item() if among.sum() >= enough else math.nan


def measured(
    colorizer: Colorizer, photo: Photo, state: State, plain: Tensor, seed: int
) -> Iterator[dict[str, object]]:
    """A row for each way and scale; none for a photo without colour.

    plain: (2, h, w), what the network says without hints.
    """
    spot = Spot.choose(photo, seed)
    if spot is None:
        return
    hints = [spot.hint]
    told = colorizer.decode(colorizer.output(photo, hints=hints, state=state))
    before = _painted(photo, plain)

    cells = colorizer.cells(photo, state, plain)
    network = told if cells.learnt is None else attend(told, hints, photo, cells.learnt)
    found = [
        ("network", 1.0, network),
        ("spread", 1.0, follow(plain, hints, replace(cells, learnt=None))),
    ]
    for scale in SCALES:
        cells = colorizer.cells(photo, state, told, DISTANCES.scaled(scale))
        if cells.learnt is not None:
            cells = replace(cells, learnt=cells.learnt.scaled(scale))
        found.append(("both", scale, follow(told, hints, cells)))
    for way, scale, ab in found:
        shares = reach_and_leak(before, _painted(photo, ab), spot)
        values = zip(FIELDS[-3:], (f"{share:.4f}" for share in shares), strict=True)
        yield {"way": way, "scale": f"{scale:g}", **dict(values)}


def _painted(photo: Photo, ab: Tensor) -> Tensor:
    return rgb_to_lab(torch.from_numpy(paint(photo, ab)).permute(2, 0, 1))[1:]


Frontier = dict[float, list[tuple[float, float]]]  # by scale: mean and deviation of each share


def frontiers(rows: list[dict[str, str]], chosen: str) -> dict[str, Frontier]:
    """For each way, means over the photos of a set, and their deviations over the seeds."""
    values = defaultdict[tuple[str, float], dict[str, list[list[float]]]](lambda: defaultdict(list))
    for row in rows:
        if row["set"] == chosen:
            shares = [float(row[field]) for field in FIELDS[-3:]]
            values[row["way"], float(row["scale"])][row["seed"]].append(shares)
    found: dict[str, Frontier] = {way: {} for way in WAYS}
    for (way, scale), seeds in sorted(values.items()):
        means = np.array([_means(shares) for shares in seeds.values()])
        spread = means.std(axis=0, ddof=1) if len(means) > 1 else np.zeros(3)
        found[way][scale] = list(zip(means.mean(0).tolist(), spread.tolist(), strict=True))
    return found


def _means(shares: list[list[float]]) -> list[float]:
    """Of each share over the photos that have it; nan where none has."""
    columns = ([x for x in column if not math.isnan(x)] for column in zip(*shares, strict=True))
    return [statistics.fmean(column) if column else math.nan for column in columns]


def section(rows: list[dict[str, str]], sets: list[str], plot: Path) -> str:
    """The part of the page about a false colour; draws its plot, too."""
    _plot(rows, sets, plot)
    parts = [_INTRODUCTION.format(plot=plot.name)]
    for chosen in sets:
        photos = len({row["photo"] for row in rows if row["set"] == chosen})
        parts.append(f"### {chosen.capitalize()}: {photos} photos\n\n{_table(rows, chosen)}\n")
    return "\n".join(parts)


def _table(rows: list[dict[str, str]], chosen: str) -> str:
    found = frontiers(rows, chosen)
    body = [
        [name, *(_cell(mean, spread) for mean, spread in found[way][1.0])]
        for way, name in WAYS.items()
        if 1.0 in found[way]
    ]
    return table(["A false colour at one spot", "reach", "leak", "leak around"], body, left=1)


def _cell(mean: float, spread: float) -> str:
    return "–" if math.isnan(mean) else f"{mean:.2f} ± {spread:.2f}"


def _plot(rows: list[dict[str, str]], sets: list[str], path: Path) -> None:
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(9.6, 3.6), facecolor="white", layout="constrained")
        for axes, chosen in zip(figure.subplots(1, len(sets), squeeze=False)[0], sets, strict=True):
            for colour, (way, frontier) in zip(
                PALETTE, frontiers(rows, chosen).items(), strict=False
            ):
                reach, leak = ([shares[i][0] for shares in frontier.values()] for i in (0, 1))
                axes.plot(leak, reach, color=colour, marker="o", markersize=4, label=WAYS[way])
                if 1.0 in frontier and len(frontier) > 1:
                    (own, _), (leaked, _), _ = frontier[1.0]
                    axes.plot(leaked, own, "o", color=colour, markersize=9, markerfacecolor="none")
            axes.set(title=chosen, xlabel="leak", ylabel="reach", ylim=(-0.03, 1.03))
        axes.legend(fontsize=8)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


_INTRODUCTION = f"""\
## A false colour at one spot

One spot of each photo, drawn by chance among those of a chroma of {LEAST:g} or more, is given its
own colour with the hue turned by {TURN:g} degrees: whatever takes on that colour has followed the
hint.

- **Reach**: of the pixels that are near in truth (ΔE2000 below {NEAR:g} from the spot) and within a
  quarter of the photo's short side, the share that goes at least half of the way that the hint asks
  for.
- **Leak**: of the pixels of the whole photo that are far in truth (ΔE2000 above {FAR:g}), the
  share that moves by more than {MOVED:g} Lab units.
- **Leak around**: the same within that quarter, for pixels whose ab is over {ASIDE:g} units from
  the spot's, however alike their lightness: the sleeve beside the hand.

The frontier takes all distances, and the learnt threshold, times
{", ".join(f"{scale:g}" for scale in SCALES)}; a ring is the default.

![Reach against leak of a false colour]({{plot}})
"""
