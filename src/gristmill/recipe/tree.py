"""YAML as a tree in which every value knows its line; what a recipe has no use for is refused.

Plain scalars follow the core schema of YAML 1.2 (10.3.2), so `no` is a word and `1e-3` is a number, as editors
have it; YAML 1.1 has them the other way round. Tags, several documents and keys given twice are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from gristmill.errors import Place, RecipeError

MAX_BYTES = 256 << 10
MAX_DEPTH = 32
MAX_NODES = 20_000
"""Values in a recipe, each alias counted as what it stands for: a few lines of aliases can stand for billions."""

Path = tuple[str | int, ...]
"""A way into the tree: keys and list positions."""

Atom = str | int | float | bool | None

_NULLS = ("", "~", "null", "Null", "NULL")
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_ODD_FLOATS = {".inf", "-.inf", "+.inf", ".nan"}
_NUMBER = frozenset("0123456789.eE+-")


@dataclass(frozen=True, slots=True)
class Scalar:
    value: Atom
    line: int
    size: int = 1


@dataclass(frozen=True, slots=True)
class Items:
    items: tuple[Node, ...]
    line: int
    size: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """`lines` has the line of each key, which is where a fault in its value is pointed at."""

    entries: dict[str, Node]
    lines: dict[str, int]
    line: int
    size: int


Node = Scalar | Items | Mapping


def atom(plain: str) -> Atom:
    """What an unquoted scalar means: null, true or false, a number, or else its own text."""
    if plain in _NULLS:
        return None
    if plain in _BOOLS:
        return _BOOLS[plain]
    if plain.lower() in _ODD_FLOATS:
        return float(plain.lower().replace(".", ""))
    unsigned = plain.lstrip("+-")
    if not unsigned or len(plain) - len(unsigned) > 1 or len(plain) > 400:
        return plain
    try:
        if unsigned.isascii() and unsigned.isdecimal():
            return int(plain)
        if plain.startswith(("0x", "0o")) and "_" not in plain:
            return int(plain, 0)
        if _NUMBER.issuperset(plain) and (unsigned[0].isdigit() or unsigned[0] == "."):
            return float(plain)
    except ValueError:
        pass
    return plain


def value(node: Node) -> Any:
    """The tree without its lines: dicts, lists and atoms."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Items):
        return [value(item) for item in node.items]
    return {key: value(entry) for key, entry in node.entries.items()}


def line_of(node: Node, path: Path) -> int:
    """The line of the key or list entry at a path, or of the last part of the path that exists."""
    line = node.line
    for part in path:
        if isinstance(node, Mapping) and isinstance(part, str) and part in node.entries:
            line, node = node.lines[part], node.entries[part]
        elif isinstance(node, Items) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            line = node.line
        else:
            break
    return line


def parse(text: str, file: str) -> Node:
    """Read one YAML document. RecipeError names the file, the line and what is wrong there."""
    if len(text) > MAX_BYTES:
        raise RecipeError(f"is no recipe: it is longer than {MAX_BYTES >> 10} KB", Place(file))
    try:
        return _Composer(file).compose(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        shown = f"U+{error.character:04X}" if isinstance(error.character, int) else "a byte"
        raise RecipeError(f"has the character {shown}, which YAML does not allow", Place(file, line)) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise RecipeError(_yaml_sentence(error), Place(file, mark.line + 1 if mark else None)) from error


def _yaml_sentence(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "it cannot be read"
    if "'\\t'" in problem:
        return "a tab stands where YAML wants spaces"
    context = f" ({error.context})" if error.context else ""
    return f"is not YAML: {problem}{context}"


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet."""

    event: yaml.CollectionStartEvent
    line: int
    children: list[Node] = field(default_factory=list)


class _Composer:
    """Builds the tree from parser events, without recursion."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._root: Node | None = None

    def compose(self, events: Iterator[yaml.Event]) -> Node:
        documents = 0
        for event in events:
            line = _line(event)
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._error("a second document begins here; a recipe is one", line)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._begin(event, line)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._end()
            elif isinstance(event, yaml.ScalarEvent):
                self._refuse_tag(event.tag, line)
                self._add(self._scalar(event, line), event.anchor)
            elif isinstance(event, yaml.AliasEvent):
                if event.anchor not in self._anchors:
                    raise self._error(f"*{event.anchor} stands for nothing that ended before it", line)
                self._add(self._anchors[event.anchor], None)
        if self._root is None:
            raise RecipeError("is empty", Place(self._file))
        return self._root

    def _error(self, message: str, line: int) -> RecipeError:
        return RecipeError(message, Place(self._file, line))

    def _refuse_tag(self, tag: str | None, line: int) -> None:
        if tag is not None:
            raise self._error(f"the tag {tag} is not taken: values are text, numbers, true, false and null", line)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> Scalar:
        if any("\ud800" <= char <= "\udfff" for char in event.value):
            raise self._error("holds half a surrogate pair, which is no character", line)
        return Scalar(atom(event.value) if event.style is None else event.value, line)

    def _begin(self, event: yaml.CollectionStartEvent, line: int) -> None:
        self._refuse_tag(event.tag, line)
        if len(self._open) >= MAX_DEPTH:
            raise self._error(f"nests deeper than {MAX_DEPTH} levels", line)
        self._open.append(_Open(event, line))

    def _end(self) -> None:
        done = self._open.pop()
        size = 1 + sum(child.size for child in done.children)
        if size > MAX_NODES:
            raise self._error(f"stands for more than {MAX_NODES} values, its aliases written out", done.line)
        if isinstance(done.event, yaml.SequenceStartEvent):
            self._add(Items(tuple(done.children), done.line, size), done.event.anchor)
        else:
            self._add(self._mapping(done, size), done.event.anchor)

    def _mapping(self, done: _Open, size: int) -> Mapping:
        entries: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for key, entry in zip(done.children[::2], done.children[1::2], strict=True):
            if not isinstance(key, Scalar) or not isinstance(key.value, str):
                shown = repr(key.value) if isinstance(key, Scalar) else "a list or mapping"
                raise self._error(f"a key must be a word, and this is {shown}", key.line)
            if key.value in entries:
                raise self._error(f"{key.value!r} is given twice, first on line {lines[key.value]}", key.line)
            entries[key.value], lines[key.value] = entry, key.line
        return Mapping(entries, lines, done.line, size)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = node
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
