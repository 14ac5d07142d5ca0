"""Entries of a tar archive as a stream: ustar, GNU and pax headers, each within bounds.

Our own, as the standard library keeps every header in memory and reads headers of any length.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gristmill.collect._stream import Stream

BLOCK = 512
_LONGEST_HEADER = 1 << 20
_REGULAR, _LINKS, _LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL = b"0\0\x007", b"12", b"L", b"K", b"x", b"g"


class TarEntry(NamedTuple):
    """An entry: its name, its size, and whether it is a file, a link or something else; or why none can be read."""

    name: bytes
    size: int
    kind: str
    error: str = ""


def tar_entries(stream: Stream) -> Iterator[TarEntry]:
    """Every entry in order. After each the stream stands at its content; what is not taken of it is passed over."""
    name = b""
    size: int | None = None
    while True:
        head = stream.take(BLOCK)
        if not head or not head.strip(b"\0"):
            if stream.damage:
                yield TarEntry(b"", 0, "", stream.damage)
            return
        if len(head) < BLOCK or not _is_header(head):
            yield TarEntry(b"", 0, "", stream.damage or "there is no header where the next file should begin")
            return
        kind = head[156:157]
        length = _number(head[124:136])
        if length is None:
            yield TarEntry(b"", 0, "", "a header has no size")
            return
        if kind in _LONG_NAME + _LONG_LINK + _PAX + _PAX_GLOBAL:
            if length > _LONGEST_HEADER:
                yield TarEntry(b"", 0, "", f"a header has {length} bytes")
                return
            content = stream.take(length)
            stream.drop(-length % BLOCK)
            if kind == _LONG_NAME:
                name = content.rstrip(b"\0")
            elif kind == _PAX:
                fields = _pax(content)
                name = fields.get(b"path", name)
                given = fields.get(b"size", b"")
                size = int(given) if given.isdigit() and len(given) < 19 else size
            continue
        own = size if size is not None else length
        what = "file" if kind in _REGULAR else "link" if kind in _LINKS else "other"
        begin = stream.offset
        yield TarEntry(name or _name(head), own, what)
        left = own + -own % BLOCK if what == "file" else length + -length % BLOCK if what == "other" else 0
        stream.drop(left - (stream.offset - begin))
        name, size = b"", None


def _is_header(head: bytes) -> bool:
    """Whether the sum of the bytes is what the header says."""
    said = _number(head[148:156])
    return said == sum(head[:148]) + sum(head[156:]) + 8 * 32


def _number(field: bytes) -> int | None:
    """An octal number, or one of GNU tar's in base 256."""
    if field[0] == 0x80:
        value = int.from_bytes(field[1:], "big")
        return value if value < 1 << 62 else None
    digits = field.strip(b" \0") or b"0"
    return int(digits, 8) if all(0x30 <= byte < 0x38 for byte in digits) else None


def _name(head: bytes) -> bytes:
    name = head[:100].partition(b"\0")[0]
    before = head[345:500].partition(b"\0")[0] if head[257:263] == b"ustar\0" else b""
    return before + b"/" + name if before else name


def _pax(content: bytes) -> dict[bytes, bytes]:
    """Fields of a pax header: `LENGTH KEY=VALUE` and a line feed each; what follows a broken one is left out."""
    fields: dict[bytes, bytes] = {}
    at = 0
    while at < len(content):
        space = content.find(b" ", at, at + 20)
        digits = content[at:space] if space > 0 else b""
        if not digits.isdigit() or int(digits) < 5 or at + int(digits) > len(content):
            break
        key, _, value = content[space + 1 : at + int(digits) - 1].partition(b"=")
        fields[key] = value
        at += int(digits)
    return fields
