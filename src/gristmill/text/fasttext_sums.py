"""Vectors of a text's words added up, each after the other as fastText does, so that the sums are the same to the bit.

Follows facebookresearch/fastText (`dictionary.cc`); Joulin et al. 2016, arXiv:1607.01759.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gristmill.text.eight_bytes import ascii_only
from gristmill.text.fasttext_words import (
    BOW,
    END,
    EOW,
    LABEL,
    Characters,
    Features,
    mark_ascii,
    mark_ngrams,
    next_characters,
    ngram_rows,
    stands_in,
    word_row,
)
from gristmill.text.flat import Bytes
from gristmill.text.jit import small_part
from gristmill.text.many_bytes import (
    WIDE,
    bits_of,
    block_of,
    first_set,
    how_many_set,
    where,
    where_less,
    where_letters,
    where_of,
)
from gristmill.text.row_sums import Floats, add_rows
from gristmill.text.sixteen_numbers import LANES, Ints
from gristmill.text.word_memo import (
    LONGEST,
    WIDTH,
    Memo,
    is_marked,
    key_hash,
    recalled,
    remember,
    slot_of,
    word_key,
)


class Model(NamedTuple):
    """A supervised model with character n-grams and hierarchical softmax, as flat arrays.

    `features` says what the rows of `vectors` are of. Node i of the Huffman tree has children `left[i]` and `right[i]`;
    leaves are the labels.
    """

    vectors: Floats
    outputs: Floats
    features: Features
    left: Ints
    right: Ints


class Sums(NamedTuple):
    """Rows of vectors that are to be added, and the total of those that were.

    They are added many at a time: what is looked up for one does not wait for another, and the sums stay in registers.
    """

    rows: Ints
    total: Floats
    characters: Characters
    memo: Memo


class _Key(NamedTuple):
    """A word's bytes, if it has at most sixteen; whether it is ASCII of at most fourteen, or one that is known."""

    first: np.uint64
    second: np.uint64
    is_ascii: bool
    is_marked: bool


@small_part
def _add_new_word(
    model: Model, data: Bytes, start: int, stop: int, key: _Key, sums: Sums, held: int
) -> tuple[int, int, bool]:
    """Put the rows of a word behind those that are held, or add them first where there is no room.

    How many are held now, how many were added, and whether the text goes on.
    """
    size, features, characters = stop - start, model.features, sums.characters
    if size == len(END) and stands_in(data, start, END, 0, size):
        return held, 0, False
    row = word_row(features, data, start, size) if key.is_marked else -1
    if row < 0 and size >= len(LABEL) and stands_in(data, start, LABEL, 0, len(LABEL)):
        return held, 0, True
    if row >= 0:
        sums.rows[held] = row
        held += 1
    codes, at, many, added = characters.codes, start, 1, 0
    codes[0] = BOW
    begins, ends = True, False
    while True:
        if key.is_ascii:
            mark_ascii(features, characters, key.first, key.second, size)
            many, ends = size + 2, True
        else:
            many, at = next_characters(data, at, stop, codes, many)
            if at == stop and many < len(codes) and not ends:
                codes[many] = EOW
                many += 1
                ends = True
            mark_ngrams(features, characters, many)
        if held + len(characters.buckets) > len(sums.rows):
            add_rows(model.vectors, sums.rows, held, sums.total)
            added += held
            held = 0
        held = ngram_rows(features, characters, many, begins, ends, sums.rows, held)
        if ends and many <= LANES:
            return held, added, True
        for k in range(LANES, many):
            codes[k - LANES] = codes[k]
        many -= LANES
        begins = False


@small_part
def _add_word(model: Model, data: Bytes, start: int, stop: int, sums: Sums, held: int) -> tuple[int, int, bool]:
    """The same for any word, from what is known of it if it was met before."""
    first = second = hashed = np.uint64(0)
    is_short = stop - start <= LONGEST
    if is_short:
        first, second = word_key(data, start, stop - start)
        hashed = key_hash(first, second)
        known = recalled(sums.memo, slot_of(hashed), first, second, sums.rows, held)
        if known >= 0:
            return held + known, 0, True
    is_ascii = stop - start + 2 <= LANES and ascii_only(first | second)
    key = _Key(first, second, is_ascii, not is_short or is_marked(model.features.word_marks, hashed))
    before = held
    held, added, goes_on = _add_new_word(model, data, start, stop, key, sums, held)
    if is_short and goes_on and added == 0:
        remember(sums.memo, slot_of(hashed), first, second, sums.rows, before, held)
    return held, added, goes_on


@small_part
def white_space(data: Bytes, block: int) -> np.uint64:
    """Bit k is set where `data[block + k]` separates words."""
    return where(data, block, 0x20) | where_of(data, block, 9, 5) | where(data, block, 0)


@small_part
def _letters(data: Bytes, block: int) -> np.uint64:
    """Bit k is set where `data[block + k]` begins a letter: one of ASCII, or any character beyond it."""
    return where_letters(data, block) | ~where_less(data, block, 0xC0)


@small_part
def add_words(model: Model, data: Bytes, start: int, stop: int, sums: Sums) -> tuple[int, int, bool]:
    """Add the vectors of the words of data[start:stop]; how many, its letters, and whether the text goes on behind it.

    Letters are those of ASCII, and all characters beyond it.
    """
    rows = sums.rows
    added = held = letters = 0
    begin = at = start
    inside = np.uint64(0)  # whether the byte before is of a word, which is that from `begin` on
    goes_on = True
    while at < stop or inside:
        word = np.uint64(0)
        if at < stop:
            block = block_of(data, at)
            word = bits_of(~white_space(data, block), block, at, stop)
            letters += how_many_set(bits_of(_letters(data, block), block, at, stop))
        before = word << np.uint64(1) | inside
        begins, ends = word & ~before, before & ~word
        if not inside:
            begin = at + first_set(begins)
            begins &= begins - np.uint64(1)
        inside = word >> np.uint64(WIDE - 1)
        while ends and goes_on:
            end = at + first_set(ends)
            if held + WIDTH > len(rows):
                add_rows(model.vectors, rows, held, sums.total)
                added += held
                held = 0
            held, meanwhile, goes_on = _add_word(model, data, begin, end, sums, held)
            added += meanwhile
            begin = at + first_set(begins)
            ends &= ends - np.uint64(1)
            begins &= begins - np.uint64(1)
        at += WIDE
    add_rows(model.vectors, rows, held, sums.total)
    return added + held, letters, goes_on
