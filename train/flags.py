"""Command-line flags from the fields of a dataclass: name, type, default and help in one place."""

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def flag(
    text: str, default: Any = dataclasses.MISSING, name: str = "", commas: bool = False
) -> Any:
    """A field of a dataclass whose flag is explained by `text`.

    default: without one the flag is required; name: of the value, in the help; commas: the values
    of a list are separated by commas, not by spaces.
    """
    metadata = {"text": text, "name": name, "commas": commas}
    if isinstance(default, list):
        return dataclasses.field(default_factory=default.copy, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def same_flag(other: type, name: str) -> Any:
    """A field with the default and the help of another dataclass's field."""
    field = {field.name: field for field in dataclasses.fields(other)}[name]
    return dataclasses.field(
        default=field.default, default_factory=field.default_factory, metadata=field.metadata
    )


def parse(arguments: type[T], argv: Sequence[str], prog: str, description: str) -> T:
    """An instance of the dataclass `arguments` from command-line words.

    Exits as argparse does on `--help` and unknown flags; raises whatever the dataclass raises.
    """
    parser = argparse.ArgumentParser(prog=prog, description=description)
    kinds = get_type_hints(arguments)
    for field in dataclasses.fields(arguments):  # type: ignore[arg-type]
        parser.add_argument(
            f"--{field.name.replace('_', '-')}", **_options(field, kinds[field.name])
        )
    # A default stands in the dataclass alone: what is not given is not passed on.
    return arguments(**vars(parser.parse_args(argv)))


def _options(field: dataclasses.Field, kind: Any) -> dict[str, Any]:
    """The keyword arguments of argparse's `add_argument`."""
    options: dict[str, Any] = {"help": _help(field), "default": argparse.SUPPRESS}
    if kind is bool:
        return {**options, "action": "store_true"}
    options["required"] = field.default is field.default_factory is dataclasses.MISSING
    if name := field.metadata.get("name"):
        options["metavar"] = name
    if field.metadata.get("commas"):
        return {**options, "type": _split}
    if get_origin(kind) is list:
        return {**options, "type": get_args(kind)[0], "nargs": "+"}
    return {**options, "type": _type(kind)}


def _type(kind: Any) -> type:
    """Of one value: int of `int | None`, str of a literal."""
    kinds = [one for one in get_args(kind) or [kind] if one is not NoneType]
    is_literal = any(get_origin(one) is Literal for one in (kind, *kinds))
    return str if is_literal else kinds[0]


def _help(field: dataclasses.Field) -> str:
    text, default = field.metadata.get("text", ""), field.default
    if isinstance(default, int | float | str | Path) and not isinstance(default, bool):
        text = f"{text} (default: {default})" if text else f"default: {default}"
    return text.replace("%", "%%")


def _split(text: str) -> list[str]:
    return [name for name in text.split(",") if name]
