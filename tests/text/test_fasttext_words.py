"""N-grams of characters found sixteen at once are those of a word one after another."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.fasttext_words import (
    BOW,
    EOW,
    FNV_START,
    Characters,
    Features,
    characters,
    hashed_on,
    mark_ascii,
    mark_ngrams,
    next_characters,
    ngram_rows,
    remainder,
)
from gristmill.text.flat import Bytes
from gristmill.text.jit import kernel
from gristmill.text.sixteen_numbers import LANES, Ints
from gristmill.text.word_memo import word_key

FIRST = 100  # row of the first n-gram


@kernel
def rows_of(features: Features, data: Bytes, room: Characters, rows: Ints) -> int:
    held = at = 0
    room.codes[0] = BOW
    many, begins, ends = 1, True, False
    while True:
        many, at = next_characters(data, at, len(data), room.codes, many)
        if at == len(data) and many < len(room.codes) and not ends:
            room.codes[many] = EOW
            many += 1
            ends = True
        mark_ngrams(features, room, many)
        held = ngram_rows(features, room, many, begins, ends, rows, held)
        if ends and many <= LANES:
            return held
        for k in range(LANES, many):
            room.codes[k - LANES] = room.codes[k]
        many -= LANES
        begins = False


@kernel
def rows_of_ascii(features: Features, data: Bytes, room: Characters, rows: Ints) -> int:
    first, second = word_key(data, 0, len(data))
    mark_ascii(features, room, first, second, len(data))
    return ngram_rows(features, room, len(data) + 2, True, True, rows, 0)


def features(buckets: int, min_n: int, max_n: int, seed: int) -> Features:
    kept = np.flatnonzero(np.random.default_rng(seed).random(buckets) < 0.5)
    bits = np.zeros((buckets >> 6) + 1, np.uint64)
    np.bitwise_or.at(bits, kept >> 6, np.uint64(1) << (kept & 63).astype(np.uint64))
    ranks = (FIRST + np.searchsorted(kept >> 6, np.arange(len(bits)))).astype(np.int32)
    none, inverse = np.zeros(1, np.uint8), np.uint64(-(-(1 << 64) // buckets) % (1 << 64))
    return Features(
        bits, ranks, buckets, none, np.zeros(1, np.int64), np.full(1, -1, np.int32), min_n, max_n, inverse, bits
    )


def plain(own: Features, word: str) -> list[int]:
    """As fastText's `computeSubwords` reads."""
    framed, found = f"<{word}>", []
    for first in range(len(framed)):
        for n in range(max(own.min_n, 1), min(own.max_n, len(framed) - first) + 1):
            if n == 1 and first in (0, len(framed) - 1):
                continue
            digest = 2166136261
            for byte in framed[first : first + n].encode():
                digest = ((digest ^ (byte - 256 if byte > 127 else byte) % 2**32) * 16777619) % 2**32
            bucket = digest % own.buckets
            if int(own.present[bucket >> 6]) >> (bucket & 63) & 1:
                before = int(own.present[bucket >> 6]) & ((1 << (bucket & 63)) - 1)
                found.append(int(own.ranks[bucket >> 6]) + before.bit_count())
    return found


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(st.sampled_from("abcé的😀<>\x7f\u07ff\uffff"), min_size=1, max_size=70),
        st.text(st.sampled_from("abc<>\x7f"), min_size=1, max_size=14),
    ),
    st.sampled_from([1, 64, 1000, 2_000_000]),
    st.integers(0, 4),
    st.integers(0, 20),
    st.integers(0, 3),
)
def test_rows_are_those_of_ngrams_in_order(word: str, buckets: int, min_n: int, max_n: int, seed: int) -> None:
    own = features(buckets, min_n, max_n, seed)
    room = characters(max_n)
    rows = np.zeros((len(word) // LANES + 2) * LANES * max_n, np.int32)
    held = rows_of(own, np.frombuffer(word.encode(), np.uint8), room, rows)
    assert rows[:held].tolist() == plain(own, word)
    if word.isascii() and len(word) + 2 <= LANES:
        rows[:] = 0
        held = rows_of_ascii(own, np.frombuffer(word.encode(), np.uint8), room, rows)
        assert rows[:held].tolist() == plain(own, word)


@given(st.integers(0, 2**32 - 1), st.integers(1, 2**32 - 1))
def test_a_remainder_needs_no_division(value: int, divisor: int) -> None:
    inverse = np.uint64(-(-(1 << 64) // divisor) % (1 << 64))
    assert int(remainder(np.uint64(value), np.uint64(divisor), inverse)) == value % divisor


def test_a_byte_is_hashed_with_its_sign() -> None:
    assert int(hashed_on(FNV_START, 0x41)) == (2166136261 ^ 0x41) * 16777619 % 2**32
    assert int(hashed_on(FNV_START, 0xC3)) == (2166136261 ^ 0xFFFFFFC3) * 16777619 % 2**32
