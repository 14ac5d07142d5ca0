"""Sixty-four bytes of a text at once, by the vector instructions of the processor: what a kernel scans and copies by.

Numba has no vectors, so each function is a few instructions of LLVM's: a load of 64 bytes, a comparison with one byte
in every lane, and the results as the bits of a word. LLVM makes one load of those of the same place, and two or four
instructions of one where the processor's registers are narrower.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.extending import intrinsic
from numba.cpython.unsafe.numbers import leading_zeros, trailing_zeros

from gristmill.text.flat import Bytes, unwritten
from gristmill.text.jit import small_part

WIDE = 64
"""How many bytes a function looks at; all of them must be there (`wide_enough`, `block_of`, `bits_of`)."""
VECTOR = ir.VectorType(ir.IntType(8), WIDE)
_WORD = ir.IntType(64)


def place_of(context: Any, builder: Any, kind: Any, array: Any, at: Any) -> Any:
    """The address of 64 bytes of an array, as that of a vector."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [at]), VECTOR.as_pointer())


def lanes(builder: Any, value: Any, vector: Any = VECTOR) -> Any:
    """A vector with this value in each lane."""
    one = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.IntType(32)(0))
    all_of_it = ir.Constant(ir.VectorType(ir.IntType(32), WIDE), [0] * WIDE)
    return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), all_of_it)


def _comparison(how: str, change: str = "") -> Callable[[Bytes, np.uint64, np.uint8, np.uint8], np.uint64]:
    """A comparison with the first byte, after a change of each lane by the second."""

    @intrinsic
    def compare(typing: Any, data: Any, at: Any, byte: Any, by: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array, index, scalar, other = arguments
            some = builder.load(place_of(context, builder, signature.args[0], array, index), align=1)
            if change:
                some = getattr(builder, change)(some, lanes(builder, other))
            return builder.bitcast(builder.icmp_unsigned(how, some, lanes(builder, scalar)), _WORD)

        return types.uint64(data, types.uint64, types.uint8, types.uint8), generate

    return cast(Callable[[Bytes, np.uint64, np.uint8, np.uint8], np.uint64], compare)


_equal, _less = _comparison("=="), _comparison("<")
_equal_with, _less_without = _comparison("==", "or_"), _comparison("<", "sub")


@intrinsic
def _looking_for_letters(typing: Any, data: Any, at: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        some = builder.load(place_of(context, builder, signature.args[0], *arguments), align=1)
        some = builder.or_(some, ir.Constant(VECTOR, [0x20] * WIDE))
        some = builder.sub(some, ir.Constant(VECTOR, [0x61] * WIDE))
        return builder.bitcast(builder.icmp_unsigned("<", some, ir.Constant(VECTOR, [26] * WIDE)), _WORD)

    return types.uint64(data, types.uint64), generate


_letters = cast(Callable[[Bytes, np.uint64], np.uint64], _looking_for_letters)


@intrinsic
def _copying(typing: Any, source: Any, begin: Any, to: Any, at: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        first, begin, second, at = arguments
        some = builder.load(place_of(context, builder, signature.args[0], first, begin), align=1)
        builder.store(some, place_of(context, builder, signature.args[2], second, at), align=1)
        return context.get_dummy_value()

    return types.void(source, types.uint64, to, types.uint64), generate


@intrinsic
def _comparing(typing: Any, data: Any, at: Any, other: Any, there: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        first, at, second, there = arguments
        one = builder.load(place_of(context, builder, signature.args[0], first, at), align=1)
        two = builder.load(place_of(context, builder, signature.args[2], second, there), align=1)
        return builder.bitcast(builder.icmp_unsigned("!=", one, two), _WORD)

    return types.uint64(data, types.uint64, other, types.uint64), generate


_unlike = cast(Callable[[Bytes, np.uint64, Bytes, np.uint64], np.uint64], _comparing)
_copy = cast(Callable[[Bytes, np.uint64, Bytes, np.uint64], None], _copying)


@intrinsic
def _counting(typing: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


_count = cast(Callable[[np.uint64], np.uint64], _counting)


@small_part
def wide_bounds(data: Bytes, at: int) -> None:
    """Have an index that lies outside be found where bounds are checked; nothing, where they are not."""
    data[np.uint64(at)]
    data[np.uint64(at + WIDE - 1)]


@small_part
def where(data: Bytes, at: int, byte: int) -> np.uint64:
    """Bit k is set where `data[at + k]` is `byte`."""
    wide_bounds(data, at)
    return _equal(data, np.uint64(at), np.uint8(byte), np.uint8(0))


@small_part
def where_less(data: Bytes, at: int, byte: int) -> np.uint64:
    """Bit k is set where `data[at + k]` is less than `byte`, without signs."""
    wide_bounds(data, at)
    return _less(data, np.uint64(at), np.uint8(byte), np.uint8(0))


@small_part
def where_letter(data: Bytes, at: int, letter: int) -> np.uint64:
    """Bit k is set where `data[at + k]` is this lower case letter of ASCII, or the upper case one."""
    wide_bounds(data, at)
    return _equal_with(data, np.uint64(at), np.uint8(letter), np.uint8(0x20))


@small_part
def where_of(data: Bytes, at: int, first: int, many: int) -> np.uint64:
    """Bit k is set where `data[at + k]` is one of so many bytes from `first` on."""
    wide_bounds(data, at)
    return _less_without(data, np.uint64(at), np.uint8(many), np.uint8(first))


@small_part
def where_letters(data: Bytes, at: int) -> np.uint64:
    """Bit k is set where `data[at + k]` is an ASCII letter."""
    wide_bounds(data, at)
    return _letters(data, np.uint64(at))


@small_part
def where_unlike(data: Bytes, at: int, other: Bytes, there: int) -> np.uint64:
    """Bit k is set where `data[at + k]` is not `other[there + k]`."""
    wide_bounds(data, at)
    wide_bounds(other, there)
    return _unlike(data, np.uint64(at), other, np.uint64(there))


@small_part
def copy_wide(source: Bytes, begin: int, to: Bytes, at: int) -> None:
    """Copy 64 bytes to another array; there must be room for all of them."""
    wide_bounds(source, begin)
    wide_bounds(to, at)
    _copy(source, np.uint64(begin), to, np.uint64(at))


@small_part
def first_set(marks: np.uint64) -> int:
    """The lowest bit that is set, 64 where none is."""
    return int(np.int64(trailing_zeros(marks)))


@small_part
def last_set(marks: np.uint64) -> np.uint64:
    """Of the bits that are set the highest alone; one must be."""
    return np.uint64((np.uint64(1) << np.uint64(WIDE - 1)) >> leading_zeros(marks))


@small_part
def above_last_set(marks: np.uint64) -> int:
    """How many bits are above the highest one that is set, 64 where none is."""
    return int(np.int64(leading_zeros(marks)))


@small_part
def how_many_set(marks: np.uint64) -> int:
    """How many bits are set."""
    return int(np.int64(_count(marks)))


@small_part
def first_bits(size: int) -> np.uint64:
    """The lowest bits set, `size` of them or all."""
    return (np.uint64(1) << np.uint64(size)) - np.uint64(1) if size < WIDE else ~np.uint64(0)


def wide_enough(data: Bytes) -> Bytes:
    """The same bytes, and zeros behind them where they are fewer than 64."""
    wide = data if len(data) >= WIDE else np.concatenate([data, np.zeros(WIDE - len(data), np.uint8)])
    return unwritten(wide)


@small_part
def block_of(data: Bytes, at: int) -> int:
    """Where to look for 64 bytes that `data[at]` is among: there, or where the last ones begin."""
    return min(at, len(data) - WIDE)


@small_part
def bits_of(marks: np.uint64, block: int, at: int, stop: int) -> np.uint64:
    """Of what was found at a block, that of `data[at:stop]` or its first 64 bytes: bit k is about `data[at + k]`."""
    return (marks >> np.uint64(at - block)) & first_bits(stop - at)
