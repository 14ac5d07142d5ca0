"""Sixty-four bytes at a time find and copy what one byte at a time does."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.flat import Bytes
from gristmill.text.jit import kernel
from gristmill.text.many_bytes import (
    WIDE,
    above_last_set,
    bits_of,
    block_of,
    copy_wide,
    first_bits,
    first_set,
    how_many_set,
    last_set,
    where,
    where_less,
    where_letter,
    where_letters,
    where_of,
    where_unlike,
    wide_enough,
)


@kernel
def compared(data: Bytes, at: int, byte: int) -> tuple[np.uint64, np.uint64, int]:
    equal = where(data, at, byte)
    return equal, where_less(data, at, byte), first_set(equal)


@kernel
def compared_more(data: Bytes, at: int, byte: int, many: int) -> tuple[np.uint64, np.uint64, int]:
    return where_letter(data, at, byte), where_of(data, at, byte, many), how_many_set(where_of(data, at, byte, many))


@kernel
def there(data: Bytes, at: int, stop: int, byte: int) -> tuple[np.uint64, np.uint64]:
    block = block_of(data, at)
    return bits_of(where(data, block, byte), block, at, stop), first_bits(stop - at)


@kernel
def copied(source: Bytes, begin: int, to: Bytes, at: int) -> None:
    copy_wide(source, begin, to, at)


@kernel
def counted(marks: np.uint64, size: int) -> tuple[int, np.uint64, np.uint64]:
    return how_many_set(marks), marks & first_bits(size), last_set(marks | np.uint64(1))


@kernel
def letters_at(data: Bytes, at: int) -> np.uint64:
    return where_letters(data, at)


@kernel
def unlike(data: Bytes, at: int, other: Bytes, there: int) -> tuple[np.uint64, int]:
    marks = where_unlike(data, at, other, there)
    return marks, above_last_set(marks)


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
    count, first, last = counted(np.uint64(marks), size)
    assert count == marks.bit_count()
    assert first == marks % 2**size
    assert last == 1 << (marks | 1).bit_length() - 1


@given(few, st.integers(0x61, 0x7A), st.integers(0, 255), st.integers(0, 255), st.integers(0, 2 * WIDE))
def test_letters_of_either_case_and_bytes_of_a_range(data: Bytes, letter: int, low: int, many: int, at: int) -> None:
    at = min(at, len(data) - WIDE)
    here = data[at : at + WIDE].tolist()
    assert compared_more(data, at, letter, 1)[0] == sum(1 << k for k in range(WIDE) if here[k] | 0x20 == letter)
    many = min(many, 256 - low)
    bits = [k for k in range(WIDE) if low <= here[k] < low + many]
    _, found, set_bits = compared_more(data, at, low, many)
    assert found == sum(1 << k for k in bits)
    assert set_bits == len(bits)


@given(st.binary(min_size=1, max_size=3 * WIDE), st.data())
def test_a_stretch_is_looked_at_though_the_bytes_end_behind_it(content: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(content) - 1))
    stop = data.draw(st.integers(at + 1, len(content)))
    byte = data.draw(st.sampled_from(content))
    found, first = there(wide_enough(np.frombuffer(content, np.uint8)), at, stop, byte)
    assert found == sum(1 << k for k, here in enumerate(content[at:stop][:WIDE]) if here == byte)
    assert first == (1 << min(stop - at, WIDE)) - 1


@given(few, st.integers(0, 2 * WIDE))
def test_letters_are_those_of_ascii(data: Bytes, at: int) -> None:
    at = min(at, len(data) - WIDE)
    here = data[at : at + WIDE].tolist()
    assert letters_at(data, at) == sum(1 << k for k in range(WIDE) if here[k] < 128 and chr(here[k]).isalpha())


@given(few, few, st.integers(0, 2 * WIDE), st.integers(0, 2 * WIDE), st.integers(0, WIDE))
def test_bytes_that_differ_are_marked(data: Bytes, other: Bytes, at: int, there: int, same: int) -> None:
    at, there = min(at, len(data) - WIDE), min(there, len(other) - WIDE)
    other = other.copy()
    other[there + same : there + WIDE] = data[at + same : at + WIDE]
    marks, above = unlike(data, at, other, there)
    differ = [k for k in range(WIDE) if data[at + k] != other[there + k]]
    assert marks == sum(1 << k for k in differ)
    assert above == (WIDE - 1 - differ[-1] if differ else WIDE)
