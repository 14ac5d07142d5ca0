"""What sorts of characters a stretch of text has, and whether it is encoded by that: nobody writes so by hand."""

from __future__ import annotations

from gristmill.text.ascii import (
    BACKSLASH,
    BANG,
    COLON,
    DELETE,
    LOWER_A,
    LOWER_X,
    LOWER_Z,
    PERCENT,
    SLASH,
    UPPER_A,
    UPPER_Z,
    is_digit,
    is_hex,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import part, small_part

BASE64, DATA_URI, HEX, BASE85, PERCENT_ENCODED, MINIFIED, LONG = range(7)
"""Kinds of blobs: `BASE85` is uuencode, too; `LONG` is a mixed run of 256 characters and more without a space."""

LONG_LINE = 512  # bytes

LOWER, UPPER, DIGIT, SYMBOL = range(4)
N, SWITCHES, HEXES, BASE64S, CODES, ESCAPES, HEX_ESCAPES, URLS, LOW, HIGH = range(4, 14)
STATS = 14
"""Counts of a stretch: characters of each sort; all; those of another sort than the one before; hexadecimal digits,
characters of base64 and of code; percent and hexadecimal escapes; `://`; and bits for the characters that it has."""

_HALF = 0x50  # the characters that a text has are bits of LOW up to here, of HIGH from here on
_OF_CODE = tuple(b"();=[]{}")
_OF_BASE64 = tuple(b"+/=-_")  # beside letters and digits


@small_part
def _class(byte: int) -> int:
    if LOWER_A <= byte <= LOWER_Z:
        return LOWER
    if UPPER_A <= byte <= UPPER_Z:
        return UPPER
    return DIGIT if is_digit(byte) else SYMBOL


@small_part
def is_base64(byte: int) -> bool:
    """Both alphabets of RFC 4648, and the padding."""
    return _class(byte) != SYMBOL or byte in _OF_BASE64


@part
def count(data: Bytes, start: int, stop: int, stats: Offsets) -> None:
    """Add what kinds of characters `data[start:stop]` has to `stats`."""
    before = -1
    for at in range(start, stop):
        byte = data[at]
        kind = _class(byte)
        stats[kind] += 1
        stats[SWITCHES] += before >= 0 and kind != before
        before = kind
        stats[HEXES] += is_hex(byte)
        stats[BASE64S] += is_base64(byte)
        if kind == SYMBOL:
            stats[CODES] += byte in _OF_CODE
            if at + 2 < stop:
                stats[URLS] += byte == COLON and data[at + 1] == SLASH and data[at + 2] == SLASH
                stats[ESCAPES] += byte == PERCENT and is_hex(data[at + 1]) and is_hex(data[at + 2])
            if at + 3 < stop and byte == BACKSLASH and data[at + 1] == LOWER_X:
                stats[HEX_ESCAPES] += is_hex(data[at + 2]) and is_hex(data[at + 3])
        if BANG <= byte < _HALF:
            stats[LOW] |= 1 << (byte - BANG)
        elif _HALF <= byte < DELETE:
            stats[HIGH] |= 1 << (byte - _HALF)
    stats[N] += stop - start


@part
def distinct(stats: Offsets) -> int:
    found = 0
    for k in (LOW, HIGH):
        bits = stats[k]
        while bits > 0:
            bits &= bits - 1
            found += 1
    return found


@part
def encoded(stats: Offsets, least: int) -> int:
    """The kind of a run without spaces that nobody wrote by hand, -1 for any other."""
    n = stats[N]
    if n < least:
        return -1
    if stats[HEXES] == n:
        return HEX if stats[DIGIT] < n and distinct(stats) >= 8 else -1
    if stats[HEX_ESCAPES] * 20 >= n * 3:
        return HEX
    if stats[UPPER] * 10 < n or stats[LOWER] * 10 < n or stats[DIGIT] * 50 < n:
        return -1
    characters = distinct(stats)
    if stats[BASE64S] == n:
        mixed = stats[SWITCHES] * 5 >= n * 2 or (n >= LONG_LINE and characters >= 40 and stats[SWITCHES] * 4 >= n)
        return BASE64 if mixed else -1
    odd = stats[SWITCHES] * 2 >= n and stats[SYMBOL] * 10 >= n and characters >= 40
    return BASE85 if odd and stats[URLS] == 0 and stats[CODES] * 6 < n else -1
