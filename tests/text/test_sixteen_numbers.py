"""Sixteen numbers at once are hashed, divided and widened as one at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.jit import kernel
from gristmill.text.sixteen_numbers import (
    EIGHT,
    LANES,
    Bits,
    Ints,
    Numbers,
    Shorts,
    are_set,
    fill,
    hash_on,
    hash_on_ascii,
    on_lines,
    remainders,
    widen,
)

PRIME = np.uint64(16777619)
numbers = st.lists(st.integers(0, 2**32 - 1), min_size=LANES, max_size=LANES)


@kernel
def hashed(digests: Numbers, codes: Numbers, at: int, widest: int) -> None:
    hash_on(digests, codes, at, widest, PRIME)


@kernel
def hashed_ascii(start: np.uint64, digests: Numbers, low: np.uint64, high: np.uint64) -> None:
    fill(digests, start)
    hash_on_ascii(digests, low, high, PRIME)


@kernel
def looked_up(bits: Bits, values: Numbers, at: int) -> np.uint64:
    return are_set(bits, values, at)


@kernel
def divided(values: Numbers, divisor: np.uint64, inverse: np.uint64, out: Numbers, at: int) -> None:
    remainders(values, divisor, inverse, out, at)


@kernel
def widened(source: Shorts, begin: int, to: Ints, at: int) -> None:
    widen(source, begin, to, at)


@given(numbers, st.lists(st.binary(min_size=1, max_size=4), min_size=LANES, max_size=LANES))
def test_hashes_go_on_with_the_bytes_of_a_code(digests: list[int], codes: list[bytes]) -> None:
    words = np.array([7, 8, *(int.from_bytes(code, "little") for code in codes)], np.uint32)
    wanted = []
    for digest, word in zip(digests, words[2:].tolist(), strict=True):
        left = word
        while left:
            digest = ((digest ^ (left & 255 | (0xFFFFFF00 if left & 128 else 0))) * int(PRIME)) % 2**32
            left >>= 8
        wanted.append(digest)
    found = np.array(digests, np.uint32)
    hashed(found, words, 2, max(len(code.rstrip(b"\0")) for code in codes))
    assert found.tolist() == wanted


@given(st.integers(0, 2**32 - 1), st.binary(min_size=LANES, max_size=LANES))
def test_hashes_go_on_with_sixteen_bytes(start: int, data: bytes) -> None:
    found = np.zeros(LANES, np.uint32)
    low, high = (np.uint64(int.from_bytes(half, "little")) for half in (data[:8], data[8:]))
    hashed_ascii(np.uint64(start), found, low, high)
    assert found.tolist() == [(start ^ byte) * int(PRIME) % 2**32 for byte in data]


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=5), st.data())
def test_bits_are_looked_up(words: list[int], draw: st.DataObject) -> None:
    last = 64 * len(words) - 1
    values = draw.draw(st.lists(st.integers(0, last), min_size=LANES + 1, max_size=LANES + 1))
    found = int(looked_up(np.array(words, np.uint64), np.array(values, np.uint32), 1))
    assert [found >> k & 1 for k in range(LANES)] == [words[k >> 6] >> (k & 63) & 1 for k in values[1:]]
    assert found < 1 << LANES


@given(numbers, st.integers(1, 2**32 - 1), st.integers(0, 3))
def test_remainders_are_exact(values: list[int], divisor: int, at: int) -> None:
    out = np.full(LANES + 4, 9, np.uint32)
    inverse = np.uint64(-(-(1 << 64) // divisor) % (1 << 64))
    divided(np.array(values, np.uint32), np.uint64(divisor), inverse, out, at)
    assert out.tolist() == [9] * at + [value % divisor for value in values] + [9] * (4 - at)


def test_eight_numbers_are_widened_and_no_more() -> None:
    to = np.full(12, -1, np.int32)
    widened(np.arange(65526, 65536).astype(np.uint16), 1, to, 2)
    assert to.tolist() == [-1, -1, *range(65527, 65535), -1, -1]
    assert EIGHT == 8


def test_memory_begins_on_a_line() -> None:
    floats, words = on_lines((5, 16), np.float32), on_lines((3,), np.uint64)
    assert floats.shape == (5, 16) and words.shape == (3,)
    assert not floats.any() and not words.any()
    assert floats.ctypes.data % 64 == words.ctypes.data % 64 == 0
