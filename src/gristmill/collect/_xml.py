"""XML of strangers as a tree: nothing external is read, no entity is expanded, depth and size are bounded."""

from __future__ import annotations

from collections.abc import Mapping
from html.entities import html5
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from gristmill.collect._documents import Unreadable

MAX_DEPTH = 160
"""Elements within each other. Walks over a tree may call themselves that often."""

MAX_ELEMENTS = 2_000_000
"""About 300 MB of memory."""

MAX_ENTITY = 32
"""Characters of an entity that a document declares: in attributes expat puts the value in, so it must not be long."""

_UNBOUND = expat.errors.codes[expat.errors.XML_ERROR_UNBOUND_PREFIX]
_XML_PREFIX = {"http://www.w3.org/XML/1998/namespace": "xml"}


class BadXml(Unreadable):
    """The bytes are no well-formed XML, or beyond the bounds."""


def parsed(data: bytes, prefixes: Mapping[str, str] | None = None) -> Element:
    """The root element of a document.

    Names in a namespace of `prefixes` are told by its prefix (`w.p`), others by their local name alone. Entities of
    HTML are known; others stay in the text as they are written (`&name;`). Comments and instructions are left out.
    """
    return _Parser(_XML_PREFIX | dict(prefixes or {})).parse(data)


class _Parser:
    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self._begin()

    def _begin(self) -> None:
        self._names: dict[str, str] = {}
        self._builder = TreeBuilder()
        self._depth = 0
        self._left = MAX_ELEMENTS

    def parse(self, data: bytes) -> Element:
        try:
            return self._parsed(data)
        except (ValueError, LookupError):  # an encoding that expat does not know
            return self._parsed(_decoded(data).encode("utf-8", "replace"), encoding="utf-8")
        except expat.ExpatError as error:
            if error.code != _UNBOUND:
                raise _broken(error) from error
        try:
            return self._parsed(data, separator=None)
        except expat.ExpatError as error:
            raise _broken(error) from error

    def _parsed(self, data: bytes, *, encoding: str | None = None, separator: str | None = "}") -> Element:
        """The tree; without a separator, prefixes are taken as they are written."""
        self._begin()
        parser = expat.ParserCreate(encoding, separator)
        parser.buffer_text = True
        # As if there were a list of entities outside, so that unknown ones are skipped and told, not errors.
        parser.UseForeignDTD(True)
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._builder.data
        parser.DefaultHandler = _ignore  # its presence turns the expansion of entities in texts off
        parser.SkippedEntityHandler = self._entity
        parser.EntityDeclHandler = _declared
        parser.ExternalEntityRefHandler = _external
        parser.Parse(data, True)
        return self._builder.close()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._left -= 1
        if self._depth > MAX_DEPTH:
            raise BadXml(f"the XML is nested deeper than {MAX_DEPTH} elements")
        if self._left < 0:
            raise BadXml(f"the XML has more than {MAX_ELEMENTS} elements")
        told = self._names.get(name) or self._told(name)
        if attributes:
            attributes = {self._names.get(key) or self._told(key): value for key, value in attributes.items()}
        self._builder.start(told, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._builder.end(self._names[name])

    def _told(self, name: str) -> str:
        namespace, _, local = name.rpartition("}")
        prefix = self._prefixes.get(namespace)
        if not namespace and ":" in name:
            prefix, _, local = name.rpartition(":")
            prefix = prefix if prefix in self._prefixes.values() else None
        self._names[name] = f"{prefix}.{local}" if prefix else local
        return self._names[name]

    def _entity(self, name: str, is_parameter: bool) -> None:
        if not is_parameter:
            self._builder.data(html5.get(f"{name};", f"&{name};"))


def _ignore(data: str) -> None:
    """Nothing: see where it is set."""


def _declared(name: str, is_parameter: bool, value: str | None, *_: Any) -> None:
    if not is_parameter and value is not None and (len(value) > MAX_ENTITY or "&" in value):
        raise BadXml(f"the XML declares an entity of its own that is long or holds others ({name[:40]})")


def _external(context: str | None, base: str | None, system_id: str | None, public_id: str | None) -> int:
    raise BadXml(f"a part of the text is in another file ({(system_id or 'unnamed')[:80]}), which is not read")


def _broken(error: expat.ExpatError) -> BadXml:
    return BadXml(f"the XML is broken at line {error.lineno} ({expat.errors.messages[error.code]})")


def _decoded(data: bytes) -> str:
    head = data[:200].decode("latin-1")
    _, found, rest = head.partition("encoding=")
    name = rest[1:].partition(rest[:1])[0] if found and rest[:1] in ("'", '"') else ""
    try:
        return data.decode(name)
    except (LookupError, ValueError) as error:
        raise BadXml(f"the XML is not in the encoding that it names ({name[:40] or 'none'})") from error


def text_of(element: Element | None) -> str:
    """All text in an element, with every run of whitespace as one space."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
