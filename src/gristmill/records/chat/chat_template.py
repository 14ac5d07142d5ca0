"""A chat template: conversations as the one text that a model is trained on.

It renders what `transformers` renders (`tests/records/chat/test_chat_template.py` holds the two side by side), within
the bounds of `sandbox`, and with a date that is given, so that the bytes do not depend on the clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from gristmill.errors import MissingExtra

Message = Mapping[str, Any]
Span = tuple[int, int]

DATE = datetime(2024, 7, 26)


class CannotRender(ValueError):
    """A conversation that a template does not take; one sentence says why."""


@dataclass(frozen=True)
class ChatTemplate:
    """A compiled template with the special tokens that it names (`bos_token`, `eos_token`)."""

    source: str
    tokens: Mapping[str, str] = field(default_factory=dict)
    date: datetime = DATE
    options: Mapping[str, Any] = field(default_factory=dict)
    """Further variables that the template reads, as `enable_thinking`."""

    def __post_init__(self) -> None:
        try:
            from jinja2 import TemplateSyntaxError

            from gristmill.records.chat.sandbox import Sandbox
        except ImportError as error:
            raise MissingExtra("a chat template", "jinja2", "chat") from error
        sandbox = Sandbox(self.date)
        try:
            compiled = sandbox.from_string(self.source)
        except TemplateSyntaxError as error:
            raise ValueError(f"the chat template is malformed in line {error.lineno}: {error.message}") from error
        except RecursionError as error:
            raise ValueError("the chat template is nested too deeply") from error
        object.__setattr__(self, "_sandbox", sandbox)
        object.__setattr__(self, "_compiled", compiled)

    @property
    def marks_generation(self) -> bool:
        """Whether the template itself says, by `{% generation %}`, what the assistant generates."""
        return "endgeneration" in self.source

    def render(self, messages: Sequence[Message], tools: Sequence[Any] | None = None, *, prompt: bool = False) -> str:
        """The conversation as text; with `prompt`, up to where the assistant would begin. Raises CannotRender."""
        return self._rendered(messages, tools, prompt, ("", ""))

    def render_marked(self, messages: Sequence[Message], tools: Sequence[Any] | None = None) -> tuple[str, list[Span]]:
        """The text, and which of its stretches stand in a `{% generation %}` block."""
        from gristmill.records.chat.sandbox import MARKERS

        plain = self.render(messages, tools)
        pair = next((pair for pair in MARKERS if pair[0] not in plain and pair[1] not in plain), None)
        if pair is None:
            raise CannotRender("the conversation holds every noncharacter of U+FDD0 to U+FDEF, which no text should")
        marked = self._rendered(messages, tools, False, pair)
        spans: list[Span] = []
        text = ""
        for index, piece in enumerate(marked.split(pair[0])):
            inside, closed, outside = piece.partition(pair[1])
            if (index > 0) != bool(closed) or pair[1] in outside:
                raise CannotRender("the template's generation blocks stand in one another")
            if index > 0:
                spans.append((len(text), len(text) + len(inside)))
            text += inside + outside
        if text != plain:
            raise CannotRender("the template changes the text of its generation blocks after they end")
        return text, spans

    def _rendered(
        self, messages: Sequence[Message], tools: Sequence[Any] | None, prompt: bool, markers: tuple[str, str]
    ) -> str:
        try:
            return self._attempt([_as_read(message, parsed=True) for message in messages], tools, prompt, markers)
        except TypeError:
            # Some templates (DeepSeek's) take the arguments of a call as text, others (Llama's) as an object.
            calls = any(message.get("tool_calls") for message in messages)
            given = [_as_read(message, parsed=not calls) for message in messages]
            try:
                return self._attempt(given, tools, prompt, markers)
            except TypeError as error:
                raise CannotRender(f"the chat template cannot read the conversation: {error}") from error

    def _attempt(
        self, messages: list[dict[str, Any]], tools: Sequence[Any] | None, prompt: bool, markers: tuple[str, str]
    ) -> str:
        from jinja2 import TemplateError

        self._sandbox.begin(markers)  # type: ignore[attr-defined]
        variables = {**self.tokens, **self.options}
        try:
            text: str = self._compiled.render(  # type: ignore[attr-defined]
                variables, messages=messages, tools=list(tools) if tools else None, documents=None,
                add_generation_prompt=prompt,
            )  # fmt: skip
        except TypeError:
            raise
        except TemplateError as error:
            raise CannotRender(f"the chat template refuses the conversation: {error.message}") from error
        except RecursionError as error:
            raise CannotRender("the chat template refuses the conversation: it calls itself without end") from error
        except (ValueError, KeyError, IndexError, AttributeError, ArithmeticError, MemoryError) as error:
            raise CannotRender(f"the chat template cannot read the conversation: {error}") from error
        return text


def _as_read(message: Message, *, parsed: bool) -> dict[str, Any]:
    """A message as templates of `transformers` read it: calls as functions, reasoning under its three names."""
    read = {key: value for key, value in message.items() if key != "weight"}
    reasoning = read.get("reasoning")
    if reasoning is not None:
        read = {"thinking": reasoning, **read, "reasoning_content": reasoning}
    calls = read.get("tool_calls")
    if isinstance(calls, list):
        read["tool_calls"] = [_call(call, parsed) if isinstance(call, dict) else call for call in calls]
    return read


def _call(call: Mapping[str, Any], parsed: bool) -> dict[str, Any]:
    arguments = call.get("arguments", "")
    if parsed and isinstance(arguments, str):
        try:
            arguments = orjson.loads(arguments)
        except orjson.JSONDecodeError:
            arguments = call.get("arguments", "")
    function = {"name": call.get("name"), "arguments": arguments}
    read: dict[str, Any] = {"type": "function", "function": function}
    return {"id": call["id"], **read} if "id" in call else read
