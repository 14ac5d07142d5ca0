"""Pydantic's complaints about a reader, step or sink as one clear sentence each, at the line they are about."""

from __future__ import annotations

import typing
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gristmill.errors import near_miss
from gristmill.recipe.tree import Items, Mapping, Node, Path

RECIPE = "the recipe"

_WANTED = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "frozen_set": "a list",
    "dict": "a mapping",
    "model": "a mapping",
    "model_attributes": "a mapping",
    "path": "a path",
}
"""What to ask for, by the first part of pydantic's `string_type`, `int_parsing`, `int_from_float` and the like."""

_BOUNDS = {
    "greater_than": ("gt", ">"),
    "greater_than_equal": ("ge", ">="),
    "less_than": ("lt", "<"),
    "less_than_equal": ("le", "<="),
    "multiple_of": ("multiple_of", "a multiple of"),
}

_LENGTHS = {
    "too_short": ("min_length", "at least", "entries"),
    "too_long": ("max_length", "at most", "entries"),
    "string_too_short": ("min_length", "at least", "characters"),
    "string_too_long": ("max_length", "at most", "characters"),
}


def faults(
    error: ValidationError, model: type[BaseModel], node: Node, kind: str, without: Collection[str] = ()
) -> Iterator[tuple[Path, str]]:
    """Where in the node, and what is wrong there. `kind` is what the recipe calls the model.

    A value that may be of several types is complained about once for each; those come out as one.
    Complaints about the fields `without` are left out.
    """
    wanted: dict[Path, list[str]] = {}
    complaints = error.errors(include_url=False)
    for details in complaints:
        if details["loc"] and details["loc"][0] in without:
            continue
        if details["type"] == "too_short" and any(_lies_in(other, details) for other in complaints):
            continue  # pydantic does not count entries that are wrong
        place = _within(node, details["loc"])
        sentence = _sentence(details, model, place, kind)
        if _wants(details) is None:
            yield place, sentence
        else:
            wanted.setdefault(place, []).append(sentence)
    for place, sentences in wanted.items():
        first, *others = dict.fromkeys(sentences)
        yield place, " or ".join([first, *(other.rpartition(" must be ")[2] for other in others)])


def _lies_in(inner: ErrorDetails, outer: ErrorDetails) -> bool:
    size = len(outer["loc"])
    return len(inner["loc"]) > size and inner["loc"][:size] == outer["loc"]


def _within(node: Node, loc: Sequence[str | int]) -> Path:
    """The part of pydantic's location that stands in the recipe; the rest names the tried type."""
    path: list[str | int] = []
    for part in loc:
        if isinstance(node, Mapping) and isinstance(part, str) and part in node.entries:
            node = node.entries[part]
        elif isinstance(node, Items) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
        else:
            break
        path.append(part)
    return tuple(path)


def _wants(details: ErrorDetails) -> str | None:
    head, _, tail = details["type"].partition("_")
    if details["type"] in ("model_type", "model_attributes_type", "frozen_set_type"):
        return _WANTED[details["type"].removesuffix("_type")]
    return _WANTED.get(head) if tail in ("type", "parsing", "from_float", "parsing_size") else None


def _sentence(details: ErrorDetails, model: type[BaseModel], place: Path, kind: str) -> str:
    type_, loc, ctx = details["type"], details["loc"], details.get("ctx", {})
    name = ".".join(str(part) if isinstance(part, str) else str(part + 1) for part in place) or kind
    if type_ == "extra_forbidden":
        return f"{kind} has no option {loc[-1]!r}: {near_miss(str(loc[-1]), options(model, loc[:-1]))}"
    if type_ == "missing":
        return f"{kind} needs the {'key' if kind == RECIPE else 'option'} {loc[-1]!r}"
    shown = brief(details["input"])
    if type_ == "literal_error":
        known = [word.strip("'") for word in ctx["expected"].replace(" or ", ", ").split(", ")]
        return f"{name} is {shown}: {near_miss(str(details['input']), known)}"
    if type_ in _BOUNDS:
        key, sign = _BOUNDS[type_]
        return f"{name} is {shown}; it must be {sign} {ctx[key]}"
    if type_ in _LENGTHS:
        key, sign, what = _LENGTHS[type_]
        return f"{name} must have {sign} {ctx[key]} {what}"
    if type_ == "string_pattern_mismatch":
        return f"{name} is {shown}; it must match {ctx['pattern']}"
    if type_ in ("value_error", "assertion_error"):
        return str(ctx.get("error", details["msg"]))
    if type_ == "finite_number":
        return f"{name} is {shown}; it must be a finite number"
    asked = _wants(details)
    if asked:
        hint = ", in quotes" if asked == "text" and isinstance(details["input"], int | float) else ""
        return f"{name} is {shown}; it must be {asked}{hint}"
    return f"{name} is {shown}: {details['msg'][:1].lower()}{details['msg'][1:]}"


def brief(value: Any) -> str:
    """A value of the recipe as an error message shows it: short, on one line."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple | dict) and not value:
        return "empty"
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def options(model: type[BaseModel], loc: Sequence[str | int] = ()) -> list[str]:
    """The options of a model, or of a model inside it."""
    for part in loc:
        info = model.model_fields.get(part) if isinstance(part, str) else None
        inner = next((type_ for type_ in _types(info.annotation) if _is_model(type_)), None) if info else None
        if inner is None:
            continue
        model = inner
    return list(model.model_fields)


def _types(annotation: Any) -> Iterator[Any]:
    yield annotation
    for argument in typing.get_args(annotation):
        yield from _types(argument)


def _is_model(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, BaseModel)
