"""Every reader, found by the catalog, keeps the contract: the same records, from any record on, each accounted for."""

from __future__ import annotations

import bz2
import gzip
import os
import pickle
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archives_by_index import CRAWL, common_crawl
from code_repositories import tar, zipped
from collecting import gzipped, http_response, page, warc_record
from gristmill.collect._cdx_making import entries
from gristmill.collect._files import members
from gristmill.collect._files_reader import FilesReader
from gristmill.contracts import catalog
from gristmill.contracts.reader import Reader, Unit
from gristmill.errors import InputError
from gristmill.records.chunk import CHUNK_ROWS, Chunk
from gristmill.records.document import WITH_PAYLOAD
from gristmill.records.kinds import COLUMNS
from pdf_files import paragraph, pdf
from zipped import book, odt, shape, slides, word

ROWS = 3000
LIMIT = 1 << 20
"""Bytes of a chunk while these tests run, so that a few megabytes are several chunks."""


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
        (folder / f"{i:02}.html").write_bytes(f"<p>page {i}".encode() * 12_000)


def _warc(folder: Path) -> None:
    records = [page(f"page {i} ü", url=f"http://example.org/{i}") for i in range(ROWS)]
    image = warc_record(http_response(b"GIF89a", content_type="image/gif"))
    records[2:2] = [image, warc_record(b"GET /", kind="request"), b"junk\r\n\r\n", image]
    records[CHUNK_ROWS + 3 : CHUNK_ROWS + 3] = [image] * 20
    (folder / "a.warc").write_bytes(b"".join([*records, image]))
    (folder / "b.warc.gz").write_bytes(gzipped(*records, image)[:-5])


def _cdx(folder: Path) -> None:
    records = [page(f"page {i} ü", url=f"http://example.org/{i}") for i in range(ROWS)]
    (folder / "a.warc.gz").write_bytes(
        gzipped(*records, warc_record(http_response(b"GIF89a", content_type="image/gif")))
    )
    (archive,) = members(("a.warc.gz",), str(folder), ())
    lines = [entry.line for entry in entries(archive, "a.warc.gz")]
    lines[7:7] = [b"{broken\n", b"org,example)/ 2024 {}\n", b"\n", lines[8].replace(b"a.warc", b"b.warc")]
    (folder / "a.cdxj").write_bytes(b"".join(lines))
    (folder / "b.cdxj.gz").write_bytes(gzip.compress(b"".join(lines[:40])))


def _common_crawl(folder: Path) -> None:
    common_crawl(folder, [f"https://host{i}.example/" for i in range(ROWS)])


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


def _git(folder: Path) -> None:
    files: dict[str, str | bytes] = {f"mill/{i:04}.py": f"number = {i}  # ü\n" for i in range(ROWS)}
    zipped(folder / "a.zip", {"../escapes.py": "1\n", "mill/a.png": b"\x89PNG\0", **files, "mill/twice.py": "x = 1\n"})
    broken = tar(folder / "b.tar.gz", {**files, "/absolute.py": "1\n"})
    broken.write_bytes(broken.read_bytes()[:-40])


def _epub(folder: Path) -> None:
    for i in range(60):
        pages = {f"{n}.xhtml": f"<html><body><h1>{i}.{n} ü</h1><p>text</p></body></html>" for n in range(60)}
        links = "".join(f'<li><a href="{name}">{name}</a></li>' for name in pages)
        data = book(pages, nav=f'<nav epub:type="toc"><ol>{links}</ol></nav>')
        (folder / f"{i:03}.epub").write_bytes(data[:-9] if i % 20 == 7 else data)


def _documents(folder: Path, suffix: str, make: Callable[[str], bytes]) -> None:
    """More than a chunk of documents in one unit, as these names end no group; some of them are cut off."""
    for i in range(130, 190):
        data = make(f"{i}. ü {'grain ' * 4_000}")
        (folder / f"{i:03}{suffix}").write_bytes(data[: len(data) // 2] if i % 20 == 7 else data)


def _docx(folder: Path) -> None:
    _documents(folder, ".docx", lambda text: word(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"))


def _odt(folder: Path) -> None:
    _documents(folder, ".odt", lambda text: odt(f"<text:p>{text}</text:p>"))


def _pptx(folder: Path) -> None:
    _documents(folder, ".pptx", lambda text: slides(shape(text)))


def _rtf(folder: Path) -> None:
    _documents(folder, ".rtf", lambda text: rb"{\rtf1\ansi " + text.replace("ü", r"\u252?").encode() + b"}")


def _jats(folder: Path) -> None:
    _documents(folder, ".nxml", lambda text: f"<article><body><p>{text}</p></body></article>".encode())


def _tei(folder: Path) -> None:
    _documents(folder, ".tei", lambda text: f"<TEI><text><body><p>{text}</p></body></text></TEI>".encode())


def _mail(number: int, text: str = "") -> bytes:
    head = f"From: a@example.org\nSubject: mail {number}\nMessage-ID: <{number}@x>\n"
    return f"{head}\n{text or f'Text {number} ü.'}\n".encode()


def _mbox(folder: Path) -> None:
    postmark = b"From a@example.org  Thu Nov 26 18:50:20 2026\n"
    mails = [postmark + _mail(number) + b"\n" for number in range(ROWS)]
    mails[7:7] = [postmark + _mail(0, "> quoted"), postmark + _mail(0, " "), postmark + b"X: y\n" * 3 + b"\n"]
    (folder / "a.mbox").write_bytes(b"junk\n\n" + b"".join(mails))
    (folder / "b.mbox.gz").write_bytes(gzip.compress(b"".join(mails))[:-900])


def _eml(folder: Path) -> None:
    for number in range(24):
        (folder / f"{number:02}.eml").write_bytes(_mail(number, "x" * 110_000) if number != 9 else b"no header")


def _mediawiki(folder: Path) -> None:
    def page(number: int, text: str = "", fields: str = "") -> str:
        fields = fields or f"<title>Page {number}</title><ns>0</ns><id>{number}</id>"
        return f"<page>{fields}<revision><text>{text or f'Text [[{number}]] ü'}</text></revision></page>\n"

    pages = [page(number) for number in range(ROWS)]
    pages[5:5] = [page(1, fields="<ns>1</ns>"), page(2, "{{box}}"), "<page><broken></page>", page(3, " ")]
    dump = f"<mediawiki><siteinfo></siteinfo>{''.join(pages)}</mediawiki>"
    (folder / "a-pages-articles.xml").write_text(dump)
    (folder / "b-pages-articles.xml.bz2").write_bytes(
        bz2.compress(dump[:9000].encode()) + bz2.compress(dump[9000:].encode())
    )


def _stackexchange(folder: Path) -> None:
    def row(kind: int, number: int, more: str) -> str:
        body = f'Body="&lt;p&gt;Text {number} ü&lt;/p&gt;" CreationDate="2026-11-26T18:50:20.123" Score="{number % 9}"'
        return f'  <row Id="{number}" PostTypeId="{kind}" {body} {more} />'

    posts = [row(1, 3 * n + 1, f'Title="Question {n}" OwnerUserId="{n % 5}"') for n in range(ROWS)]
    posts += [row(2, 3 * n + 2, f'ParentId="{3 * (n // 2) + 1}"') for n in range(ROWS)]
    posts[6:6] = ['  <row Id="5"', '  <row PostTypeId="1" />', row(5, 6, ""), row(2, 9, 'ParentId="7777777"')]
    text = "\n".join(['<?xml version="1.0" encoding="utf-8"?>', "<posts>", *posts, "</posts>"])
    for name in ("a.example.org", "b.example.org"):
        (folder / name).mkdir()
    (folder / "a.example.org" / "Posts.xml").write_text(text)
    users = "\n".join(f'<row Id="{number}" DisplayName="user {number}" />' for number in range(-1, 4))
    (folder / "a.example.org" / "Users.xml").write_text(f"<users>\n{users}\n</users>")
    (folder / "b.example.org" / "Posts.xml.gz").write_bytes(gzip.compress(text.encode()))


def _subtitles(folder: Path) -> None:
    cue = "{0}\n00:00:{0:02},000 --> 00:00:{0:02},900\nLine {0} ü {1}\n\n"
    for number in range(24):
        text = "".join(cue.format(at, "x" * 8_000) for at in range(15)) if number != 9 else "no cues"
        (folder / f"{number:02}.en.srt").write_text(text)


def _notebook(folder: Path) -> None:
    for number in range(24):
        cells = [{"cell_type": "markdown", "source": [f"# Notebook {number} ü\n", "x" * 110_000]}]
        (folder / f"{number:02}.ipynb").write_bytes(orjson.dumps({"cells": cells if number != 9 else []}))


def _pdf(folder: Path) -> None:
    pages = [paragraph([f"This is page {i} and no other."]) for i in range(1030)]
    pages[7] = []
    (folder / "a.pdf").write_bytes(pdf(pages))
    (folder / "b.pdf").write_bytes(b"%PDF-1.4 broken")


def _latex(folder: Path) -> None:
    for i in range(24):
        (folder / f"{i:02}.tex").write_bytes(b"\\begin{verbatim}" + b"a mill %d " % i * 12_000 if i % 5 else b"% none")


def _hub(folder: Path) -> None:
    """A dataset in the cache of the Hub, which other samples find as well."""
    from huggingface_hub import constants

    of_dataset = Path(constants.HF_HUB_CACHE) / "datasets--mill--grain"
    snapshot = of_dataset / "snapshots" / ("0" * 40) / "data"
    shutil.rmtree(of_dataset, ignore_errors=True)
    snapshot.mkdir(parents=True)
    (of_dataset / "refs").mkdir()
    (of_dataset / "refs" / "main").write_text("0" * 40)
    _jsonl(snapshot)
    (snapshot / "c.json").write_bytes(orjson.dumps([{"text": f"text {i}"} for i in range(40)]))


def _sql(folder: Path) -> None:
    (folder / "a.db").unlink(missing_ok=True)
    with closing(sqlite3.connect(folder / "a.db")) as database, database:
        database.execute("CREATE TABLE docs (n INTEGER, text, more)")
        rows = ((i, None if i % 100 == 3 else f"text {i} ü", i * 0.5) for i in range(ROWS))
        database.executemany("INSERT INTO docs VALUES (?, ?, ?)", rows)


SAMPLES: dict[str, tuple[Callable[[Path], None], dict[str, object]]] = {
    "jsonl": (_jsonl, {}),
    "parquet": (_parquet, {}),
    "csv": (_csv, {}),
    "text": (_text, {"split": "line"}),
    "html": (_html, {}),
    "warc": (_warc, {}),
    "cdx": (_cdx, {}),
    "common_crawl": (_common_crawl, {"crawl": (CRAWL,), "hosts": ("example",), "service": "in"}),
    "mbox": (_mbox, {"quotes": "drop"}),
    "eml": (_eml, {}),
    "mediawiki": (_mediawiki, {}),
    "stackexchange": (_stackexchange, {}),
    "subtitles": (_subtitles, {}),
    "notebook": (_notebook, {}),
    "pdf": (_pdf, {"split": "page"}),
    "latex": (_latex, {}),
    "conversations": (_conversations, {}),
    "preferences": (_preferences, {}),
    "examples": (_examples, {}),
    "git": (_git, {}),
    "epub": (_epub, {"per": "chapter"}),
    "docx": (_docx, {}),
    "odt": (_odt, {}),
    "pptx": (_pptx, {}),
    "rtf": (_rtf, {}),
    "jats": (_jats, {}),
    "tei": (_tei, {}),
    "hub": (_hub, {"dataset": "mill/grain"}),
    "sql": (
        _sql,
        {"database": "sqlite:///in/a.db", "query": "SELECT * FROM docs", "key": "n", "key_span": 2000},
    ),
}
"""For each reader of ours an input of several chunks, with records that cannot be read where it can have them."""

OURS = sorted(name for name, module in catalog.names("readers").items() if module.startswith("gristmill."))
OF_FILES = [name for name in OURS if issubclass(catalog.reader(name), FilesReader)]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder whose folder `in` holds a reader's sample, which is written once."""

    @cache
    def write(name: str) -> Path:
        root = tmp_path_factory.mktemp(name)
        (root / "in").mkdir()
        SAMPLES[name][0](root / "in")
        return root

    return write


@pytest.fixture(scope="module", params=OURS)
def sample(request: pytest.FixtureRequest, written: Callable[[str], Path]) -> tuple[Reader, Path]:
    return _reader(request.param, SAMPLES[request.param][1]), written(request.param)


@pytest.fixture(scope="module")
def units(sample: tuple[Reader, Path]) -> list[tuple[Unit, list[Chunk]]]:
    """The units of a sample, and the chunks that each was read as."""
    reader, root = sample
    return [(unit, [*reader.read(unit)]) for unit in reader.units(str(root))]


def _reader(name: str, settings: dict[str, object]) -> Reader:
    """A reader of what its sample wrote."""
    kind = catalog.reader(name)
    return kind.model_validate(({"paths": ("in",)} if issubclass(kind, FilesReader) else {}) | settings)


@pytest.fixture(scope="module", autouse=True)
def offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache of the Hub, and no Hub."""
    from huggingface_hub import constants

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(constants, "HF_HUB_OFFLINE", True)
        patch.setattr(constants, "HF_HUB_CACHE", str(tmp_path_factory.mktemp("hub")))
        yield


@pytest.fixture(scope="module", autouse=True)
def small_chunks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in ("records.chunk", "collect.parquet"):
            patch.setattr(f"gristmill.{module}.CHUNK_BYTES", LIMIT)
        yield


def _state(chunk: Chunk) -> tuple[object, ...]:
    return chunk.batch, chunk.problems, chunk.seen, chunk.raw_bytes, chunk.skipped


def _states(chunks: Iterable[Chunk]) -> list[tuple[object, ...]]:
    return [*map(_state, chunks)]


def test_a_unit_read_twice_gives_the_same_chunks(
    sample: tuple[Reader, Path], units: list[tuple[Unit, list[Chunk]]]
) -> None:
    reader, root = sample
    assert [unit for unit, _ in units] == reader.units(str(root))
    for unit, chunks in units:
        assert _states(reader.read(unit)) == _states(chunks)


def test_every_record_is_counted_once_under_its_own_rid(units: list[tuple[Unit, list[Chunk]]]) -> None:
    rids: list[str] = []
    total = 0
    for _, chunks in units:
        seen = 0
        for chunk in chunks:
            seen += len(chunk.batch) + len(chunk.problems)
            assert chunk.seen == seen
            rids += chunk.batch.column("rid").to_pylist() + [problem.rid for problem in chunk.problems]
        total += seen
    assert total > 20
    assert len(set(rids)) == len(rids) == total


def test_chunks_are_valid_bounded_and_of_the_declared_columns(
    sample: tuple[Reader, Path], units: list[tuple[Unit, list[Chunk]]]
) -> None:
    reader, _ = sample
    for _, chunks in units:
        for chunk in chunks:
            chunk.batch.validate(full=True)
            columns = WITH_PAYLOAD if reader.gives_payload else COLUMNS[reader.kind]
            assert chunk.batch.schema.equals(columns, check_metadata=True)
            assert len(chunk.batch) + len(chunk.problems) <= CHUNK_ROWS
            assert chunk.batch.nbytes < 2 * LIMIT
            assert all(problem.error and "\n" not in problem.error for problem in chunk.problems)


def test_reading_resumes_after_any_chunk_with_the_same_later_chunks(
    sample: tuple[Reader, Path], units: list[tuple[Unit, list[Chunk]]]
) -> None:
    reader, _ = sample
    for unit, chunks in units:
        for done, chunk in enumerate(chunks, 1):
            assert _states(reader.read(unit, skip=chunk.seen)) == _states(chunks[done:])
    assert max(len(chunks) for _, chunks in units) > 1


def test_reading_resumes_after_any_record(sample: tuple[Reader, Path], units: list[tuple[Unit, list[Chunk]]]) -> None:
    reader, _ = sample
    unit, whole = max(units, key=lambda one: one[0].size)

    def positions(chunks: Iterable[Chunk]) -> list[tuple[str, int]]:
        found = []
        for chunk in chunks:
            batch = chunk.batch
            rows = zip(batch.column("source").to_pylist(), batch.column("position").to_pylist(), strict=True)
            found += [*rows, *((problem.source, problem.position) for problem in chunk.problems)]
        return sorted(found)

    every = positions(whole)
    for skip in (1, 6, 9, len(every) // 2, len(every) - 1, len(every), len(every) + 5):
        assert positions(reader.read(unit, skip=skip)) == sorted(every[skip:]), skip


def test_raw_bytes_add_up_to_about_the_size_of_the_files(units: list[tuple[Unit, list[Chunk]]]) -> None:
    for unit, chunks in units:
        raw = sum(chunk.raw_bytes for chunk in chunks)
        assert 0.95 * unit.size <= raw <= 1.05 * unit.size


def test_sources_are_spelled_as_in_the_recipe_and_units_are_sorted(sample: tuple[Reader, Path]) -> None:
    reader, root = sample
    units = reader.units(str(root))
    assert units == sorted(units, key=lambda unit: (unit.members[0].source, unit.start))
    if not isinstance(reader, FilesReader):
        assert all(str(root) not in member.source for unit in units for member in unit.members)
        return
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
    assert reader.reads
    assert reader.chooses <= type(reader).model_fields.keys()
    assert reader.chooses.isdisjoint(reader.computing_settings())
    if not isinstance(reader, FilesReader):
        return
    assert reader.suffixes
    other = reader.model_copy(update={"paths": ("elsewhere",)})
    assert reader.computing_settings() == other.computing_settings()


@pytest.mark.parametrize("name", OF_FILES)
def test_an_empty_file_has_no_records(name: str, tmp_path: Path) -> None:
    kind = catalog.reader(name)
    (tmp_path / f"empty{kind.suffixes[0]}").touch()
    reader = kind(paths=(".",))
    chunks = [chunk for unit in reader.units(str(tmp_path)) for chunk in reader.read(unit)]
    if name == "html":
        assert [len(chunk.batch) for chunk in chunks] == [1]  # a page with nothing in it is a page
    else:
        assert chunks == []


@pytest.mark.parametrize("name", OF_FILES)
def test_a_folder_without_files_of_its_kind_is_an_error_that_names_both(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.xyz").write_text("x")
    kind = catalog.reader(name)
    with pytest.raises(InputError) as error:
        kind(paths=("folder",)).units(str(tmp_path))
    assert error.value.uri == "folder"
    assert kind.suffixes[0] in str(error.value)


def _of_its_own(name: str, folder: Path, written: Callable[[str], Path]) -> Reader:
    """A reader of a sample that may be spoiled; that of the Hub is in its cache."""
    write, settings = SAMPLES[name]
    if name == "hub":
        write(folder)
    else:
        shutil.copytree(written(name) / "in", folder / "in", copy_function=shutil.copy)
    return _reader(name, settings)


@pytest.mark.parametrize("name", [*OF_FILES, "hub"])
def test_a_file_that_vanishes_or_changes_after_the_plan_is_an_error(
    name: str, tmp_path: Path, written: Callable[[str], Path]
) -> None:
    reader = _of_its_own(name, tmp_path, written)
    unit = reader.units(str(tmp_path))[0]
    path = Path(unit.members[0].path)
    os.utime(path, ns=(1, 1))
    with pytest.raises(InputError, match="changed"):
        list(reader.read(unit))
    path.unlink()
    with pytest.raises(InputError, match="no such file"):
        list(reader.read(unit))


@pytest.mark.parametrize("name", [*OF_FILES, "hub"])
def test_a_file_that_changes_in_the_middle_of_being_read_is_an_error(
    name: str, tmp_path: Path, written: Callable[[str], Path]
) -> None:
    reader = _of_its_own(name, tmp_path, written)
    unit = max(reader.units(str(tmp_path)), key=lambda unit: unit.size)
    chunks = reader.read(unit)
    next(chunks)
    os.utime(unit.members[-1].path, ns=(1, 1))
    with pytest.raises(InputError, match="changed while it was being read"):
        list(chunks)
