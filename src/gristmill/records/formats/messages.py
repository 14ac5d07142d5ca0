"""One message of a conversation, from the spellings of data sets to the canonical form and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from gristmill.records.formats.format import UnreadableRowError
from gristmill.records.formats.roles import ROLES, role_of, spelled_role

Message = dict[str, Any]
REASONING_KEYS = ("reasoning_content", "reasoning", "thinking")
_KNOWN = frozenset(
    {"role", "content", "tool_calls", "tool_call_id", "name", "weight", "function_call", "source_role", *REASONING_KEYS}
)
_CANONICAL = ("role", "content", "reasoning", "tool_calls", "tool_call_id", "name", "weight")


@dataclass(frozen=True)
class Spelling:
    """The keys under which a message has its role and its text.

    `calls_as_text`: a call of a tool is a message of its own, whose text is the call as JSON (ShareGPT).
    """

    role: str = "role"
    content: str = "content"
    names: tuple[tuple[str, str], ...] = tuple((role, role) for role in ROLES)
    calls_as_text: bool = False

    def name_of(self, role: str) -> str:
        return dict(self.names)[role]


PLAIN = Spelling()
SHAREGPT = Spelling(
    "from",
    "value",
    (
        ("system", "system"),
        ("developer", "developer"),
        ("user", "human"),
        ("assistant", "gpt"),
        ("tool", "observation"),
    ),
    calls_as_text=True,
)


def listed(value: object, field: str) -> list[Any]:
    """A list of at least one thing, also where it is given as JSON text."""
    if isinstance(value, str):
        value = parsed(value, f"`{field}`")
    if not isinstance(value, list):
        raise UnreadableRowError(f"`{field}` is {a(value)}; a list of messages is wanted")
    if not value:
        raise UnreadableRowError(f"`{field}` is empty")
    return value


def parsed(text: str, where: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UnreadableRowError(f"{where} is a text that is no JSON ({error})") from None


def json_text(value: object) -> str:
    text: bytes = orjson.dumps(value)
    return text.decode()


def a(value: object) -> str:
    """What a value is, in words, with its article."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    words = {"str": "a text", "list": "a list", "dict": "an object"}
    name = type(value).__name__
    return words.get(name, f"a {name}")


def read_messages(value: object, field: str, spelling: Spelling = PLAIN) -> list[Message]:
    return [read_message(item, f"message {n} of `{field}`", spelling) for n, item in enumerate(listed(value, field), 1)]


def read_message(found: object, where: str, spelling: Spelling = PLAIN) -> Message:
    if not isinstance(found, dict):
        raise UnreadableRowError(f"{where} is {a(found)}; an object is wanted")
    name = found.get(spelling.role)
    role = name if name in ROLES else None
    if spelling.calls_as_text and name == "function_call":
        return _call_as_text(found, where, spelling)
    if role is None:
        if spelling.role not in found:
            raise UnreadableRowError(f"{where} has no `{spelling.role}`")
        role = role_of(name, where)
    content = found.get(spelling.content)
    message: Message = {"role": role, "content": content}
    if type(content) is not str:
        _check_content(found, content, where, spelling.content)
    if len(found) > 2:
        _read_rest(found, message, where, spelling)
    if name != spelling.name_of(role):
        message["source_role"] = name
    return message


def _check_content(found: dict[str, Any], content: object, where: str, key: str) -> None:
    if content is None:
        if any(found.get(k) for k in ("tool_calls", "function_call", "refusal", "audio", *REASONING_KEYS)):
            return
        raise UnreadableRowError(f"{where} has no `{key}`")
    if not isinstance(content, list):
        raise UnreadableRowError(f"`{key}` of {where} is {a(content)}; a text or a list of parts is wanted")
    for n, part in enumerate(content, 1):
        if not isinstance(part, dict) or not isinstance(part.get("type"), str):
            raise UnreadableRowError(f"part {n} of {where} is no object with a `type`")
        if part["type"] == "text" and not isinstance(part.get("text"), str):
            raise UnreadableRowError(f"part {n} of {where} has no `text`")


def _read_rest(found: dict[str, Any], message: Message, where: str, spelling: Spelling) -> None:
    own = {spelling.role, spelling.content}
    reasoning = next((key for key in REASONING_KEYS if isinstance(found.get(key), str)), None)
    if reasoning is not None:
        message["reasoning"] = found[reasoning]
    calls = found.get("tool_calls")
    calls = parsed(calls, f"`tool_calls` of {where}") if isinstance(calls, str) else calls
    if calls:
        if not isinstance(calls, list):
            raise UnreadableRowError(f"`tool_calls` of {where} is {a(calls)}; a list is wanted")
        message["tool_calls"] = [read_call(call, f"call {n} of {where}") for n, call in enumerate(calls, 1)]
    if found.get("function_call"):
        if "tool_calls" in message:
            raise UnreadableRowError(f"{where} has both `tool_calls` and `function_call`")
        message["tool_calls"] = [read_call(found["function_call"], f"`function_call` of {where}")]
    for key in ("tool_call_id", "name"):
        value = found.get(key)
        if value is None or key in own:
            continue
        if not isinstance(value, str):
            raise UnreadableRowError(f"`{key}` of {where} is {a(value)}; a text is wanted")
        message[key] = value
    weight = found.get("weight")
    if weight is not None:
        if isinstance(weight, bool) or not isinstance(weight, (int, float)):
            raise UnreadableRowError(f"`weight` of {where} is {a(weight)}; a number is wanted")
        message["weight"] = weight
    for key, value in found.items():
        if key in own or (key in _KNOWN and key not in REASONING_KEYS and key not in ("role", "content")):
            continue
        if key in REASONING_KEYS and (key == reasoning or value is None):
            continue
        if key in message:
            raise UnreadableRowError(f"{where} has `{key}` beside the field that is read as it")
        message[key] = value


def read_call(found: object, where: str) -> dict[str, Any]:
    """A call of a tool, from OpenAI's form or a plain name with arguments."""
    if not isinstance(found, dict):
        raise UnreadableRowError(f"{where} is {a(found)}; an object is wanted")
    outer = dict(found)
    kind = outer.pop("type", None)
    inner = outer.pop(kind if isinstance(kind, str) and isinstance(outer.get(kind), dict) else "function", None)
    body = dict(inner) if isinstance(inner, dict) else outer
    call: dict[str, Any] = {}
    identity = outer.pop("id", None)
    if identity is not None:
        call["id"] = identity if isinstance(identity, str) else str(identity)
    name = body.pop("name", None)
    if not isinstance(name, str):
        raise UnreadableRowError(f"{where} has no `name`")
    arguments = body.pop("input" if kind == "custom" else "arguments", None)
    call["name"] = name
    call["arguments"] = arguments if isinstance(arguments, str) else json_text({} if arguments is None else arguments)
    if kind not in (None, "function"):
        call["type"] = kind
    for rest in (outer, body) if body is not outer else (outer,):
        call.update((key, value) for key, value in rest.items() if key not in call)
    return call


def _call_as_text(found: dict[str, Any], where: str, spelling: Spelling) -> Message:
    text = found.get(spelling.content)
    calls = parsed(text, f"the call in {where}") if isinstance(text, str) else text
    many = calls if isinstance(calls, list) else [calls]
    message: Message = {"role": "assistant", "content": None}
    message["tool_calls"] = [read_call(call, f"the call in {where}") for call in many]
    _keep_unknown(found, message, spelling)
    return message


def _keep_unknown(found: dict[str, Any], message: Message, spelling: Spelling) -> None:
    for key, value in found.items():
        if key not in (spelling.role, spelling.content):
            message.setdefault(key, value)


def write_call(call: dict[str, Any]) -> dict[str, Any]:
    """A call in OpenAI's form."""
    kind = call.get("type", "function")
    arguments = "input" if kind == "custom" else "arguments"
    written = {"id": call["id"]} if "id" in call else {}
    written["type"] = kind
    written[kind] = {"name": call["name"], arguments: call["arguments"]}
    written.update((key, value) for key, value in call.items() if key not in ("id", "type", "name", "arguments"))
    return written


def unknown_keys(message: Message) -> list[str]:
    return [key for key in message if key not in _CANONICAL and key != "source_role"]


def same_role(name: object, role: str) -> bool:
    return isinstance(name, str) and spelled_role(name) == role
