"""The headers of a mail: unfolded, RFC 2047 words decoded, parameters (RFC 2231) and addresses told apart."""

from __future__ import annotations

import binascii
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from gristmill.records.encoding import decoded

MAX_HEADER = 1 << 20
"""Bytes of a mail that may be its header."""

_MAX_VALUE = 1 << 16
_ASCII = frozenset(("ascii", "us-ascii", "unknown-8bit", "x-unknown", "unknown", "default", "x-user-defined"))
"""Labels that say nothing of bytes that are not ASCII."""

_SPACE = " \t\r\n"

Headers = dict[str, list[str]]
"""Values as they stand, unfolded, by names in lower case. Bytes that are not UTF-8 were guessed at."""


class Valued(NamedTuple):
    """A value with parameters: `text/plain; charset=utf-8`."""

    value: str
    parameters: dict[str, str]


def charset(label: str | None) -> str | None:
    """A label of a character set, None where it says nothing."""
    plain = (label or "").strip().lower()
    return None if plain in _ASCII or not plain else plain


def split(mail: bytes) -> tuple[bytes, int]:
    """The header of a mail or part, and where its body begins. Line ends may be of any kind."""
    if mail.startswith(b"\n"):
        return b"", 1
    if mail.startswith(b"\r\n"):
        return b"", 2
    found = (len(mail), len(mail))
    for mark in (b"\n\n", b"\n\r\n", b"\r\r"):
        at = mail.find(mark, 0, min(found[0] + len(mark), MAX_HEADER))
        if 0 <= at < found[0]:
            found = (at + 1, at + len(mark))
    return mail[: found[0]], found[1]


def parsed(block: bytes) -> Headers:
    """All headers of a block; lines that are none are passed over."""
    text = decoded(block).text.replace("\r\n", "\n").replace("\r", "\n")
    found: Headers = {}
    lines: list[str] = []
    name = ""
    for line in [*text.split("\n"), "end:"]:
        if line[:1] in (" ", "\t") and name:
            lines.append(line)
            continue
        if name:
            found.setdefault(name, []).append("".join(lines)[:_MAX_VALUE].strip())
        before, colon, after = line.partition(":")
        name = before.strip().lower() if colon and before and " " not in before.strip() else ""
        lines = [after]
    return found


def first(headers: Headers, name: str) -> str:
    """The first value of a header, empty where there is none."""
    return headers.get(name, [""])[0]


def words(value: str) -> str:
    """A value with its encoded words decoded (RFC 2047), on one line."""
    out: list[str] = []
    pending: tuple[str, list[bytes]] | None = None  # neighbours of one character set may share a character
    at = 0
    while True:
        start = value.find("=?", at)
        word = _word(value, start) if start >= 0 else None
        if start >= 0 and word is None:
            if pending:
                out.append(_joined(pending))
                pending = None
            out.append(value[at : start + 2])
            at = start + 2
            continue
        between = value[at:start] if start >= 0 else value[at:]
        if pending and (word is None or between.strip(_SPACE) or word[0] != pending[0]):
            out.append(_joined(pending))
            out.append("" if word is not None and not between.strip(_SPACE) else between)
            pending = None
        elif not pending:
            out.append(between)
        if word is None:
            return " ".join("".join(out).split())
        pending = (word[0], [*(pending[1] if pending else []), word[1]])
        at = word[2]


def _word(value: str, start: int) -> tuple[str, bytes, int] | None:
    """The character set, the bytes and the end of the encoded word that begins here."""
    one = value.find("?", start + 2, start + 80)
    two = value.find("?", one + 1, one + 3) if one > 0 else -1
    end = value.find("?=", two + 1, two + 4096) if two > 0 else -1
    if end < 0 or two != one + 2:
        return None
    label = value[start + 2 : one].partition("*")[0].lower()
    data = value[two + 1 : end].encode("latin-1", "replace")
    if value[one + 1] in "qQ":
        return label, binascii.a2b_qp(data.replace(b"_", b" ")), end + 2
    if value[one + 1] in "bB":
        return label, base64_bytes(data), end + 2
    return None


def _joined(pending: tuple[str, list[bytes]]) -> str:
    return decoded(b"".join(pending[1]), charset(pending[0])).text


_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))


def base64_bytes(data: bytes) -> bytes:
    """What base64 stands for, whatever else is among it."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        data = data.translate(None, _NOT_BASE64)
        data = data[: len(data) - (len(data) % 4 == 1)]
        return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def valued(text: str) -> Valued:
    """A value and its parameters; those in pieces (`name*0*=`) are put together."""
    value, *rest = _split_outside_quotes(text)
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for one in rest:
        name, equals, content = one.partition("=")
        name, content = name.strip().lower(), _unquoted(content.strip())
        if not equals or not name:
            continue
        own, star, number = name.rstrip("*").partition("*")
        if star and number.isdigit() and len(number) < 4:
            pieces.setdefault(own, {})[int(number)] = (content, name.endswith("*"))
        elif name.endswith("*"):
            pieces.setdefault(own, {})[0] = (content, True)
        else:
            plain.setdefault(name, content)
    return Valued(value.strip().lower(), plain | {name: _assembled(found) for name, found in pieces.items()})


def _assembled(pieces: dict[int, tuple[str, bool]]) -> str:
    label = ""
    data = b""
    for number in sorted(pieces):
        content, encoded = pieces[number]
        if encoded and number == 0 and content.count("'") >= 2:
            label, _, content = content.split("'", 2)
        data += unquote_to_bytes(content) if encoded else content.encode()
    return decoded(data, charset(label)).text


def _split_outside_quotes(text: str) -> list[str]:
    parts = [""]
    quoted = False
    for chunk in text.split('"'):
        if quoted:
            parts[-1] += f'"{chunk}"'
        else:
            head, *more = chunk.split(";")
            parts[-1] += head
            parts += more
        quoted = not quoted
    return parts


def _unquoted(text: str) -> str:
    return (
        text[1:-1].replace('\\"', '"').replace("\\\\", "\\") if len(text) > 1 and text[0] == text[-1] == '"' else text
    )


def ids(value: str) -> list[str]:
    """The message ids in a References or In-Reply-To header: what stands between < and >, with an @ in it."""
    pieces = (piece.partition(">") for piece in value.split("<")[1:])
    return [inside.strip() for inside, close, _ in pieces if close and "@" in inside and " " not in inside.strip()]


def time(value: str) -> datetime | None:
    """The time of a Date header, None where it is none."""
    try:
        found = parsedate_to_datetime(value[:200])
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
