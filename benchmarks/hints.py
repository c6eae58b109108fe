"""What hints cost and do: recolouring against colouring in full, and how far a hint reaches.

    python -m benchmarks.hints [CHECKPOINT]

The time: from the open photo to the painted one, at about 1 megapixel; colouring in full runs the
whole network, recolouring follows ten hints from what the network saw. The reach: 500 hints, one at
a time at random spots of photographs. The effect of each is measured where it is given and where
nothing is alike: another lightness, different features, and far away. All hints are of random
colours in the gamut.
"""

import numpy as np
import torch

from benchmarks.checkpoint import named_or_best
from benchmarks.painting import NAMES, photograph
from benchmarks.timing import side_by_side
from colorizer import Colorizer, Hint, Photo, paint
from colorizer.lab import lab_to_rgb, rgb_to_lab
from colorizer.metrics import delta_e_2000
from colorizer.painting import enlarge
from colorizer.photo import resize

HINTS = 500
UNLIKE = 20.0  # L, apart from the hint's by at least so much
FAR = 0.25  # of the photo's short side


def main() -> None:
    colorizer = named_or_best()
    _time(colorizer)
    _reach(colorizer)


def _time(colorizer: Colorizer) -> None:
    rgb = resize(photograph("coffee"), 1224, 816)
    kept = Photo(rgb)
    state = colorizer.start(kept)
    hints = _across(kept)

    def full() -> None:
        colorizer.colorize(Photo(rgb))

    def again() -> None:
        paint(kept, colorizer.predict(kept, hints=hints, state=state))

    seconds = side_by_side({"full": full, "again, with 10 hints": again}, rounds=15)
    for name, value in seconds.items():
        print(f"{name:24}{1000 * value:7.1f} ms")
    print(f"again / full: {seconds['again, with 10 hints'] / seconds['full']:.2f} x")


def _across(photo: Photo) -> list[Hint]:
    """Ten along the diagonal, of colours that the photo's lightness allows there."""
    random = np.random.default_rng(0)
    lightness = photo.lightness[0]
    hints = []
    for share in np.linspace(0.05, 0.95, 10):
        row, column = int(share * photo.height), int(share * photo.width)
        hints.append(_hint(row, column, _in_gamut(lightness[row, column].item(), random)))
    return hints


def _hint(row: int, column: int, lab: torch.Tensor) -> Hint:
    return Hint(column + 0.5, row + 0.5, ab=tuple(lab[1:].flatten().tolist()))


def _reach(colorizer: Colorizer) -> None:
    random = np.random.default_rng(0)
    own, elsewhere = [], []
    for name in NAMES:
        photo = Photo(photograph(name)).fitted(384)
        state = colorizer.start(photo)
        before = _lab(paint(photo, colorizer.predict(photo, state=state)))
        features = None
        if state.looks is not None:
            features = enlarge(state.looks, before.shape[1:])[0, :-1]
        y, x = np.mgrid[: photo.height, : photo.width]
        for _ in range(HINTS // len(NAMES)):
            row, column = int(random.integers(photo.height)), int(random.integers(photo.width))
            wanted = _in_gamut(before[0, row, column].item(), random)
            hint = _hint(row, column, wanted)
            after = _lab(paint(photo, colorizer.predict(photo, hints=[hint], state=state)))
            own.append(delta_e_2000(after[:, row, column, None, None], wanted).item())
            unlike = (before[0] - before[0, row, column]).abs() > UNLIKE
            far = np.hypot(y - row, x - column) > FAR * min(photo.width, photo.height)
            unlike &= torch.from_numpy(far)
            if features is not None:
                unlike &= torch.einsum("dhw,d->hw", features, features[:, row, column]) < 0
            places = unlike.flatten().nonzero()[:, 0]
            if len(places):
                place = places[random.integers(len(places))]
                pair = (lab.flatten(1)[:, place, None, None] for lab in (before, after))
                elsewhere.append(delta_e_2000(*pair).item())
    print(f"ΔE2000 between a hint and its own spot: median {np.median(own):.2f} of {len(own)}")
    print(
        f"ΔE2000 by which it shifts what is not alike: median {np.median(elsewhere):.2f} of "
        f"{len(elsewhere)}"
    )


def _lab(rgb: np.ndarray) -> torch.Tensor:
    return rgb_to_lab(torch.from_numpy(rgb).permute(2, 0, 1))


def _in_gamut(lightness: float, random: np.random.Generator) -> torch.Tensor:
    """(3, 1, 1): Lab of a colour of this lightness that sRGB has."""
    ab = torch.from_numpy(random.uniform(-80, 80, 2)).float()[:, None, None]
    return rgb_to_lab(lab_to_rgb(torch.full((1, 1, 1), lightness), ab))


if __name__ == "__main__":
    main()
