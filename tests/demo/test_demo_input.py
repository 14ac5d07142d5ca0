"""The demo's input: small, free, accounted for in its notice, and with the blemishes that real input has."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

DEMO = Path(__file__).parents[2] / "examples" / "demo"
ARCHIVES = sorted((DEMO / "web").glob("*.warc.gz"))


def responses(path: Path) -> list[tuple[str, int, str, bytes]]:
    with path.open("rb") as file:
        return [
            (
                str(record.headers["WARC-Target-URI"]),
                int(record.http_headers.status_code or 0),
                record.http_content_type or "",
                record.reader.read(),
            )
            for record in ArchiveIterator(file, record_types=WarcRecordType.response)
        ]


@pytest.fixture(scope="module")
def pages() -> list[tuple[str, int, str, bytes]]:
    return [page for archive in ARCHIVES for page in responses(archive)]


def test_it_is_under_five_megabytes() -> None:
    files = [*ARCHIVES, *(DEMO / "mail").iterdir(), *(DEMO / "prose").iterdir(), *(DEMO / "licenses").iterdir()]
    assert 1_000_000 < sum(path.stat().st_size for path in files) < 5_000_000


def test_the_notice_names_every_file_and_every_licence() -> None:
    notice = (DEMO / "NOTICE.md").read_text()
    patterns = re.findall(r"`((?:web|mail|prose)/[^`]+)`", notice)
    named = {path for pattern in patterns for path in DEMO.glob(pattern)}
    assert named == {path for folder in ("web", "mail", "prose") for path in (DEMO / folder).iterdir()}
    for licence in (DEMO / "licenses").iterdir():
        assert f"licenses/{licence.name}" in notice


def test_its_pages_are_in_eleven_locales(pages: list[tuple[str, int, str, bytes]]) -> None:
    locales = Counter(url.split("/")[4] for url, *_ in pages if "help.libreoffice.org" in url)
    assert len(locales) == 11
    assert min(locales.values()) >= 60
    assert locales["en-GB"] == 230


def test_it_has_what_a_crawler_meets_beside_pages(pages: list[tuple[str, int, str, bytes]]) -> None:
    assert Counter(status for _, status, *_ in pages)[404] == 3
    assert Counter(status for _, status, *_ in pages)[301] == 1
    assert sum(kind.startswith("image/") for *_, kind, _ in pages) == 1


def test_some_pages_are_not_in_the_encoding_that_the_server_names(pages: list[tuple[str, int, str, bytes]]) -> None:
    misnamed = [(url, body) for url, _, kind, body in pages if "/de/" in url and body.isascii() is False]
    assert all(body.decode("utf-8") for _, body in misnamed)
    with gzip.open(ARCHIVES[1]) as file:
        assert file.read().count(b"charset=iso-8859-1") == 4


def test_one_archive_ends_in_the_middle_of_a_record() -> None:
    with pytest.raises(EOFError), gzip.open(DEMO / "web" / "docs.python.org.warc.gz") as file:
        file.read()


def test_the_mails_are_json_lines_with_a_text_each() -> None:
    with gzip.open(DEMO / "mail" / "inbox.jsonl.gz", "rt", encoding="utf-8") as lines:
        mails = [json.loads(line) for line in lines]
    assert len(mails) == 280
    assert len({mail["id"] for mail in mails}) == 280
    assert all(set(mail) == {"id", "body", "sent", "subject", "folder"} for mail in mails)
