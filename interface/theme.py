"""How the page looks: neutral greys, one accent, the photograph first."""

from pathlib import Path

from gradio import themes

from interface.text import SCRIPT as TEXTS

_HERE = Path(__file__).parent / "static"
STYLE = _HERE / "style.css"
# Gradio adds its style sheets when it has started; by then the page would have moved.
_SCRIPTS = ("dom.js", "history.js", "share.js", "page.js", "freshness.js", "pick-spot.js")
SCRIPT = f"<style>{STYLE.read_text()}</style>" + "".join(
    f"<script>{script}</script>" for script in (TEXTS, *((_HERE / n).read_text() for n in _SCRIPTS))
)

# Pure greys, because a tinted page makes the eye read the photograph in the opposite tint; fonts
# of the system, because a font service would be a call to a third party.
THEME = themes.Base(
    primary_hue=themes.colors.teal,
    neutral_hue=themes.colors.neutral,
    font=["system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
    radius_size=themes.sizes.radius_md,
).set(
    body_background_fill="#fafafa",
    body_background_fill_dark="#161616",
    body_text_color_subdued="#5c5c5c",
    body_text_color_subdued_dark="#a8a8a8",
    block_background_fill="transparent",
    block_background_fill_dark="transparent",
    block_border_width="0px",
    block_shadow="none",
    block_label_background_fill="transparent",
    block_label_background_fill_dark="transparent",
    block_label_border_width="0px",
    button_primary_background_fill="*primary_700",
    button_primary_background_fill_dark="*primary_700",
    button_primary_background_fill_hover="*primary_800",
    button_primary_background_fill_hover_dark="*primary_800",
    slider_color="*primary_600",
    slider_color_dark="*primary_500",
)
