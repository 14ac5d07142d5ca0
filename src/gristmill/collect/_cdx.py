"""Lines of indexes of web archives: CDX by its header or with 11 or 9 fields, CDXJ, and the JSON of index servers.

https://iipc.github.io/warc-specifications/specifications/cdx-format/cdx-2015/ and
https://specs.webrecorder.net/cdxj/0.1.0/
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

MAX_LINE = 1 << 18
"""Bytes; longer than any url that is indexed."""

_LETTERS = {
    "N": "urlkey",
    "b": "timestamp",
    "a": "url",
    "m": "mime",
    "s": "status",
    "k": "digest",
    "S": "length",
    "V": "offset",
    "g": "filename",
}
_ELEVEN = tuple("NbamskrMSVg")
_NINE = tuple("NbamskrVg")


class Entry(NamedTuple):
    """What an index says of a record. `length` is 0 where it does not say."""

    urlkey: str
    timestamp: str
    url: str
    mime: str
    status: str
    length: int
    offset: int
    filename: str
    languages: str
    digest: str

    @property
    def line(self) -> bytes:
        """As a line of CDXJ, with its end."""
        found = {name: getattr(self, name) for name in ("url", "mime", "status", "digest") if getattr(self, name)}
        found |= {"length": str(self.length), "offset": str(self.offset), "filename": self.filename}
        found |= {"languages": self.languages} if self.languages else {}
        return f"{self.urlkey} {self.timestamp} ".encode() + orjson.dumps(found) + b"\n"


def legend(line: bytes) -> tuple[str, ...] | None:
    """The fields that the first line of a CDX file names, None where it is no such line."""
    letters = line.decode("ascii", "replace").split()
    return tuple(letters[1:]) if letters[:1] == ["CDX"] and len(line) < 200 else None


def parse(line: bytes, fields: tuple[str, ...] | None = None) -> Entry | str:
    """The entry of a line, or why it is none, in a sentence."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"the line is not UTF-8 (byte {error.start} of it)"
    if text.startswith("{"):
        return _of_json("", "", text)
    urlkey, _, rest = text.partition(" ")
    timestamp, _, rest = rest.partition(" ")
    if rest.startswith("{"):
        return _of_json(urlkey, timestamp, rest)
    values = text.split()
    names = fields or {len(_ELEVEN): _ELEVEN, len(_NINE): _NINE}.get(len(values))
    if names is None or len(names) != len(values):
        return f"the line has {len(values)} fields; an index has 11 or 9, or what its first line names"
    return _entry({_LETTERS[name]: value for name, value in zip(names, values, strict=True) if name in _LETTERS})


def _of_json(urlkey: str, timestamp: str, text: str) -> Entry | str:
    try:
        row = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return f"the line is not JSON: {error.msg} (character {error.pos} of it)"
    if not isinstance(row, dict):
        return "the line is JSON, but not an object"
    return _entry({"urlkey": urlkey, "timestamp": timestamp, **row})


def _entry(row: dict[str, Any]) -> Entry | str:
    def said(name: str) -> str:
        value = row.get(name, "")
        return "" if value in ("-", None) else str(value)

    offset, length = said("offset"), said("length")
    if not _is_number(offset) or not said("filename"):
        return "the line does not say where its record is (offset and filename)"
    return Entry(
        said("urlkey"),
        said("timestamp"),
        said("url") or said("original"),
        (said("mime-detected") or said("mime")).lower(),
        said("status") or said("statuscode"),
        int(length) if _is_number(length) else 0,
        int(offset),
        said("filename"),
        said("languages"),
        said("digest"),
    )


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 16


def as_moment(timestamp: str) -> datetime | None:
    """A time of 4 to 14 digits, from the year on, in UTC; None where it is none."""
    if not (timestamp.isascii() and timestamp.isdigit() and 4 <= len(timestamp) <= 14):
        return None
    try:
        return datetime.strptime(timestamp + "00000101000000"[len(timestamp) :], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
