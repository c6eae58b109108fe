"""`python -m train ship`: the checkpoints of a finished run into the app, and their model card."""

import os
import shutil
import textwrap
from dataclasses import replace
from pathlib import Path

from colorizer.checkpoint import (
    CheckpointInfo,
    list_checkpoints,
    load_checkpoint,
    read_info,
    save_checkpoint,
)
from train import TrainError
from train.recorder import HISTORY_FILE, read_history

CARD_FILE = "README.md"

_ABOUT = """\
# Model card: the checkpoints of the app

Small convolutional networks that guess the colours (ab) of a photo from its lightness (L).
They exist to show how such a network learns, why it ends in sepia, and what cures it; they are not
meant to restore photographs. `python app.py` slides through them; `docs/study.md` measures the
story's three, `docs/beyond.md` the others.

One trunk of 3x3 convolutions; the story's three variants differ in the layers between them:

- *baseline*: conv, ReLU
- *batchnorm*: conv, batch normalisation, ReLU
- *dropout*: conv, batch normalisation, ReLU, Dropout2d between every two convolutions

Beyond the story:

- *rebalanced*: batchnorm's trunk, but it says for each pixel how likely each of some two hundred
  bins of ab is, at a quarter of the size; rare colours weigh more in the loss, and the colour
  painted is the annealed mean (Zhang et al. 2016, arXiv:1603.08511)
- *transfer*: a narrow ResNet-18 that learnt to name what grey photos show, then to colour them,
  with a light U-Net decoder and the same head; dropout in the decoder, and features shared between
  cells that look alike
"""

_DATA = """\
## Data

Photos of these collections, grey ones and near-duplicates left out. The pictures are not part of
this repository, because several of the collections state no licence that would allow it.

| collection | what | licence stated by it |
|---|---|---|
| Intel scene classification | streets, buildings, forest, sea, mountains | none |
| Caltech-101 | objects, animals, plants, faces | none in the copy used |
| cats and dogs, breeds | cats and dogs | none |
| Food-101 (subset) | dishes | research use |
| GroceryStoreDataset | fruit, vegetables, cartons | MIT |
| clothing-dataset-small | clothes | CC0 1.0 |
| Clothing Co-Parsing | people in the street | Apache-2.0 (repository) |
| Houses-dataset | rooms and house fronts | citation asked |
| PACS (photo domain) | animals, houses, people | none |
| PASCAL VOC 2007 (part) | cats, cars, buses, trains, people | Flickr terms |
| Multi-class Weather Dataset | skies, sunrise, rain | none verified |
"""

_TUNED = """\
## How transfer was chosen

By a rule: among temperature, calm (how much of the loss's weighting of rare colours is taken back)
and gain, the setting with the highest PSNR on collections it was not trained on (voc, pacs,
weather: *elsewhere*) whose colourfulness ratio is at least 0.85 on the validation photos and 0.75
elsewhere; then by eye, for an even night sky, at a cost of 0.09 dB elsewhere. The curve, the twin
trained with L2, the ablation of the encoder and what was tried are in `docs/beyond.md`.
"""

_LIMITS = """\
## Limits

- L2 loss on ab: its optimum is the mean of all colours a pixel could have, which is greyish brown.
  Expect sepia. That is the lesson, not a defect of the files.
- *rebalanced* is vivid where it is wrong, too: on smooth dark areas, a night sky for one, it paints
  red and blue blobs, and its PSNR is below a grey picture's. A higher temperature softens both.
- *transfer* guesses well what it has seen often (sky, foliage, skin, cats, dogs, food) and picks
  one plausible colour for what can have any: paint, clothes, cups. What looks alike gets one
  colour, which spares large surfaces their patches and gives a lawn the colour of its sky.
- Trained on squares of 64 and 128 pixels: colour is coarse, and small things take the colour of
  their surroundings.
- A few thousand photos of a handful of collections: what they do not show gets the colours of what
  they do. Colours are guesses and never evidence of anything.
"""

_FORMAT = """\
## Files

`<variant>/epoch-010.safetensors` holds half-precision weights and describes itself in its string
metadata (format, variant, epoch, size, settings, metrics, data, seed, versions);
`<variant>/history.csv` has a row for every epoch trained, shipped or not.
"""


def ship(
    runs: Path,
    out: Path,
    epochs: list[int],
    calm: float | None = None,
    gain: float | None = None,
    smooth: int | None = None,
) -> None:
    """Copy the chosen epochs and the last one of every variant below `runs`, and write the card.

    calm, gain, smooth: how the shipped networks are decoded, where it is not as they were trained;
    the weights stay. Checkpoints that are already in `out` and no longer chosen are removed. Raises
    TrainError if a chosen epoch was not trained, or for a setting that cannot be.
    """
    found = list_checkpoints(runs)
    if not found:
        raise TrainError(
            f"--runs {runs}: no checkpoints below it; run `python -m train fit` first."
        )
    for variant, trained in found.items():
        if missing := [epoch for epoch in epochs if epoch not in trained]:
            raise TrainError(f"--epochs {missing[0]}: {variant} has no such epoch in {runs}.")
    for variant, trained in found.items():
        wanted = sorted({*epochs, max(trained)})
        folder = out / variant
        folder.mkdir(parents=True, exist_ok=True)
        for stale in list_checkpoints(out).get(variant, {}).values():
            stale.unlink()
        for epoch in wanted:
            _ship_one(trained[epoch], folder, calm, gain, smooth)
        _copy(runs / variant / HISTORY_FILE, folder)
    write_card(out)


def _ship_one(
    path: Path, folder: Path, calm: float | None, gain: float | None, smooth: int | None
) -> None:
    if calm is gain is smooth is None:
        return _copy(path, folder)
    network, info = load_checkpoint(path)
    given = {"calm": calm, "gain": gain}
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        decoding = replace(info.decoding, **chosen)
        settings = info.settings if smooth is None else replace(info.settings, smooth=smooth)
    except ValueError as error:
        raise TrainError(f"--calm, --gain, --smooth: {error}") from error
    save_checkpoint(
        folder / path.name, network, replace(info, settings=settings, decoding=decoding)
    )


def _copy(path: Path, folder: Path) -> None:
    temporary = folder / f".{path.name}.tmp"
    shutil.copyfile(path, temporary)
    os.replace(temporary, folder / path.name)


def write_card(checkpoints: Path) -> None:
    """The model card of a folder of checkpoints, from what the files say of themselves."""
    found = list_checkpoints(checkpoints)
    infos = {
        variant: [read_info(path) for path in paths.values()] for variant, paths in found.items()
    }
    sections = [
        _ABOUT,
        "## Training\n",
        *(_training(variant, shipped[-1]) for variant, shipped in infos.items()),
        _DATA,
        _TUNED if "transfer" in infos else "",
        "## Metrics\n\nOn the validation photos, at the training size; *ratio* is predicted over "
        "true colourfulness\n(Hasler & Süsstrunk 2003, signed). Read PSNR with care: a grey "
        "picture scores about as high.\nThe losses of rebalanced are in nats and compare among "
        "themselves only.\n\n"
        + "\n\n".join(
            f"### {variant}\n\n{_table(checkpoints / variant, shipped)}"
            for variant, shipped in infos.items()
        )
        + "\n",
        _LIMITS,
        _FORMAT,
    ]
    (checkpoints / CARD_FILE).write_text("\n".join(sections))


def _training(variant: str, info: CheckpointInfo) -> str:
    """How one variant came about, from what its last checkpoint says of itself."""
    data, settings, decoding = info.data, info.settings, info.decoding
    versions = ", ".join(f"{name} {version}" for name, version in info.versions.items())
    words = [
        f"**{variant}**: {data['photos']:,} photos of {', '.join(data['sources'])} "
        f"({data['grey_skipped']} grey and {data['unreadable_skipped']} unreadable ones skipped)",
    ]
    if held := data.get("hold_out"):
        words.append(f"without the collections {', '.join(held)}")
    words.append(f"{data['validation_photos']:,} to validate on; squares of {info.size} px")
    if settings.head == "bins":
        words.append(f"cross-entropy over {len(settings.bins)} bins, lambda 0.5")
    else:
        words.append("mean squared error of ab")
    if started := data.get("start") or data.get("encoder"):
        words.append(f"started from {started}")
    if decoding.calm or decoding.gain != 1:
        words.append(f"decoded with calm {decoding.calm:g}, gain {decoding.gain:g}")
    if settings.smooth:
        words.append(f"features averaged over like neighbours, radius {settings.smooth}")
    if settings.alike:
        words.append(f"and shared between cells that look alike, spread {settings.alike:g}")
    return (
        "\n".join(textwrap.wrap(f"{', '.join(words)}; seed {info.seed}. {versions}.", 100)) + "\n"
    )


def _table(folder: Path, shipped: list[CheckpointInfo]) -> str:
    epochs = {info.epoch for info in shipped}
    lines = [
        "| epoch | train loss | val loss | PSNR dB | ratio | mean chroma | hue entropy bits |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['epoch']} | {row['train_loss']:.5f} | {row['val_loss']:.5f} | {row['psnr']:.2f} "
        f"| {row['colourfulness_ratio']:.3f} | {row['mean_chroma']:.2f} "
        f"| {row['hue_entropy']:.2f} |"
        for row in read_history(folder)
        if row["epoch"] in epochs
    ]
    return "\n".join(lines)
