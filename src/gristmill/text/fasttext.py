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
    LONGEST,
    SLOT_BITS,
    WIDTH,
    Features,
    Ints,
    Memo,
    hashed_on,
    memo,
    ngram_rows,
    recalled,
    remember,
    stands_in,
    word_row,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.many_bytes import bits_of, block_of, first_set, where, where_of, wide_enough
from gristmill.text.mixing import GOLDEN, up_to_eight
from gristmill.text.row_sums import Floats, add_rows

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
    chars: Bytes
    memo: Memo


@small_part
def _is_space(byte: int) -> bool:
    return byte == 32 or 9 <= byte <= 13 or byte == 0


@small_part
def _word_end(data: Bytes, at: int, stop: int) -> int:
    """Where the next white space is."""
    while at < stop:
        block = block_of(data, at)
        spaces = where(data, block, 0x20) | where_of(data, block, 9, 5) | where(data, block, 0)
        at += first_set(bits_of(spaces, block, at, stop))
        if at < stop and _is_space(data[at]):
            break
    return min(at, stop)


@part
def _add_new_word(model: Model, data: Bytes, start: int, stop: int, sums: Sums, held: int) -> tuple[int, int, bool]:
    """Put the rows of a word behind those that are held, or add them first where there is no room.

    How many are held now, how many were added, and whether the text goes on.
    """
    size, chars = stop - start, sums.chars
    digest = FNV_START
    for k in range(size):
        chars[k + 1] = data[start + k]
        digest = hashed_on(digest, data[start + k])
    if size == len(END) and stands_in(chars, 1, END, 0, size):
        return held, 0, False
    row = word_row(model.features, chars, size, digest)
    if row < 0 and size >= len(LABEL) and stands_in(chars, 1, LABEL, 0, len(LABEL)):
        return held, 0, True
    if row >= 0:
        sums.rows[held] = row
        held += 1
    chars[0] = BOW
    chars[size + 1] = EOW
    added = at = 0
    while True:
        held, at = ngram_rows(model.features, chars, size + 2, at, sums.rows, held)
        if at == size + 2:
            return held, added, True
        add_rows(model.vectors, sums.rows, held, sums.total)
        added += held
        held = 0


@part
def _add_words(model: Model, data: Bytes, start: int, stop: int, sums: Sums) -> tuple[int, bool]:
    """Add the vectors of the words of data[start:stop]; how many, and whether the text went on to its end."""
    rows = sums.rows
    added = held = 0
    at = start
    goes_on = True
    while at < stop and goes_on:
        if _is_space(data[at]):
            at += 1
            continue
        end = _word_end(data, at, stop)
        if held + WIDTH > len(rows):
            add_rows(model.vectors, rows, held, sums.total)
            added += held
            held = 0
        known = slot = -1
        first = second = np.uint64(0)
        if end - at <= LONGEST:
            first = up_to_eight(data, at, end)
            second = up_to_eight(data, at + 8, end) if end - at > 8 else second
            slot = int(np.int64(((first ^ (second * GOLDEN)) * GOLDEN) >> np.uint64(64 - SLOT_BITS)))
            known = recalled(sums.memo, slot, first, second, rows, held)
        if known >= 0:
            held += known
        else:
            before = held
            held, meanwhile, goes_on = _add_new_word(model, data, at, end, sums, held)
            added += meanwhile
            if slot >= 0 and goes_on and meanwhile == 0:
                remember(sums.memo, slot, first, second, rows, before, held)
        at = end
    add_rows(model.vectors, rows, held, sums.total)
    return added + held, goes_on


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


@small_part
def _letters(data: Bytes, start: int, stop: int) -> int:
    """The letters of a stretch: those of ASCII, and all characters beyond it."""
    found = 0
    for at in range(start, stop):
        byte = data[at]
        found += byte >= 0xC0 or (65 <= (byte & 0xDF) <= 90 and byte < 128)
    return found


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
            letters[k] += _letters(data, begin, end)
            count, goes_on = _add_words(model, data, begin, end, sums)
            added += count
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
    longest = int((offsets[rows + 1] - offsets[rows]).max(initial=0))
    sums = Sums(
        np.empty(_HELD + model.features.max_n, np.int32),
        np.empty(model.vectors.shape[1], np.float32),
        np.empty(longest + 2, np.uint8),
        _KEPT.of(model),
    )
    return _predict(model, wide_enough(data), offsets, rows, sample, windows, sums, branches(len(model.left)))
