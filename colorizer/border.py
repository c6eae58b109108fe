"""Uniform borders around a photo: the white rim of a print, a scanner's lid, cream cardboard.

A network that sees the border colours the photo inside it differently. `find_border` finds it, so
that the network sees the inside alone and the border stays neutral.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

_SMALL = 320  # pixels of the longest side, on which borders are found
_TOLERANCE = 14  # levels by which a border may differ from its median
_UNIFORM = 0.9  # share of an edge that has the border's colour
_WHOLE = 0.98  # share of a row or column
_LEVELS = 3  # borders inside each other: cardboard around a print's rim
_LEAST = 0.06  # share of the picture that the inside takes, at least
_FILLED = 0.94  # share of the smallest rectangle around the inside that it fills, at least
_TILTS = np.radians(np.arange(-10, 10.5, 0.5))


@dataclass(frozen=True, eq=False)
class Border:
    """What surrounds a photo's inside.

    top, bottom, left, right: of the rectangle around the inside, in pixels of the photo, as in
    slices; size: the photo's height and width; mask: (h, w) bool, True inside, of a photo whose
    inside is tilted or rounded; None where it is the rectangle.
    """

    top: int
    bottom: int
    left: int
    right: int
    size: tuple[int, int]
    mask: np.ndarray | None = None

    def crop(self, rgb: np.ndarray) -> np.ndarray:
        """(H, W, 3) to the rectangle around the inside."""
        return np.ascontiguousarray(rgb[self.top : self.bottom, self.left : self.right])

    def inside(self, rows: slice) -> Tensor:
        """(rows, W) float32: 1 inside, 0 on the border."""
        height, width = self.size
        wanted = np.arange(height)[rows]
        result = np.zeros((len(wanted), width), np.float32)
        result[(wanted >= self.top) & (wanted < self.bottom), self.left : self.right] = 1
        if self.mask is not None:
            small_height, small_width = self.mask.shape
            down = wanted * small_height // height
            across = np.arange(width) * small_width // width
            result *= self.mask[down][:, across]
        return torch.from_numpy(result)

    def embed(self, planes: Tensor, outside: Tensor | float = 0.0) -> Tensor:
        """Planes of the inside, (N, C, h, w), as planes of the whole photo, (N, C, H, W).

        Cells keep their size, but for rounding. outside: (C,) or one number, on the border.
        """
        height, width = self.size
        rows, columns = planes.shape[-2:]
        high, wide = self.bottom - self.top, self.right - self.left
        down = _centres(rows * height / high, height)
        across = _centres(columns * width / wide, width)
        y, x = (down - self.top) / high, (across - self.left) / wide  # in [0, 1] inside
        grid = torch.stack(torch.meshgrid(y * 2 - 1, x * 2 - 1, indexing="ij")[::-1], dim=-1)
        grid = grid.expand(len(planes), *grid.shape).to(planes)
        found = F.grid_sample(planes, grid, padding_mode="border", align_corners=False)
        within = ((y >= 0) & (y <= 1))[:, None] & ((x >= 0) & (x <= 1))
        rest = torch.as_tensor(outside, dtype=planes.dtype).view(1, -1, 1, 1)
        return torch.where(within, found, rest)


def find_border(rgb: np.ndarray) -> Border | None:
    """The uniform border around a photo, (H, W, 3) uint8; None if there is none."""
    if not _has_even_edges(rgb):
        return None
    small = _reduced(rgb)
    outside = np.zeros(small.shape[:2], bool)
    found = None
    for _ in range(_LEVELS):
        peeled = _peeled(small, outside)
        if peeled is None:
            break
        if not _is_frame(~peeled):  # it runs into the photo, whose own edge is of that colour
            peeled = _margins(small, outside)
            if not _is_frame(~peeled) or (peeled == outside).all():
                break
        found = outside = peeled
    if found is None:
        return None
    return _measured(rgb, small, ~found)


def _has_even_edges(rgb: np.ndarray) -> bool:
    """Whether the photo's four edges are of one colour, which most photos' are not."""
    step = max(1, max(rgb.shape[:2]) // 300)
    edges = [rgb[0, ::step], rgb[-1, ::step], rgb[::step, 0], rgb[::step, -1]]
    colour = np.median(np.concatenate(edges), axis=0)
    return all(_share_of(edge, colour) >= _UNIFORM for edge in edges)


def _share_of(pixels: np.ndarray, colour: np.ndarray) -> float:
    return float(np.mean(np.abs(pixels - colour).max(axis=-1) <= _TOLERANCE))


def _reduced(rgb: np.ndarray) -> np.ndarray:
    """(h, w, 3) float, at most `_SMALL` pixels a side."""
    image = Image.fromarray(rgb)
    image.thumbnail((_SMALL, _SMALL), Image.Resampling.BOX)
    return np.asarray(image).astype(np.float32)


def _peeled(small: np.ndarray, outside: np.ndarray) -> np.ndarray | None:
    """`outside` with the next border in; None if what follows is not uniform."""
    start = _grown(outside, edges=True) & ~outside
    colour = np.median(small[start], axis=0)
    alike = np.abs(small - colour).max(axis=2) <= _TOLERANCE
    if np.mean(alike[start]) < (_UNIFORM if not outside.any() else 0.75):
        return None
    region = outside | (start & alike)
    while True:
        grown = region | (_grown(region) & alike)
        if (grown == region).all():
            return _grown(region, edges=True)  # with the rim of half-covered pixels
        region = grown


def _margins(small: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """`outside` with the whole rows and columns in that are of the border's colour."""
    colour = np.median(small[_grown(outside, edges=True) & ~outside], axis=0)
    alike = (np.abs(small - colour).max(axis=2) <= _TOLERANCE) | outside
    result = outside.copy()
    for lines, marks in ((alike, result), (alike.T, result.T)):
        whole = lines.mean(axis=1) >= _WHOLE
        first, last = int(whole.argmin()), len(whole) - int(whole[::-1].argmin())
        if not 0 < first < last < len(whole):
            return outside
        marks[:first] = marks[last:] = True
    return result


def _grown(region: np.ndarray, edges: bool = False) -> np.ndarray:
    """The region and its neighbours; edges: and the edges of the picture."""
    padded = np.pad(region, 1, constant_values=edges)
    return (
        padded[1:-1, 1:-1]
        | padded[:-2, 1:-1]
        | padded[2:, 1:-1]
        | padded[1:-1, :-2]
        | padded[1:-1, 2:]
    )


def _is_frame(inside: np.ndarray) -> bool:
    """Whether the inside is about a rectangle, which may be tilted and have round corners."""
    y, x = np.nonzero(inside)
    if inside.mean() < _LEAST:
        return False
    areas = []
    for angle in _TILTS:
        along = x * math.cos(angle) + y * math.sin(angle)
        across = y * math.cos(angle) - x * math.sin(angle)
        areas.append((np.ptp(along) + 1) * (np.ptp(across) + 1))
    return len(y) >= _FILLED * min(areas)


def _measured(rgb: np.ndarray, small: np.ndarray, inside: np.ndarray) -> Border:
    """The border at full size."""
    height, width = rgb.shape[:2]
    down, across = height / len(small), width / small.shape[1]
    rows, columns = (np.nonzero(inside.any(axis))[0] for axis in (1, 0))
    high, wide = (
        slice(int(s[0] * f), int((s[-1] + 1) * f)) for s, f in ((rows, down), (columns, across))
    )
    top, bottom = (_edge(rgb[:, wide], place, down) for place in (high.start, high.stop))
    turned = rgb.swapaxes(0, 1)
    left, right = (_edge(turned[:, high], place, across) for place in (wide.start, wide.stop))
    box = inside[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    mask = None if box.mean() > 0.997 else inside
    return Border(top, bottom, left, right, (height, width), mask)


def _edge(pixels: np.ndarray, place: int, scale: float) -> int:
    """The row near `place` that differs most from the one before."""
    reach = math.ceil(2.5 * scale)
    start = max(0, place - reach)
    lines = pixels[start : place + reach].mean(axis=(1, 2))
    return start + 1 + int(np.abs(np.diff(lines)).argmax()) if len(lines) > 1 else place


def _centres(count: float, size: int) -> Tensor:
    """The centres of that many cells, rounded, along a side of `size` pixels."""
    cells = max(1, round(count))
    return (torch.arange(cells) + 0.5) * (size / cells)
