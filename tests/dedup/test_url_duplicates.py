"""Records of one url: which stays, which are left alone, and where in a recipe the step may stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

import gristmill
from gristmill.build.run import Outcome, build
from gristmill.contracts.view import View
from gristmill.dedup.url_duplicates import UrlDuplicates
from gristmill.document.report import write_report


def sketched(urls: list[str | None], **options: Any) -> list[int]:
    """The rows that have keys, and as many different keys as there are pages among them."""
    view = View(pa.record_batch({"url": pa.array(urls, pa.string())}))
    sketch = UrlDuplicates(**options).sketch(view)
    return [len(sketch.rows), len(set(sketch.keys.tolist()))]


def built(folder: Path, recipe: str) -> Outcome:
    (folder / "recipe.yaml").write_text(f"name: x\nbuild: out\n{recipe}\noutputs: [parquet]\n")
    return build(gristmill.load(folder / "recipe.yaml"), write_report, workers=1)


def fates(folder: Path, key: str = "id") -> dict[str, tuple[str, str | None]]:
    rows = duckdb.sql(
        f"SELECT a.{key}, a.fate, b.{key} FROM '{folder}/out/ledger/records/*.parquet' a "
        f"LEFT JOIN '{folder}/out/ledger/records/*.parquet' b ON a.twin = b.rid"
    ).fetchall()
    return {name: (fate, twin) for name, fate, twin in rows}


def write(folder: Path, records: list[dict[str, Any]]) -> None:
    (folder / "in.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))


INPUT = "inputs:\n  - jsonl: {paths: [in.jsonl], time: fetched, id: name}"


def test_the_newest_stays_and_what_has_no_url_is_left_alone(tmp_path: Path) -> None:
    write(
        tmp_path,
        [
            {"name": "old", "text": "a", "url": "http://www.example.org/a", "fetched": "2020-01-01T00:00:00Z"},
            {
                "name": "new",
                "text": "b",
                "url": "https://example.org/a/?utm_source=x",
                "fetched": "2024-01-01T00:00:00Z",
            },
            {"name": "undated", "text": "c", "url": "https://example.org/a#top"},
            {"name": "other", "text": "d", "url": "https://example.org/b"},
            {"name": "none", "text": "e"},
            {"name": "empty", "text": "f", "url": ""},
        ],
    )
    built(tmp_path, INPUT + "\nsteps: [url_duplicates]")
    assert fates(tmp_path) == {
        "old": ("merged", "new"),
        "undated": ("merged", "new"),
        **dict.fromkeys(("new", "other", "none", "empty"), ("kept", None)),
    }
    told = duckdb.sql(
        f"SELECT DISTINCT similarity, clustered_by, cluster_size FROM '{tmp_path}/out/ledger/records/*.parquet'"
    )
    assert set(told.fetchall()) == {(None, None, None), (None, "url_duplicates", 3)}


def test_pages_go_before_they_are_made_texts(tmp_path: Path) -> None:
    prose = "The mill grinds slowly, and it grinds for all who come to it. " * 4
    body = f"<html><body><article><p>{prose}</p></article></body></html>"
    head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {}\r\nWARC-Date: {}\r\n"
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{body}".encode()
    pages = [
        ("http://example.org/a", "2020-01-01T00:00:00Z"),
        ("https://example.org/a/", "2023-01-01T00:00:00Z"),
        ("https://example.org/b", "2020-01-01T00:00:00Z"),
    ]
    with (tmp_path / "in.warc").open("wb") as file:
        for number, (url, date) in enumerate(pages):
            lines = head.format(url, date) + f"WARC-Record-ID: <urn:uuid:{number}>\r\n"
            lines += f"Content-Type: application/http\r\nContent-Length: {len(http)}\r\n\r\n"
            file.write(lines.encode() + http + b"\r\n\r\n")
    outcome = built(tmp_path, "inputs:\n  - warc: {paths: [in.warc]}\nsteps: [url_duplicates, extract]")
    assert fates(tmp_path, "url") == {
        "http://example.org/a": ("merged", "https://example.org/a/"),
        "https://example.org/a/": ("kept", None),
        "https://example.org/b": ("kept", None),
    }
    assert [entry["records_in"] for entry in outcome.manifest["funnel"]] == [3, 3, 2]
    kept = duckdb.sql(f"SELECT text FROM '{tmp_path}/out/data/*.parquet'").fetchall()
    assert len(kept) == 2 and all("grinds slowly" in text for (text,) in kept)


def test_what_makes_no_difference_can_be_said_to_make_one() -> None:
    urls = ["http://example.org/a", "https://example.org/a", "https://www.example.org/a", "https://example.org/a/"]
    assert sketched(urls) == [4, 1]
    assert sketched(urls, scheme="keep") == [4, 2]
    assert sketched(urls, www="keep", trailing_slash="keep") == [4, 3]
    pages = ["https://example.org/", "https://example.org/index.php", "https://example.org/?sid=1&fbclid=x"]
    assert sketched(pages) == [3, 3]
    assert sketched(pages, index_pages=("index.php",), drop_parameters=("s*",)) == [3, 1]
    assert sketched([*pages, "https://example.org/?sid=1"], tracking="keep") == [4, 4]
    assert sketched([None, "", " ", "/relative"]) == [0, 0]
