"""Which urls stand in a list of domains, or of urls, by hashes of what the two have in common."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.ascii import DOT, HASH, QUESTION, SLASH, SPACE, STAR, is_digit
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hash_index import BEGIN, HashIndex, place, taken_in
from gristmill.text.hits import Hits, collected, keep_hit
from gristmill.text.jit import kernel, part
from gristmill.text.mixing import Hashes, mixed
from gristmill.text.url_parts import after_www, folded, parts, says_a_port

Mask = npt.NDArray[np.bool_]


@part
def _is_address(data: Bytes, host: int, end: int) -> bool:
    """Whether a host is an IPv4 address: its last label is a number, which no name's is."""
    at = end
    while at > host and is_digit(data[at - 1]):
        at -= 1
    return at < end and (at == host or data[at - 1] == DOT)


@kernel
def _find_domains(data: Bytes, offsets: Offsets, hashes: Hashes, first: Offsets, shift: np.uint64, out: Offsets) -> int:
    total = 0
    for row in range(len(offsets) - 1):
        host, end, _, _, _ = parts(data, offsets[row], offsets[row + 1])
        whole = _is_address(data, host, end)
        state = BEGIN
        # From the end, so that one way through the host passes every level of it.
        for at in range(end - 1, host - 1, -1):
            state = taken_in(state, folded(data[at]))
            if at == host or (data[at - 1] == DOT and not whole):
                entry = place(mixed(state), hashes, first, shift)
                if entry >= 0:
                    total = keep_hit(out, total, row, at, end, entry)
    return total


@kernel
def _hash_domains(data: Bytes, starts: Offsets, stops: Offsets, out: Hashes, usable: Mask) -> None:
    for k in range(len(starts)):
        start = starts[k]
        while start < stops[k] and (data[start] == DOT or data[start] == STAR):
            start += 1
        host, end, port, rest, stop = parts(data, start, stops[k])
        state = BEGIN
        usable[k] = host < end
        for at in range(port + 1, rest):
            usable[k] &= is_digit(data[at])
        for at in range(end - 1, host - 1, -1):
            state = taken_in(state, folded(data[at]))
            usable[k] &= data[at] > SPACE
        for at in range(rest, stop):
            usable[k] &= folded(data[at]) == SLASH
        out[k] = mixed(state)


@part
def _end_of_path(data: Bytes, rest: int, stop: int) -> int:
    """Where path and query end, without fragment and trailing slashes."""
    end = rest
    while end < stop and data[end] != HASH:
        end += 1
    while end > rest and folded(data[end - 1]) == SLASH:
        end -= 1
    return end


@part
def _origin(data: Bytes, host: int, end: int, port: int, rest: int) -> np.uint64:
    """The state of the hash of a url up to its path."""
    state = BEGIN
    for at in range(host, end):
        state = taken_in(state, folded(data[at]))
    if says_a_port(data, port, rest):
        for at in range(port, rest):
            state = taken_in(state, data[at])
    return state


@kernel
def _find_urls(data: Bytes, offsets: Offsets, hashes: Hashes, first: Offsets, shift: np.uint64, out: Offsets) -> int:
    total = 0
    for row in range(len(offsets) - 1):
        host, end, port, rest, stop = parts(data, offsets[row], offsets[row + 1])
        if host == end:
            continue
        host = after_www(data, host, end)
        stop = _end_of_path(data, rest, stop)
        state = _origin(data, host, end, port, rest)
        asked = False  # in the query no slash is a boundary
        for at in range(rest, stop + 1):
            byte = folded(data[at]) if at < stop else SLASH
            if at == stop or (not asked and byte in (SLASH, QUESTION)):
                entry = place(mixed(state), hashes, first, shift)
                if entry >= 0:
                    total = keep_hit(out, total, row, host, at, entry)
            asked |= byte == QUESTION
            state = taken_in(state, byte)
    return total


@kernel
def _hash_urls(data: Bytes, starts: Offsets, stops: Offsets, out: Hashes, usable: Mask) -> None:
    for k in range(len(starts)):
        host, end, port, rest, stop = parts(data, starts[k], stops[k])
        usable[k] = host < end
        host = after_www(data, host, end)
        stop = _end_of_path(data, rest, stop)
        state = _origin(data, host, end, port, rest)
        for at in range(rest, stop):
            state = taken_in(state, folded(data[at]))
        for at in range(host, stop):
            usable[k] &= data[at] > SPACE
        out[k] = mixed(state)


def find_domains(data: Bytes, offsets: Offsets, index: HashIndex) -> Hits:
    """The listed hosts that each url's host is, or lies below; of an IPv4 address only itself. Hosts are ASCII."""
    return collected(lambda out: _find_domains(data, offsets, *index, out))


def find_urls(data: Bytes, offsets: Offsets, index: HashIndex) -> Hits:
    """The listed urls that each url begins with, up to the end of a step of its path, or of the path, or of it all.

    Scheme, user, `www.`, the ports 80 and 443, fragment and trailing slashes make no difference. Hosts are ASCII.
    """
    return collected(lambda out: _find_urls(data, offsets, *index, out))


def hash_domains(data: Bytes, starts: Offsets, stops: Offsets) -> tuple[Hashes, Mask]:
    """The hash of each entry as `find_domains` wants it, and whether it can be a host: `*.` before it is left out."""
    out, usable = np.empty(len(starts), np.uint64), np.empty(len(starts), np.bool_)
    _hash_domains(data, starts, stops, out, usable)
    return out, usable


def hash_urls(data: Bytes, starts: Offsets, stops: Offsets) -> tuple[Hashes, Mask]:
    """The hash of each entry as `find_urls` wants it, and whether it can be a url: one without spaces."""
    out, usable = np.empty(len(starts), np.uint64), np.empty(len(starts), np.bool_)
    _hash_urls(data, starts, stops, out, usable)
    return out, usable
