"""Every reader, found by the catalog, keeps the contract: the same records, from any record on, each accounted for."""

from __future__ import annotations

import gzip
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from collecting import gzipped, http_response, page, warc_record
from gristmill.contracts import catalog
from gristmill.contracts.reader import Reader
from gristmill.errors import InputError
from gristmill.records.chunk import CHUNK_BYTES, CHUNK_ROWS, Chunk
from gristmill.records.document import WITH_PAYLOAD
from gristmill.records.kinds import COLUMNS
from pdf_files import paragraph, pdf

ROWS = 3000


def _jsonl(folder: Path) -> None:
    lines = [orjson.dumps({"id": f"doc {i % 7}", "text": f"text {i} ü", "n": i}) for i in range(ROWS)]
    lines[5:5] = [b"{broken", b"", b"[1]", b'{"text": null}', b'{"text": "\xff"}', b'{"no": "text"}']
    (folder / "a.jsonl").write_bytes(b"\n".join(lines) + b"\n\n")
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(b"\n".join(lines)))


def _parquet(folder: Path) -> None:
    texts = [None if i % 100 == 3 else f"text {i} ü" for i in range(ROWS)]
    table = pa.table({"text": texts, "n": range(ROWS), "tags": [["a", str(i)] for i in range(ROWS)]})
    pq.write_table(table, folder / "a.parquet", row_group_size=1300)


def _csv(folder: Path) -> None:
    rows = [f'{i},"text {i}, with\na ""line"" ü"' for i in range(ROWS)]
    rows[7:7] = ["too,many,fields", "", "few"]
    (folder / "a.csv").write_text("n,text\n" + "\n".join(rows))


def _text(folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"\xff\n" + "".join(f"line {i} ü\n\n" for i in range(ROWS)).encode())
    (folder / "b.md").write_text("# one line")


def _html(folder: Path) -> None:
    for i in range(24):
        (folder / f"{i:02}.html").write_bytes(f"<p>page {i}".encode() * 100_000)


def _warc(folder: Path) -> None:
    records = [page(f"page {i} ü", url=f"http://example.org/{i}") for i in range(ROWS)]
    image = warc_record(http_response(b"GIF89a", content_type="image/gif"))
    records[2:2] = [image, warc_record(b"GET /", kind="request"), b"junk\r\n\r\n", image]
    records[CHUNK_ROWS + 3 : CHUNK_ROWS + 3] = [image] * 20
    (folder / "a.warc").write_bytes(b"".join([*records, image]))
    (folder / "b.warc.gz").write_bytes(gzipped(*records, image)[:-5])


def _conversations(folder: Path) -> None:
    rows = [{"instruction": f"Say {i}.", "input": "", "output": f"{i} ü", "n": i} for i in range(ROWS)]
    lines = [orjson.dumps(row) for row in rows]
    lines[5:5] = [b"{broken", b"[1]", b'{"no": "format"}', b'{"messages": []}', b'{"chosen": "a", "rejected": "b"}']
    (folder / "a.jsonl").write_bytes(b"\n".join(lines))
    (folder / "b.json").write_bytes(orjson.dumps(rows, option=orjson.OPT_INDENT_2)[:-60])
    (folder / "c.csv").write_text("question,answer\n" + "\n".join(f'"What is {i}?",{i}' for i in range(ROWS)))
    talks = [[{"role": "user", "content": f"{i}?"}, {"role": "assistant", "content": None}] for i in range(ROWS)]
    pq.write_table(pa.table({"messages": talks, "n": range(ROWS)}), folder / "d.parquet", row_group_size=1300)


def _preferences(folder: Path) -> None:
    rows = [{"prompt": f"{i}?", "chosen": f"{i} ü", "rejected": "No."} for i in range(ROWS)]
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(b"\n".join(map(orjson.dumps, [*rows, {"prompt": "no"}]))))


def _examples(folder: Path) -> None:
    (folder / "a.csv").write_text("text,label\n" + "\n".join(f'"grain {i}",{i % 3}' for i in range(ROWS)))
    answers = [{"text": "a mill", "answer_start": 0}]
    asked = [{"id": str(i), "question": f"{i}?", "answers": answers} for i in range(40)]
    held = [{"title": "mills", "paragraphs": [{"context": "a mill of old", "qas": asked}]} for _ in range(60)]
    (folder / "b.json").write_bytes(orjson.dumps({"version": "1.1", "data": held}))


def _pdf(folder: Path) -> None:
    pages = [paragraph([f"This is page {i} and no other."]) for i in range(1030)]
    pages[7] = []
    (folder / "a.pdf").write_bytes(pdf(pages))
    (folder / "b.pdf").write_bytes(b"%PDF-1.4 broken")


def _latex(folder: Path) -> None:
    for i in range(24):
        (folder / f"{i:02}.tex").write_bytes(b"\\begin{verbatim}" + b"a mill %d " % i * 100_000 if i % 5 else b"% none")


SAMPLES: dict[str, tuple[Callable[[Path], None], dict[str, object]]] = {
    "jsonl": (_jsonl, {}),
    "parquet": (_parquet, {}),
    "csv": (_csv, {}),
    "text": (_text, {"split": "line"}),
    "html": (_html, {}),
    "warc": (_warc, {}),
    "pdf": (_pdf, {"split": "page"}),
    "latex": (_latex, {}),
    "conversations": (_conversations, {}),
    "preferences": (_preferences, {}),
    "examples": (_examples, {}),
}
"""For each reader of ours an input of several chunks, with records that cannot be read where it can have them."""

OURS = sorted(name for name, module in catalog.names("readers").items() if module.startswith("gristmill."))


@pytest.fixture(scope="module", params=OURS)
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Reader, Path]:
    root = tmp_path_factory.mktemp(request.param)
    (root / "in").mkdir()
    write, settings = SAMPLES[request.param]
    write(root / "in")
    return catalog.reader(request.param)(paths=("in",), **settings), root


def _state(chunk: Chunk) -> tuple[object, ...]:
    return chunk.batch.to_pylist(), chunk.problems, chunk.seen, chunk.raw_bytes, chunk.skipped


def test_a_unit_read_twice_gives_the_same_chunks(sample: tuple[Reader, Path]) -> None:
    reader, root = sample
    units = reader.units(str(root))
    assert units == reader.units(str(root))
    for unit in units:
        assert [*map(_state, reader.read(unit))] == [*map(_state, reader.read(unit))]


def test_every_record_is_counted_once_under_its_own_rid(sample: tuple[Reader, Path]) -> None:
    reader, root = sample
    rids: list[str] = []
    total = 0
    for unit in reader.units(str(root)):
        seen = 0
        for chunk in reader.read(unit):
            seen += len(chunk.batch) + len(chunk.problems)
            assert chunk.seen == seen
            rids += chunk.batch.column("rid").to_pylist() + [problem.rid for problem in chunk.problems]
        total += seen
    assert total > 20
    assert len(set(rids)) == len(rids) == total


def test_chunks_are_valid_bounded_and_of_the_declared_columns(sample: tuple[Reader, Path]) -> None:
    reader, root = sample
    for unit in reader.units(str(root)):
        for chunk in reader.read(unit):
            chunk.batch.validate(full=True)
            columns = WITH_PAYLOAD if reader.gives_payload else COLUMNS[reader.kind]
            assert chunk.batch.schema.equals(columns, check_metadata=True)
            assert len(chunk.batch) + len(chunk.problems) <= CHUNK_ROWS
            assert chunk.batch.nbytes < 2 * CHUNK_BYTES
            assert all(problem.error and "\n" not in problem.error for problem in chunk.problems)


def test_reading_resumes_after_any_chunk_with_the_same_later_chunks(sample: tuple[Reader, Path]) -> None:
    reader, root = sample
    most = 0
    for unit in reader.units(str(root)):
        chunks = [*map(_state, reader.read(unit))]
        most = max(most, len(chunks))
        for done in range(1, len(chunks) + 1):
            seen = chunks[done - 1][2]
            assert isinstance(seen, int)
            assert [*map(_state, reader.read(unit, skip=seen))] == chunks[done:]
    assert most > 1


def test_reading_resumes_after_any_record(sample: tuple[Reader, Path]) -> None:
    reader, root = sample
    unit = max(reader.units(str(root)), key=lambda unit: unit.size)

    def positions(skip: int) -> list[tuple[str, int]]:
        found = []
        for chunk in reader.read(unit, skip=skip):
            batch = chunk.batch
            rows = zip(batch.column("source").to_pylist(), batch.column("position").to_pylist(), strict=True)
            found += [*rows, *((problem.source, problem.position) for problem in chunk.problems)]
        return sorted(found)

    every = positions(0)
    for skip in (1, 6, 9, len(every) // 2, len(every) - 1, len(every), len(every) + 5):
        assert positions(skip) == sorted(every[skip:]), skip


def test_raw_bytes_add_up_to_about_the_size_of_the_files(sample: tuple[Reader, Path]) -> None:
    reader, root = sample
    for unit in reader.units(str(root)):
        raw = sum(chunk.raw_bytes for chunk in reader.read(unit))
        assert 0.95 * unit.size <= raw <= 1.05 * unit.size


def test_sources_are_spelled_as_in_the_recipe_and_units_are_sorted(sample: tuple[Reader, Path]) -> None:
    reader, root = sample
    units = reader.units(str(root))
    assert units == sorted(units, key=lambda unit: (unit.members[0].source, unit.start))
    assert all(member.source.startswith("in/") for unit in units for member in unit.members)
    moved = reader.model_copy(update={"paths": (str(root / "in"),)})
    assert all(member.source.startswith(str(root)) for unit in moved.units("/") for member in unit.members)


def test_readers_and_units_survive_pickling(sample: tuple[Reader, Path]) -> None:
    reader, root = sample
    units = reader.units(str(root))
    again = pickle.loads(pickle.dumps((reader, units)))
    assert again == (reader, units)


def test_settings_are_described_and_the_paths_are_not_part_of_the_fingerprint(sample: tuple[Reader, Path]) -> None:
    reader, _ = sample
    assert all(field.description for field in type(reader).model_fields.values())
    assert reader.suffixes
    other = reader.model_copy(update={"paths": ("elsewhere",)})
    assert reader.computing_settings() == other.computing_settings()


@pytest.mark.parametrize("name", OURS)
def test_an_empty_file_has_no_records(name: str, tmp_path: Path) -> None:
    kind = catalog.reader(name)
    (tmp_path / f"empty{kind.suffixes[0]}").touch()
    reader = kind(paths=(".",))
    chunks = [chunk for unit in reader.units(str(tmp_path)) for chunk in reader.read(unit)]
    if name == "html":
        assert [len(chunk.batch) for chunk in chunks] == [1]  # a page with nothing in it is a page
    else:
        assert chunks == []


@pytest.mark.parametrize("name", OURS)
def test_a_folder_without_files_of_its_kind_is_an_error_that_names_both(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.xyz").write_text("x")
    kind = catalog.reader(name)
    with pytest.raises(InputError) as error:
        kind(paths=("folder",)).units(str(tmp_path))
    assert error.value.uri == "folder"
    assert kind.suffixes[0] in str(error.value)


@pytest.mark.parametrize("name", OURS)
def test_a_file_that_vanishes_or_changes_after_the_plan_is_an_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write, settings = SAMPLES[name]
    write(tmp_path / "in")
    reader = catalog.reader(name)(paths=("in",), **settings)
    unit = reader.units(str(tmp_path))[0]
    path = Path(unit.members[0].path)
    os.utime(path, ns=(1, 1))
    with pytest.raises(InputError, match="changed"):
        list(reader.read(unit))
    path.unlink()
    with pytest.raises(InputError, match="no such file"):
        list(reader.read(unit))


@pytest.mark.parametrize("name", OURS)
def test_a_file_that_changes_in_the_middle_of_being_read_is_an_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write, settings = SAMPLES[name]
    write(tmp_path / "in")
    reader = catalog.reader(name)(paths=("in",), **settings)
    unit = max(reader.units(str(tmp_path)), key=lambda unit: unit.size)
    chunks = reader.read(unit)
    next(chunks)
    os.utime(unit.members[-1].path, ns=(1, 1))
    with pytest.raises(InputError, match="changed while it was being read"):
        list(chunks)
