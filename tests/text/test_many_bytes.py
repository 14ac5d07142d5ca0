"""Sixty-four bytes at a time find and copy what one byte at a time does."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.flat import Bytes
from gristmill.text.jit import kernel
from gristmill.text.many_bytes import WIDE, copy_wide, first_bits, first_set, how_many_set, where, where_less


@kernel
def compared(data: Bytes, at: int, byte: int) -> tuple[np.uint64, np.uint64, int]:
    equal = where(data, at, byte)
    return equal, where_less(data, at, byte), first_set(equal)


@kernel
def copied(source: Bytes, begin: int, to: Bytes, at: int) -> None:
    copy_wide(source, begin, to, at)


@kernel
def counted(marks: np.uint64, size: int) -> tuple[int, np.uint64]:
    return how_many_set(marks), marks & first_bits(size)


few = st.binary(min_size=WIDE, max_size=3 * WIDE).map(lambda content: np.frombuffer(content, np.uint8))


@given(few, st.integers(0, 255), st.integers(0, 2 * WIDE))
def test_each_bit_says_how_its_byte_compares(data: Bytes, byte: int, at: int) -> None:
    at = min(at, len(data) - WIDE)
    here = data[at : at + WIDE].tolist()
    equal, less, first = compared(data, at, byte)
    assert equal == sum(1 << k for k in range(WIDE) if here[k] == byte)
    assert less == sum(1 << k for k in range(WIDE) if here[k] < byte)
    assert first == (here.index(byte) if byte in here else WIDE)


@given(few, st.integers(0, 2 * WIDE), st.integers(0, 2 * WIDE))
def test_a_copy_writes_sixty_four_bytes_and_no_other(data: Bytes, begin: int, at: int) -> None:
    begin = min(begin, len(data) - WIDE)
    to = np.zeros(4 * WIDE, np.uint8)
    copied(data, begin, to, at)
    assert to[at : at + WIDE].tolist() == data[begin : begin + WIDE].tolist()
    assert not to[:at].any() and not to[at + WIDE :].any()


@given(st.integers(0, 2**64 - 1), st.integers(0, 2 * WIDE))
def test_bits_are_counted_and_cut_off(marks: int, size: int) -> None:
    count, first = counted(np.uint64(marks), size)
    assert count == marks.bit_count()
    assert first == marks % 2**size
