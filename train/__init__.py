"""Training: photos - batches - module - recorder - fit.

`python -m train --help` lists the commands.
"""


class TrainError(ValueError):
    """Something the person who started a training can mend; its text is one sentence."""
