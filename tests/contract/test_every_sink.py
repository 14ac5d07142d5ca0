"""What holds for every sink, found by the catalog: a new one is held to it without being named here."""

from __future__ import annotations

import hashlib
import pickle
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas
import polars
import pyarrow as pa
import pytest
from datasets import load_dataset

from gristmill.contracts import catalog
from gristmill.contracts.sink import DigestingWriter, Sink
from gristmill.records.document import DOCUMENT, record_ids
from gristmill.records.kinds import KINDS
from talks import batch_of, talk
from tokenizer_folders import byte_level, folder

SINKS = {name: catalog.sink(name) for name in catalog.names("sinks")}
TEXTS = ["Plain words.", "", 'quotes " and \\ and\nlines\r\n\t', "日本語 \u2028 é 😀", "\x00\x1f\x7f", "x" * 70_000]

every_sink = pytest.mark.parametrize("name", SINKS)
of_texts = pytest.mark.parametrize("name", [name for name, sink in SINKS.items() if sink.takes == KINDS])


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("model"), byte_level(), eos_token="</s>")


def made(name: str, model: Path) -> Sink:
    """A sink with the settings that it cannot be without."""
    return SINKS[name](tokenizer=str(model), template="chatml") if name == "tokens" else SINKS[name]()


def batch_for(sink: Sink) -> pa.RecordBatch:
    """Documents where the sink takes them all, else a few conversations."""
    if sink.takes == KINDS:
        return batch()
    return batch_of("conversation", [talk(f"Question {n}?", "It is Paris.") for n in range(12)])


def batch() -> pa.RecordBatch:
    """Awkward records: every base column with nulls, and columns as steps add them."""
    rows = len(TEXTS)
    schema = DOCUMENT.append(pa.field("language", pa.string())).append(pa.field("language_score", pa.float64()))
    columns = {
        "rid": record_ids(["mill.jsonl"] * rows, list(range(rows))),
        "id": [f"id {n}" for n in range(rows)],
        "source": ["mill.jsonl"] * rows,
        "position": list(range(rows)),
        "url": [None if n % 2 else f"https://mill.example/{n}?q=a&b" for n in range(rows)],
        "time": [None if n % 3 else datetime(2024, 3, 4, 6, 0, n, 5, tzinfo=UTC) for n in range(rows)],
        "text": TEXTS,
        "metadata": [None if n % 2 else f'{{"n":{n},"of":[1,"a"]}}' for n in range(rows)],
        "language": ["en", None, "en", "ja", None, "en"],
        "language_score": [0.1, None, 1.0, 1e-7, 0.5, 1 / 3],
    }
    return pa.record_batch([pa.array(columns[field.name], field.type) for field in schema], schema=schema)


def written(sink: Sink, path: Path, batches: list[pa.RecordBatch]) -> bytes:
    writer = sink.open(path, batches[0].schema)
    for one in batches:
        writer.write(one)
    writer.close()
    content = path.read_bytes()
    if isinstance(writer, DigestingWriter):
        assert writer.sha256 == hashlib.sha256(content).hexdigest()
    return content


@every_sink
def test_it_describes_every_setting_and_survives_pickling(name: str, model: Path) -> None:
    sink = made(name, model)
    assert sink.name() == name
    assert SINKS[name].__doc__
    assert sink.suffix.startswith(".")
    assert all(info.description for info in SINKS[name].model_fields.values())
    assert pickle.loads(pickle.dumps(sink)) == sink


@every_sink
def test_the_same_records_make_the_same_bytes_however_they_are_cut(name: str, model: Path, tmp_path: Path) -> None:
    sink = made(name, model)
    whole = batch_for(sink)
    once = written(sink, tmp_path / f"a{sink.suffix}", [whole])
    rows = [whole.slice(at, 1) for at in range(len(whole))]
    assert written(sink, tmp_path / f"b{sink.suffix}", [whole.slice(0, 0), *rows]) == once


@of_texts
def test_what_it_wrote_opens_with_datasets_duckdb_polars_and_pandas_as_it_is(name: str, tmp_path: Path) -> None:
    sink = SINKS[name]()
    path = tmp_path / "data" / f"part-00000{sink.suffix}"
    path.parent.mkdir()
    written(sink, path, [batch()])
    kind = "parquet" if ".parquet" in sink.suffix else "json"
    loaded = load_dataset(kind, data_files=str(path), split="train", cache_dir=str(tmp_path / "cache"))
    opened = {
        "datasets": loaded["text"][:],
        "duckdb": [row[0] for row in duckdb.sql(f"SELECT text FROM '{path}' ORDER BY position").fetchall()],
        "pandas": (
            pandas.read_parquet(path) if kind == "parquet" else pandas.read_json(path, lines=True, dtype={"id": str})
        )["text"].tolist(),
        "polars": (polars.read_parquet(path) if kind == "parquet" else polars.read_ndjson(path))["text"].to_list(),
    }
    for library, texts in opened.items():
        assert list(texts) == TEXTS, library


@every_sink
def test_an_empty_file_is_a_file(name: str, model: Path, tmp_path: Path) -> None:
    sink = made(name, model)
    written(sink, tmp_path / f"a{sink.suffix}", [batch_for(sink).slice(0, 0)])
    assert (tmp_path / f"a{sink.suffix}").is_file()
