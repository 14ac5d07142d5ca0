"""JSON Lines: columns mapped, metadata kept, bad lines named, big files cut."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from collecting import Got
from gristmill.collect.jsonl import Jsonl

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


def write(path: Path, *lines: object) -> None:
    path.write_bytes(b"".join((line if isinstance(line, bytes) else orjson.dumps(line)) + b"\n" for line in lines))


def test_what_is_not_mapped_becomes_metadata_with_sorted_keys(tmp_path: Path) -> None:
    write(
        tmp_path / "a.jsonl",
        {
            "text": "one",
            "id": "x",
            "url": "http://a",
            "time": "2024-05-06T07:08:09+02:00",
            "z": 1,
            "a": {"d": 1, "c": []},
        },
        {"text": "two", "z": "now a string"},
        {"text": "three"},
    )
    one, two, three = Got(Jsonl(paths=("a.jsonl",)), tmp_path).rows
    assert (one["text"], one["id"], one["url"]) == ("one", "x", "http://a")
    assert one["time"] == datetime(2024, 5, 6, 5, 8, 9, tzinfo=UTC)
    assert one["metadata"] == '{"a":{"c":[],"d":1},"z":1}'
    assert two["metadata"] == '{"z":"now a string"}'
    assert two["id"] == two["rid"]
    assert three["metadata"] is None


def test_columns_may_have_other_names_and_stand_inside_objects(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"page": {"body": "text", "lang": "de"}, "key": 7, "at": 1_700_000_000, "a.b": "u"})
    reader = Jsonl(paths=("a.jsonl",), text="page.body", id="key", time="at", url="a.b")
    (row,) = Got(reader, tmp_path).rows
    assert (row["text"], row["id"], row["url"]) == ("text", "7", "u")
    assert row["time"] == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert row["metadata"] == '{"page":{"lang":"de"}}'


def test_a_value_that_does_not_fit_its_column_stays_in_the_metadata(tmp_path: Path) -> None:
    odd = {"id": ["a"], "url": 5, "time": "yesterday"}
    write(tmp_path / "a.jsonl", {"text": "x", **odd}, {"text": "y", "id": None, "time": True, "url": None})
    first, second = Got(Jsonl(paths=("a.jsonl",)), tmp_path).rows
    assert orjson.loads(str(first["metadata"])) == odd
    assert first["id"] == first["rid"]
    assert first["url"] is first["time"] is None
    assert orjson.loads(str(second["metadata"])) == {"id": None, "time": True, "url": None}


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2024-05-06", datetime(2024, 5, 6, tzinfo=UTC)),
        ("2024-05-06T07:08:09Z", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        (" 2024-05-06 07:08:09.5 ", datetime(2024, 5, 6, 7, 8, 9, 500_000, tzinfo=UTC)),
        (1_714_979_289, datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        (1_714_979_289_000, datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        (1_714_979_289_000_000, datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        (1e300, None),
        ("", None),
        ("6 May", None),
    ],
)
def test_times_are_read_in_the_forms_data_has_them(tmp_path: Path, value: object, time: datetime | None) -> None:
    write(tmp_path / "a.jsonl", {"text": "x", "time": value})
    assert Got(Jsonl(paths=("a.jsonl",)), tmp_path).column("time") == [time]


def test_each_bad_line_is_named_and_the_next_is_read(tmp_path: Path) -> None:
    bad = {
        b'{"text": "a"': "the line is not JSON: ",
        b'{"text": NaN}': "the line is not JSON: ",
        b'{"text": "\xff"}': "the line is not UTF-8 (byte 10 of it)",
        b"[1, 2]": "the line is JSON, but not an object",
        b'"text"': "the line is JSON, but not an object",
        b'{"body": "x"}': "the record has no 'text'",
        b'{"text": null}': "'text' is null",
        b'{"text": 1.5}': "'text' is a number, not a string",
        b'{"text": ["x"]}': "'text' is a list, not a string",
        b'{"text": true}': "'text' is a boolean, not a string",
        b'{"text": {"a": 1}}': "'text' is an object, not a string",
        b"[" * 100_000: "the line is not JSON: ",
        b'{"text": "x", "m": ' + b"[" * 900 + b"]" * 900 + b"}": "its metadata cannot be kept as JSON",
    }
    lines = [line for pair in zip(bad, [{"text": "good"}] * len(bad), strict=True) for line in pair]
    write(tmp_path / "a.jsonl", *lines)
    got = Got(Jsonl(paths=("a.jsonl",)), tmp_path)
    assert got.column("text") == ["good"] * len(bad)
    assert len(got.problems) == len(bad)
    for error, begins in zip(got.errors, bad.values(), strict=True):
        assert error.startswith(begins)
        assert len(error) < 200
    data = (tmp_path / "a.jsonl").read_bytes()
    for problem, line in zip(got.problems, bad, strict=True):
        assert data[problem.position :].startswith(line)


def test_a_position_is_a_byte_offset_or_in_a_compressed_file_the_lines_before(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf{"text": "a"}\r\n\n  \n{"text": "b"}\n{"text": "c"}'
    (tmp_path / "plain.jsonl").write_bytes(data)
    (tmp_path / "packed.jsonl").write_bytes(gzip.compress(data))
    for name, positions in {"plain.jsonl": [0, 22, 36], "packed.jsonl": [0, 3, 4]}.items():
        got = Got(Jsonl(paths=(name,)), tmp_path)
        assert got.column("text") == ["a", "b", "c"]
        assert got.column("position") == positions


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_compression_is_told_by_content_whatever_the_name(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    (tmp_path / "a.jsonl.gz").write_bytes(pack(b'{"text": "a"}\n' * 5))
    assert Got(Jsonl(paths=(".",)), tmp_path).column("text") == ["a"] * 5


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_truncated_file_gives_every_whole_record_then_one_problem(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    lines = b"".join(orjson.dumps({"text": f"{i * i * 7919}"}) + b"\n" for i in range(30_000))
    (tmp_path / "a.jsonl.gz").write_bytes(pack(lines)[:-20_000])
    got = Got(Jsonl(paths=("a.jsonl.gz",)), tmp_path)
    texts = got.column("text")
    assert len(texts) > 10_000
    assert texts == [f"{i * i * 7919}" for i in range(len(texts))]
    (problem,) = got.problems
    assert problem.position == len(texts)
    assert "ends in the middle of its" in problem.error
    assert "the rest of the file is lost" in problem.error


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_line_of_100_mb_is_one_problem_in_bounded_memory(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    line = b'{"text": "' + b"x" * (100 << 20) + b'"}'
    (tmp_path / "a.jsonl").write_bytes(pack(b'{"text": "before"}\n' + line + b'\n{"text": "after"}\n'))
    del line
    tracemalloc.start()
    got = Got(Jsonl(paths=("a.jsonl",), max_record_bytes=1 << 20), tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert got.column("text") == ["before", "after"]
    assert got.errors == [f"the line is longer than max_record_bytes ({1 << 20} bytes)"]
    assert peak < 20 << 20


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([b"", b" ", b"\r", b"{", b'{"text": "a"}', b'{"text": "' + b"b" * 40 + b'"}']), max_size=30
    ),
    st.booleans(),
    st.integers(1, 60),
)
def test_byte_ranges_of_any_size_give_every_line_once(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], ends: bool, size: int
) -> None:
    root = tmp_path_factory.mktemp("cut")
    (root / "a.jsonl").write_bytes(b"\n".join(lines) + b"\n" * ends)
    reader = Jsonl(paths=("a.jsonl",))
    whole = Got(reader, root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gristmill.collect.jsonl.UNIT_BYTES", size)
        cut = Got(reader, root)
    assert cut.rows == whole.rows
    assert cut.problems == whole.problems
    assert sum(unit.size for unit in cut.units) == (root / "a.jsonl").stat().st_size


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=5), JSON, max_size=4), max_size=8))
def test_any_object_survives_as_text_and_metadata(
    tmp_path_factory: pytest.TempPathFactory, objects: list[dict[str, object]]
) -> None:
    root = tmp_path_factory.mktemp("any")
    write(root / "a.jsonl", *({**extra, "text": "t"} for extra in objects))
    got = Got(Jsonl(paths=("a.jsonl",), id="\0", url="\0", time="\0"), root)
    found = [orjson.loads(str(value or "{}")) for value in got.column("metadata")]
    assert found == [{key: value for key, value in extra.items() if key != "text"} for extra in objects]


def test_two_records_with_one_id_are_two_records(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"text": "one", "id": "same"}, {"text": "two", "id": "same"})
    got = Got(Jsonl(paths=("a.jsonl",)), tmp_path)
    assert got.column("id") == ["same", "same"]
    assert len(set(got.column("rid"))) == 2
