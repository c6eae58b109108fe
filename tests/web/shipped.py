"""The shipped checkpoints that the tested page brings along."""

from colorizer.checkpoint import list_checkpoints
from colorizer.hub import LOCAL

_LISTED = list_checkpoints(LOCAL)
CHECKPOINTS = {
    (variant, epoch): _LISTED[variant][epoch]
    for variant, epoch in (
        ("transfer", max(_LISTED["transfer"])),
        ("batchnorm", 10),
        ("batchnorm", 25),
        ("rgb", 25),
    )
}
