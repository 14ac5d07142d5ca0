"""fastText inference over flat text: character n-grams, mean of their vectors, hierarchical softmax.

Follows facebookresearch/fastText (`dictionary.cc`, `loss.cc`); Joulin et al. 2016, arXiv:1607.01759.
"""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np

from gristmill.text.fasttext_tree import Branches, best_label, branches
from gristmill.text.fasttext_words import (
    BOW,
    END,
    EOW,
    FNV_START,
    LABEL,
    Characters,
    Features,
    Ints,
    characters,
    hashed_on,
    next_characters,
    ngram_rows,
    stands_in,
    word_row,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
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
    wide_enough,
)
from gristmill.text.row_sums import Floats, add_rows
from gristmill.text.sixteen_numbers import LANES
from gristmill.text.word_memo import LONGEST, WIDTH, Memo, memo, recalled, remember, slot_of, word_key

SEEK = 64  # bytes that a sample may move to begin and end between words
_HELD = 4096


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


@small_part
def _is_space(byte: int) -> bool:
    return byte == 32 or 9 <= byte <= 13 or byte == 0


@part
def _add_new_word(model: Model, data: Bytes, start: int, stop: int, sums: Sums, held: int) -> tuple[int, int, bool]:
    """Put the rows of a word behind those that are held, or add them first where there is no room.

    How many are held now, how many were added, and whether the text goes on.
    """
    size, features, characters = stop - start, model.features, sums.characters
    if size == len(END) and stands_in(data, start, END, 0, size):
        return held, 0, False
    digest = FNV_START
    for k in range(start, stop):
        digest = hashed_on(digest, data[np.uint64(k)])
    row = word_row(features, data, start, size, digest)
    if row < 0 and size >= len(LABEL) and stands_in(data, start, LABEL, 0, len(LABEL)):
        return held, 0, True
    if row >= 0:
        sums.rows[held] = row
        held += 1
    codes, at, many, added = characters.codes, start, 1, 0
    codes[0] = BOW
    begins, ends = True, False
    while True:
        many, at = next_characters(data, at, stop, codes, many)
        if at == stop and many < len(codes) and not ends:
            codes[many] = EOW
            many += 1
            ends = True
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
    if stop - start > LONGEST:
        return _add_new_word(model, data, start, stop, sums, held)
    first, second = word_key(data, start, stop - start)
    slot = slot_of(first, second)
    known = recalled(sums.memo, slot, first, second, sums.rows, held)
    if known >= 0:
        return held + known, 0, True
    before = held
    held, added, goes_on = _add_new_word(model, data, start, stop, sums, held)
    if goes_on and added == 0:
        remember(sums.memo, slot, first, second, sums.rows, before, held)
    return held, added, goes_on


@part
def _add_words(model: Model, data: Bytes, start: int, stop: int, sums: Sums) -> tuple[int, int, bool]:
    """Add the vectors of the words of data[start:stop]; how many, its letters, and whether the text goes on behind it.

    Letters are those of ASCII, and all characters beyond it.
    """
    rows = sums.rows
    added = held = letters = 0
    begin = -1
    inside = np.uint64(0)  # whether the byte before is of a word
    goes_on = True
    at = start
    while at < stop or inside:
        word = inside * np.uint64(0)
        if at < stop:
            block = block_of(data, at)
            spaces = where(data, block, 0x20) | where_of(data, block, 9, 5) | where(data, block, 0)
            word = bits_of(~spaces, block, at, stop)
            letters += how_many_set(
                bits_of(where_letters(data, block) | ~where_less(data, block, 0xC0), block, at, stop)
            )
        edges = word ^ (word << np.uint64(1) | inside)
        inside = word >> np.uint64(WIDE - 1)
        while edges and goes_on:
            edge = at + first_set(edges)
            edges &= edges - np.uint64(1)
            if begin < 0:
                begin = edge
                continue
            if held + WIDTH > len(rows):
                add_rows(model.vectors, rows, held, sums.total)
                added += held
                held = 0
            held, meanwhile, goes_on = _add_word(model, data, begin, edge, sums, held)
            added += meanwhile
            begin = -1
        at += WIDE
    add_rows(model.vectors, rows, held, sums.total)
    return added + held, letters, goes_on


@part
def _window(data: Bytes, start: int, stop: int, begin: int, end: int) -> tuple[int, int]:
    """Move a window of data[start:stop] to begin and end between words, or else between characters."""
    if begin > start:
        for at in range(begin, min(begin + SEEK, end)):
            if _is_space(data[at]):
                begin = at
                break
        while begin < end and data[begin] & 0xC0 == 0x80:
            begin += 1
    limit = min(end + SEEK, stop)
    while end < limit and not _is_space(data[end]):
        end += 1
    while end < stop and data[end] & 0xC0 == 0x80:
        end += 1
    return begin, end


@kernel
def _predict(
    model: Model, data: Bytes, offsets: Offsets, rows: Offsets, sample: int, windows: int, sums: Sums, room: Branches
) -> tuple[Ints, Floats, Offsets]:
    labels = np.empty(len(rows), np.int32)
    scores = np.empty(len(rows), np.float32)
    letters = np.zeros(len(rows), np.int64)
    for k in range(len(rows)):
        start, stop = offsets[rows[k]], offsets[rows[k] + 1]
        pieces = windows if stop - start > sample else 1
        width = sample // windows if pieces > 1 else stop - start
        sums.total[:] = 0
        added = 0
        until = start
        for piece in range(pieces):
            begin = max(start + (stop - start - width) * piece // max(pieces - 1, 1), until)
            begin, end = _window(data, start, stop, begin, min(begin + width, stop))
            until = end
            count, found, goes_on = _add_words(model, data, begin, end, sums)
            added += count
            letters[k] += found
            if not goes_on:
                break
        sums.rows[0] = 0  # the end of the line, which every prediction holds
        add_rows(model.vectors, sums.rows, 1, sums.total)
        for i in range(len(sums.total)):
            sums.total[i] *= np.float32(1.0 / (added + 1))
        labels[k], scores[k] = best_label(model.left, model.right, model.outputs, sums.total, room)
    return labels, scores, letters


class _Kept(threading.local):
    """The words that a thread met in its last calls, and the model they are of: a batch has most of them again."""

    model: Model | None = None
    memo: Memo

    def of(self, model: Model) -> Memo:
        if self.model is not model:
            self.model, self.memo = model, memo()
        return self.memo


_KEPT = _Kept()


def predict(
    model: Model, data: Bytes, offsets: Offsets, rows: Offsets, sample: int, windows: int
) -> tuple[Ints, Floats, Offsets]:
    """The best label and its probability for each of `rows`, and how many letters it has.

    A text of more than `sample` bytes is judged by `windows` equal stretches, evenly spaced, the first at
    its beginning and the last at its end; so are its letters counted, which
    are those of ASCII and all characters beyond it. White space of any kind separates
    words, so line ends need no replacing.
    """
    room = characters(model.features.max_n)
    sums = Sums(
        np.empty(_HELD + len(room.buckets), np.int32),
        np.empty(model.vectors.shape[1], np.float32),
        room,
        _KEPT.of(model),
    )
    return _predict(model, wide_enough(data), offsets, rows, sample, windows, sums, branches(len(model.left)))
