"""A small language that says how rows of no known format become records: paths and templates under fixed names.

It is checked before the first row: an unknown name, a path that cannot be, a field that no row has.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from gristmill.errors import RecipeError, near_miss
from gristmill.records.formats.fields import plain_label
from gristmill.records.formats.format import Content, Evidence, Format, Kind, Reading, Row, UnreadableRowError
from gristmill.records.formats.messages import a, listed
from gristmill.records.formats.paths import Part, Path, Text, parse_path, parse_text, without
from gristmill.records.formats.preferences import number
from gristmill.records.formats.roles import ROLES, role_of
from gristmill.records.formats.shape import Shape

_COMMON = ("id",)
_FORMS: tuple[tuple[tuple[str, ...], tuple[str, ...], Kind], ...] = (
    (("messages", "role", "content"), ("roles", "reasoning", "name", "system"), "conversation"),
    (("user",), ("system", "assistant"), "conversation"),
    (("chosen", "rejected"), ("prompt", "system", "margin"), "preference"),
    (("prompt", "completion", "label"), ("system",), "preference"),
    (("input",), ("label", "target", "options", "task", "split"), "example"),
)
_NAMES = frozenset(name for needs, may, _ in _FORMS for name in (*needs, *may)) | frozenset(_COMMON)


@dataclass(frozen=True)
class _Plan:
    """What a mapping compiles to: how content is made of a row, and which paths it takes out of it."""

    make: Callable[[Row], Content]
    used: tuple[tuple[Part, ...], ...]


def mapping_format(spec: Mapping[str, Any], fields: Collection[str] | None = None) -> Format:
    """A format from a mapping; `fields`, where they are known, are the names that rows have."""
    unknown = [key for key in spec if key not in _NAMES]
    if unknown:
        raise RecipeError(f"mapping: unknown name {unknown[0]!r}; {near_miss(str(unknown[0]), _NAMES)}")
    needs, may, kind = _form(spec)
    for key in spec:
        if key not in needs and key not in may and key not in _COMMON:
            raise RecipeError(
                f"mapping: {key!r} does not go with {_listed(needs)}; {near_miss(key, (*needs, *may, *_COMMON))}"
            )
    plan = _PLANS[needs](spec)
    id_path = parse_path(spec["id"], "id") if "id" in spec else None
    used = [*plan.used, *([id_path.parts] if id_path else [])]
    if fields is not None:
        _check_fields(used, fields)

    def read(row: Row) -> Reading:
        content = plan.make(row)
        id = id_path.get(row) if id_path else None
        metadata: dict[str, Any] = without(row, used)
        return Reading(content, metadata, None if id is None else str(id))

    keys = tuple(dict.fromkeys(path[0] for path in used if isinstance(path[0], str)))
    return Format("mapping", kind, "A mapping", keys, _never, read)


def _never(shape: Shape) -> Evidence | None:
    """A mapping is named, not found."""
    return None


def _form(spec: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...], Kind]:
    for form in _FORMS:
        if all(key in spec for key in form[0]):
            return form
    begun = [needs for needs, _, _ in _FORMS if any(key in spec for key in needs)]
    if begun:
        missing = [key for key in begun[0] if key not in spec]
        has = [key for key in begun[0] if key in spec]
        raise RecipeError(f"mapping: it has {_listed(has)} but no {_listed(missing)}")
    forms = "; ".join(_listed(needs) for needs, _, _ in _FORMS)
    raise RecipeError(f"mapping: it names no record; it needs one of {forms}")


def _listed(names: Collection[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _check_fields(used: list[tuple[Part, ...]], fields: Collection[str]) -> None:
    for path in used:
        if isinstance(path[0], str) and path[0] not in fields:
            raise RecipeError(f"mapping: no row has the field {path[0]!r}; {near_miss(path[0], fields)}")


def _parts(*texts: Text | None) -> tuple[tuple[Part, ...], ...]:
    return tuple(path.parts for text in texts if text is not None for path in text.paths)


def _text(spec: Mapping[str, Any], key: str) -> Text | None:
    return parse_text(spec[key], key) if key in spec else None


def _needed(text: Text, key: str, row: Row) -> str:
    made = text.make(row)
    if made is None:
        raise UnreadableRowError(f"there is nothing to make `{key}` of")
    return made


def _said(texts: list[tuple[str, Text | None]], row: Row) -> list[dict[str, Any]]:
    """Messages of the texts that are there; an optional path that leads nowhere makes none."""
    made = [(role, text.make(row)) for role, text in texts if text is not None]
    return [{"role": role, "content": content} for role, content in made if content is not None]


def _plan_messages(spec: Mapping[str, Any]) -> _Plan:
    path = parse_path(spec["messages"], "messages", each=True)
    inner = {
        key: parse_path(spec[key], key, inner=True) for key in ("role", "content", "reasoning", "name") if key in spec
    }
    roles = _roles(spec.get("roles", {}))
    system = _text(spec, "system")
    taken = [p.parts for p in inner.values()]

    def make(row: Row) -> Content:
        messages = _said([("system", system)], row)
        for n, found in enumerate(listed(path.get(row), str(path)), 1):
            messages.append(_message(found, f"message {n} of `{path}`", inner, roles, taken))
        return {"messages": messages}

    return _Plan(make, (path.parts, *_parts(system)))


def _message(
    found: Any, where: str, inner: dict[str, Path], roles: dict[str, str], taken: list[tuple[Part, ...]]
) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise UnreadableRowError(f"{where} is {a(found)}; an object is wanted")
    values = {}
    for key, path in inner.items():
        try:
            values[key] = path.get(found)
        except UnreadableRowError as error:
            raise UnreadableRowError(f"{where}: {error}") from None
    name, content = values["role"], values["content"]
    if not isinstance(content, str):
        raise UnreadableRowError(f"`{inner['content']}` of {where} is {a(content)}; a text is wanted")
    role = roles.get(str(name)) or role_of(name, where)
    message: dict[str, Any] = {"role": role, "content": content}
    message.update((key, values[key]) for key in ("reasoning", "name") if isinstance(values.get(key), str))
    for key, value in without(found, taken).items():
        if key in message:
            raise UnreadableRowError(f"{where} has a field `{key}`, a name that is taken")
        message[key] = value
    if name != role:
        message["source_role"] = name
    return message


def _roles(table: Any) -> dict[str, str]:
    if not isinstance(table, Mapping):
        raise RecipeError(f"mapping: `roles` is {a(table)}; names of speakers with their roles are wanted")
    for name, role in table.items():
        if role not in ROLES:
            raise RecipeError(f"mapping: `roles` gives {name!r} the role {role!r}; {near_miss(str(role), ROLES)}")
    return {str(name): role for name, role in table.items()}


def _plan_turn(spec: Mapping[str, Any]) -> _Plan:
    texts = [(role, _text(spec, role)) for role in ("system", "user", "assistant")]
    user = texts[1][1]

    def make(row: Row) -> Content:
        if user is not None:
            _needed(user, "user", row)
        return {"messages": _said(texts, row)}

    return _Plan(make, _parts(*(text for _, text in texts)))


def _plan_pair(spec: Mapping[str, Any]) -> _Plan:
    before = [("system", _text(spec, "system")), ("user", _text(spec, "prompt"))]
    sides = [(key, parse_text(spec[key], key)) for key in ("chosen", "rejected")]
    margin = parse_path(spec["margin"], "margin") if "margin" in spec else None

    def make(row: Row) -> Content:
        completions = [
            {"messages": [{"role": "assistant", "content": _needed(text, key, row)}], "rank": rank}
            for rank, (key, text) in enumerate(sides)
        ]
        content: Content = {"prompt": _said(before, row), "completions": completions}
        found = number(margin.get(row), str(margin)) if margin else None
        if found is not None:
            content["margin"] = found
        return content

    used = _parts(*(text for _, text in before), *(text for _, text in sides))
    return _Plan(make, (*used, *([margin.parts] if margin else [])))


def _plan_unpaired(spec: Mapping[str, Any]) -> _Plan:
    before = [("system", _text(spec, "system")), ("user", _text(spec, "prompt"))]
    answer, label = parse_text(spec["completion"], "completion"), parse_path(spec["label"], "label")

    def make(row: Row) -> Content:
        found = label.get(row)
        if not isinstance(found, (bool, int)) or found not in (0, 1):
            raise UnreadableRowError(f"`{label}` is {a(found)}; true or false is wanted")
        messages = [{"role": "assistant", "content": _needed(answer, "completion", row)}]
        return {"prompt": _said(before, row), "completions": [{"messages": messages, "label": bool(found)}]}

    return _Plan(make, (*_parts(*(text for _, text in before), answer), label.parts))


def _plan_example(spec: Mapping[str, Any]) -> _Plan:
    given = spec["input"]
    if not isinstance(given, Mapping) or not given:
        raise RecipeError(f"mapping: `input` is {a(given)}; names and paths are wanted, such as {{text: review}}")
    inputs = {str(name): parse_text(text, f"input.{name}") for name, text in given.items()}
    texts = {key: parse_text(spec[key], key) for key in ("target", "task", "split") if key in spec}
    paths = {key: parse_path(spec[key], key) for key in ("label", "options") if key in spec}

    def make(row: Row) -> Content:
        made = {name: text.make(row) for name, text in inputs.items()}
        content: Content = {"input": {name: text for name, text in made.items() if text is not None}}
        if "label" in paths:
            content["label"] = plain_label(paths["label"].get(row), str(paths["label"]))
        if "target" in texts:
            content["target"] = _needed(texts["target"], "target", row)
        if "options" in paths:
            options = paths["options"].get(row)
            if not isinstance(options, list):
                raise UnreadableRowError(f"`{paths['options']}` is {a(options)}; a list is wanted")
            content["options"] = options
        content.update((key, _needed(texts[key], key, row)) for key in ("task", "split") if key in texts)
        return content

    return _Plan(make, (*_parts(*inputs.values(), *texts.values()), *(path.parts for path in paths.values())))


_PLANS: dict[tuple[str, ...], Callable[[Mapping[str, Any]], _Plan]] = dict(
    zip(
        (needs for needs, _, _ in _FORMS),
        (_plan_messages, _plan_turn, _plan_pair, _plan_unpaired, _plan_example),
        strict=True,
    )
)
