"""The kernel reads JSON lines to the same chunks as orjson and a row at a time do."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.collect._files import opened
from gristmill.collect.jsonl import Jsonl, unit_lines
from gristmill.contracts.reader import Unit
from gristmill.records.chunk import Chunk

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=80)
    | st.sampled_from(
        [
            "",
            "2024-05-06T07:08:09Z",
            "2024-05-06",
            "2024-05-06T07:08:09+02:00",
            " 2024-05-06 07 ",
            1_700_000_000,
            1_700_000_000_123,
            "x" * 300,
            -0.0,
            1e300,
        ]
    )
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(["text", "id", "url", "time", "a", "b", "é", "te\nxt", "title"]) | st.text(max_size=6)
objects = st.dictionaries(keys, json_values, max_size=6)
with_text = st.tuples(objects, st.text(max_size=200)).map(lambda both: {**both[0], "text": both[1]})


@st.composite
def json_lines(draw: st.DrawFn) -> bytes:
    """A line of JSON as some program writes it, now and then one that is none."""
    value = draw(with_text | objects | json_values)
    separators = draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", "\r: ")]))
    line = json.dumps(value, ensure_ascii=draw(st.booleans()), separators=separators).encode("utf-8", "surrogatepass")
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        at = draw(st.integers(0, len(line)))
        new = draw(
            st.sampled_from(
                [
                    b"",
                    b'"',
                    b"\\",
                    b",",
                    b"}",
                    b"]",
                    b"\xff",
                    b"\xc3",
                    b"\\ud800",
                    b" ",
                    b"0",
                    b"\x00",
                    b"\x0b",
                    b'"id":1,',
                ]
            )
        )
        line = line[:at] + new + line[at + draw(st.integers(0, 1)) :]
    return (
        draw(st.sampled_from([b"", b"", b" ", b"\xef\xbb\xbf"]))
        + line
        + draw(st.sampled_from([b"", b"", b"\r", b" x"]))
    )


files = st.lists(json_lines() | st.sampled_from([b"", b" \t", b"\x0c"]), max_size=8).map(b"\n".join)


class RowByRow(Jsonl):
    """The same reader without the kernel."""

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        member = unit.members[0]
        with opened(member) as file:
            found = unit_lines(file, unit, self.max_record_bytes)
            rows = ((position, raw - unit.start, line) for position, raw, line in found)
            yield from self.chunks(rows, self._fields, member.source, member.size, skip)


def assert_same(reader: Jsonl, root: Path, bounds: tuple[int, int | None] | None = None, skip: int = 0) -> list[Chunk]:
    """Read a file both ways."""
    slow = RowByRow(**reader.model_dump())
    for unit in reader.units(str(root)):
        own = Unit(unit.members, *bounds) if bounds else unit
        chunks, expected = list(reader.read(own, skip)), list(slow.read(own, skip))
        for one, other in zip(chunks, expected, strict=True):
            one.batch.validate(full=True)
            assert one.batch.to_pylist() == other.batch.to_pylist()
            assert one.batch.schema.equals(other.batch.schema, check_metadata=True)
            assert one.batch.nbytes == other.batch.nbytes
            assert (one.problems, one.seen, one.raw_bytes) == (other.problems, other.seen, other.raw_bytes)
    return chunks


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lines")


@given(files, st.booleans(), st.booleans(), st.integers(0, 4), st.sampled_from([1 << 20, 100]))
def test_any_file_is_read_alike(root: Path, content: bytes, ends: bool, packed: bool, skip: int, limit: int) -> None:
    content += b"\n" * ends
    (root / "a.jsonl").write_bytes(gzip.compress(content) if packed else content)
    assert_same(Jsonl(paths=("a.jsonl",), max_record_bytes=limit), root, skip=skip)


@given(files, st.integers(1, 100), st.integers(0, 400))
def test_a_stretch_of_a_file_is_read_alike(root: Path, content: bytes, start: int, size: int) -> None:
    (root / "b.jsonl").write_bytes(content)
    if start <= len(content):
        assert_same(Jsonl(paths=("b.jsonl",)), root, (start, min(start + size, len(content))))


@given(files)
def test_other_names_are_read_alike(root: Path, content: bytes) -> None:
    (root / "c.jsonl").write_bytes(content)
    assert_same(Jsonl(paths=("c.jsonl",), text="a", id="url", url="é", time="title"), root)
    assert_same(Jsonl(paths=("c.jsonl",), text="text", id="url", url="url"), root)


inner = st.dictionaries(st.sampled_from(["text", "id", "url", "time", "id.b"]), scalars, max_size=4)
outer = st.dictionaries(st.sampled_from(["a", "a.id", "a.b", "id", "url", "time"]), inner | scalars, max_size=5)


@given(st.lists(outer.map(lambda row: json.dumps({"text": "x", **row}).encode()), max_size=8).map(b"\n".join))
def test_paths_into_objects_are_read_alike(root: Path, content: bytes) -> None:
    (root / "d.jsonl").write_bytes(content)
    for names in (("a.id", "a.url", "a.time"), ("id", "a", "a.time"), ("a.id.b", "url", "time"), ("id", "url", "a.b")):
        id, url, time = names
        assert_same(Jsonl(paths=("d.jsonl",), id=id, url=url, time=time), root)


def lines_of(count: int, text: str, more: object) -> bytes:
    rows = ({"text": text, "id": str(row), "n": row, "more": more} for row in range(count))
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


@pytest.mark.parametrize(
    "content",
    [
        lines_of(3000, "short", None),
        lines_of(500, "wide é " * 5000, {"b": 1, "a": 0.1}),
        lines_of(900, "x" * 9000, {"b": "y" * 2000, "a": 0.1234567890123456}),
        lines_of(1, "x" * 300, "y") * 1500 + lines_of(2, "é" * 3_000_000, [1.5e3] * 1000),
        b"".join(lines_of(1, "x" * 3000, 1) + b'{"text":"y","text":"z"}\n' * (n % 40) for n in range(400)),
        b'{"text":"","time":"6 May"}\n{"text":"","time":"2024-05-06T07Z"}\n' * 1500,
        lines_of(2, "", 1e15) + b"no\n" * 2500 + lines_of(2000, "x" * 50, 1),
        lines_of(30, "z" * 200, 1e15) + b"{" + b" " * (3 << 20) + b'"text":"far"}\n' + lines_of(30, "z" * 200, 1e15),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_chunks_are_cut_alike(tmp_path: Path, content: bytes, packed: bool) -> None:
    (tmp_path / "a.jsonl").write_bytes(gzip.compress(content, 1) if packed else content)
    assert_same(Jsonl(paths=("a.jsonl",), url="more.b"), tmp_path)
    for limit in (1 << 16, 1 << 26):
        chunks = assert_same(Jsonl(paths=("a.jsonl",), max_record_bytes=limit), tmp_path)
        assert_same(Jsonl(paths=("a.jsonl",), max_record_bytes=limit), tmp_path, skip=chunks[0].seen)


def test_a_broken_archive_is_read_alike(tmp_path: Path) -> None:
    whole = gzip.compress(lines_of(2000, "x" * 500, [1]))
    (tmp_path / "a.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    (chunk, *_), last = [assert_same(Jsonl(paths=("a.jsonl.gz",)), tmp_path)] * 2
    assert chunk.batch.num_rows
    assert "the rest of the file is lost" in last[-1].problems[-1].error


@pytest.mark.parametrize("limit", [10, 1000, 3 << 20])
def test_long_lines_are_named_alike(tmp_path: Path, limit: int) -> None:
    long = [b'{"text":"' + b"x" * size + b'"}' for size in (1, 900, 1000, 5 << 20, 2 << 20, 1 << 20, 20)]
    for name, content in (("a", b"\n".join(long)), ("b", b"\n".join((*long, long[3], b"")))):
        (tmp_path / f"{name}.jsonl").write_bytes(content)
    assert_same(Jsonl(paths=("a.jsonl", "b.jsonl"), max_record_bytes=limit), tmp_path)
