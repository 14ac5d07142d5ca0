"""Folders of pages: bytes as they are, with a url where the mirror's is known."""

from __future__ import annotations

import gzip
from pathlib import Path

from collecting import Got
from gristmill.collect.html import Html


def test_pages_come_as_bytes_in_the_order_of_their_names(tmp_path: Path) -> None:
    pages = {"site/b.htm": b"\xff\xfe<p>", "site/a.html": b"<p>a", "site/x/c.xhtml": b"<p>c", "site/d.html.gz": b"<p>d"}
    for name, data in pages.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    got = Got(Html(paths=("site",)), tmp_path)
    assert dict(zip(got.column("source"), got.column("payload"), strict=True)) == pages
    assert got.column("source") == sorted(pages)
    assert set(got.column("content_type")) == {"text/html"}
    assert set(got.column("text")) == set(got.column("url")) == {None}
    assert set(got.column("position")) == {0}


def test_a_url_is_the_base_and_the_path_below_the_mirror(tmp_path: Path) -> None:
    for name in ("site/a b.html", "site/x/c.html", "other.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    got = Got(Html(paths=(".",), base_url="https://example.org/docs/", base_path="site"), tmp_path)
    assert got.column("url") == [None, "https://example.org/docs/a%20b.html", "https://example.org/docs/x/c.html"]
    got = Got(Html(paths=(".",), base_url="https://example.org"), tmp_path)
    assert got.column("url")[2] == "https://example.org/site/x/c.html"


def test_a_page_of_50_mb_is_read_and_one_beyond_the_bound_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<p>" + bytes(50 << 20))
    (tmp_path / "b.html").write_bytes(bytes(65 << 20))
    got = Got(Html(paths=(".",)), tmp_path)
    assert [len(payload) for payload in got.column("payload") if isinstance(payload, bytes)] == [(50 << 20) + 3]
    assert got.errors == [f"the file is longer than max_record_bytes ({64 << 20} bytes)"]
