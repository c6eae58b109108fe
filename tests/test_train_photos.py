"""Photos from folders, tars and torchvision are decoded once, and the unusable ones counted."""

import io
import os
import tarfile
from pathlib import Path

import numpy as np
import pytest
from helpers import assert_one_sentence, colourful, write_photos
from PIL import Image

from colorizer.reading import EXTENSIONS
from train import TrainError, photos
from train.photos import list_photos, load_photos, load_split

SIDE = 16


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def _squares(source, cache, limit=None) -> np.ndarray:
    return load_photos(list_photos(str(source)), [str(source)], SIDE, limit, cache).squares


def _tar(path: Path, folder: Path) -> Path:
    with tarfile.open(path, "w") as tar:
        for file in sorted(folder.rglob("*.*")):
            tar.add(file, file.relative_to(folder).as_posix())
    return path


def _assert_refused(source, expected: str) -> None:
    with pytest.raises(TrainError, match=expected) as caught:
        list_photos(str(source))
    assert_one_sentence(str(caught.value))
    assert str(source) in str(caught.value)


def test_folder_tree(tmp_path, cache):
    folder = write_photos(tmp_path / "photos", 2)
    write_photos(folder / "deeper" / "still", 2, first=2)
    (folder / "notes.txt").write_text("not a photo")
    (folder / "folder.jpg").mkdir()
    Image.fromarray(colourful(9)).save(folder / "LOUD.JPG", quality=95)
    entries = list_photos(str(folder))
    assert {entry.name for entry in entries} == {
        "000.png",
        "001.png",
        "LOUD.JPG",
        "deeper/still/002.png",
        "deeper/still/003.png",
    }
    found = load_photos(entries, [str(folder)], SIDE, cache=cache)
    assert found.squares.shape == (5, 3, SIDE, SIDE)
    assert found.squares.dtype == np.uint8
    fewer = load_photos(entries[1:], [str(folder)], SIDE, cache=cache).describe()
    said = found.describe()
    digest = said.pop("digest")
    assert digest != fewer["digest"]
    assert said == {
        "sources": ["photos"],
        "photos": 5,
        "grey_skipped": 0,
        "unreadable_skipped": 0,
        "folders": {"": 3, "deeper": 2},
    }
    (folder / "001.png").rename(folder / "renamed.png")
    renamed = load_photos(list_photos(str(folder)), [str(folder)], SIDE, cache=cache).describe()
    assert renamed == {**said, "digest": renamed["digest"]}
    assert renamed["digest"] != digest


def test_squares_are_the_middle_of_the_photos(tmp_path, cache):
    wide = np.zeros((SIDE, 3 * SIDE, 3), np.uint8)
    wide[:, SIDE : 2 * SIDE] = colourful(1, SIDE)
    (tmp_path / "photos").mkdir()
    Image.fromarray(wide).save(tmp_path / "photos" / "wide.png")
    (square,) = _squares(tmp_path / "photos", cache)
    np.testing.assert_array_equal(square.transpose(1, 2, 0), colourful(1, SIDE))


def test_training_takes_every_kind_of_file_that_the_app_reads(tmp_path):
    for suffix in EXTENSIONS:
        (tmp_path / f"photo{suffix}").touch()
    assert len(list_photos(str(tmp_path))) == len(EXTENSIONS) >= 13


def test_tar_holds_the_same_photos_as_its_folder(tmp_path, cache):
    folder = write_photos(tmp_path / "photos", 6)
    (folder / "notes.txt").write_text("not a photo")
    tar = _tar(tmp_path / "photos.tar", folder)
    np.testing.assert_array_equal(_squares(tar, cache), _squares(folder, cache))


def test_torchvision_by_name(cache):
    entries = list_photos("torchvision:FakeData")
    assert len(entries) == 1000
    found = load_photos(entries, ["torchvision:FakeData"], SIDE, limit=3, cache=cache)
    assert found.squares.shape == (3, 3, SIDE, SIDE)
    assert found.sources == ["torchvision:FakeData"]


def test_sources_that_cannot_be_used(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.tar").write_text("not a tar")
    with tarfile.open(tmp_path / "empty.tar", "w"):
        pass
    with tarfile.open(tmp_path / "photos.tar.gz", "w:gz") as tar:
        tar.add(write_photos(tmp_path / "photos", 1))
    _assert_refused(tmp_path / "nowhere", "no such folder")
    _assert_refused(tmp_path / "empty", "no pictures")
    _assert_refused(tmp_path / "text.tar", "not an uncompressed tar")
    _assert_refused(tmp_path / "empty.tar", "no pictures")
    _assert_refused(tmp_path / "photos.tar.gz", "not an uncompressed tar")
    _assert_refused("torchvision:NoSuchData", "no data set of that name")
    _assert_refused("torchvision:utils", "no data set of that name")
    _assert_refused("torchvision:VisionDataset", "could not be opened")


def test_torchvision_errors_are_one_sentence(monkeypatch):
    class Offline:
        def __init__(self, root, download):
            raise OSError("no route to host.\nTry again later.")

    monkeypatch.setattr("torchvision.datasets.Flowers102", Offline)
    with pytest.raises(TrainError, match=r"Flowers102.*no route to host") as caught:
        list_photos("torchvision:Flowers102")
    assert_one_sentence(str(caught.value))


def test_grey_photos_only(tmp_path, cache):
    folder = tmp_path / "grey"
    folder.mkdir()
    for index in range(3):
        Image.fromarray(colourful(index)).convert("L").save(folder / f"{index}.png")
    with pytest.raises(TrainError, match=r"grey: no colour photo.*3 grey") as caught:
        _squares(folder, cache)
    assert_one_sentence(str(caught.value))


def _add_unusable(folder: Path) -> None:
    """Three grey and two unreadable photos among the good ones."""
    for index in range(3):
        Image.fromarray(colourful(index)).convert("L").save(folder / f"grey-{index}.png")
    (folder / "broken.png").write_bytes(b"\x89PNG but then no more")
    whole = io.BytesIO()
    Image.fromarray(colourful(5, 64)).save(whole, "JPEG")
    (folder / "cut.jpg").write_bytes(whole.getvalue()[:500])


def test_unusable_photos_are_skipped_and_counted(tmp_path, cache):
    folder = write_photos(tmp_path / "photos", 4)
    expected = _squares(folder, cache)
    _add_unusable(folder)
    for _ in range(2):  # the counts are cached with the squares
        found = load_photos(list_photos(str(folder)), ["photos"], SIDE, cache=cache)
        np.testing.assert_array_equal(found.squares, expected)
        assert (found.grey, found.unreadable) == (3, 2)


def test_unreadable_photos_of_a_torchvision_set_are_skipped(cache, monkeypatch):
    class Damaged:
        def __len__(self):
            return 4

        def __getitem__(self, index):
            if index == 1:
                raise OSError("image file is truncated")
            return Image.fromarray(colourful(index)), 0

    monkeypatch.setattr("torchvision.datasets.Flowers102", Damaged)
    found = load_photos(list_photos("torchvision:Flowers102"), ["made up"], SIDE, cache=cache)
    assert len(found.squares) == 3
    assert found.unreadable == 1


def test_decoded_photos_are_reused(tmp_path, cache, monkeypatch):
    folder = write_photos(tmp_path / "photos", 4)
    first = _squares(folder, cache)
    files = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    assert len(files) == 2
    monkeypatch.setattr(photos, "read_photo", lambda _: pytest.fail("decoded again"))
    np.testing.assert_array_equal(_squares(folder, cache), first)
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == files


def test_other_photos_of_the_same_names_are_not_confused(tmp_path, cache):
    one = _squares(write_photos(tmp_path / "one" / "photos", 3), cache)
    other = tmp_path / "other" / "photos"
    other.mkdir(parents=True)
    for index in range(3):
        Image.fromarray(255 - colourful(index)).save(other / f"{index:03d}.png")
    two = _squares(other, cache)
    np.testing.assert_allclose(two, 255 - one.astype(int), atol=1)

    # A photo that is replaced in place, even by one of equal size in bytes.
    (other / "000.png").write_bytes((other / "001.png").read_bytes())
    os.utime(other / "000.png", ns=(1, 1))
    assert not np.array_equal(_squares(other, cache), two)


def test_a_larger_limit_extends_a_smaller_one(tmp_path, cache):
    folder = write_photos(tmp_path / "photos", 8)
    _add_unusable(folder)
    everything = _squares(folder, cache)
    assert len(everything) == 8
    for limit in (1, 3, 8, 50):
        np.testing.assert_array_equal(_squares(folder, cache, limit), everything[:limit])


def test_the_order_does_not_depend_on_where_the_photos_lie(tmp_path, cache):
    folder = write_photos(tmp_path / "a", 4)
    entries = list_photos(str(folder))
    backwards = load_photos(entries[::-1], ["a"], SIDE, cache=cache).squares
    np.testing.assert_array_equal(backwards, load_photos(entries, ["a"], SIDE, cache=cache).squares)


def _split(folder, cache, limit=None):
    train, val = load_split(list_photos(str(folder)), [str(folder)], SIDE, limit, cache)
    return train.squares, val.squares


def test_split_is_fixed_and_disjoint(tmp_path, cache):
    folder = write_photos(tmp_path / "photos", 65)
    train, val = _split(folder, cache)
    assert (len(train), len(val)) == (63, 2)
    known = {square.tobytes() for square in train}
    assert not any(square.tobytes() in known for square in val)

    limited_train, limited_val = _split(folder, cache, limit=5)
    np.testing.assert_array_equal(limited_train, train[:5])
    np.testing.assert_array_equal(limited_val, val)


def test_split_finds_a_photo_to_validate_on_among_unusable_ones(tmp_path, cache):
    folder = write_photos(tmp_path / "photos", 2)
    _add_unusable(folder)
    train, val = _split(folder, cache)
    assert (len(train), len(val)) == (1, 1)
    assert not np.array_equal(train, val)


def test_one_photo_is_too_few_to_split(tmp_path, cache):
    folder = write_photos(tmp_path / "photos", 1)
    with pytest.raises(TrainError, match="too few") as caught:
        _split(folder, cache)
    assert_one_sentence(str(caught.value))
