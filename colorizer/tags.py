"""Metadata that a photo hands on to its result: resolution, EXIF, IPTC and XMP fields.

`read_tags` takes it from an opened picture; `Tags.as_exif`, `Tags.as_xmp` and `Tags.as_iptc` turn
it into a result's. The place a photo was taken at, thumbnails, makers' notes and the settings of
other editors stay behind. See CIPA DC-008 (EXIF), the IPTC Photo Metadata Standard and ISO 16684-1
(XMP).
"""

import itertools
import math
import re
import struct
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from PIL import ExifTags, Image

Base = ExifTags.Base
# Who, when, with what and what of; not places, thumbnails or makers' notes.
_KEPT = (
    Base.DocumentName,
    Base.ImageDescription,
    Base.Make,
    Base.Model,
    Base.DateTime,
    Base.Artist,
    Base.HostComputer,
    Base.Copyright,
    Base.Rating,
    Base.XPTitle,
    Base.XPComment,
    Base.XPAuthor,
    Base.XPKeywords,
    Base.XPSubject,
)
_KEPT_OF_EXPOSURE = (
    Base.ExposureTime,
    Base.FNumber,
    Base.ExposureProgram,
    Base.ISOSpeedRatings,
    Base.DateTimeOriginal,
    Base.DateTimeDigitized,
    Base.OffsetTime,
    Base.OffsetTimeOriginal,
    Base.OffsetTimeDigitized,
    Base.SubsecTime,
    Base.SubsecTimeOriginal,
    Base.SubsecTimeDigitized,
    Base.ExposureBiasValue,
    Base.MeteringMode,
    Base.Flash,
    Base.FocalLength,
    Base.FocalLengthIn35mmFilm,
    Base.UserComment,
    Base.ImageUniqueID,
    Base.CameraOwnerName,
    Base.BodySerialNumber,
    Base.LensSpecification,
    Base.LensMake,
    Base.LensModel,
    Base.LensSerialNumber,
)
_MAX_XMP = 60_000  # bytes: a JPEG's segment holds 65,502
_MAX_IPTC = 60_000
_MAX_TEXT = 20_000  # characters of one field
_PER_INCH = {2: 1.0, 3: 2.54, 1: 0.0}  # by EXIF's ResolutionUnit; 1 is a ratio alone

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
XMP = "http://ns.adobe.com/xap/1.0/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
EXIF = "http://ns.adobe.com/exif/1.0/"
IPTC_CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
SPACE = "urn:colorizer:1.0:"  # of this program's own properties
_META = "adobe:ns:meta/"
_XML = "http://www.w3.org/XML/1998/namespace"
_PREFIXES = {
    "rdf": RDF,
    "dc": DC,
    "xmp": XMP,
    "photoshop": PHOTOSHOP,
    "exif": EXIF,
    "x": _META,
    "Iptc4xmpCore": IPTC_CORE,
    "Iptc4xmpExt": IPTC_EXT,
    "colorizer": SPACE,
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}
# Whole vocabularies, and single properties, that speak of the original's pixels or of a place.
_DROPPED_SPACES = (
    "http://ns.adobe.com/tiff/",
    "http://ns.adobe.com/camera-raw",
    "http://ns.adobe.com/hdr",
    "http://ns.adobe.com/xap/1.0/mm/",
    "http://ns.google.com/",
    "http://ns.adobe.com/xmp/note/",
    "http://ns.apple.com/",
    "http://ns.adobe.com/lightroom/1.0/settings",
)
_DROPPED = re.compile(
    rf"\{{{re.escape(EXIF)}\}}(GPS.*|Pixel[XY]Dimension|ColorSpace|NativeDigest)"
    rf"|\{{{re.escape(PHOTOSHOP)}\}}(City|State|Country|ICCProfile|ColorMode|Document.*|History)"
    rf"|\{{{re.escape(IPTC_CORE)}\}}(Location|CountryCode)"
    rf"|\{{{re.escape(IPTC_EXT)}\}}(Location.*|DigitalSourceType|AI.*)"
    rf"|\{{{re.escape(XMP)}\}}(Thumbnails|CreatorTool|MetadataDate)"
)
_IPTC_PLACES = {26, 27, 90, 92, 95, 100, 101}
_IPTC = {
    "title": 5,
    "date": 55,
    "creators": 80,
    "rights": 116,
    "caption": 120,
    "keywords": 25,
}
_EXIF = {
    "caption": Base.ImageDescription,
    "creators": Base.Artist,
    "rights": Base.Copyright,
}
_XMP = {
    "title": f"{{{DC}}}title",
    "caption": f"{{{DC}}}description",
    "rights": f"{{{DC}}}rights",
    "keywords": f"{{{DC}}}subject",
    "creators": f"{{{DC}}}creator",
    "date": f"{{{PHOTOSHOP}}}DateCreated",
}
_TEXTS = {
    "title": "Title",
    "caption": "Description",
    "creators": "Author",
    "rights": "Copyright",
    "keywords": "Keywords",
}
_LISTS = {"keywords": "Bag", "creators": "Seq", "title": "Alt", "caption": "Alt", "rights": "Alt"}
OURS = "Synthetic colours by Colorizer"  # a note of this program, not a caption

for _prefix, _space in _PREFIXES.items():
    ET.register_namespace(_prefix, _space)


@dataclass(frozen=True)
class Tags:
    """What a photo hands on.

    exif: of the first directory, by tag, as Pillow reads them; exposure: of the Exif directory,
    likewise. resolution: pixels per inch, across and down; inches: False where only their ratio
    counts. xmp: the photo's own packet; iptc: its IIM records; texts: of a PNG, by keyword.
    """

    exif: Mapping[int, Any] = field(default_factory=dict)
    exposure: Mapping[int, Any] = field(default_factory=dict)
    resolution: tuple[float, float] | None = None
    inches: bool = True
    xmp: bytes = b""
    iptc: bytes = b""
    texts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, tags: "Tags | Mapping[int, Any] | None") -> "Tags":
        """Of EXIF tags alone, or of nothing."""
        return tags if isinstance(tags, Tags) else cls(dict(tags or {}))

    def turned(self) -> "Tags":
        """Of the same photo, turned by a quarter."""
        return replace(self, resolution=self.resolution and self.resolution[::-1])

    @cached_property
    def fields(self) -> dict[str, list[str]]:
        """Title, caption, creators, rights, keywords and date, from where they are: XMP before IPTC
        before EXIF before a PNG's texts; the keywords of all of them.
        """
        found: dict[str, list[str]] = {}
        tree, records = _parse(self.xmp), _records(self.iptc)
        for name in _XMP:
            sources = (
                _values(tree, _XMP[name]) if tree is not None else [],
                [_decoded(content) for number, content in records if number == _IPTC.get(name)],
                [_text(self.exif.get(_EXIF.get(name, 0)))],
                [self.texts.get(_TEXTS.get(name, ""), "")],
            )
            useful = [kept for source in sources if (kept := _useful(source))]
            values = useful[0] if useful else []
            if name == "keywords":
                values = [*dict.fromkeys(itertools.chain(*useful))]
            if values:
                found[name] = values
        if "date" not in found and (date := _iso(_text(self.exposure.get(Base.DateTimeOriginal)))):
            found["date"] = [date]
        return found

    def as_exif(self, note: str) -> Image.Exif:
        """For a result. note: its description, unless the photo brings one; else its comment."""
        exif = Image.Exif()
        for tag, value in self.exif.items():
            exif[tag] = _bytes(value)
        for name, tag in _EXIF.items():
            if tag not in exif and name in self.fields:
                exif[tag] = "; ".join(self.fields[name]).encode()
        exif[Base.Software] = "Colorizer"
        directory = exif.get_ifd(ExifTags.IFD.Exif)
        directory.update(self.exposure)
        if Base.ImageDescription in exif:
            directory.setdefault(Base.UserComment, b"ASCII\0\0\0" + note.encode("ascii", "replace"))
        else:
            exif[Base.ImageDescription] = note.encode()
        if self.resolution is not None:
            exif[Base.XResolution], exif[Base.YResolution] = self.resolution
            exif[Base.ResolutionUnit] = 2 if self.inches else 1
        return exif

    def as_xmp(self, properties: Mapping[str, str]) -> bytes:
        """A packet for a result: the photo's own properties, its fields and `properties`.

        properties: texts, by `{namespace}name`. If all of it is too long for a JPEG, the photo's
        own packet stays behind, but not its fields.
        """
        for own in (self.xmp, b""):
            tree = _parse(own)
            rdf = _cleaned(tree) if tree is not None else ET.Element(f"{{{RDF}}}RDF")
            missing = self._missing(tree)
            if tree is None and not missing and not properties:
                return b""
            packet = _packet(rdf, missing, properties)
            if len(packet) <= _MAX_XMP:
                break
        return packet

    def _missing(self, tree: ET.Element | None) -> dict[str, list[str]]:
        """The fields that the photo's packet lacks, or has only in part."""

        def lacks(name: str, values: list[str]) -> bool:
            own = _values(tree, _XMP[name]) if tree is not None else []
            return not own or (name == "keywords" and {*own} != {*values})

        return {name: values for name, values in self.fields.items() if lacks(name, values)}

    def as_iptc(self) -> bytes:
        """The IIM records for a result; none if the photo had none."""
        kept = [
            (number, content)
            for number, content in _records(self.iptc)
            if number not in _IPTC_PLACES
        ]
        body = b"".join(
            struct.pack(">BBBH", 0x1C, 2, number, len(content)) + content
            for number, content in kept
        )
        return b"\x1c\x01\x5a\x00\x03\x1b%G" + body if body else b""


def read_tags(image: Image.Image) -> Tags:
    """What an opened picture hands on; what cannot be read of it is left out."""
    exif = Image.Exif()
    with suppress(Exception):  # a photo with damaged metadata is still a photo
        exif = image.getexif()
    info = image.info
    texts = {
        name: str(value)[:_MAX_TEXT]
        for name, value in info.items()
        if name in _TEXTS.values() and isinstance(value, str)
    }
    return replace(
        of_exif(exif),
        xmp=_packet_of(info),
        iptc=_iptc_of(image),
        texts=texts,
        **_resolution(info, exif),
    )


def read_property(image: Image.Image, name: str) -> str:
    """The text of an XMP property, `{namespace}name`, of an opened picture; "" if it has none."""
    packet = _packet_of(image.info)
    if not packet and image.format == "TIFF":
        packet = bytes(image.getexif().get(700) or b"")
    tree = _parse(packet)
    found = tree.find(f".//{name}") if tree is not None else None
    return found.text or "" if found is not None else ""


def of_exif(exif: Image.Exif) -> Tags:
    """The same of EXIF data, or of a TIFF's directory."""
    base, exposure = dict[int, Any](), dict[int, Any]()
    with suppress(Exception):
        base = {int(tag): value for tag in _KEPT if (value := _kept(exif.get(tag))) is not None}
    with suppress(Exception):
        ifd = exif.get_ifd(ExifTags.IFD.Exif)
        exposure = {
            int(tag): value
            for tag in _KEPT_OF_EXPOSURE
            if (value := _kept(ifd.get(tag))) is not None
        }
    if str(base.get(Base.ImageDescription, "")).startswith(OURS):
        del base[Base.ImageDescription]
    xmp, iptc = b"", b""
    with suppress(Exception):
        xmp, iptc = (bytes(exif.get(tag) or b"") for tag in (700, 33723))
    return Tags(base, exposure, xmp=xmp, iptc=iptc, **_resolution({}, exif))


def _kept(value: Any) -> Any:
    """A tag's value if it is one that can be written back; None otherwise."""
    if isinstance(value, str):
        value = value.strip("\x00 ")[:_MAX_TEXT]
        return value or None
    if isinstance(value, bytes):
        return value if 0 < len(value) <= _MAX_TEXT else None
    if isinstance(value, tuple):
        return value if 0 < len(value) <= 16 else None
    try:
        return value if math.isfinite(value) else None
    except (TypeError, ValueError, ZeroDivisionError):
        return None


def _resolution(info: Mapping[Any, Any], exif: Image.Exif) -> dict[str, Any]:
    """The fields `resolution` and `inches`, as far as they are known."""
    with suppress(Exception):
        unit = 2 if "dpi" in info else int(exif.get(Base.ResolutionUnit, 2))
        across, down = info.get("dpi") or (exif[Base.XResolution], exif[Base.YResolution])
        if "dpi" not in info and info.get("jfif_unit") == 0:
            unit, (across, down) = 1, info["jfif_density"]
        elif "dpi" not in info and "aspect" in info:
            unit, (across, down) = 1, info["aspect"]
        across, down = (_plain(float(value) * (_PER_INCH[unit] or 1)) for value in (across, down))
        if 0 < across < 1e6 and 0 < down < 1e6 and (unit != 1 or across != down):
            return {"resolution": (across, down), "inches": unit != 1}
    return {}


def _plain(value: float) -> float:
    """The whole number that a PNG's pixels per metre stand for."""
    return round(value) if abs(value - round(value)) < 0.02 < value else value


def _packet_of(info: Mapping[Any, Any]) -> bytes:
    packet = info.get("xmp") or info.get("XML:com.adobe.xmp") or b""
    packet = packet.encode() if isinstance(packet, str) else packet
    return packet if isinstance(packet, bytes) and len(packet) <= 10 * _MAX_XMP else b""


def _iptc_of(image: Image.Image) -> bytes:
    """The IIM records of a JPEG's Photoshop block or of a PNG's profile."""
    with suppress(Exception):
        block = image.info.get("photoshop", {}).get(0x0404)
        if isinstance(block, bytes):
            return block[:_MAX_IPTC]
        profile = image.info.get("Raw profile type iptc")
        if isinstance(profile, str):
            content = bytes.fromhex("".join(profile.split()[2:]))
            start = content.find(b"\x1c\x02")
            return content[start : start + _MAX_IPTC] if start >= 0 else b""
    return b""


def _records(iptc: bytes) -> list[tuple[int, bytes]]:
    """The records of application record 2, by number (IIM 4.2)."""
    found, place = [], 0
    while place + 5 <= len(iptc) and iptc[place] == 0x1C:
        record, number, length = struct.unpack_from(">BBH", iptc, place + 1)
        if record == 2 and number and length < 0x8000:
            found.append((number, iptc[place + 5 : place + 5 + length]))
        place += 5 + length
    return found


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _text(value: Any) -> str:
    """EXIF has bytes, which Pillow reads as Latin-1 and cameras write in UTF-8."""
    if not isinstance(value, str):
        return ""
    with suppress(UnicodeError):
        return value.encode("latin-1").decode()
    return value


def _bytes(value: Any) -> Any:
    return value.encode("latin-1", "replace") if isinstance(value, str) else value


def _useful(values: list[str]) -> list[str]:
    cleaned = ("".join(c for c in value if c >= " " or c in "\n\t").strip() for value in values)
    return [value[:_MAX_TEXT] for value in cleaned if value and not value.startswith(OURS)]


def _iso(date: str) -> str:
    """EXIF's "1938:07:15 12:00:00" as XMP writes it; "" for anything else."""
    match = re.fullmatch(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)", date.strip())
    return "{}-{}-{}T{}".format(*match.groups()) if match else ""


def _parse(packet: bytes) -> ET.Element | None:
    """The rdf:RDF of a packet; None if there is none that can be read."""
    # A document type may grow without end.
    if not packet or re.search(rb"<!(?!--|\[CDATA)", packet):
        return None
    try:
        root = ET.fromstring(packet.strip(b"\0 \n"))
    except (ET.ParseError, ValueError):
        return None
    return root if root.tag == f"{{{RDF}}}RDF" else root.find(f"{{{RDF}}}RDF")


def _values(rdf: ET.Element, name: str) -> list[str]:
    """The texts of one property."""
    found = []
    for description in rdf.iter(f"{{{RDF}}}Description"):
        found.append(description.get(name, ""))
        for element in description.findall(name):
            found.extend(
                [item.text or "" for item in element.iter(f"{{{RDF}}}li")] or [element.text or ""]
            )
    return _useful(found)


def _cleaned(rdf: ET.Element) -> ET.Element:
    """The same without what stays behind."""
    for description in rdf.findall(f"{{{RDF}}}Description"):
        for name in [name for name in description.attrib if _stays(name)]:
            del description.attrib[name]
        for element in [element for element in description if _stays(element.tag)]:
            description.remove(element)
        description.set(f"{{{RDF}}}about", "")
    return rdf


def _stays(name: str) -> bool:
    return name[1:].startswith((*_DROPPED_SPACES, SPACE)) or bool(_DROPPED.fullmatch(name))


def _packet(
    rdf: ET.Element, fields: Mapping[str, list[str]], properties: Mapping[str, str]
) -> bytes:
    for description in rdf.findall(f"{{{RDF}}}Description"):
        for element in [*description]:
            if element.tag in [_XMP[name] for name in fields]:
                description.remove(element)
    own = ET.SubElement(rdf, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})
    for name, values in fields.items():
        element = ET.SubElement(own, _XMP[name])
        if name not in _LISTS:
            element.text = values[0]
            continue
        items = ET.SubElement(element, f"{{{RDF}}}{_LISTS[name]}")
        for value in values if name in ("keywords", "creators") else values[:1]:
            item = ET.SubElement(items, f"{{{RDF}}}li")
            item.text = value
            if _LISTS[name] == "Alt":
                item.set(f"{{{_XML}}}lang", "x-default")
    for name, text in properties.items():
        ET.SubElement(own, name).text = text
    meta = ET.Element(f"{{{_META}}}xmpmeta")
    meta.append(rdf)
    start = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'.encode()
    return start + ET.tostring(meta, "utf-8") + b'<?xpacket end="w"?>'
