"""What went wrong, in one sentence that a visitor understands."""

from colorizer import CheckpointError, HintError, PhotoError


class UserError(ValueError):
    """A request the page cannot meet; its text is one sentence for the visitor."""


PROBLEMS = (
    UserError,
    PhotoError,
    HintError,
    CheckpointError,
)  # those whose text may be shown as it is
