"""The two sets of photos that a page is about, validation and elsewhere, and its command."""

from pathlib import Path
from typing import Protocol

from train import TrainError
from train.photos import Entry, choose_entries


class SetArguments(Protocol):
    """The flags that say which photos: both sets have at most `limit`, measured `seeds` times."""

    @property
    def checkpoint(self) -> Path: ...
    @property
    def photos(self) -> list[str]: ...
    @property
    def hold_out(self) -> list[str]: ...
    @property
    def elsewhere(self) -> list[str]: ...
    @property
    def limit(self) -> int: ...
    @property
    def seeds(self) -> int: ...


def check_counts(arguments: SetArguments) -> None:
    """Raises TrainError for a set without photos, or none of its draws."""
    for name, value in (("--limit", arguments.limit), ("--seeds", arguments.seeds)):
        if value < 1:
            raise TrainError(f"{name} {value}: at least 1 is needed.")


def choose_sets(arguments: SetArguments) -> dict[str, list[Entry]]:
    """The photos of each set by its name. Raises TrainError."""
    held = [*arguments.hold_out, *arguments.elsewhere]
    sets = {"validation": choose_entries(arguments.photos, held)}
    if arguments.elsewhere:
        sets["elsewhere"] = choose_entries(arguments.photos, only=arguments.elsewhere)
    return sets


def command(name: str, arguments: SetArguments) -> str:
    """The command that makes the page, on a line for each flag."""
    flags = {
        "checkpoint": [arguments.checkpoint.name],
        "photos": [Path(source).name for source in arguments.photos],
        "hold-out": [",".join(arguments.hold_out)],
        "elsewhere": [",".join(arguments.elsewhere)],
        "limit": [str(arguments.limit)],
        "seeds": [str(arguments.seeds)],
    }
    words = [f"--{flag} {' '.join(values)}" for flag, values in flags.items() if any(values)]
    return " \\\n        ".join([f"python -m train {name}", *words])
