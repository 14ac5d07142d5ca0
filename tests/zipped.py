"""What tests of books and office files share: archives made file by file."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable, Mapping

CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""

METADATA = """<dc:title>The Mill</dc:title><dc:creator>Ada Miller</dc:creator><dc:language>en</dc:language>
<dc:identifier id="id">urn:isbn:9780000000002</dc:identifier><dc:date>1899-05-06</dc:date>"""


def zipped(files: Mapping[str, str | bytes] | Iterable[tuple[str, str | bytes]]) -> bytes:
    """A zip archive of these files; names may come twice."""
    held = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items() if isinstance(files, Mapping) else files:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def page(body: str, title: str = "") -> str:
    """A page of a book."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>{title}</title></head>{body}</html>'
        if body.startswith("<body")
        else page(f"<body>{body}</body>", title)
    )


def book_files(
    pages: Mapping[str, str], *, metadata: str = METADATA, nav: str = "", guide: str = "", ncx: str = ""
) -> dict[str, str | bytes]:
    """The files of an EPUB whose reading order is that of `pages`; `nav` is the body of its navigation document."""
    items = [f'<item id="p{at}" href="{name}" media-type="application/xhtml+xml"/>' for at, name in enumerate(pages)]
    order = "".join(f'<itemref idref="p{at}"/>' for at in range(len(pages)))
    files: dict[str, str | bytes] = {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER}
    if nav:
        items.append('<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>')
        files["OEBPS/nav.xhtml"] = page(nav)
    if ncx:
        items.append('<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>')
        files["OEBPS/toc.ncx"] = f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{ncx}</navMap></ncx>'
    files["OEBPS/book.opf"] = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:opf="http://www.idpf.org/2007/opf" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" unique-identifier="id" version="3.0">'
        f"<metadata>{metadata}</metadata><manifest>{''.join(items)}</manifest>"
        f'<spine toc="ncx">{order}</spine><guide>{guide}</guide></package>'
    )
    return files | {f"OEBPS/{name}": text for name, text in pages.items()}


def book(pages: Mapping[str, str], **told: str) -> bytes:
    """An EPUB."""
    return zipped(book_files(pages, **told))


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    f'xmlns:r="{OFFICE}"'
)
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
    "<dc:title>The Mill</dc:title><dc:creator>Ada; Ben</dc:creator>"
    "<dcterms:created>2020-01-02T03:04:05Z</dcterms:created></cp:coreProperties>"
)


def office(tag: str, content: str) -> str:
    """A part of an Office document: an element with the usual prefixes."""
    return f"<{tag} {_WORD}>{content}</{tag}>"


def relations(targets: Mapping[str, tuple[str, str]]) -> str:
    """References to other parts: by id, the kind and the target."""
    each = (f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{to}"/>' for key, (kind, to) in targets.items())
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{"".join(each)}</Relationships>'


def word(body: str, **parts: str) -> bytes:
    """A Word document; `parts` are the contents of `styles`, `numbering`, `footnotes`, `endnotes`."""
    files: dict[str, str | bytes] = {
        "_rels/.rels": relations(
            {"r1": ("officeDocument", "word/document.xml"), "r2": ("metadata/core-properties", "docProps/core.xml")}
        ),
        "docProps/core.xml": CORE,
        "word/document.xml": office("w:document", f"<w:body>{body}</w:body>"),
        "word/_rels/document.xml.rels": relations({name: (name, f"{name}.xml") for name in parts}),
    }
    return zipped(files | {f"word/{name}.xml": office(f"w:{name}", content) for name, content in parts.items()})


_ODF = "".join(
    f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("manifest", "manifest"),
        ("meta", "meta"),
    )
)


def odf(tag: str, content: str) -> str:
    """A part of an OpenDocument file: an element with the usual prefixes."""
    extra = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<{tag}{_ODF} {extra}>{content}</{tag}>"


def odt(body: str, styles: str = "", **files: str) -> bytes:
    """An OpenDocument text with these automatic styles; `files` are further ones by name."""
    inside = f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:text>{body}"
    content = odf("office:document-content", f"{inside}</office:text></office:body>")
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **files})


def slides(*contents: str, notes: Mapping[int, str] | None = None) -> bytes:
    """A presentation: the shapes of each slide, and the shapes of notes by the number of their slide."""
    each = {f"s{at}": ("slide", f"slides/slide{at}.xml") for at in range(len(contents))}
    order = "".join(f'<p:sldId r:id="{key}"/>' for key in each)
    files: dict[str, str | bytes] = {
        "_rels/.rels": relations({"r1": ("officeDocument", "ppt/presentation.xml")}),
        "ppt/presentation.xml": office("p:presentation", f"<p:sldIdLst>{order}</p:sldIdLst>"),
        "ppt/_rels/presentation.xml.rels": relations(each),
    }
    for at, content in enumerate(contents):
        root = (
            content
            if content.startswith("<p:sld ")
            else office("p:sld", f"<p:cSld><p:spTree>{content}</p:spTree></p:cSld>")
        )
        files[f"ppt/slides/slide{at}.xml"] = root
    for at, content in (notes or {}).items():
        files[f"ppt/slides/_rels/slide{at}.xml.rels"] = relations({"n": ("notesSlide", f"../notes/{at}.xml")})
        files[f"ppt/notes/{at}.xml"] = office("p:notes", f"<p:cSld><p:spTree>{content}</p:spTree></p:cSld>")
    return zipped(files)


def shape(*paragraphs: str, place: str | None = None) -> str:
    """A shape with these paragraphs; `place` says what it is a place for."""
    held = f'<p:nvPr><p:ph type="{place}"/></p:nvPr>' if place is not None else "<p:nvPr/>"
    each = "".join(one if one.startswith("<a:p") else f"<a:p><a:r><a:t>{one}</a:t></a:r></a:p>" for one in paragraphs)
    return f"<p:sp><p:nvSpPr>{held}</p:nvSpPr><p:txBody>{each}</p:txBody></p:sp>"
