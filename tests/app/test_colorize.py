"""The page as a visitor meets it, in headless Chromium."""

import base64
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from interface.engine.engine import Engine
from interface.text import PAGE

PICTURES = ["photo", "grayscale", "colorized"]

DROP = """
([data, name]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, {type: "image/png"}));
  const target = document.querySelector("#photo");
  for (const type of ["dragenter", "dragover", "drop"]) {
    target.dispatchEvent(
      new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: transfer}));
  }
}
"""


def drop(page: Page, path: Path, name: str = "photo.png") -> None:
    """Drops a file on the page and waits for the answer to it, a picture or a sentence."""
    page.evaluate(DROP, [base64.b64encode(path.read_bytes()).decode(), name])
    page.wait_for_function(
        "() => !document.querySelector('#photo').dataset.arriving"
        " && !document.querySelector('#colorized').hasAttribute('data-stale')"
    )


def made_with(page: Page, words: str) -> None:
    """Waits until the caption says which settings the colorized picture was made with."""
    answer = page.locator("#caption [data-answers]:not([data-stale]) .answer")
    expect(answer).to_contain_text(words)
    expect(page.locator("#colorized:not([data-stale])")).to_be_attached()


DIGEST = """
async (url) => {
  const bytes = await (await fetch(url)).arrayBuffer();
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].join(" ");
}
"""


def content(page: Page) -> dict[str, str]:
    """A digest of the file that each picture shows."""
    return {
        name: page.evaluate(DIGEST, page.locator(f"#{name} img").first.get_attribute("src"))
        for name in PICTURES
    }


def move(page: Page, slider: str, key: str) -> None:
    page.locator(f"#{slider} input[type=range]").focus()
    page.keyboard.press(key)


def test_the_journey_of_a_photo(page: Page, photo: Path) -> None:
    made_with(page, "batchnorm · epoch 10")
    example = content(page)

    drop(page, photo)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.picture img')].length === 3"
        " && [...document.querySelectorAll('.picture img')].every(i => i.naturalWidth === 600)"
    )
    first = content(page)
    assert first["grayscale"] != example["grayscale"]
    boxes = [page.locator(f"#{name}").bounding_box() for name in PICTURES]
    assert len({(round(b["width"]), round(b["height"]), round(b["y"])) for b in boxes if b}) == 1
    shown = page.locator(".picture img").evaluate_all(
        "images => images.map(i => [i.clientWidth, i.clientHeight])"
    )
    assert shown[0] == shown[1] == shown[2]

    move(page, "variant", "ArrowLeft")
    made_with(page, "baseline · epoch 10")
    second = content(page)
    assert second["photo"] == first["photo"]
    assert second["grayscale"] == first["grayscale"]
    assert second["colorized"] != first["colorized"]

    move(page, "epoch", "ArrowLeft")
    made_with(page, "baseline · epoch 2")
    third = content(page)
    assert third["photo"] == first["photo"]
    assert third["grayscale"] == first["grayscale"]
    assert third["colorized"] not in (first["colorized"], second["colorized"])


def test_the_page_opens_with_its_result_which_is_made_once(
    tab, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, films = [], []
    colorize, frames = Engine.colorize, Engine.frames
    monkeypatch.setattr(
        Engine, "colorize", lambda *given: made.append(given[2].epoch) or colorize(*given)
    )
    monkeypatch.setattr(Engine, "frames", lambda *given: films.append(given) or frames(*given))
    page = tab()
    page.goto(f"{url}?epoch=2")
    made_with(page, "batchnorm · epoch 2 ·")
    for key, epoch in (("Home", 1), ("End", 10)):
        page.locator("#epoch input[type=range]").press(key)
        made_with(page, f"batchnorm · epoch {epoch} ·")
    assert made == [2, 1, 10]  # in the order in which they were asked for
    assert not films  # of a grid that nobody has seen


def test_a_photo_is_pasted_and_saved_under_a_speaking_name(page: Page, photo: Path) -> None:
    paste = """
      (data) => {
        const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], "pasted.png", {type: "image/png"}));
        window.dispatchEvent(
          new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true}));
      }
    """
    page.evaluate(paste, base64.b64encode(photo.read_bytes()).decode())
    expect(page.locator("#colorized img")).to_have_attribute("src", re.compile("pasted-batchnorm"))
    drop(page, photo, "Our café.png")
    made_with(page, "batchnorm · epoch 10")
    page.locator("#formats summary").click()
    with page.expect_download() as download:
        page.locator("#download").click()
    assert download.value.suggested_filename == "Our-café-batchnorm-epoch-010.png"


def test_samples_wake_up_with_dropout_and_temperature_with_bins(page: Page) -> None:
    page.locator("#more > button").click()
    temperature = page.locator("#temperature input[type=range]")
    expect(temperature).to_be_disabled()
    expect(page.locator("#temperature-hint")).to_contain_text("batchnorm: predicts one colour")
    samples = page.locator("#samples input[type=range]")
    expect(samples).to_be_disabled()
    expect(page.locator("#samples-hint")).to_contain_text("batchnorm: no dropout layers")
    move(page, "variant", "ArrowRight")
    made_with(page, "dropout · epoch 10")
    expect(samples).to_be_enabled()
    before = content(page)
    move(page, "samples", "ArrowRight")
    made_with(page, "mean of 2 samples")
    assert content(page)["colorized"] != before["colorized"]
    move(page, "variant", "ArrowLeft")
    made_with(page, "batchnorm · epoch 10")
    expect(samples).to_be_disabled()
    assert "samples" not in page.locator("#caption").inner_text()
    move(page, "variant", "End")
    made_with(page, "rebalanced")
    expect(temperature).to_be_enabled()
    move(page, "temperature", "ArrowRight")
    made_with(page, "temperature 0.62")


def test_stops_are_named_and_announced(page: Page) -> None:
    expect(page.locator('.stops[data-for="variant"]')).to_have_text(
        "baselinebatchnormdropoutrebalanced"
    )
    expect(page.locator('.stops[data-for="epoch"]')).to_have_text("1210")
    # No link to a card that is not there.
    expect(page.locator("#variant-line")).to_contain_text("learns faster")
    expect(page.locator("#about-network")).to_have_count(0)
    move(page, "variant", "ArrowLeft")
    made_with(page, "baseline")
    slider = page.locator("#variant input[type=range]")
    expect(slider).to_have_attribute("aria-valuetext", "baseline")
    expect(page.locator('.stops[data-for="variant"] .current')).to_have_text("baseline")


def test_a_black_and_white_original_is_not_called_colour_and_is_cleared(page: Page) -> None:
    page.locator("#intake [data-example]").last.click()
    expect(page.locator("#photo-label")).to_contain_text(
        "Original (black and white): all the network sees"
    )
    expect(page.locator("#grayscale")).to_be_hidden()  # the same picture
    page.locator("#more > button").click()
    expect(page.locator("#readout th")).to_have_text(["result"])
    expect(page.locator("#readout")).not_to_contain_text("–")
    page.locator("#remove-photo").click()
    expect(page.locator("#photo img")).to_have_count(0)
    expect(page.locator("#colorized img")).to_have_count(0)
    expect(page.locator("#grayscale img")).to_have_count(0)
    expect(page.locator("#download")).to_be_disabled()
    invitation = page.locator("#photo .empty")
    expect(invitation).to_have_attribute("data-invitation", "Drop or paste photos anywhere")
    expect(page.locator("#remove-photo")).to_be_hidden()


def test_a_broken_file_gets_a_sentence_and_the_page_lives_on(
    page: Page, photo: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(photo.read_bytes()[:5000])
    drop(page, broken)
    expect(page.locator("#arrival")).to_contain_text("This picture is damaged")
    expect(page.locator("#colorized img")).to_be_visible()
    drop(page, photo)
    made_with(page, "batchnorm · epoch 10")
    expect(page.locator("#colorized img")).to_be_visible()


def test_without_checkpoints_the_page_says_what_makes_them(tab, serve, tmp_path) -> None:
    page = tab()
    page.goto(serve(tmp_path))
    expect(page.locator("#caption")).to_contain_text("python -m train fit")
    expect(page.locator("#photo img")).to_be_visible()
    expect(page.locator("#colorized img")).to_have_count(0)


def test_each_variant_names_its_model_card(tab, serve, checkpoints: Path, tmp_path) -> None:
    folder = tmp_path / "described"
    shutil.copytree(checkpoints, folder)
    (folder / "README.md").write_text("# Model card\n\n### batchnorm\n\nTrained on made-up data.\n")
    page = tab(locale="de")
    page.goto(serve(folder))
    about = page.locator("#about-network")
    expect(about).to_have_text(PAGE["de"]["about_network"])
    with page.context.expect_page() as opened:
        about.click()
    card = opened.value
    expect(card.locator("#h-batchnorm")).to_be_visible()
    expect(card.locator("body")).to_contain_text("Trained on made-up data.")
    card.close()


def test_the_button_for_a_photo_stays_in_sight(tab, url: str) -> None:
    page = tab()
    page.goto(f"{url}?tab=story")
    expect(page.locator("#claims")).to_be_visible()
    button, examples = page.locator("#choose-photo"), page.locator("#intake .examples")
    for width in (1366, 820, 390):
        page.set_viewport_size({"width": width, "height": 700})
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_function("window.scrollY > 100")
        box, beside = button.bounding_box(), examples.bounding_box()
        assert box
        assert beside
        if width > 640:  # both in the bar
            assert max(box["y"] + box["height"], beside["y"] + beside["height"]) <= 56
        else:  # at the thumb
            assert 644 <= box["y"] < box["y"] + box["height"] <= 700
    file = page.locator("#photo-file")
    assert file.get_attribute("capture") is None  # a phone offers its camera beside its photos
    assert (file.get_attribute("accept") or "").startswith("image/*")
