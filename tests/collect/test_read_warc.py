"""Web archives made byte by byte: what is taken, what is left out by name, and how damage is passed over."""

from __future__ import annotations

import gzip
import io
import zlib
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pyarrow as pa
import pytest
import zstandard
from fastwarc import ArchiveIterator, WarcRecordType
from hypothesis import given, settings
from hypothesis import strategies as st

from collecting import Got, gzipped, http_response, page, warc_record
from gristmill.collect.warc import Warc

BODY = "<html><p>Grüße</p></html>".encode()


def read(tmp_path: Path, data: bytes, **options: object) -> Got:
    (tmp_path / "a.warc").write_bytes(data)
    return Got(Warc(paths=("a.warc",), **options), tmp_path)


def test_a_response_becomes_its_page_with_url_time_and_type(tmp_path: Path) -> None:
    block = http_response(BODY, "X-Robots-Tag: noai", content_type="text/html; charset=ISO-8859-1")
    headers = ("WARC-Record-ID: <urn:uuid:1>", "WARC-IP-Address: 10.0.0.1", "WARC-Truncated: length")
    (row,) = read(tmp_path, warc_record(block, *headers, url="<http://example.org/ä?q=1>")).rows
    assert row["payload"] == BODY
    assert row["content_type"] == "text/html; charset=ISO-8859-1"
    assert row["url"] == "http://example.org/ä?q=1"
    assert row["time"] == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert row["text"] is None
    assert orjson.loads(str(row["metadata"])) == {
        "http_status": 200,
        "ip": "10.0.0.1",
        "warc_record_id": "<urn:uuid:1>",
        "warc_truncated": "length",
        "warc_type": "response",
        "x_robots_tag": "noai",
    }


def test_what_is_not_taken_is_counted_by_name(tmp_path: Path) -> None:
    records = [
        warc_record(b"software: x", kind="warcinfo", content_type="application/warc-fields"),
        warc_record(b"GET / HTTP/1.1\r\n\r\n", kind="request"),
        warc_record(http_response(b"", status="404 Not Found")),
        warc_record(http_response(b"", status="301 Moved")),
        warc_record(http_response(b"GIF89a", content_type="image/gif")),
        warc_record(http_response(b"%PDF", content_type="Application/PDF")),
        warc_record(http_response(b"?", content_type="x/y")),
        warc_record(http_response(b"no type at all", content_type="")),
        warc_record(b"log", kind="resource", url="metadata://wget.log", content_type="text/plain"),
        warc_record(b"example.org A 1.2.3.4", url="dns:example.org", content_type="text/dns"),
        warc_record(b"?", kind="strange"),
        page("kept"),
    ]
    got = read(tmp_path, b"".join(records))
    assert len(got.rows) == 1
    assert got.skipped == {
        "warcinfo": 1,
        "request": 1,
        "http status 404": 1,
        "http status 301": 1,
        "mime image": 1,
        "mime application": 1,
        "mime other": 2,
        "resource not of the web": 1,
        "response not of the web": 1,
        "unknown": 1,
    }


def test_status_and_types_are_settings(tmp_path: Path) -> None:
    records = page("ok") + warc_record(http_response(b"%PDF", status="206 Partial", content_type="application/pdf"))
    got = read(tmp_path, records, status=(206,), mime=("application/pdf",))
    assert got.column("payload") == [b"%PDF"]
    assert got.skipped == {"http status 200": 1}


def test_the_archives_own_finding_of_the_type_goes_before_the_servers(tmp_path: Path) -> None:
    image = warc_record(http_response(b"GIF89a"), "WARC-Identified-Payload-Type: image/gif")
    untyped = warc_record(http_response(b" <!DOCTYPE html><p>x", content_type=""))
    got = read(tmp_path, image + untyped)
    assert got.column("payload") == [b" <!DOCTYPE html><p>x"]
    assert got.column("content_type") == [None]
    assert got.skipped == {"mime image": 1}


def test_wet_records_and_resources_of_the_web_are_pages(tmp_path: Path) -> None:
    wet = warc_record("Grüße".encode(), kind="conversion", content_type="text/plain")
    resource = warc_record(BODY, kind="resource", content_type="text/html")
    got = read(tmp_path, wet + resource)
    assert got.column("payload") == ["Grüße".encode(), BODY]
    assert got.column("content_type") == ["text/plain; charset=utf-8", "text/html"]


# Encodings


def chunked(body: bytes, size: int = 7) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;note\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def brotli(body: bytes) -> bytes:
    return bytes(pa.Codec("brotli").compress(body, asbytes=True))


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (chunked(BODY), ["Transfer-Encoding: chunked"]),
        (chunked(gzip.compress(BODY), 11), ["Transfer-Encoding: chunked", "Content-Encoding: gzip"]),
        (chunked(BODY)[:-5], ["Transfer-Encoding: chunked"]),
        (gzip.compress(BODY), ["content-encoding: GZIP"]),
        (zlib.compress(BODY), ["Content-Encoding: deflate"]),
        (raw_deflate(BODY), ["Content-Encoding: deflate"]),
        (brotli(BODY), ["Content-Encoding: br"]),
        (zstandard.compress(BODY), ["Content-Encoding: zstd"]),
        (brotli(gzip.compress(BODY)), ["Content-Encoding: gzip, br"]),
        (BODY, ["Content-Encoding: identity"]),
        (BODY, ["Transfer-Encoding: chunked", "Content-Encoding: gzip"]),
        (BODY, ["Content-Encoding: br"]),
        (BODY, ["Content-Encoding: deflate"]),
        (BODY, ["Content-Encoding: gzip"]),
    ],
)
def test_bodies_come_decoded_also_where_the_crawler_had_done_it(
    tmp_path: Path, body: bytes, headers: list[str]
) -> None:
    assert read(tmp_path, warc_record(http_response(body, *headers))).column("payload") == [BODY]


@pytest.mark.parametrize(
    ("body", "header", "error"),
    [
        (gzip.compress(BODY)[:-12], "Content-Encoding: gzip", "the page's compressed body is broken: "),
        (b"\x8b\xff\xff\xff", "Content-Encoding: br", "the page's br encoding is broken"),
        (b"\xff\xff\xff", "Content-Encoding: deflate", "the page's deflate encoding is broken"),
        (chunked(BODY).replace(b"7;note\r\n", b"7;note\r\nx", 1), "Transfer-Encoding: chunked", "the page's chunked"),
        (BODY, "Content-Encoding: gzip, gzip, gzip, gzip", "the page is encoded 4 times"),
    ],
)
def test_a_body_that_cannot_be_decoded_is_named(tmp_path: Path, body: bytes, header: str, error: str) -> None:
    got = read(tmp_path, warc_record(http_response(body, header)) + page("next"))
    assert len(got.rows) == 1
    assert [found.startswith(error) for found in got.errors] == [True]


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, brotli, zstandard.compress])
def test_a_bomb_in_a_body_is_named_not_unpacked(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    names = {gzip.compress: "gzip", zlib.compress: "deflate", brotli: "br", zstandard.compress: "zstd"}
    bomb = http_response(pack(bytes(200 << 20)), f"Content-Encoding: {names[pack]}")
    got = read(tmp_path, warc_record(bomb) + page("next"), max_record_bytes=1 << 20)
    assert got.errors == [f"the page is longer than max_record_bytes ({1 << 20} bytes) when decoded"]
    assert len(got.rows) == 1


# Framing and damage


def test_a_record_beyond_the_bound_is_named_only_where_it_would_be_taken(tmp_path: Path) -> None:
    long = bytes(3 << 20)
    records = [warc_record(http_response(long)), warc_record(http_response(long, content_type="video/mp4")), page("x")]
    for data in (b"".join(records), gzipped(*records)):
        got = read(tmp_path, data, max_record_bytes=1 << 20)
        assert len(got.rows) == 1
        assert got.skipped == {"mime video": 1}
        (error,) = got.errors
        assert error.endswith(f"more than max_record_bytes ({1 << 20})")


def test_a_position_is_where_the_record_or_its_compressed_member_begins(tmp_path: Path) -> None:
    records = [page("one"), page("two"), page("three")]
    plain = read(tmp_path, b"".join(records))
    assert plain.column("position") == [0, len(records[0]), len(records[0] + records[1])]
    by_record = read(tmp_path, gzipped(*records))
    starts = [0, len(gzipped(records[0])), len(gzipped(*records[:2]))]
    assert by_record.column("position") == starts
    frames = read(tmp_path, b"".join(map(zstandard.compress, records)))
    assert frames.column("position")[0] == 0
    whole = gzipped(b"".join(records))
    assert read(tmp_path, whole).column("position") == [0, *(len(whole) + at for at in plain.column("position")[1:])]
    assert plain.column("payload") == by_record.column("payload") == frames.column("payload")


def test_members_that_are_not_records_make_no_difference(tmp_path: Path) -> None:
    data = b"".join(page(f"page {i}") for i in range(50))
    blocks = gzipped(*(data[at : at + 97] for at in range(0, len(data), 97)))
    assert read(tmp_path, blocks).column("payload") == read(tmp_path, data).column("payload")


@pytest.mark.parametrize(
    ("bad", "errors"),
    [
        (b"junk junk\r\n\r\n", ["no record begins here; read on at the next that does"]),
        (b"WARC/1.0\r\nno end " + b"x" * 70_000 + b"\r\n", ["the record's header does not end"]),
        (warc_record(b"x").replace(b"Length: 1", b"Length: one"), ["the record's length is 'one'"]),
        (warc_record(b"x").replace(b"Content-Length: 1\r\n", b""), ["the record's length is ''"]),
        (warc_record(b"x" * 90, length=10), ["the response does not begin with an HTTP", "no record begins here"]),
        (warc_record(b"not http"), ["the response does not begin with an HTTP status line"]),
    ],
)
def test_a_broken_record_is_named_and_the_next_is_read(tmp_path: Path, bad: bytes, errors: list[str]) -> None:
    for data in (page("before") + bad + page("after"), gzipped(page("before"), bad, page("after"))):
        got = read(tmp_path, data)
        assert got.column("payload") == [b"<html><p>before</p></html>", b"<html><p>after</p></html>"]
        assert len(got.errors) == len(errors)
        assert all(found.startswith(error) for found, error in zip(got.errors, errors, strict=True))


def test_a_record_shorter_than_it_says_ends_where_the_next_member_begins(tmp_path: Path) -> None:
    short = warc_record(http_response(BODY), length=5000)
    got = read(tmp_path, gzipped(page("before"), short, page("after")))
    assert len(got.rows) == 2
    assert got.errors == [f"the record ends after {len(http_response(BODY)) + 4} of the 5000 bytes it announces"]


def test_a_broken_gzip_member_costs_its_record_alone(tmp_path: Path) -> None:
    members = [gzipped(page(f"page {i} " + "x" * 500)) for i in range(5)]
    broken = bytearray(members[2])
    broken[40:48] = b"\xff" * 8
    got = read(tmp_path, b"".join([*members[:2], bytes(broken), *members[3:]]))
    assert len(got.rows) == 4
    (problem,) = got.problems
    assert problem.position == len(members[0] + members[1])
    assert "gzip data is broken" in problem.error


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_a_truncated_archive_gives_all_before_then_one_problem(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    data = b"".join(pack(page(f"page {i}")) for i in range(10))
    got = read(tmp_path, data[:-40])
    assert len(got.rows) == 9
    (error,) = got.errors
    assert "ends" in error


def test_the_older_arc_format_is_read(tmp_path: Path) -> None:
    block = http_response(BODY)
    for version, fields in (("1", ""), ("2", " 200 - - 1200 a.arc")):
        first = f"{version} 0 Test\nURL IP-address Archive-date Content-type Archive-length\n"
        begin = f"filedesc://a.arc 0.0.0.0 20240506070809 text/plain{fields} {len(first)}\n{first}\n"
        lines = [
            f"http://example.org/a b?c d 1.2.3.4 20240506070809 text/html{fields} {len(block)}\n".encode(),
            f"http://example.org/bad 1.2.3.4 20240506070809 text/html{fields} x\n".encode(),
            f"http://example.org/2 1.2.3.4 20240506070809 text/html{fields} {len(block)}\n".encode(),
        ]
        data = begin.encode() + b"".join(line + block + b"\n" for line in lines)
        got = read(tmp_path, data)
        assert got.column("url") == ["http://example.org/a b?c d", "http://example.org/2"]
        assert got.column("time") == [datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)] * 2
        assert got.column("payload") == [BODY] * 2
        assert got.errors == ["the record's length is 'x', not a number of bytes; read on at the next record"]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.sampled_from([page("good"), b"WARC/1.0\r\n", b"\r\n\r\n", b"filedesc://x 0 1 t 3\n", b"WARC/", b"\n"]),
        ),
        max_size=12,
    ),
    st.booleans(),
)
def test_no_bytes_make_it_raise_or_hang(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], packed: bool
) -> None:
    data = b"".join(gzip.compress(part) for part in parts) if packed else b"".join(parts)
    got = read(tmp_path_factory.mktemp("fuzz"), data)
    assert len(got.rows) <= sum(part == page("good") for part in parts)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=6), st.sampled_from(["plain", "gzip", "zstd"]))
def test_records_are_those_that_fastwarc_finds(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[bytes], packing: str
) -> None:
    records = [warc_record(http_response(body, content_type="text/plain")) for body in bodies]
    packed = {"plain": b"".join(records), "gzip": gzipped(*records)}
    data = packed.get(packing) or b"".join(map(zstandard.compress, records))
    got = read(tmp_path_factory.mktemp("peer"), data)
    theirs = [
        (record.stream_pos, record.reader.read())
        for record in ArchiveIterator(io.BytesIO(data), record_types=WarcRecordType.response)
    ]
    assert [*zip(got.column("position"), got.column("payload"), strict=True)] == theirs
