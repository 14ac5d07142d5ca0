"""The mapping language: what it reads, and how it is checked before the first row."""

from __future__ import annotations

from typing import Any

import pytest

from gristmill.errors import RecipeError
from gristmill.records.formats import UnreadableRowError, mapping_format


def test_a_list_of_messages_under_other_names() -> None:
    spec = {"messages": "dialog[]", "role": ".speaker", "content": ".utterance", "roles": {"AI-7": "assistant"}}
    row = {"dialog": [{"speaker": "Human", "utterance": "Hi", "at": 1}, {"speaker": "AI-7", "utterance": "Yo"}], "n": 2}
    reading = mapping_format(spec).read(row)
    assert reading.content["messages"] == [
        {"role": "user", "content": "Hi", "at": 1, "source_role": "Human"},
        {"role": "assistant", "content": "Yo", "source_role": "AI-7"},
    ]
    assert reading.metadata == {"n": 2}


def test_a_template_joins_fields_and_an_optional_one_may_be_absent() -> None:
    spec = {
        "system": "=Answer briefly.",
        "user": "{question}\n{context?}",
        "assistant": "answers[0].text",
        "id": "meta.key",
    }
    row = {
        "question": "Who?",
        "answers": [{"text": "Ada", "by": "x"}, {"text": "Bo"}],
        "meta": {"key": 7, "lang": "en"},
    }
    reading = mapping_format(spec).read(row)
    assert [m["content"] for m in reading.content["messages"]] == ["Answer briefly.", "Who?\n", "Ada"]
    assert reading.id == "7"
    assert reading.metadata == {"answers": [{"by": "x"}, {"text": "Bo"}], "meta": {"lang": "en"}}


def test_a_preference_an_unpaired_one_and_an_example() -> None:
    pair = mapping_format({"prompt": "q", "chosen": "good", "rejected": "bad", "margin": "gap"})
    assert pair.read({"q": "?", "good": "a", "bad": "b", "gap": 2}).content == {
        "prompt": [{"role": "user", "content": "?"}],
        "completions": [
            {"messages": [{"role": "assistant", "content": "a"}], "rank": 0},
            {"messages": [{"role": "assistant", "content": "b"}], "rank": 1},
        ],
        "margin": 2,
    }
    judged = mapping_format({"prompt": "q", "completion": "a", "label": "up"}).read({"q": "?", "a": "!", "up": 1})
    assert judged.content["completions"] == [{"messages": [{"role": "assistant", "content": "!"}], "label": True}]
    example = mapping_format({"input": {"review": "body"}, "label": "stars", "task": "=stars"})
    assert example.read({"body": "Fine.", "stars": float("nan")}).content == {
        "input": {"review": "Fine."},
        "label": None,
        "task": "stars",
    }


def test_braces_that_are_meant_are_written_twice() -> None:
    format = mapping_format({"user": "{{{a}}}", "assistant": "b"})
    assert format.read({"a": "x", "b": "y"}).content["messages"][0]["content"] == "{x}"


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ({"user": "a", "asistant": "b"}, "mapping: unknown name 'asistant'; did you mean 'assistant'?"),
        ({"messages": "a[]", "role": ".r"}, "mapping: it has `messages` and `role` but no `content`"),
        ({"id": "a"}, "mapping: it names no record"),
        ({"user": "a", "margin": "b"}, "mapping: 'margin' does not go with `user`"),
        ({"messages": "a", "role": ".r", "content": ".c"}, "a list is wanted, written `a[]`"),
        ({"messages": "a[]", "role": "r", "content": ".c"}, "begins with a dot: `.r`"),
        ({"user": "a[]"}, "`[]` is for the list of messages alone"),
        ({"user": "a[x]"}, "brackets hold a position"),
        ({"user": "a..b"}, "an empty name"),
        ({"user": "{a"}, "a `{` without its `}`"),
        ({"user": "a}"}, "a `}` without its `{`"),
        ({"user": 3}, "`user` is a number"),
        ({"input": "text"}, "`input` is a text; names and paths are wanted"),
        ({"messages": "a[]", "role": ".r", "content": ".c", "roles": {"x": "asistant"}}, "did you mean 'assistant'?"),
        ({"user": "questoin"}, "no row has the field 'questoin'; did you mean 'question'?"),
    ],
)
def test_a_wrong_mapping_is_refused_before_the_first_row(spec: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RecipeError) as caught:
        mapping_format(spec, fields=["question", "answer", "a"])
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"b": "x"}, "there is no `a`"),
        ({"a": ["x"], "b": "x"}, "`a` is a list; a text is wanted"),
        ({"a": None, "b": "x"}, "`a` is null; a text is wanted"),
    ],
)
def test_a_row_that_a_mapping_cannot_read_is_told(row: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UnreadableRowError, match=sentence):
        mapping_format({"user": "a", "assistant": "b"}).read(row)
