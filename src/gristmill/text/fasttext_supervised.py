"""Probabilities of every label by any supervised fastText model: words, n-grams of characters and of words.

Follows facebookresearch/fastText (`dictionary.cc`, `model.cc`, `loss.cc`); Joulin et al. 2016, arXiv:1607.01759.
`text/fasttext.py` is the narrower and faster kernel for language identification.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gristmill.text.fasttext_file import HIERARCHICAL_SOFTMAX, SOFTMAX, FastTextFile, huffman, word_table
from gristmill.text.fasttext_tree import LOG_FLOOR
from gristmill.text.fasttext_words import BOW, END, EOW, FNV_PRIME, FNV_START, LABEL, MASK, remainder
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.mixing import Hashes
from gristmill.text.row_sums import Floats
from gristmill.text.sixteen_numbers import Ints

WORD_FACTOR = np.uint64(116049371)
SIGMOID_STEPS, SIGMOID_REACH = 512, 8
_NO_ROW = -1


class Supervised(NamedTuple):
    """A model as flat arrays.

    Entries `words` and above of the dictionary are labels. Bucket `h` has the row `buckets[h]` of `vectors`, none where
    that is negative; where `buckets` is empty, every one of `bucket_count` has the row `words + h`.
    """

    vectors: Floats
    outputs: Floats
    names: Bytes
    bounds: Offsets
    table: Ints
    buckets: Ints
    left: Ints
    right: Ints
    sigmoid: Floats
    words: int
    bucket_count: int
    min_n: int
    max_n: int
    word_ngrams: int
    loss: int


def supervised(file: FastTextFile) -> Supervised:
    """What the kernels need of a file."""
    buckets = np.empty(0, np.int32)
    if file.kept is not None:
        buckets = np.full(max(file.buckets, 1), _NO_ROW, np.int32)
        buckets[file.kept[:, 0]] = file.kept[:, 1] + file.words
    hierarchical = file.loss == HIERARCHICAL_SOFTMAX
    left, right = huffman(file.counts[file.words :].tolist()) if hierarchical else (buckets[:0], buckets[:0])
    steps = np.arange(SIGMOID_STEPS + 1) * 2 * SIGMOID_REACH / SIGMOID_STEPS - SIGMOID_REACH
    return Supervised(
        file.vectors,
        np.ascontiguousarray(file.outputs),
        file.names,
        file.bounds,
        word_table(file.names, file.bounds),
        buckets,
        left,
        right,
        (1 / (1 + np.exp(-steps))).astype(np.float32),
        file.words,
        max(file.buckets, 1),
        file.min_n,
        file.max_n,
        file.word_ngrams,
        file.loss,
    )


@small_part
def _ends_word(byte: int) -> bool:
    return byte == 32 or 9 <= byte <= 13 or byte == 0


@small_part
def _add_row(vectors: Floats, row: int, total: Floats) -> None:
    for k in range(len(total)):
        total[k] += vectors[row, k]


@small_part
def _fnv(digest: np.uint64, byte: int) -> np.uint64:
    """One more byte, sign-extended as fastText has it."""
    signed = np.uint64(byte) if byte < 128 else np.uint64(byte) | np.uint64(0xFFFFFF00)
    return ((digest ^ signed) * FNV_PRIME) & MASK


@small_part
def _add_bucket(model: Supervised, bucket: int, total: Floats) -> int:
    row = model.words + bucket
    if len(model.buckets):
        row = int(model.buckets[bucket])
        if row < 0:
            return 0
    _add_row(model.vectors, row, total)
    return 1


@part
def _entry(model: Supervised, data: Bytes, start: int, stop: int, digest: np.uint64) -> int:
    """The dictionary's entry of data[start:stop], or -1."""
    slot = int(digest) % len(model.table)
    while model.table[slot] >= 0:
        entry = model.table[slot]
        begin = model.bounds[entry]
        if model.bounds[entry + 1] - begin == stop - start:
            at = 0
            while at < stop - start and model.names[begin + at] == data[start + at]:
                at += 1
            if at == stop - start:
                return int(entry)
        slot = (slot + 1) % len(model.table)
    return -1


@part
def _add_characters(
    model: Supervised, data: Bytes, start: int, stop: int, frame: Bytes, inverse: np.uint64, total: Floats
) -> int:
    """Add the vectors of the n-grams of characters in `<word>`, which is put into `frame`; how many there were."""
    size = stop - start + 2
    frame[0] = BOW
    for k in range(start, stop):
        frame[k - start + 1] = data[k]
    frame[size - 1] = EOW
    count = np.uint64(model.bucket_count)
    added = 0
    for i in range(size):
        if frame[i] & 0xC0 == 0x80:
            continue
        digest = FNV_START
        j = i
        for n in range(1, model.max_n + 1):
            if j >= size:
                break
            digest = _fnv(digest, frame[j])
            j += 1
            while j < size and frame[j] & 0xC0 == 0x80:
                digest = _fnv(digest, frame[j])
                j += 1
            if n >= model.min_n and not (n == 1 and (i == 0 or j == size)):
                added += _add_bucket(model, int(remainder(digest, count, inverse)), total)
    return added


@part
def _add_word_runs(model: Supervised, states: Hashes, seen: int, digest: np.uint64, total: Floats) -> int:
    """Add the vectors of the runs of words that end with this one; `states[n]` is the hash of the last n words."""
    value = digest if digest < np.uint64(1 << 31) else digest | np.uint64(0xFFFFFFFF00000000)
    added = 0
    for n in range(model.word_ngrams, 1, -1):
        if seen >= n - 1:
            states[n] = states[n - 1] * WORD_FACTOR + value
            added += _add_bucket(model, int(states[n] % np.uint64(model.bucket_count)), total)
    states[1] = value
    return added


@part
def _begins_with(data: Bytes, start: int, stop: int, other: Bytes) -> bool:
    if stop - start < len(other):
        return False
    for k in range(len(other)):  # noqa: SIM110 - a kernel takes no generator
        if data[start + k] != other[k]:
            return False
    return True


@part
def _add_text(
    model: Supervised,
    data: Bytes,
    start: int,
    stop: int,
    states: Hashes,
    frame: Bytes,
    inverse: np.uint64,
    total: Floats,
) -> int:
    """Add the vectors of all features of a text and of the end that fastText puts behind it; how many there were."""
    added = seen = 0
    at = start
    goes_on = True
    while goes_on:
        while at < stop and _ends_word(data[at]):
            at += 1
        begin = at
        digest = FNV_START
        while at < stop and not _ends_word(data[at]):
            digest = _fnv(digest, data[at])
            at += 1
        if begin < at:
            goes_on = not (at - begin == len(END) and _begins_with(data, begin, at, END))
            entry = _entry(model, data, begin, at, digest)
            if entry >= model.words or (entry < 0 and _begins_with(data, begin, at, LABEL)):
                continue
        else:
            goes_on = False
            for k in range(len(END)):
                digest = _fnv(digest, END[k])
            entry = _entry(model, END, 0, len(END), digest)
        if entry >= 0:
            _add_row(model.vectors, entry, total)
            added += 1
        if goes_on and model.max_n > 0:
            added += _add_characters(model, data, begin, at, frame, inverse, total)
        added += _add_word_runs(model, states, seen, digest, total)
        seen += 1
    return added


@part
def _activations(outputs: Floats, hidden: Floats, out: Floats) -> None:
    for label in range(len(outputs)):
        value = np.float32(0.0)
        for k in range(len(hidden)):
            value += outputs[label, k] * hidden[k]
        out[label] = value


@part
def _softmax(out: Floats) -> None:
    highest = out[0]
    for value in out:
        highest = max(highest, value)
    whole = np.float32(0.0)
    for label in range(len(out)):
        out[label] = np.exp(out[label] - highest)
        whole += out[label]
    for label in range(len(out)):
        out[label] /= whole


@part
def _sigmoids(table: Floats, out: Floats) -> None:
    """By fastText's table, as coarse as it is."""
    reach = np.float32(SIGMOID_REACH)
    for label in range(len(out)):
        value = out[label]
        if value < -reach:
            out[label] = 0.0
        elif value > reach:
            out[label] = 1.0
        else:
            out[label] = table[int((value + reach) * np.float32(SIGMOID_STEPS) / reach / np.float32(2))]


@part
def _down_the_tree(model: Supervised, hidden: Floats, chance: Floats, out: Floats) -> None:
    """The product of probabilities on the way from the root to each leaf."""
    nodes, leaves = len(model.left), len(out)
    chance[nodes - 1] = 1.0
    for node in range(nodes - 1, leaves - 1, -1):
        value = np.float32(0.0)
        for k in range(len(hidden)):
            value += model.outputs[node - leaves, k] * hidden[k]
        right = np.float32(1.0) / (np.float32(1.0) + np.exp(-value))
        chance[model.left[node]] = chance[node] * (np.float32(1.0) - right + LOG_FLOOR)
        chance[model.right[node]] = chance[node] * (right + LOG_FLOOR)
    for label in range(leaves):
        out[label] = min(chance[label], np.float32(1.0))


@kernel
def probabilities(model: Supervised, data: Bytes, offsets: Offsets, rows: Offsets) -> Floats:
    """For each of `rows` the probability of each label; nan where the text has nothing that the model knows.

    White space of any kind separates words, so line ends need no replacing.
    """
    labels = len(model.outputs)
    out = np.empty((len(rows), labels), np.float32)
    hidden = np.empty(model.vectors.shape[1], np.float32)
    chance = np.empty(max(len(model.left), 1), np.float32)
    states = np.zeros(model.word_ngrams + 2, np.uint64)
    inverse = ~np.uint64(0) // np.uint64(model.bucket_count) + np.uint64(1)
    longest = 0
    for row in rows:
        longest = max(longest, offsets[row + 1] - offsets[row])
    frame = np.empty(longest + 2 if model.max_n > 0 else 2, np.uint8)
    for k in range(len(rows)):
        hidden[:] = 0.0
        start, stop = offsets[rows[k]], offsets[rows[k] + 1]
        added = _add_text(model, data, start, stop, states, frame, inverse, hidden)
        if added == 0:
            out[k] = np.nan
            continue
        hidden *= np.float32(1.0 / added)
        if model.loss == HIERARCHICAL_SOFTMAX:
            _down_the_tree(model, hidden, chance, out[k])
            continue
        _activations(model.outputs, hidden, out[k])
        if model.loss == SOFTMAX:
            _softmax(out[k])
        else:
            _sigmoids(model.sigmoid, out[k])
    return out
