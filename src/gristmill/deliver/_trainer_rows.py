"""A record as the row that a trainer reads: TRL, OpenAI's fine-tuning, Axolotl, LLaMA-Factory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from gristmill.records.kinds import Kind
from gristmill.records.turns import Content, chosen

Row = dict[str, Any]


class CannotWriteError(ValueError):
    """A record that a format has no place for; one sentence says why."""


def messages_of(messages: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Messages in OpenAI's spelling, which TRL and Axolotl share; `reasoning` as templates name it."""
    return [_message(message) for message in messages]


def trl(kind: Kind, content: Content) -> Row:
    """The row of the trainer that fits: SFT, KTO (a completion with a label), or DPO and reward (a pair)."""
    if kind == "conversation":
        return _with_tools({"messages": messages_of(content["messages"])}, content)
    if kind == "example":
        return _prompt_completion(content)
    prompt = messages_of(content.get("prompt", []))
    completions = content.get("completions", [])
    if len(completions) == 1 and isinstance(completions[0].get("label"), bool):
        row = {
            "prompt": prompt,
            "completion": messages_of(completions[0]["messages"]),
            "label": completions[0]["label"],
        }
        return _with_tools(row, content)
    better, worse = pair(completions)
    row = {"prompt": prompt, "chosen": messages_of(better["messages"]), "rejected": messages_of(worse["messages"])}
    if "margin" in content:
        row["margin"] = content["margin"]
    return _with_tools(row, content)


def openai(kind: Kind, content: Content) -> Row:
    """A line of OpenAI's chat fine-tuning, held to the rules that are published for one line."""
    if kind != "conversation":
        raise CannotWriteError(f"the format takes conversations, and this is a record of the kind {kind}")
    messages = content["messages"]
    if not any(message["role"] == "assistant" for message in messages):
        raise CannotWriteError("it has no message of the assistant, which the format wants")
    if messages[-1]["role"] != "assistant":
        raise CannotWriteError("its last message is not the assistant's, as the format wants it")
    for number, message in enumerate(messages, 1):
        if not message.get("content") and not message.get("tool_calls"):
            raise CannotWriteError(f"message {number} is empty")
        if message.get("weight", 1) not in (0, 1) or ("weight" in message and message["role"] != "assistant"):
            raise CannotWriteError(f"message {number} has a weight other than an assistant's 0 or 1")
        if message.get("reasoning"):
            raise CannotWriteError(f"message {number} has reasoning, for which the format has no place")
    return _with_tools({"messages": messages_of(messages)}, content)


def axolotl(kind: Kind, content: Content) -> Row:
    """A row for `type: chat_template`, or of a pair for `type: chat_template.default` of DPO."""
    if kind == "conversation":
        row = _with_tools({"messages": messages_of(content["messages"])}, content)
        for message in row["messages"]:
            if "weight" in message:
                message["train"] = _trained(message.pop("weight"))
        return row
    if kind != "preference":
        raise CannotWriteError(f"the format takes conversations and pairs, and this is a record of the kind {kind}")
    better, worse = (_one_answer(one) for one in pair(content.get("completions", [])))
    (first,), (second,) = messages_of([better]), messages_of([worse])
    return _with_tools({"messages": messages_of(content["prompt"]), "chosen": first, "rejected": second}, content)


def llama_factory(kind: Kind, content: Content) -> Row:
    """A row of the ShareGPT form, whose columns `dataset_info` names."""
    if kind == "conversation":
        system, turns = _apart(content["messages"])
        row: Row = {"conversations": _alternating(turns), "system": system}
        if len(turns) % 2:
            raise CannotWriteError("its last message has no answer")
    elif kind == "preference":
        system, turns = _apart(content["prompt"])
        row = {"conversations": _alternating(turns), "system": system}
        completions = content["completions"]
        if len(completions) == 1 and isinstance(completions[0].get("label"), bool):
            row["conversations"] = _alternating([*turns, _one_answer(completions[0])])
            row["kto_tag"] = completions[0]["label"]
        else:
            better, worse = pair(completions)
            row["chosen"], row["rejected"] = _turn(_one_answer(better)), _turn(_one_answer(worse))
    else:
        raise CannotWriteError(f"the format takes conversations and pairs, and this is a record of the kind {kind}")
    row["tools"] = orjson.dumps(content["tools"]).decode() if content.get("tools") else ""
    return row


def dataset_info(kind: Kind, name: str, files: str, row: Row) -> Row:
    """What LLaMA-Factory's `dataset_info.json` says of files with rows like this one."""
    columns = {"messages": "conversations", "system": "system", "tools": "tools"}
    entry: Row = {"file_name": files, "formatting": "sharegpt", "columns": columns}
    if kind == "preference" and "kto_tag" in row:
        columns["kto_tag"] = "kto_tag"
    elif kind == "preference":
        entry["ranking"] = True
        columns |= {"chosen": "chosen", "rejected": "rejected"}
    return {name: entry}


def pair(completions: Sequence[Content]) -> tuple[Content, Content]:
    """The first of the best completions, and the first that is not among them."""
    best = chosen(completions)
    better = next((one for index, one in enumerate(completions) if index in best), None)
    worse = next((one for index, one in enumerate(completions) if index not in best), None)
    if better is None or worse is None:
        raise CannotWriteError(f"none of its {len(completions)} completions is preferred to another")
    return better, worse


def _message(message: Mapping[str, Any]) -> Row:
    row = {key: value for key, value in message.items() if key not in ("reasoning", "tool_calls")}
    row.setdefault("content", None)
    if message.get("reasoning"):
        row["reasoning_content"] = message["reasoning"]
    if message.get("tool_calls"):
        row["tool_calls"] = [
            {
                **({"id": call["id"]} if "id" in call else {}),
                "type": "function",
                "function": {"name": call.get("name"), "arguments": call.get("arguments", "")},
            }
            for call in message["tool_calls"]
        ]
    return row


def _with_tools(row: Row, content: Content) -> Row:
    if content.get("tools"):
        row["tools"] = content["tools"]
    return row


def _prompt_completion(content: Content) -> Row:
    fields = content.get("input", {})
    if len(fields) != 1 or not isinstance(content.get("target"), str):
        raise CannotWriteError("a trainer takes an example with one input and a target")
    (prompt,) = fields.values()
    return {"prompt": prompt, "completion": content["target"]}


def _trained(weight: object) -> bool:
    if weight not in (0, 1):
        raise CannotWriteError(f"a message has the weight {weight}, and the format knows 0 and 1")
    return bool(weight)


def _one_answer(completion: Content) -> Content:
    messages: list[Content] = completion["messages"]
    if len(messages) != 1:
        raise CannotWriteError(f"a completion has {len(messages)} messages, and the format takes one")
    return messages[0]


def _apart(messages: Sequence[Content]) -> tuple[str, list[Content]]:
    """The system prompt, and the other messages."""
    if messages and messages[0]["role"] in ("system", "developer"):
        return _text(messages[0]), list(messages[1:])
    return "", list(messages)


def _alternating(messages: Sequence[Content]) -> list[Row]:
    turns = [_turn(message) for message in messages]
    for index, turn in enumerate(turns):
        if (turn["from"] in ("human", "observation")) != (index % 2 == 0):
            raise CannotWriteError(f"its turn {index + 1} is from {turn['from']}, out of the order that the format has")
    return turns


def _turn(message: Content) -> Row:
    if message["role"] == "assistant" and message.get("tool_calls"):
        calls = [{"name": one.get("name"), "arguments": _read(one.get("arguments"))} for one in message["tool_calls"]]
        return {"from": "function_call", "value": orjson.dumps(calls[0] if len(calls) == 1 else calls).decode()}
    names = {"user": "human", "assistant": "gpt", "tool": "observation"}
    if message["role"] not in names:
        raise CannotWriteError(f"a message of the role {message['role']} stands where the format has none")
    text = _text(message)
    if message.get("reasoning"):
        text = f"<think>\n{message['reasoning']}\n</think>\n\n{text}"
    return {"from": names[message["role"]], "value": text}


def _text(message: Content) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(part.get("type") == "text" for part in content):
        return "".join(part["text"] for part in content)
    raise CannotWriteError(f"a message of the {message['role']} is no text")


def _read(arguments: object) -> object:
    try:
        return orjson.loads(arguments) if isinstance(arguments, str) else arguments
    except orjson.JSONDecodeError:
        return arguments
