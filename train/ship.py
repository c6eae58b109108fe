"""`python -m train ship`: the checkpoints of a finished run into the app, and their model card."""

import os
import shutil
from pathlib import Path

from colorizer.checkpoint import CheckpointInfo, file_name, list_checkpoints, read_info
from train import TrainError
from train.recorder import HISTORY_FILE, read_history

CARD_FILE = "README.md"

_ABOUT = """\
# Model card: the checkpoints of the story

Small convolutional networks that guess the colours (ab) of a photo from its lightness (L).
They exist to show how such a network learns, and why it ends in sepia; they are not meant to
restore photographs. `python app.py` slides through them; `docs/study.md` measures them.

One trunk of 3x3 convolutions; the story's three variants differ in the layers between them:

- *baseline*: conv, ReLU
- *batchnorm*: conv, batch normalisation, ReLU
- *dropout*: conv, batch normalisation, ReLU, Dropout2d between every two convolutions

Beyond the story:

- *rebalanced*: batchnorm's trunk, but it says for each pixel how likely each of some two hundred
  bins of ab is, at a quarter of the size; rare colours weigh more in the loss, and the colour
  painted is the annealed mean at temperature 0.38 (Zhang et al. 2016, arXiv:1603.08511)
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

_LIMITS = """\
## Limits

- L2 loss on ab: its optimum is the mean of all colours a pixel could have, which is greyish brown.
  Expect sepia. That is the lesson, not a defect of the files.
- *rebalanced* is vivid where it is wrong, too: on smooth dark areas, a night sky for one, it paints
  red and blue blobs, and its PSNR is below a grey picture's. A higher temperature softens both.
- Trained on squares of {size} pixels: colour is coarse, small things take the colour of their
  surroundings, and edges bleed.
- A few thousand photos of a handful of collections: what they do not show gets the colours of what
  they do. Colours are guesses and never evidence of anything.
"""

_FORMAT = """\
## Files

`<variant>/epoch-010.safetensors` holds half-precision weights and describes itself in its string
metadata (format, variant, epoch, size, settings, metrics, data, seed, versions);
`<variant>/history.csv` has a row for every epoch trained, shipped or not.
"""


def ship(runs: Path, out: Path, epochs: list[int]) -> None:
    """Copy the chosen epochs and the last one of every variant below `runs`, and write the card.

    Checkpoints that are already in `out` and no longer chosen are removed. Raises TrainError if a
    chosen epoch was not trained.
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
        for name in [*map(file_name, wanted), HISTORY_FILE]:
            temporary = folder / f".{name}.tmp"
            shutil.copyfile(runs / variant / name, temporary)
            os.replace(temporary, folder / name)
    write_card(out)


def write_card(checkpoints: Path) -> None:
    """The model card of a folder of checkpoints, from what the files say of themselves."""
    found = list_checkpoints(checkpoints)
    infos = {
        variant: [read_info(path) for path in paths.values()] for variant, paths in found.items()
    }
    any_info = next(iter(infos.values()))[0]
    sections = [
        _ABOUT,
        _training(any_info),
        _DATA,
        "## Metrics\n\nOn the validation photos, at the training size; *ratio* is predicted over "
        "true colourfulness\n(Hasler & Süsstrunk 2003, signed). Read PSNR with care: a grey "
        "picture scores about as high.\nThe losses of rebalanced are in nats and compare among "
        "themselves only.\n\n"
        + "\n\n".join(
            f"### {variant}\n\n{_table(checkpoints / variant, shipped)}"
            for variant, shipped in infos.items()
        )
        + "\n",
        _LIMITS.format(size=any_info.size),
        _FORMAT,
    ]
    (checkpoints / CARD_FILE).write_text("\n".join(sections))


def _training(info: CheckpointInfo) -> str:
    data = info.data
    versions = ", ".join(f"{name} {version}" for name, version in info.versions.items())
    sources = " ".join(data["sources"])
    return f"""\
## Training

{data["photos"]:,} photos ({data["grey_skipped"]} grey and {data["unreadable_skipped"]} unreadable
ones skipped), {data["validation_photos"]:,} to validate on; squares of {info.size} pixels, random
crops and flips; mean squared error of ab (rebalanced: cross-entropy, lambda 0.5); Adam at a
constant rate of 0.001, batches of 64; seed {info.seed}, the same photos in the same order for every
variant. {versions}.

    python -m train study --photos {sources} --val val.tar --limit {data["photos"]}
    python -m train ship --runs runs/study/seed-{info.seed}

rebalanced: `python -m train fit --variant rebalanced` with the same photos and `--patience 0`.
"""


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
