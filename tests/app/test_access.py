"""Everyone gets in: axe-core, the keyboard alone, small screens, languages, an installed app."""

import re
from pathlib import Path
from typing import Literal

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from test_colorize import made_with
from test_uncertainty import choose_variant

from interface.text import PAGE
from interface.theme import STYLE

TABS = ["Colorize", "Epochs", "Uncertainty", "Story"]


# What takes the focus, and that nobody can tell what it is.
NAMELESS = """() =>
  [...document.querySelectorAll("a[href], button, input, select, textarea, [tabindex]")]
    .filter((part) => part.tabIndex >= 0 && part.offsetParent && !part.disabled)
    .filter((part) => ![part.ariaLabel, part.title, part.textContent.trim(),
      [...(part.labels ?? [])].map((label) => label.textContent.trim()).join(""),
      part.querySelector("img")?.alt].some(Boolean))
    .map((part) => part.outerHTML.slice(0, 120))"""


def violations(page: Page, *schemes: Literal["light", "dark"]) -> list[tuple[str, str, list[str]]]:
    """What axe-core finds in the light and then in the dark, or in these alone."""
    found = []
    for scheme in schemes or ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            "dark => document.body.matches('.dark') == dark", arg=scheme == "dark"
        )
        # The page's own fade-in would count as low contrast.
        page.wait_for_function("document.getAnimations().every((a) => a.playState !== 'running')")
        options: dict[str, list[str]] = {
            "resultTypes": ["violations"]
        }  # no report on what is right
        if scheme == "dark":  # all else is the same
            options["runOnly"] = ["color-contrast"]
        for one in Axe().run(page, options=options).response["violations"]:
            nodes = [node["html"][:200] for node in one["nodes"]]
            found.append((scheme, one["id"], nodes))
    return found


# The lines that say what went wrong, and their contrast with the page.
PROBLEMS = """() => {
  const channels = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (text) => channels(text)
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const page = light(getComputedStyle(document.body).backgroundColor);
  return ["arrival", "caption", "hints-answer", "many"].map((id) => {
    const line = document.createElement("div");
    line.innerHTML = '<div class="problem">No</div><ul><li>No</li></ul>';
    document.getElementById(id).append(line);
    const said = line.querySelector(id === "many" ? "li" : ".problem");
    const text = light(getComputedStyle(said).color);
    line.remove();
    return (Math.max(text, page) + 0.05) / (Math.min(text, page) + 0.05);
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_went_wrong_is_read_in_the_light_and_in_the_dark(
    page: Page, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("dark => document.body.matches('.dark') == dark", arg=scheme == "dark")
    assert all(contrast > 4.5 for contrast in page.evaluate(PROBLEMS))


def test_no_rule_of_the_style_sheet_stands_twice() -> None:
    """The later of two would win, in the wrong theme as well."""
    sheet = re.sub(r"/\*.*?\*/", "", STYLE.read_text(), flags=re.DOTALL)
    everywhere = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", sheet)
    selectors = [selector.strip() for selector in re.findall(r"([^{}]+)\{", everywhere)]
    assert len(selectors) > 100
    assert not {selector for selector in selectors if selectors.count(selector) > 1}


def fill(page: Page, tab: str) -> None:
    """Opens a tab and lets it show all it has."""
    page.get_by_role("tab", name=tab).click()
    if tab == "Epochs":  # it draws its grid by itself
        expect(page.locator("#film output")).to_be_visible()
        expect(page.locator("#compared img")).to_have_count(2)
    elif tab == "Uncertainty":
        choose_variant(page, "dropout")
        page.locator("#uncertainty-plane summary").click()
        expect(page.locator("#uncertainty-plane .sample").first).to_be_visible()
        expect(page.locator("#uncertainty-stop")).to_be_disabled()
    elif tab == "Story":
        expect(page.locator("#mean-colour .stripes")).to_be_visible()  # the last thing painted
        page.locator("#claims summary").first.click()
        page.locator("#map-answers summary").click()
        page.locator("[data-cell='ab/batchnorm/8192/10']").click()
        expect(page.locator("#cell img")).to_be_visible()


def test_each_tab_suits_axe_the_keyboard_and_a_phone(page: Page) -> None:
    """Empty, where a tab opens so, and filled; and all that takes the focus has a name."""
    for tab in TABS:
        page.get_by_role("tab", name=tab).click()
        empty = violations(page, "light") if tab == "Uncertainty" else []
        fill(page, tab)
        assert not empty + violations(page), tab
        assert not page.evaluate(NAMELESS), tab
        assert "i18n" not in page.locator("body").inner_text()
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_function("document.documentElement.scrollWidth <= 390")
        page.set_viewport_size({"width": 1366, "height": 768})


def test_axe_finds_nothing_in_a_problem(page: Page) -> None:
    page.locator("#remove-photo").click()
    expect(page.locator("#download")).to_be_disabled()
    page.get_by_role("tab", name="Uncertainty").click()
    page.locator(".disclosure").click()
    page.locator("#uncertainty-start").click()
    expect(page.locator("#uncertainty-progress .problem")).to_contain_text("There is no photo")
    assert not violations(page)


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
    tab_to(page, "#download-jpeg")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "my-coffee-baseline-epoch-001.jpg"
    tab_to(page, "#formats summary")
    page.keyboard.press("Enter")
    tab_to(page, "#download")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "my-coffee-baseline-epoch-001.png"
    for choose in (lambda: None, lambda: page.keyboard.press("Escape")):
        choose()
        expect(page.locator("#format-menu")).to_be_hidden()
        expect(page.locator("#formats summary")).to_be_focused()
        page.keyboard.press("Enter")
        tab_to(page, "#download-both")


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


# What a first visitor needs.
FIRST = ("#heading", "#colorized", "#variant", "#vividness", "#choose-photo", "#promise")
FIRST += ("#download-jpeg",)

# How far things moved, those included of which the browser tells a little later.
SHIFTED = """
() => new Promise((done) => {
  let shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) shifted += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(shifted), 300);
})
"""


def test_while_the_page_opens_nothing_moves_and_what_matters_is_in_sight(tab, url: str) -> None:
    for width, height in [(1920, 1080), (1366, 768), (820, 1180), (390, 844)]:
        page = tab(width, height)
        page.goto(url)
        expect(page.locator("#colorized img")).to_be_visible()
        expect(page.locator("#print-size")).to_contain_text("cm")
        assert page.evaluate(SHIFTED) < 0.01, (width, height)
        if (width, height) == (1366, 768):  # no need to scroll
            for part in FIRST:
                box = page.locator(part).bounding_box()
                assert box
                assert box["y"] + box["height"] <= height, part


@pytest.mark.parametrize(
    ("locale", "language"), [("de-DE", "de"), ("fr-FR", "fr"), ("pt-BR", "en")]
)
def test_the_page_speaks_the_browsers_language(tab, url: str, locale: str, language: str) -> None:
    words = PAGE[language]
    page, epoch = tab(locale=locale), words["epoch_word"]
    page.goto(url)
    expect(page.locator("#caption")).to_contain_text(f"{epoch} 10")
    page.locator("#more > button").click()
    expect(page.locator("#readout")).to_contain_text(words["colourfulness"])
    expect(page.locator("#promise")).to_have_text(words["promise"])
    expect(page.locator("#choose-photo")).to_have_text(words["choose"])
    expect(page).to_have_title(words["title"])
    tabs = [words[f"tab_{tab.lower()}"] for tab in TABS]
    expect(page.get_by_role("tab")).to_have_text(tabs)
    expect(page.locator(".name [data-say=grayscale]")).to_have_text(words["grayscale"])
    expect(page.locator("#samples-hint")).to_have_text(f"batchnorm: {words['samples_off']}")
    if language == "en":
        return  # its tabs are opened above
    for name in tabs:
        page.get_by_role("tab", name=name).click()
        if name == words["tab_epochs"]:
            expect(page.locator("#grid th[scope=col]").first).to_have_text(f"{epoch} 1")
            expect(page.locator("#film output")).to_contain_text(f"{epoch} 10")
        assert "i18n" not in page.locator("body").inner_text()


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
