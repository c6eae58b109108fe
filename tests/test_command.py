"""What people's folders, terminals and names do to the command."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from helpers import assert_one_sentence, colourful
from PIL import Image

from colorizer import Photo
from colorizer.__main__ import main
from colorizer.worksheet import read_sheet

ROOT = Path(__file__).parents[1]
VARIANT = ["--variant", "batchnorm", "--workers", "1"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    save(tmp_path / "photos" / "a.jpg")
    return tmp_path / "photos"


def save(path: Path, seed: int = 0, kind: str | None = None, **options) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(colourful(seed, 24)).save(path, kind, **options)
    return path


def run(*words: object, capsys) -> tuple[int, dict, str]:
    code = main([*map(str, words), *VARIANT, "--json"])
    printed = capsys.readouterr()
    return code, json.loads(printed.out) if code != 2 else {}, printed.err


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_pictures_are_told_by_their_content(folder, tmp_path, capsys):
    for suffix, kind in (
        (".jpe", "JPEG"),
        (".pbm", "PPM"),
        (".dib", "BMP"),
        (".mpo", "JPEG"),
        (".apng", "PNG"),
        (".jif", "JPEG"),
        (".hif", "HEIF"),
        (".dat", "PNG"),
        ("", "TIFF"),
    ):
        save(folder / f"photo{suffix}", 1, kind)
    (folder / "notes.txt").write_text("no photo")
    (folder / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0" * 9)
    save(folder / "b.jp2", 1, "JPEG2000")
    (folder / "c.jxl").write_bytes(b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(99))
    save(folder / "@eaDir" / "a.jpg" / "SYNOPHOTO_THUMB_XL.jpg", 2)
    code, summary, said = run(folder, "--out", tmp_path / "out", capsys=capsys)
    assert code == 1
    assert len(summary["done"]) == 10
    failed = {Path(f["photo"]).name: f["reason"] for f in summary["failed"]}
    assert failed.keys() == {"b.jp2", "c.jxl"}
    assert "JPEG 2000" in failed["b.jp2"]
    assert "JPEG XL" in said
    assert [*summary["left_out"]] == [str(folder / "@eaDir")]


def test_linked_folders_are_followed_once(folder, tmp_path, capsys):
    save(tmp_path / "elsewhere" / "b.jpg", 1)
    (folder / "album").symlink_to(tmp_path / "elsewhere")
    (folder / "back").symlink_to(folder)
    (folder / "again").symlink_to(tmp_path / "elsewhere")
    (folder / "nowhere.jpg").symlink_to(folder / "nowhere.jpg")
    code, summary, _ = run(folder, "--out", tmp_path / "out", capsys=capsys)
    assert names(tmp_path / "out") == ["a.jpg", "again/b.jpg"]
    assert code == 1
    [failed] = summary["failed"]
    assert_one_sentence(failed["reason"].replace("nowhere.jpg", "it"))


def test_an_out_that_is_a_circle_of_links_or_forbidden_is_one_sentence(
    folder, tmp_path, capsys, monkeypatch
):
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    code, _, said = run(folder, "--out", tmp_path / "one", capsys=capsys)
    assert code == 2
    assert_one_sentence(said.removeprefix("error: ").strip())

    def fail(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("colorizer.batch.tempfile.TemporaryFile", fail)
    code, _, said = run(folder, "--out", tmp_path / "out", capsys=capsys)
    assert code == 2
    assert "Permission denied" in said
    assert names(tmp_path / "out") == []


@pytest.mark.parametrize("length", [240, 250, 251, 252, 255])
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])
def test_names_as_long_as_a_disk_allows(folder, tmp_path, length, suffix, capsys):
    name = "ö" * ((length - 4) // 2) + "x" * ((length - 4) % 2) + suffix
    assert len(name.encode()) == length
    save(folder / name, 1)
    code, summary, said = run(folder, "--out", tmp_path / "out", capsys=capsys)
    assert code == 0, said
    assert len(summary["done"]) == len(names(tmp_path / "out")) == 2


def test_names_cannot_command_a_terminal(folder, tmp_path, capsys):
    (folder / "a\n\x1b[31mred\x1b]0;title\x07.jpg").write_text("no photo")
    code, _, said = run(folder, "--out", tmp_path / "out", capsys=capsys)
    assert code == 1
    assert "\x1b" not in said
    assert len(said.splitlines()) == 1
    assert "\\n\\x1b[31mred" in said


def test_other_settings_are_not_there_already(folder, tmp_path, capsys):
    out = ["--out", tmp_path / "out"]
    assert run(folder, *out, "--vividness", 100, capsys=capsys)[0] == 0
    code, summary, _ = run(folder, *out, capsys=capsys)
    assert (code, len(summary["skipped"])) == (0, 1)
    code, summary, said = run(folder, *out, "--vividness", 200, capsys=capsys)
    assert code == 1
    assert summary["skipped"] == []
    assert "another vividness; --overwrite" in said
    assert run(folder, *out, "--vividness", 200, "--overwrite", capsys=capsys)[0] == 0
    assert read_sheet(tmp_path / "out" / "a.jpg")["settings"]["vividness"] == 200


def test_the_result_of_another_photo_of_that_name_is_not_there_already(tmp_path, capsys):
    for album, seed in (("1950", 1), ("1960", 2)):
        save(tmp_path / album / "IMG_0001.jpg", seed)
    out = ["--out", tmp_path / "out"]
    assert run(tmp_path / "1950", *out, capsys=capsys)[0] == 0
    before = (tmp_path / "out" / "IMG_0001.jpg").read_bytes()
    code, _, said = run(tmp_path / "1960", *out, capsys=capsys)
    assert code == 1
    assert "another photo" in said
    assert (tmp_path / "out" / "IMG_0001.jpg").read_bytes() == before


def test_pages_are_told_and_coloured_on_demand(folder, tmp_path, capsys):
    greys = [Photo(colourful(seed, 24)).grayscale for seed in range(4)]
    pages = [Image.fromarray(grey) for grey in greys]
    for name in ("album.tif", "film.webp"):
        pages[0].save(folder / name, save_all=True, append_images=pages[1:])
    code, summary, _ = run(folder, "--out", tmp_path / "first", capsys=capsys)
    assert code == 0
    assert [*summary["first_of_pages"].values()] == [4, 4]
    assert main([str(folder), "--out", str(tmp_path / "said"), *VARIANT]) == 0
    assert "album.tif: the first of 4 pages was coloured" in capsys.readouterr().out
    code, summary, _ = run(folder, "--out", tmp_path / "all", "--pages", capsys=capsys)
    assert code == 0
    assert len(summary["done"]) == 9
    assert summary["first_of_pages"] == {}
    third = Image.open(tmp_path / "all" / "album.tif-page-3.png")
    distances = [np.abs(np.asarray(third).astype(int) - page).mean() for page in greys]
    assert int(np.argmin(distances)) == 2


@pytest.mark.parametrize("stream", [None, "closed"])
def test_no_stderr_does_not_stop_the_work(folder, tmp_path, monkeypatch, stream):
    class Closed:
        encoding = "utf-8"

        def write(self, _: str) -> int:
            raise OSError("broken pipe")

        flush = isatty = lambda self: True

    (folder / "bad.jpg").write_text("no photo")
    monkeypatch.setattr(sys, "stderr", None if stream is None else Closed())
    assert main([str(folder), "--out", str(tmp_path / "out"), *VARIANT]) == 1
    monkeypatch.undo()
    assert names(tmp_path / "out") == ["a.jpg"]


def test_closed_streams_do_not_get_into_results(folder, tmp_path):
    command = f"{sys.executable} -m colorizer {folder} --out {tmp_path / 'out'} --variant batchnorm"
    done = subprocess.run(["sh", "-c", f"{command} 0<&- 1>&- 2>&-"], cwd=ROOT)
    assert done.returncode == 0
    Image.open(tmp_path / "out" / "a.jpg").load()


def test_ctrl_c_at_the_start_is_one_line(folder, tmp_path):
    for delay in (0.3, 0.8, 1.5):
        process = subprocess.Popen(
            [sys.executable, "-m", "colorizer", str(folder), "--out", str(tmp_path / "out")],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(delay)
        os.kill(process.pid, signal.SIGINT)
        said = process.communicate()[1]
        assert process.returncode in (130, 0)
        assert len(said.splitlines()) <= 1


def test_alternatives_are_files_of_their_own(folder, tmp_path, capsys):
    out, draw = tmp_path / "out", ["--alternatives", "3", "--variant", "rebalanced"]
    words = [str(folder), "--out", str(out), "--workers", "1", *draw]
    assert main(words) == 0
    assert names(out) == [f"a-alternative-{n}.jpg" for n in (1, 2, 3)]
    drawn = [read_sheet(out / name)["hints"]["hints"] for name in names(out)]
    assert all(hint["source"] == "network" for hints in drawn for hint in hints)
    assert len({json.dumps(hints) for hints in drawn}) == 3
    capsys.readouterr()
    assert main(["redo", str(out / names(out)[1]), str(folder / "a.jpg")]) == 0
    assert "byte for byte" in capsys.readouterr().out
    assert main([*words, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["skipped"]) == 3


def test_a_variant_of_one_colour_has_no_alternatives(folder, tmp_path, capsys):
    code, _, said = run(folder, "--out", tmp_path / "out", "--alternatives", 2, capsys=capsys)
    assert code == 2
    assert_one_sentence(said.removeprefix("error: ").strip())
    assert "--variant rebalanced or transfer" in said
