"""How many words a line has, and whether one of them is long."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.characters import count_characters
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.many_bytes import WIDE, first_bits, how_many_set, wide_enough
from gristmill.text.white_space import white_bits
from gristmill.text.words import space_width

Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


@kernel
def _words_in_lines(data: Bytes, starts: Offsets, stops: Offsets) -> Counts:
    words = np.zeros(len(starts), np.int64)
    for k in range(len(starts)):
        before = np.uint64(1)  # whether white space lies before the block
        over = 0
        for at in range(starts[k], stops[k], WIDE):
            white, further = white_bits(data, at, stops[k])
            white |= (np.uint64(1) << np.uint64(over)) - np.uint64(1)
            words[k] += how_many_set(~white & (white << np.uint64(1) | before) & first_bits(stops[k] - at))
            before = white >> np.uint64(WIDE - 1)
            over = further
    return words


def words_in_lines(data: Bytes, starts: Offsets, stops: Offsets) -> Counts:
    """The words in each line (`str.split`)."""
    return _words_in_lines(wide_enough(data), starts, stops)


@part
def _has_longer_word(data: Bytes, begin: int, stop: int, most: int) -> bool:
    """Whether the line that begins with a word has one of more code points.

    Where white space lies among as many bytes, the last of it ends all words there: most bytes need no look.
    """
    while stop - begin > most:
        at = begin + most
        while at >= begin and not space_width(data, at, stop):
            at -= 1
        if at < begin:
            at = begin + most
            while at < stop and not space_width(data, at, stop):
                at += 1
            if count_characters(data, begin, at) > most:
                return True
        begin = at + (space_width(data, at, stop) if at < stop else 0)
    return False


@kernel
def have_longer_words(data: Bytes, starts: Offsets, stops: Offsets, most: int) -> Mask:
    """Which lines have a word (`str.split`) of more than so many code points."""
    found = np.zeros(len(starts), np.bool_)
    for k in range(len(starts)):
        found[k] = _has_longer_word(data, starts[k], stops[k], most)
    return found
