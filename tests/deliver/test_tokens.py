"""Rows of tokens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from records_for_trainers import batch, documents, labelled, talks

from gristmill.deliver.tokens import Tokens
from gristmill.errors import OutputError
from gristmill.records.chat.tokenizer import Tokenizer
from tokenizer_folders import byte_level, folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("model"), byte_level(), eos_token="</s>")


def written(path: Path, sink: Tokens, whole: pa.RecordBatch, cut: int = 1000) -> Path:
    writer = sink.open(path, whole.schema)
    for first in range(0, len(whole), cut):
        writer.write(whole.slice(first, cut))
    writer.close()
    return path


def rows_of(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def answers(model: Path, row: dict[str, Any]) -> str:
    return Tokenizer(model).decode([label for label in row["labels"] if label != -100])


def test_a_row_holds_a_conversation_and_labels_its_answers(model: Path, tmp_path: Path) -> None:
    sink = Tokens(tokenizer=str(model), template="chatml")
    rows = rows_of(written(tmp_path / "a", sink, batch("conversation", talks())))
    assert [row["ids"] for row in rows] == [[f"r{index}"] for index in range(24)]
    assert answers(model, rows[1]) == "Hello!<|im_end|>I am well, thank you.<|im_end|>"
    assert all(len(row["labels"]) == len(row["input_ids"]) for row in rows)


@pytest.mark.parametrize("packing", ["none", "best_fit", "concatenate"])
@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_bytes_do_not_depend_on_how_batches_are_cut(model: Path, tmp_path: Path, packing: Any, format: Any) -> None:
    sink = Tokens(
        tokenizer=str(model), template="chatml", packing=packing, window=7, max_length=200, format=format,
        loss_weights=True,
    )  # fmt: skip
    whole = batch("conversation", talks())
    one, other = (written(tmp_path / str(cut), sink, whole, cut) for cut in (1000, 5))
    assert one.read_bytes() == other.read_bytes()


def test_packed_rows_hold_the_rows_that_are_not_packed(model: Path, tmp_path: Path) -> None:
    whole = batch("conversation", talks())
    alone = {
        row["ids"][0]: row
        for row in rows_of(written(tmp_path / "a", Tokens(tokenizer=str(model), template="chatml"), whole))
    }
    sink = Tokens(tokenizer=str(model), template="chatml", packing="best_fit", max_length=300)
    packed = rows_of(written(tmp_path / "b", sink, whole))
    assert len(packed) < len(alone)
    for row in packed:
        ids = [token for name in row["ids"] for token in alone[name]["input_ids"]]
        labels = [label for name in row["ids"] for label in alone[name]["labels"]]
        assert (row["input_ids"], row["labels"]) == (ids, labels)
        assert row["seq_lengths"] == [len(alone[name]["input_ids"]) for name in row["ids"]]
        assert row["position_ids"] == [place for length in row["seq_lengths"] for place in range(length)]
        assert len(ids) <= 300
    assert sorted(name for row in packed for name in row["ids"]) == sorted(alone)


def test_a_concatenated_stream_fills_every_row_but_the_last(model: Path, tmp_path: Path) -> None:
    sink = Tokens(tokenizer=str(model), packing="concatenate", max_length=16)
    texts = ["The mill grinds corn into flour.", "", "Hello! How are you?"]
    rows = rows_of(written(tmp_path / "a", sink, documents(texts)))
    assert [len(row["input_ids"]) for row in rows[:-1]] == [16] * (len(rows) - 1)
    ids = [token for row in rows for token in row["input_ids"]]
    assert Tokenizer(model).decode(ids) == "".join(text + "</s>" for text in texts)


def test_a_long_document_goes_on_in_the_next_row(model: Path, tmp_path: Path) -> None:
    sink = Tokens(tokenizer=str(model), max_length=8)
    rows = rows_of(written(tmp_path / "a", sink, documents(["The mill grinds corn into flour, day and night."])))
    assert len(rows) > 1
    assert all(row["labels"] == row["input_ids"] for row in rows)
    text = Tokenizer(model).decode([token for row in rows for token in row["input_ids"]])
    assert text == "The mill grinds corn into flour, day and night.</s>"


def test_a_long_conversation_loses_whole_exchanges_and_is_counted(model: Path, tmp_path: Path) -> None:
    whole = batch("conversation", talks(3))
    lengths = [len(row["input_ids"]) for row in rows_of(written(
        tmp_path / "a", Tokens(tokenizer=str(model), template="chatml"), whole))]  # fmt: skip
    sink = Tokens(tokenizer=str(model), template="chatml", max_length=lengths[2] - 1)
    path = written(tmp_path / "b", sink, whole)
    assert answers(model, rows_of(path)[2]).count("<|im_end|>") == 2
    assert told(path)["records shortened by whole exchanges"] == 1 and told(path)["rows"] == 3
    path = written(tmp_path / "c", Tokens(tokenizer=str(model), template="chatml", max_length=5), whole)
    assert rows_of(path) == []
    assert told(path)["left out: longer than max_length"] == 3


def told(path: Path) -> dict[str, int]:
    counts: dict[str, int] = json.loads(pq.read_metadata(path).metadata[b"gristmill.told"])
    return counts


def test_a_fraction_of_weight_has_a_column_of_its_own(model: Path, tmp_path: Path) -> None:
    content = talks(2)
    content[1]["messages"][1]["weight"] = 0.5
    sink = Tokens(tokenizer=str(model), template="chatml", loss_weights=True)
    rows = rows_of(written(tmp_path / "a", sink, batch("conversation", content)))
    assert set(rows[1]["loss_weights"]) == {0.0, 0.5, 1.0}


def test_a_record_that_the_template_refuses_is_named(model: Path, tmp_path: Path) -> None:
    content = [*talks(1), {"messages": [{"role": "tool", "content": "3"}]}]
    with pytest.raises(OutputError, match="record r1: the chat template refuses the conversation: this template has"):
        written(tmp_path / "a", Tokens(tokenizer=str(model), template="llama3"), batch("conversation", content))


def test_pairs_and_unknown_templates_are_refused_when_the_file_is_opened(model: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="takes records of the kind conversation or document, and these are pref"):
        Tokens(tokenizer=str(model)).open(tmp_path / "a", batch("preference", labelled(1)).schema)
    with pytest.raises(OutputError, match="there is no chat template 'chatlm': did you mean 'chatml'"):
        Tokens(tokenizer=str(model), template="chatlm").open(tmp_path / "a", batch("conversation", talks(1)).schema)


@pytest.mark.parametrize("packing", ["none", "best_fit", "concatenate"])
@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_datasets_loads_the_rows(model: Path, tmp_path: Path, packing: Any, format: Any) -> None:
    datasets = pytest.importorskip("datasets")
    sink = Tokens(tokenizer=str(model), template="chatml", packing=packing, max_length=300, format=format)
    path = written(tmp_path / f"a.{format}", sink, batch("conversation", talks()))
    loaded = datasets.load_dataset(format, data_files=str(path), split="train", cache_dir=str(tmp_path / "cache"))
    table = pq.read_table(path) if format == "parquet" else pa.ipc.open_file(path).read_all()
    assert loaded.to_list() == table.to_pylist()
