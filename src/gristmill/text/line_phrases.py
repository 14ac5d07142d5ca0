"""Which lines have one of the phrases that C4's rules look for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.lines import close_lines
from gristmill.text.many_bytes import WIDE, bits_of, block_of, first_set, where, where_letter, wide_enough
from gristmill.text.measures import pieces, stands_at

LOREM_IPSUM, CURLY_BRACKET, JAVASCRIPT, POLICY = 1, 2, 4, 8

POLICY_PHRASES = (
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use of cookies",
    "use cookies",
)
PHRASES = pieces("lorem ipsum", "{", "javascript", *POLICY_PHRASES)

Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]
Triples = npt.NDArray[np.uint8]

# Each phrase is looked for by three letters of it that seldom stand together, and where they stand in it.
_RARE = np.array([7, 0, 0, 2, 3, 3, 8, 10, 7], np.int64)  # psu, {, jav, rms, vac, kie ...
_TRIPLES = np.frombuffer(b"psujavrmsvackie", np.uint8).reshape(-1, 3)


@small_part
def _may_be_phrases(data: Bytes, at: int, stop: int, triples: Triples) -> np.uint64:
    """Bit k is set where `data[at + k]` is a curly bracket or the first of three letters."""
    block = block_of(data, at)
    found = where(data, block, 0x7B)
    if block + WIDE + 2 > len(data):
        return bits_of(~np.uint64(0), block, at, stop)
    for n in range(len(triples)):
        three = where_letter(data, block, triples[n, 0]) & where_letter(data, block + 1, triples[n, 1])
        found |= three & where_letter(data, block + 2, triples[n, 2])
    return bits_of(found, block, at, stop)


@part
def _phrases_around(data: Bytes, at: int, start: int, stop: int, rare: Offsets, wanted: Bytes, bounds: Offsets) -> int:
    """The flags of the phrases of the line from `start` to `stop` that have their rare letters at `at`."""
    flags = 0
    for n in range(len(bounds) - 1):
        begin = at - rare[n]
        if begin >= start and stands_at(data, begin, stop, wanted, bounds[n], bounds[n + 1]):
            flags |= 1 << min(n, 3)
    return flags


@kernel
def _phrases(
    data: Bytes,
    starts: Offsets,
    stops: Offsets,
    alive: Mask,
    triples: Triples,
    rare: Offsets,
    wanted: Bytes,
    bounds: Offsets,
) -> Counts:
    flags = np.zeros(len(starts), np.int64)
    first = 0
    while first < len(starts):
        behind = close_lines(starts, stops, first)
        line = first
        for block in range(starts[first], stops[behind - 1], WIDE):
            marks = _may_be_phrases(data, block, stops[behind - 1], triples)
            while marks:
                at = block + first_set(marks)
                marks &= marks - np.uint64(1)
                while stops[line] <= at:
                    line += 1
                if alive[line] and starts[line] <= at:
                    flags[line] |= _phrases_around(data, at, starts[line], stops[line], rare, wanted, bounds)
        first = behind
    return flags


def phrases(data: Bytes, starts: Offsets, stops: Offsets, alive: Mask) -> Counts:
    """Which of C4's phrases each line has, in any case: LOREM_IPSUM, CURLY_BRACKET, JAVASCRIPT, POLICY."""
    return _phrases(wide_enough(data), starts, stops, alive, _TRIPLES, _RARE, *PHRASES)
