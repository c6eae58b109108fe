"""Long photos in overlapping windows, each of which a network sees as it sees other photos.

A network was trained on squares: seen whole, the colours of a panorama are averaged over places
that have nothing to do with each other.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from colorizer.photo import Photo

LONGEST = 4.0  # times as long as wide: up to here a photo is seen whole
_LENGTH = 3.0  # of a window, in short sides; the next begins half a window later


@dataclass(frozen=True)
class Window:
    """A piece of a long photo. left, top: its place, in pixels."""

    photo: Photo
    left: int
    top: int


def windows(photo: Photo) -> list[Window]:
    """Overlapping pieces of a photo that is too long to be seen whole; other photos as one."""
    short, long = sorted((photo.width, photo.height))
    if long <= LONGEST * short:
        return [Window(photo, 0, 0)]
    size = round(_LENGTH * short)
    count = math.ceil((long - size) / (size / 2)) + 1
    starts = [round(i * (long - size) / (count - 1)) for i in range(count)]
    return list(_cut(photo, starts, size))


def _cut(photo: Photo, starts: Sequence[int], size: int) -> Iterator[Window]:
    for start in starts:
        place = slice(start, start + size)
        wide = photo.width >= photo.height
        piece = photo.rgb[:, place] if wide else photo.rgb[place]
        left, top = (start, 0) if wide else (0, start)
        yield Window(Photo(np.ascontiguousarray(piece)), left, top)


def joined(photo: Photo, parts: Sequence[tuple[Window, Tensor]]) -> Tensor:
    """The planes of all windows as those of the photo, each fading into the next.

    parts: each window with its planes, (..., h, w). Returns (..., H, W) of the same cells.
    """
    if len(parts) == 1:
        return parts[0][1]
    if photo.width < photo.height:
        turned = [planes.transpose(-2, -1) for _, planes in parts]
        starts = [window.top for window, _ in parts]
        return _joined(photo.height, photo.width, starts, turned).transpose(-2, -1)
    starts = [window.left for window, _ in parts]
    return _joined(photo.width, photo.height, starts, [planes for _, planes in parts])


def _joined(long: int, short: int, starts: Sequence[int], parts: Sequence[Tensor]) -> Tensor:
    *channels, rows, columns = parts[0].shape
    cell = _LENGTH * short / columns  # in pixels
    total = max(columns, round(long / cell))
    result, weights = torch.zeros(*channels, rows, total), torch.zeros(total)
    ramp = torch.minimum(torch.arange(1, columns + 1), torch.arange(columns, 0, -1)).float()
    for start, part in zip(starts, parts, strict=True):
        place = min(total - columns, round(start / cell))
        if part.shape[-2:] != (rows, columns):
            flat = part.reshape(1, -1, *part.shape[-2:])
            flat = F.interpolate(flat, (rows, columns), mode="bilinear")
            part = flat.view(*channels, rows, columns)
        result[..., place : place + columns] += part * ramp
        weights[place : place + columns] += ramp
    return result / weights
