"""What the words of texts are made of, and how long they are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import ALPHA, ASCII, SYMBOL, Table, characters, count_characters, flags_at
from gristmill.text.eight_bytes import ascii_only, letters_in, numerals_in
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.many_bytes import (
    WIDE,
    bits_of,
    block_of,
    first_bits,
    first_set,
    how_many_set,
    where_less,
    where_of,
    wide_enough,
)
from gristmill.text.mixing import up_to_eight
from gristmill.text.white_space import white_bits
from gristmill.text.words import Words

Counts = npt.NDArray[np.int64]
Means = npt.NDArray[np.float64]


class WordCounts(NamedTuple):
    """One entry for each asked row."""

    words: Counts
    characters: Counts  # code points in words
    plain: Counts  # words with a character that is no punctuation mark (datatrove's set)
    plain_characters: Counts  # code points in those
    alphabetic: Counts  # words with a letter


@small_part
def _kinds_of_word(data: Bytes, at: int, stop: int, table: Table) -> tuple[bool, bool]:
    """Whether the word has a character that is no mark, and whether it has a letter."""
    some = up_to_eight(data, at, stop)
    letter = letters_in(some) != np.uint64(0)
    plain = letter | (numerals_in(some) != np.uint64(0))
    if letter | (plain & ascii_only(some) & (stop - at <= 8)):
        return plain, letter
    plain = False
    while at < stop:
        flags, at = flags_at(data, at, stop, table)
        plain = plain or not flags & SYMBOL
        if flags & ALPHA:
            return plain, True
    return plain, False


@part
def _inner_bytes(data: Bytes, start: int, stop: int) -> int:
    """Bytes of the form 10xxxxxx but those of white space: how many more bytes than code points words have."""
    found = over = 0
    for at in range(start, stop, WIDE):
        block = block_of(data, at)
        if bits_of(~where_less(data, block, 0x80), block, at, stop):
            white, further = white_bits(data, at, stop)
            inner = bits_of(where_of(data, block, 0x80, 0x40), block, at, stop)
            found += how_many_set(inner & ~white & ~first_bits(over))
            over = further
        else:
            over = 0
    return found


@kernel
def _word_counts(data: Bytes, starts: Offsets, stops: Offsets, offsets: Offsets, rows: Offsets, table: Table) -> Counts:
    counts = np.zeros((5, len(rows)), np.int64)
    for i in range(len(rows)):
        size = marks = mark_characters = alphabetic = 0
        first, last = np.uint64(offsets[rows[i]]), np.uint64(offsets[rows[i] + 1])
        inner = _inner_bytes(data, starts[first], stops[last - np.uint64(1)]) if first < last else 0
        for some in range(first, last, np.uint64(WIDE)):
            unknown = np.uint64(0)  # those whose first byte does not tell, so that no branch is taken for each
            for k in range(some, min(some + np.uint64(WIDE), last)):
                length = stops[k] - starts[k]
                size += length
                lead = data[np.uint64(starts[k])]
                flags = np.int64(table[np.uint64(ASCII + min(lead, 0x7F))])
                asked = (flags & ALPHA == 0) & ((length > 1) | (lead >= 0x80))
                unknown |= np.uint64(asked) << (k - some)
                marks += (flags & SYMBOL != 0) & (not asked)
                alphabetic += flags & ALPHA != 0
            while unknown:
                word = some + np.uint64(first_set(unknown))
                unknown &= unknown - np.uint64(1)
                plain, letter = _kinds_of_word(data, starts[word], stops[word], table)
                mark_characters += 0 if plain else count_characters(data, starts[word], stops[word]) - 1
                marks += not plain
                alphabetic += letter
        counts[0, i] = last - first
        counts[1, i] = size - inner
        counts[2, i] = np.int64(last - first) - marks
        counts[3, i] = size - inner - mark_characters - marks
        counts[4, i] = alphabetic
    return counts


@kernel
def _middle_lengths(data: Bytes, starts: Offsets, stops: Offsets, offsets: Offsets, rows: Offsets) -> Counts:
    middle = np.zeros(len(rows), np.int64)
    longest = 0
    for k in range(len(starts)):
        longest = max(longest, stops[k] - starts[k])
    tally = np.zeros(longest + 1, np.int64)
    for i in range(len(rows)):
        first, last = offsets[rows[i]], offsets[rows[i] + 1]
        for k in range(first, last):
            tally[count_characters(data, starts[k], stops[k])] += 1
        words = last - first
        passed = 0
        length = 0
        for rank in ((words - 1) // 2, words // 2):
            while words and passed + tally[length] <= rank:
                passed += tally[length]
                length += 1
            middle[i] += length
        for k in range(first, last):
            tally[count_characters(data, starts[k], stops[k])] = 0
    return middle


def word_counts(data: Bytes, words: Words, rows: Offsets) -> WordCounts:
    """What the words of each asked row are made of; between two lies white space alone, or nothing."""
    return WordCounts(*_word_counts(wide_enough(data), *words, rows, characters()))


def median_lengths(data: Bytes, words: Words, rows: Offsets) -> Means:
    """The median number of code points in a word of each asked row; 0 where it has none."""
    return _middle_lengths(data, *words, rows) / 2
