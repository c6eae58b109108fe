"""Every suffix means what it says, and every picture says that its colours are synthetic."""

import numpy as np
import pytest
from helpers import assert_one_sentence, colourful
from PIL import ExifTags, Image

from colorizer import writing
from colorizer.reading import decode, read_photo
from colorizer.writing import (
    FORMATS,
    Picture,
    WritingError,
    synthetic,
    write_film,
    write_picture,
)

NOTE = synthetic("batchnorm", "epoch 10")


def test_the_note_says_what_the_colours_are():
    assert NOTE == "Synthetic colours by Colorizer, batchnorm, epoch 10."
    assert synthetic() == "Synthetic colours by Colorizer."


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [
        (".png", "PNG"),
        (".jpg", "JPEG"),
        (".jpeg", "JPEG"),
        (".jfif", "JPEG"),
        (".jpe", "JPEG"),
        (".webp", "WEBP"),
        (".tif", "TIFF"),
        (".tiff", "TIFF"),
        (".WebP", "WEBP"),
    ],
)
def test_a_suffix_is_the_format_and_the_note_is_in_it(tmp_path, suffix, kind):
    rgb = colourful(4, 48)
    path = Picture(rgb, NOTE, {ExifTags.Base.Artist: "Zoë"}).save(tmp_path / f"result{suffix}")
    assert [p.name for p in tmp_path.iterdir()] == [f"result{suffix}"]
    with Image.open(path) as image:
        assert image.format == kind
        assert image.info["icc_profile"]
        exif = image.getexif()
    assert exif[ExifTags.Base.ImageDescription] == NOTE
    assert exif[ExifTags.Base.Software] == "Colorizer"
    assert exif[ExifTags.Base.Artist] == "Zoë"
    difference = np.abs(read_photo(path).astype(int) - rgb)
    assert difference.mean() < (3 if kind in ("JPEG", "WEBP") else 1e-9)


def test_png_says_it_as_text_too(tmp_path):
    path = write_picture(colourful(4), tmp_path / "result.png", NOTE)
    with Image.open(path) as image:
        assert image.info["Description"] == NOTE


@pytest.mark.parametrize("name", ["result.bmp", "result.gif", "result", "result.png.bak"])
def test_another_suffix_is_refused_by_a_sentence_that_names_the_choices(tmp_path, name):
    with pytest.raises(WritingError) as error:
        write_picture(colourful(4), tmp_path / name, NOTE)
    assert_one_sentence(str(error.value).replace(".", "") + ".")
    for suffix in FORMATS:
        assert suffix in str(error.value)
    assert not list(tmp_path.iterdir())


def test_a_picture_too_large_for_webp_is_refused(tmp_path):
    with pytest.raises(WritingError, match="16383") as error:
        write_picture(np.zeros((8, 16384, 3), np.uint8), tmp_path / "result.webp", NOTE)
    assert_one_sentence(str(error.value))
    assert not list(tmp_path.iterdir())


def test_quality_is_that_of_the_file(tmp_path):
    rgb = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    for suffix in (".jpg", ".webp"):
        fine, coarse = (
            write_picture(rgb, tmp_path / f"{quality}{suffix}", NOTE, quality=quality)
            for quality in (95, 30)
        )
        assert coarse.stat().st_size < 0.7 * fine.stat().st_size


def test_the_photographers_name_is_the_same_bytes(tmp_path):
    """Cameras write UTF-8, which Pillow reads as Latin-1."""
    photo = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Zoë Łukasik".encode()
    Image.fromarray(colourful(1)).save(photo, exif=exif)
    decoded = decode(photo)
    path = write_picture(decoded.rgb, tmp_path / "result.jpg", NOTE, decoded.tags)
    assert "Zoë Łukasik".encode() in path.read_bytes()


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_failure_leaves_the_old_file(tmp_path, monkeypatch, suffix):
    path = write_picture(colourful(5), tmp_path / f"result{suffix}", "first")
    before = path.read_bytes()

    def fail_half_way(_, file, *__, **___):
        with file if suffix == ".png" else open(file, "wb") as opened:
            opened.write(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(writing, "write_png", fail_half_way)
    monkeypatch.setattr(Image.Image, "save", fail_half_way)
    with pytest.raises(OSError, match="space"):
        write_picture(colourful(6), path, "second")
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before


@pytest.mark.parametrize(("suffix", "kind"), [(".gif", "GIF"), (".webp", "WEBP")])
def test_a_film_has_its_frames_and_the_note(tmp_path, suffix, kind):
    frames = [colourful(seed, 32) for seed in range(3)]
    path = write_film(frames, tmp_path / f"film{suffix}", NOTE, milliseconds=700)
    assert list(tmp_path.iterdir()) == [path]
    with Image.open(path) as film:
        assert film.format == kind
        assert film.n_frames == 3  # type: ignore[attr-defined]
        assert film.info["loop"] == 0
        if kind == "GIF":
            assert film.info["comment"].decode() == NOTE
        else:
            assert film.getexif()[ExifTags.Base.ImageDescription] == NOTE
        film.seek(2)
        film.load()
        assert film.info["duration"] == 700
        assert np.abs(np.asarray(film.convert("RGB")).astype(int) - frames[2]).mean() < 8


def test_a_film_of_another_suffix_is_refused(tmp_path):
    with pytest.raises(WritingError, match=r"\.webp or \.gif"):
        write_film([colourful(0)], tmp_path / "film.mp4", NOTE, milliseconds=700)
    assert not list(tmp_path.iterdir())
