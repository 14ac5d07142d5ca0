"""Pages by index: of what kinds indexes are, what is asked for, and what is wrong with them."""

from __future__ import annotations

import gzip
import hashlib
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archives_by_index import archive, in_blocks
from collecting import Got, gzipped, http_response, page, warc_record
from gristmill.cli import main
from gristmill.collect import _zipnum
from gristmill.collect._cdx import Entry, parse
from gristmill.collect._indexed_records import GAP, stretches
from gristmill.collect.cdx import Cdx
from gristmill.collect.warc import Warc
from gristmill.errors import InputError

URLS = [
    *(
        f"https://{host}/{path}"
        for host in ("example.org", "www.example.org", "a.b.example.org")
        for path in ("", "x/Y?b=2&a=1")
    ),
    *("http://example.org:8080/port", "https://example.organic/", "https://other.example/x", "https://xexample.org/"),
]


def urls(root: Path, **asked: Any) -> list[str]:
    got = Got(Cdx(paths=("pages.cdxj",), **asked), root)
    assert got.errors == []
    return sorted(str(url) for url in got.column("url"))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pages")
    found = archive(root / "a.warc.gz", URLS)
    (root / "pages.cdxj").write_bytes(b"".join(sorted(one.line for one in found)))
    return root


def test_all_that_an_index_names_is_what_the_archive_has(pages: Path) -> None:
    by_index, whole = Got(Cdx(paths=("pages.cdxj",)), pages), Got(Warc(paths=("a.warc.gz",)), pages)
    assert by_index.errors == whole.errors == []
    assert {(row["url"], row["payload"], row["time"]) for row in by_index.rows} == {
        (row["url"], row["payload"], row["time"]) for row in whole.rows
    }
    told = [json.loads(str(metadata)) for metadata in by_index.column("metadata")]
    assert {(one["warc_file"], one["http_status"]) for one in told} == {("a.warc.gz", 200)}


def test_a_host_has_its_subdomains_and_ports_and_no_lookalikes(pages: Path) -> None:
    assert urls(pages, hosts=["www.Example.org"]) == sorted(URLS[:7])
    assert urls(pages, hosts=["b.example.org", "other.example"]) == sorted([*URLS[4:6], URLS[8]])
    assert urls(pages, hosts=["ample.org"]) == []


def test_urls_are_taken_by_their_beginning(pages: Path) -> None:
    assert urls(pages, urls=["http://example.org/x/Y"]) == [URLS[1], URLS[3]]
    assert urls(pages, urls=["example.org/x/y"]) == []  # paths know upper case
    assert urls(pages, urls=["https://other.example/"], hosts=["a.b.example.org"]) == sorted([*URLS[4:6], URLS[8]])


def test_time_language_type_and_status_are_asked_for_before_anything_is_fetched(tmp_path: Path) -> None:
    entry = Entry(
        "org,example)/", "20240506070809", "http://example.org/", "text/html", "200", 9, 0, "none.gz", "eng,deu", ""
    )
    lines = [
        entry,
        entry._replace(status="404"),
        entry._replace(mime="image/png"),
        entry._replace(languages="fra"),
        entry._replace(timestamp="20230506070809"),
        entry._replace(timestamp="2025"),
    ]
    (tmp_path / "pages.cdxj").write_bytes(b"".join(one.line for one in lines))
    asked = {"languages": ["deu"], "since": "2024-05-06", "until": "2024-05-06"}
    got = Got(Cdx.model_validate({"paths": ["pages.cdxj"], **asked}), tmp_path)
    assert got.errors == ["its archive none.gz cannot be read: there is no such file or folder"]
    assert got.skipped == {"http status 404": 1, "mime image": 1, "another language": 1, "another time": 2}


def test_lines_of_every_kind_of_index_say_the_same() -> None:
    row = {"url": "http://example.org/", "mime": "text/html", "status": "200", "digest": "ABC", "length": "33"}
    row |= {"offset": "7", "filename": "a.warc.gz"}
    expected = Entry("org,example)/", "2024", "http://example.org/", "text/html", "200", 33, 7, "a.warc.gz", "", "ABC")
    eleven = b"org,example)/ 2024 http://example.org/ text/html 200 ABC - - 33 7 a.warc.gz"
    assert parse(expected.line.rstrip()) == expected
    assert parse(json.dumps({"urlkey": "org,example)/", "timestamp": "2024", **row}).encode()) == expected
    assert parse(eleven) == expected
    assert parse(b"org,example)/ 2024 http://example.org/ text/html 200 ABC - 7 a.warc.gz") == expected._replace(
        length=0
    )
    assert parse(b"7 a.warc.gz 33 2024", ("V", "g", "S", "b")) == Entry(
        "", "2024", "", "", "", 33, 7, "a.warc.gz", "", ""
    )
    assert str(parse(b"a b c")).startswith("the line has 3 fields")
    assert str(parse(b"k 2024 {}")).startswith("the line does not say where its record is")


@given(st.binary(max_size=80))
def test_any_line_is_an_entry_or_a_sentence(line: bytes) -> None:
    assert isinstance(parse(line), Entry | str)
    assert isinstance(parse(b'k 2024 {"offset": 1, "filename": "a", "length": ' + line + b"}"), Entry | str)


def test_a_legend_names_the_fields_and_notes_are_passed_by(pages: Path, tmp_path: Path) -> None:
    (entry,) = archive(tmp_path / "a.warc.gz", URLS[:1])
    text = f" CDX V g a S b\n!note {{}}\n{entry.offset} a.warc.gz {entry.url} {entry.length} 20240506070809\n"
    (tmp_path / "a.cdx").write_text(text)
    (tmp_path / "b.cdx.gz").write_bytes(gzip.compress(text.encode()))
    got = Got(Cdx(paths=("*.cdx*",), hosts=("example.org",)), tmp_path)
    assert got.errors == []
    assert got.column("url") == URLS[:1] * 2


def test_what_is_wrong_with_an_entry_is_told_and_no_path_is_taken_from_it(tmp_path: Path) -> None:
    outside = tmp_path / "secret.warc.gz"
    (found,) = archive(outside, URLS[:1])
    root = tmp_path / "in"
    (good, _) = archive(root / "a.warc.gz", URLS[:2])
    (root / "whole.warc.gz").write_bytes(gzip.compress(page("x") * 3))
    wrong = [
        found._replace(filename="../secret.warc.gz"),
        found._replace(filename=str(outside)),
        found._replace(filename="file:///etc/passwd"),
        good._replace(offset=good.offset + 5),
        good._replace(offset=1 << 40),
        good._replace(length=0),
        good._replace(length=1 << 33),
        good._replace(length=good.length - 40),
        good._replace(offset=0),
    ]
    (root / "pages.cdxj").write_bytes(b"".join(one.line for one in [*wrong, good]))
    got = Got(Cdx(paths=("pages.cdxj",)), root)
    assert got.column("url") == [URLS[0]]
    said = got.errors
    assert all("is not below the folder of archives" in error for error in said[:3])
    assert said[3].startswith(f"no record is at byte {good.offset + 5} of a.warc.gz")
    assert said[4].startswith("there is nothing at byte")
    assert said[5] == "the index does not say how long its record is"
    assert "more than max_record_bytes" in said[6]
    assert said[7].startswith("no record is at byte")
    assert said[8] == "the index names a page, and the archive has none there (warcinfo)"


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9 * GAP), st.integers(1, GAP)), max_size=12),
)
def test_stretches_hold_every_record_once(places: list[tuple[str, int, int]]) -> None:
    found = [Entry("", "", "", "", "", length, offset, name, "", "") for name, offset, length in places]
    parts = stretches(found)
    assert sorted(number for part in parts for number in part.entries) == list(range(len(found)))
    for part in parts:
        assert all(
            part.start <= found[n].offset and found[n].offset + found[n].length <= part.stop for n in part.entries
        )
    assert all(b.start - a.stop > GAP for a, b in pairwise(parts) if a.filename == b.filename)


_HOST = st.text("ab.", min_size=1, max_size=4).map(lambda text: f"{text.strip('.') or 'a'}.ex")


@settings(max_examples=25)
@given(st.lists(_HOST, min_size=1, max_size=40), st.lists(_HOST, min_size=1, max_size=3), st.integers(1, 7))
def test_an_index_in_blocks_gives_what_looking_at_each_line_gives(
    tmp_path_factory: pytest.TempPathFactory, hosts: list[str], asked: list[str], lines: int
) -> None:
    folder = tmp_path_factory.mktemp("blocks")
    every = [
        Entry(f"{','.join(reversed(host.split('.')))})/{n}", "2024", f"http://{host}/{n}", "", "", 1, n, "a", "", "")
        for n, host in enumerate(hosts)
    ]
    in_blocks(folder, every, lines)
    reader = Cdx(paths=("cluster.idx",), hosts=tuple(asked))
    looked_at = [one for unit in reader.units(str(folder)) for one in reader.asked(unit)]
    found = [one.entry.url for one in looked_at if one.entry]
    assert sorted(found) == sorted(one.url for one in every if reader.why_not(one) is None)
    assert len(
        {(unit.members[0].source, one.position) for unit in reader.units(str(folder)) for one in reader.asked(unit)}
    ) == len(looked_at)


def test_of_an_index_in_blocks_only_those_are_read_that_may_hold_the_hosts(tmp_path: Path) -> None:
    found = archive(tmp_path / "a.warc.gz", [f"https://host{n:03}.example/" for n in range(300)])
    in_blocks(tmp_path, found, lines=10)
    reader = Cdx(paths=("cluster.idx",), hosts=("host155.example",))
    assert len(reader.units(str(tmp_path))) == 1
    assert sum(1 for unit in reader.units(str(tmp_path)) for _ in reader.asked(unit)) <= 20
    assert Got(reader, tmp_path).column("url") == ["https://host155.example/"]
    every = Cdx(paths=("cluster.idx",))
    assert len(every.units(str(tmp_path))) == 2  # blocks that follow each other are read together
    assert len(Got(every, tmp_path).rows) == 300


@pytest.mark.parametrize("kind", ["pages.cdxj", "pages.cdxj.gz", "cluster.idx"])
def test_a_sample_fetches_few_pages_however_many_are_asked_for(kind: str, tmp_path: Path) -> None:
    found = archive(tmp_path / "a.warc.gz", [f"https://host{n:03}.example/" for n in range(600)])
    if kind == "cluster.idx":
        in_blocks(tmp_path, found, lines=300, files=1)
    else:
        data = b"".join(sorted(one.line for one in found))
        (tmp_path / kind).write_bytes(gzip.compress(data) if kind.endswith(".gz") else data)
    reader = Cdx(paths=(kind,))
    (unit,) = reader.units(str(tmp_path))
    pieces = reader.pieces(unit, 2, 16 << 13)
    chunks = [chunk for piece in pieces for chunk in reader.read(piece)]
    assert 10 < sum(len(chunk.batch) for chunk in chunks) < 120  # of 600
    assert not [problem for chunk in chunks for problem in chunk.problems]


def test_an_index_in_blocks_that_leads_elsewhere_or_is_none_is_an_error(tmp_path: Path) -> None:
    for text in ("org,a)/ 2024\t../x.gz\t0\t9\t1\n", "org,a)/ 2024 x\n", "x" * 200_000):
        (tmp_path / _zipnum.NAME).write_text(text)
        with pytest.raises(InputError, match=r"is no cluster\.idx|outside of its folder"):
            Cdx(paths=("cluster.idx",)).units(str(tmp_path))


@pytest.mark.parametrize("kind", ["pages.cdxj", "cluster.idx"])
def test_an_index_that_is_not_what_its_checksum_says_is_named_however_it_is_cut(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gristmill.collect.jsonl.UNIT_BYTES", 100)
    found = archive(tmp_path / "a.warc.gz", [f"https://host{n:03}.example/" for n in range(40)])
    in_blocks(tmp_path, found, lines=5)
    (tmp_path / "pages.cdxj").write_bytes(b"".join(sorted(one.line for one in found)))
    digest = hashlib.sha256((tmp_path / kind).read_bytes()).hexdigest()
    reader = Cdx(paths_file="list")
    (tmp_path / "list").write_text(f"{kind} sha256:{digest}\n")
    assert len(Got(reader, tmp_path).rows) == 40
    (tmp_path / "list").write_text(f"{kind} sha256:{'0' * 64}\n")
    with pytest.raises(InputError, match=f"^{kind}: its sha256 is {digest}, and the list of files says 0000"):
        Got(reader, tmp_path)


def test_an_index_that_changes_between_plan_and_reading_is_an_error(tmp_path: Path) -> None:
    in_blocks(tmp_path, archive(tmp_path / "a.warc.gz", URLS), lines=3)
    reader = Cdx(paths=("cluster.idx",))
    unit = reader.units(str(tmp_path))[0]
    (tmp_path / "cluster.idx").write_text("")
    with pytest.raises(InputError, match="changed after the build was planned"):
        list(reader.read(unit))


def test_find_pages_makes_an_index_and_says_what_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(2):
        archive(tmp_path / f"warcs/{number}/a.warc.gz", URLS[number::2])
    plain = [page("x", url="http://plain.example/"), warc_record(http_response(b"GIF", content_type="image/gif"))]
    (tmp_path / "warcs" / "b.warc").write_bytes(b"".join(plain))
    assert main(["find-pages", "warcs", "--to", "index/pages.cdxj"]) == 0
    said = capsys.readouterr().out
    assert "next, in a recipe: - cdx: {paths: [pages.cdxj], archives: ../warcs}" in said
    assert f"{len(URLS) + 1} pages of " in said
    got = Got(Cdx(paths=("pages.cdxj",), archives="../warcs"), tmp_path / "index")
    assert got.errors == []
    assert sorted(map(str, got.column("url"))) == sorted([*URLS, "http://plain.example/"])

    assert main(["find-pages", "index/pages.cdxj", "--host", "example.org", "--until", "2024-05-06"]) == 0
    assert "7 pages of " in capsys.readouterr().out
    assert main(["find-pages", "index/pages.cdxj", "--most", "3"]) == 3
    assert main(["find-pages", "index/pages.cdxj", "--to", "index/pages.cdxj"]) == 4
    assert main(["find-pages"]) == 2


def test_an_archive_that_is_compressed_as_a_whole_has_no_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(page("x") * 3))
    (tmp_path / "b.warc.gz").write_bytes(gzipped(page("x")))
    assert main(["find-pages", "a.warc.gz", "b.warc.gz"]) == 3
    assert "compressed as a whole" in capsys.readouterr().err
