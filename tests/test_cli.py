"""`python -m colorizer`: which photos, which names, what becomes of bad ones, and what is said."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from helpers import assert_one_sentence
from PIL import ExifTags, Image

from colorizer import Colorizer, Hint, Photo, write_hints
from colorizer.__main__ import main
from colorizer.batch import Painter
from colorizer.checkpoint import CheckpointInfo, file_name, save_checkpoint
from colorizer.network import STORY, VARIANTS, build_network

Run = Callable[..., tuple[int, dict]]


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoints")
    bins = ((-40, 0), (0, 0), (40, 40), (0, -40))
    shapes = {
        "baseline": STORY["baseline"],
        "dropout": STORY["dropout"],
        "rebalanced": replace(VARIANTS["rebalanced"], bins=bins),
    }
    for place, (variant, settings) in enumerate(shapes.items()):
        tiny = replace(settings, widths=(4, 8))
        (folder / variant).mkdir()
        for epoch in (1, 2):
            network = build_network(tiny, seed=10 * place + epoch)
            info = CheckpointInfo(variant, epoch, 32, tiny)
            save_checkpoint(folder / variant / file_name(epoch), network, info)
    return folder


def small(name: str) -> Image.Image:
    return Image.fromarray(getattr(skimage.data, name)()).resize((48, 36))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """a.png, sub/b.jpg and sub/deep/c.tif."""
    folder = tmp_path / "photos"
    (folder / "sub" / "deep").mkdir(parents=True)
    small("coffee").save(folder / "a.png")
    small("chelsea").save(folder / "sub" / "b.jpg")
    small("astronaut").save(folder / "sub" / "deep" / "c.tif")
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def run(checkpoints: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """The exit code, and the JSON of stdout with what stderr said as "said"."""

    def call(*words: object) -> tuple[int, dict]:
        places = ["--out", out, "--checkpoints", checkpoints]
        code = main([str(word) for word in [*places, "--workers", 2, *words, "--json"]])
        printed = capsys.readouterr()
        summary = json.loads(printed.out) if code != 2 else {}
        return code, {**summary, "said": printed.err}

    return call


def files(folder: Path) -> list[str]:
    """All there is, leftovers of writing included."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


ALL = ["a.png", "sub/b.jpg", "sub/deep/c.tif.png"]


def pixels(path: Path) -> np.ndarray:
    return np.array(Image.open(path))


def test_folders_keep_their_structure_and_formats(run: Run, photos: Path, out: Path):
    code, summary = run(photos)
    assert code == 0
    assert files(out) == ALL
    found = {(done["photo"], done["result"]) for done in summary["done"]}
    named = [photos / "a.png", photos / "sub/b.jpg", photos / "sub/deep/c.tif"]
    assert found == {(str(p), str(out / name)) for p, name in zip(named, ALL, strict=True)}
    assert summary["skipped"] == summary["failed"] == []
    assert not summary["interrupted"]
    assert summary["seconds"] > 0
    assert summary["said"] == "", "no progress bar where there is no terminal"
    assert [Image.open(out / name).format for name in ALL] == ["PNG", "JPEG", "PNG"]


def test_single_photos_land_in_the_folder_itself(run: Run, photos: Path, out: Path):
    assert run(photos / "sub" / "b.jpg")[0] == 0
    assert files(out) == ["b.jpg"]


def test_without_json_one_line_tells_what_was_done(
    checkpoints: Path, photos: Path, out: Path, capsys: pytest.CaptureFixture[str]
):
    words = [str(photos), "--out", str(out), "--checkpoints", str(checkpoints)]
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("3 coloured, 0 there already, 0 failed, in ")


def test_bad_files_are_named_and_the_others_done(run: Run, photos: Path, out: Path):
    (photos / "letter.jpg").write_text("Dear all")
    (photos / "sub" / "cut.png").write_bytes((photos / "a.png").read_bytes()[:500])
    (out / "sub").mkdir(parents=True)
    (out / "sub" / "deep").write_text("in the way")
    code, summary = run(photos, photos / "lost.jpg")
    assert code == 1
    assert len(summary["done"]) == 2
    reasons = {Path(failure["photo"]).name: failure["reason"] for failure in summary["failed"]}
    assert reasons.keys() == {"letter.jpg", "cut.png", "c.tif", "lost.jpg"}
    assert "not a picture" in reasons["letter.jpg"]
    assert "damaged" in reasons["cut.png"]
    assert "could not be written" in reasons["c.tif"]
    assert "check the path" in reasons["lost.jpg"]
    for name, reason in reasons.items():
        assert_one_sentence(reason)
        assert f"{name}: {reason}" in summary["said"]


def test_an_error_nobody_foresaw_costs_one_photo(
    run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch
):
    output = Colorizer.output

    def fail_for_tall(self, photo, *args, **kwargs):
        if photo.height > photo.width:
            raise RuntimeError("not enough memory:\nyou tried")
        return output(self, photo, *args, **kwargs)

    monkeypatch.setattr(Colorizer, "output", fail_for_tall)
    small("rocket").rotate(90, expand=True).save(photos / "tall.png")
    code, summary = run(photos)
    assert code == 1
    assert len(summary["done"]) == 3
    assert "not enough memory: you tried" in summary["failed"][0]["reason"]


def test_what_is_there_stays_unless_asked(run: Run, photos: Path, out: Path):
    out.mkdir()
    (out / "a.png").write_text("mine")
    code, summary = run(photos)
    assert code == 0
    assert [skipped["photo"] for skipped in summary["skipped"]] == [str(photos / "a.png")]
    assert len(summary["done"]) == 2
    assert (out / "a.png").read_text() == "mine"
    code, summary = run(photos, "--overwrite")
    assert code == 0
    assert len(summary["done"]) == 3
    assert pixels(out / "a.png").shape == (36, 48, 3)


def test_a_folder_half_done_goes_on(run: Run, photos: Path, out: Path):
    run(photos)
    (out / "sub" / "b.jpg").unlink()
    before = {name: (out / name).stat().st_mtime_ns for name in files(out)}
    code, summary = run(photos)
    assert code == 0
    assert [done["result"] for done in summary["done"]] == [str(out / "sub" / "b.jpg")]
    assert len(summary["skipped"]) == 2
    assert {name: (out / name).stat().st_mtime_ns for name in before} == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--variant", "sepia"], "choose among baseline, dropout, rebalanced"),
        (["--variant", "dropout", "--epoch", "7"], "choose among 1, 2"),
        (["--variant", "baseline", "--samples", "4"], "no dropout"),
        (["--checkpoints", "nowhere"], "no checkpoints in nowhere"),
        (["--out", "{photos}/a.png"], "give a folder"),
        (["--out", "{photos}"], "give another folder"),
    ],
)
def test_wrong_usage_is_one_sentence(
    checkpoints: Path, photos: Path, out: Path, capsys: pytest.CaptureFixture[str], words, told
):
    before = files(photos)
    words = [word.format(photos=photos) for word in words]
    places = ["--out", str(out), "--checkpoints", str(checkpoints)]
    assert main([str(photos), *places, *words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert told in printed.err
    assert_one_sentence(printed.err.removeprefix("error: ").strip())
    assert not out.exists()
    assert files(photos) == before


@pytest.mark.parametrize(
    "words",
    [
        ["--samples", "0"],
        ["--samples", "two"],
        ["--temperature", "0"],
        ["--temperature", "nan"],
        ["--vividness", "201"],
        ["--vividness", "-1"],
        ["--jpeg-quality", "101"],
        ["--workers", "0"],
    ],
)
def test_numbers_out_of_range_are_wrong_usage(photos: Path, out: Path, words: list[str], capsys):
    with pytest.raises(SystemExit) as left:
        main([str(photos), "--out", str(out), *words])
    assert left.value.code == 2
    assert f"{words[1]} is not a " in capsys.readouterr().err


def test_an_empty_folder_is_wrong_usage(run: Run, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("no photo")
    code, summary = run(tmp_path / "empty")
    assert code == 2
    assert "There is no photo in" in summary["said"]


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (["--variant", "dropout", "--samples", "5"], {"samples": 5}),
        (["--variant", "rebalanced", "--temperature", "0.9"], {"temperature": 0.9}),
        (["--variant", "baseline"], {}),
        (["--variant", "baseline", "--vividness", "40"], {"vividness": 40}),
    ],
)
def test_results_are_the_librarys(
    run: Run, checkpoints: Path, tmp_path: Path, out: Path, words: list[str], options: dict
):
    """With several workers at once, none of which may see another's dropout."""
    folder = tmp_path / "many"
    folder.mkdir()
    for i, name in enumerate(["astronaut", "chelsea", "coffee", "rocket"] * 3):
        small(name).rotate(10 * i).save(folder / f"{i}.png")
    assert run(folder, *words, "--epoch", 1, "--workers", 4)[0] == 0
    colorizer = Colorizer.from_checkpoint(checkpoints / words[1] / file_name(1))
    for path in folder.iterdir():
        np.testing.assert_array_equal(
            pixels(out / path.name), colorizer.colorize(path, **options).rgb, err_msg=path.name
        )


def test_hints_of_a_file_are_followed(run: Run, checkpoints: Path, photos: Path, out: Path):
    photo, hints = Photo.open(photos / "a.png"), [Hint(12, 20, rgb=(0, 90, 160))]
    write_hints(photos / "a.hints.json", hints, photo)
    options = ["--variant", "baseline", "--hints", photos / "a.hints.json"]
    assert run(photos / "a.png", *options)[0] == 0
    colorizer = Colorizer.from_checkpoint(checkpoints / "baseline" / file_name(2))
    np.testing.assert_array_equal(pixels(out / "a.png"), colorizer.colorize(photo, hints=hints).rgb)
    code, summary = run(photos, *options)
    assert code == 2
    assert "for one photo" in summary["said"]
    code, summary = run(photos / "a.png", "--hints", photos / "none.json", "--overwrite")
    assert code == 1
    assert_one_sentence(summary["failed"][0]["reason"])


def test_rotation_is_applied_and_results_say_what_they_are(run: Run, tmp_path: Path, out: Path):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Artist] = "A. Photographer"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (1.0, 2.0, 3.0)
    small("coffee").save(tmp_path / "turned.jpg", exif=exif)
    small("coffee").save(tmp_path / "plain.png")
    assert run(tmp_path / "turned.jpg", tmp_path / "plain.png")[0] == 0
    turned, plain = Image.open(out / "turned.jpg"), Image.open(out / "plain.png")
    assert turned.size == (36, 48)
    found = turned.getexif()
    assert ExifTags.Base.Orientation not in found
    assert found[ExifTags.Base.Artist] == "A. Photographer"
    assert not found.get_ifd(ExifTags.IFD.GPSInfo)
    # Without --variant and --epoch: the last of both.
    note = "Synthetic colours by Colorizer, rebalanced, epoch 2, temperature"
    assert found[ExifTags.Base.ImageDescription].startswith(note)
    assert plain.info["Description"].startswith(note)


def test_jpeg_quality(run: Run, photos: Path, out: Path):
    sizes = []
    for quality in (95, 30):
        run(photos / "sub" / "b.jpg", "--jpeg-quality", quality, "--overwrite")
        sizes.append((out / "b.jpg").stat().st_size)
    assert sizes[1] < sizes[0]


def test_photos_that_differ_in_their_ending_have_two_results(run: Run, tmp_path: Path, out: Path):
    folder = tmp_path / "endings"
    folder.mkdir()
    for name in ("a.png", "a.tif", "a.jpg", "a.bmp"):
        small("coffee").save(folder / name)
    small("coffee").save(folder / "a.jfif", "JPEG")
    code, summary = run(folder)
    assert code == 0
    assert len(summary["done"]) == 5
    assert files(out) == ["a.bmp.png", "a.jfif.jpg", "a.jpg", "a.png", "a.tif.png"]


def test_folders_of_one_name_have_results_apart(run: Run, tmp_path: Path, out: Path):
    for place, name in (("x", "coffee"), ("y", "rocket")):
        (tmp_path / place / "2020").mkdir(parents=True)
        small(name).save(tmp_path / place / "2020" / "a.png")
    code, _ = run(tmp_path / "x" / "2020", tmp_path / "y" / "2020")
    assert code == 0
    assert files(out) == ["x/2020/a.png", "y/2020/a.png"]


@pytest.mark.parametrize(("first", "second"), [("a.tif", "a.tif.png"), ("B.png", "b.png")])
def test_results_that_would_meet_are_told(
    run: Run, tmp_path: Path, out: Path, first: str, second: str
):
    """Names of the second pair are one file on some disks."""
    folder = tmp_path / "meeting"
    folder.mkdir()
    for name in (first, second):
        small("coffee").save(folder / name)
    if len(files(folder)) < 2:
        pytest.skip("this disk does not tell them apart")
    code, summary = run(folder)
    assert code == 1
    assert len(summary["done"]) == len(files(out)) == 1
    assert summary["failed"][0]["photo"] == str(folder / second)
    assert first in summary["failed"][0]["reason"]
    assert_one_sentence(summary["failed"][0]["reason"])


def test_a_photo_given_twice_is_coloured_once(run: Run, photos: Path, out: Path):
    code, summary = run(photos, photos / "a.png", photos / "sub")
    assert code == 0
    assert len(summary["done"]) == 3
    assert files(out) == ALL


def test_out_inside_the_input_is_not_coloured_again(
    checkpoints: Path, photos: Path, capsys: pytest.CaptureFixture[str]
):
    out = photos / "sub" / "colour"
    words = [str(photos), "--out", str(out), "--checkpoints", str(checkpoints), "--json"]
    assert main(words) == 0
    assert files(out) == ALL
    capsys.readouterr()
    assert main(words) == 0
    summary = json.loads(capsys.readouterr().out)
    assert len(summary["skipped"]) == 3
    assert summary["done"] == []
    assert files(out) == ALL


def test_no_result_takes_the_place_of_a_photo(
    checkpoints: Path, photos: Path, capsys: pytest.CaptureFixture[str]
):
    before = (photos / "a.png").read_bytes()
    words = [str(photos / "a.png"), "--out", str(photos), "--overwrite"]
    assert main([*words, "--checkpoints", str(checkpoints)]) == 2
    assert "would replace" in capsys.readouterr().err
    assert (photos / "a.png").read_bytes() == before


def test_hidden_files_are_ignored(run: Run, photos: Path, out: Path):
    small("coffee").save(photos / ".hidden.png")
    (photos / ".cache").mkdir()
    small("coffee").save(photos / ".cache" / "thumbnail.png")
    assert run(photos)[0] == 0
    assert files(out) == ALL


def test_ctrl_c_finishes_what_was_begun_and_tells(
    run: Run, photos: Path, out: Path, monkeypatch: pytest.MonkeyPatch
):
    paint, before, calls = Painter.__call__, signal.getsignal(signal.SIGINT), []

    def interrupted(self, job):
        calls.append(job)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGINT)
            deadline = time.monotonic() + 30
            # Noticed by the main thread, which then leaves the next Ctrl-C to Python.
            while signal.getsignal(signal.SIGINT) is not before and time.monotonic() < deadline:
                time.sleep(0.01)
        return paint(self, job)

    monkeypatch.setattr(Painter, "__call__", interrupted)
    code, summary = run(photos, "--workers", 1)
    assert code == 130
    assert summary["interrupted"]
    assert len(summary["done"]) == len(calls) == 2
    assert sorted(done["result"] for done in summary["done"]) == [
        str(out / name) for name in files(out)
    ]
    assert signal.getsignal(signal.SIGINT) is before


def test_as_a_command(checkpoints: Path, photos: Path, out: Path):
    (photos / "bad.png").write_bytes(b"")
    command = [sys.executable, "-m", "colorizer", str(photos), "--out", str(out), "--json"]
    done = subprocess.run(
        [*command, "--checkpoints", str(checkpoints)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert done.returncode == 1, done.stderr
    assert len(json.loads(done.stdout)["done"]) == 3
    assert len(done.stderr.splitlines()) == 1
    assert "bad.png: " in done.stderr
