"""Site policies as they were fetched: robots.txt, tdmrep.json and ai.txt by host, looked up on disk.

A file of them is an Arrow file, sorted by a hash of the host, so that a worker maps it and reads what it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from gristmill.contracts.list_files import ListFile
from gristmill.errors import InputError
from gristmill.protect._robots import Robots, matches, normal_path

UNREACHABLE: Literal["unreachable"] = "unreachable"
"""A robots.txt that the server answered with an error of its own (5xx); its text is the status."""
Kind = Literal["robots.txt", "tdmrep.json", "ai.txt", "unreachable"]
KIND_OF_PATH: dict[str, Kind] = {
    "/robots.txt": "robots.txt",
    "/.well-known/tdmrep.json": "tdmrep.json",
    "/ai.txt": "ai.txt",
    "/.well-known/ai.txt": "ai.txt",
}
_SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")
MOST_BYTES = 500 << 10
"""Of one file; what is beyond is cut off, as RFC 9309 allows."""

FORMAT = "gristmill site policies, version 1"
SCHEMA = pa.schema(
    [
        ("key", pa.uint64()),
        ("host", pa.string()),
        ("kind", pa.string()),
        ("time", pa.timestamp("us", tz="UTC")),
        ("text", pa.large_binary()),
    ],
    metadata={"format": FORMAT},
)


class Fetched(NamedTuple):
    """One file of a site. `time` is when it was fetched, as a day, empty where nobody says."""

    kind: Kind
    host: str
    time: str
    text: bytes

    @property
    def name(self) -> str:
        kind = "robots.txt" if self.kind == UNREACHABLE else self.kind
        return f"{kind} of {self.host}" + (f" as of {self.time}" if self.time else "")


class Location(NamedTuple):
    """An entry of tdmrep.json."""

    pattern: str
    reserved: bool
    policy: str


class Site:
    """What one host says, parsed when it is asked for."""

    def __init__(self, files: Iterable[Fetched]) -> None:
        self.files = {file.kind: file for file in files}

    @cached_property
    def robots(self) -> Robots | None:
        return Robots(self.files["robots.txt"].text) if "robots.txt" in self.files else None

    @cached_property
    def ai(self) -> Robots | None:
        return Robots(self.files["ai.txt"].text) if "ai.txt" in self.files else None

    @cached_property
    def locations(self) -> list[Location] | None:
        return list(_locations(self.files["tdmrep.json"].text)) if "tdmrep.json" in self.files else None

    def location(self, path: str) -> Location | None:
        """The first entry of tdmrep.json that a path fits (TDMRep, Final Report of 2024)."""
        plain = normal_path(path)
        return next((one for one in self.locations or () if matches(one.pattern, plain)), None)


def _locations(text: bytes) -> Iterable[Location]:
    try:
        entries: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return
    for entry in entries if isinstance(entries, list) else [entries]:
        if isinstance(entry, dict) and isinstance(entry.get("location"), str):
            reserved = entry.get("tdm-reservation") in (1, True, "1")
            yield Location(normal_path(entry["location"]), reserved, str(entry.get("tdm-policy") or ""))


class Policies:
    """The files of policies of a recipe; of two of a kind for one host the newer counts."""

    def __init__(self, files: tuple[ListFile, ...]) -> None:
        self._tables = [_mapped(file) for file in files]
        self._keys = [table.column("key").to_numpy() for table in self._tables]
        self._site = lru_cache(maxsize=10_000)(self._read)

    def __bool__(self) -> bool:
        return bool(self._tables)

    def site(self, host: str) -> Site | None:
        """What a host says, None where nothing of it was fetched."""
        return self._site(host)

    def _read(self, host: str) -> Site | None:
        key = host_key(host)
        found: list[tuple[datetime | None, Fetched]] = []
        for table, keys in zip(self._tables, self._keys, strict=True):
            first, last = (int(np.searchsorted(keys, key, side)) for side in _SIDES)
            for row in table.slice(first, last - first).to_pylist():
                if row["host"] == host:
                    time = row["time"]
                    day = time.date().isoformat() if time else ""
                    found.append((time, Fetched(row["kind"], host, day, row["text"])))
        found.sort(key=lambda one: (one[0] is not None, one[0]))
        return Site(file for _, file in found) if found else None


def host_key(host: str) -> np.uint64:
    """The number that files of policies are sorted by."""
    return np.uint64(xxhash.xxh3_64_intdigest(host.encode()))


@lru_cache(maxsize=4)
def policies(files: tuple[ListFile, ...]) -> Policies:
    """Those of some files, mapped once a process; InputError where one is none."""
    return Policies(files)


def _mapped(file: ListFile) -> pa.Table:
    try:
        with pa.memory_map(file.path) as source:
            table: pa.Table = pa.ipc.open_file(source).read_all()
    except OSError as error:
        raise InputError(file.name, f"cannot be read: {error.strerror or 'it is damaged'}") from error
    except pa.ArrowInvalid as error:
        raise InputError(file.name, "is no file of site policies; `gristmill policies` makes one") from error
    if (table.schema.metadata or {}).get(b"format") != FORMAT.encode():
        raise InputError(file.name, "is no file of site policies of this version; `gristmill policies` makes one")
    return table


def write_policies(fetched: Iterable[tuple[str, Kind, datetime | None, bytes]], to: Path) -> int:
    """Write a file of them, the newest of each host and kind; equal ones give equal bytes. Returns how many."""
    newest: dict[tuple[str, Kind], tuple[tuple[bool, datetime | None, bytes], datetime | None, bytes]] = {}
    for host, kind, time, text in fetched:
        rank = (time is not None, time, text)
        if (host, kind) not in newest or newest[host, kind][0] < rank:
            newest[host, kind] = (rank, time, text)
    rows = sorted((int(host_key(host)), host, kind, *one[1:]) for (host, kind), one in newest.items())
    table = pa.Table.from_arrays(
        [pa.array(list(column), field.type) for column, field in zip(zip(*rows, strict=True), SCHEMA, strict=True)]
        if rows
        else [pa.array([], field.type) for field in SCHEMA],
        schema=SCHEMA,
    )
    temporary = to.with_name(f".{to.name}.tmp")
    try:
        with pa.ipc.new_file(os.fspath(temporary), SCHEMA) as file:
            file.write_table(table)
        temporary.replace(to)
    finally:
        temporary.unlink(missing_ok=True)
    return len(rows)


_HOST = r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(?P<host>[^/?#:@]+)"


def hosts_of(urls: pa.Array) -> pa.Array:
    """The host of each url in lower case, without user and port; null where it has none."""
    return pc.ascii_lower(pc.struct_field(pc.extract_regex(urls, _HOST), "host"))


def path_of(url: str) -> str:
    """Path and query of a url, as robots.txt sees them."""
    rest = url.partition("://")[2].partition("#")[0]
    at = min((k for k in map(rest.find, "/?") if k >= 0), default=len(rest))
    path = rest[at:]
    return path if path.startswith("/") else f"/{path}"
