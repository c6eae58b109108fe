"""The page in one file: its arithmetic is the library's, and writing it is reproducible.

`tests/web/` opens it in a browser.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
from helpers import assert_one_sentence

from colorizer import Hint, Photo, paint
from colorizer.affinity import LearntAffinity
from colorizer.checkpoint import CheckpointInfo, save_checkpoint
from colorizer.errors import ExportError
from colorizer.lab import rgb_to_lab
from colorizer.network import STORY, build_network
from colorizer.painting import LinearColour
from colorizer.photo import resize
from colorizer.propagate import Cells, follow
from colorizer.web_page import WEB, bundle, mark_best, write_page

ROOT = Path(__file__).parent.parent
needs_node = pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")


def rgb_of(name: str) -> np.ndarray:
    picture = getattr(skimage.data, name)()
    return np.stack([picture] * 3, -1) if picture.ndim == 2 else picture[..., :3]


def cut(name: str, height: int, width: int) -> np.ndarray:
    return np.ascontiguousarray(rgb_of(name)[:height, :width])


# Photos that are shrunk by less and by more than Pillow's gap, odd sides, panoramas, a tiny one.
CASES = {
    "coffee": (rgb_of("coffee"), 160, 32, 4),
    "rocket": (rgb_of("rocket"), 64, 8, 1),
    "wide": (cut("astronaut", 129, 512), 64, 8, 4),
    "tall": (cut("chelsea", 299, 75), 160, 32, 4),
    "tiny": (cut("coffee", 9, 13), 64, 8, 1),
    "whole": (rgb_of("chelsea"), 64, 8, 0),  # painted whole: three planes
    "learnt": (cut("rocket", 128, 192), 64, 8, 4),
    "learnt too": (cut("rocket", 128, 192), 64, 8, 4),
    "reaching": (cut("astronaut", 129, 512), 64, 8, 4),
}

THRESHOLDS = {"learnt": 1.0, "learnt too": 1.0}  # of photos whose looks stand for an embedding
HINTS = {
    **dict.fromkeys(CASES, ()),
    "coffee": (Hint(150.5, 220, ab=(50, 30)),),
    "wide": (Hint(10, 5, ab=(20, 40)), Hint(300.2, 80, ab=(25, 35)), Hint(505, 99, ab=(-20, -5))),
    "reaching": (
        Hint(10, 5, ab=(20, 40), reach="here"),
        Hint(300.2, 80, ab=(25, 35), reach="alike"),
        Hint(505, 99, ab=(-20, -5)),
    ),
    "tall": (Hint(30, 30, ab=(8, 20)), Hint(31, 280, ab=(10, 24))),
    "learnt": (Hint(20, 20, ab=(30, 20)), Hint(96.5, 64, ab=(-10, 40)), Hint(180, 9, ab=(5, -30))),
    "learnt too": (
        Hint(20, 20, ab=(30, 20), reach="alike"),
        Hint(96.5, 64, ab=(-10, 40), reach="here"),
        Hint(180, 9, ab=(5, -30)),
    ),
}


def looks_of(name: str) -> torch.Tensor:
    """(5, h, w): four made-up planes of features, and lightness; those of "tall" are none."""
    _, rows, columns = planes_of(name).shape
    if name == "tall":
        return torch.zeros(0, rows, columns)
    random = torch.Generator().manual_seed(3)
    return torch.rand(5, rows, columns, generator=random)


@pytest.fixture(scope="module")
def ported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], np.ndarray]:
    """What the page's scripts compute for a case, by the name of a file of `compare.mjs`."""
    folder = tmp_path_factory.mktemp("port")
    cases = []
    for name, (rgb, size, stride, step) in CASES.items():
        photo = Photo(rgb)
        height, width = photo.network_input(size, stride).shape[2:]
        rows, columns = (height // max(step, 1), width // max(step, 1))
        np.dstack([rgb, np.full_like(rgb[..., :1], 255)]).tofile(folder / f"{name}.rgba")
        planes_of(name).numpy().tofile(folder / f"{name}.ab")
        photo.lightness_at(rows, columns).numpy().tofile(folder / f"{name}.guide")
        looks_of(name).numpy().tofile(folder / f"{name}.looks")
        hints = [
            {"x": h.x, "y": h.y, "a": h.colour[0], "b": h.colour[1], "reach": h.reach}
            for h in HINTS[name]
        ]
        cases.append(
            {
                "name": name,
                "hints": hints,
                "threshold": THRESHOLDS.get(name),
                "size": size,
                "stride": stride,
                "rows": rows,
                "columns": columns,
                "width": photo.width,
                "height": photo.height,
            }
        )
    (folder / "cases.json").write_text(json.dumps(cases))
    done = subprocess.run(
        ["node", str(ROOT / "web/test/compare.mjs"), str(folder)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr

    def read(name: str, kind: str) -> np.ndarray:
        floats = kind in ("lightness", "linear", "lab", "followed")
        return np.fromfile(folder / f"{name}.{kind}", np.float32 if floats else np.uint8)

    return read


def planes_of(name: str) -> torch.Tensor:
    """(2, h, w) strong colours, many outside the gamut; (3, h, w) Lab where all is painted."""
    rgb, size, stride, step = CASES[name]
    height, width = Photo(rgb).network_input(size, stride).shape[2:]
    rows, columns = (height // max(step, 1), width // max(step, 1))
    random = torch.Generator().manual_seed(len(name))
    ab = torch.randn(2, rows, columns, generator=random) * 40
    if step:
        return ab
    light = torch.rand(1, rows, columns, generator=random) * 100
    return torch.cat([light, ab / 2])


@needs_node
@pytest.mark.parametrize("name", CASES)
def test_the_port_shrinks_photos_as_pillow_does(name: str, ported: Callable) -> None:
    rgb, size, stride, _ = CASES[name]
    expected = Photo(rgb).network_input(size, stride)
    small = resize(rgb, expected.shape[3], expected.shape[2])
    found = ported(name, "small").reshape(*small.shape[:2], 4)
    np.testing.assert_array_equal(found[..., :3], small)
    np.testing.assert_allclose(ported(name, "lightness"), expected.flatten(), atol=1e-4)


@needs_node
@pytest.mark.parametrize("name", CASES)
def test_the_port_knows_the_same_lab(name: str, ported: Callable) -> None:
    rgb = CASES[name][0]
    expected = rgb_to_lab(torch.from_numpy(rgb.reshape(1, -1, 3)[:, :1000]).permute(2, 0, 1))
    found = ported(name, "lab").reshape(-1, 3).T
    np.testing.assert_allclose(found, expected[:, 0, : found.shape[1]], atol=1e-3)
    grey = ported(name, "grey").reshape(*rgb.shape[:2], 4)
    np.testing.assert_array_equal(grey[..., :3], Photo(rgb).grayscale)


@needs_node
@pytest.mark.parametrize("name", CASES)
def test_the_port_paints_the_same_pixels(name: str, ported: Callable) -> None:
    rgb, planes = CASES[name][0], planes_of(name)
    photo = Photo(rgb)
    if len(planes) == 2:
        guide = photo.lightness_at(*planes.shape[1:])[None]
        colour = LinearColour.fit(guide, planes[None])
        assert colour.slope is not None
        expected = torch.cat([colour.offset, colour.slope], 1)
        np.testing.assert_allclose(ported(name, "linear"), expected.flatten(), atol=2e-3)
    painted = paint(photo, planes).astype(int)
    found = ported(name, "painted").reshape(*rgb.shape[:2], 4)[..., :3]
    off = np.abs(found - painted)
    assert off.max() <= 3
    assert (off.max(-1) <= 1).mean() >= 0.99


@needs_node
@pytest.mark.parametrize("name", [name for name, hints in HINTS.items() if hints])
def test_the_port_follows_hints_as_the_library_does(name: str, ported: Callable) -> None:
    photo, planes, looks = Photo(CASES[name][0]), planes_of(name), looks_of(name)
    features = looks[None, :-1] if len(looks) else None
    cells = Cells.of(photo, planes, features)
    if name in THRESHOLDS:
        cells = Cells.of(photo, planes, looks[None], LearntAffinity(looks, THRESHOLDS[name]))
    expected = follow(planes, HINTS[name], cells)
    found = ported(name, "followed").reshape(expected.shape)
    assert (expected - planes).abs().max() > 5
    np.testing.assert_allclose(found, expected, atol=0.05)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("checkpoints") / "epoch-003.safetensors"
    info = CheckpointInfo("baseline", 3, 64, STORY["baseline"])
    save_checkpoint(path, build_network(STORY["baseline"], 1), info)
    return path


def write(place: Path, checkpoint: Path) -> str:
    try:
        return write_page(place, [checkpoint])
    except ExportError as error:
        if "npm could not fetch" in str(error):
            pytest.skip(str(error))
        raise


@needs_node
def test_the_same_page_is_written_again_and_holds_all_it_needs(
    checkpoint: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "a.html", tmp_path / "b.html"
    digest = write(first, checkpoint)
    assert write(second, checkpoint) == digest
    assert hashlib.sha256(first.read_bytes()).hexdigest() == digest
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]
    html = first.read_text()
    assert not re.search(r'(?:src|href)="(?!data:)', html.split("<script type")[0])
    assert "connect-src 'none'" in html
    assert "baseline-3.onnx" in html
    for place in (os.path.expanduser("~"), str(ROOT)):
        assert place not in html


@needs_node
def test_plain_files_list_each_other(checkpoint: Path, tmp_path: Path) -> None:
    write(tmp_path, checkpoint)
    names = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    listed = json.loads(re.findall(r"FILES=(\[.*?\])", (tmp_path / "service.js").read_text())[0])
    assert {"./", *names} - {"service.js"} == set(listed)
    assert "assets/baseline-3.onnx.gz" in names


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="checkout") as error:
        bundle(tmp_path, tmp_path / "web")
    assert_one_sentence(str(error.value))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ExportError, match=r"Node\.js 20") as error:
        bundle(tmp_path)
    assert_one_sentence(str(error.value).replace("nodejs.org", "").replace("Node.js", "Node"))


def test_a_checkpoint_is_named_once() -> None:
    twice = {"name": "baseline-3", "variant": "baseline", "epoch": 3}
    with pytest.raises(ExportError, match="twice"):
        mark_best([dict(twice), dict(twice)])


def texts(language: str) -> dict[str, str]:
    own = json.loads((WEB / "text" / f"{language}.json").read_text("utf-8"))
    app = json.loads((ROOT / "interface" / "text" / f"{language}.json").read_text("utf-8"))
    assert not own.keys() & {*app["errors"], *app["page"]}
    return {**app["errors"], **app["page"], **own}


def test_every_text_of_the_page_is_there_in_each_language() -> None:
    sources = [path.read_text() for path in (WEB / "src").iterdir()]
    said = r'(?:data-text=|data-label=|tell\(|PhotoError\(|key: |\(\w+ \? )"([a-z_]+)"'
    either = r'\? "[a-z_]+" : "([a-z_]+)"\)'
    named = {k for source in sources for how in (said, either) for k in re.findall(how, source)}
    assert len(named) > 25
    english = texts("en")
    own = json.loads((WEB / "text" / "en.json").read_text("utf-8"))
    assert own.keys() <= named, "texts that the page never says"
    for language in ("en", "de", "fr"):
        found = texts(language)
        assert named <= found.keys()
        for key in named:
            marks = [sorted(re.findall(r"{\w+}", text[key])) for text in (found, english)]
            assert marks[0] == marks[1], key
