"""The simplified words of 64 bytes of a text, by the bits of words that say what stands at each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Bytes
from gristmill.text.jit import small_part
from gristmill.text.many_bytes import (
    WIDE,
    first_bits,
    first_set,
    how_many_set,
    last_set,
    where,
    where_less,
    where_letters,
    where_of,
)
from gristmill.text.many_codes import Codes, decode_lower, put_places, spread_lower, where_code
from gristmill.text.simplified_table import IS_HANGUL, IS_LETTER, IS_LONE, IS_OTHER, IS_SPACE, Entries, put_hangul
from gristmill.text.word_hashes import Held

Lone = npt.NDArray[np.bool_]

SEEN = WIDE + 2
"""How many bytes are looked at; all of them must be there."""
_ONE, _NONE = np.uint64(1), np.uint64(0)
_MANY = 8
"""Sequences of a block that are few are taken one by one: the vectors of many wait for what was just written."""
_RARE = np.uint64(1 << IS_LONE | 1 << IS_OTHER)
_LAST = np.uint64(1 << WIDE - 1)


@small_part
def _whole(leads: np.uint64, threes: np.uint64, inner: np.uint64, size: int) -> int:
    """Of the first bytes, those of sequences that are whole; 0 where a sequence is none of two or three bytes."""
    seen = first_bits(size)
    leads, threes = leads & seen, threes & seen
    expected = leads << _ONE | threes << np.uint64(2)
    if (expected ^ inner) & seen != _NONE:
        return 0
    last = np.uint64(size - 1)
    if leads >> last & _ONE != _NONE:
        return size - 1
    return size - 2 if size > 1 and threes >> (last - _ONE) & _ONE != _NONE else size


@small_part
def _code_at(data: Bytes, at: int) -> int:
    """The code point of a sequence of two or three bytes, without a branch."""
    first = np.uint64(at)
    lead = np.int64(data[first])
    two = (lead & 0x1F) << 6 | (np.int64(data[first + np.uint64(1)]) & 0x3F)
    three = (two << 6 | (np.int64(data[first + np.uint64(2)]) & 0x3F)) & 0xFFFF
    return int(three if lead >= 0xE0 else two)


@small_part
def _take_sequences(
    data: Bytes, at: int, size: int, leads: np.uint64, table: Entries, codes: Codes, to: int
) -> tuple[int, np.uint64, np.uint64, np.uint64]:
    """Put what is left of sequences that begin at `leads`: how many bytes before one that is more than a code point,
    and which bytes begin a letter, which part words, which are a word by themselves."""
    letters = spaces = lone = _NONE
    while leads != _NONE:
        k = first_set(leads)
        leads &= leads - _ONE
        code = _code_at(data, at + k)
        mark = np.uint64(table[np.uint64(code)])
        here = np.uint64(k)
        if mark >> np.uint64(IS_OTHER) == _NONE:
            codes[np.uint64(to + k)] = np.uint16(mark)
        elif mark >> np.uint64(IS_HANGUL) != _NONE:
            put_hangul(code, codes, to + k)
        else:
            return k, letters, spaces, lone
        letters |= (mark >> np.uint64(IS_LETTER) & _ONE) << here
        spaces |= (mark >> np.uint64(IS_SPACE) & _ONE) << here
        lone |= (mark >> np.uint64(IS_LONE) & _ONE) << here
    return size, letters, spaces, lone


@small_part
def _take_letters(leads: np.uint64, table: Entries, codes: Codes, to: int) -> np.uint64:
    """Put what is left of the code points of sequences; returns the bits of all their marks."""
    marks = _NONE
    while leads != _NONE:
        place = np.uint64(to + first_set(leads))
        leads &= leads - _ONE
        mark = np.uint64(table[np.uint64(codes[place])])
        codes[place] = np.uint16(mark)
        marks |= mark
    return marks


@small_part
def _take_many(
    data: Bytes, at: int, leads: np.uint64, numbers: np.uint64, more: np.uint64, table: Entries, codes: Codes, to: int
) -> bool:
    """Put what is left of many sequences, of which none but is a letter, a space or nothing; False where one is."""
    marks = np.uint64(table[np.uint64(_code_at(data, at + first_set(leads)))])
    if marks & _RARE != _NONE:  # as all are then, in most scripts
        return False
    decode_lower(data, at, numbers, more, codes, to)
    return bool(_take_letters(leads, table, codes, to) & _RARE == _NONE)


@small_part
def _note_lone(lone: Lone, begun: np.uint64, alone: np.uint64, word: int) -> None:
    while begun != _NONE:
        lone[word] = alone >> np.uint64(first_set(begun)) & _ONE != _NONE
        begun &= begun - _ONE
        word += 1


@small_part
def _numbers(
    data: Bytes, at: int, digits: np.uint64, high: np.uint64, seen: np.uint64
) -> tuple[int, np.uint64, np.uint64]:
    """How many bytes come before a number that cannot be told here, where the others begin, and what more they have.

    A number is digits, and once a separator with digits behind it. It cannot be told where it may go on behind the
    block or in other than ASCII, and where there is a second separator.
    """
    separators = (where(data, at, 0x2C) | where(data, at, 0x2E)) & seen
    joining = separators & digits << _ONE & digits >> _ONE
    numbers = digits | joining
    begins = digits & ~(numbers << _ONE)
    after = numbers << _ONE & ~numbers
    unclear = (numbers | separators & after) & seen & _LAST
    unclear |= (after | (after & separators) << _ONE) & high
    unclear |= (digits + (joining << _ONE)) & ~digits & joining
    size = WIDE
    if unclear != _NONE:
        size = first_set(last_set(begins & first_bits(first_set(unclear) + 1)))
    return size, begins, numbers & ~begins


@small_part
def take_plain(data: Bytes, at: int, held: Held, codes: int, edges: int) -> int:
    """Take what 64 bytes of ASCII say that belong to the text, all of them: how many edges there are then.

    It is -1 where they cannot be taken like that.
    """
    if ~where_less(data, at, 0x80) != _NONE:
        return -1
    digits = where_of(data, at, 0x30, 10)
    begins = more = _NONE
    if digits != _NONE:
        size, begins, more = _numbers(data, at, digits, _NONE, ~_NONE)
        if size < WIDE:
            return -1
    spread_lower(data, at, begins, more, held.codes, codes)
    of_words = where_letters(data, at) | begins | more
    behind = of_words << _ONE | np.uint64(edges & 1)
    return put_places(of_words ^ behind, codes, held.edges, edges)


@small_part
def take_block(
    data: Bytes, at: int, stop: int, marks: Entries, held: Held, codes: int, edges: int, lone: Lone, found: int
) -> tuple[int, int]:
    """Take what 64 bytes say, up to a rare letter or number: how many bytes, and how many edges there are then.

    Of a byte that leaves nothing there is a 0 among the codes.
    """
    size = min(WIDE, stop - at)
    seen = first_bits(size)
    high = ~where_less(data, at, 0x80)
    digits = where_of(data, at, 0x30, 10) & seen
    begins = more = _NONE
    if digits != _NONE:
        before, begins, more = _numbers(data, at, digits, high, seen)
        size = min(size, before)
    letters = where_letters(data, at) | begins
    spread_lower(data, at, begins, more, held.codes, codes)
    alone = _NONE
    hidden = more
    inside = np.uint64(edges & 1)
    if high & first_bits(size) != _NONE:
        leads = ~where_less(data, at, 0xC0)
        threes = ~where_less(data, at, 0xE0)
        size = min(size, first_set(~where_less(data, at, 0xF0)))
        size = _whole(leads, threes, high & ~leads, size) if size else 0
        leads &= first_bits(size)
        if how_many_set(leads) > _MANY and _take_many(data, at, leads, begins, more, marks, held.codes, codes):
            spaces = where_code(held.codes, codes, 0x20) & leads
            others = leads & ~spaces & ~where_code(held.codes, codes, 0)
        else:
            size, others, spaces, alone = _take_sequences(data, at, size, leads, marks, held.codes, codes)
        letters |= others
        spaces |= alone << _ONE | (alone & threes) << np.uint64(2)
        hidden |= high & ~(others | spaces)
    # Bytes that leave nothing belong to a word where a letter stands before them.
    parting = (~(letters | hidden) << _ONE | (_ONE ^ inside)) & hidden
    of_words = letters | (hidden & (hidden + parting))
    behind = of_words << _ONE | inside
    size = min(size, first_set(alone & behind))  # one behind a letter would end one word and begin one
    if len(lone):
        _note_lone(lone, of_words & ~behind & first_bits(size), alone, found + (edges + 1 >> 1))
    return size, put_places((of_words ^ behind) & first_bits(size), codes, held.edges, edges)
