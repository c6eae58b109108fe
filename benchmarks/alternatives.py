"""What other plausible pictures cost, beside one full colouring.

    python -m benchmarks.alternatives [CHECKPOINT]

From the open photo, at about 1 megapixel, to a full colouring at the photo's own size; and to six
alternatives, and to the first, each as small as the page shows it.
"""

from benchmarks.checkpoint import named_or_best
from benchmarks.painting import photograph
from benchmarks.timing import side_by_side
from colorizer import Photo, paint
from colorizer.photo import resize

SIDE = 320  # pixels of an alternative's longer side


def main() -> None:
    colorizer = named_or_best()
    rgb = resize(photograph("coffee"), 1224, 816)

    def draw(count: int) -> None:
        photo = Photo(rgb)
        small = photo.fitted(SIDE)
        for one in colorizer.alternatives(photo, count):
            paint(small, one.colour)

    ways = {
        "full": lambda: colorizer.colorize(Photo(rgb)),
        "six": lambda: draw(6),
        "one": lambda: draw(1),
    }
    seconds = side_by_side(ways, rounds=15)
    for name, value in seconds.items():
        print(f"{name:8}{1000 * value:7.1f} ms  {value / seconds['full']:.2f} x")


if __name__ == "__main__":
    main()
