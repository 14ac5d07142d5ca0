"""Sixty-four code points of 16 bits at once, by the vector instructions of the processor: see `many_bytes`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from llvmlite.binding import get_host_cpu_features
from numba.core import types
from numba.core.cgutils import get_or_insert_function
from numba.core.extending import intrinsic

from gristmill.text.flat import Bytes
from gristmill.text.jit import small_part
from gristmill.text.many_bytes import VECTOR, WIDE, first_set, how_many_set, lanes, place_of, wide_bounds

Codes = npt.NDArray[np.uint16]

_BITS = ir.VectorType(ir.IntType(1), WIDE)
_CODES = ir.VectorType(ir.IntType(16), WIDE)
_AT_ONCE = 8
_CAN_COMPRESS = get_host_cpu_features().get("avx512vbmi2", False)
"""Whether places are put by an instruction of the processor. Without it, LLVM would go through all 64 of them."""


def _wide_place(context: Any, builder: Any, kind: Any, array: Any, at: Any) -> Any:
    """The address of 64 numbers of 16 bits, as that of a vector."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [at]), _CODES.as_pointer())


def _spread(context: Any, builder: Any, signature: Any, arguments: Any, *, decoded: bool) -> None:
    first, begin, numbers, nothing, second, at = arguments

    def the(value: int, vector: Any = VECTOR) -> Any:
        return ir.Constant(vector, [value] * WIDE)

    def loaded(further: int) -> Any:
        place = builder.add(begin, ir.IntType(64)(further))
        return builder.load(place_of(context, builder, signature.args[0], first, place), align=1)

    def code(byte: Any, value: int) -> Any:
        return builder.zext(builder.and_(byte, the(value)), _CODES)

    lead = loaded(0)
    some = builder.select(builder.bitcast(numbers, _BITS), the(0x30), builder.or_(lead, the(0x20)))
    some = builder.select(builder.icmp_unsigned("<", lead, the(0x80)), some, the(0))
    codes = builder.zext(builder.select(builder.bitcast(nothing, _BITS), the(0), some), _CODES)
    if decoded:
        six = the(6, _CODES)
        two = builder.or_(builder.shl(code(lead, 0x1F), six), code(loaded(1), 0x3F))
        three = builder.or_(builder.shl(two, six), code(loaded(2), 0x3F))
        either = builder.select(builder.icmp_unsigned("<", lead, the(0xE0)), two, three)
        codes = builder.select(builder.icmp_unsigned("<", lead, the(0xC0)), codes, either)
    builder.store(codes, _wide_place(context, builder, signature.args[4], second, at), align=2)


@intrinsic
def _spreading(typing: Any, source: Any, begin: Any, numbers: Any, nothing: Any, to: Any, at: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _spread(context, builder, signature, arguments, decoded=False)
        return context.get_dummy_value()

    return types.void(source, types.uint64, types.uint64, types.uint64, to, types.uint64), generate


@intrinsic
def _decoding(typing: Any, source: Any, begin: Any, numbers: Any, nothing: Any, to: Any, at: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _spread(context, builder, signature, arguments, decoded=True)
        return context.get_dummy_value()

    return types.void(source, types.uint64, types.uint64, types.uint64, to, types.uint64), generate


@intrinsic
def _comparing(typing: Any, codes: Any, at: Any, code: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, at, code = arguments
        some = builder.load(_wide_place(context, builder, signature.args[0], array, at), align=2)
        return builder.bitcast(builder.icmp_unsigned("==", some, lanes(builder, code, _CODES)), ir.IntType(64))

    return types.uint64(codes, types.uint64, types.uint16), generate


@intrinsic
def _placing(typing: Any, marks: Any, first: Any, to: Any, at: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        marks, first, array, at = arguments
        kind = ir.FunctionType(VECTOR, [VECTOR, _BITS, VECTOR])
        compress = get_or_insert_function(builder.module, kind, "llvm.experimental.vector.compress.v64i8")
        all_places = ir.Constant(VECTOR, list(range(WIDE)))
        places = builder.call(compress, [all_places, builder.bitcast(marks, _BITS), ir.Constant(VECTOR, [0] * WIDE)])
        places = builder.add(builder.zext(places, _CODES), lanes(builder, first, _CODES))
        builder.store(places, _wide_place(context, builder, signature.args[2], array, at), align=2)
        return context.get_dummy_value()

    return types.void(types.uint64, types.uint16, to, types.uint64), generate


_spread_lower = cast(Callable[[Bytes, np.uint64, np.uint64, np.uint64, Codes, np.uint64], None], _spreading)
_decode_lower = cast(Callable[[Bytes, np.uint64, np.uint64, np.uint64, Codes, np.uint64], None], _decoding)
_equal = cast(Callable[[Codes, np.uint64, np.uint16], np.uint64], _comparing)
_put_places = cast(Callable[[np.uint64, np.uint16, Codes, np.uint64], None], _placing)


@small_part
def _code_bounds(codes: Codes, at: int) -> None:
    codes[np.uint64(at)]
    codes[np.uint64(at + WIDE - 1)]


@small_part
def spread_lower(source: Bytes, begin: int, numbers: np.uint64, nothing: np.uint64, to: Codes, at: int) -> None:
    """Write 64 bytes as code points: letters in lower case, other ASCII with the bit that makes it so, else 0.

    Where a bit of `numbers` is set, ASCII becomes a digit 0, and where one of `nothing` is, 0.
    """
    wide_bounds(source, begin)
    _code_bounds(to, at)
    _spread_lower(source, np.uint64(begin), numbers, nothing, to, np.uint64(at))


@small_part
def decode_lower(source: Bytes, begin: int, numbers: np.uint64, nothing: np.uint64, to: Codes, at: int) -> None:
    """As `spread_lower`, and where a sequence of two or three bytes begins, its code point; two more bytes are read."""
    wide_bounds(source, begin)
    wide_bounds(source, begin + 2)
    _code_bounds(to, at)
    _decode_lower(source, np.uint64(begin), numbers, nothing, to, np.uint64(at))


@small_part
def where_code(codes: Codes, at: int, code: int) -> np.uint64:
    """Bit k is set where `codes[at + k]` is this one."""
    _code_bounds(codes, at)
    return _equal(codes, np.uint64(at), np.uint16(code))


@small_part
def _places_by_compression(marks: np.uint64, first: int, to: Codes, at: int) -> int:
    _code_bounds(to, at)
    _put_places(marks, np.uint16(first), to, np.uint64(at))
    return at + how_many_set(marks)


@small_part
def places_one_by_one(marks: np.uint64, first: int, to: Codes, at: int) -> int:
    """As `put_places`: eight at a time, as there are seldom less."""
    end = at + how_many_set(marks)
    while at < end:
        for k in range(_AT_ONCE):
            to[np.uint64(at + k)] = first + first_set(marks)
            marks &= marks - np.uint64(1)
        at += _AT_ONCE
    return end


put_places = _places_by_compression if _CAN_COMPRESS else places_one_by_one
"""Put where bits are set, counted from `first`: where those end that there are. There must be room for 64 of them."""
