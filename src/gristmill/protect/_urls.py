"""The parts of a url in which a person or a secret may be, of the urls inside it as well: parameters, who logs in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from gristmill.protect._candidate import Candidate

_PARAMETER = re.compile(r"[?&;#]([^?&;#=]{1,64})=([^?&;#]*)")
_HOST = re.compile(r"://([^/?#]*)")


class Parameter(NamedTuple):
    """`name=value` in a url; `begin` is where the value begins among its characters."""

    name: str  # in lower case
    value: str
    begin: int


def parameters(url: str) -> Iterator[Parameter]:
    """What stands behind `?`, `&`, `;` and `#`, without the dots, commas and brackets of a sentence behind it."""
    for match in _PARAMETER.finditer(url):
        yield Parameter(match[1].lower(), match[2].rstrip(".,)"), match.start(2))


def logins(url: str) -> Iterator[tuple[str, str, str, int]]:
    """User, password, host in `://user:password@host`, and where the password begins."""
    for match in _HOST.finditer(url):
        login, at, server = match[1].rpartition("@")
        user, colon, password = login.partition(":")
        if at and colon:
            yield user, password, server, match.start(1) + len(user) + 1


def within(one: Candidate, begin: int, size: int) -> tuple[int, int]:
    """The bytes of a stretch of a candidate's characters."""
    if one.raw.isascii():
        return one.start + begin, one.start + begin + size
    start = one.start + len(one.raw[:begin].encode())
    return start, start + len(one.raw[begin : begin + size].encode())
