"""What an EPUB says of itself: where its parts are, their order, its table of contents, metadata and encryption."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from gristmill.collect._documents import Unreadable
from gristmill.collect._html_tree import EPUB, page_tree
from gristmill.collect._xml import BadXml, parsed, text_of
from gristmill.collect._zip import Archive, resolved

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = frozenset(
    ("application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/x-dtbook+xml", "application/xml")
)
_NCX = "application/x-dtbncx+xml"
_OBFUSCATED = frozenset(("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"))
_SCHEMES = {
    "META-INF/license.lcpl": "Readium LCP",
    "META-INF/sinf.xml": "Apple FairPlay",
    "META-INF/rights.xml": "Adobe ADEPT",
}

STARTS = frozenset(("bodymatter", "text", "start"))
"""What landmarks and guides call the place at which reading begins."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents."""

    title: str
    page: str
    fragment: str
    depth: int


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a book in reading order, and what is said of them."""

    pages: tuple[str, ...]
    missing: tuple[str, ...]  # of the reading order, but not in the archive
    metadata: Element
    unique_id: str
    contents: tuple[Entry, ...] = ()
    types: dict[str, frozenset[str]] = field(default_factory=dict)  # of pages, by landmarks and guide


def opened_package(archive: Archive) -> Package:
    """The package of a book. Unreadable where there is none, or its text is encrypted."""
    _enter_only_folder(archive)
    name = _package_name(archive)
    root = parsed(archive.read(name), EPUB)
    manifest = root.find("manifest")
    items = {one.get("id", ""): one for one in manifest or () if one.tag == "item"}
    pages, missing = _reading_order(root, items, name, archive)
    _refuse_encrypted(archive, pages)
    contents: tuple[Entry, ...] = ()
    types = dict(_guide(root, name))
    for item in items.values():
        path = resolved(name, item.get("href", ""))
        if "nav" in item.get("properties", "").split() and path in archive:
            navigation = page_tree(archive.read(path or ""))
            contents = tuple(_nav(navigation, path or ""))
            types |= _landmarks(navigation, path or "")
    if not contents:
        contents = _ncx(root, items, name, archive)
    metadata = root.find("metadata")
    return Package(
        pages,
        missing,
        Element("metadata") if metadata is None else metadata,
        root.get("unique-identifier", ""),
        contents,
        types,
    )


def _enter_only_folder(archive: Archive) -> None:
    """Books that were packed with the folder that they lay in are read from there on."""
    if _CONTAINER not in archive:
        folders = [name.removesuffix(_CONTAINER) for name in archive.names if name.endswith(f"/{_CONTAINER}")]
        if len(folders) == 1:
            archive.enter(folders[0])


def _package_name(archive: Archive) -> str:
    container = parsed(archive.read(_CONTAINER))
    for rootfile in container.iter("rootfile"):
        name = resolved("", rootfile.get("full-path", ""))
        if name and rootfile.get("media-type", "application/oebps-package+xml") == "application/oebps-package+xml":
            return name
    raise Unreadable(f"{_CONTAINER} names no package")


def _reading_order(
    root: Element, items: dict[str, Element], package: str, archive: Archive
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    pages: dict[str, None] = {}
    missing: dict[str, None] = {}
    for reference in root.iter("itemref"):
        item = items.get(reference.get("idref", ""))
        if item is None or item.get("media-type", "application/xhtml+xml") not in _PAGES:
            continue
        name = resolved(package, item.get("href", ""))
        if name is None or name not in archive:
            missing[item.get("href", "")] = None
        else:
            pages[name] = None
    if not pages:
        raise Unreadable("the book's reading order names no page that is in the archive")
    return tuple(pages), tuple(missing)


def _refuse_encrypted(archive: Archive, pages: tuple[str, ...]) -> None:
    if _ENCRYPTION not in archive:
        return
    texts = frozenset(pages)
    for data in parsed(archive.read(_ENCRYPTION)).iter("EncryptedData"):
        method = data.find("EncryptionMethod")
        if method is not None and method.get("Algorithm") in _OBFUSCATED:
            continue  # fonts, which are no text
        if any(resolved("", one.get("URI", "")) in texts for one in data.iter("CipherReference")):
            scheme = next((name for path, name in _SCHEMES.items() if path in archive), "a scheme that is not named")
            raise Unreadable(f"the book's text is encrypted ({scheme})")


# Tables of contents


def _nav(root: Element, base: str) -> Iterator[Entry]:
    for nav in root.iter("nav"):
        if "toc" in (nav.get("epub.type") or nav.get("role", "").removeprefix("doc-")).split():
            for child in nav:
                if child.tag == "ol":
                    yield from _nav_list(child, base, 1)
            return


def _nav_list(ordered: Element, base: str, depth: int) -> Iterator[Entry]:
    for item in ordered.iterfind("li"):
        for child in item:
            if child.tag == "ol":
                yield from _nav_list(child, base, depth + 1)
            elif child.tag == "a":
                yield from _entry(text_of(child), child.get("href", ""), base, depth)


def _ncx(root: Element, items: dict[str, Element], package: str, archive: Archive) -> tuple[Entry, ...]:
    spine = root.find("spine")
    named = items.get(spine.get("toc", "")) if spine is not None else None
    item = named if named is not None else next((i for i in items.values() if i.get("media-type") == _NCX), None)
    name = resolved(package, item.get("href", "")) if item is not None else None
    if not name or name not in archive:
        return ()
    try:
        points = parsed(archive.read(name)).find("navMap")
    except BadXml:  # the book can be read without
        return ()
    return tuple(_points(points, name, 1)) if points is not None else ()


def _points(parent: Element, base: str, depth: int) -> Iterator[Entry]:
    for point in parent.iterfind("navPoint"):
        content = point.find("content")
        if content is not None:
            yield from _entry(text_of(point.find("navLabel")), content.get("src", ""), base, depth)
        yield from _points(point, base, depth + 1)


def _entry(title: str, href: str, base: str, depth: int) -> Iterator[Entry]:
    page = resolved(base, href)
    if page and title:
        yield Entry(title, page, href.partition("#")[2], depth)


# What pages are


def _guide(root: Element, package: str) -> Iterator[tuple[str, frozenset[str]]]:
    for reference in root.iter("reference"):
        yield from _typed(reference.get("href", ""), reference.get("type", "").lower(), package)


def _landmarks(root: Element, base: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for nav in root.iter("nav"):
        if "landmarks" in nav.get("epub.type", "").split():
            for link in nav.iter("a"):
                for page, types in _typed(link.get("href", ""), link.get("epub.type", ""), base):
                    found[page] = found.get(page, frozenset()) | types
    return found


def _typed(href: str, types: str, base: str) -> Iterator[tuple[str, frozenset[str]]]:
    """A place within a page says nothing of the page, but for the one at which reading begins."""
    page = resolved(base, href)
    said = frozenset(types.split())
    if page and ("#" not in href or said & STARTS):
        yield page, said
