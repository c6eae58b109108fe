"""Flags from the fields of a dataclass, and the commands that are made of them."""

from dataclasses import dataclass, fields
from importlib import import_module
from pathlib import Path
from typing import Literal, get_type_hints

import pytest

from train.__main__ import COMMANDS, main, understand
from train.flags import flag, parse, same_flag


@dataclass(frozen=True)
class Cake:
    flour: int = flag("grams")
    names: list[str] = flag("of the guests", name="NAME")
    eggs: int = flag("pieces", 3)
    sugar: float | None = flag("share of 100 %", None)
    tins: list[Path] = flag("where it is baked", [])
    without: list[str] = flag("ingredients", [], commas=True)
    kind: Literal["round", "flat"] | None = flag("shape", None)
    iced: bool = flag("with icing", False)


@dataclass(frozen=True)
class Muffin:
    eggs: int = same_flag(Cake, "eggs")
    names: list[str] = same_flag(Cake, "without")


def bake(*words: str, kind: type = Cake):
    return parse(kind, words, "bake", "A cake.")


LEAST = ("--flour", "200", "--names", "Ada", "Bo")


def test_defaults_are_those_of_the_dataclass():
    assert bake(*LEAST) == Cake(200, ["Ada", "Bo"])
    assert bake(*LEAST).tins is not bake(*LEAST).tins


def test_each_type_is_read():
    words = [
        "--eggs",
        "2",
        "--sugar",
        "0.5",
        "--tins",
        "a",
        "b/c",
        "--without",
        "nuts,milk",
        "--kind",
        "flat",
        "--iced",
    ]
    found = bake(*LEAST, *words)
    tins = [Path("a"), Path("b/c")]
    assert found == Cake(200, ["Ada", "Bo"], 2, 0.5, tins, ["nuts", "milk"], "flat", True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--flour", "200"), "--names"),
        ((*LEAST, "--eggs", "many"), "--eggs"),
        ((*LEAST, "--salt", "1"), "--salt"),
    ],
)
def test_what_is_missing_wrong_or_unknown_is_named(words, message, capsys):
    with pytest.raises(SystemExit) as stop:
        bake(*words)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_the_help_has_every_text_and_default(capsys):
    with pytest.raises(SystemExit):
        bake("--help")
    text = " ".join(capsys.readouterr().out.split())
    for part in ("A cake.", "grams", "pieces (default: 3)", "share of 100 %", "--names NAME"):
        assert part in text


def test_a_flag_shared_with_another_command_is_the_same():
    assert bake(kind=Muffin) == Muffin(3, [])
    assert bake("--names", "Ada,Bo", kind=Muffin).names == ["Ada", "Bo"]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_explains_each_of_its_flags(name, capsys):
    module, function, text = COMMANDS[name]
    arguments = get_type_hints(getattr(import_module(module), function))["arguments"]
    for field in fields(arguments):
        assert field.metadata["text"], f"--{field.name} of {name}"
    with pytest.raises(SystemExit) as stop:
        understand([name, "--help"])
    assert stop.value.code == 0
    assert " ".join(text.split()) in " ".join(capsys.readouterr().out.split())


def test_the_commands_are_listed_and_others_are_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = capsys.readouterr().out
    assert all(f"  {name} " in listed for name in COMMANDS)
    for argv in ([], ["paint"]):
        with pytest.raises(SystemExit) as stop:
            main(argv)
        assert stop.value.code == 2
    assert "paint" in capsys.readouterr().err
