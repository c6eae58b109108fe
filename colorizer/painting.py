"""ab of a small picture onto the full-size photo: along its edges, with its own lightness.

`paint` joins both in bands of rows that stay in the processor's cache, so that nothing of the
photo's full size is held but the photo itself and the result.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from colorizer.guided import box, slopes
from colorizer.lab import lab_to_rgb, rgb_to_lightness
from colorizer.photo import Photo

_BAND_PIXELS = 2**17


def enlarge(x: Tensor, size: Sequence[int]) -> Tensor:
    """(N, C, h, w) to (N, C, *size), bilinearly."""
    return F.interpolate(x, tuple(size), mode="bilinear", align_corners=False)


def enlarge_guided(ab: Tensor, lightness: Tensor) -> Tensor:
    """ab to the size of `lightness`, along its edges, as `paint` does it.

    ab: (N, 2, h, w) in Lab units; lightness: (N, 1, H, W) in [0, 100]. Returns (N, 2, H, W).
    """
    guide = F.interpolate(lightness, ab.shape[-2:], mode="area")
    height, width = lightness.shape[-2:]
    return LinearColour.fit(guide, ab).enlarged(slice(0, height), height, width, lightness)


def paint(photo: Photo, ab: Tensor, guided: bool = True) -> np.ndarray:
    """Join the photo's lightness with ab of any size.

    ab: (2, h, w) in Lab units, or (N, 2, h, w) for N pictures. Returns (H, W, 3) or (N, H, W, 3)
    uint8 at the photo's size. L is the photo's to 8-bit rounding; colours outside the sRGB gamut
    lose chroma until they are inside.

    guided: enlarge ab along the photo's edges (`LinearColour`) instead of bilinearly.
    """
    pictures = ab if ab.dim() == 4 else ab[None]
    count, _, rows, columns = pictures.shape
    height, width = photo.height, photo.width
    colour = LinearColour(pictures)
    if guided and (rows < height or columns < width):
        colour = LinearColour.fit(photo.lightness_at(rows, columns)[None], pictures)
    painted = np.empty((count, height, width, 3), np.uint8)
    for band in _bands(height, width * count):
        rgb = torch.from_numpy(photo.rgb[band]).permute(2, 0, 1)
        lightness = rgb_to_lightness(rgb)
        full = colour.enlarged(band, height, width, lightness)
        painted[:, band] = lab_to_rgb(lightness, full).permute(0, 2, 3, 1).numpy()
    return painted if ab.dim() == 4 else painted[0]


def _bands(height: int, width: int) -> Iterator[slice]:
    rows = max(1, _BAND_PIXELS // width)
    for top in range(0, height, rows):
        yield slice(top, min(top + rows, height))


@dataclass(frozen=True)
class LinearColour:
    """ab as a linear function of lightness that changes from place to place: slope L + offset.

    slope: (N, 2, h, w) or None for zero; offset: (N, 2, h, w), in Lab units.
    """

    offset: Tensor
    slope: Tensor | None = None

    @classmethod
    def fit(cls, guide: Tensor, ab: Tensor) -> Self:
        """The guided filter's local regression of ab on lightness, both of one small size.

        Windows of 3 x 3 (`guided.slopes`). The slope is averaged over the windows as in the
        filter; the offset is chosen so that every sample keeps its own colour. Averaging it as
        well blurs a picture this small more than the edges win.
        guide: (N or 1, 1, h, w) in [0, 100]; ab: (N, 2, h, w).
        """
        slope = box(slopes(ab, guide, 1)[0], 1)
        return cls(ab - slope * guide, slope)

    def enlarged(self, band: slice, height: int, width: int, lightness: Tensor) -> Tensor:
        """ab of the rows `band` of a picture of height x width: (N, 2, rows, width).

        lightness: (1 or N, 1, rows, width) of these rows, or (1, rows, width).
        """
        offset = _enlarged_rows(self.offset, band, height, width)
        if self.slope is None:
            return offset
        return offset.addcmul_(_enlarged_rows(self.slope, band, height, width), lightness)


def _enlarged_rows(x: Tensor, band: slice, height: int, width: int) -> Tensor:
    """Rows `band` of `x` enlarged bilinearly to height x width, without making the others."""
    rows = x.shape[-2]
    place = ((torch.arange(band.start, band.stop) + 0.5) * (rows / height) - 0.5).clamp(0, rows - 1)
    above = place.long()
    below = (above + 1).clamp(max=rows - 1)
    share = (place - above)[:, None]
    between = torch.lerp(x[..., above, :], x[..., below, :], share)
    return enlarge(between, (band.stop - band.start, width))
