"""TIFF files that Pillow reads wrongly or not at all: odd depths, planes, thumbnails first.

`find_pages` says which of a file's directories hold its pictures; `read_samples` decodes one of
them to the numbers that the file holds. See the TIFF specification, revision 6.0 (Adobe 1992).
"""

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from colorizer.errors import PhotoError

GREY, RGB, PALETTE, CMYK, LAB, ICC_LAB = (0, 1), 2, 3, 5, 8, 9  # PhotometricInterpretation
ASSOCIATED, UNASSOCIATED = 1, 2  # kinds of alpha among the extra samples
_CAMERA_RAW = (32803, 34892)  # colour filter array, linear raw
_UNCOMPRESSED, _LZW, _PACKBITS = 1, 5, 32773
_DEFLATE = (8, 32946)
_BY_LIBTIFF = (_LZW, 34925, 50000)  # LZW, LZMA, Zstandard
_HORIZONTAL, _FLOATING = 2, 3  # predictors
_UNSIGNED, _SIGNED, _FLOAT = 1, 2, 3  # sample formats
_LARGEST_THUMBNAIL = 640  # pixels a side, of one that does not say what it is
_TINY = 3  # times smaller than the picture, at least, is such a thumbnail


@dataclass(frozen=True)
class Page:
    """One picture of a file. directory: tifffile's `TiffPage`; first: whether its directory is the
    file's first.
    """

    directory: Any
    first: bool

    @property
    def width(self) -> int:
        return self.directory.imagewidth

    @property
    def height(self) -> int:
        return self.directory.imagelength

    @property
    def deep(self) -> bool:
        """Whether it has more than 8 bits a sample."""
        return self.directory.bitspersample != 8 and self.directory.bitspersample != 1

    @property
    def profile(self) -> bytes | None:
        """Its ICC profile."""
        tag = self.directory.tags.get(34675)
        return tag.value if tag is not None and isinstance(tag.value, bytes) else None

    @property
    def plain(self) -> bool:
        """Whether Pillow reads this kind right: 8 bits in the usual order, and bilevel."""
        page = self.directory
        depth, samples = page.bitspersample, page.samplesperpixel
        if page.compression in (6, 7, 2, 3, 4, 34712, 50001):  # JPEG, fax, WebP
            return depth in (1, 8)
        if page.sampleformat != _UNSIGNED or page.fillorder != 1:
            return False
        # Pillow takes unspecified extra samples for alpha, or swaps planes of tiles.
        if page.planarconfig != 1 and samples > 1:
            return False
        usual = {0: 1, 1: 1, RGB: 3, PALETTE: 1, CMYK: 4, 6: 3, LAB: 3}
        if usual.get(int(page.photometric)) != samples:
            return False
        if int(page.photometric) == RGB:
            return depth in (8, 16)
        return depth == 8 or (depth == 1 and int(page.photometric) in GREY)


def find_pages(file: BinaryIO) -> list[Page]:
    """The pictures of a TIFF file in their order, without thumbnails and masks; at least one.

    file: open for as long as the pages are used. Raises PhotoError for a camera's raw file.
    """
    import tifffile  # takes a fifth of a second, and few photos are TIFF files

    listed: list[tuple[Any, bool]] = [(page, True) for page in tifffile.TiffFile(file).pages]
    first = listed[0][0]
    for page, _ in list(listed):
        listed.extend((below, False) for below in page.pages or ())
    if any(page.photometric in _CAMERA_RAW for page, _ in listed) or _is_canon_raw(file):
        raise PhotoError(
            "This is a camera's raw file; export it as a JPEG or TIFF with the camera's software."
        )
    whole = [(page, chained) for page, chained in listed if not _is_reduced(page)]
    whole = whole or listed
    chained = [page for page, in_chain in whole if in_chain]
    pages = [
        page
        for page in chained or [page for page, _ in whole[:1]]
        if not _is_thumbnail(page, chained)
    ]
    return [Page(page, page is first) for page in pages]


def starting_at(file: BinaryIO, page: Page) -> bytes:
    """The content of the file with this page's directory as its first one."""
    file.seek(0)
    content = bytearray(file.read())
    order = "<" if content[:2] == b"II" else ">"
    big = content[2:4] in (b"+\0", b"\0+")
    struct.pack_into(order + ("Q" if big else "I"), content, 8 if big else 4, page.directory.offset)
    return bytes(content)


def _is_canon_raw(file: BinaryIO) -> bool:
    file.seek(8)
    return file.read(2) == b"CR"


def _is_reduced(page: Any) -> bool:
    """Whether a directory says that it holds a smaller copy or a mask."""
    tag = page.tags.get(255)  # SubfileType, of older files
    return bool(page.subfiletype & 0b101) or (tag is not None and tag.value == 2)


def _is_thumbnail(page: Any, pages: Sequence[Any]) -> bool:
    """Whether a page has the proportions of another and is much smaller."""
    width, height = page.imagewidth, page.imagelength
    if max(width, height) > _LARGEST_THUMBNAIL:
        return False
    return any(
        other.imagewidth >= _TINY * width
        and abs(width * other.imagelength / (height * other.imagewidth) - 1) < 0.05
        for other in pages
    )


@dataclass(frozen=True)
class Samples:
    """The numbers of one picture: (H, W, C), unsigned, signed or floating point.

    white: the largest number of unsigned samples of this depth, 0 for others; photometric:
    TIFF's PhotometricInterpretation; alpha: `ASSOCIATED`, `UNASSOCIATED` or 0 for none, of the
    sample after the colours.
    """

    values: np.ndarray
    white: int
    photometric: int
    alpha: int
    colormap: np.ndarray | None = None  # (3, n) uint16 of a palette

    @property
    def colours(self) -> int:
        """How many samples are colours."""
        return {RGB: 3, CMYK: 4, LAB: 3, ICC_LAB: 3}.get(self.photometric, 1)


def read_samples(page: Page) -> Samples:
    """Decode a page. Raises PhotoError for a kind that cannot be decoded."""
    directory = page.directory
    layout = _Layout.of(directory)
    values = np.zeros(layout.shape, layout.dtype)
    file = directory.parent.filehandle
    for index, segment in enumerate(_segments(file, directory)):
        layout.place(values, index, segment)
    photometric = int(directory.photometric)
    colours = {RGB: 3, CMYK: 4, LAB: 3, ICC_LAB: 3}.get(photometric, 1)
    extra = [int(kind) for kind in directory.extrasamples or ()]
    alpha = extra[0] if extra and layout.shape[2] > colours and extra[0] in (1, 2) else 0
    white = 2**layout.depth - 1 if layout.sample_format == _UNSIGNED else 0
    return Samples(values, white, photometric, alpha, directory.colormap)


def _segments(file: Any, directory: Any) -> Iterator[bytes]:
    for offset, length in zip(directory.dataoffsets, directory.databytecounts, strict=True):
        file.seek(offset)
        content = file.read(length) if length else b""
        if len(content) < length:
            raise PhotoError("This TIFF is cut short; fetch or scan it again.")
        yield _mirrored(content) if directory.fillorder == 2 else content


def _mirrored(content: bytes) -> bytes:
    """Bytes with their bits in the other order."""
    bits = np.unpackbits(np.frombuffer(content, np.uint8), bitorder="little")
    return np.packbits(bits).tobytes()


@dataclass(frozen=True)
class _Layout:
    """How the numbers of a picture lie in its strips or tiles."""

    shape: tuple[int, int, int]  # rows, columns, samples of the picture
    segment: tuple[int, int, int]  # the same of one strip or tile
    depth: int  # bits
    sample_format: int
    order: str  # of bytes, < or >
    predictor: int
    compression: int

    @classmethod
    def of(cls, page: Any) -> "_Layout":
        height, width, samples = page.imagelength, page.imagewidth, page.samplesperpixel
        depth = page.bitspersample
        layout = cls(
            (height, width, samples),
            (*_segment_size(page), 1 if page.planarconfig == 2 else samples),
            depth if isinstance(depth, int) else 0,
            int(page.sampleformat or 1),
            page.parent.byteorder,
            int(page.predictor),
            int(page.compression),
        )
        known = {_UNSIGNED: range(1, 33), _SIGNED: (8, 16, 32), _FLOAT: (16, 32, 64)}
        if (
            layout.depth not in known.get(layout.sample_format, ())
            or page.photometric not in (*GREY, RGB, PALETTE, CMYK, LAB, ICC_LAB)
            or layout.compression not in (_UNCOMPRESSED, *_DEFLATE, _PACKBITS, *_BY_LIBTIFF)
            or (layout.predictor != 1 and layout.depth % 8)
            or page.imagedepth != 1
        ):
            raise PhotoError(
                f"This kind of TIFF cannot be read ({_kind(page)}); "
                "save it with 8 or 16 bits, or as a PNG."
            )
        return layout

    @property
    def dtype(self) -> np.dtype:
        letter = {_UNSIGNED: "u", _SIGNED: "i", _FLOAT: "f"}[self.sample_format]
        size = next(size for size in (1, 2, 4, 8) if 8 * size >= self.depth)
        return np.dtype(f"{letter}{size}")

    @property
    def row_bytes(self) -> int:
        _, columns, samples = self.segment
        return (columns * samples * self.depth + 7) // 8

    def place(self, values: np.ndarray, index: int, content: bytes) -> None:
        """Put the numbers of one strip or tile where they belong."""
        rows, columns, samples = self.segment
        height, width, _ = self.shape
        across = -(-width // columns)
        plane, index = divmod(index, across * -(-height // rows))
        top, left = index // across * rows, index % across * columns
        if plane * samples >= self.shape[2] or not content:
            return  # a missing segment is left black
        decoded = self._numbers(content, min(rows, height - top) if columns >= width else rows)
        target = values[top : top + rows, left : left + columns]
        target = target[..., plane : plane + 1] if samples < self.shape[2] else target
        target[: len(decoded)] = decoded[: len(target), : target.shape[1]]

    def _numbers(self, content: bytes, rows: int) -> np.ndarray:
        """(rows, columns, samples) of a strip or tile."""
        _, columns, samples = self.segment
        content = self._decompressed(content, rows)
        if len(content) < rows * self.row_bytes:
            raise PhotoError("This TIFF is cut short; fetch or scan it again.")
        lines = np.frombuffer(content, np.uint8, rows * self.row_bytes).reshape(rows, -1)
        if self.predictor == _FLOATING:
            return _undo_floating(lines, columns, samples, self.dtype)
        if self.depth % 8 or self.depth == 24:
            return _unpack(lines, self.depth, columns * samples, self.dtype).reshape(
                rows, columns, samples
            )
        stored = np.dtype(self.order + self.dtype.str[1:])
        numbers = lines.view(stored).reshape(rows, columns, samples)
        if self.predictor == _HORIZONTAL:
            return np.cumsum(numbers, axis=1, dtype=self.dtype)
        return numbers

    def _decompressed(self, content: bytes, rows: int) -> bytes:
        if self.compression in _DEFLATE:
            import zlib

            return zlib.decompressobj().decompress(content, rows * self.row_bytes)
        if self.compression == _PACKBITS:
            return _unpack_bits(content)
        if self.compression in _BY_LIBTIFF:
            return _by_libtiff(content, self.compression, rows, self.row_bytes)
        return content


def _segment_size(page: Any) -> tuple[int, int]:
    if page.is_tiled:
        return page.tilelength, page.tilewidth
    return min(page.rowsperstrip or page.imagelength, page.imagelength), page.imagewidth


def _kind(page: Any) -> str:
    depth = page.bitspersample
    named = getattr(page.compression, "name", page.compression)
    colours = getattr(page.photometric, "name", page.photometric)
    return f"{colours}, {depth} bits, {named}".lower().replace("_", " ")


def _unpack(lines: np.ndarray, depth: int, count: int, dtype: np.dtype) -> np.ndarray:
    """(rows, bytes) to (rows, count): numbers of `depth` bits, the most significant bit first."""
    weights = 2 ** np.arange(depth - 1, -1, -1, dtype=np.float64)
    result = np.empty((len(lines), count), dtype)
    for row, line in enumerate(lines):  # a bit takes a byte here, so that one row is enough
        bits = np.unpackbits(line, count=count * depth).reshape(count, depth)
        result[row] = bits @ weights
    return result


def _undo_floating(lines: np.ndarray, columns: int, samples: int, dtype: np.dtype) -> np.ndarray:
    """The floating-point predictor (Adobe, TIFF Technical Note 3): differences of bytes, which are
    sorted by their significance.
    """
    rows, size = len(lines), dtype.itemsize
    width = columns * samples
    pairs = lines.reshape(rows, -1, samples)
    whole = np.cumsum(pairs, axis=1, dtype=np.uint8).reshape(rows, size, width)
    joined = np.ascontiguousarray(whole.transpose(0, 2, 1))
    return joined.view(np.dtype(">" + dtype.str[1:])).reshape(rows, columns, samples)


def _unpack_bits(content: bytes) -> bytes:
    """PackBits (TIFF 6.0, section 9)."""
    parts, place = [], 0
    while place < len(content):
        head = content[place]
        if head < 128:
            parts.append(content[place + 1 : place + head + 2])
            place += head + 2
        else:
            if head > 128:
                parts.append(content[place + 1 : place + 2] * (257 - head))
            place += 2 if head > 128 else 1
    return b"".join(parts)


def _by_libtiff(content: bytes, compression: int, rows: int, row_bytes: int) -> bytes:
    """What a compressed strip holds: libtiff reads it as an 8-bit picture of a single strip."""
    head = [
        (256, row_bytes),
        (257, rows),
        (258, 8),
        (259, compression),
        (262, 1),
        (273, 8 + 2 + 12 * 9 + 4),
        (277, 1),
        (278, rows),
        (279, len(content)),
    ]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in head)
    file = b"II*\0" + struct.pack("<IH", 8, len(head)) + entries + bytes(4) + content
    with Image.open(io.BytesIO(file), formats=("TIFF",)) as image:
        return image.tobytes()
