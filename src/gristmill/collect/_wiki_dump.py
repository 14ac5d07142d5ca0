"""XML dumps of MediaWiki, page by page: a page that is broken costs itself alone, and memory is bounded by one page.

The format: https://www.mediawiki.org/wiki/Help:Export. No other document is read and no entity declared is known.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

from gristmill.collect._stream import Stream

_MAX_HEAD = 1 << 20
_BEGIN, _END = b"<page>", b"</page>"
_WANTED = frozenset(
    ("title", "ns", "id", "revision/id", "revision/timestamp", "revision/model", "revision/text")
)  # within a page
_SITE = frozenset(("sitename", "dbname", "base", "namespaces/namespace"))


@dataclass(slots=True)
class Site:
    """What the head of a dump says of its wiki."""

    name: str = ""
    base: str = ""  # the url of its main page
    language: str = ""
    namespaces: dict[str, int] = field(default_factory=dict)  # by name in lower case

    @property
    def url(self) -> str:
        """What the urls of its pages begin with, empty where that is not known."""
        return self.base.rpartition("/")[0] + "/" if "://" in self.base else ""


class Entry(NamedTuple):
    """A page as it stands in the dump, its last revision; `fields` are by their path below the page."""

    position: int
    fields: Mapping[str, str]


class Unreadable(NamedTuple):
    """Where something that is no whole page stands, and why."""

    position: int
    error: str


CANONICAL = {
    "talk": 1, "user": 2, "user talk": 3, "project": 4, "project talk": 5, "file": 6, "image": 6, "file talk": 7,
    "mediawiki": 8, "mediawiki talk": 9, "template": 10, "template talk": 11, "help": 12, "help talk": 13,
    "category": 14, "category talk": 15,
}  # fmt: skip


def read_site(stream: Stream) -> Site | str:
    """The head of the dump, up to its first page, or a sentence why this is no dump."""
    size = stream.find(_first_page, _MAX_HEAD)
    head = stream.ahead(_MAX_HEAD)[: size if size >= 0 else None]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "the dump is in UTF-16; dumps are in UTF-8: convert it first"
    if b"<mediawiki" not in head[: 1 << 16] and size < 0:
        return "the file is no MediaWiki dump: it has neither <mediawiki> nor a <page>"
    found = _Fields(_SITE, "siteinfo")
    _parsed(head, found)
    site = Site(found.texts.get("sitename", ""), found.texts.get("base", ""), found.language)
    site.namespaces = dict(CANONICAL)
    site.namespaces |= {name.strip().lower(): number for number, name in found.namespaces if name.strip()}
    return site


def entries(stream: Stream, limit: int) -> Iterator[Entry | Unreadable]:
    """Every page in order."""
    while True:
        _drop_to_page(stream)
        start = stream.offset
        if not stream.ahead(1):
            if stream.damage:
                yield Unreadable(start, f"{stream.damage}; the rest of the file is lost")
            return
        size = stream.find(_page_end, limit)
        if size < 0:
            whole = stream.ahead(limit + 1)
            if len(whole) > limit:
                yield Unreadable(start, f"the page is longer than max_record_bytes ({limit} bytes)")
                stream.drop(len(_BEGIN))
                continue
            yield Unreadable(start, f"{stream.damage or 'the file ends in the middle of a page'}; its rest is lost")
            return
        found = _Fields(_WANTED, "page")
        error = _parsed(stream.take(size), found)
        yield Unreadable(start, f"the page is no XML: {error}") if error else Entry(start, found.texts)


class _Fields:
    """Gathers the texts of the wanted elements below one; of those that come again the last."""

    def __init__(self, wanted: frozenset[str], root: str) -> None:
        self._wanted = wanted
        self._root = root
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._key = 0
        self.texts: dict[str, str] = {}
        self.language = ""
        self.namespaces: list[tuple[int, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if name == "mediawiki":
            self.language = attributes.get("xml:lang", "")
        elif name == "redirect":
            self.texts["redirect"] = attributes.get("title", "")
        elif name == "namespace":
            key = attributes.get("key", "")
            self._key = int(key) if key.lstrip("-").isdigit() and len(key) < 8 else 0
        if self._here() in self._wanted:
            self._text = []

    def end(self, name: str) -> None:
        if self._text is not None and self._here() in self._wanted:
            self.texts[self._here()] = "".join(self._text)
            if name == "namespace":
                self.namespaces.append((self._key, "".join(self._text)))
            self._text = None
        self._path.pop()

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _here(self) -> str:
        return "/".join(self._path[self._path.index(self._root) + 1 :]) if self._root in self._path[:2] else ""


def _parsed(data: bytes, fields: _Fields) -> str:
    """Read XML into the fields; what is wrong with it, empty where nothing is."""
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = fields.start
    parser.EndElementHandler = fields.end
    parser.CharacterDataHandler = fields.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data)
    except expat.ExpatError as error:
        return f"{expat.errors.messages[error.code]} (line {error.lineno} of it)"
    except _Doctype:
        return "it declares a document type"
    return ""


class _Doctype(ValueError):
    """A dump has no document type; one would bring entities."""


def _refuse(*_: object) -> None:
    raise _Doctype


def _first_page(data: bytes, limit: int) -> int:
    return data.find(_BEGIN, 0, limit)


def _page_end(data: bytes, limit: int) -> int:
    at = data.find(_END, 0, limit)
    return at + len(_END) if at >= 0 else -1


def _drop_to_page(stream: Stream) -> None:
    while ahead := stream.ahead(1 << 16):
        at = ahead.find(_BEGIN)
        if at >= 0:
            stream.drop(at)
            return
        stream.drop(max(len(ahead) - len(_BEGIN) + 1, 1) if len(ahead) == 1 << 16 else len(ahead))
