"""What the page asks of its engine, without a page."""

import io
import os
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import ExifTags, Image

from colorizer import Photo
from colorizer.hub import LOCAL
from colorizer.lab import lab_to_rgb
from interface.engine.engine import Engine
from interface.engine.files import KEEP
from interface.engine.results import paint_cells
from interface.engine.settings import Settings
from interface.engine.subject import Subject, hint_notes


@pytest.fixture
def engine(checkpoints: Path, tmp_path: Path) -> Engine:
    return Engine(checkpoints, tmp_path / "pictures")


def test_a_prediction_is_made_once(engine: Engine, photo: Path, monkeypatch) -> None:
    from colorizer import Colorizer

    calls = []
    output = Colorizer.output
    monkeypatch.setattr(
        Colorizer, "output", lambda self, *args: calls.append(args) or output(self, *args)
    )
    first = engine.colorize(Subject(photo, "photo.png"), Settings("batchnorm", 2))
    again = engine.colorize(Subject(photo, "photo.png"), Settings("batchnorm", 2))
    list(engine.grid(Subject(photo), [Settings("batchnorm", 2), Settings("batchnorm", 10)]))
    assert first.colorized == again.colorized
    assert len(calls) == 2


def test_temperature_needs_no_second_pass(engine: Engine, photo: Path, monkeypatch) -> None:
    from colorizer.network import ColorNetwork

    passes = []
    finish = ColorNetwork.finish
    monkeypatch.setattr(ColorNetwork, "finish", lambda self, x: passes.append(x) or finish(self, x))
    pictures = {
        engine.colorize(
            Subject(photo, "photo.png"), Settings("rebalanced", 2, temperature=temperature)
        ).colorized.read_bytes()
        for temperature in (0.1, 0.38, 0.7, 1.0)
    }
    assert len(pictures) == 4
    assert len(passes) == 1


def test_more_samples_draw_the_difference(engine: Engine, photo: Path, monkeypatch) -> None:
    from colorizer.network import ColorNetwork

    drawn = []
    finish = ColorNetwork.finish
    monkeypatch.setattr(
        ColorNetwork, "finish", lambda self, x: drawn.append(len(out := finish(self, x))) or out
    )
    pictures = []
    for samples, medoid, passes in ((16, False, 16), (32, False, 32), (32, True, 32), (8, 0, 32)):
        settings = Settings("dropout", 2, samples, medoid=bool(medoid))
        result = engine.colorize(Subject(photo, "photo.png"), settings)
        assert sum(drawn) == passes
        pictures.append((result.colorized, result.colorized.read_bytes()))
    assert len(set(pictures)) == 4


def test_the_grid_agrees_with_the_single_picture(engine: Engine, photo: Path) -> None:
    settings = Settings("dropout", 10)
    ((cell,),) = engine.grid(Subject(photo), [settings])
    result = engine.colorize(Subject(photo, "photo.png"), settings)
    assert cell.picture.shape == (85, 128, 3)
    ratio = result.result.colourfulness / result.original.colourfulness
    assert cell.ratio == pytest.approx(ratio, rel=0.1)


def test_a_preview_and_the_whole_follow_hints_once(
    engine: Engine, photo: Path, tmp_path: Path, monkeypatch
) -> None:
    from colorizer import Colorizer

    calls = []
    predict = Colorizer.predict_with_output

    def count(*args, **more):
        calls.append(args)
        return predict(*args, **more)

    monkeypatch.setattr(Colorizer, "predict_with_output", count)
    settings = Settings("batchnorm", 2)
    hint = '{"size": [300, 200], "hints": [{"x": 100, "y": 80, "rgb": [30, 122, 60]}]}'
    large = tmp_path / "large.png"
    with Image.open(photo) as picture:
        picture.resize((1200, 800)).save(large)
    subject = Subject(large, "large.png", hint)
    found = engine.preview(subject, settings)
    assert found
    result = engine.colorize(subject, settings)
    assert len(result.hints) == 1
    assert len(calls) == 1
    with Image.open(io.BytesIO(found)) as quick, Image.open(result.colorized) as whole:
        assert quick.size == (512, 341)
        assert "1 colour by hand" in quick.getexif()[ExifTags.Base.ImageDescription]
        near = whole.resize(quick.size, Image.Resampling.BOX)
        difference = np.abs(np.array(near, np.int16) - np.array(quick, np.int16))
    assert difference.mean() < 4


def test_a_preview_does_not_wait_for_long(
    engine: Engine, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interface.engine.engine._PATIENCE", 0.01)
    with engine._lock:
        assert engine.preview(Subject(photo), Settings("batchnorm", 2)) is None
    assert engine.preview(Subject(photo), Settings("batchnorm", 2))


@pytest.mark.parametrize("tint", [(0, 0), (6, 14)], ids=["black and white", "sepia"])
def test_all_brown_is_all_sepia_whatever_the_print_s_own_tint(tint: tuple[int, int]) -> None:
    lightness = torch.linspace(10, 90, 64).expand(1, 48, 64)
    rgb = lab_to_rgb(
        lightness, torch.tensor(tint, dtype=torch.float)[:, None, None].expand(2, 48, 64)
    )
    scan = Photo(np.ascontiguousarray(rgb.permute(1, 2, 0).numpy()))
    brown, blue = (
        torch.tensor(ab)[:, None, None].expand(2, 12, 16) for ab in ((8.0, 20.0), (0.0, -20.0))
    )
    cells = paint_cells(lambda: scan, [brown, blue, torch.zeros(2, 12, 16)])
    assert [sepia for *_, sepia in cells] == pytest.approx([1, 0, 0])


def test_the_grid_follows_hints(engine: Engine, photo: Path) -> None:
    settings = Settings("batchnorm", 2)
    hint = '{"size": [300, 200], "hints": [{"x": 100, "y": 80, "rgb": [30, 122, 60]}]}'
    subject = Subject(photo, hints_json=hint)
    assert hint_notes(engine.hints(subject)) == ["1 colour by hand"]
    ((plain,),) = engine.grid(subject.without_hints, [settings])
    ((followed,),) = engine.grid(subject, [settings])
    assert (plain.picture != followed.picture).any()
    frames = engine.frames(subject, "batchnorm", 128)
    assert len(frames) == len(engine.checkpoints.epochs("batchnorm"))
    assert (frames[1] == followed.picture).all()


def test_pictures_of_a_photo_go_after_an_hour(engine: Engine, photo: Path, tmp_path) -> None:
    old = engine.colorize(Subject(photo, "photo.png"), Settings("baseline", 1)).colorized
    keep = engine.files.root / "examples"
    keep.mkdir()
    for folder in (old.parent, keep):
        past = time.time() - KEEP - 60
        os.utime(folder, (past, past))
    other = tmp_path / "other.png"
    other.write_bytes(photo.read_bytes())
    new = engine.colorize(Subject(other, "other.png"), Settings("baseline", 1)).colorized
    assert new.exists()
    assert keep.exists()
    assert not old.parent.exists()


def test_a_spot_has_colours_to_choose_from_in_each_variant(tmp_path: Path, photo: Path) -> None:
    engine = Engine(LOCAL, tmp_path / "pictures")
    for variant in engine.checkpoints.variants:  # some choose among bins, one paints Lab
        settings = Settings(variant, engine.checkpoints.epochs(variant)[-1])
        chips = engine.chips(Subject(photo), settings, (0.25, 0.75))
        assert 1 <= len(chips.likely) <= 5
        offered = [*chips.likely, *chips.skin, *chips.plain]
        assert len({chip.name for chip in offered}) == len(offered) > 10


def test_the_mean_of_many_plausible_pictures_is_paler_than_each(
    tmp_path: Path, photo: Path
) -> None:
    engine = Engine(LOCAL, tmp_path / "pictures")
    settings = engine.checkpoints.best
    found = engine.mean_pictures(Subject(photo), settings, (1, 8, 64), 2)
    assert found.means[2][1] < 0.95 * found.chroma_of_one
    assert len(found.pictures) == 2
    sizes = {Image.open(io.BytesIO(file)).size for file in (*found.pictures, found.means[2][0])}
    assert sizes == {(320, 213)}
