"""JSON Lines as orjson writes them, row by row."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.deliver._json_lines import json_lines
from gristmill.deliver.jsonl import Jsonl
from gristmill.text.flat import flat
from gristmill.text.json_strings import json_strings, put_between

ODD = 'a"\\/é日😀\b\t\n\f\r\x00\x1f\x7f\x85\u2028'
short = st.one_of(st.text(alphabet=ODD, max_size=40), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
text = st.one_of(short, st.lists(st.one_of(short, st.just("plain " * 20)), max_size=6).map("".join))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.none() | text, max_size=5))
def test_strings_are_escaped_as_orjson_escapes_them(texts: list[str | None]) -> None:
    there = np.array([one is not None for one in texts], np.bool_)
    out, bounds = json_strings(flat(pa.array(texts, pa.large_string())), there)
    data = out.tobytes()
    found = [data[a:b] for a, b in zip(bounds.tolist(), bounds.tolist()[1:], strict=False)]
    assert found == [orjson.dumps(one) for one in texts]


@given(st.lists(st.tuples(text, st.none() | text, text), max_size=4))
def test_a_string_is_put_between_what_stands_before_and_after_it(rows: list[tuple[str, str | None, str]]) -> None:
    heads, texts, tails = ([row[column] for row in rows] for column in range(3))
    there = np.array([one is not None for one in texts], np.bool_)
    before, string, after = (flat(pa.array(one, pa.large_string())) for one in (heads, texts, tails))
    out, bounds = put_between(before, string, there, after)
    lines = [head.encode() + orjson.dumps(one) + tail.encode() for head, one, tail in rows]
    assert out.tobytes() == b"".join(lines)
    assert np.diff(bounds).tolist() == [len(line) for line in lines]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.none() | text,
            st.none() | short,
            st.none() | st.integers(-(2**63), 2**63 - 1),
            st.none() | st.floats(),
            st.none() | st.booleans(),
            st.none() | st.datetimes(timezones=st.just(UTC)),
            st.none() | st.datetimes(timezones=st.just(UTC)).map(lambda when: when.replace(microsecond=0)),
            st.none() | st.lists(st.none() | text, max_size=3),
            st.none() | st.dictionaries(text, st.integers(0, 9), max_size=2),
        ),
        min_size=1,
        max_size=5,
    ),
    st.integers(0, 2),
)
def test_rows_are_what_orjson_makes_of_them(rows: list[tuple[object, ...]], cut: int) -> None:
    kinds = [
        ("text", pa.large_string()),
        ("title", pa.string()),
        ("count", pa.int64()),
        ("score", pa.float64()),
        ("good", pa.bool_()),
        ("time", pa.timestamp("us", tz="UTC")),
        ("seconds", pa.timestamp("us", tz="UTC")),
        ("names", pa.list_(pa.string())),
        ("metadata", pa.string()),
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    metadata = [None if one is None else orjson.dumps(one).decode() for one in columns[-1]]
    batch = pa.record_batch(
        [pa.array(values, kind) for values, (_, kind) in zip([*columns[:-1], metadata], kinds, strict=True)],
        schema=pa.schema(kinds),
    ).slice(cut)
    if not len(batch):
        return
    expected = []
    for row in batch.to_pylist():
        row["metadata"] = None if row["metadata"] is None else orjson.Fragment(row["metadata"])
        expected.append(orjson.dumps(row, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE))
    assert bytes(json_lines(batch)) == b"".join(expected)


def test_a_higher_level_makes_a_smaller_file(tmp_path: Path) -> None:
    words = np.random.default_rng(0).integers(0, 500, 20_000)
    batch = pa.record_batch({"text": pa.array([" ".join(map(str, words))], pa.large_string())})
    sizes = []
    for level in (1, 19):
        path = tmp_path / f"{level}.jsonl.zst"
        writer = Jsonl(level=level).open(path, batch.schema)
        writer.write(batch)
        writer.close()
        sizes.append(path.stat().st_size)
    assert sizes[1] < sizes[0]


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_a_file_holds_the_rows_whatever_its_compression(compression: str, tmp_path: Path) -> None:
    sink = Jsonl(compression=compression)
    batch = pa.record_batch(
        {
            "id": pa.array(["a", "b", "c"]),
            "time": pa.array([None, datetime(2024, 3, 4, 6, tzinfo=UTC), None], pa.timestamp("us", tz="UTC")),
            "text": pa.array(["one\n", None, '"three"'], pa.large_string()),
            "metadata": pa.array(['{"n":1}', None, "{}"]),
        }
    )
    path = tmp_path / f"part{sink.suffix}"
    writer = sink.open(path, batch.schema)
    for size in np.array_split(np.arange(3), 2):
        writer.write(batch.take(pa.array(size)))
    writer.write(batch.slice(3))
    writer.close()
    raw = path.read_bytes()
    assert writer.sha256 == hashlib.sha256(raw).hexdigest()
    if compression == "gzip":
        raw = gzip.decompress(raw)
    elif compression == "zstd":
        raw = zstandard.ZstdDecompressor().decompressobj().decompress(raw)
    assert [json.loads(line) for line in raw.splitlines()] == [
        {"id": "a", "time": None, "text": "one\n", "metadata": {"n": 1}},
        {"id": "b", "time": "2024-03-04T06:00:00Z", "text": None, "metadata": None},
        {"id": "c", "time": None, "text": '"three"', "metadata": {}},
    ]
