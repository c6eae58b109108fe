"""What came with a photo leaves with its result, as readers that are not ours find it."""

import json
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers import colourful
from PIL import ExifTags, Image, IptcImagePlugin

from colorizer.reading import decode
from colorizer.tags import Tags
from colorizer.writing import Picture, synthetic

NOTE = synthetic("batchnorm", "epoch 10")
CAPTION, DATE = "At the sea, summer 1938", "1938:07:15 12:00:00"
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
FORMATS = [".jpg", ".png", ".webp", ".tif"]
PACKET = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:own="urn:archive:"
 tiff:Compression="5" exif:GPSLatitude="52,30N" photoshop:City="Berlin" own:shelf="B 12"
 Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/print">
 <dc:subject><rdf:Bag><rdf:li>family</rdf:li><rdf:li>beach &amp; sea</rdf:li></rdf:Bag></dc:subject>
 </rdf:Description></rdf:RDF></x:xmpmeta>"""
exiftool = pytest.mark.skipif(not shutil.which("exiftool"), reason="needs Debian's exiftool")


def photo(path: Path, **more) -> Path:
    """A scan with everything that a scan program writes."""
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = CAPTION
    exif[ExifTags.Base.Artist] = "Zoë Łukasik".encode()
    exif[ExifTags.Base.Copyright] = "Archive of the town"
    exif[ExifTags.Base.Make] = "Scanner"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = DATE
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    options = {"exif": exif, "dpi": (600, 300), "xmp": PACKET, **more}
    if path.suffix == ".tif":  # Pillow's writer leaves out the date
        exif[700] = options.pop("xmp")
    if path.suffix == ".png":
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", options.pop("xmp").decode())
        options["pnginfo"] = info
    if path.suffix == ".webp":
        exif[282], exif[283], exif[296] = 600.0, 300.0, 2
    Image.fromarray(colourful(3, 40)).save(path, **options)
    return path


def coloured(path: Path, suffix: str, sheet: dict | None = None) -> Path:
    decoded = decode(path)
    picture = Picture(decoded.rgb, NOTE, decoded.tags, decoded.alpha, sheet)
    return picture.save(path.with_name(f"result-of-{path.stem}{suffix}"))


@pytest.mark.parametrize("result", FORMATS)
@pytest.mark.parametrize("source", FORMATS)
def test_pillow_finds_it_in_every_format(tmp_path, source, result):
    path = coloured(photo(tmp_path / f"scan{source}"), result)
    with Image.open(path) as image:
        image.load()
        exif, info = image.getexif(), image.info
        dates = exif.get_ifd(ExifTags.IFD.Exif)
    assert exif[ExifTags.Base.ImageDescription] == CAPTION
    assert exif[ExifTags.Base.Artist].encode("latin-1").decode() == "Zoë Łukasik"
    assert exif[ExifTags.Base.Copyright] == "Archive of the town"
    assert exif[ExifTags.Base.Make] == "Scanner"
    assert (exif[282], exif[283], exif[296]) == (600, 300, 2)
    if source != ".tif":
        assert dates[ExifTags.Base.DateTimeOriginal] == DATE
    if result != ".webp":
        assert info["dpi"] == pytest.approx((600, 300), abs=0.1)
    assert not exif.get_ifd(ExifTags.IFD.GPSInfo)
    assert ExifTags.Base.Orientation not in exif
    packet = info.get("xmp") or info.get("XML:com.adobe.xmp") or exif.get(700)
    text = packet if isinstance(packet, str) else (packet or b"").decode()
    for word in ("family", "beach &amp; sea", SOURCE, CAPTION, "Łukasik", "B 12"):
        assert word in text
    for word in ("Berlin", "GPS", "digitalsourcetype/print", "tiff:Compression"):
        assert word not in text


@exiftool
@pytest.mark.parametrize("result", FORMATS)
def test_exiftool_finds_it_in_every_format(tmp_path, result):
    path = coloured(photo(tmp_path / "scan.jpg"), result, {"settings": {"samples": 1}})
    said = subprocess.run(
        ["exiftool", "-j", "-G1", "-n", str(path)], capture_output=True, text=True, check=True
    )
    [found] = json.loads(said.stdout)
    assert "ExifTool:Warning" not in found
    assert found["IFD0:ImageDescription"] == found["XMP-dc:Description"] == CAPTION
    assert found["ExifIFD:DateTimeOriginal"] == DATE
    assert (found["IFD0:XResolution"], found["IFD0:YResolution"]) == (600, 300)
    assert found["XMP-dc:Subject"] == ["family", "beach & sea"]
    assert found["XMP-iptcExt:DigitalSourceType"] == SOURCE
    assert found["IFD0:Artist"] == "Zoë Łukasik"
    assert "GPS:GPSLatitudeRef" not in found
    assert json.loads(found["XMP-colorizer:Sheet"])["note"] == NOTE


def iim(*records: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack(">BBBH", 0x1C, 2, number, len(c)) + c for number, c in records)


@pytest.mark.parametrize("result", FORMATS)
def test_iptc_records_stay_or_become_xmp(tmp_path, result):
    records = iim((120, CAPTION.encode()), (25, b"beach"), (25, b"1938"), (90, b"Berlin"))
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records
    content = b"Photoshop 3.0\0" + block + bytes(len(block) % 2)
    extra = b"\xff\xed" + struct.pack(">H", len(content) + 2) + content
    path = tmp_path / "scan.jpg"
    Image.fromarray(colourful(3, 40)).save(path, extra=extra)
    done = coloured(path, result)
    with Image.open(done) as image:
        image.load()
        found = IptcImagePlugin.getiptcinfo(image)
    content = done.read_bytes()
    assert content.count(b"<rdf:li>beach</rdf:li>") == 1
    assert CAPTION.encode() in content
    assert b"Berlin" not in content
    if result == ".jpg":
        assert found
        assert found[2, 25] == [b"beach", b"1938"]


@exiftool
@pytest.mark.parametrize("result", FORMATS)
def test_keywords_of_iptc_and_xmp_are_all_kept(tmp_path, result):
    path = tmp_path / "scan.jpg"
    Image.fromarray(colourful(3, 40)).save(path)
    said = ["-IPTC:Keywords=beach", "-IPTC:Keywords=1938", "-XMP-dc:Subject=family"]
    said += ["-XMP-dc:Subject=beach", "-XMP-dc:Title=Holiday"]
    subprocess.run(["exiftool", "-q", "-overwrite_original", *said, str(path)], check=True)
    done = coloured(path, result)
    listed = subprocess.run(
        ["exiftool", "-j", "-G1", str(done)], capture_output=True, text=True, check=True
    )
    [found] = json.loads(listed.stdout)
    assert sorted(map(str, found["XMP-dc:Subject"])) == ["1938", "beach", "family"]
    assert found["XMP-dc:Title"] == "Holiday"


@pytest.mark.parametrize("result", FORMATS)
@pytest.mark.parametrize("dpi", [(204, 98), (72, 72)])
def test_pixels_that_are_not_square_stay_so(tmp_path, dpi, result):
    path = tmp_path / "fax.tif"
    Image.fromarray(colourful(3, 40)[..., 0] > 99).save(path, compression="group4", dpi=dpi)
    with Image.open(coloured(path, result)) as image:
        exif = image.getexif()
        assert (exif[282], exif[283]) == dpi
        assert result == ".webp" or image.info["dpi"] == pytest.approx(dpi, abs=0.1)


def test_a_turned_photo_turns_its_resolution(tmp_path):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    Image.fromarray(colourful(3, 40)).save(tmp_path / "a.jpg", exif=exif, dpi=(204, 98))
    assert decode(tmp_path / "a.jpg").tags.resolution == (98, 204)


@pytest.mark.parametrize("result", [".png", ".webp", ".tif"])
@pytest.mark.parametrize("source", [".png", ".webp", ".tif"])
def test_alpha_stays_where_the_format_has_it(tmp_path, source, result):
    alpha = np.tile(np.linspace(0, 255, 40).astype(np.uint8), (40, 1))
    rgba = np.dstack([colourful(3, 40), alpha])
    path = tmp_path / f"photo{source}"
    options: dict[str, Any] = {"lossless": True, "exact": True} if source == ".webp" else {}
    Image.fromarray(rgba).save(path, **options)
    done = coloured(path, result)
    with Image.open(done) as image:
        assert image.mode == "RGBA"
        np.testing.assert_array_equal(np.asarray(image)[..., 3], alpha)
    difference = np.abs(decode(done).rgb.astype(int) - decode(path).rgb)
    assert difference.max() <= (2 if result != ".webp" else 40)


def test_a_caption_of_ours_is_not_inherited(tmp_path):
    path = tmp_path / "a.jpg"
    Picture(colourful(3, 40), NOTE).save(path)
    assert "caption" not in decode(path).tags.fields
    assert not decode(path).tags.exif.get(ExifTags.Base.ImageDescription)


@pytest.mark.parametrize(
    "packet",
    [b"", b"\xff\xfe", b"<a", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<a/>", PACKET * 9999],
)
def test_packets_that_cannot_be_read_stay_behind(packet):
    made = Tags(exif={ExifTags.Base.ImageDescription: CAPTION}, xmp=packet).as_xmp(
        {"{urn:a:}b": "c"}
    )
    assert CAPTION.encode() in made
    assert len(made) < 2000
