"""Read the file of a supervised fastText model (`.bin`, `.ftz`) as untrusted bytes: every size is checked against it.

The layout is that of facebookresearch/fastText: `args.cc`, `dictionary.cc`, `densematrix.cc`, `quantmatrix.cc`,
`productquantizer.cc`. What is wrong with a file is a `ValueError` of half a sentence.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.fasttext_words import FNV_PRIME, FNV_START, MASK
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel
from gristmill.text.row_sums import Floats
from gristmill.text.sixteen_numbers import Ints

MAGIC = 793712314
HIERARCHICAL_SOFTMAX, NEGATIVE_SAMPLING, SOFTMAX, ONE_VERSUS_ALL = 1, 2, 3, 4
_SUPERVISED = 3
_MOST_BUCKETS, _MOST_FLOATS, _MOST_COUNT = 1 << 26, 1 << 31, 10**15
_LONGEST_NGRAM = 64
_BEHIND_NAME = 10  # bytes: the zero that ends it, a count of eight, a kind of one
_CODES = 256  # centroids of a sub-vector


class FastTextFile(NamedTuple):
    """A model as its file has it, quantised matrices multiplied out.

    Entry `i` of the dictionary is `names[bounds[i]:bounds[i + 1]]`; words come first, then labels. `kept` are pairs of
    a hash bucket and its row behind the words, null where every bucket has a row.
    """

    loss: int
    word_ngrams: int
    min_n: int
    max_n: int
    buckets: int
    words: int
    names: Bytes
    bounds: Offsets
    counts: Offsets
    kept: Ints | None
    vectors: Floats
    outputs: Floats

    def labels(self) -> list[bytes]:
        """The names of the labels, in the order of the outputs."""
        bounds = self.bounds[self.words :].tolist()
        return [self.names[a:b].tobytes() for a, b in pairwise(bounds)]


class _Cursor:
    """Little-endian values one after another; none is read beyond the end."""

    def __init__(self, data: bytes | memoryview) -> None:
        self.data = memoryview(data)
        self.at = 0

    def room(self, size: int) -> None:
        if size < 0 or size > len(self.data) - self.at:
            raise ValueError("it ends too soon, or a size in it is garbled")

    def take(self, form: str) -> tuple[Any, ...]:
        size = struct.calcsize("<" + form)
        self.room(size)
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += size
        return values

    def array(self, kind: str, count: int) -> npt.NDArray[Any]:
        size = np.dtype(kind).itemsize
        self.room(count * size)
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += count * size
        return values


@kernel
def _entries(data: Bytes, at: int, count: int, bounds: Offsets, counts: Offsets, kinds: Ints) -> int:
    """Where the names of `count` entries begin and end, and what stands behind each; the place after, or -1."""
    for entry in range(count):
        bounds[2 * entry] = at
        while at < len(data) and data[at] != 0:
            at += 1
        bounds[2 * entry + 1] = at
        if at + _BEHIND_NAME > len(data):
            return -1
        value = np.uint64(0)
        for k in range(8):
            value |= np.uint64(data[at + 1 + k]) << np.uint64(8 * k)
        counts[entry] = np.int64(value)
        kinds[entry] = data[at + _BEHIND_NAME - 1]
        at += _BEHIND_NAME
    return at


@kernel
def _joined(data: Bytes, places: Offsets, out: Bytes, bounds: Offsets) -> None:
    at = 0
    for entry in range(len(bounds) - 1):
        for k in range(places[2 * entry], places[2 * entry + 1]):
            out[at] = data[k]
            at += 1
        bounds[entry + 1] = at


@kernel
def _fill(names: Bytes, bounds: Offsets, table: Ints) -> None:
    for entry in range(len(bounds) - 1):
        digest = FNV_START
        for at in range(bounds[entry], bounds[entry + 1]):
            signed = np.uint64(names[at]) if names[at] < 128 else np.uint64(names[at]) | np.uint64(0xFFFFFF00)
            digest = ((digest ^ signed) * FNV_PRIME) & MASK
        slot = np.int64(digest) % len(table)
        while table[slot] >= 0:
            slot = (slot + 1) % len(table)
        table[slot] = entry


def word_table(names: Bytes, bounds: Offsets) -> Ints:
    """Every entry in an open-addressed table, at the slot of its hash or behind it; -1 is free."""
    table = np.full(1 << (2 * max(len(bounds) - 1, 1)).bit_length(), -1, np.int32)
    _fill(names, bounds, table)
    return table


def _dictionary(cursor: _Cursor, size: int) -> tuple[Bytes, Offsets, Offsets, Ints]:
    cursor.room(size * _BEHIND_NAME)
    data = np.frombuffer(cursor.data, np.uint8)
    places, counts = np.empty(2 * size, np.int64), np.empty(size, np.int64)
    kinds = np.empty(size, np.int32)
    cursor.at = _entries(data, cursor.at, size, places, counts, kinds)
    if cursor.at < 0:
        raise ValueError("it ends within its dictionary")
    names, bounds = np.empty(int((places[1::2] - places[::2]).sum()), np.uint8), np.zeros(size + 1, np.int64)
    _joined(data, places, names, bounds)
    return names, bounds, counts, kinds


def _centroids(cursor: _Cursor, columns: int) -> tuple[list[Floats], int]:
    """For each sub-vector its centroids, by [code, component]."""
    dim, parts, width, last = cursor.take("4i")
    if min(dim, parts, width, last) < 1 or (parts - 1) * width + last != dim or dim != columns:
        raise ValueError("the sub-vectors of its quantised table do not fit together")
    values = cursor.array("<f4", dim * _CODES).astype(np.float32)
    cuts = [k * _CODES * width for k in range(parts)] + [dim * _CODES]
    return [values[a:b].reshape(_CODES, -1) for a, b in pairwise(cuts)], parts


def _quantised(cursor: _Cursor) -> Floats:
    """A product-quantised matrix, multiplied out."""
    (has_norms,) = cursor.take("?")
    rows, columns, size = cursor.take("qqi")
    _check_shape(rows, columns)
    codes = cursor.array("u1", size)
    centroids, parts = _centroids(cursor, columns)
    if size != rows * parts:
        raise ValueError("the codes of its quantised table do not fit its size")
    grid = codes.reshape(rows, parts)
    matrix = np.empty((rows, columns), np.float32)
    at = 0
    for number, part in enumerate(centroids):
        matrix[:, at : at + part.shape[1]] = part[grid[:, number]]
        at += part.shape[1]
    if has_norms:
        norm_codes = cursor.array("u1", rows)
        norms, _ = _centroids(cursor, 1)
        matrix *= norms[0][norm_codes, 0][:, None]
    return matrix


def _dense(cursor: _Cursor) -> Floats:
    rows, columns = cursor.take("qq")
    _check_shape(rows, columns)
    return cursor.array("<f4", rows * columns).astype(np.float32).reshape(rows, columns)


def _check_shape(rows: int, columns: int) -> None:
    if rows < 0 or columns < 1 or rows * columns > _MOST_FLOATS:
        raise ValueError(f"a table of it has {rows} rows of {columns} numbers, which is garbled or too large")


def parse(data: bytes | memoryview) -> FastTextFile:
    """A model out of the bytes of its file; ValueError where they are none of a supervised model, whole and sound."""
    cursor = _Cursor(data)
    magic, form = cursor.take("ii")
    if magic != MAGIC:
        raise ValueError("it does not begin as a fastText model does")
    if form not in (11, 12):
        raise ValueError(f"it has version {form} of fastText's format, and 11 and 12 are read here")
    dim, _, _, _, _, word_ngrams, loss, kind, buckets, min_n, max_n, _ = cursor.take("12i")
    cursor.take("d")
    if kind != _SUPERVISED:
        raise ValueError("it has word vectors and no labels: it is no supervised model")
    max_n = 0 if form == 11 else max_n
    sound = loss in (1, 2, 3, 4) and 0 <= max_n <= _LONGEST_NGRAM and 0 <= word_ngrams <= _LONGEST_NGRAM
    if not sound or not 0 <= buckets <= _MOST_BUCKETS or (buckets == 0 and (max_n > 0 or word_ngrams > 1)):
        raise ValueError("its settings are garbled, or beyond what is read here")
    size, words, labels, _, pruned = cursor.take("iiiqq")
    if min(size, words) < 0 or labels < 1 or words + labels != size or pruned < -1:
        raise ValueError("the sizes of its dictionary do not fit together")
    names, bounds, counts, kinds = _dictionary(cursor, size)
    if (kinds[:words] != 0).any() or (kinds[words:] != 1).any() or (counts < 0).any() or (counts > _MOST_COUNT).any():
        raise ValueError("its dictionary is garbled")
    kept = None if pruned < 0 else cursor.array("<i4", 2 * pruned).astype(np.int32).reshape(pruned, 2)
    (is_quantised,) = cursor.take("?")
    vectors = _quantised(cursor) if is_quantised else _dense(cursor)
    (quantised_outputs,) = cursor.take("?")
    outputs = _quantised(cursor) if is_quantised and quantised_outputs else _dense(cursor)
    if vectors.shape[1] != dim or outputs.shape[1] != dim or len(outputs) < labels:
        raise ValueError("its tables do not fit together")
    _check_rows(kept, buckets, words, len(vectors))
    if not np.isfinite(vectors).all() or not np.isfinite(outputs).all():
        raise ValueError("its tables hold what is no number")
    return FastTextFile(
        loss, word_ngrams, min_n, max_n, buckets, words, names, bounds, counts, kept, vectors, outputs[:labels]
    )


def _check_rows(kept: Ints | None, buckets: int, words: int, rows: int) -> None:
    """Every word and every bucket has a row."""
    if kept is None:
        fits = rows >= words + buckets
    elif len(kept):
        fits = kept.min() >= 0 and int(kept[:, 0].max()) < buckets and int(kept[:, 1].max()) + words < rows
    else:
        fits = rows >= words
    if not fits:
        raise ValueError("its dictionary does not fit its table")


def huffman(counts: list[int]) -> tuple[Ints, Ints]:
    """The tree over labels sorted by falling count, as fastText's `buildTree` makes it: children of every node."""
    leaves = len(counts)
    weight = counts + [_MOST_COUNT] * (leaves - 1)
    left = np.full(2 * leaves - 1, -1, np.int32)
    right = left.copy()
    leaf, inner = leaves - 1, leaves
    for node in range(leaves, 2 * leaves - 1):
        pair = []
        for _ in range(2):
            if leaf >= 0 and (inner >= node or weight[leaf] < weight[inner]):
                pair.append(leaf)
                leaf -= 1
            else:
                pair.append(inner)
                inner += 1
        left[node], right[node] = pair
        weight[node] = weight[pair[0]] + weight[pair[1]]
    return left, right
