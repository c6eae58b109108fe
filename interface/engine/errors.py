"""What can go wrong, each in one sentence that a visitor understands."""

from colorizer import CheckpointError, HintError, PhotoError


class UserError(ValueError):
    """A request the page cannot meet; its text is one sentence for the visitor."""


class PhotoGoneError(UserError):
    """The server no longer has a photo; the page's script sends it again if the browser does."""


# Those whose text may be shown as it is.
EXPECTED_ERRORS = (UserError, PhotoGoneError, PhotoError, HintError, CheckpointError)
