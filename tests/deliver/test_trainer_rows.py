"""Rows of the trainers' own formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from records_for_trainers import assistant, batch, documents, labelled, pairs, talks, user

from gristmill.contracts.sink import Sink
from gristmill.deliver._trainer_rows import CannotWriteError, axolotl, dataset_info, llama_factory, openai, pair, trl
from gristmill.deliver.axolotl import Axolotl
from gristmill.deliver.llama_factory import LlamaFactory
from gristmill.deliver.openai import Openai
from gristmill.deliver.trl import Trl
from gristmill.errors import OutputError
from gristmill.records.kinds import Kind

CALL = {"id": "1", "name": "f", "arguments": '{"x": 1}'}
CALLING: dict[str, Any] = {
    "messages": [
        user("Add"),
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "content": "3", "tool_call_id": "1"},
        assistant("It is 3."),
    ],
    "tools": [{"type": "function", "function": {"name": "f"}}],
}
WRITTEN_CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}}


def test_a_conversation_is_a_row_of_sft() -> None:
    assert trl("conversation", {"messages": [user("Hi"), assistant("Hello!")]}) == {
        "messages": [user("Hi"), assistant("Hello!")]
    }


def test_tool_calls_are_spelled_as_openai_spells_them() -> None:
    for row in (trl("conversation", CALLING), openai("conversation", CALLING)):
        assert row["messages"][1] == {"role": "assistant", "content": None, "tool_calls": [WRITTEN_CALL]}
        assert row["tools"] == CALLING["tools"]


def test_a_pair_is_a_row_of_dpo_and_its_order_is_that_of_the_ranks() -> None:
    (content,) = pairs(1)
    content["completions"].reverse()
    row = trl("preference", content | {"margin": 2.0})
    assert (row["chosen"], row["rejected"], row["margin"]) == ([assistant("It is Paris.")], [assistant("No.")], 2.0)


def test_a_labelled_completion_is_a_row_of_kto() -> None:
    row = trl("preference", labelled(1)[0])
    assert row == {"prompt": [user("Question 0?")], "completion": [assistant("It is Paris.")], "label": True}


def test_completions_none_of_which_is_better_are_no_pair() -> None:
    with pytest.raises(CannotWriteError, match="none of its 2 completions is preferred"):
        pair([{"messages": [], "rank": 0}, {"messages": [], "rank": 0}])


def test_an_example_is_a_prompt_and_a_completion() -> None:
    assert trl("example", {"input": {"question": "2+2?"}, "target": "4"}) == {"prompt": "2+2?", "completion": "4"}
    with pytest.raises(CannotWriteError, match="one input and a target"):
        trl("example", {"input": {"question": "2+2?"}, "label": 4})


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ([user("Hi")], "no message of the assistant"),
        ([assistant("Hi"), user("Hi")], "its last message is not the assistant's"),
        ([user(""), assistant("Hi")], "message 1 is empty"),
        ([user("Hi"), {**assistant("Hi"), "weight": 0.5}], "a weight other than"),
        ([{**user("Hi"), "weight": 1}, assistant("Hi")], "a weight other than"),
        ([user("Hi"), {**assistant("Hi"), "reasoning": "hm"}], "has reasoning"),
    ],
)
def test_openais_rules_are_checked(messages: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(CannotWriteError, match=why):
        openai("conversation", {"messages": messages})


def test_axolotl_is_told_by_train_what_is_trained() -> None:
    row = axolotl("conversation", {"messages": [user("Hi"), {**assistant("Hello!"), "weight": 0}]})
    assert row["messages"][1] == {"role": "assistant", "content": "Hello!", "train": False}
    with pytest.raises(CannotWriteError, match=r"the weight 0\.5"):
        axolotl("conversation", {"messages": [{**assistant("Hello!"), "weight": 0.5}]})


def test_axolotls_pairs_are_single_messages() -> None:
    row = axolotl("preference", pairs(1)[0])
    assert (row["messages"], row["chosen"], row["rejected"]) == (
        [user("Question 0?")],
        assistant("It is Paris."),
        assistant("No."),
    )


def test_llama_factory_has_calls_and_results_as_turns_of_their_own() -> None:
    row = llama_factory("conversation", CALLING)
    assert [turn["from"] for turn in row["conversations"]] == ["human", "function_call", "observation", "gpt"]
    assert orjson.loads(row["conversations"][1]["value"]) == {"name": "f", "arguments": {"x": 1}}
    assert orjson.loads(row["tools"]) == CALLING["tools"]


def test_llama_factory_takes_turns_in_order_alone() -> None:
    with pytest.raises(CannotWriteError, match="its turn 2 is from human"):
        llama_factory("conversation", {"messages": [user("a"), user("b"), assistant("c")]})
    with pytest.raises(CannotWriteError, match="its last message has no answer"):
        llama_factory("conversation", {"messages": [user("a")]})


def test_dataset_info_names_the_columns_of_each_kind() -> None:
    kinds: list[tuple[Kind, dict[str, Any], set[str]]] = [
        ("conversation", talks(1)[0], {"messages", "system", "tools"}),
        ("preference", pairs(1)[0], {"messages", "system", "tools", "chosen", "rejected"}),
        ("preference", labelled(1)[0], {"messages", "system", "tools", "kto_tag"}),
    ]
    for kind, content, columns in kinds:
        row = llama_factory(kind, content)
        entry = dataset_info(kind, "ours", "part.jsonl", row)["ours"]
        assert set(entry["columns"]) == columns
        assert set(entry["columns"].values()) == set(row)
        assert entry.get("ranking", False) == ("chosen" in row)


def written(path: Path, sink: Sink, whole: pa.RecordBatch, cut: int = 1000) -> Path:
    writer = sink.open(path, whole.schema)
    for first in range(0, len(whole), cut):
        writer.write(whole.slice(first, cut))
    writer.close()
    return path


SINKS: list[tuple[Sink, Kind, Any]] = [
    (Trl(), "conversation", talks), (Trl(), "preference", pairs), (Trl(), "preference", labelled),
    (Openai(), "conversation", talks), (Axolotl(), "conversation", talks), (Axolotl(), "preference", pairs),
    (LlamaFactory(), "conversation", talks), (LlamaFactory(), "preference", pairs),
    (LlamaFactory(), "preference", labelled),
]  # fmt: skip


@pytest.mark.parametrize(("sink", "kind", "made"), SINKS)
def test_datasets_loads_every_format_as_it_was_written(sink: Sink, kind: Kind, made: Any, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    path = written(tmp_path / "a.jsonl", sink, batch(kind, made()))
    loaded = datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded.to_list() == [orjson.loads(line) for line in path.read_bytes().splitlines()]
    assert len(loaded) == 24


@pytest.mark.parametrize(("sink", "kind", "made"), SINKS)
def test_bytes_do_not_depend_on_how_batches_are_cut(sink: Sink, kind: Kind, made: Any, tmp_path: Path) -> None:
    whole = batch(kind, made())
    one, other = (written(tmp_path / str(cut), sink, whole, cut) for cut in (1000, 5))
    assert one.read_bytes() == other.read_bytes()


def test_a_record_without_a_place_ends_the_build_or_is_left_out(tmp_path: Path) -> None:
    whole = batch("conversation", [*talks(1), {"messages": [user("Hi")]}])
    with pytest.raises(OutputError, match=r"record r1 cannot be written as openai: it has no message of the assistant"):
        written(tmp_path / "a", Openai(), whole)
    path = written(tmp_path / "b", Openai(unwritable="leave_out"), whole)
    assert len(path.read_bytes().splitlines()) == 1


def test_a_kind_that_a_format_does_not_take_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="openai takes records of the kind conversation, and these are documents"):
        Openai().open(tmp_path / "a", documents(["a"]).schema)
