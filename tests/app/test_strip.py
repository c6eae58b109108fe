"""Other plausible colours: the strip under the photo."""

import base64
import io
import shutil
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect
from test_access import violations
from test_colorize import drop, made_with, move
from test_hint_editor import give, rings

from interface.engine.engine import Engine
from interface.gradio_internals import upload_folder
from interface.widgets.alternatives import COUNT, Alternatives

TOOL = "[data-tool=others]"
PICTURES = "#alternatives [data-index]"


def _open(page: Page) -> None:
    page.locator(TOOL).click()
    expect(page.locator(PICTURES)).to_have_count(COUNT + 1)


def test_one_is_taken_and_a_hand_goes_on_from_it(page: Page, photo) -> None:
    drop(page, photo, "my coffee.png")
    made_with(page, "batchnorm · epoch 10")
    expect(page.locator(TOOL)).to_be_hidden()  # a variant that names one colour
    move(page, "variant", "End")
    made_with(page, "rebalanced · epoch 10")
    _open(page)
    first, third = (page.locator(f'#alternatives [data-index="{n}"]') for n in (0, 3))
    expect(first).to_have_attribute("aria-pressed", "true")
    sources = page.locator(f"{PICTURES} img").evaluate_all("all => all.map(i => i.src)")
    assert len(set(sources)) > COUNT / 2

    third.click()
    made_with(page, "3 colours drawn")
    expect(third).to_have_attribute("aria-pressed", "true")
    expect(first).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".hint-ring.drawn")).to_have_count(3)
    assert violations(page) == []
    third.press("ArrowRight")
    expect(page.locator('#alternatives [data-index="4"]')).to_be_focused()
    expect(page.locator('#alternatives [data-index="4"]')).to_have_attribute("aria-pressed", "true")

    page.get_by_role("button", name="Six more").click()
    expect(page.locator(PICTURES)).to_have_count(2 * COUNT + 1)
    first.click()
    expect(rings(page)).to_have_count(0)
    made_with(page, "rebalanced · epoch 10")

    # A colour by hand holds in all of them, and the strip follows.
    give(page, 0.3, 0.4)
    made_with(page, "1 colour by hand")
    expect(page.locator(PICTURES)).to_have_count(COUNT + 1)
    expect(page.locator("#alternatives .strip")).not_to_have_attribute("data-stale", "")
    page.locator('#alternatives [data-index="1"]').click()
    made_with(page, "1 colour by hand · 3 colours drawn")


def test_the_server_draws_what_the_script_asks_for(checkpoints, photo, tmp_path) -> None:
    upload_folder().mkdir(parents=True, exist_ok=True)
    sent = Path(shutil.copy(photo, upload_folder() / "asked.png")).resolve()
    strip = Alternatives.__new__(Alternatives)
    strip.engine = Engine(checkpoints, tmp_path)

    def question(variant: str) -> dict[str, Any]:
        about = {"photo": str(sent), "variant": variant, "epoch": "10", "temperature": "0.6"}
        return {"about": about, "file": ""}

    answer: Any = strip.draw(question("rebalanced"))
    assert len(answer["items"]) == COUNT
    assert answer["plain"].startswith("data:image/jpeg;base64,")
    for item in answer["items"]:
        picture = Image.open(io.BytesIO(base64.b64decode(item["picture"].split(",")[1])))
        assert max(picture.size) == 320
        assert all(hint["source"] == "network" for hint in item["hints"])
    later: Any = strip.draw({**question("rebalanced"), "first": COUNT})
    assert "plain" not in later
    assert later["items"] != answer["items"]
    refused = (None, "", {}, {"about": {}}, {**question("rebalanced"), "first": "x"})
    for asked in (*refused, question("batchnorm")):
        assert strip.draw(asked) is None
