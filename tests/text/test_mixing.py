from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.flat import Bytes, Offsets, flat
from gristmill.text.jit import kernel
from gristmill.text.mixing import Hashes, folded, hash_lists, hash_rows, hashed_wide

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def plain_mixed(value: int) -> int:
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & MASK
    return value ^ value >> 31


FACTORS = GOLDEN, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD1342543DE82EF95


@kernel
def wide(data: Bytes, offsets: Offsets, out: Hashes) -> None:
    for k in range(len(out)):
        out[k] = hashed_wide(data, offsets[k], offsets[k + 1])


def plain_wide(data: bytes) -> int:
    state, at = len(data), 0
    words = [int.from_bytes(data[k : k + 8], "little") for k in range(0, len(data), 8)]
    while 8 * (at + 4) <= len(data):
        state = state * GOLDEN + sum((word ^ word >> 32) * by for word, by in zip(words[at:], FACTORS, strict=False))
        state = (state & MASK) ^ (state & MASK) >> 29
        at += 4
    for word in words[at:]:
        state = (state ^ word) * GOLDEN & MASK
        state ^= state >> 29
    return plain_mixed(state)


@kernel
def fold(ones: Hashes, others: Hashes, out: Hashes) -> None:
    for k in range(len(out)):
        out[k] = folded(ones[k], others[k])


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, MASK), st.integers(0, MASK)), min_size=1))
def test_words_are_folded_as_in_plain_python(words: list[tuple[int, int]]) -> None:
    ones, others = np.array(words, np.uint64).T.copy()
    out = np.empty(len(words), np.uint64)
    fold(ones, others, out)
    products = [(one ^ GOLDEN) * (other ^ FACTORS[1]) for one, other in words]
    assert out.tolist() == [product >> 64 ^ product & MASK for product in products]


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
@given(st.lists(st.binary(max_size=100), max_size=6))
def test_long_stretches_are_hashed_as_in_plain_python(rows: list[bytes]) -> None:
    view = flat(pa.array(rows, pa.large_binary()))
    out = np.empty(len(rows), np.uint64)
    wide(view.data, view.offsets, out)
    assert out.tolist() == [plain_wide(row) for row in rows]


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
