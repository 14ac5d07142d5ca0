"""Sixteen numbers at once are hashed, divided and widened as one at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.jit import kernel
from gristmill.text.sixteen_numbers import (
    EIGHT,
    LANES,
    Ints,
    Numbers,
    Shorts,
    hash_on,
    on_lines,
    remainders,
    widen,
)

PRIME = np.uint64(16777619)
numbers = st.lists(st.integers(0, 2**32 - 1), min_size=LANES, max_size=LANES)


@kernel
def hashed(digests: Numbers, codes: Numbers, at: int, byte: int) -> None:
    hash_on(digests, codes, at, byte, PRIME)


@kernel
def divided(values: Numbers, divisor: np.uint64, inverse: np.uint64, out: Numbers, at: int) -> None:
    remainders(values, divisor, inverse, out, at)


@kernel
def widened(source: Shorts, begin: int, to: Ints, at: int) -> None:
    widen(source, begin, to, at)


@given(numbers, st.lists(st.binary(min_size=1, max_size=4), min_size=LANES, max_size=LANES), st.integers(0, 3))
def test_hashes_go_on_with_a_byte_where_there_is_one(digests: list[int], codes: list[bytes], byte: int) -> None:
    words = np.array([7, 8, *(int.from_bytes(code, "little") for code in codes)], np.uint32)
    wanted = []
    for digest, word in zip(digests, words[2:].tolist(), strict=True):
        left = word >> (8 * byte)
        signed = (left & 255) - 256 if left & 128 else left & 255
        wanted.append(((digest ^ (signed % 2**32)) * int(PRIME)) % 2**32 if left else digest)
    found = np.array(digests, np.uint32)
    hashed(found, words, 2, byte)
    assert found.tolist() == wanted


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
