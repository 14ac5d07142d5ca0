"""Where the parts of a url begin and end. Anything at all is taken for one, as a browser's address bar does."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.ascii import (
    AT_SIGN,
    BACKSLASH,
    CLOSE_BRACKET,
    COLON,
    DASH,
    DOT,
    HASH,
    OPEN_BRACKET,
    PLUS,
    QUESTION,
    SLASH,
    SPACE,
    ZERO,
    is_alphanumeric,
    lower,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part

_W, _THREE, _FOUR, _EIGHT = b"w348"

PLAIN, ODD = 0, 1
"""Hosts as they stand, and those with other spellings: letters beyond ASCII, and IPv6 in its brackets."""


@small_part
def folded(byte: int) -> int:
    """An ASCII letter in lower case; a backslash as the slash that browsers take it for."""
    return SLASH if byte == BACKSLASH else lower(byte)


@part
def after_scheme(data: Bytes, start: int, stop: int) -> int:
    """Where what comes after `https://`, or after a mere `//`, begins; `start` where there is neither."""
    at = start
    while at < stop and (is_alphanumeric(data[at]) or data[at] == PLUS or data[at] == DASH or data[at] == DOT):
        at += 1
    if at > start:
        if at == stop or data[at] != COLON:
            return start
        at += 1
    if at + 1 >= stop or folded(data[at]) != SLASH or folded(data[at + 1]) != SLASH:
        return start
    while at < stop and folded(data[at]) == SLASH:
        at += 1
    return at


@part
def parts(data: Bytes, start: int, stop: int) -> tuple[int, int, int, int, int]:
    """Of the url `data[start:stop]`: its host is `[0]:[1]`, its port, colon included, `[2]:[3]`, the rest `[3]:[4]`.

    Scheme, user and trailing dots of the host are left out, and so is white space around the whole.
    """
    while start < stop and data[start] <= SPACE:
        start += 1
    while stop > start and data[stop - 1] <= SPACE:
        stop -= 1
    host = after_scheme(data, start, stop)
    rest = host
    while rest < stop:
        byte = folded(data[rest])
        if byte in (SLASH, QUESTION, HASH):
            break
        if byte == AT_SIGN:  # what was before the @ is a user
            host = rest + 1
        rest += 1
    port = host
    if port < rest and data[port] == OPEN_BRACKET:
        while port < rest and data[port] != CLOSE_BRACKET:
            port += 1
    while port < rest and data[port] != COLON:
        port += 1
    end = port
    while end > host and data[end - 1] == DOT:
        end -= 1
    return host, end, port, rest, stop


@part
def after_www(data: Bytes, host: int, end: int) -> int:
    """Where the host begins when `www.` is taken off."""
    if end - host > 4 and data[host + 3] == DOT:
        for at in range(host, host + 3):
            if folded(data[at]) != _W:
                return host
        return host + 4
    return host


@part
def says_a_port(data: Bytes, port: int, rest: int) -> bool:
    """Whether a port is other than what http and https have by themselves."""
    size = rest - port
    if size <= 1:
        return False
    if size == 3:
        return not (data[port + 1] == _EIGHT and data[port + 2] == ZERO)
    if size == 4:
        return not (data[port + 1] == _FOUR and data[port + 2] == _FOUR and data[port + 3] == _THREE)
    return True


@part
def spelling(data: Bytes, host: int, end: int) -> int:
    """PLAIN or ODD."""
    if host < end and data[host] == OPEN_BRACKET:
        return ODD
    for at in range(host, end):
        if data[at] >= 0x80:
            return ODD
    return PLAIN


@kernel
def _hosts(data: Bytes, starts: Offsets, stops: Offsets, out: Offsets, odd: npt.NDArray[np.bool_]) -> None:
    for k in range(len(starts)):
        host, end, _, _, _ = parts(data, starts[k], stops[k])
        out[0, k] = host
        out[1, k] = end
        odd[k] = spelling(data, host, end) == ODD


def hosts(data: Bytes, starts: Offsets, stops: Offsets) -> tuple[Offsets, Offsets, npt.NDArray[np.bool_]]:
    """Where the host of each url `data[starts[k]:stops[k]]` begins and ends, and whether it is an odd one."""
    out = np.empty((2, len(starts)), np.int64)
    odd = np.empty(len(starts), np.bool_)
    _hosts(data, starts, stops, out, odd)
    return out[0], out[1], odd
