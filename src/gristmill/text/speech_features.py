"""What a linear model of speech sees of a window: pieces of its words, word pairs, and the order of its cues."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.eight_bytes import eight
from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part
from gristmill.text.lexicon import Kinds
from gristmill.text.mixing import GOLDEN, Hashes
from gristmill.text.spoken_words import MOST_BYTES, MOST_WORDS, Numbers

_PIECES, _WORDS, _CUES = 20, 19, 19  # bits of the three parts of the table
FEATURES = 1 << 21
SHORTEST, LONGEST = 3, 5  # bytes of pieces
SKIPPED = 7  # cues that a pair of them reaches over
MOST_FEATURES = (LONGEST - SHORTEST + 1) * MOST_BYTES + 32 * MOST_WORDS

PARTS = _WORD_BASE, _CUE_BASE = 1 << 20, 3 << 19
"""Where the second and the third group begin in the table."""
_WORD, _PAIR, _CUE = np.uint64(0xA24BAED4963EE407), np.uint64(0x9FB21C651E98DF25), np.uint64(0xD6E8FEB86659FD93)
_SKIP = np.uint64(0x8CB92BA72F3D8DD7)


Weights = npt.NDArray[np.int8]


class Model(NamedTuple):
    """Weight of feature `f` of group `g` is `weights[f] * scales[g]`; groups are pieces, words, and cues.

    The weights of each group are added up and divided by the root of how many of its features the window has.
    """

    weights: Weights
    scales: npt.NDArray[np.float64]
    bias: float


@small_part
def _slot(value: np.uint64, seed: np.uint64, bits: int) -> int:
    return int(((value ^ seed) * GOLDEN) >> np.uint64(64 - bits))


@small_part
def _piece(word: np.uint64, width: int) -> int:
    """The feature that the first bytes of eight are."""
    own = word & (~np.uint64(0) >> np.uint64(64 - 8 * width))
    return _slot(own, np.uint64(width) << np.uint64(60), _PIECES)


@part
def _take_pieces(buffer: Bytes, size: int, out: Numbers) -> int:
    count = 0
    for at in range(size - SHORTEST + 1):
        word = eight(buffer, at)
        for width in range(SHORTEST, min(LONGEST, size - at) + 1):
            out[count] = _piece(word, width)
            count += 1
    return count


@part
def _sum_of_pieces(buffer: Bytes, size: int, weights: Weights) -> tuple[int, int]:
    """The weights of all pieces, not written down on the way, and how many there are: most of a score's work."""
    found = count = 0
    for at in range(size - LONGEST + 1):
        word = eight(buffer, at)
        for width in range(SHORTEST, LONGEST + 1):
            found += weights[_piece(word, width)]
        count += LONGEST - SHORTEST + 1
    for at in range(max(size - LONGEST + 1, 0), size - SHORTEST + 1):
        word = eight(buffer, at)
        for width in range(SHORTEST, size - at + 1):
            found += weights[_piece(word, width)]
            count += 1
    return found, count


@part
def _take_words(hashes: Hashes, words: int, out: Numbers, count: int) -> int:
    """Write words and pairs of words down behind `count` features."""
    for k in range(words):
        out[count] = _WORD_BASE + _slot(hashes[k], _WORD, _WORDS)
        count += 1
        if k:
            out[count] = _WORD_BASE + _slot(hashes[k] * GOLDEN + hashes[k - 1], _PAIR, _WORDS)
            count += 1
    return count


@part
def _take_order(cues: Kinds, cued: int, out: Numbers, count: int) -> int:
    """Write the order of cues down behind `count` features."""
    for k in range(cued):
        state = np.uint64(0)
        for back in range(min(4, k + 1)):
            state = (state << np.uint64(8)) | np.uint64(cues[k - back])
            out[count] = _CUE_BASE + _slot(state * GOLDEN, _CUE, _CUES)
            count += 1
        for back in range(2, min(SKIPPED, k + 1)):
            skipped = np.uint64(cues[k]) << np.uint64(8) | np.uint64(cues[k - back])
            out[count] = _CUE_BASE + _slot(skipped * GOLDEN, _SKIP, _CUES)
            count += 1
    return count


@part
def take_features(
    buffer: Bytes, size: int, hashes: Hashes, words: int, cues: Kinds, cued: int, out: Numbers
) -> tuple[int, int, int]:
    """Write the features of a window down, group after group; where the groups end. Behind `size` must be 8 bytes."""
    pieces = _take_pieces(buffer, size, out)
    paired = _take_words(hashes, words, out, pieces)
    return pieces, paired, _take_order(cues, cued, out, paired)


@part
def _share(features: Numbers, begin: int, end: int, weights: Weights, scale: float) -> float:
    found = 0
    for k in range(begin, end):
        found += weights[features[k]]
    return float(found * scale / np.sqrt(end - begin)) if end > begin else 0.0


@part
def scored(
    buffer: Bytes, size: int, hashes: Hashes, words: int, cues: Kinds, cued: int, room: Numbers, model: Model
) -> float:
    """The sum of the model over the features of a window, without its bias."""
    found, count = _sum_of_pieces(buffer, size, model.weights)
    total = found * model.scales[0] / np.sqrt(count) if count else 0.0
    paired = _take_words(hashes, words, room, 0)
    last = _take_order(cues, cued, room, paired)
    total += _share(room, 0, paired, model.weights, model.scales[1])
    return float(total + _share(room, paired, last, model.weights, model.scales[2]))
