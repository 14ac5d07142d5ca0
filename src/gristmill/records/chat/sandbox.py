"""The Jinja that chat templates run in: that of `transformers`, with bounded work and bounded text.

A template comes from a stranger's tokenizer folder. Jinja's sandbox keeps it from Python's internals, not from looping
for hours or from doubling a text forty times. Here every round of a loop, every call and every item that a filter is
given counts towards `MOST_STEPS`, and no text may grow past `MOST_TEXT`.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Sized
from datetime import datetime
from typing import Any

from jinja2 import TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

MOST_STEPS = 1_000_000
MOST_TEXT = 1 << 25
_WIDEST_NUMBER = 4096

_FILTERS = frozenset(
    (
        *("abs", "attr", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first", "float", "int"),
        *("items", "join", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "replace"),
        *("reverse", "round", "safe", "select", "selectattr", "sort", "string", "title", "trim", "unique", "upper"),
    )
)
"""Without those that draw by lot, make texts of any width, or concern HTML."""

_TEXT_METHODS = frozenset(
    (
        *("capitalize", "casefold", "count", "encode", "endswith", "find", "index", "isalnum", "isalpha", "isdigit"),
        *("islower", "isspace", "isupper", "join", "lower", "lstrip", "partition", "removeprefix", "removesuffix"),
        *("replace", "rfind", "rindex", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith"),
        *("strip", "swapcase", "title", "upper"),
    )
)
"""Without those that pad to any width, or format."""

MARKERS = tuple((chr(at), chr(at + 1)) for at in range(0xFDD0, 0xFDF0, 2))
"""Pairs of noncharacters: code points that Unicode keeps for use inside a program."""


class TooMuch(TemplateError):
    """The template went past a bound."""


class _Generation(Extension):
    """`{% generation %}`: what the assistant says. The text is put between two markers while they are wanted."""

    tags = {"generation"}  # noqa: RUF012 (jinja2 declares it so)

    def parse(self, parser: Parser) -> list[nodes.Node]:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        before, after = (
            nodes.Output([nodes.EnvironmentAttribute(name)]).set_lineno(line) for name in ("opening", "closing")
        )
        return [before, *body, after]


class Sandbox(ImmutableSandboxedEnvironment):
    """One environment renders one template at a time."""

    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(self, date: datetime) -> None:
        super().__init__(trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols])
        self.opening = self.closing = ""
        self._steps = 0
        self.filters = {name: self._metered(call) for name, call in self.filters.items() if name in _FILTERS}
        self.filters["tojson"] = self._metered(_tojson)
        self.globals = {
            "range": self.globals["range"],
            "dict": _Dict(),
            "namespace": _Namespace,
            "raise_exception": _raise_exception,
            "strftime_now": date.strftime,
        }
        self.concat = self._concat  # type: ignore[method-assign]

    def begin(self, markers: tuple[str, str] = ("", "")) -> None:
        """Before each rendering: a new account of steps."""
        self._steps = 0
        self.opening, self.closing = markers

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for loop in list(tree.find_all(nodes.For)):
            loop.iter = _call("counted", [loop.iter])
        _with_joins(tree)
        return tree

    def counted(self, items: Any) -> Any:
        if isinstance(items, Sized):
            self._spend(len(items))
            return items
        return self._each(items)

    def joined(self, *parts: object) -> str:
        return self._concat(str(part) for part in parts)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, str) and attr not in _TEXT_METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 (as jinja2 has it)
        self = __self
        self._spend(1)
        owner, name = getattr(__obj, "__self__", None), getattr(__obj, "__name__", "")
        if isinstance(owner, str):
            self._spend(len(owner) >> 6)
            if name == "replace" and len(args) >= 2:
                old, new = str(args[0]), str(args[1])
                self._bound(len(owner) + owner.count(old) * len(new))
            elif name == "join" and args:
                parts = [str(part) for part in self.counted(args[0])]
                self._bound(sum(map(len, parts)) + len(owner) * len(parts))
                args = (parts,)
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        self._spend(1)
        sizes = [len(side) if isinstance(side, Sized) else None for side in (left, right)]
        if operator == "+" and None not in sizes:
            self._bound(sum(size or 0 for size in sizes))
        elif operator == "*" and sizes != [None, None]:
            times = right if sizes[0] is not None else left
            self._bound(max(size or 0 for size in sizes) * (times if isinstance(times, int) else 1))
        elif operator == "%" and isinstance(left, str):
            raise SecurityError("a chat template may not format by %")
        elif isinstance(left, int) and isinstance(right, int):
            power = right if operator == "**" else 1
            if left.bit_length() * power + right.bit_length() > _WIDEST_NUMBER:
                raise TooMuch(f"it computes a number of more than {_WIDEST_NUMBER} bits")
        return super().call_binop(context, operator, left, right)

    def _spend(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MOST_STEPS:
            raise TooMuch(f"it takes more than {MOST_STEPS} steps")

    def _bound(self, size: int) -> None:
        if size > MOST_TEXT:
            raise TooMuch(f"it makes a text of more than {MOST_TEXT >> 20} million characters")

    def _each(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self._spend(1)
            yield item

    def _concat(self, parts: Iterable[str]) -> str:
        size = 0
        held: list[str] = []
        for part in parts:
            size += len(part)
            self._bound(size)
            held.append(part)
        return "".join(held)

    def _metered(self, call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def metered(*args: Any, **kwargs: Any) -> Any:
            for given in args[:2]:  # a context may come first
                if isinstance(given, str | list | tuple | dict | range):
                    self._spend(1 + (len(given) >> 6 if isinstance(given, str) else len(given)))
            made = call(*args, **kwargs)
            if isinstance(made, str):
                self._bound(len(made))
            return made

        return metered


class _Dict:
    """`dict` without its attributes."""

    def __call__(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return dict(*args, **kwargs)


class _Namespace(Namespace):
    """`namespace`, which takes no underscored names: they would reach Python's own."""

    def __setitem__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            raise SecurityError(f"a namespace takes no underscored name, as {name!r}")
        super().__setitem__(name, value)


def _call(name: str, args: list[Any]) -> nodes.Call:
    return nodes.Call(nodes.EnvironmentAttribute(name), args, [], None, None)


def _with_joins(node: nodes.Node) -> None:
    """`a ~ b` as a call, so that its length is bounded."""
    for field, value in node.iter_fields():
        if isinstance(value, nodes.Node):
            _with_joins(value)
            if isinstance(value, nodes.Concat):
                setattr(node, field, _call("joined", value.nodes))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, nodes.Node):
                    _with_joins(item)
                    if isinstance(item, nodes.Concat):
                        value[index] = _call("joined", item.nodes)


def _raise_exception(message: object) -> None:
    raise TemplateError(str(message))


def _tojson(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """JSON without the escapes for HTML that Jinja's own filter writes."""
    if isinstance(indent, int):
        indent = min(indent, 16)
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)
