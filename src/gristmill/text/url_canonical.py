"""Urls in one spelling, so that those that lead to the same page are the same bytes.

What RFC 3986, 6.2 calls equivalent is made one: letter case of scheme and host, default ports, percent-encoding,
dot segments. Beyond it go what is common on the web and no standard: scheme, `www.`, order of the query by the names
of its parameters (as `URLSearchParams.sort` does), `+` and `%20`, trailing slash; fragments but those of `#!`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from gristmill.text.ascii import (
    AMPERSAND,
    BANG,
    CLOSE_BRACKET,
    COLON,
    DELETE,
    DOT,
    EQUALS,
    HASH,
    NEWLINE,
    OPEN_BRACKET,
    PERCENT,
    PLUS,
    QUESTION,
    RETURN,
    SLASH,
    SPACE,
    STAR,
    TAB,
    UPPER_A,
    ZERO,
    hex_value,
    is_alphanumeric,
    is_digit,
)
from gristmill.text.flat import Bytes, Flat, Offsets, flat
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.url_hosts import with_ascii_hosts
from gristmill.text.url_parts import after_scheme, after_www, folded, parts, says_a_port

_HTTPS = tuple(b"https")
_UNRESERVED = tuple(b"-._~")  # beside letters and digits
_ESCAPED = tuple(b'"<>\\^`{|}')  # stand in no path or query as they are
_GROWTH = 3  # a byte is three when it is percent-encoded
_LONGEST = 1 << 16  # bytes; what is longer is left as it stands, and is hardly a url
_ADDED = 4  # a slash for a path, `?`, `#`, and one to spare


class Form(NamedTuple):
    """What a canonical url keeps, and what it loses. Names are in lower case; a parameter may end in `*`."""

    scheme: bool
    www: bool
    slash: bool
    parameters: Flat
    index_pages: Flat


def form(*, scheme: bool, www: bool, slash: bool, parameters: Iterable[str], index_pages: Iterable[str]) -> Form:
    """What to keep (scheme, `www.`, trailing slash) and which parameters and last steps of a path to leave out."""
    return Form(scheme, www, slash, *(_names(names) for names in (parameters, index_pages)))


def _names(names: Iterable[str]) -> Flat:
    lower = sorted({name.lower() for name in names})
    listed = flat(pa.array(lower, pa.large_string()))
    return Flat(listed.data.copy(), listed.offsets.copy())  # an array of its own, as an empty list has one


@small_part
def _written_as(value: int) -> int:
    """A value below 16 as a hexadecimal digit."""
    return value + (ZERO if value < 10 else UPPER_A - 10)


@small_part
def _is_plain(byte: int) -> bool:
    """Whether a byte means the same escaped or not: `unreserved` of RFC 3986, 2.3."""
    return is_alphanumeric(byte) or byte in _UNRESERVED


@small_part
def _may_stand(byte: int) -> bool:
    """Whether a byte that was not escaped stands in a path or query as it is (RFC 3986, 3.3 and 3.4)."""
    if byte <= SPACE or byte >= DELETE:
        return False
    return byte not in _ESCAPED


@small_part
def _put(data: Bytes, at: int, stop: int, in_query: bool, out: Bytes, pos: int) -> tuple[int, int]:
    """Write what stands at `at`, an escape or a byte, in normal form; returns where both go on."""
    byte = int(data[at])
    at += 1
    escaped = False
    if byte == PERCENT and at + 1 < stop:
        high, low = hex_value(data[at]), hex_value(data[at + 1])
        if high >= 0 and low >= 0:
            byte = high * 16 + low
            escaped = True
            at += 2
    if in_query and byte == SPACE:
        out[pos] = PLUS
        return at, pos + 1
    if _is_plain(byte) or (not escaped and _may_stand(byte)):
        out[pos] = byte
        return at, pos + 1
    if not escaped and (byte in (TAB, NEWLINE, RETURN)):
        return at, pos  # browsers take line breaks and tabs out of a url
    out[pos] = PERCENT
    out[pos + 1] = _written_as(byte >> 4)
    out[pos + 2] = _written_as(byte & 15)
    return at, pos + 3


@part
def _is_of_the_web(data: Bytes, start: int, stop: int) -> bool:
    """Whether a scheme is http or https, letter case aside."""
    if not 4 <= stop - start <= 5:
        return False
    for at in range(stop - start):  # noqa: SIM110 - a kernel takes no generator
        if folded(data[start + at]) != _HTTPS[at]:
            return False
    return True


@part
def _put_scheme(data: Bytes, start: int, begin: int, wanted: bool, out: Bytes, pos: int) -> int:
    """The scheme before `begin`; of http and https only where it is wanted."""
    colon = start
    while colon < begin and data[colon] != COLON:
        colon += 1
    if colon == begin:
        return pos
    if not wanted and _is_of_the_web(data, start, colon):
        return pos
    for at in range(start, colon):
        out[pos] = folded(data[at])
        pos += 1
    for byte in (COLON, SLASH, SLASH):
        out[pos] = byte
        pos += 1
    return pos


@part
def _put_path(data: Bytes, at: int, stop: int, out: Bytes, pos: int) -> tuple[int, int]:
    """The path without its dot segments (RFC 3986, 5.2.4); returns where it ends in the url, and in `out`."""
    begin = pos
    out[pos] = SLASH
    pos += 1
    segment = pos
    if at < stop and folded(data[at]) == SLASH:
        at += 1
    while True:
        over = at >= stop or data[at] == QUESTION or data[at] == HASH
        if not over and folded(data[at]) != SLASH:
            at, pos = _put(data, at, stop, False, out, pos)
            continue
        size = pos - segment
        if size == 1 and out[segment] == DOT:
            pos = segment
        elif size == 2 and out[segment] == DOT and out[segment + 1] == DOT:
            pos = segment
            if segment - 1 > begin:
                pos -= 1
                while out[pos - 1] != SLASH:
                    pos -= 1
        elif not over:
            out[pos] = SLASH
            pos += 1
        if over:
            return at, pos
        segment = pos
        at += 1


@part
def _is_named(out: Bytes, start: int, stop: int, names: Bytes, bounds: Offsets) -> bool:
    """Whether a stretch is one of some names, letter case aside; a name that ends in `*` names all it begins."""
    for k in range(len(bounds) - 1):
        size = bounds[k + 1] - bounds[k]
        begins = size > 0 and names[bounds[k + 1] - 1] == STAR
        size -= begins
        if stop - start == size or (begins and stop - start > size):
            at = 0
            while at < size and folded(out[start + at]) == names[bounds[k] + at]:
                at += 1
            if 0 < at == size:
                return True
    return False


@part
def _comes_before(out: Bytes, spans: Offsets, one: int, other: int) -> bool:
    """Whether the name of one parameter comes before that of another, by bytes."""
    a, a_stop = spans[0, one], spans[1, one]
    b, b_stop = spans[0, other], spans[1, other]
    while a < a_stop and b < b_stop:
        if out[a] != out[b]:
            return bool(out[a] < out[b])
        a += 1
        b += 1
    return bool(a_stop - a < b_stop - b)


@part
def _sort(out: Bytes, spans: Offsets, count: int, order: Offsets) -> int:
    """Put the parameters in order, equal names as they came, by merging; returns which row of `order` has it."""
    for k in range(count):
        order[0, k] = k
    row = 0
    width = 1
    while width < count:
        for low in range(0, count, 2 * width):
            left, middle = low, min(low + width, count)
            right, high = middle, min(low + 2 * width, count)
            for k in range(low, high):
                ahead = right < high and (
                    left == middle or _comes_before(out, spans, order[row, right], order[row, left])
                )
                order[1 - row, k] = order[row, right] if ahead else order[row, left]
                right += ahead
                left += not ahead
        row = 1 - row
        width *= 2
    return row


@part
def _put_query(
    data: Bytes, at: int, stop: int, names: Bytes, bounds: Offsets, out: Bytes, pos: int, scratch: Bytes, spans: Offsets
) -> tuple[int, int]:
    """The parameters that count, by name; returns where the query ends in the url, and in `out`."""
    found = 0
    used = 0
    while at < stop and data[at] != HASH:
        begin = used
        name = -1
        while at < stop and data[at] != AMPERSAND and data[at] != HASH:
            if data[at] == EQUALS and name < 0:
                name = used
            at, used = _put(data, at, stop, True, scratch, used)
        name = used if name < 0 else name
        if at < stop and data[at] == AMPERSAND:
            at += 1
        if used == begin or _is_named(scratch, begin, name, names, bounds):
            used = begin
            continue
        spans[0, found] = begin
        spans[1, found] = name
        spans[2, found] = used
        found += 1
    row = _sort(scratch, spans, found, spans[3:])
    for k in range(found):
        out[pos] = AMPERSAND if k else QUESTION
        pos += 1
        which = spans[3 + row, k]
        for byte in range(spans[0, which], spans[2, which]):
            out[pos] = scratch[byte]
            pos += 1
    return at, pos


@part
def _is_opaque(data: Bytes, start: int, stop: int) -> bool:
    """Whether it names no place at a host: `mailto:`, `urn:` and the like, a scheme that no `//` follows."""
    at = start
    while at < stop and is_alphanumeric(data[at]):
        at += 1
    return start < at < stop - 1 and data[at] == COLON and not is_digit(data[at + 1]) and folded(data[at + 1]) != SLASH


@small_part
def _may_be_in_host(byte: int) -> bool:
    """Whether a name of a host may have it: a letter of any script, a digit, one of `-._~%`."""
    return _is_plain(byte) or byte == PERCENT or byte >= 0x80


@part
def _may_be_host(data: Bytes, host: int, end: int) -> bool:
    """Whether it is a name, or an IPv6 address in brackets; anything may stand in the place of a host."""
    if host == end:
        return False
    if data[host] != OPEN_BRACKET:
        for at in range(host, end):  # noqa: SIM110 - a kernel takes no generator
            if not _may_be_in_host(int(data[at])):
                return False
        return True
    for at in range(host + 1, end - 1):
        if hex_value(data[at]) < 0 and data[at] != COLON and data[at] != DOT:
            return False
    return end - host > 2 and data[end - 1] == CLOSE_BRACKET


@part
def _put_host(data: Bytes, host: int, end: int, www: bool, out: Bytes, pos: int) -> int:
    for at in range(host if www else after_www(data, host, end), end):
        out[pos] = folded(data[at])
        pos += 1
    return pos


@part
def _without_last_steps(out: Bytes, begin: int, pos: int, slash: bool, pages: Bytes, bounds: Offsets) -> int:
    """Where a path ends without the name of an index page, and without trailing slashes unless `slash`."""
    last = pos
    while out[last - 1] != SLASH:
        last -= 1
    if _is_named(out, last, pos, pages, bounds):
        pos = last
    while not slash and pos - 1 > begin and out[pos - 1] == SLASH:
        pos -= 1
    return pos


@kernel
def _canonical(
    data: Bytes, offsets: Offsets, keeps: tuple[bool, bool, bool], names: Flat, pages: Flat, out: Bytes, bounds: Offsets
) -> None:
    longest = 0
    for row in range(len(offsets) - 1):
        longest = max(longest, min(offsets[row + 1] - offsets[row], _LONGEST))
    scratch = np.empty(_GROWTH * longest, np.uint8)
    spans = np.empty((5, longest + 1), np.int64)  # of parameters: begin, end of name, end; then two orders of them
    pos = bounds[0]
    for row in range(len(offsets) - 1):
        bounds[row] = pos
        start = offsets[row]
        host, end, port, rest, stop = parts(data, start, offsets[row + 1])
        while start < stop and data[start] <= SPACE:
            start += 1
        if _is_opaque(data, start, stop) or stop - start > _LONGEST:
            for at in range(start, stop):
                out[pos] = data[at]
                pos += 1
            continue
        if not _may_be_host(data, host, end):
            continue
        pos = _put_scheme(data, start, after_scheme(data, start, stop), keeps[0], out, pos)
        pos = _put_host(data, host, end, keeps[1], out, pos)
        if says_a_port(data, port, rest):
            for at in range(port, rest):
                out[pos] = folded(data[at])
                pos += 1
        begin = pos
        at, pos = _put_path(data, rest, stop, out, pos)
        pos = _without_last_steps(out, begin, pos, keeps[2], pages.data, pages.offsets)
        if at < stop and data[at] == QUESTION:
            at, pos = _put_query(data, at + 1, stop, names.data, names.offsets, out, pos, scratch, spans)
        if at + 1 < stop and data[at + 1] == BANG:
            out[pos] = HASH
            pos += 1
            at += 1
            while at < stop:
                at, pos = _put(data, at, stop, False, out, pos)
    bounds[-1] = pos


def canonical_urls(urls: pa.Array, wanted: Form) -> Flat:
    """Each url in its canonical form; no bytes where there is none, or where it has no host that could be one."""
    text = with_ascii_hosts(urls)
    bounds = np.zeros(len(text) + 1, np.int64)
    if not len(text):
        return Flat(np.empty(0, np.uint8), bounds)
    room = _GROWTH * int(text.offsets[-1] - text.offsets[0]) + _ADDED * len(text)
    out = np.empty(room, np.uint8)
    keeps = (wanted.scheme, wanted.www, wanted.slash)
    _canonical(text.data, text.offsets, keeps, wanted.parameters, wanted.index_pages, out, bounds)
    return Flat(out[: bounds[-1]], bounds)
