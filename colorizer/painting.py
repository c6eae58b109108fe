"""From the small ab to the full-size photo: along its edges, with its own lightness.

`paint` joins both in bands of rows that stay in the processor's cache, so that only the photo
itself and the result are held at full size.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from colorizer.guided import box, slopes
from colorizer.lab import lab_to_rgb
from colorizer.parallel import in_parallel
from colorizer.photo import Photo

# Larger bands leave the cache of a core; between smaller ones, threads wait for Python's lock.
_BAND_PIXELS = 2**17
FADED = 1.5  # a softer edge than a limit would draw


def enlarge(x: Tensor, size: Sequence[int]) -> Tensor:
    """(N, C, h, w) to (N, C, *size), bilinearly."""
    return F.interpolate(x, tuple(size), mode="bilinear", align_corners=False)


def enlarge_guided(ab: Tensor, lightness: Tensor) -> Tensor:
    """ab to the size of `lightness`, along its edges, as `paint` does it.

    ab: (N, 2, h, w) in Lab units; lightness: (N, 1, H, W) in [0, 100]. Returns (N, 2, H, W).
    """
    guide = F.interpolate(lightness, ab.shape[-2:], mode="area")
    height, width = lightness.shape[-2:]
    return LinearColour.fit(guide, ab).enlarged(height, width).ab(slice(0, height), lightness)


def join(lightness: Tensor, colour: Tensor) -> Tensor:
    """sRGB as (..., 3, H, W) uint8 of a photo's lightness, (..., 1, H, W) in [0, 100], with ab.

    colour: (..., 2, H, W) in Lab units; or (..., 3, H, W) Lab, which brings a lightness of its own.
    """
    own, ab = split_lab(colour)
    return lab_to_rgb(lightness if own is None else own, ab)


def split_lab(colour: Tensor) -> tuple[Tensor | None, Tensor]:
    """(lightness or None, ab) of ab, (..., 2, H, W), or of Lab, (..., 3, H, W)."""
    if colour.shape[-3] == 2:
        return None, colour
    lightness, ab = colour.split((1, 2), dim=-3)
    return lightness, ab


def scale_chroma(colour: Tensor, factor: float) -> Tensor:
    """ab, (..., 2, H, W), or Lab, (..., 3, H, W), of `factor` times the chroma."""
    lightness, ab = split_lab(colour)
    ab = ab * factor
    return ab if lightness is None else torch.cat([lightness, ab], dim=-3)


def fade(colour: Tensor, radius: Tensor, within: float) -> Tensor:
    """Colour that turns to grey where it may be far off: the chroma is whole where `radius` is at
    most `within`, and none from FADED times that on.

    colour: ab, (2, h, w), or Lab, (3, h, w); radius: (h, w) in Lab units.
    """
    lightness, ab = split_lab(colour)
    ab = ab * ((FADED * within - radius) / ((FADED - 1) * within)).clamp(0, 1)
    return ab if lightness is None else torch.cat([lightness, ab], dim=-3)


def paint(photo: Photo, ab: Tensor, guided: bool = True) -> np.ndarray:
    """Join the photo's lightness with ab of any size.

    ab: (2, h, w) in Lab units, or (N, 2, h, w) for N pictures. Three planes are Lab of a picture
    that was painted whole, which is enlarged as it is: fuzzy, as the photo's own lightness is not
    used. Returns (H, W, 3) or (N, H, W, 3) uint8 at the photo's size. L is the photo's up to 8-bit
    rounding; colours outside the sRGB gamut lose chroma until they are inside.

    guided: enlarge ab along the photo's edges (`LinearColour`) instead of bilinearly.
    """
    # The same pixels however the planes lie in memory, which rounding could depend on.
    pictures = (ab if ab.dim() == 4 else ab[None]).contiguous()
    count, _, rows, columns = pictures.shape
    height, width = photo.height, photo.width
    colour = LinearColour(pictures)
    if guided and pictures.shape[1] == 2 and (rows < height or columns < width):
        colour = LinearColour.fit(photo.lightness_at(rows, columns)[None], pictures)
    enlarged = colour.enlarged(height, width)
    painted = np.empty((count, height, width, 3), np.uint8)
    border = photo.border

    @torch.inference_mode()  # set for each thread; spares each step some bookkeeping
    def paint_band(band: slice) -> None:
        lightness = photo.lightness_of(band)
        colours = enlarged.ab(band, lightness)
        if border is not None:
            colours[:, -2:] *= border.inside(band)
        planes = join(lightness, colours).numpy()
        for channel in range(3):  # the fastest of the ways to interleave them
            painted[:, band, :, channel] = planes[:, channel]

    in_parallel(paint_band, _bands(height, width * count))
    return painted if ab.dim() == 4 else painted[0]


def _bands(height: int, width: int) -> list[slice]:
    share = math.ceil(height / torch.get_num_threads())  # none is idle, however small the picture
    rows = max(1, min(_BAND_PIXELS // width, share))
    return [slice(top, min(top + rows, height)) for top in range(0, height, rows)]


@dataclass(frozen=True)
class LinearColour:
    """ab as a linear function of lightness that changes from place to place: slope L + offset.

    slope: (N, 2, h, w) or None for zero; offset: (N, 2, h, w), in Lab units, or without a slope
    (N, 3, h, w) Lab.
    """

    offset: Tensor
    slope: Tensor | None = None

    @classmethod
    def fit(cls, guide: Tensor, ab: Tensor) -> Self:
        """The guided filter's local regression of ab on lightness, both of one small size.

        Windows of 3 x 3 (`guided.slopes`). The slope is averaged over the windows as in the
        filter; the offset is chosen so that every sample keeps its own colour. Averaging the
        offset too blurs a picture this small by more than the edges gain.
        guide: (N or 1, 1, h, w) in [0, 100]; ab: (N, 2, h, w).
        """
        slope = box(slopes(ab, guide, 1)[0], 1)
        return cls(ab - slope * guide, slope)

    def enlarged(self, height: int, width: int) -> "Enlarged":
        """At the size of a picture of height x width."""
        planes = self.offset if self.slope is None else torch.cat([self.offset, self.slope], 1)
        return Enlarged(planes, height, width)


class Enlarged:
    """A `LinearColour` enlarged bilinearly: its columns at once, its rows a band at a time.

    planes: (N, 2, 3 or 4, h, w), the offset and, if there is one, the slope.
    """

    def __init__(self, planes: Tensor, height: int, width: int) -> None:
        rows, columns = planes.shape[-2:]
        # Products take less time than picking two rows, or columns, for each and mixing them.
        self.planes = planes @ _shares(_places(width, columns).to(planes), 0, columns - 1).T
        self.place = _places(height, rows).to(planes)

    def ab(self, band: slice, lightness: Tensor) -> Tensor:
        """Of these rows: (N, 2, rows, width), or (N, 3, rows, width) Lab.

        lightness: (1 or N, 1, rows, width) of these rows, or (1, rows, width).
        """
        place = self.place[band]
        first, last = int(place[0]), math.ceil(place[-1])
        planes = _shares(place, first, last) @ self.planes[..., first : last + 1, :]
        if planes.shape[1] < 4:
            return planes
        offset, slope = planes.split(2, dim=1)
        return torch.addcmul(offset, slope, lightness)  # a new tensor, so that `planes` can go


def _places(size: int, source: int) -> Tensor:
    """Where each of `size` samples lies among `source`, (size,), as in bilinear interpolation."""
    return ((torch.arange(size) + 0.5) * (source / size) - 0.5).clamp(0, source - 1)


def _shares(places: Tensor, first: int, last: int) -> Tensor:
    """How much of each sample from `first` to `last` is at these places: (places, samples)."""
    samples = torch.arange(first, last + 1, device=places.device)
    return (1 - (places[:, None] - samples).abs_()).clamp_(min=0)
