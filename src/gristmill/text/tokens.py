"""Words and punctuation marks split from each other, by the rules of spaCy's English tokenizer.

spaCy (MIT licence) cuts a text at white space, and each piece by the rules of `word_tokens`. Most pieces are bare words
with a mark behind them or none: sixty-four bytes are looked at together, and these are cut by the masks alone.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.affixes import Known
from gristmill.text.characters import Table, characters
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.many_bytes import WIDE, bits_of, block_of, first_bits, first_set, where, where_of, wide_enough
from gristmill.text.mixing import GOLDEN, up_to_eight
from gristmill.text.white_space import white_bits
from gristmill.text.word_tokens import Spans, add_word, write_token
from gristmill.text.words import Words

Bits = npt.NDArray[np.uint64]

BEGIN_BITS = 10
_ONE, _ALL = np.uint64(1), ~np.uint64(0)


class Rules(NamedTuple):
    """The table of characters, followed by two of lengths; the known pieces; and two bits for the beginning of each.

    The tables of lengths are by the first two bytes of a piece and by its last two: where bit n is set in both, an
    exception of n bytes may begin and end so. A piece whose first eight bytes do not have both bits is no exception.
    """

    table: Table
    known: Known
    begins: Bits


@cache
def rules() -> Rules:
    """The tables, read once a process."""
    with (files("gristmill.text") / "tokens.npz").open("rb") as file, np.load(file) as arrays:
        return Rules(np.concatenate([characters(), arrays["lengths"]]), arrays["known"], arrays["begins"])


@small_part
def _may_be_special(data: Bytes, start: int, stop: int, begins: Bits) -> bool:
    mixed = up_to_eight(data, start, stop) * GOLDEN
    bits = begins[mixed >> np.uint64(64 - BEGIN_BITS)]
    both = (bits >> ((mixed >> np.uint64(48)) & np.uint64(63))) & (bits >> ((mixed >> np.uint64(42)) & np.uint64(63)))
    return bool(both & _ONE)


@small_part
def _masks(data: Bytes, at: int, stop: int) -> tuple[np.uint64, np.uint64, np.uint64, int]:
    """Of data[at:stop], no more than 64 bytes: white space, letters of ASCII, and marks that may end a word.

    The last is how many bytes after these belong to their white space. What is behind the end counts as white.
    """
    white, over = white_bits(data, at, stop)
    block = block_of(data, at)
    lower = bits_of(where_of(data, block, 0x61, 26), block, at, stop)
    letters = lower | bits_of(where_of(data, block, 0x41, 26), block, at, stop)
    marks = where(data, block, 0x2C) | where_of(data, block, 0x3A, 2) | where(data, block, 0x29)  # , : ; )
    marks = bits_of(marks | where(data, block, 0x21) | where(data, block, 0x3F), block, at, stop)  # ! ?
    marks |= bits_of(where(data, block, 0x2E), block, at, stop) & (lower << _ONE)  # .
    return white | ~first_bits(stop - at), letters, marks, over


@part
def _tokens_into(
    data: Bytes, at: int, stop: int, spans: Spans, found: int, table: Table, known: Known, begins: Bits
) -> int:
    """Write the tokens of data[at:stop] from index `found` on. Returns the new count.

    There is room for as many more as there are bytes, and one. Words of letters and a mark behind them are written
    without asking whether the mark is there: it counts if it is.
    """
    while at < stop:
        white, letters, marks, over = _masks(data, at, stop)
        starts = ~white & (white << _ONE | _ONE)
        then = at + WIDE + over
        while starts:
            begin = first_set(starts)
            end = first_set(white & (_ALL << np.uint64(begin)))
            if end == WIDE and at + WIDE < stop:
                then = at + begin
                break
            starts &= starts - _ONE
            last = _ONE << np.uint64(end - 1)
            odd = ((last - _ONE) & (_ALL << np.uint64(begin)) & ~letters) | (last & ~(letters | marks))
            mark = int(np.int64((marks >> np.uint64(end - 1)) & _ONE))
            first, behind = at + begin, at + end
            if (
                odd
                or end - begin == mark
                or _may_be_special(data, first, behind, begins)
                or _may_be_special(data, first, behind - mark, begins)
            ):
                found = add_word(data, first, stop, spans, found, table, known)[1]
            else:
                write_token(first, behind - mark, spans, found)
                write_token(behind - mark, behind, spans, found + 1)
                found += 1 + mark
        if then == at:
            then, found = add_word(data, at, stop, spans, found, table, known)
        at = then
    return found


@kernel
def _tokens(
    data: Bytes, offsets: Offsets, rows: Offsets, table: Table, known: Known, begins: Bits
) -> tuple[Spans, Offsets]:
    total = 0
    for row in rows:
        total += offsets[row + 1] - offsets[row]
    spans = np.empty((2, total + 1), np.int64)
    bounds = np.zeros(len(offsets), np.int64)
    found = 0
    done = 0
    for row in rows:
        bounds[done : row + 1] = found
        done = row + 1
        found = _tokens_into(data, offsets[row], offsets[row + 1], spans, found, table, known, begins)
    bounds[done:] = found
    return spans[:, :found], bounds


def split_tokens(data: Bytes, offsets: Offsets, rows: Offsets) -> Words:
    """Words and marks as spaCy's blank English pipeline gives them, white space left out. `rows` ascend."""
    spans, bounds = _tokens(wide_enough(data), offsets, rows, *rules())
    return Words(spans[0], spans[1], bounds)
