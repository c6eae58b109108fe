"""The README's picture of the app: `python docs/make_screenshot.py` renews it."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import app  # noqa: E402

demo = app.build_demo()
_, url, _ = demo.launch(**app.LAUNCH, prevent_thread_lock=True, quiet=True)
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
    )
    page = browser.new_page(viewport={"width": 1366, "height": 768}, reduced_motion="reduce")
    page.goto(f"{url}?photo=astronaut&__theme=light")  # of which it shows all three pictures
    page.wait_for_function(
        "[...document.querySelectorAll('.picture img')].filter(i => i.complete).length === 3"
    )
    page.wait_for_timeout(500)  # the page's own fade-in
    page.screenshot(path=ROOT / "assets" / "screenshot.png")
    browser.close()
demo.close()
