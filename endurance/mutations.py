"""Thousands of damaged picture files through the decoder: each decodes or gets its sentence.

    python -m endurance.mutations [--count 2000] [--seed 0] [--only INDEX]

Every file is determined by the seed and its number, so `--only` repeats one. Files are decoded in
separate processes. It is a failure, and the exit status says so, if a process dies, if a file takes
longer than ten seconds or more than 1.5 GB beyond what its process held before, or if an exception
other than PhotoError is raised.
"""

import argparse
import io
import multiprocessing
import os
import resource
import struct
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageCms

from colorizer.reading import AVIF, PhotoError, decode, reads_heic

Order = Literal["little", "big"]
SECONDS = 10.0
MEGABYTES = 1500.0
WORKERS = 2
_NET = 4 << 30  # bytes of addresses; only so that a worker that runs wild leaves the machine alive
# Where a file says how large it is: after which words and how many bytes, then how many numbers
# of how many bytes.
_SIZES: dict[bytes, tuple[int, int, int, Order]] = {
    b"IHDR": (0, 2, 4, "big"),
    b"fcTL": (4, 2, 4, "big"),
    b"\xff\xc0": (3, 2, 2, "big"),
    b"\xff\xc2": (3, 2, 2, "big"),
    b"GIF89a": (0, 2, 2, "little"),
    b"BM": (16, 2, 4, "little"),
    b"\x9d\x01\x2a": (0, 2, 2, "little"),  # VP8
    b"VP8L": (5, 1, 4, "little"),
    b"VP8X": (8, 2, 3, "little"),
    b"ANMF": (10, 2, 3, "little"),
    b"ispe": (4, 2, 4, "big"),
}
_POSSIBLE = (39, 41, 57, 1000, 4000, 7900)
_LIES = (0, 1, 7, 20, 255, 256, 4000, 7900, 16383, 32767, 65535, 2**24 - 1, 2**31 - 1, 2**32 - 1)


def _encoded(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@cache
def originals() -> dict[str, bytes]:
    """Small sound files of every kind that is read, with notes and a profile where there can be."""
    y, x = np.mgrid[:40, :56]
    rgb = np.stack([x * 4, y * 6, 255 - x * 2 - y * 3], axis=-1).astype(np.uint8)
    photo = Image.fromarray(rgb)
    second = Image.fromarray(rgb[::-1])
    alpha = photo.copy()
    alpha.putalpha(Image.fromarray((x * 4).astype(np.uint8)))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera"
    exif.get_ifd(0x8825)[1] = "N"
    notes = {"exif": exif.tobytes(), "icc_profile": swapping_profile()}
    deep = Image.fromarray((x * 1100 + y).astype(np.uint16))
    frames = {"save_all": True, "append_images": [second]}
    files = {
        "jpeg": _encoded(photo, "JPEG", **notes),
        "jpeg, progressive": _encoded(photo, "JPEG", progressive=True, subsampling=0),
        "jpeg, grey": _encoded(photo.convert("L"), "JPEG"),
        "jpeg, cmyk": _encoded(photo.convert("CMYK"), "JPEG"),
        "png": _encoded(photo, "PNG", **notes),
        "png, 16-bit": _encoded(deep, "PNG"),
        "png, palette": _encoded(photo.quantize(32), "PNG", transparency=3),
        "png, alpha": _encoded(alpha, "PNG"),
        "png, animated": _encoded(photo, "PNG", **frames),
        "webp": _encoded(photo, "WEBP", **notes),
        "webp, lossless": _encoded(alpha, "WEBP", lossless=True),
        "webp, animated": _encoded(photo, "WEBP", **frames),
        "tiff": _encoded(photo, "TIFF", **notes),
        "tiff, lzw": _encoded(alpha, "TIFF", compression="tiff_lzw"),
        "tiff, deflate": _encoded(deep, "TIFF", compression="tiff_adobe_deflate"),
        "tiff, jpeg": _encoded(photo, "TIFF", compression="jpeg"),
        "tiff, group 4": _encoded(photo.convert("1"), "TIFF", compression="group4"),
        "tiff, float": _encoded(Image.fromarray((x / 56).astype(np.float32)), "TIFF"),
        "tiff, pages": _encoded(photo, "TIFF", **frames),
        "gif": _encoded(photo.quantize(32), "GIF", **frames),
        "bmp": _encoded(photo, "BMP"),
        "bmp, run lengths": run_length_bmp(56, 40),
        "ppm": _encoded(photo, "PPM"),
    }
    if AVIF:
        files["avif"] = _encoded(photo, "AVIF", speed=10, **notes)
    if reads_heic():
        files["heic"] = _encoded(photo, "HEIF", **notes)
    return files


def swapping_profile() -> bytes:
    """A colour profile in which red and green have changed places."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"swap").replace(b"gXYZ", b"rXYZ").replace(b"swap", b"gXYZ")


def run_length_bmp(width: int, height: int) -> bytes:
    """An 8-bit BMP in run lengths, which Pillow reads but does not write."""
    palette = bytes(value for grey in range(256) for value in (grey, grey, grey, 0))
    rows = b"".join(
        bytes((width - 4, row * 6, 0, 4, 9, 99, 199, 255, 0, 0)) for row in range(height)
    )
    pixels = rows + b"\0\1"
    start = 14 + 40 + len(palette)
    return (
        struct.pack("<2sIII", b"BM", start + len(pixels), 0, start)
        + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(pixels), 0, 0, 256, 0)
        + palette
        + pixels
    )


def mutated(seed: int, index: int) -> tuple[str, bytes]:
    """What number `index` is (kind of file, mutations) and its bytes."""
    rng = np.random.default_rng([seed, index])
    kinds = list(originals())
    kind = kinds[index % len(kinds)]
    content = bytearray(originals()[kind])
    words = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        mutation = MUTATIONS[rng.integers(len(MUTATIONS))]
        mutation(content, rng)
        words.append(mutation.__name__)
    if kind.startswith("png") and rng.random() < 0.7:  # or else its checksums would catch it all
        _with_checksums(content)
    return f"{kind}: {', '.join(words)}", bytes(content)


def bit_flips(content: bytearray, rng: np.random.Generator) -> None:
    end = len(content) if rng.random() < 0.5 else min(len(content), 400)
    for _ in range(rng.choice([1, 1, 2, 4, 20]) if end else 0):
        content[rng.integers(end)] ^= 1 << rng.integers(8)


def byte_overwrites(content: bytearray, rng: np.random.Generator) -> None:
    for _ in range(rng.choice([1, 1, 2, 8]) if content else 0):
        content[rng.integers(len(content))] = rng.choice([0, 1, 127, 128, 255])


def truncation(content: bytearray, rng: np.random.Generator) -> None:
    del content[rng.integers(len(content) + 1) :]


def lying_size(content: bytearray, rng: np.random.Generator) -> None:
    said = [words for words in _SIZES if words in content]
    if not said:
        return lying_number(content, rng)
    words = said[rng.integers(len(said))]
    skip, count, size, order = _SIZES[words]
    place = content.find(words) + len(words) + skip
    # Half of the lies are within the limits, so that they are only detected later.
    for number in rng.choice(_LIES if rng.random() < 0.5 else _POSSIBLE, count):
        _write(content, place, size, order, int(number))
        place += size


def lying_number(content: bytearray, rng: np.random.Generator) -> None:
    """Somewhere in the file or, of a TIFF, in its directory."""
    size = int(rng.choice([2, 4]))
    order: Order = "little" if rng.random() < 0.5 else "big"
    place = int(rng.integers(len(content) + 1))
    if content[:4] == b"II*\0" and rng.random() < 0.8:
        directory = int.from_bytes(content[4:8], "little")
        entries = int.from_bytes(content[directory : directory + 2], "little")
        field, size = ((0, 2), (2, 2), (4, 4), (8, 4), (8, 4), (8, 4))[rng.integers(6)]
        place = directory + 2 + 12 * int(rng.integers(max(1, min(entries, 40)))) + field
        order = "little"
    _write(content, place, size, order, int(rng.choice(_LIES)))


def splice(content: bytearray, rng: np.random.Generator) -> None:
    """A piece of this file or of another is put in, over what is there or between."""
    other = (
        content
        if rng.random() < 0.5
        else list(originals().values())[rng.integers(len(originals()))]
    )
    start = int(rng.integers(len(other) + 1))
    piece = bytes(other[start : start + int(rng.integers(1, 2000))])
    place = int(rng.integers(len(content) + 1))
    end = place + (len(piece) if rng.random() < 0.5 else 0)
    content[place:end] = piece


def removal(content: bytearray, rng: np.random.Generator) -> None:
    start = int(rng.integers(len(content) + 1))
    del content[start : start + int(rng.integers(1, 200))]


MUTATIONS: list[Callable[[bytearray, np.random.Generator], None]] = [
    bit_flips,
    byte_overwrites,
    truncation,
    lying_size,
    lying_number,
    splice,
    removal,
]


def _write(content: bytearray, place: int, size: int, order: Order, number: int) -> None:
    if place + size <= len(content):
        content[place : place + size] = (number % 256**size).to_bytes(size, order)


def _with_checksums(content: bytearray) -> None:
    place = 8
    while place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        end = place + 8 + length
        if end + 4 > len(content):
            return
        content[end : end + 4] = zlib.crc32(content[place + 4 : end]).to_bytes(4, "big")
        place = end + 4


@dataclass(frozen=True)
class Outcome:
    index: int
    what: str
    result: str  # "decoded", "sentence", or what went wrong
    words: str = ""
    seconds: float = 0.0
    megabytes: float = 0.0  # beyond what the process held before

    @property
    def failed(self) -> bool:
        return self.result not in ("decoded", "sentence")


def outcome(seed: int, index: int) -> Outcome:
    """Decode one file, here."""
    what, content = mutated(seed, index)
    idle = _forget_peak()
    started = time.perf_counter()
    try:
        rgb = decode(content).rgb
        sound = rgb.dtype == np.uint8 and rgb.ndim == 3 and rgb.shape[2] == 3
        result, words = ("decoded" if sound else "wrong array"), f"{rgb.shape} {rgb.dtype}"
    except PhotoError as error:
        result, words = "sentence", str(error)
    except Exception as error:
        result, words = "exception", f"{type(error).__name__}: {error}"
    seconds, megabytes = time.perf_counter() - started, _peak() - idle
    if result in ("decoded", "sentence") and megabytes > MEGABYTES:
        result = "memory"
    return Outcome(index, what, result, words, seconds, megabytes)


def _forget_peak() -> float:
    """Returns what is in use now, in MB."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> float:
    """MB since `_forget_peak`, of the whole process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise SystemExit("Peak memory is read from /proc, which this system does not have.")


def _work(connection, seed: int) -> None:
    addresses = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (addresses + _NET, addresses + _NET))
    originals()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # C libraries print a lot about such files
    connection.send(None)
    while (index := connection.recv()) is not None:
        connection.send(outcome(seed, index))


def _supervise(seed: int, indices: range) -> Iterator[Outcome]:
    """The outcomes of a worker, which is replaced when it dies or hangs."""
    context = multiprocessing.get_context("spawn")
    todo = list(reversed(indices))
    while todo:
        here, there = context.Pipe()
        worker = context.Process(target=_work, args=(there, seed), daemon=True)
        worker.start()
        there.close()
        here.recv()
        try:
            while todo:
                index = todo.pop()
                here.send(index)
                if not here.poll(SECONDS):
                    yield Outcome(index, mutated(seed, index)[0], "hang", seconds=SECONDS)
                    break
                try:
                    yield here.recv()
                except EOFError:
                    worker.join()
                    words = f"exit status {worker.exitcode}"
                    yield Outcome(index, mutated(seed, index)[0], "crash", words)
                    break
        finally:
            worker.kill()
            worker.join()
            here.close()


def run(seed: int, count: int) -> list[Outcome]:
    """The outcomes of files 0 to `count`, in order."""
    with ThreadPoolExecutor(WORKERS) as pool:
        parts = pool.map(
            lambda first: list(_supervise(seed, range(first, count, WORKERS))), range(WORKERS)
        )
        return sorted((one for part in parts for one in part), key=lambda one: one.index)


def main() -> int:
    parser = argparse.ArgumentParser(description="Damaged picture files through the decoder.")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="decode this file alone, in this process")
    options = parser.parse_args()
    if options.only is not None:
        only = outcome(options.seed, options.only)
        print(only)
        return int(only.failed)
    started = time.perf_counter()
    outcomes = run(options.seed, options.count)
    for one in outcomes:
        if one.failed:
            print(f"FAILED --seed {options.seed} --only {one.index}  {one}")
    slowest = max(outcomes, key=lambda one: one.seconds)
    largest = max(outcomes, key=lambda one: one.megabytes)
    print(
        f"{len(outcomes)} files of {len(originals())} kinds, seed {options.seed}, "
        f"{time.perf_counter() - started:.0f} s"
    )
    for result, number in Counter(one.result for one in outcomes).most_common():
        print(f"{number:6d}  {result}")
    print(f"slowest: {slowest.seconds:.2f} s ({slowest.index}, {slowest.what})")
    print(f"largest: {largest.megabytes:.0f} MB ({largest.index}, {largest.what})")
    return int(any(one.failed for one in outcomes))


if __name__ == "__main__":
    sys.exit(main())
