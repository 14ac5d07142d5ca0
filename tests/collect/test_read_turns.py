"""Readers of records of several texts: mixed formats, mappings, rows that hold several records, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gristmill.collect.conversations import Conversations
from gristmill.collect.examples import Examples
from gristmill.collect.preferences import Preferences
from gristmill.contracts.reader import Reader
from gristmill.records.chunk import Problem
from gristmill.records.turns import Content, put_together


def read(reader: Reader, root: Path) -> tuple[list[Content], list[Problem], list[int]]:
    contents, problems, positions = [], [], []
    for unit in reader.units(str(root)):
        for chunk in reader.read(unit):
            rows = chunk.batch.to_pylist()
            contents += [put_together(reader.kind, row["text"], row["content"]) for row in rows]
            positions += [row["position"] for row in rows]
            problems += chunk.problems
    return contents, problems, positions


def written(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path.parent


def test_a_mapping_reads_rows_of_no_known_format(tmp_path: Path) -> None:
    root = written(tmp_path / "a.jsonl", [{"ask": "Who?", "told": "The miller.", "n": 1}])
    reader = Conversations(paths=("a.jsonl",), mapping={"user": "{ask}", "assistant": "{told}"})
    (content,), problems, _ = read(reader, root)
    assert [message["content"] for message in content["messages"]] == ["Who?", "The miller."]
    assert not problems


def test_a_table_without_a_header_gets_its_names_from_the_settings(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("The wheel turns.,water\nThe sails turn.,wind\n")
    reader = Examples(paths=("a.csv",), columns=("text", "label"))
    contents, problems, _ = read(reader, tmp_path)
    assert [content["label"] for content in contents] == ["water", "wind"] and not problems


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"mapping": {"usr": "{ask}"}}, "did you mean"),
        ({"mapping": {"chosen": "{a}", "rejected": "{b}"}}, "read it with preferences"),
        ({"format": "alpacca"}, "alpaca"),
        ({"format": "hh_rlhf"}, "no format 'hh_rlhf' of conversations"),
        ({"format": "alpaca", "mapping": {"user": "{ask}"}}, "not both"),
    ],
)
def test_settings_that_cannot_be_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Conversations(paths=("a.jsonl",), **options)


def test_a_tree_of_messages_is_read_over_the_whole_file(tmp_path: Path) -> None:
    said = [("1", None, "prompter", "Hi"), ("2", "1", "assistant", "Hello"), ("3", "1", "assistant", "Hey")]
    rows = [
        {"message_id": id, "parent_id": parent, "role": role, "text": text, "message_tree_id": "1", "lang": "en"}
        for id, parent, role, text in said
    ]
    contents, problems, positions = read(
        Conversations(paths=("a.jsonl",), format="oasst"), written(tmp_path / "a.jsonl", rows)
    )
    assert [[m["content"] for m in content["messages"]] for content in contents] == [["Hi", "Hello"], ["Hi", "Hey"]]
    assert positions == [0, 1] and not problems


def test_records_that_one_row_holds_have_places_of_their_own(tmp_path: Path) -> None:
    asked = [{"id": str(k), "question": f"{k}?", "answers": [{"text": "mill", "answer_start": 2}]} for k in range(3)]
    articles = [{"title": "t", "paragraphs": [{"context": "a mill", "qas": asked}]}] * 2
    (tmp_path / "a.json").write_text(json.dumps({"version": "1.1", "data": articles}))
    contents, problems, positions = read(Examples(paths=("a.json",)), tmp_path)
    assert len(contents) == 6 and not problems
    assert len(set(positions)) == 6


def test_a_row_of_another_kind_says_which_input_takes_it(tmp_path: Path) -> None:
    root = written(tmp_path / "a.jsonl", [{"prompt": "?", "chosen": "a", "rejected": "b"}, {"text": "t", "label": 1}])
    _, problems, _ = read(Conversations(paths=("a.jsonl",)), root)
    assert "read it with preferences" in problems[0].error
    (content,), problems, _ = read(Preferences(paths=("a.jsonl",)), root)
    assert [completion["rank"] for completion in content["completions"]] == [0, 1]
    assert len(problems) == 1


def test_time_and_url_become_columns_and_the_rest_stays(tmp_path: Path) -> None:
    row = {"question": "?", "answer": "!", "time": "2024-05-01", "url": "https://mill.example", "n": 1}
    reader = Conversations(paths=("a.jsonl",))
    (unit,) = reader.units(str(written(tmp_path / "a.jsonl", [row])))
    (record,) = next(iter(reader.read(unit))).batch.to_pylist()
    assert (record["url"], record["time"].year, json.loads(record["metadata"])["n"]) == (
        "https://mill.example",
        2024,
        1,
    )
