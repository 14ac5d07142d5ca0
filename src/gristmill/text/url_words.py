"""Which listed words a url has between its signs, letter case aside."""

from __future__ import annotations

import numpy as np

from gristmill.text.ascii import is_alphanumeric
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hash_index import BEGIN, HashIndex, place, taken_in
from gristmill.text.hits import Hits, collected, is_kept, keep_hit
from gristmill.text.jit import kernel
from gristmill.text.mixing import Hashes, mixed
from gristmill.text.url_parts import folded


@kernel
def _find_words(data: Bytes, offsets: Offsets, hashes: Hashes, first: Offsets, shift: np.uint64, out: Offsets) -> int:
    total = 0
    for row in range(len(offsets) - 1):
        before = total
        begin = offsets[row]
        stop = offsets[row + 1]
        state = BEGIN
        for at in range(begin, stop + 1):
            if at < stop and is_alphanumeric(data[at]):
                state = taken_in(state, folded(data[at]))
                continue
            if at > begin:
                entry = place(mixed(state), hashes, first, shift)
                if entry >= 0 and not is_kept(out, before, total, entry):
                    total = keep_hit(out, total, row, begin, at, entry)
            begin = at + 1
            state = BEGIN
    return total


@kernel
def _hash_words(data: Bytes, starts: Offsets, stops: Offsets, out: Hashes, sizes: Offsets) -> None:
    for k in range(len(starts)):
        state = BEGIN
        sizes[k] = 0
        for at in range(starts[k], stops[k]):
            if is_alphanumeric(data[at]):
                state = taken_in(state, folded(data[at]))
                sizes[k] += 1
        out[k] = mixed(state)


def find_words(data: Bytes, offsets: Offsets, index: HashIndex) -> Hits:
    """The listed words of each url, each once: whole stretches of ASCII letters and digits."""
    return collected(lambda out: _find_words(data, offsets, *index, out))


def hash_words(data: Bytes, starts: Offsets, stops: Offsets) -> tuple[Hashes, Offsets]:
    """The hash of each entry as `find_words` wants it, and its length: all but ASCII letters and digits left out."""
    out, sizes = np.empty(len(starts), np.uint64), np.empty(len(starts), np.int64)
    _hash_words(data, starts, stops, out, sizes)
    return out, sizes
