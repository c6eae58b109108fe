"""`python -m train hints`: how far a few true colours bring a picture towards the photo.

Every photo is coloured with 0, 1, 3, 10 and 30 hints in its own true colours. What is compared is
who chooses the spots (chance, the app's question, an oracle that knows the error) and what spreads
the colours (the network with its hints, or Levin et al.'s optimisation). Besides, one false colour
shows how far a hint goes (`reach.py`).
"""

import csv
import hashlib
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import matplotlib
import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from colorizer import Colorizer, Hint, Photo, metrics, paint
from colorizer.checkpoint import CheckpointError
from colorizer.dropout import State
from colorizer.lab import rgb_to_lab
from colorizer.propagate import attend, follow
from colorizer.suggest import deviation, followers, least_sure
from train import TrainError
from train.arguments import FitArguments
from train.flags import flag, same_flag
from train.photos import Entry, load_photos
from train.study import reach
from train.study.levin import levin
from train.study.markdown import by_hand, table
from train.study.sets import check_counts, choose_sets, command
from train.study.style import PALETTE, STYLE

COUNTS = (0, 1, 3, 10, 30)
RADIUS = 2.0  # pixels, of the spots whose mean colour is told
WAYS = {
    "random": "spots at random",
    "question": "the app's question",
    "oracle": "oracle",
    "network": "the same random spots, the network alone",
    "spread": "the same random spots, the spread alone",
    "unforced": "the same random spots, gain 1",
    "levin": "Levin et al. 2004, the same random spots",
}
_FIELDS: Sequence[str] = (
    "checkpoint",
    "set",
    "photo",
    "seed",
    "way",
    "hints",
    "psnr",
    "delta_e_2000",
)


@dataclass(frozen=True)
class HintsArguments:
    """The flags of `hints`, checked when built."""

    checkpoint: Path = flag("checkpoint to measure", name="FILE")
    photos: list[str] = same_flag(FitArguments, "photos")
    hold_out: list[str] = same_flag(FitArguments, "hold_out")
    elsewhere: list[str] = flag(
        "measure the photos of these top folders separately", [], "FOLDER,...", commas=True
    )
    out: Path = flag("the page; its tables and plots stand beside it", Path("docs/hints.md"))
    limit: int = flag("photos per set", 30)
    seeds: int = flag("choices of spots for each photo", 3)
    cache: Path = same_flag(FitArguments, "cache")

    def __post_init__(self) -> None:
        check_counts(self)


def measure_hints(arguments: HintsArguments) -> None:
    """Fill the tables beside the page, row by row, and write the page. Raises TrainError."""
    try:
        colorizer = Colorizer.from_checkpoint(arguments.checkpoint)
    except CheckpointError as error:
        raise TrainError(str(error)) from error
    decoding = replace(colorizer.info.decoding, gain=1.0)
    calm = Colorizer(colorizer.network, replace(colorizer.info, decoding=decoding))
    sets = choose_sets(arguments)
    digest = hashlib.sha256(arguments.checkpoint.read_bytes()).hexdigest()[:12]
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    true = _Table(arguments.out.with_suffix(".csv"), _FIELDS, digest)
    false = _Table(_reach_path(arguments.out, ".csv"), reach.FIELDS, digest)
    with true, false:
        for name, entries in sets.items():
            for photo_name, photo in _photos(entries, arguments, colorizer.info.size):
                study = None
                for seed, way in _plan(arguments.seeds, colorizer):
                    key = {"set": name, "photo": photo_name, "seed": str(seed), "way": way}
                    if true.has(key):
                        continue
                    used = calm if way == "unforced" else colorizer
                    if study is None or study.colorizer is not used:
                        study = _Photo(used, photo)
                    true.add(key, study.measured(way, seed))
                for seed in range(arguments.seeds):
                    key = {"set": name, "photo": photo_name, "seed": str(seed)}
                    if false.has(key):
                        continue
                    if study is None or study.colorizer is not colorizer:
                        study = _Photo(colorizer, photo)
                    state, plain = study.state, study.plain
                    false.add(key, reach.measured(colorizer, photo, state, plain, seed))
    _write_page(_rows(true.path), _rows(false.path), arguments, colorizer)


def _reach_path(out: Path, suffix: str) -> Path:
    """Beside the page: `hints-reach.csv` and `.svg`."""
    return out.with_name(f"{out.stem}-reach{suffix}")


class _Table:
    """A file of measurements of one checkpoint, to which a later run adds what is missing."""

    def __init__(self, path: Path, fields: Sequence[str], digest: str) -> None:
        """Raises TrainError if it is about another checkpoint."""
        rows = _rows(path)
        if any(row["checkpoint"] != digest for row in rows):
            raise TrainError(f"{path} is about another checkpoint; move it, or give another --out.")
        self.path, self.digest, self.fields = path, digest, fields
        self.rows = rows

    def __enter__(self) -> None:
        fresh = not self.path.exists()
        self.file = self.path.open("a", newline="")
        self.writer = csv.DictWriter(self.file, self.fields, lineterminator="\n")
        if fresh:
            self.writer.writeheader()

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def has(self, key: dict[str, str]) -> bool:
        """Whether there is a row of these values."""
        return any(key.items() <= row.items() for row in self.rows)

    def add(self, key: dict[str, str], rows: Iterable[dict[str, object]]) -> None:
        for row in rows:
            self.writer.writerow({"checkpoint": self.digest, **key, **row})
        self.file.flush()


def _photos(
    entries: list[Entry], arguments: HintsArguments, size: int
) -> Iterator[tuple[str, Photo]]:
    found = load_photos(entries, arguments.photos, size, arguments.limit, arguments.cache)
    for name, square in zip(tqdm(found.names), found.squares, strict=True):
        yield name, Photo(np.ascontiguousarray(square.transpose(1, 2, 0)))


def _plan(seeds: int, colorizer: Colorizer) -> Iterator[tuple[int, str]]:
    """Random spots have several seeds; the question and the oracle leave nothing to chance."""
    ways = ["random", "levin"]
    if colorizer.info.decoding.gain != 1:
        ways.append("unforced")
    if colorizer.network.embedding is not None:
        ways += ["network", "spread"]
    for way in ways:
        for seed in range(seeds):
            yield seed, way
    yield 0, "question"
    yield 0, "oracle"


class _Photo:
    """One photo, and the network's part that no hint changes."""

    def __init__(self, colorizer: Colorizer, photo: Photo) -> None:
        self.colorizer, self.photo = colorizer, photo
        self.state: State = colorizer.start(photo)
        output = colorizer.output(photo, state=self.state)
        self.plain = colorizer.decode(output)
        self.deviation = deviation(output, colorizer.network.bins)
        self.cells = colorizer.cells(photo, self.state, self.plain)
        self.truth = F.interpolate(photo.lab[None, 1:], self.plain.shape[1:], mode="area")[0]

    def measured(self, way: str, seed: int) -> Iterator[dict[str, object]]:
        """A row for each number of hints."""
        hints = self._random(seed) if way not in ("question", "oracle") else []
        for count in COUNTS:
            while len(hints) < count:
                hints.append(self._asked(hints) if way == "question" else self._oracle(hints))
            if way == "levin":
                if not count:
                    continue  # it has nothing to say without any
                ab = levin(self.photo.lightness, hints[:count])
            else:
                ab = self._predict(hints[:count], way)
            painted = torch.from_numpy(paint(self.photo, ab)).permute(2, 0, 1)
            true = torch.from_numpy(self.photo.rgb).permute(2, 0, 1)
            yield {
                "hints": count,
                "psnr": f"{metrics.psnr(painted, true).item():.4f}",
                "delta_e_2000": f"{metrics.delta_e_2000(rgb_to_lab(painted), self.photo.lab):.4f}",
            }

    def _predict(self, hints: Sequence[Hint], way: str = "random") -> Tensor:
        if not hints:
            return self.plain
        if way == "network" and self.cells.learnt is not None:
            return attend(self.plain, hints, self.photo, self.cells.learnt)
        if way == "spread":
            return follow(self.plain, hints, replace(self.cells, learnt=None))
        return self.colorizer.predict(self.photo, hints=hints, state=self.state)

    def _answer(self, x: float, y: float) -> Hint:
        """A hint with the photo's own colour: the mean of its spot's."""
        rows = torch.arange(self.photo.height)[:, None] + 0.5 - y
        columns = torch.arange(self.photo.width) + 0.5 - x
        spot = rows.square() + columns.square() <= RADIUS**2
        a, b = self.photo.lab[1:, spot].mean(1).tolist()
        return Hint(x, y, ab=(a, b), radius=RADIUS)

    def _random(self, seed: int) -> list[Hint]:
        random = np.random.default_rng(seed)
        places = random.random((COUNTS[-1], 2)) * [self.photo.width, self.photo.height]
        return [self._answer(x, y) for x, y in places.tolist()]

    def _asked(self, hints: Sequence[Hint]) -> Hint:
        return self._answer(*least_sure(self.cells, self.deviation, hints))

    def _oracle(self, hints: Sequence[Hint]) -> Hint:
        """At the cell whose answer leaves the least squared error once it is spread."""
        error = (self.truth - self._predict(hints)).flatten(1)
        at, follows = followers(self.cells, hints)
        own = follows[torch.arange(len(at)), at].clamp(min=0) + self.cells.kernel.noise
        moved = follows / own[:, None]
        told = error[:, at]
        gain = 2 * (told * (error @ moved.T)).sum(0) - told.square().sum(0) * moved.square().sum(1)
        rows, columns = self.plain.shape[1:]
        row, column = divmod(int(at[gain.argmax()]), columns)
        across, down = self.photo.width / columns, self.photo.height / rows
        return self._answer((column + 0.5) * across, (row + 0.5) * down)


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


Curve = dict[int, tuple[float, float]]  # by number of hints: mean, and deviation over the seeds


def _curves(rows: list[dict[str, str]], chosen: str, measure: str) -> dict[str, Curve]:
    """For each way, means over the photos of a set."""
    found = defaultdict[tuple[str, int], dict[str, list[float]]](lambda: defaultdict(list))
    for row in rows:
        if row["set"] == chosen:
            found[row["way"], int(row["hints"])][row["seed"]].append(float(row[measure]))
    curves: dict[str, Curve] = {way: {} for way in WAYS if any(r["way"] == way for r in rows)}
    for (way, count), seeds in sorted(found.items()):
        means = [statistics.fmean(values) for values in seeds.values()]
        spread = statistics.stdev(means) if len(means) > 1 else 0.0
        curves[way][count] = statistics.fmean(means), spread
    return curves


def _write_page(
    rows: list[dict[str, str]],
    false: list[dict[str, str]],
    arguments: HintsArguments,
    colorizer: Colorizer,
) -> None:
    sets = list(dict.fromkeys(row["set"] for row in rows))
    info = colorizer.info
    gain = info.decoding.gain
    introduction = _INTRODUCTION.format(
        variant=info.variant,
        epoch=info.epoch,
        command=command("hints", arguments),
        unforced="" if gain == 1 else _UNFORCED.format(gain=gain),
        alone="" if colorizer.network.embedding is None else _ALONE,
    )
    parts = [introduction]
    for chosen in sets:
        photos = len({row["photo"] for row in rows if row["set"] == chosen})
        seeds = len({row["seed"] for row in rows if row["set"] == chosen})
        parts.append(f"## {chosen.capitalize()}: {photos} photos, {seeds} seeds\n")
        for measure, title in (("psnr", "PSNR, dB"), ("delta_e_2000", "ΔE2000")):
            parts.append(_table(_curves(rows, chosen, measure), title))
        parts.append(_verdict(_curves(rows, chosen, "psnr")))
    plot = arguments.out.with_suffix(".svg")
    _plot(rows, sets, plot)
    parts.insert(1, f"![PSNR against the number of hints]({plot.name})\n")
    parts.append(reach.section(false, sets, _reach_path(arguments.out, ".svg")))
    arguments.out.write_text("\n".join(parts) + by_hand(arguments.out))


def _table(curves: dict[str, Curve], title: str) -> str:
    def cell(curve: Curve, count: int) -> str:
        if count not in curve:
            return "–"
        mean, spread = curve[count]
        return f"{mean:.2f} ± {spread:.2f}" if spread else f"{mean:.2f}"

    body = [
        [name, *(cell(curves[way], count) for count in COUNTS)]
        for way, name in WAYS.items()
        if way in curves
    ]
    return table([f"{title}; hints:", *map(str, COUNTS)], body, left=1) + "\n"


def _verdict(curves: dict[str, Curve]) -> str:
    """By the means of PSNR."""

    def ahead(way: str, other: str) -> str:
        counts = [c for c in COUNTS[1:] if c in curves[way] and c in curves[other]]
        won = [str(c) for c in counts if curves[way][c][0] > curves[other][c][0]]
        lost = [str(c) for c in counts if str(c) not in won]
        words = []
        if won:
            words.append(f"ahead at {', '.join(won)}")
        if lost:
            words.append(f"behind at {', '.join(lost)}")
        return " and ".join(words) or "not measured"

    behind = [
        f"{curves['oracle'][c][0] - curves['question'][c][0]:.2f} dB at {c}"
        for c in COUNTS[1:]
        if c in curves["oracle"] and c in curves["question"]
    ]
    beside = ahead("random", "levin")
    if "unforced" in curves:
        beside += f"; with a gain of 1 {ahead('unforced', 'levin')}"
    return (
        f"The network with random hints, beside Levin et al.: {beside}. The "
        f"app's question, beside random spots: {ahead('question', 'random')}. It stays behind the "
        f"oracle by {', '.join(behind)}.\n"
    )


def _plot(rows: list[dict[str, str]], sets: list[str], path: Path) -> None:
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(9.6, 3.6), facecolor="white", layout="constrained")
        for axes, chosen in zip(figure.subplots(1, len(sets), squeeze=False)[0], sets, strict=True):
            for colour, (way, curve) in zip(
                PALETTE, _curves(rows, chosen, "psnr").items(), strict=False
            ):
                counts = list(curve)
                means, spread = np.array([*curve.values()]).reshape(-1, 2).T
                axes.plot(counts, means, color=colour, marker="o", markersize=4, label=WAYS[way])
                low, high = means - spread, means + spread
                axes.fill_between(counts, low, high, color=colour, alpha=0.18, linewidth=0)
            axes.set_xscale("symlog", linthresh=1)
            axes.set_xticks(COUNTS, map(str, COUNTS))
            axes.set(title=chosen, xlabel="hints", ylabel="PSNR, dB")
        axes.legend(fontsize=8)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


_UNFORCED = """\
- **Gain 1**: the app paints colours {gain:g} times as vivid as the network says, so that there is
  something to see where nobody has given a colour. PSNR prefers paler pictures: here are the same
  random spots without that.
"""
_ALONE = """\
- **The network alone** lets every cell attend to the hints by its learnt embedding. **The spread
  alone** is the Gaussian process, which otherwise adds what attention leaves of them.
"""
_INTRODUCTION = """\
# What a few words about colour are worth

Made for {variant}, epoch {epoch}, by

    {command}

Each photo is coloured with 0 to 30 hints in its own true colours. The spots are chosen in these
ways:

- **Random**: by chance, with several seeds (± is the deviation over them).
- **The app's question**: the spot where the network's distribution is wide and much of the photo
  would follow (`colorizer/suggest.py`). It knows nothing of the photo's colours.
- **The oracle** knows the error, and takes the spot whose answer should leave the least of it, one
  spot at a time, so it is close to the optimum but does not reach it.
{unforced}{alone}- **Levin et al. 2004** spreads the random spots' colours without any network.
"""
