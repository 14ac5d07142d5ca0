"""Makes an index of web archives: an entry for each page, response or revisit that a byte range can be fetched of."""

from __future__ import annotations

from collections.abc import Iterator

from gristmill.collect._archive import Record, Unreadable, records
from gristmill.collect._archived_pages import media_type
from gristmill.collect._cdx import Entry
from gristmill.collect._cdx_query import url_key
from gristmill.collect._compressed import blocks
from gristmill.collect._files import opened
from gristmill.collect._http import parse_response
from gristmill.collect._stream import Stream
from gristmill.contracts.reader import Member
from gristmill.errors import InputError

_KINDS = ("response", "resource", "conversion", "revisit")
_LIMIT = 64 << 10
"""Of a record no more is kept than what says what it is."""


def entries(archive: Member, filename: str) -> Iterator[Entry]:
    """The entries of one archive, in its order; `filename` is what they call it.

    InputError where it is compressed as a whole, for then its records cannot be fetched one by one.
    """
    last: Record | None = None
    with opened(archive) as file:
        for found in records(Stream(blocks(file, resync=True), archive.size), _LIMIT):
            position = found.position
            if position > archive.size:
                raise InputError(
                    archive.source, "it is compressed as a whole, not record by record: no index can be made"
                )
            if last is not None:
                yield _entry(last, position - last.position, filename)
            last = None if isinstance(found, Unreadable) or not _is_page(found) else found
    if last is not None:
        yield _entry(last, archive.size - last.position, filename)


def _is_page(record: Record) -> bool:
    return record.headers.get("warc-type", "").lower() in _KINDS


def _entry(record: Record, length: int, filename: str) -> Entry:
    headers = record.headers
    kind = headers.get("warc-type", "").lower()
    response = parse_response(record.body) if kind in ("response", "revisit") else None
    declared = (response.headers if response else headers).get("content-type", "")
    type_ = media_type(headers.get("warc-identified-payload-type") or declared)
    url = headers.get("warc-target-uri", "").removeprefix("<").removesuffix(">")
    return Entry(
        url_key(url, whole=True).replace(" ", "%20") or "-",
        "".join(char for char in headers.get("warc-date", "")[:19] if char.isdigit()) or "-",
        url,
        "warc/revisit" if kind == "revisit" else type_,
        str(response.status) if response else "",
        length,
        record.position,
        filename,
        headers.get("warc-identified-content-language", ""),
        headers.get("warc-payload-digest", "").rpartition(":")[2],
    )
