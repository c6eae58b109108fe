"""The Uncertainty tab: pictures that refine, stop and go on, and the plane of one pixel."""

import re
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from playwright.sync_api import Page, expect
from skimage.color import rgb2lab

from colorizer.lab import rgb_to_lab
from colorizer.sampling import Sampler
from interface.pictures.ab_plane import PixelColours, draw
from interface.pictures.uncertainty import SINGLES, pixel, refine
from interface.pictures.uncertainty_map import SCALE, draw_map
from interface.service import Service
from interface.settings import Settings


@pytest.fixture
def page(page: Page) -> Page:
    page.get_by_role("tab", name="Uncertainty").click()
    return page


@pytest.fixture
def service(checkpoints: Path, tmp_path: Path) -> Service:
    return Service(checkpoints, tmp_path / "pictures")


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
    service: Service, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = _drawn(monkeypatch)
    stages = list(refine(service, photo, Settings("dropout", 10, 12)))
    assert [stage.settings.samples for stage in stages] == [1, 2, 4, 8, 12]
    assert sum(drawn) == 12
    more = list(refine(service, photo, Settings("dropout", 10, 20)))
    assert sum(drawn) == 20
    assert stages[0].deviation == 0
    assert min(stage.deviation for stage in stages[1:]) > 0
    assert more[-1].medoid in [index for index, _ in more[-1].singles]
    assert len(more[-1].singles) == SINGLES
    pictures = {stage.mean.read_bytes() for stage in stages}
    assert len(pictures) == len(stages)


def test_a_variant_without_dropout_has_no_uncertainty(service: Service, photo: Path) -> None:
    (only,) = refine(service, photo, Settings("batchnorm", 10, 1))
    assert (only.deviation, only.singles, only.medoid) == (0, [], None)
    drawn = np.array(Image.open(only.map))
    assert (drawn == drawn[0, 0]).all()


def test_a_pixel_has_bins_or_samples(service: Service, photo: Path) -> None:
    place = (0.25, 0.75)
    samples = pixel(service, photo, Settings("dropout", 10, 6), place)
    assert len(samples.samples) == 6
    assert samples.chances is None
    assert set(samples.marks) == {"painted", "true"}
    mean = np.mean(samples.samples, axis=0)
    np.testing.assert_allclose(mean, samples.marks["painted"], atol=0.01)

    bins = pixel(service, photo, Settings("rebalanced", 10), place)
    assert bins.chances is not None
    assert bins.chances.sum().item() == pytest.approx(1, abs=1e-4)
    assert set(bins.marks) == {"mode", "mean", "painted", "true"}


@pytest.mark.parametrize("row", [0, 1])
@pytest.mark.parametrize("column", [0, 1])
def test_a_pixel_is_the_one_pointed_at(
    service: Service, tmp_path: Path, row: int, column: int
) -> None:
    quarters = np.array([[[200, 40, 30], [30, 160, 60]], [[40, 60, 210], [220, 200, 60]]], np.uint8)
    path = tmp_path / "quarters.png"
    Image.fromarray(quarters.repeat(60, 0).repeat(80, 1)).save(path)
    found = pixel(service, path, Settings("baseline", 1), (0.25 + column / 2, 0.25 + row / 2))
    lightness, *ab = rgb2lab(quarters[row, column])
    assert found.lightness == pytest.approx(lightness, abs=0.1)
    assert found.marks["true"] == pytest.approx(ab, abs=0.1)


def test_a_map_has_a_fixed_scale() -> None:
    ramp = draw_map(torch.linspace(0, SCALE, 9)[None])
    lab = rgb_to_lab(torch.from_numpy(ramp).permute(2, 0, 1))[:, 0]
    steps = lab.diff(dim=1).norm(dim=0)  # equal steps look equal
    assert steps.max() / steps.min() < 1.15  # 8 bits a channel
    assert (lab[0].diff() > 5).all()  # and are told apart by lightness alone
    assert (draw_map(torch.tensor([[99.0]])) == ramp[:, -1]).all()


def test_the_plane_marks_what_it_knows() -> None:
    svg = draw(PixelColours(50, {"painted": (10, 20), "true": (-5, 3)}, samples=[(1, 2), (3, 4)]))
    assert svg.count('class="sample"') == 2
    assert "ab plane: painted a 10, b 20; the photo's own a -5, b 3\"" in svg
    assert "translate(10.0 -20.0)" in svg  # b grows upwards


def test_the_journey_through_uncertainty(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    expect(page.locator("#uncertainty .empty")).to_contain_text("Press Sample")
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
    reached, go_on, draw = threading.Event(), threading.Event(), Sampler.draw

    def halting(self: Sampler, count: int, *arguments) -> None:
        if count == 16:
            reached.set()
            go_on.wait(30)
        draw(self, count, *arguments)

    monkeypatch.setattr(Sampler, "draw", halting)
    page.locator("#uncertainty-samples input[type=number]").fill("32")
    page.keyboard.press("Tab")
    page.locator("#uncertainty-start").click()
    assert reached.wait(30)
    expect(page.locator("#uncertainty-progress")).to_contain_text("8 of 32")
    expect(page.locator("#uncertainty img")).to_have_count(2)
    expect(page.locator("#uncertainty-singles img")).to_have_count(8)
    expect(page.locator("#uncertainty-singles .medoid")).to_have_count(1)
    page.locator("#uncertainty-stop").click()
    expect(page.locator("#uncertainty-progress")).to_contain_text("Stopped after 8 samples")
    go_on.set()
    refined = [words for words in page.evaluate("window.seen") if " of 32" in words]
    assert refined  # the page may skip a frame, but not the last one
    monkeypatch.undo()

    drawn = _drawn(monkeypatch)
    page.locator("#uncertainty-start").click()
    expect(page.locator("#uncertainty-progress")).to_have_text("32 samples")
    assert sum(drawn) <= 24  # it went on from what was there
    first = page.locator("#uncertainty img").first.get_attribute("src")
    assert "mean-32" in (first or "")

    expect(page.locator("#uncertainty-plane .sample")).to_have_count(32)
    before = page.locator("#uncertainty-plane").inner_html()
    page.locator("#uncertainty .frame").first.click(position={"x": 20, "y": 20})
    expect(page.locator("#uncertainty-plane h2")).to_contain_text("Why brown?")
    page.wait_for_function(
        "before => document.querySelector('#uncertainty-plane').innerHTML !== before", arg=before
    )
    page.locator("#uncertainty .frame").first.focus()
    left = page.locator("#uncertainty .cross-hair").first.evaluate("cross => cross.style.left")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#uncertainty .cross-hair").first).not_to_have_css("left", left)

    page.locator("#uncertainty-of").get_by_label("rebalanced").check()
    expect(page.locator("#uncertainty-progress")).to_contain_text(
        "rebalanced has no dropout layers"
    )
    expect(page.locator("#uncertainty-samples input[type=range]")).to_be_disabled()
    page.locator("#uncertainty-start").click()
    expect(page.locator("#uncertainty-progress")).to_have_text("1 sample")
    expect(page.locator("#uncertainty-plane .bin").first).to_be_visible()


def test_the_page_shows_every_stage(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = Sampler.draw
    stages: dict[int, threading.Event] = {count: threading.Event() for count in (2, 4, 8, 16)}

    def stepping(self: Sampler, count: int, *arguments) -> None:
        if count in stages:
            stages[count].wait(30)
        draw(self, count, *arguments)

    monkeypatch.setattr(Sampler, "draw", stepping)
    page.locator("#uncertainty-epoch input").click()
    page.get_by_role("option", name="2", exact=True).click()
    page.locator("#uncertainty-start").click()
    pictures = set()
    for shown, released in ((1, 2), (2, 4), (4, 8), (8, 16)):
        expect(page.locator("#uncertainty-progress")).to_contain_text(f"{shown} of 16")
        pictures.add(page.locator("#uncertainty img").first.get_attribute("src"))
        stages[released].set()
    expect(page.locator("#uncertainty-progress")).to_have_text("16 samples")
    assert len(pictures) == 4


def test_a_new_photo_clears_the_old_pictures(page: Page) -> None:
    page.locator("#uncertainty-start").click()
    expect(page.locator("#uncertainty-progress")).to_have_text("16 samples")
    page.get_by_role("tab", name="Colorize").click()
    page.locator("#examples button, #examples .gallery-item").nth(2).click()
    expect(page.locator("#colorized img")).to_have_attribute("src", re.compile("coffee"))
    page.get_by_role("tab", name="Uncertainty").click()
    expect(page.locator("#uncertainty .empty")).to_be_visible()
    expect(page.locator("#uncertainty-singles img")).to_have_count(0)


def test_the_endpoint(url: str, photo: Path) -> None:
    client = Client(url, verbose=False)
    mean, uncertainty, numbers = client.predict(
        handle_file(photo), "dropout", 10, 8, 0.38, api_name="/uncertainty"
    )
    assert np.array(Image.open(mean)).shape == np.array(Image.open(uncertainty)).shape
    assert numbers["samples"] == 8
    assert numbers["deviation"] > 0
    assert numbers["chroma_of_mean"] <= numbers["chroma_of_a_sample"]
    assert 0 <= numbers["medoid"] < 8
    with pytest.raises(AppError, match="no dropout layers"):
        client.predict(handle_file(photo), "batchnorm", 10, 8, 0.38, api_name="/uncertainty")
