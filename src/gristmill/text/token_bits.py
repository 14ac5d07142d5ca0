"""Where the tokens of sixty-four bytes begin and end, told by bits for all of their words together.

A word is plain where its rules need no look at what it says: letters and digits, with marks inside that cut it or do
not, one mark before, no more than two behind, and a genitive. The words that are not are told apart.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part
from gristmill.text.many_bytes import WIDE, bits_of, block_of, where, where_less, where_letter, where_letters, where_of

_ONE, _TWO, _THREE = np.uint64(1), np.uint64(2), np.uint64(3)
_NONE = np.uint64(0)


class TokenBits(NamedTuple):
    """Bit k is about `data[at + k]`."""

    starts: np.uint64  # the first byte of each token
    ends: np.uint64  # the last byte of each token
    cores: np.uint64  # the last byte of each word but for a genitive and marks behind it
    genitives: np.uint64  # the first byte of 's
    fronts: np.uint64  # the first byte of each word that has a mark before it
    odd: np.uint64  # a byte, at least one, of each word that is not plain: what is said of its tokens does not hold


class _Wide(NamedTuple):
    """What is not ASCII: both bytes of a letter, the first of three bytes of a mark."""

    letters: np.uint64
    left: np.uint64  # quotation marks
    right: np.uint64
    apostrophes: np.uint64  # among the right ones
    dashes: np.uint64
    alone: np.uint64  # all bytes of a character that is a word


class _Kinds(NamedTuple):
    """What the bytes of words are."""

    lower: np.uint64  # letters of ASCII
    upper: np.uint64
    digits: np.uint64
    every: np.uint64  # all bytes of letters and digits
    high: np.uint64  # bytes of what is not ASCII
    wide: _Wide
    back: np.uint64  # marks that are tokens of their own behind a word
    front: np.uint64  # and before one
    inner: np.uint64  # those of them that cut no word in two
    bars: np.uint64  # those that do, between letters
    dots: np.uint64
    three_dots: np.uint64  # the first one of exactly three
    hyphens: np.uint64
    apostrophes: np.uint64
    underscores: np.uint64
    s: np.uint64


class _Behind(NamedTuple):
    """What is behind a word."""

    marks: np.uint64  # the first byte of each
    of_marks: np.uint64  # all their bytes
    genitives: np.uint64
    twice: np.uint64  # genitives behind another one
    cores: np.uint64


@part
def _wide(data: Bytes, at: int, stop: int, words: np.uint64, last: np.uint64) -> _Wide:
    """Latin letters of U+00C0 to U+00FF, Cyrillic ones of U+0400 to U+047F, and the marks of English texts."""
    block = block_of(data, at)
    latin = where(data, block, 0xC3)
    signs = where(data, block, 0x97) | where(data, block, 0xB7)  # U+00D7 and U+00F7 are no letters
    letters = bits_of((latin & ~(signs >> _ONE)) | where_of(data, block, 0xD0, 2), block, at, stop)
    general = where(data, block, 0xE2) & where(data, block, 0x80) >> _ONE
    left = general & (where(data, block, 0x98) | where(data, block, 0x9C)) >> _TWO
    apostrophes = general & where(data, block, 0x99) >> _TWO
    right = apostrophes | general & where(data, block, 0x9D) >> _TWO
    dashes = general & where_of(data, block, 0x93, 2) >> _TWO
    two = words & last >> _ONE & bits_of(where_of(data, block, 0xC2, 0x1E), block, at, stop)
    three = words & last >> _TWO & bits_of(where_of(data, block, 0xE0, 0x10), block, at, stop)
    return _Wide(
        letters | letters << _ONE,
        bits_of(left, block, at, stop),
        bits_of(right, block, at, stop),
        bits_of(apostrophes, block, at, stop),
        bits_of(dashes, block, at, stop),
        two | two << _ONE | three | three << _ONE | three << _TWO,
    )


@small_part
def _kinds(data: Bytes, at: int, stop: int, inside: np.uint64, words: np.uint64, last: np.uint64) -> _Kinds:
    block = block_of(data, at)
    lower = bits_of(where_of(data, block, 0x61, 26), block, at, stop)
    letters = bits_of(where_letters(data, block), block, at, stop)
    digits = bits_of(where_of(data, block, 0x30, 10), block, at, stop)
    high = inside & ~bits_of(where_less(data, block, 0x80), block, at, stop)
    wide = _wide(data, at, stop, words, last) if high else _Wide(_NONE, _NONE, _NONE, _NONE, _NONE, _NONE)
    apostrophes, question = where(data, block, 0x27), where(data, block, 0x3F)
    quotes = apostrophes | where(data, block, 0x22) | where(data, block, 0x60)  # " `
    opening = quotes | where(data, block, 0x28) | where(data, block, 0x5B) | where(data, block, 0x7B)  # ( [ {
    inner = opening | where(data, block, 0x29) | where(data, block, 0x5D) | where(data, block, 0x7D)  # ) ] }
    inner |= where(data, block, 0x21) | where(data, block, 0x3B)  # ! ;
    bars = where(data, block, 0x2C) | where(data, block, 0x3A)  # , :
    percent = bits_of(where(data, block, 0x25), block, at, stop) & digits << _ONE
    dots = bits_of(where(data, block, 0x2E), block, at, stop)
    return _Kinds(
        lower,
        letters & ~lower,
        digits,
        letters | digits | wide.letters,
        high,
        wide,
        bits_of(inner | bars | question, block, at, stop) | percent,
        bits_of(opening | where_of(data, block, 0x23, 2), block, at, stop),  # # $
        bits_of(inner, block, at, stop),
        bits_of(bars | where(data, block, 0x2F) | where_of(data, block, 0x3C, 3), block, at, stop),  # / < = >
        dots,
        dots & dots >> _ONE & dots >> _TWO & ~(dots >> _THREE | dots << _ONE),
        bits_of(where(data, block, 0x2D), block, at, stop),
        bits_of(apostrophes, block, at, stop),
        bits_of(where(data, block, 0x5F), block, at, stop),
        bits_of(where_letter(data, block, 0x73), block, at, stop),
    )


@small_part
def _behind(kinds: _Kinds, words: np.uint64, last: np.uint64) -> _Behind:
    """No more than two marks, of full stops those that end no abbreviation; and before them a genitive."""
    wide = kinds.wide.right | kinds.three_dots
    full = kinds.dots & ((kinds.lower | kinds.digits) << _ONE | kinds.upper << _ONE & kinds.upper << _TWO)
    after_mark = kinds.dots & (kinds.back << _ONE | kinds.wide.right << _THREE)
    later = (last & (kinds.back | full | after_mark) | wide & last >> _TWO) & ~words
    alone = full & ~(kinds.dots >> _ONE)
    earlier = (later >> _ONE & (kinds.back | alone) | wide & later >> _THREE) & ~words
    marks = later | earlier
    of_marks = marks | (wide & marks) << _ONE | (wide & marks) << _TWO
    cores = (last | later >> _ONE) & ~of_marks | earlier >> _ONE
    narrow_genitives = kinds.apostrophes & kinds.every << _ONE & (cores & kinds.s) >> _ONE
    wide_genitives = kinds.wide.apostrophes & kinds.every << _ONE & (cores & kinds.s) >> _THREE
    genitives = narrow_genitives | wide_genitives
    twice = genitives & (kinds.s & (kinds.apostrophes << _ONE | kinds.wide.apostrophes << _THREE)) << _ONE
    cores = cores & ~(narrow_genitives << _ONE | wide_genitives << _THREE) | genitives >> _ONE
    return _Behind(marks, of_marks, genitives, twice, cores)


@small_part
def _are_units(kinds: _Kinds, cores: np.uint64) -> np.uint64:
    """The last byte of a word that ends with letters right behind a digit: they may be a unit, which is a token."""
    letters = kinds.lower | kinds.upper
    carried = (kinds.digits << _ONE & letters) + letters  # to the byte behind the letters
    ends = (carried & ~letters) >> _ONE | np.uint64(carried < letters) << np.uint64(WIDE - 1)
    return cores & ends | kinds.digits & kinds.wide.letters >> _ONE


@small_part
def token_bits(data: Bytes, at: int, stop: int, inside: np.uint64, words: np.uint64) -> TokenBits:
    """The tokens of data[at:stop] or its first 64 bytes, of which `inside` has the bytes of words, `words` the first.

    A word that the last of the bytes belongs to is taken for a whole one. `data` is `wide_enough`.
    """
    last = inside & ~(inside >> _ONE)
    kinds = _kinds(data, at, stop, inside, words, last)
    wide, every, digits, letters = kinds.wide, kinds.every, kinds.digits, kinds.lower | kinds.upper
    behind = _behind(kinds, words, last)
    wide_fronts = words & (wide.left | wide.right) & every >> _THREE
    fronts = words & kinds.front & every >> _ONE | wide_fronts
    front_ends = fronts & ~wide_fronts | wide_fronts << _TWO

    # Marks that cut a word, and are tokens of their own.
    by_letters, by_digits = letters << _ONE & letters >> _ONE, digits << _ONE & digits >> _ONE
    known = letters | digits
    cuts = kinds.bars & by_letters | kinds.hyphens & (known << _ONE & letters >> _ONE | by_digits)
    wide_cuts = wide.dashes & letters << _ONE & letters >> _THREE
    wide_cuts |= kinds.three_dots & every << _ONE & every >> _THREE
    all_cuts, cut_ends = cuts | wide_cuts, cuts | wide_cuts << _TWO

    # Marks that do not.
    single_dots = kinds.dots & known << _ONE & known >> _ONE & ~(kinds.lower << _ONE & kinds.upper >> _ONE)
    initials = behind.cores & kinds.dots & kinds.upper << _ONE & ~((kinds.upper | kinds.high) << _TWO)
    dashes = kinds.hyphens & (letters << _ONE & digits >> _ONE | words & (known | kinds.hyphens) >> _ONE)
    dashes |= dashes << _ONE & kinds.hyphens & known >> _ONE
    joined = every | kinds.underscores
    joints = kinds.underscores & joined << _ONE & joined >> _ONE

    plain_wide = wide_cuts | wide_fronts | (wide.left | wide.right) & every << _ONE & every >> _THREE
    plain_wide |= kinds.three_dots & words & last >> _TWO
    plain = every | fronts | behind.of_marks | words & last | wide.alone | kinds.inner & every << _ONE & every >> _ONE
    plain |= cuts | kinds.bars & by_digits | single_dots | initials | dashes | joints
    plain |= plain_wide | plain_wide << _ONE | plain_wide << _TWO
    odd = inside & ~plain | behind.twice | _are_units(kinds, behind.cores)
    if all_cuts:
        odd |= single_dots & ~by_digits  # an address is not cut
    return TokenBits(
        words | behind.marks | behind.genitives | all_cuts | cut_ends << _ONE | front_ends << _ONE,
        last | (behind.marks | behind.genitives | all_cuts) >> _ONE | cut_ends | front_ends,
        behind.cores,
        behind.genitives,
        fronts,
        odd,
    )
