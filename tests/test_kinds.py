"""The kind of a picture file is told by its content."""

import io

import pytest
from helpers import colourful
from PIL import Image

from colorizer.kinds import HEAD, TIFF, kind_of, kind_of_file


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("JPEG", "JPEG"),
        ("PNG", "PNG"),
        ("TIFF", "TIFF"),
        ("WEBP", "WebP"),
        ("GIF", "GIF"),
        ("BMP", "BMP"),
        ("PPM", "PNM"),
        ("HEIF", "HEIC"),
        ("AVIF", "AVIF"),
        ("JPEG2000", "JPEG 2000"),
    ],
)
def test_what_pillow_writes_is_recognised(tmp_path, written, kind):
    path = tmp_path / "without a suffix"
    Image.fromarray(colourful(0, 64)).save(path, written)
    assert kind_of_file(path) == kind
    assert kind_of(path.read_bytes()[:HEAD]) == kind


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\x0a\x00", "JPEG XL"),
        (b"8BPS\0\1", "Photoshop"),
        (b"\0\0\0\x18ftypcrx ", "camera raw"),
        (b"II*\0CR\2\0", "TIFF"),
        (b"Dear Grandmother", ""),
        (b"PK\3\4", ""),
        (b"%PDF-1.7", ""),
        (b"", ""),
        (b"P4 is a place", "PNM"),
        (b"Please", ""),
        (b"BMW", ""),
    ],
)
def test_other_files(head, kind):
    assert kind_of(head) == kind


def test_what_is_no_file_is_of_no_kind(tmp_path):
    assert kind_of_file(tmp_path) == kind_of_file(tmp_path / "absent") == ""
    assert all(kind_of(start) == "TIFF" for start in TIFF)
    buffer = io.BytesIO()
    Image.fromarray(colourful(0)).save(buffer, "ICO")
    assert kind_of(buffer.getvalue()) == ""
