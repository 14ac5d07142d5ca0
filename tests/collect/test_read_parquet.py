"""Parquet: only Arrow types in, the columns of a record out, whatever the types of the rest."""

from __future__ import annotations

import decimal
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collecting import Got
from gristmill.collect.jsonl import Jsonl
from gristmill.collect.parquet import Parquet
from gristmill.errors import InputError


def write(path: Path, columns: dict[str, object], **options: object) -> None:
    pq.write_table(pa.table(columns), path, **options)


def metadata(got: Got) -> list[object]:
    return [None if value is None else orjson.loads(str(value)) for value in got.column("metadata")]


def test_every_type_becomes_json_and_nulls_are_left_out(tmp_path: Path) -> None:
    noon = datetime(2024, 5, 6, 12, tzinfo=UTC)
    write(
        tmp_path / "a.parquet",
        {
            "text": ["one", "two"],
            "n": pa.array([2**63, None], pa.uint64()),
            "f": [0.5, float("nan")],
            "b": [True, None],
            "s": ['a "quoted"\n\x01 ü', None],
            "plain": ["x", "y"],
            "raw": [b"\xff\x00", None],
            "day": [date(2024, 5, 6), None],
            "ns": pa.array([noon, None], pa.timestamp("ns", "UTC")),
            "exact": [decimal.Decimal("1.10"), None],
            "nested": [{"b": [1, None], "a": {"t": noon}}, None],
            "words": pa.array(["a", None]).dictionary_encode(),
            "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())),
            "none": pa.nulls(2),
        },
    )
    one, two = metadata(Got(Parquet(paths=("a.parquet",)), tmp_path))
    assert one == {
        "n": 2**63,
        "f": 0.5,
        "b": True,
        "s": 'a "quoted"\n\x01 ü',
        "plain": "x",
        "raw": "/wA=",
        "day": "2024-05-06",
        "ns": "2024-05-06T12:00:00+00:00",
        "exact": "1.10",
        "nested": {"a": {"t": "2024-05-06T12:00:00+00:00"}, "b": [1, None]},
        "words": "a",
        "map": [["k", 1]],
    }
    assert two == {"f": None, "plain": "y"}


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"text": st.text(max_size=5)},
            optional={
                "s": st.text(max_size=8),
                "n": st.integers(-(2**63), 2**63 - 1),
                "f": st.floats(allow_nan=False, allow_infinity=False),
                "b": st.booleans(),
            },
        ),
        min_size=1,
        max_size=10,
    )
)
def test_parquet_and_jsonl_of_the_same_rows_give_the_same_metadata(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]
) -> None:
    root = tmp_path_factory.mktemp("same")
    types = pa.schema(
        [("text", pa.string()), ("s", pa.string()), ("n", pa.int64()), ("f", pa.float64()), ("b", pa.bool_())]
    )
    pq.write_table(pa.Table.from_pylist(rows, types), root / "a.parquet")
    (root / "a.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    parquet, jsonl = Got(Parquet(paths=("a.parquet",)), root), Got(Jsonl(paths=("a.jsonl",)), root)
    assert parquet.column("metadata") == jsonl.column("metadata")
    assert parquet.column("text") == jsonl.column("text")


def test_columns_are_mapped_by_name_or_by_a_path_into_an_object(tmp_path: Path) -> None:
    write(
        tmp_path / "a.parquet",
        {
            "page": [{"body": "one", "lang": "de"}, {"body": "two", "lang": None}, None],
            "key": [7, 8, 9],
            "at": pa.array([date(2024, 5, 6), None, None]),
            "link": ["http://a", None, "http://c"],
        },
    )
    got = Got(Parquet(paths=("a.parquet",), text="page.body", id="key", time="at", url="link"), tmp_path)
    assert got.column("text") == ["one", "two"]
    assert got.column("id") == ["7", "8"]
    assert got.column("url") == ["http://a", None]
    assert got.column("time") == [datetime(2024, 5, 6, tzinfo=UTC), None]
    assert metadata(got) == [{"page": {"lang": "de"}}, {"page": {"lang": None}}]
    assert [(problem.position, problem.error) for problem in got.problems] == [(2, "'page.body' is null")]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string()), pa.binary()])
def test_text_may_be_stored_in_any_type_of_text(tmp_path: Path, kind: pa.DataType) -> None:
    write(tmp_path / "a.parquet", {"text": pa.array(["ü", None, ""]).cast(kind)})
    got = Got(Parquet(paths=("a.parquet",)), tmp_path)
    assert got.column("text") == ["ü", ""]
    assert got.column("position") == [0, 2]
    assert got.errors == ["'text' is null"]


def test_text_that_is_not_utf_8_is_named_and_metadata_is_repaired(tmp_path: Path) -> None:
    broken = pa.array([b"good", b"b\xffd", b"good"]).view(pa.string())
    write(tmp_path / "a.parquet", {"text": broken, "also": broken, "url": broken})
    got = Got(Parquet(paths=("a.parquet",)), tmp_path)
    assert got.column("text") == ["good", "good"]
    assert [(problem.position, problem.error) for problem in got.problems] == [
        (1, "'text' is not UTF-8 (byte 1 of it)")
    ]
    write(tmp_path / "b.parquet", {"text": ["x"] * 3, "also": broken, "url": broken})
    got = Got(Parquet(paths=("b.parquet",)), tmp_path)
    assert got.column("url") == ["good", "b\ufffdd", "good"]
    assert metadata(got)[1] == {"also": "b\ufffdd"}


def test_a_column_may_change_its_type_between_files(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"text": ["x"], "score": [1]})
    write(tmp_path / "b.parquet", {"text": pa.array(["y"], pa.large_string()), "score": ["high"]})
    write(tmp_path / "c.parquet", {"text": ["z"], "score": [{"value": 2.5}], "id": [12]})
    got = Got(Parquet(paths=(".",)), tmp_path)
    assert metadata(got) == [{"score": 1}, {"score": "high"}, {"score": {"value": 2.5}}]
    assert got.column("id")[2] == "12"


def test_a_missing_or_unfit_column_is_an_error_that_names_what_there_is(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"body": ["x"], "n": [1]})
    for settings_, error in [
        ({}, "a.parquet: it has no column 'text' (it has body, n); set `text`"),
        ({"text": "body", "id": "key"}, "a.parquet: it has no column 'key' (it has body, n); set `id`"),
        ({"text": "n"}, "a.parquet: its column 'n' is int64, not text; set `text` to the column of the text"),
        ({"text": "body.html"}, "a.parquet: it has no column 'body.html' (it has body, n); set `text`"),
    ]:
        with pytest.raises(InputError) as raised:
            Parquet(paths=("a.parquet",), **settings_).units(str(tmp_path))
        assert str(raised.value) == error


def test_a_file_that_is_no_parquet_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "good.parquet", {"text": ["x" * 100] * 1000})
    whole = (tmp_path / "good.parquet").read_bytes()
    for name, data in {"text.parquet": b"hello", "cut.parquet": whole[:-10], "zeros.parquet": bytes(1000)}.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match=f"^{name}: it is not a Parquet file, or a part of one"):
            Parquet(paths=(name,)).units(str(tmp_path))


def test_damage_inside_gives_what_stands_before_it_then_one_problem(tmp_path: Path) -> None:
    texts = [f"{i * i * 7919} " * 20 for i in range(4000)]
    write(tmp_path / "a.parquet", {"text": texts}, row_group_size=1000, compression="zstd", use_dictionary=False)
    data = bytearray((tmp_path / "a.parquet").read_bytes())
    column = pq.ParquetFile(tmp_path / "a.parquet").metadata.row_group(2).column(0)
    middle = column.data_page_offset + 5
    data[middle : middle + 2000] = bytes(2000)
    (tmp_path / "a.parquet").write_bytes(data)
    reader = Parquet(paths=("a.parquet",))
    got = Got(reader, tmp_path)
    assert got.column("text") == texts[:2000]
    (problem,) = got.problems
    assert problem.position == 2000
    assert "cannot be read" in problem.error
    (unit,) = got.units
    assert list(reader.read(unit, skip=2001)) == []
    assert [chunk.problems for chunk in reader.read(unit, skip=2000)] == [(problem,)]


def test_units_are_row_groups_and_together_give_every_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"{i} " * 50 for i in range(5000)]
    write(tmp_path / "a.parquet", {"text": texts}, row_group_size=700)
    monkeypatch.setattr("gristmill.collect.parquet.UNIT_BYTES", 1)
    got = Got(Parquet(paths=("a.parquet",)), tmp_path)
    assert [(unit.start, unit.stop) for unit in got.units] == [(i, i + 1) for i in range(8)]
    assert got.column("text") == texts
    assert got.column("position") == list(range(5000))


def test_long_texts_are_cut_into_bounded_chunks_or_named(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"text": ["x" * (3 << 20)] * 8 + ["y" * (9 << 20), "short"]}, compression="zstd")
    got = Got(Parquet(paths=("a.parquet",), max_record_bytes=8 << 20), tmp_path)
    assert len(got.table) == 9
    assert len(got.chunks) > 2
    assert got.errors == [f"'text' is longer than max_record_bytes ({8 << 20} bytes)"]


def test_a_table_without_rows_has_no_records(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"text": pa.array([], pa.string())})
    assert Got(Parquet(paths=("a.parquet",)), tmp_path).chunks == []
