"""Finds what is encoded rather than written: base64, hexadecimal, uuencode, base85, escapes, minified code."""

from __future__ import annotations

import numpy as np

from gristmill.text.ascii import (
    BACKSLASH,
    BANG,
    COLON,
    COMMA,
    DELETE,
    GRAVE,
    LOWER_A,
    LOWER_X,
    LOWER_Z,
    NEWLINE,
    NINE,
    PERCENT,
    RETURN,
    SLASH,
    SPACE,
    TAB,
    TILDE,
    UPPER_A,
    UPPER_Z,
    ZERO,
    is_digit,
    is_hex,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hits import Hits, collected, keep_hit
from gristmill.text.jit import kernel, part, small_part

BASE64, DATA_URI, HEX, BASE85, PERCENT_ENCODED, MINIFIED, LONG = range(7)
"""Kinds of blobs: `BASE85` is uuencode, too; `LONG` is a mixed run of 256 characters and more without a space."""

LEAST_LINE, LEAST_URI, LONG_TOKEN, LONG_LINE = 40, 32, 256, 512
LOWER, UPPER, DIGIT, SYMBOL = range(4)
_FULL_LINE = ord("M")  # what a full line of uuencode begins with: 45 bytes and a space
_HASHES = (32, 40, 48, 56, 64, 96, 128)  # hexadecimal digits of MD5, SHA-1 ... SHA-512
N, SWITCHES, HEXES, BASE64S, CODES, ESCAPES, HEX_ESCAPES, URLS, LOW, HIGH = range(4, 14)
_STATS = 14
_OF_CODE = tuple(b"();=[]{}")
_OF_BASE64 = tuple(b"+/=-_")  # beside letters and digits
_AROUND_URLS = tuple(b"\"'()<>{}")
_HALF = 0x50  # the characters that a text has are bits of LOW up to here, of HIGH from here on


@small_part
def _class(byte: int) -> int:
    if LOWER_A <= byte <= LOWER_Z:
        return LOWER
    if UPPER_A <= byte <= UPPER_Z:
        return UPPER
    return DIGIT if is_digit(byte) else SYMBOL


@small_part
def _is_base64(byte: int) -> bool:
    """Both alphabets of RFC 4648, and the padding."""
    return _class(byte) != SYMBOL or byte in _OF_BASE64


@small_part
def _is_dense(byte: int) -> bool:
    return BANG <= byte <= TILDE


@part
def _count(data: Bytes, start: int, stop: int, stats: Offsets) -> None:
    """Add what kinds of characters `data[start:stop]` has to `stats`."""
    before = -1
    for at in range(start, stop):
        byte = data[at]
        kind = _class(byte)
        stats[kind] += 1
        stats[SWITCHES] += before >= 0 and kind != before
        before = kind
        stats[HEXES] += is_hex(byte)
        stats[BASE64S] += _is_base64(byte)
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
def _distinct(stats: Offsets) -> int:
    found = 0
    for k in (LOW, HIGH):
        bits = stats[k]
        while bits > 0:
            bits &= bits - 1
            found += 1
    return found


@part
def _encoded(stats: Offsets, least: int) -> int:
    """The kind of a run without spaces that nobody wrote by hand, -1 for any other."""
    n = stats[N]
    if n < least:
        return -1
    if stats[HEXES] == n:
        return HEX if stats[DIGIT] < n and _distinct(stats) >= 8 else -1
    if stats[HEX_ESCAPES] * 20 >= n * 3:
        return HEX
    if stats[UPPER] * 10 < n or stats[LOWER] * 10 < n or stats[DIGIT] * 50 < n:
        return -1
    distinct = _distinct(stats)
    if stats[BASE64S] == n:
        mixed = stats[SWITCHES] * 5 >= n * 2 or (n >= LONG_LINE and distinct >= 40 and stats[SWITCHES] * 4 >= n)
        return BASE64 if mixed else -1
    odd = stats[SWITCHES] * 2 >= n and stats[SYMBOL] * 10 >= n and distinct >= 40
    return BASE85 if odd and stats[URLS] == 0 and stats[CODES] * 6 < n else -1


@part
def _line_end(data: Bytes, at: int, stop: int) -> int:
    while at < stop and data[at] != NEWLINE:
        at += 1
    return at


@part
def _bare(data: Bytes, start: int, stop: int) -> tuple[int, int]:
    """A line without blanks at its ends."""
    while start < stop and data[start] in (SPACE, TAB, RETURN):
        start += 1
    while stop > start and data[stop - 1] in (SPACE, TAB, RETURN):
        stop -= 1
    return start, stop


@part
def _all_dense(data: Bytes, start: int, stop: int) -> bool:
    for at in range(start, stop):
        if not _is_dense(data[at]):
            return False
    return stop > start


@part
def _all_hex(data: Bytes, start: int, stop: int) -> bool:
    hexes = 0
    for at in range(start, stop):
        hexes += is_hex(data[at])
    return hexes == stop - start


@part
def _dense_block(data: Bytes, at: int, stop: int, stats: Offsets) -> tuple[int, int]:
    """Where lines of one length and without spaces end that begin with the line at `at`, and how many they are.

    The last one may be shorter. Their characters are counted into `stats`.
    """
    lines = size = end = 0
    while at < stop:
        line = _line_end(data, at, stop)
        start, bare = _bare(data, at, line)
        if lines == 0:
            size = bare - start
        if bare - start > size or size < LEAST_LINE or not _all_dense(data, start, bare):
            break
        if lines == 0 and size in _HASHES and _all_hex(data, start, bare):
            break
        _count(data, start, bare, stats)
        lines += 1
        end = bare
        at = line + 1
        if bare - start < size:
            break
    return end, lines


@part
def _uuencoded(data: Bytes, start: int, stop: int) -> bool:
    """A full line: `M`, and 60 characters from space to grave accent."""
    if stop - start != 61 or data[start] != _FULL_LINE:
        return False
    within = 0
    for at in range(start, stop):
        within += SPACE <= data[at] <= GRAVE
    return within == stop - start


@part
def _uu_block(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    lines = end = 0
    while at < stop:
        line = _line_end(data, at, stop)
        bare = line - 1 if line > at and data[line - 1] == RETURN else line
        if not _uuencoded(data, at, bare):
            break
        lines += 1
        end = bare
        at = line + 1
    return end, lines


@part
def _hex_group(data: Bytes, at: int, stop: int) -> tuple[int, int, int]:
    """Where a group of 2, 4, 6, 7 or 8 hexadecimal digits ends with its comma; its digits, those that are letters.

    It may begin with `0x`, and must end with a blank, a comma or the line; no digits where it is none.
    """
    if at + 1 < stop and data[at] == ZERO and data[at + 1] == LOWER_X:
        at += 2
    begin = at
    letters = 0
    while at < stop and at - begin < 9 and is_hex(data[at]):
        letters += data[at] > NINE
        at += 1
    digits = at - begin
    if not (digits in (2, 4) or 6 <= digits <= 8):
        return at, 0, 0
    if at < stop and data[at] == COMMA:
        return at + 1, digits, letters
    return (at, digits, letters) if at == stop or data[at] in (SPACE, TAB, RETURN) else (at, 0, 0)


@part
def _hex_line(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    """Digits in the groups that a line begins with, behind an offset with a colon; and those that are letters."""
    total = letters = 0
    offset = at
    while offset < stop and offset - at < 16 and is_hex(data[offset]):
        offset += 1
    if at < offset < stop and data[offset] == COLON:
        at = offset + 1
    while at < stop:
        if data[at] in (SPACE, TAB):
            at += 1
            continue
        at, digits, some = _hex_group(data, at, stop)
        if digits == 0:
            break
        total += digits
        letters += some
    return total, letters


@part
def _hex_block(data: Bytes, at: int, stop: int) -> tuple[int, bool]:
    """Where lines of groups end that begin with the line at `at`, and whether they are a dump and no table."""
    lines = end = total = letters = 0
    while at < stop:
        line = _line_end(data, at, stop)
        start, bare = _bare(data, at, line)
        digits, some = _hex_line(data, start, bare)
        if digits < (16 if lines == 0 else 2):
            break
        total += digits
        letters += some
        lines += 1
        end = bare
        at = line + 1
    return end, lines > 0 and letters * 20 >= total


@part
def _is_minified(data: Bytes, start: int, stop: int, stats: Offsets) -> bool:
    """A line of 512 bytes or more of which an eighth and more are brackets, semicolons and signs of equality."""
    if stop - start < LONG_LINE:
        return False
    stats[:] = 0
    _count(data, start, stop, stats)
    spaces = 0
    for at in range(start, stop):
        spaces += data[at] == SPACE
    return bool(stats[CODES] * 8 >= stats[N] and spaces * 10 <= stats[N] and stats[URLS] * 60 <= stats[N])


@part
def _data_uri(data: Bytes, at: int, stop: int) -> tuple[int, int]:
    """Where `data:TYPE;base64,` begins and its value ends in a token, behind `at`; -1 where none does."""
    name = b"data:"
    mark = b";base64,"
    begin = -1
    while at < stop:
        same = at + 5 <= stop and data[at] == name[0]
        for k in range(5 if same else 0):
            same = same and data[at + k] == name[k]
        if same:
            begin = at
        same = begin >= 0 and at - begin < 100 and at + 8 <= stop and data[at] == mark[0]
        for k in range(8 if same else 0):
            same = same and data[at + k] == mark[k]
        if same:
            at += 8
            while at < stop and _is_base64(data[at]):
                at += 1
            if at - begin >= LEAST_URI:
                return begin, at
            begin = -1
        else:
            at += 1
    return -1, stop


@part
def _whole_token(stats: Offsets, least: int) -> int:
    """The kind that a token is as a whole, but for a long one; -1 where it is none."""
    n = stats[N]
    if stats[URLS] == 0 and n >= least:
        if stats[ESCAPES] * 10 >= n:
            return PERCENT_ENCODED
        if n >= LONG_TOKEN and stats[CODES] * 8 >= n:
            return MINIFIED
        return _encoded(stats, least)
    return -1


@part
def _pieces(data: Bytes, start: int, stop: int, least: int, stats: Offsets, out: Offsets, total: int, row: int) -> int:
    """Data URIs in a token, else its stretches of base64 or hexadecimal that belong to no url."""
    begin, end = _data_uri(data, start, stop)
    if begin >= 0:
        while begin >= 0:
            total = keep_hit(out, total, row, begin, end, DATA_URI)
            begin, end = _data_uri(data, end, stop)
        return total
    at = start
    url = False
    while at < stop:
        begin = at
        while at < stop and _is_base64(data[at]):
            at += 1
        if at - begin >= least and not url:
            stats[:] = 0
            _count(data, begin, at, stats)
            kind = _encoded(stats, least)
            if kind >= 0:
                total = keep_hit(out, total, row, begin, at, kind)
        if at < stop:
            if data[at] in _AROUND_URLS:
                url = False
            elif data[at] == COLON and at + 2 < stop and data[at + 1] == SLASH and data[at + 2] == SLASH:
                url = True
            at += 1
    return total


@part
def _tokens(data: Bytes, at: int, stop: int, least: int, stats: Offsets, out: Offsets, total: int, row: int) -> int:
    """The blobs in a line, token by token."""
    while at < stop:
        begin = at
        while at < stop and _is_dense(data[at]):
            at += 1
        if at - begin >= LEAST_URI:
            stats[:] = 0
            _count(data, begin, at, stats)
            kind = _whole_token(stats, least)
            long = stats[N] >= LONG_TOKEN and stats[URLS] == 0 and stats[SWITCHES] * 10 >= stats[N]
            long = long and _distinct(stats) >= 16
            if kind < 0 or kind == MINIFIED:
                before = total
                total = _pieces(data, begin, at, least, stats, out, total, row)
                if total == before and (long or kind >= 0):
                    total = keep_hit(out, total, row, begin, at, kind if kind >= 0 else LONG)
            else:
                total = keep_hit(out, total, row, begin, at, kind)
        at += 1
    return total


@part
def _block(data: Bytes, at: int, stop: int, least: int, stats: Offsets) -> tuple[int, int, int]:
    """Lines from `at` on that are one blob: its kind, where it ends; and how far no other line need be asked."""
    asked, lines = _uu_block(data, at, stop)
    if lines >= 2:
        return BASE85, asked, asked
    end, is_dump = _hex_block(data, at, stop)
    if is_dump and end - at >= least:
        return HEX, end, end
    asked = max(asked, end)
    stats[:] = 0
    end, lines = _dense_block(data, at, stop, stats)
    kind = _encoded(stats, least) if lines >= 2 else -1
    return kind, end, max(asked, end)


@kernel
def _find(data: Bytes, offsets: Offsets, rows: Offsets, least: int, out: Offsets) -> int:
    total = 0
    stats = np.zeros(_STATS, np.int64)
    for k in range(len(rows)):
        at, stop = offsets[rows[k]], offsets[rows[k] + 1]
        asked = at
        while at < stop:
            line = _line_end(data, at, stop)
            start, bare = _bare(data, at, line)
            kind = -1
            if at >= asked and start < bare:
                kind, end, asked = _block(data, at, stop, least, stats)
            if kind >= 0:
                total = keep_hit(out, total, k, start, end, kind)
                line = _line_end(data, end, stop)
            elif _is_minified(data, start, bare, stats):
                total = keep_hit(out, total, k, start, bare, MINIFIED)
            else:
                total = _tokens(data, start, bare, least, stats, out, total, k)
            at = line + 1
    return total


def blobs(data: Bytes, offsets: Offsets, rows: Offsets, least: int) -> Hits:
    """The blobs of the asked rows, in order, `entries` being their kinds; encoded ones have `least` bytes or more.

    Lines of one length count as one (a PEM file, a MIME body, a dump). Urls, hashes, digits alone, sequences of DNA or
    protein and words of any language are none: what is encoded has capitals, small letters and digits in turns.
    """
    return collected(lambda out: _find(data, offsets, rows, least, out))
