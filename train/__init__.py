"""Training: from photos to checkpoints, to figures about them, and into the app.

Fitting a network is at the top. To read it in order:

    flags       a command's flags, from the fields of a dataclass
    arguments   the flags of `fit`, and the recipe of each variant
    photos      a folder, tar or torchvision data set, decoded once into an array of squares
    batches     crops and flips of these squares, the same for every variant of a seed
    film        what the network sees in place of a photo's lightness
    hints       the hints it is given, and what it learns from them
    loss        mean squared error, and the rebalanced classification
    module      the training step, in Lightning's terms
    precision   number format and memory layout, timed before the first epoch
    trainer     Lightning's trainer as every run sets it up, and the cosine schedule
    recorder    what an epoch leaves behind, completely or not at all
    resume      whether --resume continues the same run
    encoders    encoders trained on ImageNet, from a Python package
    fit         all of it put together: `python -m train fit`
    report      the study's page and its map's: tables, plots and prose

`study/` measures what was trained, `map/` trains and measures the regimes of the second study, and
`release/` brings chosen epochs into the app and onto the Hugging Face Hub.

`python -m train --help` lists the commands.
"""


class TrainError(ValueError):
    """Something that whoever started the training can fix; its text is one sentence."""
