"""Picks the files of site policies out of records that readers give: archived responses, or texts with a url."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.reader import Reader
from gristmill.protect._policies import KIND_OF_PATH, MOST_BYTES, UNREACHABLE, Kind, hosts_of, path_of

_PATHS = r"(?i)^https?://[^/?#]+(?:/robots\.txt|/ai\.txt|/\.well-known/tdmrep\.json|/\.well-known/ai\.txt)$"

SERVER_ERRORS = range(500, 600)

Policy = tuple[str, Kind, datetime | None, bytes]
"""Host, kind, when it was fetched, and what it says."""


def gather(readers: Iterable[Reader], root: Path) -> Iterator[Policy]:
    """The policies among all records of some readers; InputError where one cannot be read."""
    for reader in readers:
        for unit in reader.units(str(root)):
            for chunk in reader.read(unit):
                yield from _of(chunk.batch)


def _of(batch: pa.RecordBatch) -> Iterator[Policy]:
    asked = batch.filter(pc.fill_null(pc.match_substring_regex(batch.column("url"), _PATHS), False))
    hosts = hosts_of(asked.column("url")).to_pylist()
    bodies = asked.column("payload" if "payload" in batch.schema.names else "text")
    times, statuses = asked.column("time").to_pylist(), _statuses(asked)
    for url, host, time, status, body in zip(
        asked.column("url").to_pylist(), hosts, times, statuses, bodies.to_pylist(), strict=True
    ):
        kind = KIND_OF_PATH.get(path_of(url).lower())
        if status >= SERVER_ERRORS.start:
            if kind == "robots.txt" and host:
                yield host, UNREACHABLE, time, str(status).encode()
        elif kind and host and body is not None:
            yield host, kind, time, (body.encode() if isinstance(body, str) else body)[:MOST_BYTES]


def _statuses(batch: pa.RecordBatch) -> list[int]:
    """The HTTP status of each record, 200 where nobody says."""
    if "metadata" not in batch.schema.names:
        return [200] * len(batch)
    said = pc.extract_regex(batch.column("metadata"), r'"http_status":\s*(?P<status>5[0-9][0-9])\b')
    return [int(status or 200) for status in pc.struct_field(said, "status").to_pylist()]
