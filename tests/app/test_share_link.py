"""The address of the page: what it says of the settings, and what it brings back."""

import json
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, Request, expect
from test_colorize import made_with, move

from colorizer.checkpoint import file_name
from interface.engine import share_link
from interface.engine.checkpoints import Checkpoints
from interface.engine.settings import Settings
from interface.render.html import link_attribute

DEFAULT = Settings("batchnorm", 10)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, DEFAULT),
        ({"variant": "dropout"}, Settings("dropout", 10)),
        ({"variant": "dropout", "epoch": "2"}, Settings("dropout", 2)),
        (
            {"variant": "dropout", "epoch": "1", "samples": "8", "show": "medoid"},
            Settings("dropout", 1, 8, medoid=True),
        ),
        ({"variant": "rebalanced", "temperature": "0.3"}, Settings("rebalanced", 10, 1, 0.3)),
        ({"epoch": "1"}, Settings("batchnorm", 1)),
        ({"variant": "sepia", "epoch": "1"}, DEFAULT),
        ({"variant": "dropout", "epoch": "3"}, Settings("dropout", 2)),
        ({"epoch": "²"}, DEFAULT),
        ({"epoch": "9" * 5000}, DEFAULT),
        ({"epoch": "1", "samples": "1e9"}, Settings("batchnorm", 1)),
        ({"epoch": "1", "temperature": "nan"}, Settings("batchnorm", 1)),
        ({"variant": "<script>", "samples": ""}, DEFAULT),
    ],
)
def test_what_is_not_there_becomes_the_nearest_or_the_default(
    checkpoints: Path, query, expected
) -> None:
    assert share_link.settings_from(query, Checkpoints(checkpoints), DEFAULT) == expected


def test_an_attribute_is_quoted() -> None:
    assert (
        link_attribute(left='a"b&c', epochs="1,5") == ' data-link="left=a%22b%26c&amp;epochs=1,5"'
    )


def query(page: Page) -> dict[str, str]:
    return {key: value for key, (value,) in parse_qs(urlparse(page.url).query).items()}


def test_the_address_follows_restores_and_is_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    made_with(page, "batchnorm · epoch 10")
    assert query(page) == {"variant": "batchnorm", "epoch": "10"}
    move(page, "variant", "ArrowRight")
    made_with(page, "dropout · epoch 10")
    move(page, "epoch", "ArrowLeft")
    made_with(page, "dropout · epoch 2")
    move(page, "samples", "ArrowRight")
    made_with(page, "mean of 2 samples")
    page.locator("#more > button").click()
    page.locator("#samples-show").get_by_label("medoid").check()
    made_with(page, "medoid of 2 samples")
    shared = page.url
    assert query(page) == {"variant": "dropout", "epoch": "2", "samples": "2", "show": "medoid"}

    page.goto("about:blank")
    page.goto(shared)
    made_with(page, "dropout · epoch 2 · medoid of 2 samples")
    expect(page.locator("#variant input[type=range]")).to_have_value("2")
    assert page.url == shared
    page.locator(".copy-link:visible").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()) === location.href")


def test_a_temperature_is_restored(tab, url: str) -> None:
    page = tab()
    page.goto(f"{url}?variant=rebalanced&epoch=1&temperature=0.3&__theme=dark")
    made_with(page, "rebalanced · epoch 1 · temperature 0.3")
    assert query(page) == {
        "variant": "rebalanced",
        "epoch": "1",
        "temperature": "0.3",
        "__theme": "dark",
    }


def test_a_comparison_is_restored_and_drawn_once(tab, url: str) -> None:
    page, asked = tab(), []

    def note(request: Request) -> None:
        if "queue/join" in request.url and request.post_data:
            asked.append(json.loads(request.post_data)["fn_index"])

    page.on("request", note)
    page.goto(
        f"{url}?tab=epochs&variants=baseline,dropout&epochs=1,10&left=dropout/1&right=baseline/10"
    )
    expect(page.locator("#compared-words .answer span")).to_have_text(
        ["dropout · epoch 1", "baseline · epoch 10"]
    )
    expect(page.locator("#grid [data-cell]")).to_have_count(4)
    expect(page.locator("#film output")).to_be_visible()  # a second run would be asked for by now
    page.remove_listener("request", note)
    events = page.evaluate("window.gradio_config.dependencies")
    (draw,) = [event["id"] for event in events if event["api_name"] == "draw_wish"]
    assert asked.count(draw) == 1
    page.locator("#grid [data-cell='baseline/1']").click()
    expect(page.locator("#compared-words .answer span")).to_have_text(
        ["baseline · epoch 10", "baseline · epoch 1"]
    )
    page.wait_for_function("new URL(location).searchParams.get('right') === 'baseline/1'")
    assert query(page) == {
        "tab": "epochs",
        "variants": "baseline,dropout",
        "epochs": "1,10",
        "left": "baseline/10",
        "right": "baseline/1",
    }


def test_a_link_to_a_variant_of_fewer_epochs_keeps_all_it_names(
    browser, serve, checkpoints: Path, tmp_path: Path
) -> None:
    few = tmp_path / "few"
    shutil.copytree(checkpoints, few)
    (few / "dropout" / file_name(10)).unlink()
    page = browser.new_page(locale="en-GB")
    page.set_default_timeout(90_000)
    page.goto(f"{serve(few)}?variant=dropout&epoch=1&samples=3")
    made_with(page, "dropout · epoch 1 · mean of 3 samples")
    page.locator("#vividness input[type=range]").press("ArrowRight")
    made_with(page, "dropout · epoch 1 · mean of 3 samples · vividness 105 %")
    page.close()


def test_samples_are_restored(tab, url: str) -> None:
    page = tab()
    asked = {"tab": "uncertainty", "variant": "dropout", "epoch": "2", "samples": "4"}
    page.goto(f"{url}?{'&'.join(f'{key}={value}' for key, value in asked.items())}")
    expect(page.locator("#uncertainty-progress")).to_have_text("Samples: 4")
    expect(page.locator("#uncertainty-singles img")).to_have_count(4)
    assert query(page) == asked
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".copy-link:visible").click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()) === location.href")


def test_nonsense_in_the_address_opens_the_page_as_ever(tab, url: str) -> None:
    page = tab()
    page.goto(f"{url}?tab=nowhere&variant=%3Cscript%3E&epoch=-1&left=a&samples=many")
    made_with(page, "batchnorm · epoch 10")
    page.goto(f"{url}?tab=epochs&variants=sepia&epochs=x&left=/&right=baseline/9")
    expect(page.locator("#grid [data-cell]").first).to_be_visible()


def test_a_tab_draws_nothing_before_it_is_opened(page: Page) -> None:
    made_with(page, "batchnorm · epoch 10")
    page.get_by_role("tab", name="Uncertainty").click()
    expect(page.locator("#uncertainty .empty")).to_be_visible()
    expect(page.locator("#grid [data-cell]")).to_have_count(0)
    page.get_by_role("tab", name="Epochs").click()
    expect(page.locator("#grid [data-cell]")).to_have_count(8)
    page.get_by_role("tab", name="Uncertainty").click()
    expect(page.locator("#uncertainty .empty")).to_be_visible()


@pytest.fixture
def around(tmp_path: Path, url: str) -> Iterator[str]:
    """A page of another site with the app in a frame, as a Space shows it."""
    frame = f'<iframe allow="clipboard-write" style="width: 100%; height: 95vh" src="{url}">'
    (tmp_path / "index.html").write_text(frame)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"  # 127.0.0.1 would be the app's own site
        server.shutdown()


def test_in_the_frame_of_another_site_the_link_opens_the_same_view(
    tab: Callable[..., Page], around: str
) -> None:
    page = tab()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(around)
    app = page.frame_locator("iframe")
    expect(app.locator("#colorized img")).to_be_visible()
    app.locator("#variant input[type=range]").press("ArrowRight")
    expect(app.locator("#caption")).to_contain_text("dropout · epoch 10")
    app.locator(".copy-link:visible").click()
    expect(app.locator(".copy-link.copied")).to_be_visible()

    assert page.url == around
    page.locator("iframe").evaluate("frame => frame.remove()")
    page.locator("html").click()  # only a page that has the focus may read the clipboard
    page.goto(page.evaluate("() => navigator.clipboard.readText()"))
    made_with(page, "dropout · epoch 10")
