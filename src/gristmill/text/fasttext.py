"""fastText inference over flat text: character n-grams, mean of their vectors, hierarchical softmax.

Follows facebookresearch/fastText (`dictionary.cc`, `loss.cc`); Joulin et al. 2016, arXiv:1607.01759.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.copying import copied
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part

Floats = npt.NDArray[np.float32]
Signed = npt.NDArray[np.uint32]  # bytes as fastText hashes them: sign-extended from 128 on
Ints = npt.NDArray[np.int32]
Bits = npt.NDArray[np.uint64]

FNV_START, FNV_PRIME, MASK = np.uint64(2166136261), np.uint64(16777619), np.uint64(0xFFFFFFFF)
BOW, EOW = ord("<"), ord(">")
LOG_FLOOR = np.float32(1e-5)  # fastText takes log(x + 1e-5) of a probability
SEEK = 64  # bytes that a sample may move to begin and end between words


class Model(NamedTuple):
    """A supervised model with character n-grams and hierarchical softmax, as flat arrays.

    `buckets[h]` is the row of `vectors` for n-gram hash h where bit h of `present` is set; elsewhere it was pruned.
    Most are, and the bits fit into the cache of a core, which the rows do not. The words are
    `word_data[word_offsets[i]:word_offsets[i + 1]]`, found through the open-addressed `word_table`.
    Node i of the Huffman tree has children `left[i]` and `right[i]`; leaves are the labels.
    """

    vectors: Floats
    outputs: Floats
    buckets: Ints
    present: Bits
    word_data: Bytes
    word_offsets: Offsets
    word_table: Ints
    left: Ints
    right: Ints
    min_n: int
    max_n: int


@small_part
def _is_space(byte: int) -> bool:
    return byte == 32 or 9 <= byte <= 13 or byte == 0


class Gathered(NamedTuple):
    """Rows of vectors that are to be added: of an n-gram its hash, of a word the number of hashes more than its row.

    They are added many at a time: what is looked up for one does not wait for another, and the sums stay in registers.
    """

    rows: npt.NDArray[np.int64]
    total: Floats


_HELD = 4096
_WIDE = 16
"""How many sums are kept at once; all that lid.176 has."""


@part
def _add(model: Model, gathered: Gathered, count: int) -> None:
    """Add the first rows that were gathered, in order, to the total."""
    vectors, rows, total = model.vectors, gathered.rows, gathered.total
    hashes = len(model.buckets)
    for k in range(count):
        row = rows[k]
        rows[k] = model.buckets[row] if row < hashes else row - hashes
    begin = 0
    while begin + _WIDE <= len(total):
        t0, t1, t2, t3 = total[begin], total[begin + 1], total[begin + 2], total[begin + 3]
        t4, t5, t6, t7 = total[begin + 4], total[begin + 5], total[begin + 6], total[begin + 7]
        t8, t9, t10, t11 = total[begin + 8], total[begin + 9], total[begin + 10], total[begin + 11]
        t12, t13, t14, t15 = total[begin + 12], total[begin + 13], total[begin + 14], total[begin + 15]
        for k in range(count):
            row = rows[k]
            t0 += vectors[row, begin]
            t1 += vectors[row, begin + 1]
            t2 += vectors[row, begin + 2]
            t3 += vectors[row, begin + 3]
            t4 += vectors[row, begin + 4]
            t5 += vectors[row, begin + 5]
            t6 += vectors[row, begin + 6]
            t7 += vectors[row, begin + 7]
            t8 += vectors[row, begin + 8]
            t9 += vectors[row, begin + 9]
            t10 += vectors[row, begin + 10]
            t11 += vectors[row, begin + 11]
            t12 += vectors[row, begin + 12]
            t13 += vectors[row, begin + 13]
            t14 += vectors[row, begin + 14]
            t15 += vectors[row, begin + 15]
        total[begin], total[begin + 1], total[begin + 2], total[begin + 3] = t0, t1, t2, t3
        total[begin + 4], total[begin + 5], total[begin + 6], total[begin + 7] = t4, t5, t6, t7
        total[begin + 8], total[begin + 9], total[begin + 10], total[begin + 11] = t8, t9, t10, t11
        total[begin + 12], total[begin + 13], total[begin + 14], total[begin + 15] = t12, t13, t14, t15
        begin += _WIDE
    for i in range(begin, len(total)):
        for k in range(count):
            total[i] += vectors[rows[k], i]


@small_part
def remainder(value: np.uint64, divisor: np.uint64, inverse: np.uint64) -> np.uint64:
    """`value` modulo `divisor`, both of 32 bits, without the slow division: `inverse` is 2^64 / divisor, rounded up.

    Lemire, Kaser and Kurz 2019, arXiv:1902.01961.
    """
    low = value * inverse
    return ((low >> np.uint64(32)) * divisor + (((low & MASK) * divisor) >> np.uint64(32))) >> np.uint64(32)


@small_part
def _gather_ngrams(model: Model, chars: Signed, size: int, gathered: Gathered, held: int) -> tuple[int, int]:
    """Gather all n-grams of chars[:size]; how many are held now, and how many were added meanwhile."""
    present, max_n, min_n = model.present, model.max_n, model.min_n
    buckets = np.uint64(len(model.buckets))
    inverse = ~np.uint64(0) // buckets + np.uint64(1)
    added = 0
    for i in range(size):
        if chars[i] & 0xC0 == 0x80:
            continue
        if held + max_n > _HELD:
            _add(model, gathered, held)
            added += held
            held = 0
        digest = FNV_START
        j = i
        for n in range(1, max_n + 1):
            if j >= size:
                break
            digest = ((digest ^ np.uint64(chars[j])) * FNV_PRIME) & MASK
            j += 1
            while j < size and chars[j] & 0xC0 == 0x80:
                digest = ((digest ^ np.uint64(chars[j])) * FNV_PRIME) & MASK
                j += 1
            if n >= min_n and not (n == 1 and (i == 0 or j == size)):
                bucket = remainder(digest, buckets, inverse)
                gathered.rows[held] = bucket  # whether it stays, for a branch here would be guessed wrong too often
                held += int((present[bucket >> np.uint64(6)] >> (bucket & np.uint64(63))) & np.uint64(1))
    return held, added


LABEL = np.frombuffer(b"__label__", np.uint8)
END = np.frombuffer(b"</s>", np.uint8)


@part
def _equal(chars: Signed, begin: int, other: Bytes, start: int, size: int) -> bool:
    """Whether chars[begin:begin + size] are the bytes other[start:start + size]."""
    for i in range(size):  # noqa: SIM110 - a kernel takes no generator
        if other[start + i] != chars[begin + i] & 0xFF:
            return False
    return True


@part
def _word_row(model: Model, chars: Signed, size: int, digest: int) -> int:
    """The row of an in-vocabulary word (its signed bytes stand at chars[1:size + 1]), or -1."""
    table, offsets = model.word_table, model.word_offsets
    slot = digest % len(table)
    while table[slot] >= 0:
        begin, end = offsets[table[slot]], offsets[table[slot] + 1]
        if end - begin == size and _equal(chars, 1, model.word_data, begin, size):
            return int(table[slot])
        slot = (slot + 1) % len(table)
    return -1


@kernel
def _add_words(model: Model, data: Bytes, start: int, stop: int, gathered: Gathered) -> tuple[int, bool]:
    """Add the vectors of the words of data[start:stop]; how many, and whether the text went on to its end."""
    added = held = 0
    goes_on = True
    chars = np.empty(128, np.uint32)
    at = start
    while at < stop:
        if _is_space(data[at]):
            at += 1
            continue
        size = 0
        digest = FNV_START
        while at < stop and not _is_space(data[at]):
            char = np.uint32(data[at]) if data[at] < 128 else np.uint32(data[at]) | np.uint32(0xFFFFFF00)
            digest = ((digest ^ np.uint64(char)) * FNV_PRIME) & MASK
            if size + 2 >= len(chars):
                wider = np.empty(2 * len(chars), np.uint32)
                copied(chars, 0, size + 1, wider, 0)
                chars = wider
            size += 1
            chars[size] = char
            at += 1
        if size == len(END) and _equal(chars, 1, END, 0, size):
            goes_on = False
            break
        word = _word_row(model, chars, size, int(digest))
        if word < 0 and size >= len(LABEL) and _equal(chars, 1, LABEL, 0, len(LABEL)):
            continue
        if word >= 0:
            gathered.rows[held] = len(model.buckets) + word
            held += 1
        chars[0] = BOW
        chars[size + 1] = EOW
        held, meanwhile = _gather_ngrams(model, chars, size + 2, gathered, held)
        added += meanwhile
    _add(model, gathered, held)
    return added + held, goes_on


@kernel
def _best_label(model: Model, hidden: Floats) -> tuple[int, float]:
    """The leaf with the highest product of probabilities on its path from the root."""
    nodes = len(model.left)
    leaves = (nodes + 1) // 2
    chance = np.empty(nodes, np.float32)
    chance[nodes - 1] = 1.0
    for node in range(nodes - 1, leaves - 1, -1):
        activation = np.float32(0.0)
        for i in range(len(hidden)):
            activation += model.outputs[node - leaves, i] * hidden[i]
        right = np.float32(1.0) / (np.float32(1.0) + np.exp(-activation))
        chance[model.left[node]] = chance[node] * (np.float32(1.0) - right + LOG_FLOOR)
        chance[model.right[node]] = chance[node] * (right + LOG_FLOOR)
    best = 0
    for label in range(1, leaves):
        if chance[label] > chance[best]:
            best = label
    return best, chance[best]


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
def predict(
    model: Model, data: Bytes, offsets: Offsets, rows: Offsets, sample: int, windows: int
) -> tuple[Ints, Floats, Offsets]:
    """The best label and its probability for each of `rows`, and how many letters it has.

    A text of more than `sample` bytes is judged by `windows` equal stretches, evenly spaced, the first at
    its beginning and the last at its end; so are its letters counted, which
    are those of ASCII and all characters beyond it. White space of any kind separates
    words, so line ends need no replacing.
    """
    labels = np.empty(len(rows), np.int32)
    scores = np.empty(len(rows), np.float32)
    letters = np.zeros(len(rows), np.int64)
    total = np.empty(model.vectors.shape[1], np.float32)
    gathered = Gathered(np.empty(_HELD + model.max_n + 1, np.int64), total)
    for k in range(len(rows)):
        start, stop = offsets[rows[k]], offsets[rows[k] + 1]
        pieces = windows if stop - start > sample else 1
        width = sample // windows if pieces > 1 else stop - start
        total[:] = 0
        added = 0
        until = start
        for piece in range(pieces):
            begin = max(start + (stop - start - width) * piece // max(pieces - 1, 1), until)
            begin, end = _window(data, start, stop, begin, min(begin + width, stop))
            until = end
            for at in range(begin, end):
                byte = data[at]
                letters[k] += byte >= 0xC0 or (65 <= (byte & 0xDF) <= 90 and byte < 128)
            count, goes_on = _add_words(model, data, begin, end, gathered)
            added += count
            if not goes_on:
                break
        gathered.rows[0] = len(model.buckets)  # row 0 is the end of the line, which every prediction holds
        _add(model, gathered, 1)
        labels[k], scores[k] = _best_label(model, total * np.float32(1.0 / (added + 1)))
    return labels, scores, letters
