"""Rows of a question and its answer in two fields, under many names, as texts or as lists of messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from gristmill.records.formats.conversations import read_tools
from gristmill.records.formats.exchange import exchange_of, text_field
from gristmill.records.formats.format import (
    Content,
    Evidence,
    Format,
    Reading,
    Row,
    UnreadableRowError,
    UnwritableRecordError,
    Written,
)
from gristmill.records.formats.identity import others, put_id, row_id
from gristmill.records.formats.messages import Message, read_messages
from gristmill.records.formats.shape import STRINGS, Shape, ValueKind
from gristmill.records.formats.writing import add_metadata, text_of, write_messages


@dataclass(frozen=True)
class Pair:
    question: str
    answer: str


def read(pair: Pair, row: Row) -> Reading:
    messages: list[Message] = [
        {"role": "user", "content": text_field(row, pair.question)},
        {"role": "assistant", "content": text_field(row, pair.answer)},
    ]
    metadata = others(row, {pair.question, pair.answer, "id"}) if len(row) > 2 else {}
    return Reading({"messages": messages}, metadata, row_id(row, metadata))


def write(pair: Pair, content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    lost: list[str] = []
    row: Row = {}
    put_id(row, id, metadata)
    exchange = exchange_of(content["messages"], lost)
    row[pair.question] = text_of(exchange.user, lost, "the question")
    row[pair.answer] = text_of(exchange.assistant, lost, "the answer")
    if content.get("tools"):
        lost.append("tools")
    add_metadata(row, metadata, lost)
    return Written(row, tuple(lost))


def _recognise(pair: Pair, weight: int, shape: Shape) -> Evidence | None:
    if shape.get(pair.question) in STRINGS and shape.get(pair.answer) in STRINGS:
        return Evidence(f"there are `{pair.question}` and `{pair.answer}`, both of them texts", weight)
    return None


def _format(pair: Pair, weight: int = 14) -> Format:
    return Format(
        f"{pair.question}_{pair.answer}",
        "conversation",
        f"Pairs of `{pair.question}` and `{pair.answer}`",
        (pair.question, pair.answer),
        partial(_recognise, pair, weight),
        partial(read, pair),
        partial(write, pair),
    )


_QUESTION_NAMES = """
    question questions q query prompt user userquestion usermessage userinput human instruction pregunta frage demande
    domanda pergunta вопрос pytanie soru 问题 問題 提问 질문 質問 سؤال प्रश्न
"""
_ANSWER_NAMES = """
    answer answers a response reply completion assistant bot botanswer output modelanswer respuesta antwort réponse
    reponse risposta resposta ответ odpowiedź cevap 答案 回答 答复 답변 جواب إجابة उत्तर
"""
_QUESTIONS = frozenset(_QUESTION_NAMES.split())
_ANSWERS = frozenset(_ANSWER_NAMES.split())


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum() or ord(c) > 127)


def _columns(names: Mapping[str, object]) -> Pair | None:
    questions = [name for name in names if _plain(name) in _QUESTIONS]
    answers = [name for name in names if _plain(name) in _ANSWERS]
    return Pair(questions[0], answers[0]) if len(questions) == 1 and len(answers) == 1 else None


def _recognise_columns(shape: Shape) -> Evidence | None:
    pair = _columns(shape)
    return None if pair is None else _recognise(pair, 10, shape)


def _read_columns(row: Row) -> Reading:
    pair = _columns(row)
    if pair is None:
        raise UnreadableRowError("there is not one field for the question and one for the answer")
    return read(pair, row)


_OBJECTS = "objects"


def _write_columns(content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    taken = [key for key in metadata if _plain(key) in _QUESTIONS | _ANSWERS]
    free = {key: value for key, value in metadata.items() if key not in taken}
    written = write(Pair("question", "answer"), content, free, id)
    return Written(written.row, (*written.lost, *(f"the field `{key}`" for key in taken)))


def _is_messages(kind: ValueKind | None) -> bool:
    return kind is not None and kind.name == _OBJECTS and "role" in kind.keys


def _recognise_chat(shape: Shape) -> Evidence | None:
    if _is_messages(shape.get("prompt")) and _is_messages(shape.get("completion")):
        return Evidence("`prompt` and `completion` are lists of messages", 24)
    return None


def _read_chat(row: Row) -> Reading:
    prompt = read_messages(row.get("prompt"), "prompt")
    completion = read_messages(row.get("completion"), "completion")
    metadata = others(row, {"prompt", "completion", "id", "tools"})
    if prompt[-1]["role"] == "assistant" or completion[0]["role"] != "assistant":
        # The border is then not where the last answer begins, and has to be remembered.
        metadata["prompt_messages"] = len(prompt)
    elif any(m["role"] != "assistant" for m in completion):
        metadata["prompt_messages"] = len(prompt)
    return Reading(_with_tools({"messages": prompt + completion}, row), metadata, row_id(row, metadata))


def _with_tools(content: Content, row: Row) -> Content:
    tools = read_tools(row)
    if tools:
        content["tools"] = tools
    return content


def _write_chat(content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    messages = content["messages"]
    border = metadata.get("prompt_messages")
    if not isinstance(border, int):
        border = len(messages)
        while border and messages[border - 1]["role"] == "assistant":
            border -= 1
    if not 0 < border < len(messages):
        raise UnwritableRecordError("the conversation does not end in an answer to something")
    lost: list[str] = []
    row: Row = {}
    put_id(row, id, metadata)
    row["prompt"] = write_messages(messages[:border], lost)
    row["completion"] = write_messages(messages[border:], lost, of=" of the completion")
    if content.get("tools"):
        row["tools"] = content["tools"]
    add_metadata(row, metadata, lost, ("prompt_messages",), ("tools",))
    return Written(row, tuple(lost))


def _recognise_prompt(shape: Shape) -> Evidence | None:
    kind = shape.get("prompt")
    if kind in STRINGS:
        return Evidence("there is `prompt`, a text, and nothing that answers it", 4)
    return (
        Evidence("there is `prompt`, a list of messages, and nothing that answers it", 5)
        if _is_messages(kind)
        else None
    )


def _read_prompt(row: Row) -> Reading:
    prompt = row.get("prompt")
    messages: list[Message] = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else []
    messages = messages or read_messages(prompt, "prompt")
    metadata = others(row, {"prompt", "id", "tools"}) if len(row) > 1 else {}
    return Reading(_with_tools({"messages": messages}, row), metadata, row_id(row, metadata))


def _write_prompt(content: Content, metadata: Mapping[str, Any], id: str | None) -> Written:
    lost: list[str] = []
    row: Row = {}
    put_id(row, id, metadata)
    messages = list(content["messages"])
    while messages and messages[-1]["role"] == "assistant":
        messages.pop()
        lost.append(f"message {len(messages) + 1} (assistant)")
    if not messages:
        raise UnwritableRecordError("there is no question")
    alone = len(messages) == 1 and set(messages[0]) == {"role", "content"} and isinstance(messages[0]["content"], str)
    if alone and messages[0]["role"] == "user":
        row["prompt"] = messages[0]["content"]
    else:
        row["prompt"] = write_messages(messages, lost)
    if content.get("tools"):
        row["tools"] = content["tools"]
    add_metadata(row, metadata, lost, (), ("tools",))
    return Written(row, tuple(lost))


FORMATS = (
    _format(Pair("prompt", "completion"), 15),
    _format(Pair("prompt", "response")),
    _format(Pair("question", "answer")),
    _format(Pair("query", "response")),
    _format(Pair("instruction", "response"), 13),
    _format(Pair("question", "response"), 13),
    Format(
        "question_answer_columns",
        "conversation",
        "A question and an answer under names in many spellings and languages",
        (),
        _recognise_columns,
        _read_columns,
        _write_columns,
    ),
    Format(
        "prompt_completion_messages",
        "conversation",
        "TRL prompt and completion, conversational",
        ("prompt", "completion"),
        _recognise_chat,
        _read_chat,
        _write_chat,
    ),
    Format("prompt", "conversation", "TRL prompt only", ("prompt",), _recognise_prompt, _read_prompt, _write_prompt),
)
