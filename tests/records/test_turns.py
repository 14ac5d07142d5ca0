"""A record of several texts is taken apart and put together again without a letter lost."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.records.kinds import Kind
from gristmill.records.turns import MARK, PICTURE, SEPARATOR, put_together, taken_apart, text_of, told_of, turns

TALK: dict[str, Any] = {
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "What is this?"}, {"type": "image", "url": "mill.png"}]},
        {
            "role": "assistant",
            "content": None,
            "reasoning": "I should look.",
            "tool_calls": [{"id": "1", "name": "look", "arguments": '{"at": "mill.png"}'}],
        },
        {"role": "tool", "content": "a mill", "tool_call_id": "1"},
        {"role": "assistant", "content": "A mill.", "weight": 1},
    ],
    "tools": [{"type": "function", "function": {"name": "look"}}],
}
PAIR: dict[str, Any] = {
    "prompt": [{"role": "user", "content": "Who grinds?"}],
    "completions": [
        {"messages": [{"role": "assistant", "content": "The baker."}], "rank": 1},
        {"messages": [{"role": "assistant", "content": "The miller."}], "rank": 0},
    ],
}
QUESTION: dict[str, Any] = {"input": {"question": "2 + 2?", "level": 3}, "target": "4", "label": "easy"}

texts = st.text(st.characters(codec="utf-8"), max_size=40)
roles = st.sampled_from(["system", "user", "assistant", "tool", "narrator"])
messages = st.lists(st.fixed_dictionaries({"role": roles, "content": texts | st.none()}), max_size=5)


@pytest.mark.parametrize(("kind", "content"), [("conversation", TALK), ("preference", PAIR), ("example", QUESTION)])
def test_what_is_taken_apart_is_put_together_again(kind: Kind, content: dict[str, Any]) -> None:
    apart = taken_apart(kind, copy.deepcopy(content))
    assert put_together(kind, apart.text, apart.content) == content
    assert all(turn.text not in apart.content for turn in turns(kind, content) if turn.text)


def test_every_turn_has_the_letter_of_its_role() -> None:
    assert taken_apart("conversation", copy.deepcopy(TALK)).roles == "surcta"
    assert taken_apart("preference", copy.deepcopy(PAIR)).roles == "u-+"
    assert taken_apart("example", copy.deepcopy(QUESTION)).roles == "io"


@given(messages)
def test_any_messages_come_back_but_for_the_mark(said: list[dict[str, Any]]) -> None:
    apart = taken_apart("conversation", {"messages": copy.deepcopy(said)})
    for message in said:
        if message["content"] is not None:
            message["content"] = message["content"].replace(MARK, PICTURE)
    assert put_together("conversation", apart.text, apart.content) == {"messages": said}


def test_a_record_whose_separators_were_cut_is_refused() -> None:
    apart = taken_apart("conversation", copy.deepcopy(TALK))
    with pytest.raises(ValueError, match="6 texts, and 5 were found"):
        put_together("conversation", apart.text.replace(SEPARATOR, "\n", 1), apart.content)


def test_a_text_that_is_no_unicode_is_told() -> None:
    with pytest.raises(ValueError, match="no Unicode"):
        taken_apart("conversation", {"messages": [{"role": "user", "content": "\ud800"}]})


@pytest.mark.parametrize(
    ("completions", "letters"),
    [
        ([{"rating": 1.0}, {"rating": 4.5}, {"rating": 4.5}], "-++"),
        ([{"label": False}], "-"),
        ([{"label": True}], "+"),
        ([{}], "+"),
        ([{}, {}], "--"),
    ],
)
def test_the_preferred_completion_is_told_by_rank_rating_or_label(completions: list[Any], letters: str) -> None:
    said = [{"messages": [{"role": "assistant", "content": "so"}], **one} for one in completions]
    assert taken_apart("preference", {"prompt": [], "completions": said}).roles == letters


def test_a_delivered_row_gives_its_texts() -> None:
    assert text_of(TALK) == taken_apart("conversation", copy.deepcopy(TALK)).text
    delivered = {"input": [{"field": "question", "value": "2 + 2?"}], "target": "4"}
    assert text_of(delivered) == f"2 + 2?{SEPARATOR}4"


def test_a_delivered_row_is_told_with_who_says_what() -> None:
    assert told_of(PAIR) == "user: Who grinds?\n\nrejected: The baker.\n\nchosen: The miller."
