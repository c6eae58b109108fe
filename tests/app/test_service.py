"""What the page asks of its service, without a page."""

import os
import time
from pathlib import Path

import pytest

from interface.service import KEEP, Service, Settings


@pytest.fixture
def service(checkpoints: Path, tmp_path: Path) -> Service:
    return Service(checkpoints, tmp_path / "pictures")


def test_a_prediction_is_made_once(service: Service, photo: Path, monkeypatch) -> None:
    from colorizer import Colorizer

    calls = []
    predict = Colorizer.predict
    monkeypatch.setattr(
        Colorizer, "predict", lambda self, *args: calls.append(args) or predict(self, *args)
    )
    first = service.colorize(photo, "photo.png", Settings("batchnorm", 2))
    again = service.colorize(photo, "photo.png", Settings("batchnorm", 2))
    list(service.grid(photo, [Settings("batchnorm", 2), Settings("batchnorm", 10)]))
    assert first.colorized == again.colorized
    assert len(calls) == 2


def test_the_grid_agrees_with_the_single_picture(service: Service, photo: Path) -> None:
    settings = Settings("dropout", 10)
    ((cell,),) = service.grid(photo, [settings])
    result = service.colorize(photo, "photo.png", settings)
    assert cell.picture.shape == (85, 128, 3)
    ratio = result.result.colourfulness / result.original.colourfulness
    assert cell.ratio == pytest.approx(ratio, rel=0.1)


def test_pictures_of_a_photo_go_after_an_hour(service: Service, photo: Path, tmp_path) -> None:
    old = service.colorize(photo, "photo.png", Settings("baseline", 1)).colorized
    keep = service.pictures / "examples"
    keep.mkdir()
    for folder in (old.parent, keep):
        past = time.time() - KEEP - 60
        os.utime(folder, (past, past))
    other = tmp_path / "other.png"
    other.write_bytes(photo.read_bytes())
    new = service.colorize(other, "other.png", Settings("baseline", 1)).colorized
    assert new.exists()
    assert keep.exists()
    assert not old.parent.exists()
