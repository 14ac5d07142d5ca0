"""Canonical records of every kind, drawn at random, for the round trips of all formats."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12) | st.sampled_from(
    ["a\n\nb", "\n\n", "\n", "\n\nHuman: x", "<|end|>", "[1]", "x \n\n\n y", "Human: x"]
)
values = st.none() | st.booleans() | st.integers(-9, 9) | texts | st.lists(st.integers(0, 3), max_size=2)
_FREE_NAMES = """
    source lang history system label labels text prompt input context score_chosen margin category tools functions
    messages conversations chosen rejected metadata question answer input_break turns answers options choices
"""
_free_names = st.sampled_from(_FREE_NAMES.split())
metadata = st.dictionaries(_free_names | texts.filter(bool), values, max_size=3)
ids = st.none() | texts
tools = st.lists(
    st.fixed_dictionaries({"type": st.just("function"), "function": st.just({"name": "f"})}), min_size=1, max_size=2
)


@st.composite
def calls(draw: st.DrawFn) -> dict[str, Any]:
    call: dict[str, Any] = {"id": draw(texts)} if draw(st.booleans()) else {}
    call["name"] = draw(st.sampled_from(["look_up", "functions.f", "browser"]))
    arguments = draw(st.dictionaries(texts, texts, max_size=2))
    call["arguments"] = json.dumps(arguments, ensure_ascii=False, separators=(",", ":"))
    return call


@st.composite
def messages(draw: st.DrawFn, role: str | None = None, rich: bool = True) -> dict[str, Any]:
    role = role or draw(st.sampled_from(["system", "developer", "user", "assistant", "tool"]))
    message: dict[str, Any] = {"role": role, "content": draw(texts)}
    if not rich or draw(st.integers(0, 2)) == 0:
        return message
    if draw(st.integers(0, 5)) == 0:
        message["content"] = [{"type": "text", "text": draw(texts)}, {"type": "image", "url": draw(texts)}]
    if role == "assistant":
        if draw(st.booleans()):
            message["reasoning"] = draw(texts)
        if draw(st.booleans()):
            message["tool_calls"] = draw(st.lists(calls(), min_size=1, max_size=2))
            if draw(st.booleans()):
                message["content"] = None
    if role == "tool" and draw(st.booleans()):
        message["tool_call_id"] = draw(texts)
    if draw(st.booleans()):
        message["name"] = draw(st.sampled_from(["look_up", "Ann"]))
    if draw(st.integers(0, 3)) == 0:
        message["weight"] = draw(st.integers(0, 1))
    if draw(st.integers(0, 3)) == 0:
        message["lang"] = draw(texts)
    if draw(st.integers(0, 3)) == 0:
        message["source_role"] = draw(st.sampled_from(["gpt4", "Nutzer", "function", "bing", "chatgpt"]))
    return message


@st.composite
def conversations(draw: st.DrawFn) -> dict[str, Any]:
    rich = draw(st.booleans())
    if draw(st.booleans()):
        pairs = draw(st.integers(1, 2))
        said = [draw(messages(role, rich)) for _ in range(pairs) for role in ("user", "assistant")]
        said = ([draw(messages("system", rich))] if draw(st.booleans()) else []) + said
    else:
        said = draw(st.lists(messages(rich=rich), min_size=1, max_size=4))
    content: dict[str, Any] = {"messages": said}
    if draw(st.integers(0, 3)) == 0:
        content["tools"] = draw(tools)
    return content


@st.composite
def preferences(draw: st.DrawFn) -> dict[str, Any]:
    rich = draw(st.booleans())
    prompt = [draw(messages("user", rich))] if draw(st.booleans()) else draw(st.lists(messages(rich=rich), max_size=3))
    completions = []
    kind = draw(st.sampled_from(["pair", "judged", "steps", "rated"]))
    for rank in range(2 if kind == "pair" else 1 if kind in ("judged", "steps") else draw(st.integers(1, 3))):
        answers = (
            [draw(messages("assistant", rich))]
            if draw(st.booleans())
            else draw(st.lists(messages(rich=rich), min_size=1, max_size=2))
        )
        completion: dict[str, Any] = {"messages": answers}
        if kind == "pair":
            completion["rank"] = rank
        if kind == "judged":
            completion["label"] = draw(st.booleans())
        if kind == "steps":
            completion = {"messages": [], "steps": [{"text": draw(texts), "label": draw(st.booleans())}]}
        if kind == "rated" or draw(st.integers(0, 3)) == 0:
            completion["rating"] = draw(st.integers(0, 5))
        if draw(st.integers(0, 3)) == 0:
            completion["model"] = draw(texts)
        completions.append(completion)
    content: dict[str, Any] = {"prompt": prompt, "completions": completions}
    if draw(st.integers(0, 3)) == 0:
        content["tools"] = draw(tools)
    if draw(st.integers(0, 3)) == 0:
        content["margin"] = draw(st.integers(0, 5))
    return content


@st.composite
def examples(draw: st.DrawFn) -> dict[str, Any]:
    names = st.sampled_from(
        [
            ("text",),
            ("question",),
            ("premise", "hypothesis"),
            ("context", "question"),
            ("input",),
            ("prompt",),
            ("ctx",),
        ]
    )
    given = {name: draw(texts) for name in draw(names)}
    content: dict[str, Any] = {"input": given}
    if draw(st.booleans()):
        content["label"] = draw(st.none() | st.integers(0, 5) | texts | st.lists(texts, max_size=3))
    if draw(st.booleans()):
        content["target"] = draw(texts)
    if draw(st.booleans()):
        end = len(next(iter(given.values())))
        start = draw(st.integers(0, end))
        content["spans"] = [{"start": start, "end": end, "label": draw(st.sampled_from(["answer", "ORG"]))}]
    if draw(st.booleans()):
        content["options"] = draw(st.lists(texts, min_size=1, max_size=3))
    if draw(st.integers(0, 3)) == 0:
        content["task"] = draw(texts)
    return content


CONTENTS = {"conversation": conversations(), "preference": preferences(), "example": examples()}
