"""fastText inference over flat text: character n-grams, mean of their vectors, hierarchical softmax.

Follows facebookresearch/fastText (`dictionary.cc`, `loss.cc`); Joulin et al. 2016, arXiv:1607.01759.
"""

from __future__ import annotations

import threading

import numpy as np

from gristmill.text.fasttext_sums import Model, Sums, add_words, white_space
from gristmill.text.fasttext_tree import Branches, best_label, branches
from gristmill.text.fasttext_words import characters
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.many_bytes import WIDE, bits_of, block_of, first_set, wide_enough
from gristmill.text.row_sums import Floats, add_rows
from gristmill.text.sixteen_numbers import Ints
from gristmill.text.word_memo import Memo, memo

SEEK = WIDE  # bytes that a sample may move to begin and end between words
_HELD = 4096


@small_part
def _next_space(data: Bytes, at: int, limit: int) -> int:
    """Where the first white space of data[at:limit] is, of which SEEK bytes are looked at; SEEK bytes on if nowhere."""
    block = block_of(data, at)
    return at + first_set(bits_of(white_space(data, block), block, at, limit))


@part
def _window(data: Bytes, start: int, stop: int, begin: int, end: int) -> tuple[int, int]:
    """Move a window of data[start:stop] to begin and end between words, or else between characters."""
    if start < begin < end:
        at = _next_space(data, begin, end)
        if at < min(begin + SEEK, end):
            begin = at
        while begin < end and data[begin] & 0xC0 == 0x80:
            begin += 1
    if end < stop:
        end = min(_next_space(data, end, stop), end + SEEK, stop)
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
            count, found, goes_on = add_words(model, data, begin, end, sums)
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
