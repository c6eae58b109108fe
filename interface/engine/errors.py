"""What can go wrong, each in one sentence that a visitor understands."""

from colorizer import CheckpointError, HintError, PhotoError


class UserError(ValueError):
    """A request the page cannot meet; its text is one sentence for the visitor."""


# Those whose text may be shown as it is.
EXPECTED_ERRORS = (UserError, PhotoError, HintError, CheckpointError)
