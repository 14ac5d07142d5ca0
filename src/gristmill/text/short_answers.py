"""Short answers right behind their question. An answer is kept as a hash that only its own question can check.

The hash of "42" alone would give every "42" away; this one begins with the shingle that its question ends with.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.bare_words import bare_hash
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.mixing import GOLDEN, Hashes, mixed
from gristmill.text.words import Words

Mask = npt.NDArray[np.bool_]


@part
def _answer(data: Bytes, starts: Offsets, stops: Offsets, first: int, count: int, question: np.uint64) -> np.uint64:
    state = question
    for k in range(first, first + count):
        state = mixed(bare_hash(data, starts[k], stops[k], state)) * GOLDEN
    return state


@kernel
def _hash(data: Bytes, starts: Offsets, stops: Offsets, bounds: Offsets, questions: Hashes, out: Hashes) -> None:
    for k in range(len(bounds) - 1):
        out[k] = _answer(data, starts, stops, bounds[k], bounds[k + 1] - bounds[k], questions[k])


def answer_hashes(data: Bytes, words: Words, questions: Hashes) -> Hashes:
    """The hash of each answer, `words.offsets` bounding their words, with the last shingle of its question."""
    out = np.empty(len(questions), np.uint64)
    _hash(data, words.starts, words.stops, words.offsets, questions, out)
    return out


@kernel
def _find(
    data: Bytes,
    starts: Offsets,
    stops: Offsets,
    first: Offsets,
    last: Offsets,
    questions: Hashes,
    bounds: Offsets,
    hashes: Hashes,
    lengths: Offsets,
    out: Mask,
) -> None:
    for k in range(len(first)):
        for n in range(bounds[k], bounds[k + 1]):
            for at in range(first[k], last[k] - lengths[n] + 1):
                out[k] |= _answer(data, starts, stops, at, lengths[n], questions[k]) == hashes[n]


def answered(
    data: Bytes,
    words: Words,
    first: Offsets,
    last: Offsets,
    questions: Hashes,
    bounds: Offsets,
    hashes: Hashes,
    lengths: Offsets,
) -> Mask:
    """Whether an answer to question `k` stands within the words `first[k]` to `last[k]`.

    It may be any of `hashes[n]`, of `lengths[n]` words, for n in `range(bounds[k], bounds[k + 1])`.
    """
    out = np.zeros(len(first), np.bool_)
    _find(data, words.starts, words.stops, first, last, questions, bounds, hashes, lengths, out)
    return out
