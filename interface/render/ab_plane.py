"""One pixel's colours on the ab plane at its own lightness, as SVG."""

import base64
import html
import io

from PIL import Image

from colorizer.lab import draw_ab_plane
from interface.engine import PixelColours
from interface.text import Request, tell

REACH = 100  # Lab units from the middle to the plane's edge
_SHAPES = {
    "mean": '<circle r="4.5" />',
    "mode": '<path d="M0-6 5 4-5 4Z" />',
    "painted": '<rect class="hollow" x="-5" y="-5" width="10" height="10" />',
    "true": '<path d="M-6 0H6M0-6V6" class="cross" />',
}


def draw(request: Request, pixel: PixelColours) -> str:
    """An SVG of the plane with its legend, for a page that styles `.plane`."""
    names = {name: html.escape(tell(request, f"plane_{name}")) for name in pixel.marks}
    ends = (tell(request, f"colour_{name}") for name in ("red", "green", "yellow", "blue"))
    red, green, yellow, blue = map(html.escape, ends)
    dot = '<circle class="sample" cx="{:.1f}" cy="{:.1f}" r="2" />'
    dots = "".join(dot.format(a, -b) for a, b in pixel.samples)
    if pixel.bins is not None and pixel.chances is not None:
        for (a, b), chance in zip(pixel.bins.tolist(), pixel.chances.tolist(), strict=True):
            if chance > 1e-3:  # the area of a circle is its probability
                radius = 22 * chance**0.5
                dots += f'<circle class="bin" cx="{a:.0f}" cy="{-b:.0f}" r="{radius:.1f}" />'
    marks = "".join(
        f'<g class="mark {name}" transform="translate({a:.1f} {-b:.1f})">{_SHAPES[name]}</g>'
        for name, (a, b) in pixel.marks.items()
    )
    legend = "".join(
        f'<li><svg viewBox="-9 -9 18 18" width="16" height="16" aria-hidden="true">'
        f'<g class="mark {name}">{_SHAPES[name]}</g></svg>{names[name]}</li>'
        for name in pixel.marks
    )
    edge = 2 * REACH
    marked = "; ".join(f"{names[n]} a {a:.0f}, b {b:.0f}" for n, (a, b) in pixel.marks.items())
    return (
        f'<div class="plane"><svg viewBox="{-REACH} {-REACH} {edge} {edge}" role="img" '
        f'aria-label="{tell(request, "plane", marks=marked)}">'
        f'<image href="{_background(pixel.lightness)}" x="{-REACH}" y="{-REACH}" '
        f'width="{edge}" height="{edge}" preserveAspectRatio="none" />'
        f'<path class="axis" d="M{-REACH} 0H{REACH}M0 {-REACH}V{REACH}" />'
        f'<text x="{REACH - 4}" y="-4" text-anchor="end">{red}</text>'
        f'<text x="{4 - REACH}" y="-4">{green}</text>'
        f'<text x="4" y="{12 - REACH}">{yellow}</text>'
        f'<text x="4" y="{REACH - 5}">{blue}</text>'
        f"{dots}{marks}</svg><ul>{legend}</ul></div>"
    )


def _background(lightness: float) -> str:
    """The plane at this lightness as a PNG in a data URI."""
    buffer = io.BytesIO()
    plane = draw_ab_plane(min(max(lightness, 12.0), 92.0), REACH, 81)
    Image.fromarray(plane, "RGBA").save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
