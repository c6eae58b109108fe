"""A visitor's runs: one that begins stops the one before, and others' go on."""

from interface.engine.cancellation import Runs


def test_a_run_goes_on_until_it_is_stopped_or_another_begins() -> None:
    runs = Runs()
    first, other = runs.begin("one"), runs.begin("two")
    assert runs.goes_on(first)
    second = runs.begin("one")
    assert not runs.goes_on(first)
    runs.end(first)  # late, as a run that was stopped ends; the second is not touched
    assert runs.goes_on(second)
    runs.stop("one")
    assert not runs.goes_on(second)
    assert runs.goes_on(other)
    runs.end(other)
    assert not runs.goes_on(other)
