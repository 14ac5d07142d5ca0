"""What a kind of step, reader or sink offers, read from its class: options, signals, rules by variant."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel

from gristmill.contracts import catalog
from gristmill.contracts.pieces import PieceStep
from gristmill.contracts.rules import Rule, Signal
from gristmill.contracts.step import CorpusStep, RowStep, Step
from gristmill.recipe.entries import CLASS, classes

_TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "null": "null"}

_SIGNS = {
    "exclusiveMinimum": "> {}",
    "minimum": ">= {}",
    "exclusiveMaximum": "< {}",
    "maximum": "<= {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
    "pattern": "matching {}",
}

_ONCE = {"at least 1 characters": "not empty", "at least 1 entries": "not empty"}


@dataclass(frozen=True, slots=True)
class Option:
    """A setting of a kind, in words."""

    name: str
    type: str  # bounds included: `number, >= 0, <= 1`
    default: str  # as YAML has it; `required` where there is none
    description: str
    decides: bool  # a threshold: changing it computes nothing anew


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of step, reader or sink."""

    family: catalog.Family
    name: str
    shape: str  # edits rows, measures rows, whole corpus; or the family
    room: str
    summary: str
    about: str
    options: tuple[Option, ...]
    signals: tuple[Signal, ...]
    rules: Mapping[str, tuple[Rule, ...]]  # by variant; one without a name where there are none

    @property
    def sources(self) -> tuple[str, ...]:
        """Everything that the rules cite, once."""
        return tuple(dict.fromkeys(rule.source for rules in self.rules.values() for rule in rules if rule.source))


def kind(family: catalog.Family, name: str) -> Kind:
    """A kind by its name; KeyError where there is none."""
    cls = CLASS[family](name)
    summary, _, about = inspect.cleandoc(cls.__doc__ or "").partition("\n\n")
    rows = {k: v for k, v in variants(cls).items() if isinstance(v, RowStep)} if issubclass(cls, RowStep) else {}
    return Kind(
        family=family,
        name=name,
        shape=_shape(cls, family),
        room=cls.__module__.split(".")[-2] if cls.__module__.startswith("gristmill.") else cls.__module__,
        summary=" ".join(summary.split()),
        about=about.strip(),
        options=options(cls),
        signals=_signals(rows.values()),
        rules={variant: made.rules() for variant, made in rows.items()},
    )


def kinds(family: catalog.Family) -> list[Kind]:
    """Every kind of a family that can be loaded, in the order of a record's way."""
    return [kind(family, name) for name in classes(family)]


def _signals(steps: Iterable[RowStep]) -> tuple[Signal, ...]:
    """The signals of all variants, each once."""
    return tuple({signal.name: signal for step in steps for signal in step.signals()}.values())


def _shape(cls: type[BaseModel], family: catalog.Family) -> str:
    if issubclass(cls, CorpusStep):
        return "whole corpus"
    if issubclass(cls, PieceStep):
        return "whole corpus, edits rows"
    if issubclass(cls, RowStep):
        return "edits rows" if cls().edits else "measures rows"
    return family.removesuffix("s")


def variants(cls: type[Step]) -> dict[str, Step]:
    """A step by each of its variants, all else at its default; by one without a name where it has none."""
    field = cls.model_fields.get("variant")
    names = get_args(field.annotation) if field else ()
    return {name: cls.model_validate({"variant": name}) for name in names} or {"": cls()}


def options(cls: type[BaseModel]) -> tuple[Option, ...]:
    """The options of a class, in its order."""
    schema = cls.model_json_schema()
    required = schema.get("required", ())
    return tuple(
        Option(
            name=name,
            type=_type(field, schema.get("$defs", {})),
            default="required" if name in required else _yaml(field.get("default")),
            description=" ".join(field.get("description", "").split()),
            decides=bool(field.get("decides")),
        )
        for name, field in schema["properties"].items()
    )


def _type(field: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return _type(defs[field["$ref"].rpartition("/")[2]], defs)
    if "anyOf" in field:
        return " or ".join(_type(one, defs) for one in _null_last(field["anyOf"]))
    if "allOf" in field:
        return _type(field["allOf"][0], defs)
    if "enum" in field or "const" in field:
        return " | ".join(_yaml(one) for one in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        text = f"list of {_type(field['items'], defs)}" if field.get("items") else "list"
    elif field.get("type") == "object":
        text = "mapping"
    else:
        text = _TYPES.get(str(field.get("type")), "any")
    bounds = [sign.format(field[key]) for key, sign in _SIGNS.items() if key in field]
    if field.get("minLength") == field.get("maxLength") == 1:
        return "one character"
    return ", ".join([text, *(_ONCE.get(bound, bound) for bound in bounds)])


def _null_last(choices: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(choices, key=lambda one: one.get("type") == "null")


def _yaml(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_yaml(one) for one in value)}]"
    return '""' if value == "" else str(value)
