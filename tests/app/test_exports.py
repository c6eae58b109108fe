"""Other formats than the PNG, and many photos at once, as the engine makes them."""

import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from colorizer.checkpoint import list_checkpoints
from colorizer.parallel import threads_of_torch
from colorizer.redo import redo
from colorizer.worksheet import SheetError, read_sheet
from interface.engine import exports
from interface.engine.engine import Engine
from interface.engine.errors import UserError
from interface.engine.settings import Settings
from interface.engine.subject import Subject

CHOSEN = Settings("baseline", 10, vividness=150)


@pytest.fixture
def engine(checkpoints: Path, tmp_path: Path) -> Engine:
    return Engine(checkpoints, tmp_path / "pictures")


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def test_a_jpeg_holds_the_pixels_of_the_png(engine: Engine, photo: Path) -> None:
    png = engine.colorize(Subject(photo, "my coffee.png"), CHOSEN).colorized
    jpeg = exports.jpeg(engine, Subject(photo, "my coffee.png"), CHOSEN)
    assert jpeg.name == "my-coffee-baseline-epoch-010-vividness-150.jpg"
    assert np.abs(pixels(png) - pixels(jpeg)).mean() < 2


def test_before_stands_beside_after(engine: Engine, photo: Path) -> None:
    made = engine.colorize(Subject(photo, "my coffee.png"), CHOSEN)
    both = pixels(exports.before_and_after(engine, Subject(photo, "my coffee.png"), CHOSEN))
    before, after = np.split(both, 2, axis=1)
    assert np.abs(before - pixels(made.grayscale)).mean() < 2
    assert np.abs(after - pixels(made.colorized)).mean() < 2


def test_certainty_lies_beside_the_photo(
    engine: Engine, checkpoints: Path, photo: Path, tmp_path: Path
) -> None:
    settings, subject = Settings("rebalanced", 10), Subject(photo, "my coffee.png")
    made = pixels(engine.colorize(subject, settings).colorized)
    file = exports.with_certainty_map(engine, subject, settings, "blue: sure")
    assert file.name == "my-coffee-rebalanced-epoch-010-with-certainty-map.jpg"
    both = pixels(file)
    height = len(made)
    assert both.shape[0] > height  # the caption
    coloured, certainty = np.split(both[:height], 2, axis=1)
    assert np.abs(coloured - made).mean() < 2
    radius = np.asarray(Image.open(engine.uncertainty(subject, settings).map).convert("L"))
    grey = np.asarray(Image.fromarray(certainty.astype(np.uint8)).convert("L").resize((60, 40)))
    small = np.asarray(Image.fromarray(radius).resize((60, 40)))
    assert np.abs(grey.astype(int) - small).mean() < 4
    assert read_sheet(file)["shows"] == "with certainty map"
    with pytest.raises(SheetError, match="shows more than the coloured photo"):
        redo(file, photo, list_checkpoints(checkpoints), tmp_path)
    with pytest.raises(UserError, match="no uncertainty of that kind"):
        exports.with_certainty_map(engine, subject, CHOSEN)


@pytest.fixture
def photos(tmp_path: Path) -> list[Subject]:
    """Two of one name, as from two folders, and one that is no picture."""
    found = []
    for folder, picture in (("a", skimage.data.coffee()), ("b", skimage.data.chelsea())):
        path = tmp_path / folder / "holiday.jpg"
        path.parent.mkdir()
        Image.fromarray(picture).resize((96, 64)).save(path)
        found.append(Subject(path, "holiday.jpg"))
    broken = tmp_path / "notes.png"
    broken.write_bytes(b"words")
    return [*found, Subject(broken, "notes.png")]


def test_many_photos_become_a_zip(engine: Engine, photos: list[Subject]) -> None:
    *before, last = exports.batch_zip(engine, photos, CHOSEN)
    assert [len(progress.failed) + progress.done for progress in before] == [0, 1, 2, 3]
    assert last.done == 2
    assert [name for name, _ in last.failed] == ["notes.png"]
    assert last.file
    assert last.file.name == "colorizer-baseline-epoch-010-vividness-150-2-photos.zip"
    with zipfile.ZipFile(last.file) as archive:
        assert archive.namelist() == ["holiday.jpg", "holiday-2.jpg"]
        archive.extractall(last.file.parent)
    alone = exports.jpeg(engine, replace(photos[1], name="alone.jpg"), CHOSEN)
    assert (pixels(last.file.parent / "holiday-2.jpg") == pixels(alone)).all()


def test_what_was_done_before_stop_is_kept(engine: Engine, photos: list[Subject]) -> None:
    last = [*exports.batch_zip(engine, [photos[0]] * 40, CHOSEN, goes_on=lambda: False)][-1]
    assert last.file
    assert 1 <= last.done < 40


def test_nothing_to_take_home_is_said(engine: Engine, photos: list[Subject]) -> None:
    last = [*exports.batch_zip(engine, photos[2:], CHOSEN)][-1]
    assert last.ended
    assert last.file is None
    [(name, reason)] = last.failed
    assert name == "notes.png"
    assert "not a picture" in reason
    with pytest.raises(UserError, match="choose at most 100 at once"):
        list(exports.batch_zip(engine, photos * 50, CHOSEN))


@pytest.fixture
def two_threads() -> Iterator[None]:
    with threads_of_torch(2):
        yield


HINTS = '{"size": [600, 400], "hints": [{"x": 40, "y": 50, "ab": [20, -30]}]}'
TAKEN_HOME = {
    "plain": CHOSEN,
    "temperature": Settings("rebalanced", 10, temperature=0.5),
    "samples": Settings("dropout", 10, samples=5),
    "medoid": Settings("dropout", 10, samples=5, medoid=True),
}


@pytest.mark.parametrize(
    ("hints", "write"), [("", exports.png), (HINTS, exports.jpeg)], ids=["png", "jpeg with hints"]
)
@pytest.mark.parametrize("settings", TAKEN_HOME.values(), ids=TAKEN_HOME)
@pytest.mark.usefixtures("two_threads")
def test_redo_makes_what_a_visitor_takes_home(
    engine: Engine,
    checkpoints: Path,
    photo: Path,
    tmp_path: Path,
    write: Callable[..., Path],
    settings: Settings,
    hints: str,
) -> None:
    subject = Subject(photo, "my coffee.png", hints)
    if settings.samples > 1:  # a few at a time, and more than are asked for
        for samples in (2, 7):
            engine.colorize(subject, replace(settings, samples=samples))
    shown = engine.colorize(subject, settings).colorized
    if settings.samples == 1:
        again = redo(shown, photo, list_checkpoints(checkpoints), tmp_path / "shown.png")
        assert again.read_bytes() == shown.read_bytes()
    taken = write(engine, subject, settings)
    sheet = read_sheet(taken)
    assert sheet["checkpoint"]["variant"] == settings.variant
    assert sheet["settings"]["vividness"] == settings.vividness
    again = redo(taken, photo, list_checkpoints(checkpoints), tmp_path / f"again{taken.suffix}")
    assert again.read_bytes() == taken.read_bytes()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_redo_takes_the_file_that_a_browser_could_not_show(
    engine: Engine, checkpoints: Path, tmp_path: Path, mode: str
) -> None:
    picture = Image.fromarray(skimage.data.coffee()[:90, :120]).convert("RGB")
    if mode == "RGBA":
        picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    scan = tmp_path / "scan.tif"
    picture.convert(mode).save(scan, dpi=(600, 600), compression="tiff_lzw")
    shown = Subject(engine.stand_in(Subject(scan, "scan.tif")), "scan.png")
    taken = exports.png(engine, shown, CHOSEN)
    again = redo(taken, scan, list_checkpoints(checkpoints), tmp_path / "again.png")
    assert again.read_bytes() == taken.read_bytes()
    os.utime(scan, (0, 0))  # as if sent again: colours by hand belong to the path
    assert engine.stand_in(Subject(scan, "scan.tif")) == shown.path


def test_files_of_several_pictures_are_named(engine: Engine, tmp_path: Path) -> None:
    album = tmp_path / "album.tif"
    pages = [Image.fromarray(skimage.data.coffee()[top : top + 90, :120]) for top in (0, 90, 180)]
    pages[0].save(album, save_all=True, append_images=pages[1:])
    *_, last = exports.batch_zip(engine, [Subject(album, "album.tif")], CHOSEN)
    assert (last.done, last.pages) == (1, (("album.tif", 3),))
