"""The order of messages, their parts and their tool calls: what is wrong with how a conversation is built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import orjson

from gristmill.converse._conversation_checks import CheckName

Finding = tuple[CheckName, str]
"""A check that found something, and the evidence in a few words."""

_ROLES = frozenset(("system", "developer", "user", "assistant", "tool"))


def structure_findings(content: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong with how a whole conversation (its texts put in) is built."""
    listed = content.get("messages")
    messages = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    roles = [str(message.get("role")) for message in messages]
    if "user" not in roles:
        yield "no_user", "no message of a user"
    if not messages or roles[-1] != "assistant":
        yield "no_answer", f"the last message is of {roles[-1]}" if messages else "no messages"
    yield from _order(roles)
    for place, message in enumerate(messages, 1):
        if message.get("role") in ("user", "assistant") and not _says(message):
            yield "empty_turn", f"message {place} of {message['role']} is empty"
        yield from ((name, f"message {place}: {why}") for name, why in _parts(message.get("content")))
    if any(message.get("tool_calls") or message.get("role") == "tool" for message in messages):
        yield from _calls(messages, content.get("tools"))


def _order(roles: list[str]) -> Iterator[Finding]:
    before = ""
    begun = False
    for place, role in enumerate(roles, 1):
        if role not in _ROLES:
            yield "unknown_role", f"message {place} is of {role[:40]!r}"
        if role in ("system", "developer"):
            if begun:
                yield "system_in_the_middle", f"message {place}"
            continue
        begun = True
        if role == before and role in ("user", "assistant"):
            yield "not_alternating", f"messages {place - 1} and {place} are both of {role}"
        before = role


def _says(message: Mapping[str, Any]) -> bool:
    content = message.get("content")
    if isinstance(content, str) and content.strip():
        return True
    if message.get("tool_calls"):
        return True
    parts = content if isinstance(content, list) else []
    return any(
        not isinstance(part, dict) or part.get("type") != "text" or str(part.get("text") or "").strip()
        for part in parts
    )


def _parts(content: object) -> Iterator[Finding]:
    for part in content if isinstance(content, list) else ():
        if not isinstance(part, dict) or not isinstance(part.get("type"), str):
            yield "broken_part", "a part without a type"
        elif part["type"] == "text" and not isinstance(part.get("text"), str):
            yield "broken_part", "a text part without a text"


def _calls(messages: list[dict[str, Any]], declared: object) -> Iterator[Finding]:
    """What is wrong with tool calls and results. Results answer calls by id, or, without ids, in order."""
    schemas = _schemas(declared)
    open_ids: set[str] = set()
    unnamed = 0  # open calls without an id
    for place, message in enumerate(messages, 1):
        for call in message.get("tool_calls") or ():
            if not isinstance(call, dict):
                continue
            if isinstance(call.get("id"), str):
                open_ids.add(call["id"])
            else:
                unnamed += 1
            yield from _call(call, schemas, place)
        if message.get("role") == "tool":
            id = message.get("tool_call_id")
            if isinstance(id, str) and id in open_ids:
                open_ids.remove(id)
            elif not isinstance(id, str) and (unnamed or open_ids):
                if unnamed:
                    unnamed -= 1
                else:
                    open_ids.remove(min(open_ids))
            else:
                yield "orphan_tool_result", f"message {place} answers no call"
    if open_ids or unnamed:
        yield "unanswered_call", f"{len(open_ids) + unnamed} calls without a result"


def _call(call: Mapping[str, Any], schemas: Mapping[str, object] | None, place: int) -> Iterator[Finding]:
    name = call.get("name")
    if schemas is not None and name not in schemas:
        yield "unknown_tool", f"message {place} calls {str(name)[:60]!r}"
    try:
        arguments = orjson.loads(call.get("arguments") or "{}")
    except (orjson.JSONDecodeError, TypeError):
        yield "broken_arguments", f"message {place}: {str(call.get('arguments'))[:60]}"
        return
    if not isinstance(arguments, dict):
        yield "broken_arguments", f"message {place}: {str(call.get('arguments'))[:60]}"
        return
    schema = schemas.get(str(name)) if schemas else None
    if isinstance(schema, dict) and (why := _unfit(orjson.dumps(schema), arguments)):
        yield "unfit_arguments", f"message {place}: {why}"


def _schemas(declared: object) -> dict[str, object] | None:
    """The parameters of each declared tool by its name; None where nothing is declared."""
    if isinstance(declared, str):
        try:
            declared = orjson.loads(declared)
        except orjson.JSONDecodeError:
            return None
    if not isinstance(declared, list) or not declared:
        return None
    found: dict[str, object] = {}
    for tool in declared:
        own = tool.get("function", tool) if isinstance(tool, dict) else None
        if isinstance(own, dict) and isinstance(own.get("name"), str):
            found[own["name"]] = own.get("parameters", own.get("input_schema"))
    return found or None


@lru_cache(maxsize=1024)
def _validator(schema: bytes) -> Any:
    """A validator for a schema; None where there is none, or the schema is none itself.

    Patterns run in linear time, and no schema is fetched from anywhere.
    """
    try:
        import jsonschema_rs
    except ImportError:
        return None
    try:
        return jsonschema_rs.validator_for(
            orjson.loads(schema),
            pattern_options=jsonschema_rs.RegexOptions(),
            retriever=_fetch_nothing,  # type: ignore[arg-type]  # it never answers
        )
    except ValueError:
        return None


def _fetch_nothing(uri: str) -> object:
    raise ValueError(f"{uri} is not fetched")


def _unfit(schema: bytes, arguments: object) -> str | None:
    validator = _validator(schema)
    if validator is None:
        return None
    error = next(iter(validator.iter_errors(arguments)), None)
    return None if error is None else str(error.message)[:120]
