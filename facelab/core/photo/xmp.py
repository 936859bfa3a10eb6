"""XMP: keep authorship, rights, dates and camera data; drop pictures, history and places; add the edit mark.

Properties are taken from a list of known names, so that thumbnails and previews in any vendor's namespace
(GImage, GDepth, xmp:Thumbnails, extended XMP) do not come along. ISO 16684-1; IPTC Photo Metadata 2023.2.
"""

from __future__ import annotations

from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML = "http://www.w3.org/XML/1998/namespace"
DC = "http://purl.org/dc/elements/1.1/"
XMP = "http://ns.adobe.com/xap/1.0/"
RIGHTS = "http://ns.adobe.com/xap/1.0/rights/"
HISTORY = "http://ns.adobe.com/xap/1.0/mm/"
EVENT = "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
TIFF = "http://ns.adobe.com/tiff/1.0/"
EXIF = "http://ns.adobe.com/exif/1.0/"
EXIF_EX = "http://cipa.jp/exif/1.0/"
AUX = "http://ns.adobe.com/exif/1.0/aux/"
IPTC_CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
PLUS = "http://ns.useplus.org/ldf/xmp/1.0/"
CC = "http://creativecommons.org/ns#"

_PREFIX = {
    RDF: "rdf", XML: "xml", DC: "dc", XMP: "xmp", RIGHTS: "xmpRights", HISTORY: "xmpMM", EVENT: "stEvt",
    PHOTOSHOP: "photoshop", TIFF: "tiff", EXIF: "exif", EXIF_EX: "exifEX", AUX: "aux", IPTC_CORE: "Iptc4xmpCore",
    IPTC_EXT: "Iptc4xmpExt", PLUS: "plus", CC: "cc",
}  # fmt: skip
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"

# namespace -> kept property names; None = every name
_KEPT: dict[str, frozenset[str] | None] = {
    DC: None,
    RIGHTS: None,
    CC: None,
    AUX: frozenset({"Lens", "LensInfo", "SerialNumber", "LensSerialNumber"}),
    XMP: frozenset({"CreateDate", "ModifyDate", "MetadataDate", "CreatorTool", "Rating", "Label"}),
    PHOTOSHOP: frozenset({"AuthorsPosition", "CaptionWriter", "Credit", "DateCreated", "Headline", "Source",
                          "Instructions", "TransmissionReference"}),
    TIFF: frozenset({"Make", "Model", "Artist", "Copyright", "ImageDescription", "DateTime"}),
    EXIF: frozenset({"DateTimeOriginal", "DateTimeDigitized", "ExposureTime", "FNumber", "ISOSpeedRatings",
                     "FocalLength", "FocalLengthIn35mmFilm", "ExposureBiasValue", "ExposureProgram", "Flash"}),
    EXIF_EX: frozenset({"LensModel", "LensMake", "PhotographicSensitivity", "BodySerialNumber", "CameraOwnerName"}),
    IPTC_CORE: frozenset({"CreatorContactInfo", "AltTextAccessibility"}),
    IPTC_EXT: frozenset({"DigitalSourceType"}),
    PLUS: frozenset({"Licensor", "CopyrightOwner", "ImageCreator", "DataMining"}),
}  # fmt: skip
_GPS = frozenset({"GPSLatitude", "GPSLongitude", "GPSAltitude", "GPSAltitudeRef", "GPSTimeStamp", "GPSDateStamp"})
_PLACE = frozenset({"City", "State", "Country"})
_MAX_BYTES, _MAX_TEXT, _MAX_DEPTH = 4 << 20, 20_000, 12


def cleaned_xmp(packet: bytes, *, keep_gps: bool) -> tuple[str, ...] | None:
    """The kept properties of a packet as XML snippets; None if the packet cannot be read.

    A document type is refused: XMP has none, and entities can blow up.
    """
    if len(packet) > _MAX_BYTES or b"<!DOCTYPE" in packet or b"<!ENTITY" in packet:
        return None
    start, end = packet.find(b"<"), packet.rfind(b">")
    try:
        root = ElementTree.fromstring(packet[max(start, 0) : end + 1])
    except (ElementTree.ParseError, ValueError, LookupError):
        return None
    kept: dict[str, str] = {}
    for description in root.iter(f"{{{RDF}}}Description"):
        for name, value in description.attrib.items():
            if _keeps(name, keep_gps) and len(value) <= _MAX_TEXT:
                kept.setdefault(name, _element(name, {}, escape(value)))
        for child in description:
            if isinstance(child.tag, str) and _keeps(child.tag, keep_gps):
                snippet = _snippet(child, 0)
                if snippet is not None:
                    kept.setdefault(child.tag, snippet)
    return tuple(kept.values())


def _split(name: str) -> tuple[str, str]:
    space, _, local = name[1:].partition("}") if name.startswith("{") else ("", "", name)
    return space, local


def _keeps(name: str, keep_gps: bool) -> bool:
    space, local = _split(name)
    if keep_gps and ((space == EXIF and local in _GPS) or (space == PHOTOSHOP and local in _PLACE)):
        return True
    if space not in _KEPT:
        return False
    names = _KEPT[space]
    return names is None or local in names


def _snippet(node: ElementTree.Element, depth: int) -> str | None:
    """A property with its arrays and structures; None where it is too long, too deep or of a strange namespace."""
    if depth > _MAX_DEPTH or not isinstance(node.tag, str) or _split(node.tag)[0] not in _PREFIX:
        return None
    parts = [escape((node.text or "").strip())]
    for child in node:
        part = _snippet(child, depth + 1)
        if part is not None:
            parts.append(part)
    attributes = {name: value for name, value in node.attrib.items() if _split(name)[0] in _PREFIX}
    text = _element(node.tag, attributes, "".join(parts))
    return text if len(text) <= _MAX_TEXT else None


def _element(name: str, attributes: dict[str, str], content: str) -> str:
    def short(full: str) -> str:
        space, local = _split(full)
        return f"{_PREFIX[space]}:{local}"

    inside = "".join(f" {short(key)}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{short(name)}{inside}>{content}</{short(name)}>"


def edit_mark(tool: str) -> tuple[str, ...]:
    """Properties that say the photo was edited with a trained model, after IPTC's DigitalSourceType."""
    event = f"<stEvt:action>edited</stEvt:action><stEvt:softwareAgent>{escape(tool)}</stEvt:softwareAgent>"
    event += f"<stEvt:parameters>edited with {escape(tool)}</stEvt:parameters>"
    return (
        _element(f"{{{IPTC_EXT}}}DigitalSourceType", {}, SOURCE_TYPE),
        _element(f"{{{XMP}}}CreatorTool", {}, escape(tool)),
        _element(f"{{{HISTORY}}}History", {}, f'<rdf:Seq><rdf:li rdf:parseType="Resource">{event}</rdf:li></rdf:Seq>'),
    )


def xmp_packet(properties: tuple[str, ...], mark: tuple[str, ...] = ()) -> bytes | None:
    """A packet of these snippets, the mark's replacing equal names; None when there is nothing to say."""
    if not properties and not mark:
        return None

    def name(snippet: str) -> str:
        return snippet[1:].split(">")[0].split(" ")[0]

    marked = {name(snippet) for snippet in mark}
    body = "\n".join((*(s for s in properties if name(s) not in marked), *mark))
    spaces = "".join(f' xmlns:{prefix}="{space}"' for space, prefix in _PREFIX.items() if prefix not in ("xml", "rdf"))
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
        f'<rdf:Description rdf:about=""{spaces}>\n{body}\n</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
    ).encode()
