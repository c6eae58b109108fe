"""The model card of a folder of checkpoints: what their files record, and nothing else.

What they cannot record is taken from two files beside them, if there are any, in their authors'
words:

    collections.csv   folder,sources,collection,shows,licence: what is known of the photos in each
                      top folder; `sources` are patterns of the files that hold it, for checkpoints
                      that name their files but not the folders
    notes.md          Markdown: how something was chosen, what was seen to fail

What a checkpoint does not say is called "not recorded"; a folder that is not described has "licence
not stated".
"""

import csv
import textwrap
from collections.abc import Callable, Iterable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from colorizer.checkpoint import CheckpointInfo, list_checkpoints, read_info
from train import TrainError
from train.recorder import read_history
from train.study.markdown import table

CARD_FILE, COLLECTIONS_FILE, NOTES_FILE = "README.md", "collections.csv", "notes.md"
UNKNOWN = "not recorded"
_COLUMNS = ["folder", "sources", "collection", "shows", "licence"]

_ABOUT = """\
# Model card

Small convolutional networks that guess the colours (ab) of a photo from its lightness (L). Colours
are guesses and never evidence of anything; the networks are not meant to restore photographs.
"""

_METRICS = """\
## Metrics

On the validation photos, at the training size; *ratio* is predicted over true colourfulness
(Hasler & Süsstrunk 2003, signed). Read PSNR with care: a grey picture scores about as high.
"""

_FORMAT = """\
## Files

`<variant>/epoch-010.safetensors` holds half-precision weights and describes itself in its string
metadata (format, variant, epoch, size, settings, metrics, data, seed, versions);
`<variant>/history.csv` has a row for every epoch trained, shipped or not.
"""


def write_card(checkpoints: Path) -> None:
    """Raises TrainError for a collections.csv that cannot be read."""
    shipped = {
        variant: [read_info(path) for path in paths.values()]
        for variant, paths in list_checkpoints(checkpoints).items()
    }
    last = {variant: infos[-1] for variant, infos in shipped.items()}
    notes = checkpoints / NOTES_FILE
    sections = [
        _ABOUT,
        "## Networks\n",
        _bullets(f"*{variant}*: {_network(info)}." for variant, info in last.items()),
        "## Training\n",
        _training(last) + "\n",
        "## Data\n",
        _data(last, _read_collections(checkpoints / COLLECTIONS_FILE)) + "\n",
        *([notes.read_text(encoding="utf-8")] if notes.exists() else []),
        _METRICS,
        *(
            f"### {variant}\n\n{_metrics(checkpoints / variant, infos)}\n"
            for variant, infos in shipped.items()
        ),
        _limits(last),
        _FORMAT,
    ]
    (checkpoints / CARD_FILE).write_text("\n".join(sections), encoding="utf-8")


def _network(info: CheckpointInfo) -> str:
    """What the settings say about a network's shape, and how its colours are made."""
    settings, decoding = info.settings, info.decoding
    widths = "-".join(map(str, settings.widths))
    if settings.shape == "plain":
        words = [f"3x3 convolutions of {widths} channels and back up"]
        words.append("batch normalisation" if settings.batch_norm else "no normalisation")
    else:
        decoder = "-".join(map(str, settings.decoder))
        words = [f"an encoder ({settings.shape}) of {widths} channels, a decoder of {decoder}"]
    words.append(f"dropout {settings.dropout:g}" if settings.dropout else "no dropout")
    if settings.head == "bins":
        words.append(
            f"predicts a distribution over {len(settings.bins)} bins of ab (Zhang et al. 2016, "
            "arXiv:1603.08511)"
        )
    else:
        words.append({"ab": "predicts ab", "rgb": "paints the whole picture"}[settings.head])
    if settings.alike:
        words.append(f"features shared between cells that look alike, spread {settings.alike:g}")
    if decoding.calm or decoding.gain != 1:
        words.append(f"decoded with calm {decoding.calm:g} and gain {decoding.gain:g}")
    return "; ".join(words)


def _bullets(items: Iterable[str]) -> str:
    lines = (
        textwrap.fill(item, 100, initial_indent="- ", subsequent_indent="  ") for item in items
    )
    return "\n".join(lines) + "\n"


def _training(last: dict[str, CheckpointInfo]) -> str:
    """A row for everything that any checkpoint records, a column for each variant."""
    infos = list(last.values())
    rows = [[title, *(say(info) for info in infos)] for title, say in _ROWS.items()]
    flags = dict.fromkeys(name for info in infos for name in _flags(info))
    rows += [
        [f"`--{name.replace('_', '-')}`", *(_flag(info, name) for info in infos)]
        for name in flags
        if name not in _TOLD
    ]
    unsaid = [title for title, *cells in rows if set(cells) == {UNKNOWN}]
    said = [row for row in rows if row[0] not in unsaid]
    text = table(["", *last], said, left=1 + len(last))
    if unsaid:
        names = "\n".join(textwrap.wrap(f"Not recorded: {', '.join(unsaid)}.", 100))
        text += f"\n\n{names}"
    return text


def _flags(info: CheckpointInfo) -> dict[str, Any]:
    """The flags of `fit`; earlier versions' checkpoints have a few of them among their data."""
    earlier = ("hold_out", "encoder", "start", "freeze")
    known = {name: info.data[name] for name in earlier if name in info.data}
    return {**known, **info.data.get("arguments", {})}


def _flag(info: CheckpointInfo, name: str, absent: str = "none") -> str:
    """absent: the word for a flag that is recorded as not given."""
    flags = _flags(info)
    return _words(flags[name], absent) if name in flags else UNKNOWN


def _entry(info: CheckpointInfo, name: str) -> str:
    return _words(info.data[name]) if name in info.data else UNKNOWN


def _words(value: Any, absent: str = "none") -> str:
    if value is None or value is False or value == []:
        return absent
    if value is True:
        return "yes"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def _loss(info: CheckpointInfo) -> str:
    return {
        "ab": "mean squared error of ab",
        "bins": "rebalanced cross-entropy over bins",
        "rgb": "mean squared error of sRGB",
    }[info.settings.head]


def _encoder(info: CheckpointInfo) -> str:
    """A run that started from a checkpoint took its encoder from there."""
    begun = _flag(info, "start", absent="")
    return _flag(info, "encoder", absent="the same checkpoint" if begun else "random weights")


def _lambda(info: CheckpointInfo) -> str:
    return _flag(info, "rebalance") if info.settings.head == "bins" else "–"


_ROWS: dict[str, Callable[[CheckpointInfo], str]] = {
    "photos": lambda info: _entry(info, "photos"),
    "from": lambda info: _entry(info, "sources"),
    "without the folders": lambda info: _flag(info, "hold_out"),
    "left out as grey": lambda info: _entry(info, "grey_skipped"),
    "left out as unreadable": lambda info: _entry(info, "unreadable_skipped"),
    "photos to validate on": lambda info: _entry(info, "validation_photos"),
    "squares (px)": lambda info: str(info.size),
    "smallest crop (share of a photo)": lambda info: _flag(info, "zoom"),
    "batch size": lambda info: _flag(info, "batch_size"),
    "loss": _loss,
    "lambda (0: rare colours count most, 1: all alike)": _lambda,
    "learning rate": lambda info: _flag(info, "lr"),
    "its schedule": lambda info: _flag(info, "schedule"),
    "encoder started from": lambda info: _encoder(info),
    "encoder frozen": lambda info: _flag(info, "freeze", absent="no"),
    "all weights started from": lambda info: _flag(info, "start", absent="–"),
    "precision": lambda info: _entry(info, "precision"),
    "seed": lambda info: str(info.seed),
    "versions": lambda info: ", ".join(f"{n} {v}" for n, v in info.versions.items()) or UNKNOWN,
}
# Flags that the rows above, the networks or the data table already cover.
_TOLD = {
    "variant",
    "photos",
    "hold_out",
    "size",
    "zoom",
    "batch_size",
    "head",
    "rebalance",
    "lr",
    "schedule",
    "encoder",
    "freeze",
    "start",
    "precision",
    "seed",
    "dropout",
    "smooth",
    "alike",
}


def _read_collections(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != _COLUMNS:
            raise TrainError(f"{path}: its columns are not {', '.join(_COLUMNS)}.")
        return list(reader)


def _data(last: dict[str, CheckpointInfo], collections: list[dict[str, str]]) -> str:
    """Which collections the photos come from, and the licence each of them states."""
    rows: dict[str, list[str]] = {}
    for variant, info in last.items():
        for folder, photos in _folders(info, collections).items():
            rows.setdefault(folder, []).append(f"{variant} ({photos:,})" if photos else variant)
    known = {row["folder"]: row for row in collections}
    cells = []
    for folder, variants in rows.items():
        row = known.get(folder, {})
        licence = row.get("licence") or "licence not stated"
        name = row.get("collection") or f"`{folder}`"
        cells.append([name, row.get("shows") or "–", licence, ", ".join(variants)])
    header = ["collection", "shows", "licence stated by it", "trained on it (photos)"]
    return "The pictures are not part of this repository.\n\n" + table(header, cells, left=4)


def _folders(info: CheckpointInfo, collections: list[dict[str, str]]) -> dict[str, int]:
    """{top folder, or source: its number of photos}; 0 where that is not recorded."""
    sources = info.data.get("sources", [])
    if folders := info.data.get("folders"):
        # Photos that lie in no folder are known by the files they came in.
        return {name or ", ".join(sources): count for name, count in folders.items()}
    found = {}
    for source in sources:
        held = [r["folder"] for r in collections if r["sources"] and fnmatch(source, r["sources"])]
        found |= dict.fromkeys(held or [source], 0)
    left_out = _flags(info).get("hold_out") or []
    return {name: count for name, count in found.items() if name not in left_out}


def _metrics(folder: Path, shipped: list[CheckpointInfo]) -> str:
    epochs = {info.epoch for info in shipped}
    header = ["epoch", "train loss", "val loss", "PSNR dB", "ratio", "mean chroma", "hue entropy"]
    rows = [
        [
            str(row["epoch"]),
            f"{row['train_loss']:.5f}",
            f"{row['val_loss']:.5f}",
            f"{row['psnr']:.2f}",
            f"{row['colourfulness_ratio']:.3f}",
            f"{row['mean_chroma']:.2f}",
            f"{row['hue_entropy']:.2f}",
        ]
        for row in read_history(folder)
        if row["epoch"] in epochs
    ]
    return table(header, rows)


def _limits(last: dict[str, CheckpointInfo]) -> str:
    """What follows from how such networks are made."""
    heads = {"ab": [], "bins": [], "rgb": []}
    for variant, info in last.items():
        heads[info.settings.head].append(f"*{variant}*")
    sizes = ", ".join(str(size) for size in sorted({info.size for info in last.values()}))
    limits = [
        f"Trained on squares of {sizes} px: colour is coarse, and small things take the colour of "
        "their surroundings.",
        "What the photos above do not show gets the colours of what they do.",
    ]
    if heads["ab"]:
        limits.append(
            f"{', '.join(heads['ab'])}: the optimum of the mean squared error is the mean of all "
            "colours that a pixel may have, a greyish brown. Expect sepia: it is the lesson of "
            "these files, not a defect."
        )
    if heads["bins"]:
        limits.append(
            f"{', '.join(heads['bins'])}: one plausible colour is picked where many are, so they "
            "are vivid where they are wrong, too. A higher temperature softens that. Their losses "
            "are in nats and compare among themselves only."
        )
    if heads["rgb"]:
        limits.append(
            f"{', '.join(heads['rgb'])}: paints the lightness as well, at its training size, so "
            "the picture is fuzzy; its losses compare among themselves only."
        )
    return "## Limits\n\n" + _bullets(limits)
