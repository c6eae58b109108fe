"""Look closer and the pin, as a visitor meets them."""

import base64
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, FileChooser, Page, expect
from test_access import tab_to, violations
from test_colorize import drop, made_with, move

LAYER = "#closer.open"

# Another photo is dropped; what the page says in the very next frame of what stands there.
DROPPED = """
async ([data, id]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "next.png", {type: "image/png"}));
  document.body.dispatchEvent(
    new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: transfer}));
  await new Promise(requestAnimationFrame);
  return [...document.querySelectorAll(`#${id} img`)].map((i) => getComputedStyle(i).opacity);
}
"""


def settled(page: Page) -> None:
    """Waits until the layer shows what it says it shows."""
    expect(page.locator("#closer-pair:not([data-stale]) img")).to_have_count(2)


def pair(page: Page) -> list[str]:
    """Of the two pictures in the layer, the name of each in the choice that shows it."""
    settled(page)
    sources = page.locator("#closer-pair img").evaluate_all("images => images.map(i => i.src)")
    chosen = [
        page.locator(f"#closer-bar select.{side}").input_value() for side in ("left", "right")
    ]
    for key, source in zip(chosen, sources, strict=True):
        own = page.locator(f"#{'photo' if key == 'original' else key} img")
        assert own.evaluate("i => i.src") == source
    return chosen


def zoomed(page: Page, condition: str) -> None:
    """Waits until both are zoomed alike, so that `condition` is true of the `scale`."""
    page.wait_for_function(f"""
      () => {{
        const [scale, other] = [...document.querySelectorAll("#closer-pair img")].map(
          (image) => new DOMMatrix(image.style.transform).a);
        return scale === other && ({condition});
      }}
    """)


def divided(page: Page) -> float:
    """Where the handle stands, in per cent of the picture's width."""
    return page.evaluate("""
      () => {
        const [image, handle] = ["img", ".outer"].map(
          (part) => document.querySelector(`#closer-pair ${part}`));
        const { width, height } = image.parentElement.getBoundingClientRect();
        const fitted = Math.min(width, height * image.naturalWidth / image.naturalHeight);
        const x = new DOMMatrix(handle.style.transform).e - (width - fitted) / 2;
        return 100 * x / fitted;
      }
    """)


def handle(page: Page) -> tuple[float, float]:
    box = page.locator("#closer-pair .icon-wrap").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


PLACES = """
() => ["#heading", "#photo", "#colorized", "#variant", "#download-jpeg"].map(
  (s) => JSON.stringify(document.querySelector(s).getBoundingClientRect()))
"""


def test_a_click_on_a_picture_opens_it_and_escape_leads_back(page: Page) -> None:
    made_with(page, "batchnorm · epoch 10")
    choosers = []

    def note(chooser: FileChooser) -> None:
        choosers.append(chooser)

    page.on("filechooser", note)
    layer = page.get_by_role("dialog", name="Look closer")
    before = page.evaluate(PLACES)
    for picture, name in {"#photo img": "original", "#grayscale img": "grayscale"}.items():
        page.locator(picture).click()
        expect(layer).to_be_visible()
        box = layer.bounding_box()
        assert box == {"x": 0, "y": 0, "width": 1366, "height": 768}
        assert pair(page) == [name, "colorized"]
        expect(page.locator("#closer-bar .divider")).to_be_focused()
        assert page.evaluate(PLACES) == before  # behind it nothing moves
        page.keyboard.press("Escape")
        expect(layer).to_be_hidden()
        focused = "s => document.activeElement.contains(document.querySelector(s))"
        assert page.evaluate(focused, picture)
        assert page.evaluate(PLACES) == before
    page.remove_listener("filechooser", note)
    assert not choosers


def test_only_the_empty_place_asks_for_a_photo(page: Page) -> None:
    made_with(page, "batchnorm · epoch 10")
    page.locator(".hint-layer").click()  # asks for a colour there instead
    expect(page.locator(".hint-palette")).to_be_visible()
    expect(page.locator(LAYER)).to_have_count(0)
    page.keyboard.press("Escape")
    page.locator("#remove-photo").click()
    expect(page.locator("#photo .empty")).to_be_visible()
    expect(page.locator(".look-closer:visible")).to_have_count(0)
    with page.expect_file_chooser():
        page.locator("#photo .empty").click()


def test_the_keyboard_alone_opens_divides_zooms_and_closes(page: Page) -> None:
    made_with(page, "batchnorm · epoch 10")
    button = ".look-closer[data-from=colorized]"
    tab_to(page, button)
    page.keyboard.press("Enter")
    assert pair(page) == ["original", "colorized"]
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#closer-bar .divider")).to_have_value("53")
    page.wait_for_function("document.querySelector('#closer-pair .outer').style.transform")
    assert divided(page) == pytest.approx(53, abs=0.5)
    page.keyboard.press("+")
    zoomed(page, "Math.abs(scale - 1.05 ** 5) < .001")
    # Away from the divider, arrows move the pictures.
    page.locator("#closer-bar .in").focus()
    shift = "new DOMMatrix(document.querySelector('#closer-pair img').style.transform).e"
    before = page.evaluate(shift)
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"{shift} > {before}")
    page.keyboard.press("0")
    zoomed(page, "scale === 1")
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("!!document.activeElement.closest('#closer')")
    page.keyboard.press("Escape")
    expect(page.locator(button)).to_be_focused()


def test_the_mouse_drags_the_divider_and_the_wheel_zooms_both(page: Page) -> None:
    made_with(page, "batchnorm · epoch 10")
    page.locator(".look-closer[data-from=original]").click()
    settled(page)
    assert divided(page) == pytest.approx(50, abs=0.5)
    x, y = handle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 200, y, steps=4)
    page.mouse.up()
    assert divided(page) < 40
    shown = page.locator("#closer-bar .divider").input_value()
    assert float(shown) == pytest.approx(divided(page), abs=0.5)
    page.mouse.move(x + 100, y)
    page.mouse.wheel(0, -100)  # a notch of a mouse
    zoomed(page, "Math.abs(scale - 1.05 ** 5) < .001")
    for _ in range(10):
        page.mouse.wheel(0, -4)  # a hand on a touch pad
    zoomed(page, "Math.abs(scale - 1.05 ** 7) < .001")
    page.mouse.move(*handle(page))  # over the divider as well
    page.mouse.wheel(0, 100)
    zoomed(page, "Math.abs(scale - 1.05 ** 2) < .001")
    page.locator("#closer-bar .fit").click()
    zoomed(page, "scale === 1")
    assert page.evaluate("scrollY") == 0

    # Any two can be chosen, and never one twice.
    expect(page.locator("#closer-bar select.left option:enabled")).to_have_text(
        ["Original", "Grayscale", "Colorized"]
    )
    page.locator("#closer-bar select.right").select_option("grayscale")
    assert pair(page) == ["original", "grayscale"]
    page.locator("#closer-bar select.left").select_option("grayscale")
    assert pair(page) == ["grayscale", "original"]


def test_the_zoom_reaches_the_photos_own_pixels(page: Page, photo: Path) -> None:
    drop(page, photo)
    page.set_viewport_size({"width": 500, "height": 500})  # narrower than the photo
    page.locator(".look-closer[data-from=original]").click()
    settled(page)
    page.wait_for_function(
        "() => [...document.querySelectorAll('#closer-pair img')]"
        ".every(image => image.naturalWidth === 600)"
    )
    percent = page.locator("#closer-bar output")
    expect(percent).to_have_text("83 %")
    page.locator("#closer-bar .in").click()
    expect(percent).to_have_text("106 %")


def touch(session: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    places = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})


def test_fingers_open_divide_and_zoom(tab, url: str) -> None:
    page = tab(390, 844, has_touch=True, is_mobile=True)
    page.goto(url)
    made_with(page, "batchnorm · epoch 10")
    page.locator("#grayscale img").tap()
    assert pair(page) == ["grayscale", "colorized"]
    assert page.evaluate("document.querySelector('#closer').scrollWidth") <= 390
    session = page.context.new_cdp_session(page)
    x, y = handle(page)
    touch(session, "touchStart", (x, y))
    touch(session, "touchMove", (x + 60, y))
    touch(session, "touchMove", (x + 120, y))
    touch(session, "touchEnd")
    assert divided(page) > 75
    touch(session, "touchStart", (100, y), (160, y))
    touch(session, "touchMove", (80, y), (180, y))
    touch(session, "touchMove", (60, y), (200, y))
    touch(session, "touchEnd")
    zoomed(page, "scale > 1.3")
    page.locator("#closer-bar .close").tap()
    expect(page.locator(LAYER)).to_have_count(0)


def test_another_photo_dims_the_pair_at_once_and_takes_its_place(page: Page, photo: Path) -> None:
    made_with(page, "batchnorm · epoch 10")
    page.locator(".look-closer[data-from=original]").click()
    settled(page)
    data = base64.b64encode(photo.read_bytes()).decode()
    opacities = page.evaluate(DROPPED, [data, "closer-pair"])
    assert [float(opacity) < 0.5 for opacity in opacities] == [True, True]
    page.wait_for_function("document.querySelector('#closer-pair img')?.src.includes('next')")
    assert pair(page) == ["original", "colorized"]
    page.keyboard.press("Escape")
    # Closed, it is nobody's answer: what the page shows can be shared.
    expect(page.locator("#closer [data-answers]")).to_have_count(0)
    expect(page.locator(".copy-link").first).not_to_have_attribute("aria-disabled", "true")
    expect(page.locator(".look-closer[data-from=original]")).to_be_focused()


def pin(page: Page) -> str:
    """Pins what is shown; returns its source."""
    shown = page.locator("#colorized img").evaluate("i => i.src")
    page.locator("#pin").click()
    expect(page.locator("#pinned:not([data-stale]) img")).to_be_visible()
    return shown


def test_a_pinned_result_stays_beside_the_next_and_can_be_looked_at(page: Page) -> None:
    made_with(page, "batchnorm · epoch 10")
    kept = pin(page)
    move(page, "epoch", "Home")
    made_with(page, "batchnorm · epoch 1 ")
    assert page.locator("#pinned img").evaluate("i => i.src") == kept
    assert page.locator("#colorized img").evaluate("i => i.src") != kept
    expect(page.locator("#pinned-words .answer")).to_have_text("batchnorm · epoch 10")
    tops = [
        page.locator(f"#{name}").evaluate("e => e.getBoundingClientRect().top")
        for name in ("photo", "grayscale", "pinned", "colorized")
    ]
    assert len(set(tops)) == 1
    page.locator(".look-closer[data-from=pinned]").click()
    assert pair(page) == ["pinned", "colorized"]
    page.keyboard.press("Escape")
    page.locator(".unpin").click()
    expect(page.locator("#pinned-column")).to_be_hidden()
    expect(page.locator("#pin")).to_be_focused()


MOVED = """
async () => {
  const range = document.querySelector("#epoch input[type=range]");
  range.value = 0;
  range.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise(requestAnimationFrame);
  return document.querySelector("#pin").inert;
}
"""


def test_the_pin_dims_with_its_photo_and_goes_with_it(page: Page, photo: Path) -> None:
    made_with(page, "batchnorm · epoch 10")
    pin(page)
    data = base64.b64encode(photo.read_bytes()).decode()
    (opacity,) = page.evaluate(DROPPED, [data, "pinned"])
    assert float(opacity) < 0.5
    expect(page.locator("#pinned-column")).to_be_hidden()
    made_with(page, "batchnorm · epoch 10")
    expect(page.locator("#pinned-words")).to_have_text("")
    # What is not the answer cannot be pinned.
    assert page.evaluate(MOVED)
    made_with(page, "batchnorm · epoch 1 ")
    expect(page.locator("#pin")).not_to_have_attribute("inert", "")
    pin(page)
    page.locator("#remove-photo").click()
    expect(page.locator("#pinned-column")).to_be_hidden()
    expect(page.locator("#pin")).to_be_disabled()


def test_axe_finds_nothing_with_a_pin_and_in_the_layer(page: Page) -> None:
    made_with(page, "batchnorm · epoch 10")
    pin(page)
    assert not violations(page)
    page.locator(".look-closer[data-from=pinned]").click()
    settled(page)
    assert not violations(page)
