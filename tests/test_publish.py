"""Publishing to a stand-in for the Hub: a model repository that opens again, and a Space."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from helpers import assert_one_sentence

from colorizer import Colorizer, Photo, list_checkpoints
from colorizer.checkpoint import CheckpointInfo, file_name, save_checkpoint
from colorizer.hub import find_checkpoints
from colorizer.network import VARIANTS, build_network
from train import TrainError
from train.__main__ import main
from train.recorder import COLUMNS, write_history
from train.release.card import write_card
from train.release.publish import (
    ROOT,
    SPACE,
    model_card,
    publish_checkpoints,
    publish_page,
    publish_space,
)

REPO = "someone/colours"
DATA = {
    "sources": ["a.tar"],
    "photos": 8000,
    "grey_skipped": 3,
    "unreadable_skipped": 1,
    "validation_photos": 200,
}


@pytest.fixture
def checkpoints(tmp_path: Path) -> Path:
    folder = tmp_path / "checkpoints"
    for variant in ("baseline", "batchnorm"):
        (folder / variant).mkdir(parents=True)
        settings = replace(VARIANTS[variant], widths=(4, 8))
        rows = []
        for epoch in (1, 2):
            rows.append({**dict.fromkeys(COLUMNS, 0.5), "epoch": epoch})
            info = CheckpointInfo(variant, epoch, 32, settings, rows[-1], DATA)
            network = build_network(settings, seed=epoch)
            save_checkpoint(folder / variant / file_name(epoch), network, info)
        write_history(folder / variant, rows)
        (folder / variant / "resume.safetensors").write_bytes(b"state of a training")
    write_card(folder)
    return folder


def test_what_is_published_opens_again_and_predicts_the_same(
    stand_in, checkpoints, skimage_photo, capsys
) -> None:
    publish_checkpoints(REPO, checkpoints, tag="v1")
    place = capsys.readouterr().out.split()[-1]
    assert place == f"hf://{REPO}@{stand_in.refs['model', REPO]['v1']}"
    names = [
        "README.md",
        *(
            f"{variant}/{name}"
            for variant in ("baseline", "batchnorm")
            for name in (file_name(1), file_name(2), "history.csv")
        ),
    ]
    assert sorted(stand_in.files("model", REPO)) == sorted([*names, ".gitattributes"])

    for found in (find_checkpoints(place), find_checkpoints(f"hf://{REPO}@v1")):
        photo = Photo(skimage_photo).fitted(64)
        for variant, epochs in list_checkpoints(checkpoints).items():
            for epoch, path in epochs.items():
                here = Colorizer.from_checkpoint(path).predict(photo)
                there = Colorizer.from_checkpoint(found / variant / file_name(epoch)).predict(photo)
                assert here.equal(there)


def test_a_second_upload_takes_away_what_is_gone(stand_in, checkpoints) -> None:
    publish_checkpoints(REPO, checkpoints)
    (checkpoints / "baseline" / file_name(1)).unlink()
    write_card(checkpoints)
    publish_checkpoints(REPO, checkpoints)
    files = stand_in.files("model", REPO)
    assert f"baseline/{file_name(1)}" not in files
    assert f"baseline/{file_name(2)}" in files
    assert ".gitattributes" in files


def test_the_card_says_what_the_hub_and_a_person_want_to_know(checkpoints) -> None:
    card = model_card(REPO, checkpoints, "v1")
    _, front, body = card.split("---\n", 2)
    data = yaml.safe_load(front)
    assert data["license"] == "mit"
    assert data["pipeline_tag"] == "image-to-image"
    assert {"image-colorization", "batchnorm"} <= {*data["tags"]}
    for heading in (
        "Training",
        "Data",
        "Metrics",
        "Limits",
        "Intended use",
        "Licence",
        "Load them",
    ):
        assert f"\n## {heading}\n" in body
    assert "| 2 | 0.50000 | 0.50000 |" in body
    assert "| licence stated by it |" in body
    assert body.count(f"hf://{REPO}@v1") == 2
    shipped = (checkpoints / "README.md").read_text()
    assert shipped in body


def test_a_dry_run_lists_and_sends_nothing(stand_in, checkpoints, capsys) -> None:
    before = {path: path.stat().st_mtime_ns for path in checkpoints.rglob("*")}
    command = ["publish", "--repo", REPO, "--checkpoints", str(checkpoints), "--dry-run"]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = {line.split()[1]: line.split()[0] for line in lines[:-1]}
    size = (checkpoints / "batchnorm" / file_name(2)).stat().st_size
    assert listed[f"batchnorm/{file_name(2)}"] == f"{size:,}"
    assert len(listed) == 7
    assert "README.md" in listed
    assert f"bytes in 7 files for {REPO}, a model repository" in lines[-1]
    assert stand_in.requests == []
    assert {path: path.stat().st_mtime_ns for path in checkpoints.rglob("*")} == before


def test_nothing_is_sent_that_would_not_open(stand_in, checkpoints) -> None:
    def refused(says: str, repo: str = REPO, folder: Path = checkpoints) -> None:
        with pytest.raises(TrainError, match=says) as error:
            publish_checkpoints(repo, folder)
        assert_one_sentence(str(error.value))

    refused("^--repo colours: write it as USER/NAME", repo="colours")
    refused("^--checkpoints .*: no checkpoints below it", folder=checkpoints / "nowhere")
    card = (checkpoints / "README.md").read_text()
    (checkpoints / "README.md").write_text(card.replace("### batchnorm\n", ""))
    refused("has no metrics of batchnorm; write the card with `python -m train ship`")
    (checkpoints / "baseline" / file_name(2)).write_bytes(b"cut")
    refused("epoch-002.safetensors is cut short or damaged")
    assert stand_in.requests == []


def test_a_login_that_is_missing_and_a_tag_that_is_taken(
    stand_in, checkpoints, monkeypatch, capsys
) -> None:
    publish_checkpoints(REPO, checkpoints, tag="v1")
    with pytest.raises(TrainError, match=r"^--revision v1: .* tag of that name already") as taken:
        publish_checkpoints(REPO, checkpoints, tag="v1")
    assert_one_sentence(str(taken.value))
    monkeypatch.setenv("HF_TOKEN", "hf_of_a_stranger")
    assert main(["publish", "--repo", REPO, "--checkpoints", str(checkpoints)]) == 2
    message = capsys.readouterr().err.splitlines()[-1]
    assert message.startswith(f"error: The Hub does not let you write to {REPO}; log in with")
    assert_one_sentence(message)


def test_without_a_network_it_says_so(stand_in, checkpoints) -> None:
    stand_in.close()
    with pytest.raises(TrainError, match="The Hub cannot be reached") as refused:
        publish_checkpoints(REPO, checkpoints)
    assert_one_sentence(str(refused.value))


@pytest.fixture
def checkout(tmp_path: Path, checkpoints: Path) -> Path:
    """A small checkout: its own code, two tiny checkpoints, and files a Space has no use for."""
    root = tmp_path / "checkout"
    for name in SPACE:
        source = ROOT / name
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if source.is_file():
            (root / name).write_bytes(source.read_bytes())
    for path in [*ROOT.glob("colorizer/**/*.py"), *ROOT.glob("interface/**/*.*")]:
        target = root / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    (root / "assets").mkdir()
    (root / "assets" / "study.json").write_bytes((ROOT / "assets" / "study.json").read_bytes())
    checkpoints.rename(root / "assets" / "checkpoints")
    for clutter in (
        "tests/test_it.py",
        "benchmarks/it.py",
        ".git/config",
        "train/fit.py",
        "colorizer/__pycache__/lab.pyc",
        "interface/.DS_Store",
    ):
        (root / clutter).parent.mkdir(parents=True, exist_ok=True)
        (root / clutter).write_bytes(b"x")
    return root


def test_a_space_gets_what_it_runs_and_no_more(stand_in, checkout, tmp_path: Path) -> None:
    stand_in.commit("space", "someone/space", {"colorizer/old.py": b"", "packages.txt": b""})
    publish_space("someone/space", checkout)
    files = stand_in.files("space", "someone/space")
    tops = {name.split("/")[0] for name in files}
    assert tops == {*SPACE, "packages.txt"}
    assert not any("__pycache__" in name or ".DS_Store" in name for name in files)
    assert "colorizer/old.py" not in files
    assert "someone/space" in "".join(stand_in.requests)

    # What is there is enough: the app is built from it alone, as a Space would.
    for name, content in files.items():
        target = tmp_path / "space" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    subprocess.run(
        [sys.executable, "-c", "import app; app.build_demo()"],
        cwd=tmp_path / "space",
        check=True,
        timeout=120,
    )


def test_deploying_dry_lists_and_sends_nothing(stand_in, capsys) -> None:
    assert main(["publish", "--space", "someone/space", "--dry-run"]) == 0
    lines = capsys.readouterr().out.splitlines()
    names = {line.split()[1] for line in lines[:-1]}
    assert {"app.py", "requirements.txt", "README.md", "colorizer/network.py"} <= names
    assert any(name.startswith("assets/checkpoints/") for name in names)
    assert not any(name.startswith(("tests/", "benchmarks/", "train/", ".git")) for name in names)
    assert "someone/space, a Space" in lines[-1]
    assert stand_in.requests == []
    assert main(["publish", "--space", "space", "--dry-run"]) == 2


def test_the_command_wants_one_of_the_three(capsys) -> None:
    for flags in ([], ["--repo", REPO, "--space", "someone/space"]):
        assert main(["publish", *flags]) == 2
        assert "one of --repo, --space and --page" in capsys.readouterr().err


def test_the_page_goes_to_a_static_space(
    stand_in, checkpoints, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = []

    def write_page(folder: Path, paths: list[Path]) -> str:
        taken.extend(paths)
        (folder / "index.html").write_text("<!doctype html>")
        return "0" * 64

    monkeypatch.setattr("colorizer.web_page.write_page", write_page)
    publish_page("someone/page", checkpoints, dry_run=True)
    assert "index.html" in capsys.readouterr().out
    assert ("space", "someone/page") not in stand_in.refs
    publish_page("someone/page", checkpoints)
    names = [".gitattributes", "README.md", "index.html"]
    assert sorted(stand_in.files("space", "someone/page")) == names
    assert [path.parent.name for path in taken[-2:]] == ["baseline", "batchnorm"]
    assert {path.name for path in taken} == {file_name(2)}
    card = stand_in.files("space", "someone/page")["README.md"]
    assert b"sdk: static" in (card if isinstance(card, bytes) else bytes(card))
