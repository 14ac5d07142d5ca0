"""Words and punctuation marks split from each other, by the rules of spaCy's English tokenizer.

spaCy (MIT licence) cuts a text at white space, and each piece by the rules of `word_tokens`. Sixty-four bytes are
looked at together: most pieces are plain enough that bits say where their tokens are (`token_bits`).
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
from gristmill.text.many_bytes import WIDE, first_bits, first_set, last_set, wide_enough
from gristmill.text.mixing import GOLDEN, up_to_eight
from gristmill.text.token_bits import TokenBits, token_bits
from gristmill.text.white_space import white_bits
from gristmill.text.word_tokens import Spans, add_word, write_token
from gristmill.text.words import Words

Bits = npt.NDArray[np.uint64]

BEGIN_BITS = 10
_ONE, _ALL = np.uint64(1), ~np.uint64(0)
_LOWEST = np.uint64(63)


class Rules(NamedTuple):
    """The table of characters, followed by two of lengths; the known pieces; and two bits for the beginning of each.

    The tables of lengths are by the first two bytes of a piece and by its last two: where bit n is set in both, an
    exception of n bytes may begin and end so. The bits of beginnings are for a word without the genitive and the marks
    behind it, three tables by what is behind: nothing, marks, a genitive. Where its first eight bytes do not have both
    bits, it is no exception, nor are they with any of what is behind them.
    """

    table: Table
    known: Known
    begins: Bits


@cache
def rules() -> Rules:
    """The tables, read once a process."""
    with (files("gristmill.text") / "tokens.npz").open("rb") as file, np.load(file) as arrays:
        return Rules(np.concatenate([characters(), arrays["lengths"]]), arrays["known"], arrays["begins"])


@part
def _first_of_odd(words: np.uint64, inside: np.uint64, odd: np.uint64) -> np.uint64:
    """The first byte of each word that has an odd one.

    Added to the bytes that are not odd, the first byte of a word carries to the first odd one.
    """
    met = ((inside & ~odd) + words) & odd
    firsts = np.uint64(0)
    while met:
        up_to = met ^ (met - _ONE)
        met &= met - _ONE
        firsts |= last_set(words & up_to)
    return firsts


@small_part
def _may_be_special(data: Bytes, at: int, start: int, bits: TokenBits, inside: np.uint64, begins: Bits) -> np.uint64:
    """1 where what begins at bit `start`, a word or what is behind a mark of its, may be or begin with an exception."""
    last = np.uint64(first_set(bits.cores & (_ALL << np.uint64(start))) & 63)
    behind = (inside >> last >> _ONE & _ONE) + (bits.genitives >> last >> _ONE & _ONE)
    mixed = up_to_eight(data, at + start, at + int(np.int64(last)) + 1) * GOLDEN
    both = begins[(mixed >> np.uint64(64 - BEGIN_BITS)) + (behind << np.uint64(BEGIN_BITS))]
    both = (both >> (mixed >> np.uint64(48) & _LOWEST)) & (both >> (mixed >> np.uint64(42) & _LOWEST))
    return np.uint64(both & _ONE)


@small_part
def _special(data: Bytes, at: int, bits: TokenBits, inside: np.uint64, words: np.uint64, begins: Bits) -> np.uint64:
    """The first byte of each word that may be an exception, or may be one without some of its marks."""
    found = np.uint64(0)
    rest = words
    while rest:
        begin = first_set(rest)
        rest &= rest - _ONE
        found |= _may_be_special(data, at, begin, bits, inside, begins) << np.uint64(begin)
    rest = bits.fronts & words
    while rest:
        begin = first_set(rest)
        rest &= rest - _ONE
        start = first_set(bits.starts & (_ALL << np.uint64(begin)) & ~(_ONE << np.uint64(begin)))
        found |= _may_be_special(data, at, start, bits, inside, begins) << np.uint64(begin)
    return found


@small_part
def _write(at: int, starts: np.uint64, ends: np.uint64, spans: Spans, found: int) -> int:
    while starts:
        write_token(at + first_set(starts), at + first_set(ends) + 1, spans, found)
        found += 1
        starts &= starts - _ONE
        ends &= ends - _ONE
    return found


@part
def _tokens_into(
    data: Bytes, at: int, stop: int, spans: Spans, found: int, table: Table, known: Known, begins: Bits
) -> int:
    """Write the tokens of data[at:stop] from index `found` on. Returns the new count.

    There is room for as many more as there are bytes, and one.
    """
    while at < stop:
        white, over = white_bits(data, at, stop)
        inside = ~white & first_bits(stop - at)
        words = inside & ~(inside << _ONE)
        bits = token_bits(data, at, stop, inside, words)
        then = at + WIDE + over
        if inside >> np.uint64(WIDE - 1) and at + WIDE < stop:  # the last word goes on behind these bytes, or may
            unfinished = last_set(words)
            inside &= unfinished - _ONE
            words &= unfinished - _ONE
            then = at + first_set(unfinished)
        starts, ends = bits.starts & inside, bits.ends & inside
        slow = _first_of_odd(words, inside, bits.odd & inside) | _special(data, at, bits, inside, words, begins)
        while slow:
            first = slow & ~(slow - _ONE)
            found = _write(at, starts & (first - _ONE), ends & (first - _ONE), spans, found)
            end, found = add_word(data, at + first_set(first), stop, spans, found, table, known)
            rest = ~first_bits(end - at)
            starts, ends, slow = starts & rest, ends & rest, slow & rest
        found = _write(at, starts, ends, spans, found)
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
