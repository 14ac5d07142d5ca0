"""Sixteen numbers of 32 bits at once, by the vector instructions of the processor: hashes of many places side by side.

Numba has no vectors, so each function is a few instructions of LLVM's, which makes several of one where the registers
of the processor are narrower.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.extending import intrinsic

from gristmill.text.jit import small_part

Numbers = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int32]
Shorts = npt.NDArray[np.uint16]
Bits = npt.NDArray[np.uint64]
T = TypeVar("T", bound=np.generic)

LANES = 16
EIGHT = 8
_LINE = 64  # bytes of a line of the processor's cache
_NUMBER, _LONG, _SHORT = ir.IntType(32), ir.IntType(64), ir.IntType(16)
_NUMBERS, _LONGS = ir.VectorType(_NUMBER, LANES), ir.VectorType(_LONG, LANES)


def on_lines(shape: tuple[int, ...], kind: type[T]) -> npt.NDArray[T]:
    """Zeros that begin where a line of the cache does, so that 64 bytes of them are one line and not halves of two."""
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    room = np.zeros(size + _LINE, np.uint8)
    begin = -room.ctypes.data % _LINE
    return room[begin : begin + size].view(kind).reshape(shape)


def _place(context: Any, builder: Any, kind: Any, array: Any, at: Any, vector: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [at]), vector.as_pointer())


def _lanes(builder: Any, value: Any, vector: Any) -> Any:
    """A vector with this value in each lane."""
    nothing = ir.Constant(vector, ir.Undefined)
    one = builder.insert_element(nothing, value, _NUMBER(0))
    return builder.shuffle_vector(one, nothing, ir.Constant(ir.VectorType(_NUMBER, vector.count), [0] * vector.count))


def _hashed_on(builder: Any, digest: Any, byte: Any, prime: Any) -> Any:
    """FNV-1a hashes of one more byte."""
    return builder.mul(builder.xor(digest, byte), _lanes(builder, prime, _NUMBERS))


@intrinsic
def _filling(typing: Any, values: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, signature.args[0], arguments[0], _LONG(0), _NUMBERS)
        builder.store(_lanes(builder, arguments[1], _NUMBERS), place, align=4)
        return context.get_dummy_value()

    return types.void(values, types.uint32), generate


@intrinsic
def _hashing(typing: Any, digests: Any, codes: Any, at: Any, widest: Any, prime: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args
        place = _place(context, builder, kinds[0], arguments[0], _LONG(0), _NUMBERS)
        digests = cgutils.alloca_once_value(builder, builder.load(place, align=4))
        code = builder.load(_place(context, builder, kinds[1], arguments[1], arguments[2], _NUMBERS), align=4)
        codes = cgutils.alloca_once_value(builder, code)
        high, nothing = ir.Constant(_NUMBERS, [24] * LANES), ir.Constant(_NUMBERS, [0] * LANES)
        with cgutils.for_range(builder, arguments[3]):
            code, digest = builder.load(codes), builder.load(digests)
            byte = builder.ashr(builder.shl(code, high), high)
            more = builder.icmp_unsigned("!=", code, nothing)
            builder.store(builder.select(more, _hashed_on(builder, digest, byte, arguments[4]), digest), digests)
            builder.store(builder.lshr(code, ir.Constant(_NUMBERS, [8] * LANES)), codes)
        builder.store(builder.load(digests), place, align=4)
        return context.get_dummy_value()

    return types.void(digests, codes, types.uint64, types.uint64, types.uint32), generate


@intrinsic
def _hashing_bytes(typing: Any, digests: Any, low: Any, high: Any, prime: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, signature.args[0], arguments[0], _LONG(0), _NUMBERS)
        both = ir.Constant(ir.VectorType(_LONG, 2), ir.Undefined)
        both = builder.insert_element(both, arguments[1], _NUMBER(0))
        both = builder.insert_element(both, arguments[2], _NUMBER(1))
        codes = builder.zext(builder.bitcast(both, ir.VectorType(ir.IntType(8), LANES)), _NUMBERS)
        builder.store(_hashed_on(builder, builder.load(place, align=4), codes, arguments[3]), place, align=4)
        return context.get_dummy_value()

    return types.void(digests, types.uint64, types.uint64, types.uint32), generate


@intrinsic
def _looking_up(typing: Any, bits: Any, values: Any, at: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args
        value = builder.load(_place(context, builder, kinds[1], arguments[1], arguments[2], _NUMBERS), align=4)
        data = context.make_array(kinds[0])(context, builder, arguments[0]).data
        data = builder.bitcast(data, _NUMBER.as_pointer())
        places = builder.gep(data, [builder.lshr(value, ir.Constant(_NUMBERS, [5] * LANES))], source_etype=_NUMBER)
        places.type = ir.VectorType(_NUMBER.as_pointer(), LANES)  # which llvmlite does not know of addresses in lanes
        all_lanes = ir.Constant(ir.VectorType(ir.IntType(1), LANES), [1] * LANES)
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(_NUMBERS, [places.type, _NUMBER, all_lanes.type, _NUMBERS]),
            "llvm.masked.gather.v16i32.v16p0",
        )
        words = builder.call(function, [places, _NUMBER(4), all_lanes, ir.Constant(_NUMBERS, [0] * LANES)])
        shift = builder.and_(value, ir.Constant(_NUMBERS, [31] * LANES))
        bit = builder.trunc(builder.lshr(words, shift), ir.VectorType(ir.IntType(1), LANES))
        return builder.zext(builder.bitcast(bit, _SHORT), _LONG)

    return types.uint64(bits, values, types.uint64), generate


@intrinsic
def _dividing(typing: Any, values: Any, divisor: Any, inverse: Any, out: Any, at: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args
        values, divisor, inverse, out, at = arguments
        divisor = _lanes(builder, divisor, _LONGS)
        low, half = ir.Constant(_LONGS, [0xFFFFFFFF] * LANES), ir.Constant(_LONGS, [32] * LANES)
        value = builder.load(_place(context, builder, kinds[0], values, _LONG(0), _NUMBERS), align=4)
        part = builder.mul(builder.zext(value, _LONGS), _lanes(builder, inverse, _LONGS))
        lower = builder.lshr(builder.mul(builder.and_(part, low), divisor), half)
        whole = builder.lshr(builder.add(builder.mul(builder.lshr(part, half), divisor), lower), half)
        builder.store(builder.trunc(whole, _NUMBERS), _place(context, builder, kinds[3], out, at, _NUMBERS), align=4)
        return context.get_dummy_value()

    return types.void(values, types.uint64, types.uint64, out, types.uint64), generate


@intrinsic
def _widening(typing: Any, source: Any, begin: Any, to: Any, at: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source, begin, to, at = arguments
        shorts, numbers = ir.VectorType(_SHORT, EIGHT), ir.VectorType(_NUMBER, EIGHT)
        some = builder.load(_place(context, builder, signature.args[0], source, begin, shorts), align=2)
        place = _place(context, builder, signature.args[2], to, at, numbers)
        builder.store(builder.zext(some, numbers), place, align=4)
        return context.get_dummy_value()

    return types.void(source, types.uint64, to, types.uint64), generate


_fill = cast(Callable[[Numbers, np.uint32], None], _filling)
_hash_on = cast(Callable[[Numbers, Numbers, np.uint64, np.uint64, np.uint32], None], _hashing)
_hash_bytes = cast(Callable[[Numbers, np.uint64, np.uint64, np.uint32], None], _hashing_bytes)
_remainders = cast(Callable[[Numbers, np.uint64, np.uint64, Numbers, np.uint64], None], _dividing)
_are_set = cast(Callable[[Bits, Numbers, np.uint64], np.uint64], _looking_up)
_widen = cast(Callable[[Shorts, np.uint64, Ints, np.uint64], None], _widening)


@small_part
def fill(values: Numbers, value: np.uint64) -> None:
    """Make the first sixteen numbers this one."""
    values[np.uint64(LANES - 1)]
    _fill(values, np.uint32(value))


@small_part
def hash_on(digests: Numbers, codes: Numbers, at: int, widest: int, prime: np.uint64) -> None:
    """Sixteen FNV-1a hashes go on with the bytes of `codes[at:at + 16]`, from the lowest one to the highest but zeros.

    None has more than `widest`. The sign of a byte is extended, as fastText has it.
    """
    digests[np.uint64(LANES - 1)]
    codes[np.uint64(at + LANES - 1)]
    _hash_on(digests, codes, np.uint64(at), np.uint64(widest), np.uint32(prime))


@small_part
def hash_on_ascii(digests: Numbers, low: np.uint64, high: np.uint64, prime: np.uint64) -> None:
    """Sixteen FNV-1a hashes go on with a byte each, those of the first eight with the bytes of `low`."""
    digests[np.uint64(LANES - 1)]
    _hash_bytes(digests, low, high, np.uint32(prime))


@small_part
def remainders(values: Numbers, divisor: np.uint64, inverse: np.uint64, out: Numbers, at: int) -> None:
    """Write sixteen numbers modulo `divisor` of 32 bits, without division: `inverse` is 2^64 / divisor, rounded up.

    Lemire, Kaser and Kurz 2019, arXiv:1902.01961.
    """
    values[np.uint64(LANES - 1)]
    out[np.uint64(at + LANES - 1)]
    _remainders(values, divisor, inverse, out, np.uint64(at))


@small_part
def are_set(bits: Bits, values: Numbers, at: int) -> np.uint64:
    """Bit k is set where bit `values[at + k]` of the bits is, for sixteen numbers that are all of some bit there."""
    values[np.uint64(at + LANES - 1)]
    for k in range(LANES):  # nothing where bounds are not checked
        bits[values[np.uint64(at + k)] >> np.uint32(6)]
    return _are_set(bits, values, np.uint64(at))


@small_part
def widen(source: Shorts, begin: int, to: Ints, at: int) -> None:
    """Copy eight numbers of 16 bits as such of 32."""
    source[np.uint64(begin + EIGHT - 1)]
    to[np.uint64(at + EIGHT - 1)]
    _widen(source, np.uint64(begin), to, np.uint64(at))
