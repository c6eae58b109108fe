"""What went wrong, in one sentence that a visitor understands."""

from colorizer import CheckpointError, PhotoError


class UserError(ValueError):
    """A request the page cannot meet; its text is one sentence for the visitor."""


PROBLEMS = (UserError, PhotoError, CheckpointError)  # those whose text may be shown as it is
