"""How alike two texts are by their words: Jaccard similarity of pairs of words, numbers told apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.text.flat import flat
from gristmill.text.jaccard import similarities, sorted_sets
from gristmill.text.minhash import shingles
from gristmill.text.pieces import hash_as_written
from gristmill.text.segments import words_of_any_script

_SHINGLE = 2
"""Words in a shingle. In one, the order of words does not count; in more, short answers share nothing."""


def likeness(one: pa.Array, other: pa.Array) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """The similarity of each pair of texts, in any case of letters; how many words `one` has, and then `other`."""
    text = flat(pc.utf8_lower(pa.concat_arrays([one, other])))
    count = len(one)
    rows = np.arange(2 * count, dtype=np.int64)
    words = words_of_any_script(text.data, text.offsets, rows)
    hashes = hash_as_written(text.data, words.starts, words.stops)
    sets = sorted_sets(*shingles(hashes, words.offsets, _SHINGLE, True))
    return similarities(*sets, rows[:count], rows[count:]), np.diff(words.offsets)
