"""Paths and templates of the mapping language: `dialog[].text`, `answers[0]`, `"{question}\\n{context?}"`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gristmill.errors import RecipeError
from gristmill.records.formats.format import UnreadableRowError
from gristmill.records.formats.messages import a

Part = str | int
_MISSING = object()


@dataclass(frozen=True)
class Path:
    """Steps into a row: names and positions. `each`: the path ends in `[]` and stands for every item of a list."""

    parts: tuple[Part, ...]
    each: bool = False
    optional: bool = False

    def __str__(self) -> str:
        text = ""
        for part in self.parts:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
        return text + ("[]" if self.each else "")

    def get(self, row: Any) -> Any:
        """The value, None where an optional path leads nowhere."""
        value = row
        for part in self.parts:
            if isinstance(part, str):
                value = value.get(part, _MISSING) if isinstance(value, dict) else _MISSING
            else:
                value = value[part] if isinstance(value, list) and -len(value) <= part < len(value) else _MISSING
            if value is _MISSING:
                if self.optional:
                    return None
                raise UnreadableRowError(f"there is no `{self}`")
        return None if value != value else value


def parse_path(text: object, key: str, *, each: bool = False, inner: bool = False) -> Path:
    """A path as written under `key`. `each` wants `[]` at its end; `inner` wants a dot at its beginning."""
    if not isinstance(text, str) or not text:
        raise RecipeError(f"mapping: `{key}` is {a(text)}; the path of a field is wanted, such as `question`")
    rest, optional = (text[:-1], True) if text.endswith("?") else (text, False)
    if inner:
        if not rest.startswith("."):
            raise RecipeError(f"mapping: `{key}` is {text!r}; a path inside a message begins with a dot: `.{rest}`")
        rest = rest[1:]
    elif rest.startswith("."):
        raise RecipeError(f"mapping: `{key}` is {text!r}; only `role`, `content` and the like begin with a dot")
    ends = rest.endswith("[]")
    if ends != each:
        want = f"a list is wanted, written `{rest}[]`" if each else "`[]` is for the list of messages alone"
        raise RecipeError(f"mapping: `{key}` is {text!r}; {want}")
    return Path(_parts(rest.removesuffix("[]"), text, key), each, optional)


def _parts(rest: str, text: str, key: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    for n, piece in enumerate(rest.split(".")):
        name, *positions = piece.split("[")
        if not name and not (n == 0 and positions):
            raise RecipeError(f"mapping: `{key}` is {text!r}, a path with an empty name in it")
        if name:
            parts.append(name)
        for position in positions:
            digits = position.removesuffix("]").removeprefix("-")
            if not position.endswith("]") or not (digits.isascii() and digits.isdigit() and len(digits) < 10):
                raise RecipeError(f"mapping: `{key}` is {text!r}; brackets hold a position, such as `[0]` or `[-1]`")
            parts.append(int(position[:-1]))
    return tuple(parts)


@dataclass(frozen=True)
class Text:
    """How a text is made of a row, and the paths it uses."""

    make: Callable[[Any], str | None]
    paths: tuple[Path, ...]


def parse_text(text: object, key: str) -> Text:
    """A path, a template with paths in braces, or a fixed text after `=`."""
    if isinstance(text, str) and text.startswith("="):
        fixed = text[1:]
        return Text(lambda row: fixed, ())
    if isinstance(text, str) and ("{" in text or "}" in text):
        return _template(text, key)
    path = parse_path(text, key)
    return Text(lambda row: _as_text(path.get(row), path), (path,))


def _template(text: str, key: str) -> Text:
    pieces: list[str | Path] = []
    at, plain = 0, ""
    while at < len(text):
        if text[at : at + 2] in ("{{", "}}"):
            plain += text[at]
            at += 2
        elif text[at] == "{":
            end = text.find("}", at)
            if end < 0:
                raise RecipeError(f"mapping: `{key}` has a `{{` without its `}}`; write a brace itself twice")
            pieces += [plain, parse_path(text[at + 1 : end], key)]
            plain, at = "", end + 1
        elif text[at] == "}":
            raise RecipeError(f"mapping: `{key}` has a `}}` without its `{{`; write a brace itself twice")
        else:
            plain += text[at]
            at += 1
    pieces.append(plain)
    paths = tuple(piece for piece in pieces if isinstance(piece, Path))

    def make(row: Any) -> str:
        return "".join(p if isinstance(p, str) else _as_text(p.get(row), p) or "" for p in pieces)

    return Text(make, paths)


def _as_text(value: Any, path: Path) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if value is None and path.optional:
        return None
    raise UnreadableRowError(f"`{path}` is {a(value)}; a text is wanted")


def without(value: Any, used: list[tuple[Part, ...]]) -> Any:
    """A copy of a value without what the paths have taken; a list keeps its places, with null where an item went."""
    if isinstance(value, dict):
        rest = {}
        for key, item in value.items():
            deeper = [path[1:] for path in used if path[0] == key]
            if () not in deeper:
                kept = without(item, deeper) if deeper else item
                if kept != {} or item == {}:
                    rest[key] = kept
        return rest
    if isinstance(value, list):
        return [_item(item, n, len(value), used) for n, item in enumerate(value)]
    return value


def _item(item: Any, n: int, count: int, used: list[tuple[Part, ...]]) -> Any:
    deeper = [path[1:] for path in used if path[0] in (n, n - count)]
    if () in deeper:
        return None
    return without(item, deeper) if deeper else item
