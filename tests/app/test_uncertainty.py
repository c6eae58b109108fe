"""The Uncertainty tab: pictures that refine, stop and go on, and the plane of one pixel."""

import json
import re
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from playwright.sync_api import Page, expect
from skimage.color import rgb2lab
from visitor import Visitor, small_photo

from colorizer.calibration import Calibration
from colorizer.sampling import Sampler
from interface.engine.engine import Engine
from interface.engine.errors import UserError
from interface.engine.pixel_colours import PixelColours
from interface.engine.settings import Settings
from interface.engine.subject import Subject
from interface.engine.uncertainty import SINGLES, Uncertainty, most_different
from interface.render.ab_plane import draw
from interface.render.uncertainty import Question, draw_maps, draw_spot


def choose_variant(page: Page, variant: str) -> None:
    """On the Uncertainty tab, among the details, which it opens."""
    disclosure = page.locator(".disclosure")
    if disclosure.get_attribute("aria-expanded") == "false":
        disclosure.click()
    page.locator("#uncertainty-of").get_by_label(variant).check()


@pytest.fixture
def page(page: Page) -> Page:
    page.get_by_role("tab", name="Uncertainty").click()
    choose_variant(page, "dropout")
    expect(page.locator("#uncertainty-start")).to_be_visible()
    return page


@pytest.fixture
def engine(checkpoints: Path, tmp_path: Path) -> Engine:
    return Engine(checkpoints, tmp_path / "pictures")


def _drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of samples drawn at each call, from now on."""
    drawn, draw = [], Sampler.draw

    def counted(self: Sampler, count: int, *arguments) -> None:
        before = self.drawn
        draw(self, count, *arguments)
        drawn.append(self.drawn - before)

    monkeypatch.setattr(Sampler, "draw", counted)
    return drawn


def test_refining_doubles_and_draws_no_sample_twice(
    engine: Engine, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = _drawn(monkeypatch)
    stages = list(engine.refine(Subject(photo), Settings("dropout", 10, 12)))
    assert [stage.settings.samples for stage in stages] == [1, 2, 4, 8, 12]
    assert sum(drawn) == 12
    more = list(engine.refine(Subject(photo), Settings("dropout", 10, 20)))
    assert sum(drawn) == 20
    assert stages[0].deviation == 0
    assert min(stage.deviation for stage in stages[1:]) > 0
    assert more[-1].medoid in [index for index, _ in more[-1].singles]
    assert len(more[-1].singles) == SINGLES
    pictures = {stage.mean.read_bytes() for stage in stages}
    assert len(pictures) == len(stages)


def test_a_variant_without_dropout_has_no_uncertainty(engine: Engine, photo: Path) -> None:
    (only,) = engine.refine(Subject(photo), Settings("batchnorm", 10, 1))
    assert (only.deviation, only.singles, only.medoid) == (0, [], None)
    drawn = np.array(Image.open(only.map))
    assert (drawn == drawn[0, 0]).all()


def test_the_map_shows_the_whole_or_the_weights_part(engine: Engine, photo: Path) -> None:
    chooses, samples = Settings("rebalanced", 10), Settings("dropout", 10, 4)
    whole = engine.uncertainty(Subject(photo), chooses)
    assert (whole.part, whole.calibrated, whole.deviation) == ("whole", False, 0)
    assert whole.distance == whole.radius > 5  # four bins 40 and more apart
    weights = engine.uncertainty(Subject(photo), samples)
    assert weights.part == "weights"
    assert weights.distance == weights.deviation > 0
    for settings, part in (
        (chooses, "weights"),
        (samples, "whole"),
        (Settings("baseline", 1), "whole"),
    ):
        with pytest.raises(UserError, match="no uncertainty of that kind"):
            engine.uncertainty(Subject(photo), settings, part)


@pytest.mark.parametrize(
    ("settings", "part"),
    [(Settings("rebalanced", 10), "whole"), (Settings("dropout", 10, 4), "weights")],
)
def test_colours_by_hand_take_uncertainty_from_what_follows_them(
    engine: Engine, photo: Path, settings: Settings, part: str
) -> None:
    hint = '{"size": [300, 200], "hints": [{"x": 75, "y": 150, "rgb": [30, 122, 60]}]}'
    given = Subject(photo, "photo.png", hint)
    plain, found = (
        engine.uncertainty(given.without_hints, settings),
        engine.uncertainty(given, settings),
    )
    assert (found.part, plain.before) == (part, None)
    assert found.before
    assert found.before.distance == plain.distance > found.distance > 0
    assert found.before.map == plain.map

    # What is painted is what the first tab paints.
    result = engine.colorize(given, settings)
    near = Image.open(result.colorized).resize(Image.open(found.mean).size)
    with Image.open(found.mean) as mean:
        assert np.abs(np.array(mean, int) - np.array(near, int)).mean() < 2
    before, after = (
        engine.pixel(subject, settings, (0.25, 0.75)) for subject in (given.without_hints, given)
    )
    assert after.radius < before.radius / 2
    wanted = engine.hints(given)[0].colour
    assert np.linalg.norm(np.subtract(after.marks["painted"], wanted)) < 8


def test_the_pictures_that_differ_most(engine: Engine, photo: Path) -> None:
    colours = [torch.full((2, 3, 4), value) for value in (0.0, 1.0, 9.0, 4.0, 0.5)]
    assert most_different(colours, 3) == [0, 2, 3]
    assert most_different(colours[:2], 3) == []

    chooses, samples = Settings("rebalanced", 10), Settings("dropout", 10, 6)
    for settings, part, name in (
        (chooses, "whole", "alternative"),
        (samples, "weights", "sample"),
    ):
        pictures = engine.contrasts(Subject(photo), settings, part)
        assert len({path.read_bytes() for path in pictures}) == 3
        assert all(f"-{name}-" in path.name for path in pictures)
    assert engine.contrasts(Subject(photo), replace(samples, samples=1), "weights") == []


def test_several_colours_by_hand_are_counted(engine: Engine, photo: Path) -> None:
    spots = [{"x": 75, "y": 150, "rgb": [30, 122, 60]}, {"x": 200, "y": 50, "rgb": [90, 30, 60]}]
    hints = json.dumps({"size": [300, 200], "hints": spots})
    settings = Settings("rebalanced", 10)
    subject = Subject(photo, "photo.png", hints)
    shown = draw_maps(None, Question(subject, settings), engine.uncertainty(subject, settings), 1)
    assert "Your 2 colours are taken into account" in shown
    assert shown.count('class="hint-spot"') == 2


def test_each_colour_of_the_bar_is_as_wide_as_it_is_likely() -> None:
    colours = [[60.0, 40.0]] * 6 + [[0.0, 0.0]] * 3 + [[-40.0, 40.0]]
    marks = {"painted": (0.0, 0.0)}
    bins, chances = torch.tensor(colours), torch.full((10,), 0.1)
    pixel = PixelColours(50, marks, bins=bins, chances=chances)
    shown = draw_spot(
        None, Question(Subject(Path("a.png")), Settings("transfer", 15)), pixel, (0, 0)
    )
    assert re.findall(r"flex-grow:([\d.]+)", shown) == ["0.600", "0.300", "0.100"]


def test_a_calibration_scales_the_map(
    engine: Engine, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings("rebalanced", 10)
    before = engine.uncertainty(Subject(photo), settings)
    colorizer = engine.checkpoints.colorizer("rebalanced", 10)
    calibrated = replace(colorizer.info, calibration=Calibration((5,), (0.5,), (1.5,)))
    monkeypatch.setattr(colorizer, "info", calibrated)
    after = engine.uncertainty(Subject(photo), settings)
    assert after.calibrated
    assert after.radius == pytest.approx(before.radius / 2)


def test_a_pixel_has_bins_or_samples(engine: Engine, photo: Path) -> None:
    place = (0.25, 0.75)
    samples = engine.pixel(Subject(photo), Settings("dropout", 10, 6), place)
    assert len(samples.samples) == 6
    assert samples.chances is None
    assert set(samples.marks) == {"painted", "true"}
    mean = np.mean(samples.samples, axis=0)
    np.testing.assert_allclose(mean, samples.marks["painted"], atol=0.01)

    bins = engine.pixel(Subject(photo), Settings("rebalanced", 10), place)
    assert bins.chances is not None
    assert bins.chances.sum().item() == pytest.approx(1, abs=1e-4)
    assert set(bins.marks) == {"mode", "mean", "painted", "true"}


@pytest.mark.parametrize("row", [0, 1])
@pytest.mark.parametrize("column", [0, 1])
def test_a_pixel_is_the_one_pointed_at(
    engine: Engine, tmp_path: Path, row: int, column: int
) -> None:
    quarters = np.array([[[200, 40, 30], [30, 160, 60]], [[40, 60, 210], [220, 200, 60]]], np.uint8)
    path = tmp_path / "quarters.png"
    Image.fromarray(quarters.repeat(60, 0).repeat(80, 1)).save(path)
    found = engine.pixel(
        Subject(path), Settings("baseline", 1), (0.25 + column / 2, 0.25 + row / 2)
    )
    lightness, *ab = rgb2lab(quarters[row, column])
    assert found.lightness == pytest.approx(lightness, abs=0.1)
    assert found.marks["true"] == pytest.approx(ab, abs=0.1)


def test_the_plane_marks_what_it_knows() -> None:
    marks = {"painted": (10.0, 20.0), "true": (-5.0, 3.0)}
    svg = draw(None, PixelColours(50, marks, samples=[(1, 2), (3, 4)]))
    assert svg.count('class="sample"') == 2
    assert 'ab plane: painted a 10, b 20; the photo’s own a -5, b 3"' in svg
    assert "translate(10.0 -20.0)" in svg  # b grows upwards


def test_a_photo_clears_what_is_of_another_once(url: str) -> None:
    visitor = Visitor(url)
    photos = [visitor.upload(small_photo(), name) for name in ("one.png", "two.png")]
    one, again, two = (visitor.ask("clear", photo)["data"][1:] for photo in (photos[0], *photos))
    skipped = [sum("__type__" in str(part) for part in told) for told in (one, again, two)]
    assert skipped == [0, 5, 0]  # beside the states, which stay on the server


def test_the_journey_through_uncertainty(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A photo of its own, of which no other test has drawn samples.
    own = tmp_path / "upside-down.png"
    Image.fromarray(skimage.data.coffee()[::-1]).save(own)
    page.locator("#photo-file").set_input_files(own)
    expect(page.locator("#photo img")).to_have_attribute("src", re.compile("upside-down"))
    # The map is drawn at once.
    expect(page.locator("#uncertainty [data-answers]")).to_have_attribute(
        "data-answers", re.compile("upside-down")
    )
    expect(page.locator("#uncertainty-progress")).to_have_text("Samples: 16")
    expect(page.locator("#uncertainty-contrasts img")).to_have_count(3)
    page.evaluate(
        """() => {
          window.seen = [];
          new MutationObserver(() => {
            const words = document.querySelector("#uncertainty-progress").innerText.trim();
            if (words !== window.seen.at(-1)) window.seen.push(words);
          }).observe(document.querySelector("#uncertainty-progress"),
                     {subtree: true, childList: true, characterData: true});
        }"""
    )
    reached, go_on, stage = threading.Event(), threading.Event(), Engine.uncertainty

    # Not the drawing itself, which the colours of a spot ask for as well, with the network locked.
    def halting(self: Engine, subject: Subject, settings: Settings, *part) -> Uncertainty:
        if settings.samples == 16:
            reached.set()
            go_on.wait(90)
        return stage(self, subject, settings, *part)

    monkeypatch.setattr(Engine, "uncertainty", halting)
    page.locator("#uncertainty-samples input[type=number]").fill("32")
    page.keyboard.press("Tab")
    page.locator("#uncertainty-start").click()
    assert reached.wait(90)
    expect(page.locator("#uncertainty-progress")).to_contain_text("8 of 32")
    expect(page.locator("#uncertainty img")).to_have_count(2)
    expect(page.locator("#uncertainty-singles img")).to_have_count(8)
    expect(page.locator("#uncertainty-singles .medoid")).to_have_count(1)
    page.locator("#uncertainty-stop").click()
    expect(page.locator("#uncertainty-stop")).to_be_disabled()
    go_on.set()  # the samples that were being drawn are kept, and no more are drawn
    expect(page.locator("#uncertainty-progress")).to_contain_text("Stopped after 16 of 32")
    refined = [words for words in page.evaluate("window.seen") if " of 32" in words]
    assert refined  # the page may skip a frame, but not the last one
    monkeypatch.undo()

    drawn = _drawn(monkeypatch)
    page.locator("#uncertainty-start").click()
    expect(page.locator("#uncertainty-progress")).to_have_text("Samples: 32")
    assert sum(drawn) == 16  # it went on from what was there
    first = page.locator("#uncertainty img").first.get_attribute("src")
    assert "mean-32" in (first or "")

    expect(page.locator("#uncertainty-plane .sample")).to_have_count(32)
    before = page.locator("#uncertainty-plane").inner_html()
    page.locator("#uncertainty .frame").first.click(position={"x": 20, "y": 20})
    expect(page.locator("#uncertainty-plane h2")).to_have_text("At the pin")
    page.wait_for_function(
        "before => document.querySelector('#uncertainty-plane').innerHTML !== before", arg=before
    )
    expect(page.locator("#uncertainty-plane")).not_to_have_attribute("data-stale", "")
    page.locator("#uncertainty .frame").first.focus()
    left = page.locator("#uncertainty .cross-hair").first.evaluate("cross => cross.style.left")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#uncertainty .cross-hair").first).not_to_have_css("left", left)
    _drag(page, "#uncertainty .cross-hair", 40, 30)
    expect(page.locator("#uncertainty-plane")).not_to_have_attribute("data-stale", "")
    page.locator("#uncertainty .strength input").fill("25")
    expect(page.locator("#uncertainty .over")).to_have_css("opacity", "0.25")

    choose_variant(page, "rebalanced")
    expect(page.locator("#uncertainty-samples input[type=range]")).to_be_disabled()
    expect(page.locator("#uncertainty-progress")).to_have_text("Samples: 1")
    expect(page.locator("#uncertainty .over")).to_have_css("opacity", "0.25")  # as it was set
    expect(page.locator("#uncertainty")).not_to_have_attribute("data-stale", "")
    expect(page.locator(".swatches li").first).to_contain_text("%")
    page.locator("#uncertainty-plane summary").click()
    expect(page.locator("#uncertainty-plane .bin").first).to_be_visible()
    before = page.locator("#uncertainty-plane").inner_html()
    page.locator("#uncertainty .frame").first.click(position={"x": 60, "y": 60})
    page.wait_for_function(
        "before => document.querySelector('#uncertainty-plane').innerHTML !== before", arg=before
    )
    expect(page.locator("#uncertainty-plane")).not_to_have_attribute("data-stale", "")
    expect(page.locator("#uncertainty-plane .bin").first).to_be_visible()  # and stays so

    choose_variant(page, "baseline")
    expect(page.locator("#uncertainty .empty")).to_contain_text("no uncertainty to show")
    expect(page.locator("#uncertainty-plane h2")).to_have_count(0)


def _drag(page: Page, selector: str, right: int, down: int) -> None:
    """Drags a pin by so many pixels and waits until it is there."""
    pin = page.locator(selector).first
    pin.scroll_into_view_if_needed()
    before = pin.bounding_box()
    assert before
    x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2)
    page.mouse.move(x + right, y + down)
    page.mouse.up()
    after = pin.bounding_box()
    assert after
    moved = after["x"] - before["x"], after["y"] - before["y"]
    assert moved == pytest.approx((right, down), abs=2)


def test_stop_always_stops_and_a_new_start_starts(page: Page) -> None:
    """A choice, which starts by itself, and Stop in quick succession, over and over."""
    start, stop = page.locator("#uncertainty-start"), page.locator("#uncertainty-stop")
    progress = page.locator("#uncertainty-progress")
    page.locator("#uncertainty-samples input[type=number]").fill("64")
    page.keyboard.press("Tab")
    for epoch in ("2", "1", "10"):
        page.locator("#uncertainty-epoch input").click()
        page.get_by_role("option", name=epoch, exact=True).click()
        expect(progress).to_contain_text(re.compile("of 64|Samples: 64"))
        stop.click(force=True)
        expect(progress).to_contain_text(re.compile("Stopped after|Samples: 64"))
        expect(stop).to_be_disabled()
    start.click()
    expect(progress).to_have_text("Samples: 64")


def test_the_plane_is_of_the_pixel_under_the_cross_hair(page: Page) -> None:
    """Also after sampling again, and dimmed for as long as it is of another."""
    start, plane = page.locator("#uncertainty-start"), page.locator("#uncertainty-plane")
    start.click()
    expect(page.locator("#uncertainty-progress")).to_have_text("Samples: 16")
    expect(plane.locator("h2")).to_be_visible()
    stale = page.evaluate(
        """() => {
          const box = document.querySelector("#uncertainty .frame").getBoundingClientRect();
          document.querySelector("#uncertainty .frame").dispatchEvent(new MouseEvent("click", {
            bubbles: true, clientX: box.left + box.width / 4, clientY: box.top + box.height / 4}));
          return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
            done(document.querySelector("#uncertainty-plane").hasAttribute("data-stale")))));
        }"""
    )
    assert stale
    expect(plane).not_to_have_attribute("data-stale", "")
    answers = plane.locator("[data-answers]")
    there = answers.get_attribute("data-answers") or ""
    assert re.search(r"\b0\.2[45]", there), there
    start.click()
    expect(page.locator("#uncertainty .cross-hair").first).to_have_attribute(
        "style", re.compile(r"left: 2[45][.\d]*%; top: 2[45][.\d]*%")
    )
    expect(plane).not_to_have_attribute("data-stale", "")
    expect(answers).to_have_attribute("data-answers", there)

    # Of a new photo, all is drawn anew.
    page.get_by_role("tab", name="Colorize").click()
    page.locator("#intake [data-example=coffee]").click()
    expect(page.locator("#colorized img")).to_have_attribute("src", re.compile("coffee"))
    page.get_by_role("tab", name="Uncertainty").click()
    expect(page.locator("#uncertainty [data-answers]")).to_have_attribute(
        "data-answers", re.compile("coffee")
    )
    expect(plane).not_to_have_attribute("data-stale", "")


def test_the_page_shows_every_stage(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Engine.uncertainty
    stages: dict[int, threading.Event] = {count: threading.Event() for count in (2, 4, 8, 16)}

    def stepping(self: Engine, subject: Subject, settings: Settings, *part) -> Uncertainty:
        if settings.epoch == 2 and settings.samples in stages:
            stages[settings.samples].wait(90)
        return stage(self, subject, settings, *part)

    monkeypatch.setattr(Engine, "uncertainty", stepping)
    page.locator("#uncertainty-epoch input").click()
    page.get_by_role("option", name="2", exact=True).click()
    pictures = set()
    for shown, released in ((1, 2), (2, 4), (4, 8), (8, 16)):
        expect(page.locator("#uncertainty-progress")).to_contain_text(f"{shown} of 16")
        pictures.add(page.locator("#uncertainty img").first.get_attribute("src"))
        stages[released].set()
    expect(page.locator("#uncertainty-progress")).to_have_text("Samples: 16")
    assert len(pictures) == 4


def test_the_endpoint(url: str, photo: Path) -> None:
    client = Client(url, verbose=False)
    mean, uncertainty, numbers = client.predict(
        handle_file(photo), "dropout", 10, 8, 0.38, api_name="/uncertainty"
    )
    assert np.array(Image.open(mean)).shape == np.array(Image.open(uncertainty)).shape
    assert numbers["samples"] == 8
    assert numbers["deviation"] > 0
    assert numbers["part"] == "weights"
    assert numbers["chroma_of_mean"] <= numbers["chroma_of_a_sample"]
    assert 0 <= numbers["medoid"] < 8
    with pytest.raises(AppError, match="no dropout layers"):
        client.predict(handle_file(photo), "batchnorm", 10, 8, 0.38, api_name="/uncertainty")


def move(page: Page, slider: str, key: str) -> None:
    page.locator(f"#{slider} input[type=range]").focus()
    page.keyboard.press(key)


def test_the_tab_opens_on_what_colorize_shows(page: Page) -> None:
    chosen, epoch = page.locator("#uncertainty-of"), page.locator("#uncertainty-epoch input")
    page.get_by_role("tab", name="Colorize").click()
    move(page, "epoch", "Home")
    expect(page.locator("#caption")).to_contain_text("batchnorm · epoch 1 ")
    page.get_by_role("tab", name="Uncertainty").click()
    expect(chosen.get_by_label("batchnorm")).to_be_checked()
    expect(epoch).to_have_value("1")
    expect(page.locator("#uncertainty .empty")).to_contain_text("has no uncertainty to show")

    choose_variant(page, "dropout")  # chosen here, so it stays until Colorize changes
    expect(epoch).to_have_value("10")
    page.get_by_role("tab", name="Colorize").click()
    page.get_by_role("tab", name="Uncertainty").click()
    expect(chosen.get_by_label("dropout")).to_be_checked()
    expect(epoch).to_have_value("10")

    page.get_by_role("tab", name="Colorize").click()
    move(page, "variant", "End")
    expect(page.locator("#caption")).to_contain_text("rebalanced · epoch 1 ")
    page.get_by_role("tab", name="Uncertainty").click()
    expect(chosen.get_by_label("rebalanced")).to_be_checked()
    expect(epoch).to_have_value("1")
    expect(page.locator("#uncertainty-progress")).to_have_text("Samples: 1")


def test_an_address_that_names_a_variant_is_not_overruled(tab, url: str) -> None:
    page = tab()
    page.goto(f"{url}?tab=uncertainty&variant=dropout&epoch=2&samples=2")
    expect(page.locator("#uncertainty-progress")).to_have_text("Samples: 2")
    expect(page.locator("#uncertainty-of").get_by_label("dropout")).to_be_checked()
    expect(page.locator("#uncertainty-epoch input")).to_have_value("2")
