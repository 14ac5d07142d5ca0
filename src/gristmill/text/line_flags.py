"""What is wrong with a line: no end, capitals, digits, counters."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import (
    ASCII,
    DECIMAL,
    PUNCTUATION,
    TERMINAL,
    WORD,
    Table,
    decode,
    flags_of,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.measures import ends_with, pieces, stands_at
from gristmill.text.words import space_width

COUNTED = pieces(
    *("likes", "shares", "comments", "retweets", "reposts", "quotes", "bookmarks", "upvotes", "downvotes"),
    *("downloads", "views", "followers"),
)

Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


@kernel
def without_end(
    data: Bytes, starts: Offsets, stops: Offsets, wanted: Bytes, bounds: Offsets, bad: Bytes, bad_bounds: Offsets
) -> Mask:
    """Which lines do not end with one of the wanted pieces, or end with a bad one."""
    lacks = np.zeros(len(starts), np.bool_)
    for k in range(len(starts)):
        lacks[k] = not ends_with(data, starts[k], stops[k], wanted, bounds) or ends_with(
            data, starts[k], stops[k], bad, bad_bounds
        )
    return lacks


@kernel
def shares(data: Bytes, starts: Offsets, stops: Offsets, flag: int, table: Table) -> npt.NDArray[np.float64]:
    """The share of each line's characters that have a flag (UPPER, DIGIT); 0 for an empty line."""
    out = np.zeros(len(starts), np.float64)
    for k in range(len(starts)):
        at = starts[k]
        met = seen = 0
        while at < stops[k]:
            code, at = decode(data, at, stops[k])
            met += flags_of(code, table) & flag != 0
            seen += 1
        out[k] = met / max(seen, 1)
    return out


@part
def _skip(data: Bytes, at: int, stop: int, flag: int, table: Table) -> int:
    """The first place from `at` on where a character has the flag."""
    while at < stop:
        code, then = decode(data, at, stop)
        if flags_of(code, table) & flag:
            break
        at = then
    return at


@part
def _is_counter(data: Bytes, at: int, stop: int, table: Table, wanted: Bytes, bounds: Offsets) -> bool:
    at = _skip(data, at, stop, WORD, table)
    if at == stop or not flags_of(decode(data, at, stop)[0], table) & DECIMAL:
        return False
    while at < stop:
        code, then = decode(data, at, stop)
        if not flags_of(code, table) & DECIMAL and code != 0x2C and code != 0x2E:
            break
        at = then
    if at < stop and (data[at] | 0x20 == 0x6B or data[at] | 0x20 == 0x6D or data[at] | 0x20 == 0x62):  # k m b
        at += 1
    begin = at
    while at < stop:
        width = space_width(data, at, stop)
        if not width:
            break
        at += width
    if at == begin:
        return False
    for n in range(len(bounds) - 1):
        if stands_at(data, at, stop, wanted, bounds[n], bounds[n + 1]):
            after = at + bounds[n + 1] - bounds[n]
            if _skip(data, after, stop, WORD, table) == stop:
                return True
    return False


@kernel
def counters(data: Bytes, starts: Offsets, stops: Offsets, table: Table, wanted: Bytes, bounds: Offsets) -> Mask:
    """Which lines are a number of likes, shares, views and so on, and no more."""
    found = np.zeros(len(starts), np.bool_)
    for k in range(len(starts)):
        found[k] = _is_counter(data, starts[k], stops[k], table, wanted, bounds)
    return found


@kernel
def sentences_in_lines(
    data: Bytes,
    token_starts: Offsets,
    token_stops: Offsets,
    starts: Offsets,
    stops: Offsets,
    lines: Offsets,
    table: Table,
    counts: Counts,
) -> None:
    """Fill in two rows of counts for some lines, which have 0 before: the sentences in each, and the tokens.

    A sentence ends at a token of terminal punctuation, as spaCy's sentencizer has it. Tokens and lines ascend, and no
    token is in two lines.
    """
    token = 0
    for k in lines:
        while token < len(token_starts) and token_starts[token] < starts[k]:
            token += 1
        first = token
        ended = False
        while token < len(token_starts) and token_stops[np.uint64(token)] <= stops[k]:
            start, stop = token_starts[np.uint64(token)], token_stops[np.uint64(token)]
            lead = data[np.uint64(start)]
            if (lead >= 0x80) | ended | _ends_sentence(lead, stop - start, table):  # else, as mostly, nothing changes
                if _is_terminal(data, start, stop, table):
                    ended = True
                elif ended and not _is_punctuation(data, start, stop, table):
                    counts[0, k] += 1
                    ended = False
            token += 1
        counts[0, k] += token > first
        counts[1, k] = token - first


@small_part
def _ends_sentence(lead: int, size: int, table: Table) -> bool:
    """Whether a token is terminal punctuation of ASCII, told by its first byte and its size."""
    return bool((size == 1) & (table[np.uint64(ASCII + min(lead, 0x7F))] & TERMINAL != 0))


@small_part
def _is_terminal(data: Bytes, start: int, stop: int, table: Table) -> bool:
    """Whether a token is one character of terminal punctuation."""
    if stop - start == 1:
        return bool(data[start] < 0x80 and table[ASCII + data[start]] & TERMINAL)
    if data[start] < 0x80:
        return False
    code, after = decode(data, start, stop)
    return bool(after == stop and flags_of(code, table) & TERMINAL)


@part
def _is_punctuation(data: Bytes, at: int, stop: int, table: Table) -> bool:
    while at < stop:
        code, at = decode(data, at, stop)
        if not flags_of(code, table) & PUNCTUATION:
            return False
    return True
