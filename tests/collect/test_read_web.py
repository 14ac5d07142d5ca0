"""Files on web servers: slow, busy and broken ones, without ranges or sizes, and ones that change."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from collecting import Got
from gristmill.collect._files import opened
from gristmill.collect._remote import remote_member
from gristmill.collect.jsonl import Jsonl
from gristmill.collect.parquet import Parquet
from gristmill.collect.text import Text
from gristmill.errors import InputError
from web_server import Web, web_server

LINES = b"".join(b'{"text": "record %d"}\n' % number for number in range(60_000))


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setattr("gristmill.collect._web_requests.BACK_OFF", 0.001)
    monkeypatch.setattr("gristmill.collect._web_requests.LONGEST_WAIT", 0.02)
    with web_server() as server:
        yield server


def test_a_busy_server_is_asked_again_and_its_retry_after_is_bounded(web: Web, tmp_path: Path) -> None:
    web.files["/a.txt"] = b"patience"
    web.busy = [(503, "3600"), (429, "0"), (500, None)]
    assert Got(Text(paths=(f"{web.url}/a.txt",)), tmp_path).column("text") == ["patience"]
    assert len([asked for asked in web.asked if asked.startswith("HEAD")]) == 5  # listed, then opened
    web.busy = [(503, None)] * 100
    with pytest.raises(InputError, match=r"it cannot be read: the server answered 503 \(Service Unavailable\)"):
        Text(paths=(f"{web.url}/a.txt",)).units(str(tmp_path))
    assert len(web.busy) == 100 - 7


@pytest.mark.parametrize("ranges", [True, False])
def test_a_server_that_breaks_off_is_asked_for_the_rest(web: Web, tmp_path: Path, ranges: bool) -> None:
    web.files["/a.jsonl"] = LINES
    web.ranges = ranges
    web.breaks = [700_001, 500_003, 1]
    got = Got(Jsonl(paths=(f"{web.url}/a.jsonl",)), tmp_path)
    assert len(got.column("text")) == 60_000
    assert not got.problems
    assert not web.breaks


def test_a_server_that_always_breaks_off_is_given_up(web: Web, tmp_path: Path) -> None:
    web.files["/a.jsonl"] = LINES
    web.breaks = [1000] * 50
    units = Jsonl(paths=(f"{web.url}/a.jsonl",)).units(str(tmp_path))
    with pytest.raises(InputError, match=r"the server broke off at byte 6000 of \d+, 6 times"):
        list(Jsonl(paths=("x",)).read(units[0]))
    assert len(web.breaks) == 44


def test_a_silent_server_is_given_up_in_time(web: Web, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("gristmill.collect._web_requests.READ_SECONDS", 0.05)
    web.files["/a.txt"] = b"slow"
    web.pause = 0.3
    with pytest.raises(InputError, match="it cannot be read: the server did not answer in time"):
        Text(paths=(f"{web.url}/a.txt",)).units(str(tmp_path))


@pytest.mark.parametrize("ranges", [True, False])
def test_files_that_are_read_from_their_end_are_read_with_and_without_ranges(
    web: Web, tmp_path: Path, ranges: bool
) -> None:
    web.ranges = ranges
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": [f"row {number}" * 50 for number in range(20_000)]}), sink, compression="none")
    web.files["/a.parquet"] = sink.getvalue()
    assert len(Got(Parquet(paths=(f"{web.url}/a.parquet",)), tmp_path).column("text")) == 20_000
    with zipfile.ZipFile(zipped := io.BytesIO(), "w") as archive:
        archive.writestr("a", bytes(3 << 20))
        archive.writestr("b", b"the second")
    web.files["/a.zip"] = zipped.getvalue()
    with opened(remote_member(f"{web.url}/a.zip")) as file:
        inside = zipfile.ZipFile(file)
        assert inside.read("b") == b"the second"
        assert inside.read("a") == bytes(3 << 20)


def test_a_big_file_is_cut_into_ranges_that_are_asked_for_alone(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gristmill.collect.jsonl.UNIT_BYTES", 1 << 19)
    web.files["/a.jsonl"] = LINES
    got = Got(Jsonl(paths=(f"{web.url}/a.jsonl",)), tmp_path)
    assert len(got.units) > 2
    assert got.column("text") == [f"record {number}" for number in range(60_000)]
    assert f"GET /a.jsonl bytes={(1 << 19) - 1}-" in web.asked


def test_redirects_are_followed_but_not_in_circles(web: Web, tmp_path: Path) -> None:
    web.files["/a.txt"] = b"over there"
    web.redirects = {"/moved.txt": "/a.txt", "/circle.txt": "/circle.txt"}
    got = Got(Text(paths=(f"{web.url}/moved.txt",)), tmp_path)
    assert (got.column("text"), got.column("source")) == (["over there"], [f"{web.url}/moved.txt"])
    with pytest.raises(InputError, match="the server redirects in circles"):
        Text(paths=(f"{web.url}/circle.txt",)).units(str(tmp_path))


def test_servers_without_head_sizes_or_etags_are_read(web: Web, tmp_path: Path) -> None:
    web.files["/a.txt"] = b"bare"
    web.heads = web.etags = False
    assert Got(Text(paths=(f"{web.url}/a.txt",)), tmp_path).column("text") == ["bare"]
    web.ranges = web.sizes = False
    got = Got(Text(paths=(f"{web.url}/a.txt",)), tmp_path)
    assert (got.column("text"), got.units[0].size) == (["bare"], 4)


def test_a_file_that_changes_on_the_server_is_an_error(web: Web, tmp_path: Path) -> None:
    web.files["/a.jsonl"] = LINES
    reader = Jsonl(paths=(f"{web.url}/a.jsonl",))
    unit = reader.units(str(tmp_path))[0]
    web.breaks = [len(LINES) // 2]
    chunks = reader.read(unit)
    next(chunks)
    web.files["/a.jsonl"] = LINES[:-1] + b" "
    for reading in (chunks, reader.read(unit)):
        with pytest.raises(InputError, match="changed while it was being read"):
            list(reading)
