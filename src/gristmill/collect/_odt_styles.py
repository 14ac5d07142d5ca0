"""What the styles of an OpenDocument text make of a paragraph, a list or a span."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

_CODE = frozenset(("preformatted text", "source code", "code"))
_QUOTES = frozenset(("quotations", "quote", "block quotation"))
_MOST_ANCESTORS = 20


class Styles:
    """Styles by family and name; one that a document made by itself has what its parent has."""

    def __init__(self, roots: Iterator[Element]) -> None:
        self._parents: dict[str, str] = {}
        self._positions: dict[str, str] = {}
        self._hidden: set[str] = set()
        self._lists: dict[str, dict[int, int | None]] = {}
        for root in roots:
            for style in root.iter("style.style"):
                name = style.get("style.name", "")
                self._parents[name] = style.get("style.parent-style-name", "")
                properties = style.find("style.text-properties")
                if properties is not None:
                    self._positions[name] = properties.get("style.text-position", "")
                    if properties.get("text.display") == "none":
                        self._hidden.add(name)
            for style in root.iter("text.list-style"):
                self._lists[style.get("style.name", "")] = dict(_levels(style))

    def is_title(self, style: str) -> bool:
        return "title" in self._line(style)

    def is_code(self, style: str) -> bool:
        return not _CODE.isdisjoint(self._line(style))

    def is_quote(self, style: str) -> bool:
        return not _QUOTES.isdisjoint(self._line(style))

    def is_hidden(self, style: str) -> bool:
        return style in self._hidden

    def position(self, style: str) -> str:
        """`super`, `sub` or nothing."""
        said = self._positions.get(style, "").partition(" ")[0]
        if said.removesuffix("%").lstrip("-").isdigit():
            said = "sub" if said.startswith("-") else "super" if said != "0%" else ""
        return said if said in ("super", "sub") else ""

    def first_number(self, style: str, depth: int) -> int | None:
        """What the items of a list are numbered from; None where they have no numbers."""
        return self._lists.get(style, {}).get(depth)

    def _line(self, style: str) -> list[str]:
        found: list[str] = []
        while style and len(found) < _MOST_ANCESTORS:
            found.append(style.replace("_20_", " ").lower())
            style = self._parents.get(style, "")
        return found


def _levels(style: Element) -> Iterator[tuple[int, int | None]]:
    for level in style:
        depth = level.get("text.level", "")
        if depth.isdigit() and len(depth) < 4:
            start = level.get("text.start-value", "1")
            has_number = level.tag == "text.list-level-style-number" and level.get("style.num-format", "1") != ""
            yield int(depth) - 1, (int(start) if start.isdigit() and len(start) < 7 else 1) if has_number else None
