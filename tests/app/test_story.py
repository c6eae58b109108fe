"""The Story tab: its steps on the visitor's photo, what the study found, the map, and its words."""

import csv
import io
import json
import re
from itertools import pairwise
from pathlib import Path

import httpx
import numpy as np
import pytest
from gradio.utils import get_upload_folder
from PIL import Image
from playwright.sync_api import Page, expect

from interface.engine.checkpoints import Checkpoints
from interface.engine.engine import Engine
from interface.engine.subject import Subject
from interface.render.claims import (
    PLOTS,
    curves_of,
    draw_answers,
    draw_claims,
    join,
    say_in,
    summarize,
)
from interface.render.curves import Line, draw_curves
from interface.render.run_dots import draw_strip
from interface.render.story_map import cell_key, draw_map, is_shipped
from interface.render.story_steps import SIDE, STEPS, shown_steps
from interface.render.study_page import study_files
from interface.text import PAGE

ROOT = Path(__file__).parents[2]
STUDY = json.loads((ROOT / "assets" / "study.json").read_text())
CLAIMS, MAP = STUDY["claims"], STUDY["map"]
SHIPPED = Checkpoints(ROOT / "assets" / "checkpoints")


# What the study says


def found(claim, language: str) -> str:
    """The sentence of the study's page, made of the pieces that the Story tab shows apart."""

    def said(english: str) -> str:
        return say_in(language, english)

    findings = [
        f"{said(piece['says'])} ({said(piece['label'])} {said(piece['figure'])})"
        for piece in claim["findings"]
    ]
    return " ".join([join(claim, language, findings), *map(said, claim["closing"])])


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_the_pieces_make_the_studys_own_sentence(claim) -> None:
    assert found(claim, "en") == claim["sentence"]
    short = summarize(claim, "en")
    assert not re.search(r"\d\.\d", short)
    assert all(piece["says"] in short for piece in claim["findings"])


@pytest.mark.parametrize("language", ["de", "fr"])
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_a_translation_keeps_every_number(claim, language: str) -> None:
    def numbers(text: str) -> list[str]:
        return sorted(re.findall(r"[−+]?\d+(?:\.\d+)?", text.replace(",", ".")))

    for english, other in (
        (claim["sentence"], found(claim, language)),
        (summarize(claim, "en"), summarize(claim, language)),
        (claim["claim"], say_in(language, claim["claim"])),
    ):
        assert other != english
        assert numbers(other) == numbers(english)


@pytest.mark.parametrize("language", ["de", "fr"])
def test_the_questions_of_the_map_are_in_each_language(language: str) -> None:
    assert say_in(language, "undecided") != "undecided"
    drawn = draw_answers(MAP)
    for question in MAP["questions"]:
        unclear = question["decided"] - question["held"] - question["opposite"]
        assert f"holds in {question['held']} · unclear in {unclear} · opposite in" in drawn
        assert say_in(language, question["title"]) != question["title"]
        assert question["title"].replace("'", "&#x27;") in drawn


# Its figures


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_a_claims_table_has_the_figures_of_the_studys_page(claim) -> None:
    drawn = draw_claims(STUDY, SHIPPED)
    own = drawn[drawn.index(f'id="claim-{claim["id"]}"') :].partition("</li><li id=")[0]
    page = (ROOT / "docs" / "study.md").read_text()
    voting = [part for part in claim["parts"] if part["role"] != "context"]
    assert len(claim["findings"]) == len(voting) > 1
    for piece, part in zip(claim["findings"], voting, strict=True):
        row = own[own.index(f">{piece['label']} {piece['figure']}<") :].partition("</tr>")[0]
        assert f"outcome_{part['outcome']}" in row
        assert part["claimed"].replace(" ", "_") in row
        assert f"{part['name']} | {part['role']} | {part['claimed']} |" in page
        assert f"| {piece['figure']} | {part['outcome']} |" in page


def test_lines_are_the_studys_means_or_a_networks_own_history() -> None:
    dashed = set()
    for measure in PLOTS.values():
        for line in curves_of(STUDY, measure, SHIPPED):
            if not line.other:
                curve = STUDY["curves"][line.variant][measure]
                assert [line.epochs, line.means, line.deviations] == [*curve.values()]
                continue
            dashed.add((measure, line.variant))
            path = ROOT / "assets" / "checkpoints" / line.variant / "history.csv"
            with path.open(newline="") as file:
                rows = [*csv.DictReader(file)]
            assert line.epochs == [int(row["epoch"]) for row in rows]
            assert line.means == [float(row[measure]) for row in rows]
    # A loss in another unit, or time on a busy machine, is not drawn beside the study's.
    measures = {"hue_entropy", "colourfulness_ratio"}
    assert dashed == {(m, v) for m in measures for v in ("rgb", "rebalanced", "transfer")}


@pytest.mark.parametrize(("claimed", "side"), [("above 0", 1), ("below 0", -1)])
def test_runs_that_agree_with_the_claim_lie_on_the_right(claimed: str, side: int) -> None:
    part = {"claimed": claimed, "outcome": "unclear", "runs": [0.2, -0.1, 0.0]}
    places = [float(x) for x in re.findall(r"left:([\d.]+)%", draw_strip(part))]
    assert [np.sign(place - 50) * side for place in places] == [1, -1, 0]
    assert abs(places[0] - 50) == pytest.approx(2 * abs(places[1] - 50))


def test_every_run_of_the_study_is_a_dot() -> None:
    drawn = draw_claims(STUDY, SHIPPED)
    voting = [part for claim in CLAIMS for part in claim["parts"] if part["role"] != "context"]
    assert drawn.count('<i style="left:') == sum(len(part["runs"]) for part in voting)
    for part in voting:
        assert part["n"] == len(part["runs"])
        assert np.mean(part["runs"]) == pytest.approx(part["mean"], rel=1e-4, abs=1e-9)


def test_points_lie_where_the_axis_says() -> None:
    values = [0.31, 0.5, 0.42, 0.18]
    drawn = draw_curves([Line("batchnorm", [1, 2, 10, 25], values)], "curve_sepia_index")
    labels = re.findall(r'y="([\d.]+)" text-anchor="end">([\d.e-]+)<', drawn)
    places, ticks = zip(*((float(y) - 4, float(tick)) for y, tick in labels), strict=True)
    assert 3 <= len(ticks) <= 7
    scale, shift = np.polyfit(places, ticks, 1)
    (points,) = re.findall(r'<polyline class="curve batchnorm" points="(.*?)"', drawn)
    ys = [float(point.split(",")[1]) for point in points.split()]
    np.testing.assert_allclose(scale * np.array(ys) + shift, values, atol=2e-3)


def test_cells_of_the_map_show_what_was_measured() -> None:
    drawn = draw_map(MAP, SHIPPED)
    buttons = re.findall(r"<button .*?</button>", drawn)
    by_key = {re.findall(r'data-cell="(.*?)"', button)[0]: button for button in buttons}
    assert {*by_key} == {cell_key(cell) for cell in MAP["cells"]}
    shipped = set()
    for cell in MAP["cells"]:
        button = by_key[cell_key(cell)]
        said = dict(re.findall(r"(\w+)=([\d.e-]+)", re.findall(r'data-numbers="(.*?)"', button)[0]))
        for name in ("n", "sepia_index", "colourfulness_ratio", "hue_entropy"):
            assert float(said[name]) == cell[name]
        assert f">{cell['sepia_index']:.2f}<" in button
        assert ("few" in button) == (cell["n"] < MAP["seeds"])
        if is_shipped(MAP, cell, SHIPPED):
            shipped.add((cell["variant"], cell["epoch"]))
    assert len(shipped) == 3 * 6  # the first study's epochs among those of the map


def test_the_message_of_the_map_counts_its_rows() -> None:
    outcomes = [row["outcome"] for row in MAP["rows"]]
    drawn = draw_map(MAP, SHIPPED)
    assert drawn.count('scope="row"') == len(outcomes)
    for outcome in {*outcomes}:
        assert drawn.count(f'data-say="map_{outcome}"') == outcomes.count(outcome)
    told = (
        f"{outcomes.count('holds')} of {len(outcomes)} networks turned clearly browner, "
        f"{outcomes.count('opposite')} clearly less brown; of {outcomes.count('unclear')} "
    )
    assert told in drawn.partition("<table")[0]
    measured = {cell_key({**cell, "epoch": 0}) for cell in MAP["cells"]}
    assert {cell_key({**row, "epoch": 0}) for row in MAP["rows"]} == measured


def test_a_cells_ink_can_be_read_on_it() -> None:
    for shade, ink in re.findall(r"background:(#\w{6});color:(#\w{3})", draw_map(MAP, SHIPPED)):
        channels = [int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        light = float(np.dot(linear, (0.2126, 0.7152, 0.0722)))
        assert ((light + 0.05) / 0.05 if ink == "#000" else 1.05 / (light + 0.05)) >= 4.5


# Its pictures


def test_steps_compare_what_the_story_compares() -> None:
    assert shown_steps(SHIPPED) == [*STEPS]
    names = {step.id: [str(s) for s in step.settings(SHIPPED)] for step in STEPS}
    assert names["step_longer"] == ["batchnorm · epoch 10", "batchnorm · epoch 25"]
    assert names["step_norm"] == ["baseline · epoch 25", "batchnorm · epoch 25"]
    assert names["step_dropout"] == ["batchnorm · epoch 25", "dropout · epoch 25"]
    last = {variant: SHIPPED.epochs(variant)[-1] for variant in ("rebalanced", "transfer")}
    assert names["step_cure"][1:] == [f"{v} · epoch {epoch}" for v, epoch in last.items()]
    assert SHIPPED.classifier == SHIPPED.best


def test_a_step_with_nothing_to_compare_is_left_out(checkpoints: Path) -> None:
    shown = [step.id for step in shown_steps(Checkpoints(checkpoints))]
    assert shown == ["step_norm", "step_dropout", "step_cure"]  # no epoch 25 beside epoch 10


def _drawn() -> set[Path]:
    return {*Path(get_upload_folder()).glob("colorizer/*/*-step.jpg")}


def test_the_story_on_an_uploaded_photo(
    page: Page, url: str, photo: Path, checkpoints: Path, tmp_path: Path
) -> None:
    drawn_before = _drawn()  # for the photos of other tests
    page.locator("#photo-file").set_input_files(photo)
    expect(page.locator("#colorized img")).to_have_attribute("src", re.compile("my-coffee"))
    source = page.locator("#photo img").get_attribute("src") or ""
    path = Path(source.split("file=")[1].replace("%20", " "))
    assert path.is_relative_to(get_upload_folder())
    assert _drawn() == drawn_before, "nothing ahead of time"

    page.get_by_role("tab", name="Story").click()
    expect(page.locator("#steps img")).to_have_count(6)
    expect(page.locator("#mean-colour .stripes")).to_be_visible()
    assert_answers(page, "#steps", path)
    assert_answers(page, "#mean-colour", path)

    # Each picture is this photo by that network.
    engine = Engine(checkpoints, tmp_path)
    for step in shown_steps(engine.checkpoints):
        pictures = page.locator(f"#{step.id.replace('_', '-')} img")
        settings = step.settings(engine.checkpoints)
        expect(pictures).to_have_count(len(settings))
        for place, one in enumerate(settings):
            [[cell]] = engine.grid(Subject(photo), [one], SIDE)
            shown = picture(url, pictures.nth(place).get_attribute("src"))
            assert shown.shape == cell.picture.shape
            assert np.abs(shown.astype(int) - cell.picture).mean() < 3, one
            expect(pictures.nth(place)).to_have_attribute("alt", str(one))

    # The map: numbers at a touch, a picture by a click.
    measured = next(c for c in MAP["cells"] if c["photos"] == 256)
    page.locator(f"[data-cell='{cell_key(measured)}']").hover()
    said = page.locator("#map .cell-words")
    expect(said).to_contain_text(f"sepia index {measured['sepia_index']:.2f}")
    expect(said).to_contain_text(f"{measured['n']} run")
    page.locator(f"[data-cell='{cell_key(measured)}']").click()
    expect(page.locator("#cell")).to_contain_text("no checkpoint of it ships")
    page.locator("[data-cell='ab/dropout/8192/2']").click()
    expect(page.locator("#cell img")).to_have_attribute("alt", "dropout · epoch 2")
    assert_answers(page, "#cell", path)
    page.locator("[data-cell='ab/dropout/8192/2']").press("ArrowRight")
    expect(page.locator("[data-cell='ab/dropout/8192/5']")).to_be_focused()
    expect(said).to_contain_text("dropout, 8,192 photos, epoch 5")

    # The mean of more and more pictures.
    assert_answers(page, "#mean-pictures", path)
    expect(page.locator("#mean-pictures .few img")).to_have_count(6)
    expect(page.locator("#mean-pictures .means img:visible")).to_have_count(1)
    expect(page.locator("#mean-pictures p")).to_contain_text("The mean of 1:")
    page.locator("#mean-pictures input").press("End")
    expect(page.locator("#mean-pictures p")).to_contain_text("The mean of 64:")
    expect(page.locator("#mean-pictures .means img").last).to_be_visible()
    expect(page.locator("#mean-pictures .means img:visible")).to_have_count(1)

    # Another spot of the photo.
    words = page.locator("#mean-colour p").inner_text()
    box = page.locator("#mean-colour .frame").bounding_box()
    assert box
    page.locator("#mean-colour .frame").click(position={"x": box["width"] / 4, "y": 20})
    expect(page.locator("#mean-colour .mean-colour:not([data-proposed])")).to_be_visible()
    assert_answers(page, "#mean-colour", path)
    assert words.startswith("What rebalanced · epoch 10 thinks possible")


def assert_answers(page: Page, part: str, path: Path) -> None:
    """What stands there is of this photo, and not dimmed."""
    expect(page.locator(f"{part} [data-answers]:not([data-stale])")).to_be_visible()
    said = page.locator(f"{part} [data-answers]").get_attribute("data-answers") or ""
    assert json.loads(said)["photo"] == str(path)
    expect(page.locator(f"{part}[data-stale]")).to_have_count(0)


def picture(url: str, source: str | None) -> np.ndarray:
    content = httpx.get(f"{url.rstrip('/')}/{(source or '').lstrip('/')}").content
    return np.asarray(Image.open(io.BytesIO(content)))


# What the page shows at each frame, each different sight once.
WATCH = """
() => {
  const sights = new Set();
  const look = () => {
    const photo = document.querySelector("#photo img")?.src ?? "";
    const image = document.querySelector("#steps img");
    const of = document.querySelector("#steps [data-answers]")?.dataset.answers ?? "{}";
    if (image) sights.add(JSON.stringify({
      photo: decodeURIComponent(photo.split("file=")[1] ?? ""), of: JSON.parse(of).photo ?? "",
      dimmed: Number(getComputedStyle(image).opacity) < 0.5,
    }));
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  window.sights = sights;
}
"""


def test_what_is_of_another_photo_is_dimmed_and_painted_anew(page: Page) -> None:
    page.get_by_role("tab", name="Story").click()
    expect(page.locator("#steps img")).to_have_count(6)
    expect(page.locator("#mean-colour .stripes")).to_be_visible()
    page.locator("[data-cell='ab/baseline/8192/1']").click()
    cell = page.locator("#cell img")
    expect(cell).to_have_attribute("alt", "baseline · epoch 1")
    before = cell.get_attribute("src") or ""
    page.evaluate(WATCH)
    for place in (1, 2, 1):
        page.locator("#intake [data-example]").nth(place).click()
        page.wait_for_timeout(150)
    page.wait_for_function("() => !document.querySelector('#photo').dataset.arriving")
    expect(page.locator("#steps [data-answers]:not([data-stale]) img")).to_have_count(6)
    expect(page.locator("#mean-colour [data-answers]:not([data-stale])")).to_be_visible()
    expect(cell).not_to_have_attribute("src", before)  # the cell stays chosen
    expect(page.locator("#cell [data-answers]:not([data-stale])")).to_be_visible()
    sights = [json.loads(sight) for sight in page.evaluate("[...window.sights]")]
    assert len({sight["photo"] for sight in sights}) > 1
    for sight in sights:
        assert sight["dimmed"] or sight["photo"] == sight["of"], sight

    page.get_by_role("tab", name="Colorize").click()
    page.locator("#remove-photo").click()
    expect(page.locator("#download")).to_be_disabled()
    page.get_by_role("tab", name="Story").click()
    expect(page.locator("#steps .problem")).to_contain_text("There is no photo")
    expect(page.locator("#steps img")).to_have_count(0)


# Its words and its address


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_the_tab_speaks_the_browsers_language(tab, url: str, language: str) -> None:
    page = tab(390, 844, locale=language) if language == "de" else tab(locale=language)
    page.goto(f"{url}?tab=story")
    first = page.locator("#claims li").first
    expect(first.locator("b")).to_have_text(say_in(language, CLAIMS[0]["claim"]))
    expect(first.locator(".told > p")).to_contain_text(summarize(CLAIMS[0], language))
    expect(first.locator(".verdict")).to_have_text(say_in(language, CLAIMS[0]["verdict"]))
    said = PAGE[language]
    expect(page.locator("#saw")).to_contain_text(said["saw"])
    expect(first.locator(".plot figcaption")).to_have_text(said["curve_hue_entropy"])
    expect(page.locator("#step-norm p")).to_have_text(said["step_norm"])
    epoch = f"{said['epoch_word']} 10"
    expect(page.locator("#step-norm figcaption b").first).to_have_text(f"baseline · {epoch}")
    expect(page.locator("#mean-colour p")).to_contain_text(f"rebalanced · {epoch}")
    page.locator("[data-cell='ab/baseline/256/1']").hover()
    expect(page.locator("#map .cell-words")).to_contain_text(f"baseline, 256 {said['map_corner']}")
    page.locator("[data-cell='ab/baseline/256/1']").click()
    expect(page.locator("#cell p")).to_contain_text(said["cell_none"][-30:].split("{first}")[-1])
    empty = page.evaluate(
        "[...document.querySelectorAll('.story [data-say], .story [data-de]')]"
        ".filter((part) => !part.textContent).map((part) => part.outerHTML)"
    )
    assert not empty
    if language == "de":
        assert_it_reads_on_a_phone(page)


def test_the_tab_has_its_address_and_copies_it(page: Page, url: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("tab", name="Story").click()
    expect(page).to_have_url(re.compile(r"\?tab=story$"))
    expect(page.locator("#mean-colour [data-answers]:not([data-stale])")).to_be_visible()
    page.locator(".copy-link:visible").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()) === location.href")
    page.goto("about:blank")
    page.goto(f"{url}?tab=story")
    expect(page.locator("#claims .verdict")).to_have_count(6)
    expect(page.locator("#claims .runs")).to_have_count(6)
    expect(page.locator("#claims .plot svg")).to_have_count(6)
    expect(page.locator("#claims .plot polyline.batchnorm")).to_have_count(6)
    expect(page.locator("#steps img")).to_have_count(6)


def test_the_whole_study_has_a_page_of_its_own(page: Page, url: str) -> None:
    page.get_by_role("tab", name="Story").click()
    with page.context.expect_page() as opened:
        page.locator("#map-answers a").click()
    study = opened.value
    expect(study).to_have_url(re.compile(r"/study/?$"))
    expect(study.locator("h1").first).to_have_text("The dropout study")
    plots = study.locator("img[src*='study-']")
    expect(plots).to_have_count(sum(file.suffix == ".svg" for file in study_files()))
    plots.first.scroll_into_view_if_needed()
    study.wait_for_function("document.querySelector(\"img[src*='study-']\").naturalWidth > 100")
    table = study.locator("a[href$='study.csv']").first.get_attribute("href")
    assert page.request.get(f"{url.rstrip('/')}/{table}").ok
    study.close()


def assert_it_reads_on_a_phone(page: Page) -> None:
    expect(page.locator("#mean-colour .stripes")).to_be_visible()
    for part in ("#map table", "#claims .runs", "#steps .painted", ".mean-colour"):
        for box in (one.bounding_box() for one in page.locator(part).all()):
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390, part
    # Cells stand beside each other, and their numbers fit into them.
    cells = page.locator("[data-cell^='ab/batchnorm/8192/']").all()
    boxes = [box for cell in cells if (box := cell.bounding_box())]
    assert all(left["x"] + left["width"] <= right["x"] for left, right in pairwise(boxes))
    assert not page.evaluate(
        "[...document.querySelectorAll('#map button')].some((b) => b.scrollWidth > b.clientWidth)"
    )
