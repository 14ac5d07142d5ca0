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


class Model(NamedTuple):
    """Weight of feature `f` of group `g` is `weights[f] * scales[g]`; groups are pieces, words, and cues.

    The weights of each group are added up and divided by the root of how many of its features the window has.
    """

    weights: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float64]
    bias: float


@small_part
def _slot(value: np.uint64, seed: np.uint64, bits: int) -> int:
    return int(((value ^ seed) * GOLDEN) >> np.uint64(64 - bits))


@part
def take_features(
    buffer: Bytes, size: int, hashes: Hashes, words: int, cues: Kinds, cued: int, out: Numbers
) -> tuple[int, int, int]:
    """Write the features of a window down, group after group; where the groups end. Behind `size` must be 8 bytes."""
    count = 0
    for at in range(size - SHORTEST + 1):
        piece = eight(buffer, at)
        for width in range(SHORTEST, LONGEST + 1):
            if at + width <= size:
                own = piece & (~np.uint64(0) >> np.uint64(64 - 8 * width))
                out[count] = _slot(own, np.uint64(width) << np.uint64(60), _PIECES)
                count += 1
    pieces = count
    for k in range(words):
        out[count] = _WORD_BASE + _slot(hashes[k], _WORD, _WORDS)
        count += 1
        if k:
            out[count] = _WORD_BASE + _slot(hashes[k] * GOLDEN + hashes[k - 1], _PAIR, _WORDS)
            count += 1
    paired = count
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
    return pieces, paired, count


@part
def scored(
    features: Numbers,
    pieces: int,
    paired: int,
    count: int,
    weights: npt.NDArray[np.int8],
    scales: npt.NDArray[np.float64],
) -> float:
    """The sum of the model, without its bias."""
    total = 0.0
    begin = 0
    for group in range(3):
        end = pieces if group == 0 else (paired if group == 1 else count)
        found = 0
        for k in range(begin, end):
            found += weights[features[k]]
        if end > begin:
            total += found * scales[group] / np.sqrt(end - begin)
        begin = end
    return float(total)
