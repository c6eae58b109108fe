"""Whether `--resume` continues the run that was begun, or would turn it into another one."""

from collections.abc import Set
from pathlib import Path
from typing import Any

from colorizer.checkpoint import CheckpointError, read_info
from train import TrainError
from train.photos import PhotoSet
from train.precision import candidates


def recorded_run(path: Path) -> dict[str, Any]:
    """A checkpoint's record of its run's data; `arguments` are the flags of `fit` by name.

    Raises TrainError.
    """
    try:
        info = read_info(path)
    except CheckpointError as error:
        raise TrainError(f"--resume: {error}") from error
    if "arguments" not in info.data:
        raise TrainError(
            f"--resume: {path} does not record the flags of its run; choose another --out to "
            "start anew."
        )
    return info.data


def check_same_arguments(before: dict[str, Any], now: dict[str, Any], free: Set[str]) -> None:
    """Raise TrainError naming the first flag that differs; what `before` lacks is unknown.

    free: flags that may differ. The order of names in a list does not matter.
    """
    for name, wanted in now.items():
        if name in free or name not in before or _plain(before[name]) == _plain(wanted):
            continue
        flag = f"--{name.replace('_', '-')}"
        raise TrainError(
            f"--resume: this run was started {_spoken(flag, before[name])}, not "
            f"{_spoken(flag, wanted)}; give the same, or choose another --out."
        )


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def _spoken(flag: str, value: Any) -> str:
    if value is None or value is False or value == []:
        return f"without {flag}"
    if value is True:
        return f"with {flag}"
    return f"with {flag} {','.join(value) if isinstance(value, list) else value}"


def check_same_precision(recorded: str, wanted: str) -> None:
    """Raise TrainError if `--precision` is not the run's own."""
    if recorded not in [precision.name for precision in candidates(wanted)]:
        check_same_arguments({"precision": recorded}, {"precision": wanted}, free=set())


def check_same_photos(before: dict[str, Any], train: PhotoSet, val: PhotoSet) -> None:
    """Raise TrainError if the files behind the flags are not those of the run.

    before: what its checkpoint says about its data.
    """
    now = {**train.describe(), "validation_photos": len(val.squares)}
    for name in ("photos", "validation_photos", "digest"):
        if name in before and before[name] != now[name]:
            flag = "--val" if name == "validation_photos" else "--photos"
            raise TrainError(
                f"--resume: the pictures of {flag} are not those that this run was started with; "
                "give the same ones, or choose another --out."
            )
