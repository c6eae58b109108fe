"""One pixel's colours on the ab plane at its own lightness, as SVG."""

import base64
import html
import io

import numpy as np
import torch
from PIL import Image

from colorizer.lab import lab_to_rgb, rgb_to_lab
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
    red, green, yellow, blue = (
        html.escape(tell(request, f"colour_{name}")) for name in ("red", "green", "yellow", "blue")
    )
    dots = "".join(
        f'<circle class="sample" cx="{a:.1f}" cy="{-b:.1f}" r="2" />' for a, b in pixel.samples
    )
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


def _background(lightness: float, side: int = 81) -> str:
    """The plane at this lightness as a PNG in a data URI; transparent beyond the sRGB gamut."""
    axis = torch.linspace(-REACH, REACH, side)
    b, a = torch.meshgrid(-axis, axis, indexing="ij")
    ab = torch.stack([a, b])
    plane = torch.full((1, side, side), float(np.clip(lightness, 12, 92)))
    rgb = lab_to_rgb(plane, ab)
    inside = (rgb_to_lab(rgb)[1:] - ab).norm(dim=0) < 3
    alpha = (inside * 255).to(torch.uint8)[None]
    picture = torch.cat([rgb, alpha]).permute(1, 2, 0).contiguous().numpy()
    buffer = io.BytesIO()
    Image.fromarray(picture, "RGBA").save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
