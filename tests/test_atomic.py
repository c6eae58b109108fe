"""Files written whole or not at all."""

import multiprocessing
import threading

import pytest

from colorizer.atomic import atomic_path


def test_a_file_appears_whole_under_its_own_name(tmp_path):
    path = tmp_path / "numbers.json"
    with atomic_path(path) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.name.startswith(".")
        assert temporary.suffix == ".json"
        temporary.write_text("[1]")
        assert not path.exists()
    assert path.read_text() == "[1]"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError("No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "picture.png"
    path.write_text("old")

    def fail(temporary):
        temporary.write_text("half")
        raise error

    with pytest.raises(type(error)), atomic_path(path) as temporary:
        fail(temporary)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_is_overwritten(tmp_path):
    path = tmp_path / "picture.png"
    with pytest.raises(OSError, match="stop"), atomic_path(path) as temporary:
        raise OSError("stop")
    temporary.write_text("left behind by a process that was killed")
    with atomic_path(path) as again:
        assert again == temporary
        again.write_text("new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_files_have_the_usual_permissions(tmp_path):
    (tmp_path / "usual").touch()
    with atomic_path(tmp_path / "ours"):
        pass
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "nowhere" / "a.txt"):
        pass


def _write_often(path, letter: str, barrier) -> None:
    barrier.wait()
    for _ in range(30):
        with atomic_path(path) as temporary, temporary.open("w") as file:
            for _ in range(20):
                file.write(letter * 10)
                file.flush()


def _mixed(path, workers, barrier) -> list[str]:
    """What was seen at `path` while they wrote, and was not all of one writer."""
    for worker in workers:
        worker.start()
    barrier.wait()
    seen = []
    while any(worker.is_alive() for worker in workers):
        if path.exists():
            seen.append(path.read_text())
    for worker in workers:
        worker.join()
    assert seen
    return [text for text in seen if text not in ("a" * 200, "b" * 200)]


def test_two_threads_that_write_one_file_do_not_mix(tmp_path):
    path, barrier = tmp_path / "a.txt", threading.Barrier(3)
    workers = [threading.Thread(target=_write_often, args=(path, x, barrier)) for x in "ab"]
    assert _mixed(path, workers, barrier) == []
    assert list(tmp_path.iterdir()) == [path]


def test_two_processes_that_write_one_file_do_not_mix(tmp_path):
    context = multiprocessing.get_context("fork")  # a process that starts anew imports torch
    path, barrier = tmp_path / "a.txt", context.Barrier(3)
    workers = [context.Process(target=_write_often, args=(path, x, barrier)) for x in "ab"]
    assert _mixed(path, workers, barrier) == []
    assert all(worker.exitcode == 0 for worker in workers)
    assert list(tmp_path.iterdir()) == [path]
