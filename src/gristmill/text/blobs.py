"""Finds what is encoded rather than written: base64, hexadecimal, uuencode, base85, escapes, minified code."""

from __future__ import annotations

import numpy as np

from gristmill.text.ascii import COLON, SLASH, SPACE
from gristmill.text.blob_blocks import bare_line, block, is_dense, line_end
from gristmill.text.blob_counts import (
    CODES,
    DATA_URI,
    ESCAPES,
    LONG,
    LONG_LINE,
    MINIFIED,
    PERCENT_ENCODED,
    STATS,
    SWITCHES,
    URLS,
    N,
    count,
    distinct,
    encoded,
    is_base64,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hits import Hits, collected, keep_hit
from gristmill.text.jit import kernel, part

LEAST_URI, LONG_TOKEN = 32, 256  # bytes

_AROUND_URLS = tuple(b"\"'()<>{}")


@part
def _is_minified(data: Bytes, start: int, stop: int, stats: Offsets) -> bool:
    """A line of 512 bytes or more of which an eighth and more are brackets, semicolons and signs of equality."""
    if stop - start < LONG_LINE:
        return False
    stats[:] = 0
    count(data, start, stop, stats)
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
            while at < stop and is_base64(data[at]):
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
        return encoded(stats, least)
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
        while at < stop and is_base64(data[at]):
            at += 1
        if at - begin >= least and not url:
            stats[:] = 0
            count(data, begin, at, stats)
            kind = encoded(stats, least)
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
        while at < stop and is_dense(data[at]):
            at += 1
        if at - begin >= LEAST_URI:
            stats[:] = 0
            count(data, begin, at, stats)
            kind = _whole_token(stats, least)
            long = stats[N] >= LONG_TOKEN and stats[URLS] == 0 and stats[SWITCHES] * 10 >= stats[N]
            long = long and distinct(stats) >= 16
            if kind < 0 or kind == MINIFIED:
                before = total
                total = _pieces(data, begin, at, least, stats, out, total, row)
                if total == before and (long or kind >= 0):
                    total = keep_hit(out, total, row, begin, at, kind if kind >= 0 else LONG)
            else:
                total = keep_hit(out, total, row, begin, at, kind)
        at += 1
    return total


@kernel
def _find(data: Bytes, offsets: Offsets, rows: Offsets, least: int, out: Offsets) -> int:
    total = 0
    stats = np.zeros(STATS, np.int64)
    for k in range(len(rows)):
        at, stop = offsets[rows[k]], offsets[rows[k] + 1]
        asked = at
        while at < stop:
            line = line_end(data, at, stop)
            start, bare = bare_line(data, at, line)
            kind = -1
            if at >= asked and start < bare:
                kind, end, asked = block(data, at, stop, least, stats)
            if kind >= 0:
                total = keep_hit(out, total, k, start, end, kind)
                line = line_end(data, end, stop)
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
