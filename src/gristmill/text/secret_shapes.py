"""The shapes of secrets from one place in a text on: tokens with a prefix, assigned values, blocks of keys."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.ascii import (
    APOSTROPHE,
    CLOSE_BRACKET,
    COLON,
    DASH,
    EQUALS,
    GREATER,
    NEWLINE,
    QUOTE,
    RETURN,
    SPACE,
    TAB,
    is_alphanumeric,
)
from gristmill.text.flat import Bytes
from gristmill.text.identifier_lists import Prefixes
from gristmill.text.jit import part

MOST_VALUE = 512  # bytes of a value that is assigned
MOST_BLOCK = 1 << 15  # bytes of a block of a key

_QUOTES = tuple(b"\"'`")
_OF_KEYS = tuple(b"+/=-\"'\\,;.")  # beside letters and digits
_ENDS_VALUE = tuple(b"\"',;<")  # without quotes around it
_BEGIN, _PRIVATE_KEY, _END = (np.frombuffer(line, np.uint8) for line in (b"-----BEGIN ", b"PRIVATE KEY", b"-----END "))
"""What the lines around a private key begin with and hold."""


@part
def prefixed(
    data: Bytes, at: int, stop: int, bucket: np.uint64, known: Prefixes, sets: npt.NDArray[np.uint16]
) -> tuple[int, int]:
    """The entry of a bucket that a token at `at` begins with, and where its rest ends; -1 where there is none."""
    for k in range(known.first[bucket], known.first[bucket + np.uint64(1)]):
        entry = known.entries[k]
        begin, end = known.bounds[entry], known.bounds[entry + 1]
        if at + end - begin > stop:
            continue
        same = True
        for j in range(begin, end):
            same &= data[at + j - begin] == known.data[j]
        if not same:
            continue
        rest = at + end - begin
        tail = rest
        most = min(stop, rest + known.high[entry] + 1)
        while tail < most and sets[data[tail]] & known.sets[entry]:
            tail += 1
        if known.low[entry] <= tail - rest <= known.high[entry]:
            return entry, tail
    return -1, at


@part
def assigned(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    """The value that is assigned to the name that ends at `at`: `= value`, `: "value"`; nothing where none is."""
    marks = 0
    begin = at
    while at < stop and at - begin < 12:
        byte = data[at]
        if byte in (EQUALS, COLON):
            marks += 1
        elif not (byte in (SPACE, TAB, GREATER, CLOSE_BRACKET) or byte in _QUOTES) or (marks and byte == CLOSE_BRACKET):
            break
        at += 1
    if not marks or marks > 2 or at == stop:
        return at, at
    quote = data[at - 1] if data[at - 1] in _QUOTES else 0
    end = at
    most = min(stop, at + MOST_VALUE)
    while end < most:
        byte = data[end]
        if byte < SPACE or (byte == quote if quote else byte <= SPACE or byte in _ENDS_VALUE):
            break
        end += 1
    return (at, end) if end < most or end == stop else (at, at)


@part
def _here(data: Bytes, at: int, stop: int, what: Bytes) -> bool:
    if at + len(what) > stop:
        return False
    same = True
    for k in range(len(what)):
        same &= data[at + k] == what[k]
    return same


@part
def key_block(data: Bytes, at: int, stop: int) -> int:
    """Where a block of a private key (RFC 7468) that may begin at `at` ends; -1 where it is none.

    One that is not ended goes as far as its lines have no space in them and nothing but base64, quotes and backslashes.
    """
    if not _here(data, at, stop, _BEGIN):
        return -1
    label = at + len(_BEGIN)
    most = min(stop, label + 48)
    while label < most and not _here(data, label, stop, _PRIVATE_KEY):
        if data[label] == NEWLINE:
            return -1
        label += 1
    if label == most:
        return -1
    last = at = line = label + len(_PRIVATE_KEY)
    header = True  # the line so far may be a header, or what is left of the first line
    most = min(stop, at + MOST_BLOCK)
    while at < most:
        byte = data[at]
        if byte == DASH and _here(data, at, stop, _BEGIN):
            return last
        if byte == DASH and _here(data, at, stop, _END):
            at += len(_END)
            while at < stop and data[at] not in (NEWLINE, QUOTE, APOSTROPHE):
                at += 1
            return at
        if byte == NEWLINE:
            last = at
            line = at + 1
            header = False
        elif byte <= SPACE:
            if at == line:
                line = at + 1  # indented
            elif not header and byte != RETURN:
                return last
        elif byte == COLON:
            header = True
        elif not (is_alphanumeric(byte) or byte in _OF_KEYS):
            return last
        at += 1
    return at if at == stop else last
