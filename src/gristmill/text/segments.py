"""Words by the word boundaries of Unicode (UAX #29), and what to do in scripts that it leaves unsplit or shreds."""

from __future__ import annotations

import numpy as np

from gristmill.text.characters import (
    ALNUM,
    ASCII,
    COMPLEX,
    HAN,
    HIRAGANA,
    LEAD_VOWEL,
    MARK,
    PICTOGRAPHIC,
    WB_CR,
    WB_DOUBLE_QUOTE,
    WB_EXTEND,
    WB_EXTEND_NUM_LET,
    WB_FORMAT,
    WB_HEBREW,
    WB_KATAKANA,
    WB_LETTER,
    WB_LF,
    WB_MID_LETTER,
    WB_MID_NUM,
    WB_MID_NUM_LET,
    WB_NEWLINE,
    WB_NUMERIC,
    WB_REGIONAL,
    WB_SINGLE_QUOTE,
    WB_SPACE,
    WB_ZWJ,
    WORD_BREAK,
    Table,
    characters,
    decode,
    flags_of,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.words import Words

HAN_WORD = 2
"""Ideographs taken as one word: Chinese words are 1.5 to 2 characters long in running text."""

CLUSTERS_A_WORD = 3
"""Clusters (a base letter with its marks and its leading vowel) taken as one word of Thai, Lao, Khmer, Myanmar."""


@part
def _transparent(kind: int) -> bool:
    return kind in (WB_EXTEND, WB_FORMAT, WB_ZWJ)


@part
def _kind_after(data: Bytes, at: int, stop: int, table: Table) -> int:
    """Word_Break of the next character from `at` on that rule WB4 does not skip; WB_OTHER at the end."""
    while at < stop:
        code, at = decode(data, at, stop)
        kind = flags_of(code, table) & WORD_BREAK
        if not _transparent(kind):
            return kind
    return 0


@part
def _joins(before: int, kind: int) -> bool:
    """Rules WB5, WB8 to WB10 and WB13 to WB13b: kinds that stand in one word side by side."""
    word = WB_HEBREW <= before <= WB_LETTER or before == WB_NUMERIC
    if word:
        return WB_HEBREW <= kind <= WB_LETTER or kind in (WB_NUMERIC, WB_EXTEND_NUM_LET)
    if before == WB_KATAKANA:
        return kind in (WB_KATAKANA, WB_EXTEND_NUM_LET)
    if before == WB_EXTEND_NUM_LET:
        return WB_KATAKANA <= kind <= WB_LETTER or kind in (WB_NUMERIC, WB_EXTEND_NUM_LET)
    return False


@part
def _bridges(before: int, kind: int, after: int) -> bool:
    """Rules WB6, WB7, WB7b, WB7c, WB11, WB12: a mark between two letters or two numbers keeps them together."""
    if kind in (WB_SINGLE_QUOTE, WB_MID_NUM_LET):
        if before == WB_NUMERIC:
            return after == WB_NUMERIC
        return WB_HEBREW <= before <= WB_LETTER and WB_HEBREW <= after <= WB_LETTER
    if kind == WB_MID_LETTER:
        return WB_HEBREW <= before <= WB_LETTER and WB_HEBREW <= after <= WB_LETTER
    if kind == WB_MID_NUM:
        return before == WB_NUMERIC and after == WB_NUMERIC
    return kind == WB_DOUBLE_QUOTE and before == WB_HEBREW and after == WB_HEBREW


@part
def segment_end(data: Bytes, at: int, stop: int, table: Table) -> int:
    """The first word boundary after `at`, which is one itself (UAX #29, revision 45)."""
    code, at = decode(data, at, stop)
    before = last = flags_of(code, table) & WORD_BREAK
    if before == WB_CR:
        return at + 1 if at < stop and data[at] == 10 else at
    if before in (WB_LF, WB_NEWLINE):
        return at
    flags = before == WB_REGIONAL  # an odd number of regional indicators so far
    while at < stop:
        code, then = decode(data, at, stop)
        props = flags_of(code, table)
        kind = props & WORD_BREAK
        if _transparent(kind):
            last = kind
            at = then
            continue
        if kind in (WB_CR, WB_LF, WB_NEWLINE):
            return at
        if _joins(before, kind) or (last == WB_ZWJ and props & PICTOGRAPHIC) or (last == kind == WB_SPACE):
            before = kind
        elif before == WB_REGIONAL and kind == WB_REGIONAL and flags:
            flags = False
        elif WB_SINGLE_QUOTE <= kind <= WB_MID_NUM and _bridges(before, kind, _kind_after(data, then, stop, table)):
            # The letter or number that follows joins: the mark is passed over as if it were not there.
            pass
        elif before == WB_HEBREW and kind == WB_SINGLE_QUOTE:
            before = kind
        else:
            return at
        last = kind
        at = then
    return at


@part
def unspaced_end(data: Bytes, at: int, stop: int, table: Table) -> int:
    """The end of a word in a script without spaces, or -1 where the character at `at` is of another."""
    code, then = decode(data, at, stop)
    first = flags_of(code, table)
    if not first & (HAN | HIRAGANA | COMPLEX):
        return -1
    pieces = 1
    after_lead = first & LEAD_VOWEL
    joiner = False
    at = then
    while at < stop:
        code, then = decode(data, at, stop)
        props = flags_of(code, table)
        if first & HAN:
            if not props & MARK:
                if not props & HAN or pieces == HAN_WORD:
                    return at
                pieces += 1
        elif first & HIRAGANA:
            if not props & (HIRAGANA | MARK) and code != 0x30FC:
                return at
        else:
            if not props & (COMPLEX | MARK):
                return at
            if not props & MARK and not after_lead and not joiner:
                if pieces == CLUSTERS_A_WORD:
                    return at
                pieces += 1
            after_lead = props & LEAD_VOWEL
            joiner = code == 0x17D2 or code == 0x1039  # Khmer coeng, Myanmar virama: the next letter goes below
        at = then
    return at


@part
def _is_word(data: Bytes, at: int, stop: int, whole: bool, table: Table) -> bool:
    """Whether the first character, or any where `whole`, is alphanumeric."""
    while at < stop:
        code, at = decode(data, at, stop)
        if flags_of(code, table) & ALNUM:
            return True
        if not whole:
            return False
    return False


@part
def _plain_end(data: Bytes, at: int, stop: int) -> int:
    """The end of a word of ASCII letters and digits that plainly ends; -1 where rules must be asked."""
    while at < stop and (0x61 <= data[at] | 0x20 <= 0x7A or 0x30 <= data[at] <= 0x39):
        at += 1
    if at == stop or data[at] == 0x20 or data[at] == 0x0A:
        return at
    mark = data[at]
    if mark != 0x2C and mark != 0x2E and mark != 0x3A:  # , . : may stand inside a word
        return at if mark < 0x80 and mark != 0x5F and mark != 0x27 and mark != 0x3B else -1
    return at if at + 1 < stop and (data[at + 1] == 0x20 or data[at + 1] == 0x0A) else -1


@kernel
def _segments(
    data: Bytes, offsets: Offsets, rows: Offsets, strict: bool, table: Table
) -> tuple[Offsets, Offsets, Offsets]:
    total = 0
    for row in rows:
        total += offsets[row + 1] - offsets[row]
    starts = np.empty(total, np.int64)
    stops = np.empty(total, np.int64)
    bounds = np.zeros(len(offsets), np.int64)
    found = 0
    done = 0
    for row in rows:
        bounds[done : row + 1] = found
        done = row + 1
        stop = offsets[row + 1]
        at = offsets[row]
        while at < stop:
            if data[at] < 0x80 and not table[ASCII + data[at]] & (ALNUM | WORD_BREAK):
                at += 1  # a mark or sign of ASCII that joins nothing; what extends it is no word either
                continue
            end = _plain_end(data, at, stop)
            if end > at:
                starts[found] = at
                stops[found] = end
                found += 1
                at = end
                continue
            end = -1
            if not strict and data[at] >= 0xE0:
                end = unspaced_end(data, at, stop, table)
            if end < 0:
                end = segment_end(data, at, stop, table)
            if _is_word(data, at, end, not strict, table):
                starts[found] = at
                stops[found] = end
                found += 1
            at = end
    bounds[done:] = found
    return starts[:found], stops[:found], bounds


def words_of_any_script(data: Bytes, offsets: Offsets, rows: Offsets) -> Words:
    """Words for people: the segments of UAX #29 with a letter or digit in them. `rows` ascend.

    UAX #29 makes a segment of each ideograph, kana of Hiragana and letter of Thai, and leaves words to
    dictionaries. Without one: two ideographs are a word, so is a run of Hiragana, and so are three clusters of
    Thai, Lao, Khmer or Myanmar. Such words have the length of real ones, so that counts and n-grams are
    sensible; their borders are not real.
    """
    return Words(*_segments(data, offsets, rows, False, characters()))


def segments_of_uax29(data: Bytes, offsets: Offsets, rows: Offsets) -> Words:
    """The segments of UAX #29 whose first character is alphanumeric, in every script: DCLM's words."""
    return Words(*_segments(data, offsets, rows, True, characters()))
