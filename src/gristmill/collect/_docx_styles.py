"""What the styles and lists of a Word document make of a paragraph: a heading, an item, a quote, code."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

_CODE = frozenset(("source code", "code", "html preformatted", "preformatted text", "code block", "listing"))
_QUOTES = frozenset(("quote", "intense quote", "block text", "quotations"))
_CONTENTS = ("toc ", "table of figures")
_MOST_ANCESTORS = 20
_NO_NUMBER = frozenset(("bullet", "none"))
_LAST_LEVEL = 8


@dataclass(frozen=True, slots=True)
class Place:
    """An item's place in lists: within how many others, its number where it has one, and as it is printed."""

    depth: int
    number: int | None
    label: str


@dataclass(slots=True)
class _Style:
    name: str
    based_on: str
    level: int | None
    list_place: tuple[str, int] | None


@dataclass(slots=True)
class _Level:
    has_number: bool
    start: int
    text: str


class Styles:
    """Styles by their id. A style has what the one it is based on has, but for what it says itself."""

    def __init__(self, part: Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        for style in part.iterfind("w.style") if part is not None else ():
            properties = style.find("w.pPr")
            self._styles[style.get("w.styleId", "")] = _Style(
                _value(style, "w.name").lower(),
                _value(style, "w.basedOn"),
                outline_level(properties),
                list_place(properties),
            )

    def heading(self, style: str) -> int | None:
        """The level of the heading that paragraphs of a style are."""
        for one in self._line(style):
            if one.name == "title":
                return 1
            if one.name.startswith("heading ") and one.name[8:].isdigit():
                return int(one.name[8:])
            if one.level is not None:
                return one.level if one.level <= _LAST_LEVEL else None
        return None

    def list_place(self, style: str) -> tuple[str, int] | None:
        return next((one.list_place for one in self._line(style) if one.list_place), None)

    def is_code(self, style: str) -> bool:
        return any(one.name in _CODE for one in self._line(style))

    def is_quote(self, style: str) -> bool:
        return any(one.name in _QUOTES for one in self._line(style))

    def is_contents(self, style: str) -> bool:
        return any(one.name.startswith(_CONTENTS) for one in self._line(style))

    def _line(self, style: str) -> list[_Style]:
        found: list[_Style] = []
        while style in self._styles and len(found) < _MOST_ANCESTORS:
            found.append(self._styles[style])
            style = found[-1].based_on
        return found


@dataclass(slots=True)
class _Counter:
    values: list[int | None] = field(default_factory=lambda: [None] * (_LAST_LEVEL + 1))


class Numbering:
    """The lists of a document, counted as its paragraphs come."""

    def __init__(self, part: Element | None) -> None:
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._of: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._counters: dict[str, _Counter] = {}
        for one in part if part is not None else ():
            if one.tag == "w.abstractNum":
                levels = one.iterfind("w.lvl")
                self._abstract[one.get("w.abstractNumId", "")] = {
                    _int(lvl.get("w.ilvl")): _level(lvl) for lvl in levels
                }
            elif one.tag == "w.num":
                name = one.get("w.numId", "")
                self._of[name] = _value(one, "w.abstractNumId")
                self._restarts[name] = {
                    _int(override.get("w.ilvl")): _int(_value(override, "w.startOverride"))
                    for override in one.iterfind("w.lvlOverride")
                    if override.find("w.startOverride") is not None
                }

    def next(self, name: str, depth: int) -> Place | None:
        """The place of the next item of a list; None where there is no such list."""
        abstract = self._of.get(name)
        if abstract is None:
            return None
        depth = min(max(depth, 0), _LAST_LEVEL)
        levels = self._abstract.get(abstract, {})
        level = levels.get(depth, _Level(False, 1, ""))
        counter = self._counters.setdefault(abstract, _Counter())
        start = self._restarts[name].pop(depth, None)
        value = counter.values[depth]
        number = start if start is not None else level.start if value is None else value + 1
        counter.values[depth:] = [number, *[None] * (_LAST_LEVEL - depth)]
        return Place(depth, number if level.has_number else None, _label(level, levels, counter))


def _label(level: _Level, levels: dict[int, _Level], counter: _Counter) -> str:
    """As it is printed before a heading: `%1.%2` with the numbers put in."""
    if not level.has_number:
        return ""
    text = level.text
    for depth, value in enumerate(counter.values):
        known = value if value is not None else levels[depth].start if depth in levels else 1
        text = text.replace(f"%{depth + 1}", str(known))
    return text.strip()


def _level(element: Element) -> _Level:
    start = element.find("w.start")
    return _Level(
        _value(element, "w.numFmt") not in _NO_NUMBER,
        _int(start.get("w.val")) if start is not None else 1,
        _value(element, "w.lvlText")[:40],
    )


def outline_level(properties: Element | None) -> int | None:
    """The level of the heading that a paragraph is by its own properties; 10 where it is said to be none."""
    found = properties.find("w.outlineLvl") if properties is not None else None
    return _int(found.get("w.val")) + 1 if found is not None else None


def list_place(properties: Element | None) -> tuple[str, int] | None:
    """The list that a paragraph is in by its own properties, and how deep; the list `0` is none."""
    found = properties.find("w.numPr") if properties is not None else None
    if found is None or found.find("w.numId") is None:
        return None
    return _value(found, "w.numId"), _int(_value(found, "w.ilvl"))


def _value(element: Element, name: str) -> str:
    found = element.find(name)
    return found.get("w.val", "") if found is not None else ""


def _int(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 7 else 0
