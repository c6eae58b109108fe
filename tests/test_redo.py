"""A picture is made again from its work sheet: the same bytes."""

from pathlib import Path

import pytest
from helpers import assert_one_sentence, colourful
from PIL import Image

from colorizer import Hint, Photo, write_hints
from colorizer.__main__ import main
from colorizer.checkpoint import list_checkpoints
from colorizer.redo import redo
from colorizer.worksheet import SheetError

CHECKPOINTS = Path(__file__).parents[1] / "assets" / "checkpoints"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    Image.fromarray(colourful(3, 40)).save(path, dpi=(300, 300))
    return path


@pytest.mark.parametrize(
    "options",
    [
        ["--variant", "batchnorm"],
        ["--variant", "transfer", "--temperature", "0.4", "--vividness", "130"],
        ["--variant", "dropout", "--samples", "3", "--jpeg-quality", "80"],
        ["--variant", "batchnorm", "--hints"],
    ],
    ids=lambda options: options[-1],
)
def test_redo_makes_the_same_bytes(photo, tmp_path, options, capsys):
    if options[-1] == "--hints":
        hints = tmp_path / "hints.json"
        write_hints(hints, [Hint(10, 12, ab=(20.0, -30.0))], Photo.open(photo))
        options = [*options, str(hints)]
    out = tmp_path / "out"
    assert main([str(photo), "--out", str(out), *options]) == 0
    result = out / "photo.jpg"
    assert main(["redo", str(result), str(photo)]) == 0
    assert (out / "photo-redone.jpg").read_bytes() == result.read_bytes()
    assert "the same file" in capsys.readouterr().out
    assert main(["read", str(result)]) == 0
    assert '"variant"' in capsys.readouterr().out


def test_another_photo_or_checkpoint_is_refused(photo, tmp_path, capsys):
    assert main([str(photo), "--out", str(tmp_path / "out"), "--variant", "batchnorm"]) == 0
    result, other = tmp_path / "out" / "photo.jpg", tmp_path / "other.jpg"
    Image.fromarray(colourful(4, 40)).save(other)
    known = list_checkpoints(CHECKPOINTS)
    with pytest.raises(SheetError, match="not the photo") as caught:
        redo(result, other, known)
    assert_one_sentence(str(caught.value).replace("photo.jpg", "photo"))
    with pytest.raises(SheetError, match="no checkpoint batchnorm") as caught:
        redo(result, photo, {"baseline": known["baseline"]})
    assert_one_sentence(str(caught.value))
    assert main(["read", str(photo)]) == 2
    assert "no work sheet" in capsys.readouterr().err
