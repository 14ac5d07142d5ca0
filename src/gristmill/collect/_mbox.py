"""Mailboxes cut into mails, by the lines that begin with `From `, with bounded memory.

RFC 4155, and the four dialects of https://www.jwz.org/doc/content-length.html. A length that a mail states of itself is
believed only where another mail, or the end, stands right behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gristmill.collect._stream import Stream

_FROM = b"From "
_MONTHS = frozenset(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())
_LONGEST_LINE = 1000
_HEAD = 1 << 16
_WRONG_LENGTHS = 8
"""After so many stated lengths that were wrong, those of a file are looked at no more."""


class Mail(NamedTuple):
    """A mail without its `From ` line, and where that stands in the content."""

    position: int
    data: bytes


class Unreadable(NamedTuple):
    """Where something that is no whole mail stands, and why."""

    position: int
    error: str


def mails(stream: Stream, limit: int) -> Iterator[Mail | Unreadable]:
    """Every mail in order."""
    wrong = 0
    _pass_blank(stream)
    if stream.ahead(len(_FROM)) not in (_FROM, b""):
        start = stream.offset
        _drop_to_next(stream)
        yield Unreadable(start, "the file does not begin with a `From ` line, as a mailbox does; read on at the next")
    while stream.ahead(1):
        start = stream.offset
        size = stream.find(_next_mail, limit)
        if size < 0 and stream.ahead(limit + 1)[limit:]:
            _drop_to_next(stream)
            yield Unreadable(start, f"the mail is longer than max_record_bytes ({limit} bytes)")
            continue
        if size >= 0 and wrong < _WRONG_LENGTHS:
            stated = _stated_size(stream, size)
            if size < stated <= limit:
                believed = _ends_there(stream, stated)
                size = stated if believed else size
                wrong += not believed
        data = stream.take(size if size >= 0 else limit)
        if stream.damage:
            yield Unreadable(start, f"{stream.damage}; the rest of the file is lost")
            return
        yield Mail(start, data.partition(b"\n")[2])
        _pass_blank(stream)
    if stream.damage:
        yield Unreadable(stream.offset, f"{stream.damage}; the rest of the file is lost")


def _pass_blank(stream: Stream) -> None:
    while blank := len(ahead := stream.ahead(64)) - len(ahead.lstrip(b"\r\n")):
        stream.take(blank)


def unquoted(data: bytes, dialect: str) -> bytes:
    """A mail with the `>` gone that mailboxes put before lines that begin with `From `."""
    if b"\n>" not in data or dialect == "as found":
        return data
    if dialect == "mboxo":
        return data.replace(b"\n>From ", b"\nFrom ")
    pieces = data.split(_FROM)
    for at, piece in enumerate(pieces[:-1]):
        if piece.endswith(b">") and piece.rstrip(b">").endswith(b"\n"):
            pieces[at] = piece[:-1]
    return _FROM.join(pieces)


def _next_mail(data: bytes, limit: int) -> int:
    """Where the next mail begins, after the one that begins these bytes; -1 where that is not in them."""
    at = data.find(b"\nFrom ")
    while 0 <= at < limit:
        if is_from_line(data, at + 1):
            return at + 1
        at = data.find(b"\nFrom ", at + 1)
    return -1


def is_from_line(data: bytes, at: int) -> bool:
    """Whether a mail begins here: a line with a sender and a date, and a header line below it."""
    end = data.find(b"\n", at, at + _LONGEST_LINE)
    below = data.find(b"\n", end + 1, end + 1 + _LONGEST_LINE) if end > 0 else -1
    if end < 0 or not data.startswith(_FROM, at):
        return False
    words = data[at:end].split()
    dated = (
        not _MONTHS.isdisjoint(words)
        and any(word[:1].isdigit() and b":" in word for word in words)
        and any(len(word) == 4 and word.isdigit() for word in words)
    )
    if not dated:
        return False
    name, colon, _ = data[end + 1 : below if below > 0 else end + 1 + _LONGEST_LINE].partition(b":")
    is_header = bool(colon and name) and b" " not in name.strip() and b"\r" not in name
    return is_header or name.startswith(b">From ")


def _stated_size(stream: Stream, most: int) -> int:
    """The size of the mail with its `From ` line, by the length that its header states; 0 where it states none."""
    head = stream.ahead(min(most, _HEAD))
    blank = min((at + len(mark) for mark in (b"\n\n", b"\n\r\n") if (at := head.find(mark)) >= 0), default=0)
    at = head[:blank].lower().find(b"\ncontent-length:")
    if at < 0:
        return 0
    value = head[at + 16 : blank].partition(b"\n")[0].strip()
    return blank + int(value) if value.isdigit() and len(value) < 12 else 0


def _ends_there(stream: Stream, size: int) -> bool:
    behind = stream.ahead(size + 2 * _LONGEST_LINE)[size:]
    behind = behind[len(behind[:4]) - len(behind[:4].lstrip(b"\r\n")) :]
    return not behind or is_from_line(behind, 0)


def _drop_to_next(stream: Stream) -> None:
    """Pass by what stands before the next mail."""
    while ahead := stream.ahead(1 << 20):
        size = _next_mail(ahead, len(ahead))
        if size >= 0:
            stream.drop(size)
            return
        # A mail may begin in the last lines of what was looked at.
        stream.drop(max(len(ahead) - 2 * _LONGEST_LINE, 1) if len(ahead) == 1 << 20 else len(ahead))
