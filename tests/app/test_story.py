"""The Story tab: what the study found, in the reader's language, and its address."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from interface.study_words import found, translated

CLAIMS = json.loads((Path(__file__).parents[2] / "assets" / "study.json").read_text())["claims"]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_the_pieces_make_the_studys_own_sentence(claim) -> None:
    assert found(claim, "en") == claim["sentence"]


@pytest.mark.parametrize("language", ["de", "fr"])
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_a_translation_keeps_every_number(claim, language: str) -> None:
    def numbers(text: str) -> list[str]:
        return sorted(re.findall(r"[−+]?\d+(?:\.\d+)?", text.replace(",", ".")))

    for english, other in (
        (claim["sentence"], found(claim, language)),
        (claim["claim"], translated(claim["claim"], language)),
    ):
        assert other != english
        assert numbers(other) == numbers(english)


@pytest.mark.parametrize("language", ["de", "fr"])
def test_the_tab_speaks_the_browsers_language(browser, url: str, language: str) -> None:
    page = browser.new_page(locale=language)
    page.goto(f"{url}?tab=story")
    first = page.locator("#claims li").first
    expect(first.locator("b")).to_have_text(translated(CLAIMS[0]["claim"], language))
    expect(first.locator("p")).to_contain_text(found(CLAIMS[0], language))
    expect(first.locator(".verdict")).to_have_text(translated(CLAIMS[0]["verdict"], language))
    axis = {"de": "Validierungsverlust", "fr": "Perte de validation"}[language]
    expect(page.locator("#curve-val-loss")).to_contain_text(axis)
    page.close()


def test_the_tab_has_its_address_and_copies_it(page: Page, url: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("tab", name="Story").click()
    expect(page).to_have_url(re.compile(r"\?tab=story$"))
    page.locator(".copy-link:visible").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()) === location.href")
    page.goto("about:blank")
    page.goto(f"{url}?tab=story")
    expect(page.locator("#claims")).to_be_visible()
