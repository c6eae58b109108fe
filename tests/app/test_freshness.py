"""A result never stands beside another photo, or under other settings, not for one frame."""

import base64
import json
import math
import random
import re
import threading
from pathlib import Path
from urllib.parse import unquote

import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import Page, expect
from test_colorize import made_with
from test_uncertainty import choose_variant

from colorizer.photo import Photo
from interface.engine import Engine, Subject
from interface.render import freshness

# What the page shows at each frame, each different sight once.
WATCH = """
() => {
  const $ = (selector) => document.querySelector(selector);
  const sights = new Set();
  const name = (image) => image ? decodeURIComponent(image.src.split("/").pop()) : "";
  const stop = (id) => document.querySelector(`.stops[data-for=${id}]`)
    .children[$(`#${id} input[type=range]`).value]?.textContent ?? "";
  const look = () => {
    sights.add(JSON.stringify({
      photo: name($("#photo img")), variant: stop("variant"), epoch: stop("epoch"),
      shown: name($("#colorized img")), vividness: $("#vividness input[type=range]").value,
      filter: $("#colorized").style.filter,
      dimmed: !$("#colorized img") || Number(getComputedStyle($("#colorized img")).opacity) < 0.5,
      off: $("#download").inert || $("#download").disabled,
      copyOff: $(".copy-link").inert, making: $("#caption .making")?.textContent ?? "",
      arriving: $("#photo").dataset.arriving ?? "",
    }));
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  window.sights = sights;
}
"""

# Bursts of what hands do: a slider moved, a file chosen; some in the same frame, some just after.
BURSTS = """
async ([moves, photos]) => {
  const files = photos.map(([name, data]) => new File(
    [Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name, {type: "image/png"}));
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  for (const burst of moves) {
    for (const [what, share] of burst) {
      if (what === "photo") {
        const transfer = new DataTransfer();
        transfer.items.add(files[Math.floor(share * files.length)]);
        window.dispatchEvent(new DragEvent("drop",
          {bubbles: true, cancelable: true, dataTransfer: transfer}));
      } else {
        const range = document.querySelector(`#${what} input[type=range]`);
        range.value = Math.round(share * range.max);
        range.dispatchEvent(new Event("input", {bubbles: true}));
      }
    }
    await pause(burst.length * 20);
  }
}
"""


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("bursts")
    paths = []
    for name in ("coffee", "chelsea", "astronaut"):
        path = folder / f"my{name}.png"
        Image.fromarray(getattr(skimage.data, name)()).resize((90, 60)).save(path)
        paths.append(path)
    return paths


def test_an_answer_is_dimmed_in_the_frame_it_stops_being_one(
    page: Page, photos: list[Path]
) -> None:
    made_with(page, "batchnorm · epoch 10")
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 60, "downloadThroughput": 4e5, "uploadThroughput": 4e5},
    )
    network.send("Emulation.setCPUThrottlingRate", {"rate": 2})
    dice = random.Random(15)
    kinds = ["variant", "epoch", "epoch", "variant", "photo", "vividness"]
    bursts = [
        [[dice.choice(kinds), dice.random()] for _ in range(dice.choice([1, 1, 2, 3]))]
        for _ in range(100)
    ]
    bursts.insert(0, [["vividness", 0.9]])  # alone: a preview that nothing else dims
    page.evaluate(WATCH)
    data = [[path.name, base64.b64encode(path.read_bytes()).decode()] for path in photos]
    page.evaluate(BURSTS, [bursts, data])
    network.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    page.wait_for_function("() => !document.querySelector('#caption [data-stale]')")
    page.wait_for_function("() => !document.querySelector('#photo').dataset.arriving")
    sights = [json.loads(sight) for sight in page.evaluate("[...window.sights]")]
    network.detach()

    assert len({sight["photo"] for sight in sights}) > 2
    assert {sight["dimmed"] for sight in sights} == {True, False}
    assert any(sight["filter"] for sight in sights)
    for sight in sights:
        stem = Path(unquote(sight["photo"])).stem
        meant = (
            f"{stem}-{sight['variant']}-epoch-{int(sight['epoch'] or 0):03d}",
            sight["vividness"],
        )
        shown, _, vividness = sight["shown"].removesuffix(".png").partition("-vividness-")
        if (shown, vividness or "100") != meant or sight["arriving"]:
            assert all(sight[sign] for sign in ("off", "copyOff", "making")), sight
            # Undimmed only where a filter shows the picture as vivid as it is about to be.
            more = float(meant[1]) / (float(vividness or 100) or math.nan)
            seen = float(sight["filter"].removeprefix("saturate(").removesuffix(")") or math.nan)
            vivid = shown == meant[0] and seen == pytest.approx(more, rel=1e-3)
            assert sight["dimmed"] or (vivid and not sight["arriving"]), sight


DROP_AND_LOOK = """
async ([name, data, ids]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name));
  window.dispatchEvent(new DragEvent("drop",
    {bubbles: true, cancelable: true, dataTransfer: transfer}));
  await new Promise(requestAnimationFrame);
  return ids.filter((id) => [...document.querySelectorAll(`#${id} img`)]
    .some((image) => Number(getComputedStyle(image).opacity) > 0.5));
}
"""


def test_no_tab_shows_what_was_made_of_another_photo(page: Page, photos: list[Path]) -> None:
    page.get_by_role("tab", name="Epochs").click()
    expect(page.locator("#film output")).to_be_visible()
    expect(page.locator("#compared:not([data-stale]) img")).to_have_count(2)
    page.get_by_role("tab", name="Uncertainty").click()
    choose_variant(page, "dropout")
    expect(page.locator("#uncertainty-progress")).to_have_text("Samples: 16")
    expect(page.locator("#uncertainty:not([data-stale]) img")).to_have_count(2)
    expect(page.locator("#uncertainty-contrasts img")).to_have_count(3)
    drawn = ["grid", "compared", "film"]
    drawn += ["uncertainty", "uncertainty-contrasts", "uncertainty-singles"]
    assert [n for n in drawn if not page.locator(f"#{n} img").count()] == []
    data = base64.b64encode(photos[0].read_bytes()).decode()
    assert page.evaluate(DROP_AND_LOOK, [photos[0].name, data, drawn]) == []


def test_the_identity_is_what_the_controls_say() -> None:
    said = freshness.question_json(
        Path("/a/b.png"), {"epoch": 5, "temperature": 0.6, "rows": ["b", "a"]}
    )
    assert said == '{"photo": "/a/b.png", "epoch": "5", "temperature": "0.6", "rows": ["a", "b"]}'
    written = freshness.attributes(None, {"of": 'a"b'}, ["grid"], ["save"])
    assert 'data-shows="grid" data-switches="save"' in written
    assert "&quot;" in written


def test_a_photo_that_opens_late_does_not_replace_the_one_sent_after_it(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, later = tmp_path / "late.png", tmp_path / "later.png"
    for path, picture in ((late, skimage.data.coffee()), (later, skimage.data.astronaut())):
        Image.fromarray(picture[::4, ::4]).save(path)
    reached, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    accept = Engine.photo

    def halting(self: Engine, subject: Subject) -> Photo:
        if subject.name != "late.png":
            return accept(self, subject)
        reached.set()
        go_on.wait(90)
        ended.set()
        return accept(self, subject)

    monkeypatch.setattr(Engine, "photo", halting)
    page.locator("#photo-file").set_input_files(late)
    assert reached.wait(90)
    page.locator("#photo-file").set_input_files(later)
    expect(page.locator("#photo img")).to_have_attribute("src", re.compile("later"))
    go_on.set()
    assert ended.wait(90)
    page.wait_for_timeout(500)
    expect(page.locator("#photo img")).to_have_attribute("src", re.compile("later"))
    expect(page.locator("#colorized img")).to_have_attribute("src", re.compile("later"))
    expect(page.locator("#caption")).not_to_have_attribute("data-stale", "")


def test_what_stays_unanswered_is_asked_about_again(page: Page) -> None:
    """As when an event gets lost: the slider has moved and nobody has heard of it."""
    made_with(page, "batchnorm · epoch 10")
    page.evaluate("document.querySelector('#variant input[type=range]').value = 2")
    made_with(page, "dropout · epoch 10")
