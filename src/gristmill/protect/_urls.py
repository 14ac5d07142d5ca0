"""The parts of a url in which a person or a secret may be, of the urls inside it as well: parameters, who logs in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from gristmill.protect._candidate import Candidate
from gristmill.protect._domains import is_host
from gristmill.protect._quoted_printable import Decoded

_MARK = re.compile(r"%((?:25){0,4})(?:3([BDFbdf])|2[36])|[?&;#=]")
"""What separates parameters or stands before a value, as it is or coded: %26 in a url inside a url, %2526 in that."""
_MOST_NAME = 64
_HOST = re.compile(r"://([^/?#]*)")
_CODED = re.compile(r"%(?:25){0,4}[0-9A-Fa-f]{2}")
_SIGN = re.compile(r"%(?:25){0,4}40")
_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]|\.(?=[A-Za-z0-9])){0,252}")
_ESCAPED = re.compile(r"%(?:25){0,4}([0-9A-Fa-f]{2})|([A-Za-z0-9._+'-]+)")


class Parameter(NamedTuple):
    """`name=value` in a url; `begin` is where the value begins among its characters."""

    name: str  # in lower case
    value: str
    begin: int


class _Open(NamedTuple):
    """A value whose end is not known yet: a sign that is coded as often as that before its name, or less, ends it."""

    depth: int
    name: str
    begin: int


def parameters(url: str) -> Iterator[Parameter]:
    """What stands behind `?`, `&`, `;` and `#`, without the dots, commas and brackets of a sentence behind it.

    A url inside another may be coded (%3F for `?`), one inside that twice (%253F). The value that holds it comes last.
    """
    opened: list[_Open] = []
    name_begin = depth_of_name = -1
    for match in _MARK.finditer(url):
        coded = match[1] is not None
        depth = len(match[1]) // 2 + 1 if coded else 0
        if (match[2] in ("D", "d")) if coded else match[0] == "=":
            if 0 < match.start() - name_begin <= _MOST_NAME and name_begin >= 0:
                opened.append(_Open(depth_of_name, url[name_begin : match.start()].lower(), match.end()))
            name_begin = -1
            continue
        while opened and opened[-1].depth >= depth:
            yield _closed(url, opened.pop(), match.start())
        name_begin, depth_of_name = match.end(), depth
    while opened:
        yield _closed(url, opened.pop(), len(url))


def _closed(url: str, one: _Open, end: int) -> Parameter:
    return Parameter(one.name, url[one.begin : end].rstrip(".,)"), one.begin)


def logins(url: str) -> Iterator[tuple[str, str, str, int]]:
    """User, password, host in `://user:password@host`, and where the password begins."""
    for match in _HOST.finditer(url):
        login, at, server = match[1].rpartition("@")
        user, colon, password = login.partition(":")
        if at and colon:
            yield user, password, server, match.start(1) + len(user) + 1


def words_of(url: str) -> str:
    """The url in lower case, with a slash for each sign that is coded."""
    lower = url.lower()
    return _CODED.sub("/", lower) if "%" in lower else lower


def coded_addresses(url: str) -> Iterator[tuple[int, int]]:
    """Where `name%40host` begins, and its size, coded as often as it may be."""
    if not _SIGN.search(url):
        return
    begin = signed = end = -1  # of the name so far, of its sign; of what was read last
    for match in _ESCAPED.finditer(url):
        plain, code = match[2], match[1]
        if match.start() != end:
            begin = signed = -1
        end = match.end()
        if signed >= 0 and plain:
            host = _HOST_NAME.match(plain)
            if host and is_host(host[0]):
                yield begin, match.start() + host.end() - begin
            begin = signed = -1
        elif plain or code.upper() in ("2B", "2E", "2D", "5F"):
            begin = match.start() if begin < 0 else begin
            signed = -1
        elif code == "40" and begin >= 0:
            signed = match.start()
        else:
            begin = signed = -1


def within(one: Candidate, read: Decoded, begin: int, size: int) -> tuple[int, int]:
    """The bytes of a stretch of the characters that a candidate means."""
    first, last = read.starts[begin], read.stops[begin + size - 1]
    if one.raw.isascii():
        return one.start + first, one.start + last
    start = one.start + len(one.raw[:first].encode())
    return start, start + len(one.raw[first:last].encode())
