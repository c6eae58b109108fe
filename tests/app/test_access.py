"""Everyone gets in: axe-core, the keyboard alone, small screens, languages, an installed app."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from test_colorize import made_with

from interface.languages import ENGLISH, FRENCH, GERMAN, LANGUAGES, say

TABS = ["Colorize", "Epochs", "Uncertainty", "Story"]


@pytest.fixture(params=["light", "dark"])
def themed(request: pytest.FixtureRequest, browser, url: str) -> Iterator[Page]:
    page = browser.new_page(
        viewport={"width": 1366, "height": 768}, color_scheme=request.param, locale="en-GB"
    )
    page.goto(url)
    expect(page.locator("#colorized img")).to_be_visible()
    yield page
    page.close()


def fill(page: Page, tab: str) -> None:
    """Opens a tab and lets it show all it has."""
    page.get_by_role("tab", name=tab).click()
    if tab == "Epochs":
        page.locator("#start").click()
        expect(page.locator("#film output")).to_be_visible()
        expect(page.locator("#compared img")).to_have_count(2)
    elif tab == "Uncertainty":
        page.locator("#uncertainty-of").get_by_label("dropout").check()
        page.locator("#uncertainty-start").click()
        page.locator("#uncertainty-plane summary").click()
        expect(page.locator("#uncertainty-plane .sample").first).to_be_visible()
        expect(page.locator("#uncertainty-stop")).to_be_disabled()
    elif tab == "Story":
        expect(page.locator("#mean-colour .stripes")).to_be_visible()  # the last thing painted
        page.locator("#claims summary").first.click()
        page.locator("#map-answers summary").click()
        page.locator("[data-cell='ab/batchnorm/8192/10']").click()
        expect(page.locator("#cell img")).to_be_visible()


def test_axe_finds_nothing_on_any_tab(themed: Page) -> None:
    found = {}
    for tab in TABS:
        for state in ("empty", "filled"):
            if state == "empty":
                themed.get_by_role("tab", name=tab).click()
            else:
                fill(themed, tab)
            themed.wait_for_timeout(300)  # the page's own fade-in would count as low contrast
            for violation in Axe().run(themed).response["violations"]:
                nodes = [node["html"][:200] for node in violation["nodes"]]
                found[tab, state, violation["id"]] = (violation["impact"], nodes)
    assert not found


def test_axe_finds_nothing_in_a_problem(themed: Page) -> None:
    themed.locator("#remove-photo").click()
    expect(themed.locator("#download")).to_be_disabled()
    themed.get_by_role("tab", name="Uncertainty").click()
    themed.locator("#uncertainty-start").click()
    expect(themed.locator("#uncertainty-progress .problem")).to_contain_text("There is no photo")
    themed.wait_for_timeout(300)
    assert not Axe().run(themed).response["violations"]


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the focus is there."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"Tab never reaches {selector}")


def test_from_upload_to_download_by_keyboard(page: Page, photo: Path) -> None:
    # Catching the browser's file dialog is switched on by the first listener, not at once; a key
    # pressed right after is lost to a dialog that nobody sees.
    page.on("filechooser", lambda _: None)
    tab_to(page, "#choose-photo")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(photo)
    made_with(page, "batchnorm · epoch 10")
    expect(page.locator("#colorized img")).to_have_attribute("src", re.compile("my-coffee"))
    tab_to(page, "#variant input[type=range]")
    page.keyboard.press("ArrowLeft")
    made_with(page, "baseline · epoch 10")
    tab_to(page, "#epoch input[type=range]")
    page.keyboard.press("Home")
    made_with(page, "baseline · epoch 1")
    tab_to(page, "#download")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "my-coffee-baseline-epoch-001.png"


def test_two_checkpoints_are_compared_by_keyboard(page: Page) -> None:
    tab_to(page, "[role=tab][data-tab-id=epochs]")
    page.keyboard.press("Enter")
    tab_to(page, "#start")
    page.keyboard.press("Enter")
    expect(page.locator("#compared-words")).to_contain_text("baseline · epoch 1")
    expect(page.locator("#film output")).to_be_visible()  # the last thing made of a grid
    tab_to(page, "#grid [data-cell='batchnorm/10']")
    page.keyboard.press("Enter")
    expect(page.locator("#compared-words .answer span").last).to_have_text("batchnorm · epoch 10")


def test_the_first_visit_needs_no_scrolling(page: Page) -> None:
    for shown in (
        "#heading",
        "#colorized",
        "#variant",
        "#vividness",
        "#choose-photo",
        "#download",
    ):
        box = page.locator(shown).bounding_box()
        assert box
        assert box["y"] + box["height"] <= 768, shown


SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768), (820, 1180), (390, 844)])
def test_nothing_moves_while_the_page_opens(browser, url: str, size: tuple[int, int]) -> None:
    page = browser.new_page(viewport=dict(zip(("width", "height"), size, strict=True)))
    page.add_init_script(SHIFTS)
    page.goto(url)
    expect(page.locator("#colorized img")).to_be_visible()
    expect(page.locator("#readout table")).to_be_visible()
    page.wait_for_timeout(500)  # what moved is told of a little later
    assert page.evaluate("window.shifted") < 0.01
    page.close()


@pytest.mark.parametrize("tab", TABS)
def test_a_phone_does_not_scroll_sideways(browser, url: str, tab: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844}, locale="en-GB")
    page.goto(url)
    expect(page.locator("#colorized img")).to_be_visible()
    fill(page, tab)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_languages_say_the_same_things() -> None:
    for language in (GERMAN, FRENCH):
        assert list(language) == list(ENGLISH)
        long = [key for key, text in ENGLISH.items() if len(text.split()) > 2]
        same = [key for key in long if language[key] == ENGLISH[key]]
        assert not same
        for key, text in language.items():
            assert text.count("**") == ENGLISH[key].count("**")
            assert text.startswith("# ") == ENGLISH[key].startswith("# ")
    assert {"en", "de", "fr"} == {*LANGUAGES.translations}
    with pytest.raises(KeyError):
        say("no such words")


@pytest.mark.parametrize(
    ("locale", "words"), [("de-DE", GERMAN), ("fr-FR", FRENCH), ("pt-BR", ENGLISH)]
)
def test_the_page_speaks_the_browsers_language(browser, url: str, locale: str, words) -> None:
    page = browser.new_page(locale=locale)
    page.goto(url)
    expect(page.locator("#colorized img")).to_be_visible()
    tabs = [words[f"tab_{tab.lower()}"] for tab in TABS]
    expect(page.get_by_role("tab")).to_have_text(tabs)
    expect(page.locator(".name [data-say=grayscale]")).to_have_text(words["grayscale"])
    expect(page.locator("#samples-hint")).to_have_text(f"batchnorm: {words['samples_off']}")
    for tab in tabs:
        page.get_by_role("tab", name=tab).click()
        assert "i18n" not in page.locator("body").inner_text()
    page.close()


def test_the_app_can_be_installed(page: Page, url: str) -> None:
    manifest = page.evaluate(
        "fetch(document.querySelector('link[rel=manifest]').href).then((a) => a.json())"
    )
    assert manifest["name"] == "Colorizer"
    assert manifest["display"] == "standalone"
    (icon,) = manifest["icons"]
    found = httpx.get(url.rstrip("/") + icon["src"])
    assert found.headers["content-type"].startswith(icon["type"])
    own = Path(__file__).parents[2] / "assets" / "icon.svg"
    assert found.content == own.read_bytes()


@pytest.mark.parametrize("tab", TABS)
def test_whatever_takes_the_focus_has_a_name(page: Page, tab: str) -> None:
    fill(page, tab)
    nameless = page.evaluate("""() =>
      [...document.querySelectorAll("a[href], button, input, select, textarea, [tabindex]")]
        .filter((part) => part.tabIndex >= 0 && part.offsetParent && !part.disabled)
        .filter((part) => ![part.ariaLabel, part.title, part.textContent.trim(),
          [...(part.labels ?? [])].map((label) => label.textContent.trim()).join(""),
          part.querySelector("img")?.alt].some(Boolean))
        .map((part) => part.outerHTML.slice(0, 120))""")
    assert not nameless
