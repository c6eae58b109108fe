"""Which photos are coloured, under which names, and in how many threads."""

import threading
from pathlib import Path

import pytest
from helpers import assert_one_sentence, write_photos

from colorizer import Colorizer
from colorizer.batch import Job, Painter, Plan, UsageError, colour_all, cores, plan, result_name
from colorizer.checkpoint import CheckpointInfo
from colorizer.network import NetworkSettings, build_network


@pytest.fixture
def colorizer() -> Colorizer:
    settings = NetworkSettings(widths=(4, 8), batch_norm=True)
    return Colorizer(build_network(settings, seed=0), CheckpointInfo("made-up", 1, 16, settings))


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    photos = write_photos(tmp_path / "photos", 5)
    return [Job(path, tmp_path / "out" / path.name) for path in sorted(photos.iterdir())]


@pytest.mark.parametrize(
    ("photo", "result"),
    [
        ("a.jpg", "a.jpg"),
        ("a.JPEG", "a.JPEG"),
        ("a.png", "a.png"),
        ("a.jfif", "a.jfif.jpg"),
        ("a.tif", "a.tif.png"),
        ("a.b.webp", "a.b.webp.png"),
        ("a", "a.png"),
    ],
)
def test_results_are_named_after_their_photos(photo, result):
    assert result_name(photo) == result


def test_a_plan_keeps_paths_below_what_holds_everything(tmp_path):
    write_photos(tmp_path / "album" / "1950", 1)
    write_photos(tmp_path / "album" / "1960", 1)
    found = plan([tmp_path / "album" / "1950", tmp_path / "album" / "1960"], tmp_path / "out")
    assert [job.result.relative_to(tmp_path).as_posix() for job in found.jobs] == [
        "out/1950/000.png",
        "out/1960/000.png",
    ]


def test_what_is_not_there_is_planned_as_failed(tmp_path):
    absent = tmp_path / "nowhere.png"
    found = plan([absent], tmp_path / "out")
    assert found == Plan([], {absent: f"There is no photo at {absent}; check the path."})


def test_each_photo_once_by_as_many_threads_as_asked(colorizer, jobs):
    done = dict(colour_all(Painter(colorizer), jobs, 2, threading.Event()))
    assert done == dict.fromkeys(jobs, "")
    assert all(job.result.is_file() for job in jobs)
    assert cores() >= 1


def test_after_a_stop_nothing_is_begun(colorizer, jobs):
    stop = threading.Event()
    stop.set()
    assert list(colour_all(Painter(colorizer), jobs, 1, stop)) == []
    assert not any(job.result.exists() for job in jobs)


def test_a_photo_that_fails_is_one_sentence_and_no_result(colorizer, jobs):
    jobs[0].photo.write_bytes(b"no picture")
    reason = Painter(colorizer)(jobs[0])
    assert_one_sentence(reason)
    assert not jobs[0].result.exists()


def test_a_result_that_cannot_be_written_is_one_sentence(colorizer, jobs):
    jobs[0].result.parent.write_text("a file where the folder should be")
    reason = Painter(colorizer)(jobs[0])
    assert_one_sentence(reason)
    assert reason.startswith("Its result could not be written (")


def test_samples_of_a_network_without_dropout_are_refused(colorizer):
    with pytest.raises(UsageError, match="no dropout layers") as refused:
        Painter(colorizer, samples=2)
    assert_one_sentence(str(refused.value))


def test_a_painter_colours_at_the_temperature_it_was_given(jobs):
    bins = ((-40.0, 0.0), (0.0, 0.0), (40.0, 40.0))
    settings = NetworkSettings(widths=(4, 8), batch_norm=True, head="bins", bins=bins)
    chooser = Colorizer(build_network(settings, seed=0), CheckpointInfo("made-up", 1, 16, settings))
    results = set()
    for temperature in (None, 0.6, 0.1):
        painter = Painter(chooser, temperature=temperature, overwrite=True)
        assert painter(jobs[0]) == ""
        results.add(jobs[0].result.read_bytes())
    assert len(results) == 2  # None is the checkpoint's own, 0.6
