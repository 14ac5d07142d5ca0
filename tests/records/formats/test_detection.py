"""Which format rows have, and what is said where none fits."""

from __future__ import annotations

import time
from typing import Any

import pytest

from gristmill.records.formats import UnreadableRowError, detect, read_any


def test_the_reason_is_a_sentence_about_the_rows() -> None:
    found = detect([{"conversations": [{"from": "human", "value": "Hello"}, {"from": "gpt", "value": "Hi"}]}])
    assert found.format is not None
    assert found.format.name == "sharegpt"
    assert found.why == "`conversations` is a list of objects with `from` and `value`"


def test_the_more_specific_format_wins_and_the_others_are_told() -> None:
    found = detect([{"prompt": "2 + 2?", "completion": "4", "label": True}])
    assert found.format is not None
    assert found.format.name == "unpaired"
    assert "prompt_completion" in [other.name for other in found.others]


def test_near_misses_say_what_is_there_and_what_is_not() -> None:
    found = detect([{"instruction": "Add.", "reply_text": "4"}])
    assert found.format is None
    assert found.why == "no known format has the fields `instruction`, `reply_text`"
    assert "has `instruction` but no `output`" in [other.why for other in found.others]


def test_a_misspelt_field_is_asked_about() -> None:
    found = detect([{"instruction": "Add.", "input": "", "outputs": "4"}])
    assert found.others[0].why == "has `instruction` but no `output`; is `outputs` meant?"


def test_a_mixed_file_is_told_with_its_shares_and_read_row_by_row() -> None:
    rows: list[dict[str, Any]] = [
        {"instruction": "a", "input": "", "output": "b"},
        {"messages": [{"role": "user", "content": "a"}]},
        {"instruction": "c", "output": "d"},
    ]
    found = detect(rows)
    assert found.shares == (("alpaca", 2), ("messages", 1))
    assert found.why.endswith("(2 of 3 rows)")
    assert [read_any(row)[0].name for row in rows] == ["alpaca", "messages", "alpaca"]


def test_rows_that_are_no_objects_are_told() -> None:
    assert detect(["a", 3]).why == "no row is an object with named fields"
    assert detect([]).why == "there are no rows"
    with pytest.raises(UnreadableRowError, match="no object with named fields"):
        read_any(["a"])


def test_a_column_named_in_another_language_is_found() -> None:
    format, reading = read_any({"Frage": "Wie spät ist es?", "Antwort": "Neun.", "Quelle": "Radio"})
    assert format.name == "question_answer_columns"
    assert reading.metadata == {"Quelle": "Radio"}
    assert [m["content"] for m in reading.content["messages"]] == ["Wie spät ist es?", "Neun."]


def test_a_row_of_a_thousand_odd_fields_is_refused_in_bounded_time() -> None:
    row = {f"field {n} " * 50: n for n in range(1000)} | {"instruction": "x"}
    start = time.process_time()
    with pytest.raises(UnreadableRowError):
        read_any(row)
    assert time.process_time() - start < 1
