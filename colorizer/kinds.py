"""Recognises picture files by their first bytes, whatever their names say."""

import os
import re
from pathlib import Path

# What the names of readable pictures end on.
SUFFIXES = {
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".mpo", ".png", ".apng", ".webp", ".tif", ".tiff"),
    *(".bmp", ".dib", ".gif", ".avif", ".ppm", ".pgm", ".pbm", ".pnm", ".heic", ".heif", ".hif"),
}
HEAD = 32  # bytes that are enough
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # and BigTIFF
# Kinds of picture that this program knows and cannot read.
UNREADABLE = (
    "JPEG XL",
    "JPEG 2000",
    "Photoshop",
    "OpenEXR",
    "Radiance HDR",
    "camera raw",
    "DjVu",
    "XCF",
)
_STARTS = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    **dict.fromkeys(TIFF, "TIFF"),
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL \r\n\x87\n": "JPEG XL",
    b"\0\0\0\x0cjP  \r\n\x87\n": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000",
    b"8BPS": "Photoshop",
    b"v/1\x01": "OpenEXR",
    b"#?RADIANCE": "Radiance HDR",
    b"FUJIFILMCCD-RAW": "camera raw",
    b"IIRO": "camera raw",
    b"IIRS": "camera raw",
    b"IIU\0": "camera raw",
    b"AT&TFORM": "DjVu",
    b"gimp xcf": "XCF",
}
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "HEIC"),
    **dict.fromkeys((b"mif1", b"msf1"), "HEIC"),
    b"avif": "AVIF",
    b"avis": "AVIF",
    b"crx ": "camera raw",
}


def kind_of(head: bytes) -> str:
    """The name of a picture's format, from the first `HEAD` bytes of a file; "" for other files."""
    for start, kind in _STARTS.items():
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "")
    if re.match(rb"P[1-6][\s#]", head):
        return "PNM"
    if re.match(rb"BM.{4}\0{4}.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]", head, re.DOTALL):
        return "BMP"
    return ""


def kind_of_file(path: str | os.PathLike) -> str:
    """The same of a file; "" for one that cannot be opened or is not a file."""
    try:
        if not Path(path).is_file():
            return ""
        with open(path, "rb") as file:
            return kind_of(file.read(HEAD))
    except OSError:
        return ""
