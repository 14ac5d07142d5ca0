from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.flat import flat
from gristmill.text.mixing import hash_lists, hash_rows

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def plain_mixed(value: int) -> int:
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & MASK
    return value ^ value >> 31


def plain_hash(data: bytes, seed: int) -> int:
    state = seed * GOLDEN & MASK
    for at in range(0, len(data), 8):
        state = (state ^ int.from_bytes(data[at : at + 8], "little")) * GOLDEN & MASK
        state = (state ^ state >> 29) * 0xBF58476D1CE4E5B9 & MASK
    return plain_mixed(state ^ len(data))


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=6), st.integers(1, 9))
def test_rows_are_hashed_as_in_plain_python_wherever_they_lie(rows: list[bytes], seed: int) -> None:
    view = flat(pa.array([b"front", *rows], pa.large_binary()).slice(1))
    found = hash_rows(view.data, view.offsets, np.arange(len(rows)), seed)
    assert found.tolist() == [plain_hash(row, seed) for row in rows]


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, MASK), max_size=6), max_size=6), st.integers(1, 9))
def test_lists_are_hashed_as_in_plain_python(lists: list[list[int]], seed: int) -> None:
    bounds = np.cumsum([0, *map(len, lists)]).astype(np.int64)
    found = hash_lists(np.array([value for one in lists for value in one], np.uint64), bounds, seed)
    for one, got in zip(lists, found.tolist(), strict=True):
        state = seed * GOLDEN & MASK
        for value in one:
            state = plain_mixed(state ^ value) * GOLDEN & MASK
        assert got == plain_mixed(state ^ len(one))


def test_a_flip_of_any_bit_changes_about_half_the_hash() -> None:
    draw = np.random.default_rng(2)
    text = bytearray(draw.integers(0, 256, 40, np.uint8).tobytes())
    flipped = []
    for bit in range(len(text) * 8):
        text[bit // 8] ^= 1 << bit % 8
        flipped.append(bytes(text))
        text[bit // 8] ^= 1 << bit % 8
    view = flat(pa.array([bytes(text), *flipped], pa.large_binary()))
    found = hash_rows(view.data, view.offsets, np.arange(len(flipped) + 1), 1)
    changed = np.bitwise_count(found[1:] ^ found[0])
    assert 30 < changed.mean() < 34 and changed.min() > 12
