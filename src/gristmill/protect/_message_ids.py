"""Tells identifiers of messages and of their parts, which are written like addresses, from addresses."""

from __future__ import annotations

import re

from gristmill.protect._candidate import Candidate

_LOOK_BACK = 2048  # bytes; a line of a mail has 998 at most (RFC 5322, 2.1.1), a folded field a few of them
_MOST_COLONS = 12
_LONGEST_NAME, _LONGEST_LOCAL = 40, 100
_SHORTEST_RANDOM, _SHORTEST_IDENT = 20, 24
"""Characters before the @ from which on they are a machine's though no digit is among them; of an ident (RFC 1413)."""

_NAME = re.compile(rb"(?:^|[\s>|(])([a-z][a-z-]*)$")
_OF_ONE = ("message-id", "messageid", "content-id", "msgid", "msg-id")
_OF_OTHERS = ("in-reply-to", "references", "supersedes", "obsoletes", "original-references")
_RECEIVED = re.compile(rb"smtps?a?\s+id\s+$")
"""What a server says before the identifier that it gave to a message (RFC 5321, 4.4)."""
_IN_URLS = (b"cid:", b"mid:")  # RFC 2392
_TIME, _WORDS, _EMPTY_LINE = re.compile(rb"[0-9]:[0-9]{2}"), re.compile(rb"[a-z]{2}"), re.compile(rb"\n[ \t\r]*\n")


def is_identifier(one: Candidate) -> bool:
    """Whether an address is an identifier by the field it stands in: `Message-Id: <200210.GA12@mill.net>`.

    In fields that people write addresses in too (`In-Reply-To: Message from Jo <jo@mill.net> of ...`) nothing but other
    identifiers or a date may stand before it, and what is before its @ has a digit or is long.
    """
    before = one.data[max(one.first, one.start - _LOOK_BACK) : one.start].tobytes().lower()
    if before.endswith(_IN_URLS):
        return True
    begin = max(before.rfind(sign) for sign in (b"<", b"&lt;", b" ", b"\n", b"\t", b">", b"@", b"("))
    opened = begin >= 0 and before[begin : begin + 1] in (b"<", b"&")
    start = begin + (4 if before[begin : begin + 1] == b"&" else 1)
    local = before[start:] + one.raw.partition("@")[0].encode()
    if len(local) > _LONGEST_LOCAL:
        return False
    if not opened:
        ident = before[start:].startswith(b"ident:") and len(local) >= _SHORTEST_IDENT
        return ident or _field(before[:start]) == (_OF_ONE[0], b"")
    if _RECEIVED.search(before[max(0, begin - _LONGEST_NAME) : begin]):
        return any(0x30 <= byte <= 0x39 for byte in local)
    name, said = _field(before[:begin])
    if name in _OF_ONE:
        return not _WORDS.search(said) and not _EMPTY_LINE.search(said)
    if name not in _OF_OTHERS or _EMPTY_LINE.search(said):
        return False
    last = said.replace(b"&gt;", b">").rpartition(b">")[2]
    machine = len(local) >= _SHORTEST_RANDOM or any(0x30 <= byte <= 0x39 for byte in local)
    return machine and (not _WORDS.search(last) or _TIME.search(last) is not None)


def _field(before: bytes) -> tuple[str, bytes]:
    """The field that the end of some bytes in lower case is in, all of one message alike, and what it says so far."""
    colon = len(before)
    for _ in range(_MOST_COLONS):
        colon = before.rfind(b":", 0, colon)
        if colon < 0:
            break
        found = _NAME.search(before[max(0, colon - _LONGEST_NAME) : colon])
        if found:
            name = found.group(1).decode()
            of_one = name.endswith(_OF_ONE)
            return _OF_ONE[0] if of_one else name, before[colon + 1 :].strip() if of_one else before[colon + 1 :]
    return "", b""
