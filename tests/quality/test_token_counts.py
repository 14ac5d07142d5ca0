"""Tokens of records, by who says them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tokenizers import Tokenizer

from gristmill.contracts.rules import broken
from gristmill.contracts.view import View
from gristmill.errors import InputError
from gristmill.quality.token_counts import TokenCounts
from gristmill.records.kinds import Kind
from gristmill.records.turns import taken_apart
from tokenizer_folders import byte_level, folder

ASK, ANSWER = "What is the capital of France?", "It is Paris."


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("model"), byte_level())


def view(kind: Kind, *contents: dict[str, Any]) -> View:
    apart = [taken_apart(kind, content) for content in contents]
    return View(
        pa.record_batch(
            {
                "text": pa.array([one.text for one in apart], pa.large_string()),
                "content": pa.array([one.content for one in apart], pa.large_string()),
                "roles": pa.array([one.roles for one in apart], pa.string()),
            }
        )
    )


def counted(step: TokenCounts, of: View) -> dict[str, list[int | None]]:
    return {name: values.to_pylist() for name, values in step.measure(of).items()}


def test_a_conversation_is_counted_by_prompt_and_answer(model: Path) -> None:
    fast = Tokenizer.from_file(str(model / "tokenizer.json"))
    asked, answered = (len(fast.encode(text, add_special_tokens=False).ids) for text in (ASK, ANSWER))
    talk = {"messages": [{"role": "user", "content": ASK}, {"role": "assistant", "content": ANSWER}] * 2}
    alone = {"messages": [{"role": "user", "content": ASK}]}
    found = counted(TokenCounts(tokenizer=str(model)), view("conversation", talk, alone))
    assert found == {
        "tokens": [2 * (asked + answered), asked],
        "prompt_tokens": [2 * asked, asked],
        "answer_tokens": [2 * answered, None],
        "rejected_tokens": [None, None],
    }


def test_a_preference_has_an_answer_that_won_and_one_that_lost(model: Path) -> None:
    fast = Tokenizer.from_file(str(model / "tokenizer.json"))
    asked, answered = (len(fast.encode(text, add_special_tokens=False).ids) for text in (ASK, ANSWER))
    pair = {
        "prompt": [{"role": "user", "content": ASK}],
        "completions": [
            {"messages": [{"role": "assistant", "content": ANSWER}], "rank": 0},
            {"messages": [{"role": "assistant", "content": ASK}], "rank": 1},
        ],
    }
    found = counted(TokenCounts(tokenizer=str(model / "tokenizer.json")), view("preference", pair))
    assert [found[name][0] for name in ("tokens", "prompt_tokens", "answer_tokens", "rejected_tokens")] == [
        *(2 * asked + answered, asked, answered, asked)
    ]


def test_a_document_has_tokens_and_no_sides(model: Path) -> None:
    fast = Tokenizer.from_file(str(model / "tokenizer.json"))
    documents = View(pa.record_batch({"text": pa.array([ANSWER, "", None], pa.large_string())}))
    found = counted(TokenCounts(tokenizer=str(model)), documents)
    assert found["tokens"] == [len(fast.encode(ANSWER, add_special_tokens=False).ids), 0, None]
    assert found["answer_tokens"] == [None] * 3


def test_too_few_and_too_many_tokens_have_rules(model: Path) -> None:
    step = TokenCounts(tokenizer=str(model), min_tokens=3, max_tokens=10)
    documents = View(pa.record_batch({"text": pa.array(["", ANSWER, ASK * 3], pa.large_string())}))
    few, many = broken(step.rules(), step.measure(documents))
    assert (few.tolist(), many.tolist()) == ([True, False, False], [False, False, True])
    assert TokenCounts(tokenizer=str(model)).rules() == ()


def test_without_a_tokenizer_there_is_one_clear_sentence_and_no_estimate(tmp_path: Path) -> None:
    assert TokenCounts().faults() == {
        "tokenizer": "name the tokenizer.json of the model that is trained: tokens are not estimated"
    }
    assert "no such file" in TokenCounts(tokenizer="gone/tokenizer.json").at(tmp_path).faults()["tokenizer"]
    (tmp_path / "tokenizer.json").write_text("{}")
    assert "is no tokenizer" in TokenCounts(tokenizer="tokenizer.json").at(tmp_path).faults()["tokenizer"]
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(InputError, match=r"must be called tokenizer\.json"):
        TokenCounts(tokenizer="other.json").at(tmp_path).measure(View(pa.record_batch({"text": pa.array(["a"])})))


def test_another_tokenizer_computes_anew(tmp_path: Path) -> None:
    step = TokenCounts(tokenizer=".")
    folder(tmp_path / "a", byte_level())
    folder(tmp_path / "b", byte_level(), specials=["<x>"])
    prints = [step.at(tmp_path / name).computing_settings()["files"] for name in "ab"]
    assert prints[0] != prints[1] and all(prints[0].values())
